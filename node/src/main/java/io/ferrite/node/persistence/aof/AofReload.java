package io.ferrite.node.persistence.aof;

import io.ferrite.node.Node;
import io.ferrite.node.persistence.Loading;
import io.ferrite.resp.ReplyWriter;
import java.util.function.Consumer;

/** DEBUG LOADAOF: the data is replaced by what the files say. Not on an event loop. */
record AofReload(Node node, AppendOnly appendOnly) {

    /** Reloads; {@code told} hears what to reply. */
    void run(Consumer<Consumer<ReplyWriter>> told) {
        boolean done = reload();
        told.accept(reply -> {
            if (done) {
                reply.ok();
            } else {
                reply.error("ERR Error trying to load the AOF files, check server logs.");
            }
        });
    }

    private boolean reload() {
        Loading loading = node.persistence().loading();
        loading.begin(node.environment().nowMs(), appendOnly.bytesToLoad());
        try {
            if (appendOnly.isEnabled()) {
                appendOnly.flush();
            }
            node.replication().emptyData();
            boolean done = appendOnly.readManifest() && new AofLoader(node, appendOnly).load();
            node.persistence().saver().startCounting();
            if (done) {
                node.log().notice("Append Only File loaded by DEBUG LOADAOF");
            }
            return done;
        } finally {
            loading.end();
        }
    }
}
