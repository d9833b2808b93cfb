package io.ferrite.node.persistence.aof;

import io.ferrite.engine.Outbox;
import io.ferrite.engine.Session;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.node.Dispatcher;
import io.ferrite.node.Node;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Runs commands of a file through the dispatcher, as a trusted session whose replies nobody reads.
 * As in Redis, a command that is refused is passed over. For one thread, which is no event loop.
 */
final class AofReplay implements AutoCloseable {

    private static final int SHOWN = 200;

    private final Node node;
    private final Dispatcher dispatcher;
    private final Session session;
    private final NativeReplyWriter reply = new NativeReplyWriter(1 << 12);
    private long refused;
    private String firstRefusal;

    AofReplay(Node node) {
        this.node = node;
        this.dispatcher = node.newReplay();
        this.session = new Session(new Silence(), "", "", node.environment().nowMs());
        session.set(Session.LEADER);
    }

    /** A file begins: in database 0 and outside of any transaction. */
    void beginFile() {
        session.discardQueue();
        session.selectDatabase(0);
    }

    boolean inTransaction() {
        return session.has(Session.MULTI);
    }

    int database() {
        return session.database();
    }

    /** Before the commands of another buffer. */
    void tick() {
        dispatcher.tick();
    }

    Request spare(int position) {
        return dispatcher.spare(position);
    }

    boolean knows(Request request) {
        return dispatcher.knows(request);
    }

    /** Runs as many of these commands at once as can be; 0 if the first has to run by itself. */
    int runSome(Request[] requests, int from, int to) {
        reply.reset();
        return dispatcher.executeRun(session, requests, from, to, reply);
    }

    void run(Request request) {
        reply.reset();
        dispatcher.execute(session, request, reply);
        if (reply.length() > 0 && Memory.getByte(reply.address()) == '-') {
            note(request);
        }
    }

    private void note(Request request) {
        refused++;
        if (firstRefusal == null) {
            Slice name = request.arg(0);
            int length = Math.min(reply.length(), SHOWN);
            String text =
                    new String(
                            Memory.toBytes(reply.address() + 1, length - 1),
                            StandardCharsets.ISO_8859_1);
            firstRefusal =
                    "'" + name.toString().replaceAll("\\p{Cntrl}", "?") + "': " + text.strip();
        }
    }

    /** Says in the log how many commands of a file were refused, if any. */
    void report(String file) {
        if (refused > 0) {
            node.log()
                    .warning(
                            refused
                                    + " commands of "
                                    + file
                                    + " were refused, the first of them "
                                    + firstRefusal);
            refused = 0;
            firstRefusal = null;
        }
    }

    @Override
    public void close() {
        session.discardQueue();
        dispatcher.forget(session);
        reply.close();
        for (int i = 0; i < Dispatcher.BATCH; i++) {
            dispatcher.spare(i).close();
        }
    }

    /** Nobody listens. */
    private static final class Silence implements Outbox {
        @Override
        public void push(byte[] message) {}

        @Override
        public void answer(Consumer<ReplyWriter> reply) {}

        @Override
        public void run(Runnable action) {}

        @Override
        public void close(boolean flush) {}

        @Override
        public long pendingBytes() {
            return 0;
        }
    }
}
