package io.ferrite.node.replication;

import io.ferrite.coordination.log.CommandLog;
import io.ferrite.coordination.replication.FollowerDriver;
import io.ferrite.coordination.replication.FollowerLink;
import io.ferrite.coordination.replication.FollowerLink.State;
import io.ferrite.coordination.replication.Level;
import io.ferrite.coordination.replication.ReplicationView;
import io.ferrite.engine.Outbox;
import io.ferrite.engine.Session;
import io.ferrite.node.Environment;
import io.ferrite.node.Link;
import io.ferrite.node.LinkEvents;
import io.ferrite.node.Node;
import io.ferrite.node.config.LeaderAddress;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.resp.ReplyWriter;
import java.util.function.Consumer;

/** This server as somebody's follower. On the home loop, but for what says otherwise. */
final class FollowerSide implements FollowerDriver.Host, FollowerDriver.Transport {

    private final Replication replication;
    private final Node node;
    private final Environment environment;
    private final CommandLog log;
    private final FollowerDriver driver = new FollowerDriver(this, this);
    private final WholeData data;
    private final CopyIntake intake;

    /**
     * The trusted session that the stream runs as; made anew with each leader, as CLIENT LIST shows
     * it.
     */
    private Session session;

    private StreamApplier applier;
    private Link link;
    private final CopyChannel channel;
    private final HeldStream held;
    private boolean applyingHeld;
    private final Divergence divergence;
    private volatile String refusedReason;
    private volatile long downSinceMs;

    FollowerSide(Replication replication, Node node) {
        this.replication = replication;
        this.node = node;
        this.environment = node.environment();
        this.log = node.parts().commandLog();
        this.channel = new CopyChannel(node, driver);
        this.held = new HeldStream(node);
        this.divergence = new Divergence(node);
        this.data = new WholeData(node);
        this.intake = new CopyIntake(node, replication, data, new CopyOwner());
        newSession("", "");
    }

    private void newSession(String remote, String local) {
        int database = session == null ? 0 : session.database();
        session = new Session(new LeaderOutbox(), remote, local, nowMs());
        session.set(Session.LEADER);
        session.selectDatabase(database);
        applier = new StreamApplier(node, session);
    }

    // --- orders ----------------------------------------------------------------------------------

    void follow(FollowerLink.Target target, FollowerLink.Resume resume) {
        refusedReason = null;
        driver.follow(target, resume);
    }

    void unfollow() {
        refusedReason = null;
        driver.unfollow();
        downSinceMs = 0;
    }

    void tick() {
        driver.tick();
    }

    void acknowledge() {
        driver.ackRequested();
    }

    /** What the data can go on from under another leader. */
    FollowerLink.Resume resume() {
        return driver.state() instanceof FollowerLink.Following f
                ? f.resume()
                : FollowerLink.Resume.NOTHING;
    }

    /** The database that the leader's stream is in. */
    int streamDatabase() {
        return applier.database();
    }

    void restoreDatabase(int database) {
        applier.restart(database);
    }

    // --- figures, any thread ---------------------------------------------------------------------

    State state() {
        return driver.state();
    }

    boolean isStreaming() {
        return driver.state() instanceof FollowerLink.Streaming;
    }

    /**
     * Since when the leader was not heard, or the stream does not flow; {@link Long#MAX_VALUE} if
     * it never did.
     */
    long dataAgeMs() {
        if (isStreaming()) {
            return nowMs() - driver.heardMs();
        }
        long down = downSinceMs;
        return down == 0 ? Long.MAX_VALUE : nowMs() - down;
    }

    ReplicationView.Leader view(LeaderAddress leader) {
        long nowMs = nowMs();
        Settings s = node.settings();
        State state = driver.state();
        ReplicationView.Transfer transfer = driver.transfer(nowMs);
        long down = downSinceMs;
        return new ReplicationView.Leader(
                leader.host(),
                leader.port(),
                state.roleName(),
                (nowMs - driver.heardMs()) / 1000,
                log.end(),
                log.end(),
                transfer,
                down == 0 ? -1 : (nowMs - down) / 1000,
                s.getInt(ReplicationOptions.REPLICA_PRIORITY),
                s.get(ReplicationOptions.REPLICA_READ_ONLY),
                s.get(ReplicationOptions.REPLICA_ANNOUNCED));
    }

    // --- the link --------------------------------------------------------------------------------

    @Override
    public void connect(int number, String host, int port) {
        connect(host, port, new Events(number));
    }

    @Override
    public void openChannel(int number, String host, int port) {
        held.begin();
        connect(host, port, channel.events(number));
    }

    @Override
    public void sendByChannel(byte[] bytes) {
        channel.send(bytes);
    }

    @Override
    public void closeChannel() {
        channel.close();
    }

    private void connect(String host, int port, LinkEvents events) {
        environment.connect(
                Replication.HOME,
                host,
                port,
                node.settings().get(NetworkOptions.BIND_SOURCE_ADDR),
                (int) Math.min(Integer.MAX_VALUE, settings().timeoutMs()),
                node.settings().get(TlsOptions.TLS_REPLICATION),
                events);
    }

    private final class Events implements LinkEvents {
        private final int number;
        private Link mine;

        Events(int number) {
            this.number = number;
        }

        @Override
        public void opened(Link opened) {
            if (!driver.isCurrent(number)) {
                opened.close();
                return;
            }
            mine = opened;
            link = opened;
            driver.opened(number);
        }

        @Override
        public void failed(String reason) {
            driver.closed(number, reason);
        }

        @Override
        public int received(long address, int length) {
            int used = driver.received(number, address, length);
            node.stats().replicationInputBytes.add(used);
            return used;
        }

        @Override
        public void closed() {
            if (link == mine) {
                link = null;
            }
            driver.closed(number, "connection lost");
        }
    }

    @Override
    public void send(byte[] bytes) {
        if (link != null) {
            link.send(bytes);
        }
    }

    @Override
    public void disconnect() {
        Link old = link;
        link = null;
        if (old != null) {
            old.close();
        }
    }

    @Override
    public void presentAgain() {
        if (link != null) {
            link.resume();
        }
    }

    // --- what the machine asks for ---------------------------------------------------------------

    @Override
    public long nowMs() {
        return environment.nowMs();
    }

    @Override
    public FollowerLink.Settings settings() {
        Settings s = node.settings();
        int port = s.getInt(ReplicationOptions.REPLICA_ANNOUNCE_PORT);
        return new FollowerLink.Settings(
                s.get(ReplicationOptions.REPL_TIMEOUT) * 1000,
                port != 0 ? port : ownPort(s),
                orNull(s.get(ReplicationOptions.REPLICA_ANNOUNCE_IP)),
                orNull(s.get(ReplicationOptions.MASTERUSER)),
                orNull(s.get(ReplicationOptions.MASTERAUTH)),
                s.get(ReplicationOptions.REPL_RDB_CHANNEL),
                s.get(ReplicationOptions.REPLICA_REFUSE_REWOUND),
                orNull(s.get(ReplicationOptions.DIVERGENCE_DIR)) != null);
    }

    /** The port that is told to the leader. */
    private static int ownPort(Settings s) {
        int tls = s.get(TlsOptions.TLS_REPLICATION) ? s.getInt(TlsOptions.TLS_PORT) : 0;
        return tls != 0 ? tls : s.getInt(NetworkOptions.PORT);
    }

    private static String orNull(String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    @Override
    public long applied() {
        return log.end();
    }

    @Override
    public long dataEnd() {
        return log.dataEnd();
    }

    @Override
    public long fsynced() {
        return node.appendOnly().synced();
    }

    @Override
    public boolean hasData() {
        return !WholeData.isEmpty(node.engine().keyspace());
    }

    @Override
    public void saveDivergence(String id, long from) {
        divergence.save(id, from);
    }

    @Override
    public void refused(String reason) {
        refusedReason = reason;
    }

    /** Why the leader is not followed although it could be, or null. Any thread. */
    String refusedReason() {
        return refusedReason;
    }

    Divergence divergence() {
        return divergence;
    }

    @Override
    public boolean payloadBegins(long total, boolean marked) {
        String history =
                driver.state() instanceof FollowerLink.Receiving receiving ? receiving.id() : null;
        return intake.begin(total, history);
    }

    @Override
    public void payload(long address, int length) {
        intake.content(address, length);
    }

    @Override
    public void payload(byte[] bytes, int length) {
        intake.content(bytes, length);
    }

    @Override
    public String payloadFailure() {
        return intake.failure();
    }

    @Override
    public void abandonPayload() {
        intake.abandon();
    }

    @Override
    public void load() {
        intake.complete();
    }

    /** Removes all data. Not on an event loop. */
    void flush() {
        data.empty();
    }

    /** A load that nobody waits for any more has not ended yet. */
    boolean isLoading() {
        return intake.isFilling();
    }

    /** What a copy does with the link. */
    private final class CopyOwner implements CopyIntake.Owner {
        @Override
        public void pauseLink() {
            Link by = byWhichItComes();
            if (by != null) {
                by.pause();
            }
        }

        @Override
        public void resumeLink() {
            Link by = byWhichItComes();
            if (by != null) {
                by.resume();
            }
        }

        private Link byWhichItComes() {
            return switch (driver.state()) {
                case FollowerLink.Receiving r when r.channel() -> channel.link();
                case FollowerLink.Loading l when l.channel() -> channel.link();
                default -> link;
            };
        }

        @Override
        public void refused(String reason) {
            driver.payloadRefused(reason);
        }

        @Override
        public void loaded(int database) {
            applier.restart(database);
            driver.loaded();
            applyHeld();
        }

        @Override
        public void loadFailed(String reason) {
            driver.loadFailed(reason);
        }

        @Override
        public void loadEnded() {
            replication.loadEnded();
        }
    }

    @Override
    public void adopt(String id, long offset) {
        replication.adopt(id, Math.max(0, offset));
        enlist();
    }

    @Override
    public void continueAs(String id, long from) {
        if (from < log.end()) {
            goBack(from);
        }
        replication.continueAs(id);
        applier.forgetUnfinished();
        enlist();
    }

    /** What the own file has of the stream behind that place would be counted twice. */
    private void goBack(long from) {
        node.appendOnly().suspend();
        node.gate().enter(node.gate().all());
        try {
            log.rewind(from);
        } finally {
            node.gate().leave(node.gate().all());
        }
        node.appendOnly().resume();
    }

    /** The stream runs now, as a client that CLIENT LIST shows. */
    private void enlist() {
        int database = applier.database();
        newSession(link == null ? "" : link.remoteText(), link == null ? "" : link.localText());
        session.selectDatabase(database);
        refusedReason = null;
        node.clients().add(session);
        downSinceMs = 0;
    }

    @Override
    public int hold(long address, int length) {
        if (held.add(address, length)) {
            return length;
        }
        if (link != null) {
            link.pause();
        }
        return 0;
    }

    @Override
    public void dropHeld() {
        held.clear();
    }

    HeldStream held() {
        return held;
    }

    /** The copy is loaded: now what came behind it, bit by bit. */
    private void applyHeld() {
        applyingHeld = false;
        if (!isStreaming() || held.isEmpty()) {
            return;
        }
        if (held.applySome(this::apply)) {
            applyingHeld = true;
            environment.onLoop(Replication.HOME, this::applyHeld);
        } else if (isStreaming()) {
            presentAgain();
        }
    }

    @Override
    public int stream(long address, int length) {
        if (held.isEmpty()) {
            return apply(address, length);
        }
        if (applyingHeld) {
            return hold(address, length);
        }
        held.addRest(address, length);
        applyingHeld = true;
        environment.onLoop(Replication.HOME, this::applyHeld);
        return length;
    }

    private int apply(long address, int length) {
        int used = applier.apply(address, length);
        if (applier.failure() != null) {
            String reason = applier.failure();
            note(Level.WARNING, reason);
            driver.breakLink(reason);
        }
        return used;
    }

    @Override
    public void takeoverAnswered(boolean accepted) {
        replication.failover().answered(accepted);
    }

    @Override
    public void stateChanged(State before, State after) {
        if (before instanceof FollowerLink.Streaming
                && !(after instanceof FollowerLink.Streaming)) {
            applier.forgetUnfinished();
            held.clear();
            node.clients().remove(session);
            if (after instanceof FollowerLink.Following) {
                downSinceMs = nowMs();
            }
        }
        replication.linkChanged();
    }

    @Override
    public void note(Level level, String text) {
        replication.note(level, text);
    }

    /** CLIENT KILL reaches the leader's link as any client. */
    private final class LeaderOutbox implements Outbox {
        @Override
        public void push(byte[] message) {} // a leader takes no replies

        @Override
        public void answer(Consumer<ReplyWriter> reply) {}

        @Override
        public void run(Runnable action) {
            environment.onLoop(Replication.HOME, action);
        }

        @Override
        public void close(boolean flush) {
            long closedMs = nowMs(); // what runs after it may take long
            environment.onLoop(
                    Replication.HOME,
                    () -> {
                        if (driver.state() instanceof FollowerLink.Streaming) {
                            driver.breakLink("closed by a client");
                            downSinceMs = closedMs;
                        }
                    });
        }

        @Override
        public long pendingBytes() {
            return 0;
        }
    }
}
