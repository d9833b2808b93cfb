package io.ferrite.node.module;

import io.ferrite.engine.Session;
import io.ferrite.module.BlockedClient;
import io.ferrite.module.Reply;
import io.ferrite.node.ClientLink;
import io.ferrite.node.Node;
import io.ferrite.resp.ReplyWriter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The clients that wait for an answer of a module. Any thread. */
public final class WaitingClients {

    private static final String UNBLOCKED = "UNBLOCKED client unblocked via CLIENT UNBLOCK";

    private final Node node;
    private final Map<Session, Waiting> all = new ConcurrentHashMap<>();

    WaitingClients(Node node) {
        this.node = node;
    }

    /** Leaves a client waiting; on its loop. */
    BlockedClient add(LoadedModule module, Session session, long longestMs, Consumer<Reply> late) {
        Waiting waiting = new Waiting(module, session, late);
        all.put(session, waiting);
        module.waiting.incrementAndGet();
        session.set(Session.BLOCKED);
        if (longestMs > 0) {
            ClientLink link = ClientLink.of(session);
            int loop = link == null ? 0 : link.loop();
            node.environment().after(loop, longestMs, () -> waiting.answer(late));
        }
        return waiting;
    }

    /** A client that waits is gone. */
    public void forget(Session session) {
        Waiting waiting = all.get(session);
        if (waiting != null && waiting.end()) {
            waiting.module.waiting.decrementAndGet();
        }
    }

    /** Answers a client with an error; nothing if it waits no more. */
    void answer(Session session, String line) {
        Waiting waiting = all.get(session);
        if (waiting != null) {
            waiting.answer(reply -> reply.error(line));
        }
    }

    /** CLIENT UNBLOCK: whether the client was one of these. */
    public boolean unblock(Session session, boolean error) {
        Waiting waiting = all.get(session);
        if (waiting == null) {
            return false;
        }
        return waiting.answer(error ? reply -> reply.error(UNBLOCKED) : waiting.late);
    }

    private final class Waiting implements BlockedClient {

        private final LoadedModule module;
        private final Session session;
        private final Consumer<Reply> late;
        private final AtomicBoolean over = new AtomicBoolean();

        Waiting(LoadedModule module, Session session, Consumer<Reply> late) {
            this.module = module;
            this.session = session;
            this.late = late;
        }

        boolean end() {
            if (!over.compareAndSet(false, true)) {
                return false;
            }
            all.remove(session, this);
            return true;
        }

        @Override
        public boolean isWaiting() {
            return !over.get();
        }

        @Override
        public boolean answer(Consumer<Reply> reply) {
            if (!end()) {
                return false;
            }
            session.outbox().answer(out -> write(out, reply));
            return true;
        }

        private void write(ReplyWriter out, Consumer<Reply> code) {
            long mark = out.mark();
            ModuleReply reply = new ModuleReply(out);
            Throwable thrown = LoadedModule.guard(() -> code.accept(reply));
            module.waiting.decrementAndGet();
            if (thrown != null || !reply.isWhole()) {
                out.rewind(mark);
                String line =
                        thrown == null
                                ? "ERR module '" + module.name() + "': no whole reply"
                                : module.errorLine(thrown);
                node.engine().errors().count(line);
                out.error(line);
            }
        }
    }
}
