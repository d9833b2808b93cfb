package io.ferrite.server;

import io.ferrite.engine.Outbox;
import io.ferrite.engine.Session;
import io.ferrite.engine.StreamEnd;
import io.ferrite.memory.Memory;
import io.ferrite.net.Connection;
import io.ferrite.net.ConnectionHandler;
import io.ferrite.node.Dispatcher;
import io.ferrite.node.Node;
import io.ferrite.resp.Limits;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.resp.RequestDecoder;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * One client: decodes its requests where they were read, has each executed to the end, and lets the
 * replies of a read leave together. Lives on its connection's event loop; the {@link Outbox} methods are
 * for every thread.
 */
final class ClientConnection implements ConnectionHandler, Outbox, Outbox.Stream {

    private final Connection connection;
    private final Node node;
    private final Dispatcher dispatcher;
    private final RequestDecoder decoder;
    private final Request request;
    private final ConnectionReply reply;
    private final Session session;

    /** Messages that arrived while a command was writing its reply. */
    private final ArrayDeque<byte[]> deferred = new ArrayDeque<>(0);

    private boolean executing;
    private boolean closing;

    ClientConnection(Connection connection, Node node, Limits limits) {
        this.connection = connection;
        this.node = node;
        this.dispatcher = node.dispatcher(connection.loop());
        this.decoder = new RequestDecoder(limits);
        this.request = new Request();
        this.reply = new ConnectionReply(connection);
        this.session =
                new Session(
                        this,
                        connection.remoteText(),
                        connection.localText(),
                        node.environment().nowMs());
    }

    Session session() {
        return session;
    }

    Connection connection() {
        return connection;
    }

    // --- input -----------------------------------------------------------------------------------

    @Override
    public int received(long base, int from, int to) {
        dispatcher.tick();
        int at = from;
        long start = base;
        while (at < to && !held()) {
            decoder.authenticated(!session.has(Session.UNAUTHENTICATED));
            int result = decoder.decode(start, at, to, request);
            if (result == RequestDecoder.COMPLETE) {
                if (!execute()) {
                    decoder.reset();
                    break;
                }
                at = decoder.consumed();
            } else if (result == RequestDecoder.EMPTY) {
                at = decoder.consumed();
                if (session.attachment() instanceof StreamEnd stream) {
                    stream.blankLine();
                }
            } else if (result == RequestDecoder.INCOMPLETE) {
                break;
            } else {
                node.engine().errors().count("ERR");
                reply.setProtocol(session.protocol());
                reply.error("ERR " + decoder.error());
                end();
                return to;
            }
        }
        return closing ? to : at;
    }

    /** Nothing more is executed for now. */
    private boolean held() {
        return closing || session.has(Session.BLOCKED);
    }

    /** False when the request must be presented again later. */
    private boolean execute() {
        executing = true;
        reply.beginCommand();
        reply.setProtocol(session.protocol());
        int quiet = session.flags() & (Session.REPLY_OFF | Session.REPLY_SKIP);
        ReplyWriter to = quiet == 0 ? reply : Quiet.writer();
        Dispatcher.Outcome outcome = dispatcher.execute(session, request, to);
        executing = false;
        if (outcome == Dispatcher.Outcome.POSTPONED) {
            session.set(Session.BLOCKED);
            connection.pause();
            node.pause().hold(session);
            return false;
        }
        afterCommand(quiet);
        return true;
    }

    private void afterCommand(int quiet) {
        if (!deferred.isEmpty()) {
            sendDeferred();
        }
        int flags = session.flags();
        if ((flags & (Session.BLOCKED | Session.CLOSING | Session.REPLY_SKIP | Session.REPLY_SKIP_NEXT))
                == 0) {
            return;
        }
        if ((quiet & Session.REPLY_SKIP) != 0) {
            session.clear(Session.REPLY_SKIP);
        }
        if ((flags & Session.REPLY_SKIP_NEXT) != 0) {
            session.clear(Session.REPLY_SKIP_NEXT);
            session.set(Session.REPLY_SKIP);
        }
        if (session.has(Session.CLOSING)) {
            end();
        } else if (session.has(Session.BLOCKED)) {
            connection.pause();
        }
    }

    private void sendDeferred() {
        byte[] message;
        while ((message = deferred.poll()) != null) {
            write(message);
        }
    }

    private void write(byte[] message) {
        reply.finish();
        connection.send(message);
    }

    private void end() {
        if (!closing) {
            closing = true;
            reply.finish();
            connection.closeAfterFlush();
        }
    }

    @Override
    public long wanted() {
        return decoder.needed();
    }

    @Override
    public void readComplete() {
        reply.finish();
        node.parts().commandLog().announce();
    }

    @Override
    public void writable() {
        if (session.attachment() instanceof StreamEnd stream) {
            stream.writable();
        }
    }

    @Override
    public void closed() {
        closing = true;
        reply.abandon();
        if (session.attachment() instanceof StreamEnd stream) {
            stream.closed();
        }
        dispatcher.forget(session);
        node.clients().remove(session);
        node.monitors().remove(session);
        request.close();
    }

    // --- a stream instead of replies -------------------------------------------------------------

    @Override
    public Outbox.Stream stream() {
        return this;
    }

    @Override
    public void send(byte[] bytes) {
        if (!closing) {
            write(bytes);
        }
    }

    @Override
    public void send(long address, int length) {
        if (!closing) {
            reply.finish();
            long at = connection.reserve(length);
            Memory.copy(address, at, length);
            connection.commit(at + length);
        }
    }

    @Override
    public boolean isWritable() {
        return !closing && connection.isWritable();
    }

    @Override
    public void flush() {
        reply.finish();
        connection.flush();
    }

    // --- output from anywhere --------------------------------------------------------------------

    @Override
    public void push(byte[] message) {
        if (connection.inEventLoop()) {
            pushHere(message);
        } else {
            connection.execute(() -> pushHere(message));
        }
    }

    private void pushHere(byte[] message) {
        if (closing) {
            return;
        }
        if (executing) {
            deferred.add(message);
            return;
        }
        write(message);
        connection.flush();
    }

    @Override
    public void answer(Consumer<ReplyWriter> answer) {
        connection.execute(
                () -> {
                    if (closing || !session.has(Session.BLOCKED)) {
                        return;
                    }
                    session.clear(Session.BLOCKED);
                    session.setWaiter(null);
                    if (answer != null) {
                        reply.setProtocol(session.protocol());
                        answer.accept(session.has(Session.REPLY_OFF) ? Quiet.writer() : reply);
                        reply.finish();
                    }
                    connection.resume();
                    connection.flush();
                });
    }

    @Override
    public void run(Runnable action) {
        connection.execute(action);
    }

    @Override
    public void close(boolean flush) {
        connection.execute(
                () -> {
                    if (flush) {
                        end();
                    } else {
                        closing = true;
                        connection.close();
                    }
                });
    }

    @Override
    public long pendingBytes() {
        return connection.pendingOutput();
    }
}
