package io.ferrite.node.replication;

import io.ferrite.coordination.log.CommandLog;
import io.ferrite.durability.rdb.GrowingSink;
import io.ferrite.engine.Session;
import io.ferrite.memory.Memory;
import io.ferrite.node.CrashReport;
import io.ferrite.node.Dispatcher;
import io.ferrite.node.Node;
import io.ferrite.node.ServerState;
import io.ferrite.node.config.Choices.PropagationErrorBehavior;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.resp.Limits;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.resp.RequestDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Applies the leader's stream: decodes it, has each command executed by a trusted session, and
 * appends its bytes to the own log as they came.
 *
 * <p>Home loop only; so is the beginning of a copy, which therefore never sees a command that is
 * applied and not in the log. The bytes of a transaction are appended when it has been executed:
 * the log's end is always a point at which another leader can go on.
 */
final class StreamApplier {

    private static final Limits UNLIMITED = new Limits().maxBulkBytes(Limits.LARGEST_BULK_BYTES);

    private final Node node;
    private final CommandLog log;
    private final Session session;
    private final RequestDecoder decoder = new RequestDecoder(UNLIMITED);
    private final Request request = new Request();
    private final NativeReplyWriter reply = new NativeReplyWriter(1 << 12);

    /** Bytes of a transaction that has begun in an earlier piece. */
    private final GrowingSink held = new GrowingSink();

    /** Why the stream cannot be followed any further, or null. */
    private String failure;

    // Of the bytes that are being applied: how far they were, how far they were logged, and up to
    // where they are outside of any transaction.
    private int at;
    private int logged;
    private int boundary;

    StreamApplier(Node node, Session session) {
        this.node = node;
        this.log = node.parts().commandLog();
        this.session = session;
        decoder.authenticated(true);
    }

    String failure() {
        return failure;
    }

    /** The stream begins at a new place, in a database that is known. */
    void restart(int database) {
        forgetUnfinished();
        session.selectDatabase(database);
    }

    /** What was not applied yet comes again. */
    void forgetUnfinished() {
        decoder.reset();
        held.clear();
        failure = null;
        node.dispatcher(Replication.HOME).forget(session);
    }

    /** The database that the stream is in. */
    int database() {
        return session.database();
    }

    /**
     * Applies what is complete; returns how many bytes were used. What was applied is logged at
     * once, which nobody sees as long as all that compare the data with the log's end are on this
     * loop.
     */
    int apply(long address, int length) {
        Dispatcher dispatcher = node.dispatcher(Replication.HOME);
        dispatcher.tick();
        at = 0;
        logged = 0;
        boundary = 0;
        try {
            applyAll(dispatcher, address, length);
        } finally {
            flush(address + logged, boundary - logged, false);
        }
        if (boundary < at) {
            held.write(address + boundary, at - boundary);
        }
        node.appendOnly().turnEnds();
        log.announce();
        return at;
    }

    private void applyAll(Dispatcher dispatcher, long address, int length) {
        while (at < length && failure == null) {
            int result = decoder.decode(address, at, length, request);
            if (result == RequestDecoder.INCOMPLETE) {
                return;
            }
            if (result == RequestDecoder.ERROR) {
                failure = "Protocol error from master: " + decoder.error();
                return;
            }
            int end = decoder.consumed();
            if (result == RequestDecoder.EMPTY) {
                // A sign of life between the commands; not counted by anybody.
                flush(address + logged, at - logged, false);
                logged = end;
                boundary = end;
            } else if (isKeepAlive()) {
                flush(address + logged, at - logged, false);
                logged = at;
                boundary = at;
                execute(dispatcher);
                flush(address + at, end - at, true);
                logged = end;
                boundary = end;
            } else {
                execute(dispatcher);
                if (!session.has(Session.MULTI)) {
                    boundary = end;
                }
            }
            at = end;
        }
    }

    /** Commands of the link itself, outside of any transaction. */
    private boolean isKeepAlive() {
        return !session.has(Session.MULTI)
                && (request.arg(0).isWord("PING") || request.arg(0).isWord("REPLCONF"));
    }

    private void flush(long address, int length, boolean keepAlive) {
        if (length == 0) {
            return;
        }
        if (held.length() == 0) {
            log.appendRaw(address, length, keepAlive);
            return;
        }
        held.write(address, length);
        log.appendRaw(held.address(), (int) held.length(), keepAlive);
        held.clear();
    }

    private void execute(Dispatcher dispatcher) {
        if (node.state().is(ServerState.DISK_ERROR)
                && !request.arg(0).isWord("PING")
                && !node.settings().get(ReplicationOptions.REPLICA_IGNORE_DISK_WRITE_ERRORS)) {
            node.log().warning("Replica was unable to write command to disk.");
            CrashReport.crash(node, CrashReport.ABORT);
        }
        reply.reset();
        dispatcher.execute(session, request, reply);
        if (reply.length() > 0 && Memory.getByte(reply.address()) == '-') {
            complain();
        }
    }

    private void complain() {
        node.stats().unexpectedErrors.increment();
        int shown = Math.min(reply.length(), 200);
        String error =
                new String(
                        Memory.toBytes(reply.address() + 1, shown - 1),
                        StandardCharsets.ISO_8859_1);
        String name =
                new String(request.arg(0).toBytes(), StandardCharsets.ISO_8859_1)
                        .toLowerCase(Locale.ROOT);
        node.log()
                .warning(
                        "== CRITICAL == This replica is sending an error to its master: '"
                                + error.strip()
                                + "' after processing the command '"
                                + name
                                + "'");
        if (node.settings().get(ReplicationOptions.PROPAGATION_ERROR_BEHAVIOR)
                != PropagationErrorBehavior.IGNORE) {
            node.log()
                    .warning(
                            "This replica panicked sending an error to its master after processing"
                                    + " the command '"
                                    + name
                                    + "'");
            CrashReport.crash(node, CrashReport.ABORT);
        }
    }
}
