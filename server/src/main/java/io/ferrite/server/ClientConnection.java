package io.ferrite.server;

import io.ferrite.engine.Command;
import io.ferrite.engine.Outbox;
import io.ferrite.engine.Session;
import io.ferrite.engine.StreamEnd;
import io.ferrite.memory.Memory;
import io.ferrite.net.Connection;
import io.ferrite.net.ConnectionHandler;
import io.ferrite.net.tls.PeerName;
import io.ferrite.node.ClientEviction;
import io.ferrite.node.ClientLimits;
import io.ferrite.node.ClientLink;
import io.ferrite.node.Dispatcher;
import io.ferrite.node.Node;
import io.ferrite.node.ServerStats;
import io.ferrite.node.config.Choices.TlsAuthClientsUser;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.resp.Limits;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.resp.RequestDecoder;
import io.ferrite.spec.CommandFlag;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/**
 * One client: decodes its requests where they were read, has each executed to the end, and lets the
 * replies of a read leave together. Lives on its connection's event loop; the {@link Outbox}
 * methods are for every thread.
 */
final class ClientConnection implements ConnectionHandler, ClientLink, Outbox.Stream {

    /** Output is looked at when this much more was written, and after each read. */
    private static final int OUTPUT_CHECK_BYTES = 64 << 10;

    private final Connection connection;
    private final Node node;
    private final Dispatcher ownDispatcher;
    private final RequestDecoder decoder;
    private final Request[] batch = new Request[Dispatcher.BATCH];
    private final int[] starts = new int[Dispatcher.BATCH];

    /**
     * This connection's own request: the first of a batch, or the one that has not arrived whole.
     */
    private Request request;

    private int batchEnd;
    private boolean refused;
    private final ConnectionReply reply;
    private final HeldReplies heldReplies;

    private final Session session;
    private final ServerStats stats;
    private final ClientLimits.SoftTimer softTimer = new ClientLimits.SoftTimer();

    /** Messages that arrived while a command was writing its reply. */
    private final ArrayDeque<byte[]> deferred = new ArrayDeque<>(0);

    private final Inbox inbox;

    private boolean executing;
    private boolean closing;

    /** Somebody closed this client, from any thread: it executes nothing more. */
    private volatile boolean killed;

    private final UnreadSize unread = new UnreadSize();

    /** How much of the connection's output has been counted, and looked at. */
    private long countedOutput;

    private long checkedOutput;

    /** What {@link ClientEviction} knows of this client's size. */
    private final ClientEviction.Share share = new ClientEviction.Share();

    ClientConnection(Connection connection, Node node, Limits limits) {
        this.connection = connection;
        this.node = node;
        this.ownDispatcher = node.dispatcher(connection.loop());
        this.decoder = new RequestDecoder(limits);
        this.request = new Request();
        this.reply = new ConnectionReply(connection);
        this.stats = node.stats();
        this.inbox = new Inbox(connection, this::pushHere);
        this.session =
                new Session(
                        this,
                        connection.remoteText(),
                        connection.localText(),
                        node.environment().nowMs());
        this.heldReplies = new HeldReplies(connection, session, reply, node, this::kill);
    }

    Session session() {
        return session;
    }

    Connection connection() {
        return connection;
    }

    /** That of this event loop, or who stands in for it. */
    private Dispatcher dispatcher() {
        return ownDispatcher.inUse();
    }

    @Override
    public boolean isServedMeanwhile() {
        return !session.has(Session.LEADER | Session.REPLICA);
    }

    // --- input -----------------------------------------------------------------------------------

    @Override
    public void encrypted(X509Certificate peer) {
        if (peer == null) {
            return;
        }
        TlsAuthClientsUser which = node.settings().get(TlsOptions.TLS_AUTH_CLIENTS_USER);
        switch (which) {
            case OFF -> {}
            case CN -> node.access().enterAs(session, List.of(PeerName.common(peer)));
            case URI -> node.access().enterAs(session, PeerName.uris(peer));
        }
    }

    @Override
    public int received(long base, int from, int to) {
        inbox.take();
        dispatcher().tick();
        unread.publish(connection.unread(), connection.unreadCapacity(), decoder.needed());
        heldReplies.readBegins(dispatcher().unit().effects().lastOffset());
        int done = execute(base, from, to);
        heldReplies.wrote(dispatcher().unit().effects().lastOffset());
        int left = to - done;
        if ((left > 0 || session.has(Session.MULTI))
                && node.clientLimits().queryTooLarge(session, left)) {
            node.clients().kill(session);
        }
        if (killed) {
            closing = true;
            done = to;
        }
        stats.reads.increment();
        stats.inputBytes.add(done - from);
        return done;
    }

    private int execute(long base, int from, int to) {
        int at = from;
        while (at < to && !held()) {
            int decoded = decode(base, at, to);
            at = decoded == 0 ? batchEnd : executeBatch(decoded);
            if (connection.outputBytes() - checkedOutput > OUTPUT_CHECK_BYTES) {
                checkOutput();
            }
            if (decoded == 0 || at != batchEnd) {
                break; // nothing complete, or held back in the middle
            }
            if (refused) {
                refuse();
                return to;
            }
        }
        return closing ? to : at;
    }

    /**
     * Decodes as many complete requests as a batch takes; {@link #batchEnd} is the offset behind
     * them. What is left incomplete is kept in this connection's own request.
     */
    private int decode(long base, int from, int to) {
        // A session in any state but the ordinary one has each command judged by itself.
        int most = session.isPlain() ? batch.length : 1;
        decoder.authenticated(!node.access().mustAuthenticate(session));
        int count = 0;
        int at = from;
        batchEnd = from;
        refused = false;
        while (count < most && at < to) {
            Request into = count == 0 ? request : dispatcher().spare(count);
            int result = decoder.decode(base, at, to, into);
            if (result == RequestDecoder.COMPLETE) {
                batch[count] = into;
                starts[count++] = at;
                at = decoder.consumed();
            } else if (result == RequestDecoder.EMPTY) {
                at = decoder.consumed();
                blankLine();
            } else if (result == RequestDecoder.INCOMPLETE) {
                keepIncomplete(count);
                break;
            } else {
                refused = true;
                break;
            }
            batchEnd = at;
        }
        if (refused && count == 0) {
            refuse();
        }
        return count;
    }

    /** The request that was begun stays with this connection; its former own one goes round. */
    private void keepIncomplete(int position) {
        if (position > 0) {
            Request begun = dispatcher().spare(position);
            dispatcher().exchangeSpare(position, request);
            request = begun;
        }
    }

    private void blankLine() {
        if (session.attachment() instanceof StreamEnd stream) {
            stream.blankLine();
        }
    }

    /** Executes the decoded requests; the offset behind the last one that needs not come again. */
    private int executeBatch(int count) {
        int next = 0;
        while (next < count) {
            if (held()) {
                decoder.reset();
                return starts[next];
            }
            executing = true;
            reply.boundary();
            reply.setProtocol(session.protocol());
            int run = dispatcher().executeRun(session, batch, next, count, reply);
            executing = false;
            if (run > 0) {
                next += run;
                heldReplies.replied(run);
                afterCommand(0);
            } else if (execute(batch[next])) {
                next++;
                heldReplies.replied(1);
                heldReplies.noteKind();
            } else {
                decoder.reset();
                return starts[next];
            }
        }
        return batchEnd;
    }

    /** The bytes are no request: says why and ends the connection. */
    private void refuse() {
        node.engine().errors().count("ERR");
        reply.setProtocol(session.protocol());
        reply.error("ERR " + decoder.error());
        end();
    }

    /** Nothing more is executed for now. */
    private boolean held() {
        return closing || killed || session.has(Session.BLOCKED);
    }

    /** False when the request must be presented again later. */
    private boolean execute(Request request) {
        executing = true;
        reply.boundary();
        reply.setProtocol(session.protocol());
        int quiet = session.flags() & (Session.REPLY_OFF | Session.REPLY_SKIP);
        NativeReplyWriter unheard = quiet == 0 ? null : Quiet.writer();
        ReplyWriter to = unheard == null ? reply : unheard;
        to.setProtocol(session.protocol());
        Dispatcher.Outcome outcome = dispatcher().execute(session, request, to);
        executing = false;
        if (outcome == Dispatcher.Outcome.POSTPONED) {
            session.set(Session.BLOCKED);
            connection.pause();
            node.pause().hold(session);
            return false;
        }
        if (unheard != null && isHeardAll()) {
            reply.raw(unheard.address(), unheard.length());
        }
        afterCommand(quiet);
        return true;
    }

    /**
     * Whether what the command wrote is sent although replies were off: it switched them on, or it
     * is about subscriptions, whose confirmations are messages and no replies.
     */
    private boolean isHeardAll() {
        if (!session.has(Session.REPLY_OFF | Session.REPLY_SKIP)) {
            return true;
        }
        Command command = session.lastCommand();
        return command != null
                && command.is(CommandFlag.PUBSUB)
                && command.name().endsWith("subscribe");
    }

    private void afterCommand(int quiet) {
        if (!deferred.isEmpty()) {
            sendDeferred();
        }
        int flags = session.flags();
        if ((flags
                        & (Session.BLOCKED
                                | Session.CLOSING
                                | Session.REPLY_SKIP
                                | Session.REPLY_SKIP_NEXT))
                == 0) {
            return;
        }
        if ((quiet & Session.REPLY_SKIP) != 0 && (flags & Session.BLOCKED) == 0) {
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
        heldReplies.irregular();
        reply.finish();
        connection.send(message);
    }

    /** Ends a client that lets too much output pile up. */
    private void checkOutput() {
        checkedOutput = connection.outputBytes();
        node.clientEviction().report(session, share);
        // What a follower has not taken lies in the log, and is judged there.
        if (!session.has(Session.REPLICA)
                && node.clientLimits().outputTooLarge(session, connection.unsent(), softTimer)) {
            node.clients().kill(session);
        }
    }

    private void countOutput() {
        long bytes = connection.outputBytes();
        if (bytes != countedOutput) {
            stats.writes.increment();
            stats.outputBytes.add(bytes - countedOutput);
            countedOutput = bytes;
        }
    }

    private void end() {
        if (!closing) {
            closing = true;
            node.clients().remove(session); // nobody finds it from the moment that it says goodbye
            reply.finish();
            heldReplies.wrote(dispatcher().unit().effects().lastOffset());
            heldReplies.holdWrites();
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
        unread.publish(connection.unread(), connection.unreadCapacity(), decoder.needed());
        dispatcher().cachingClients().tellChanges();
        dispatcher().tock();
        heldReplies.holdWrites();
        heldReplies.readEnds();
        countOutput();
        checkOutput();
    }

    @Override
    public void writable() {
        if (session.attachment() instanceof StreamEnd stream) {
            stream.writable();
        }
        checkOutput();
    }

    @Override
    public void closed() {
        closing = true;
        reply.abandon();
        if (session.attachment() instanceof StreamEnd stream) {
            stream.closed();
        }
        countOutput();
        node.clientEviction().gone(share);
        if (ownDispatcher.isServingMeanwhile()) {
            connection.execute(this::forget); // it may need stripes, which this thread may hold
        } else {
            forget();
        }
    }

    private void forget() {
        dispatcher().forget(session);
        node.clients().remove(session);
        node.monitors().remove(session);
        node.pause().forget(session);
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

    @Override
    public void noDelay(boolean on) {
        connection.noDelay(on);
    }

    // --- output from anywhere --------------------------------------------------------------------

    @Override
    public void push(byte[] message) {
        if (connection.inEventLoop()) {
            inbox.take();
            pushHere(message);
        } else {
            inbox.add(message);
        }
    }

    private void pushHere(byte[] message) {
        if (closing || killed) {
            return;
        }
        if (executing && !dispatcher().isAdmitting()) {
            deferred.add(message);
            return;
        }
        write(message);
        connection.flush();
        countOutput();
        checkOutput();
    }

    @Override
    public void answer(Consumer<ReplyWriter> answer) {
        connection.execute(() -> {
            if (closing || !session.has(Session.BLOCKED)) {
                return;
            }
            session.clear(Session.BLOCKED);
            dispatcher().waits().ended(session);
            if (answer != null) {
                reply.setProtocol(session.protocol());
                boolean heard = !session.has(Session.REPLY_OFF | Session.REPLY_SKIP);
                answer.accept(heard ? reply : Quiet.writer());
                reply.finish();
                session.clear(Session.REPLY_SKIP);
            }
            heldReplies.answered(node.parts().commandLog().end());
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
        connection.execute(() -> {
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

    // --- what others ask -------------------------------------------------------------------------

    @Override
    public void kill() {
        killed = true;
        connection.close();
    }

    @Override
    public void look() {
        if (connection.isOpen()) {
            checkOutput();
        }
    }

    @Override
    public int loop() {
        return connection.loop();
    }

    @Override
    public int descriptor() {
        return connection.descriptor();
    }

    @Override
    public boolean isLocal() {
        return connection.isLoopback();
    }

    @Override
    public int unreadBytes() {
        return unread.bytes();
    }

    @Override
    public int unreadRoom() {
        return unread.room();
    }

    @Override
    public int announcedBytes() {
        return unread.announced();
    }

    @Override
    public int outputRoom() {
        return connection.outputCapacity();
    }

    @Override
    public boolean awaitsWrite() {
        return connection.pendingOutput() > 0;
    }
}
