package io.ferrite.engine.tracking;

import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.ReplyWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/** One message that keys have changed, encoded once for all who are sent it. One thread's. */
final class Invalidation {

    private static final byte[] CHANNEL =
            "__redis__:invalidate".getBytes(StandardCharsets.US_ASCII);

    /** The keys, or null for all there are. */
    private final Collection<byte[]> keys;

    private byte[] push;
    private byte[] message;

    private Invalidation(Collection<byte[]> keys) {
        this.keys = keys;
    }

    static Invalidation ofKey(byte[] key) {
        return new Invalidation(List.of(key));
    }

    static Invalidation ofKeys(Collection<byte[]> keys) {
        return new Invalidation(keys);
    }

    static Invalidation ofAll() {
        return new Invalidation(null);
    }

    /** As a push of RESP3. */
    byte[] push() {
        if (push == null) {
            try (NativeReplyWriter out = writer(3)) {
                out.push(2);
                out.bulk("invalidate");
                writeKeys(out);
                push = out.toBytes();
            }
        }
        return push;
    }

    /** As a message of RESP2 on a channel. */
    byte[] message() {
        if (message == null) {
            try (NativeReplyWriter out = writer(2)) {
                out.push(3);
                out.bulk("message");
                out.bulk(CHANNEL);
                writeKeys(out);
                message = out.toBytes();
            }
        }
        return message;
    }

    /** What a client of RESP3 is told when the one that should be told of changes is gone. */
    static byte[] broken(long redirect) {
        try (NativeReplyWriter out = writer(3)) {
            out.push(2);
            out.bulk("tracking-redir-broken");
            out.integer(redirect);
            return out.toBytes();
        }
    }

    private static NativeReplyWriter writer(int protocol) {
        NativeReplyWriter out = new NativeReplyWriter(128);
        out.setProtocol(protocol);
        return out;
    }

    private void writeKeys(ReplyWriter out) {
        if (keys == null) {
            out.nil();
            return;
        }
        out.array(keys.size());
        for (byte[] key : keys) {
            out.bulk(key);
        }
    }
}
