package io.ferrite.node.replication;

import io.ferrite.base.disk.Disk;
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
import io.ferrite.node.persistence.RdbLoader;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Keyspace;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;

/** This server as somebody's follower. On the home loop, but for what says otherwise. */
final class FollowerSide implements FollowerDriver.Host, FollowerDriver.Transport {

    private final Replication replication;
    private final Node node;
    private final Environment environment;
    private final CommandLog log;
    private final FollowerDriver driver = new FollowerDriver(this, this);

    /**
     * The trusted session that the stream runs as; made anew with each leader, as CLIENT LIST shows
     * it.
     */
    private Session session;

    private StreamApplier applier;
    private Link link;
    private ReceivedCopy copy;
    private boolean loading;
    private volatile long downSinceMs;

    FollowerSide(Replication replication, Node node) {
        this.replication = replication;
        this.node = node;
        this.environment = node.environment();
        this.log = node.parts().commandLog();
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
        driver.follow(target, resume);
    }

    void unfollow() {
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
        environment.connect(
                Replication.HOME,
                host,
                port,
                node.settings().get(NetworkOptions.BIND_SOURCE_ADDR),
                (int) Math.min(Integer.MAX_VALUE, settings().timeoutMs()),
                node.settings().get(TlsOptions.TLS_REPLICATION),
                new Events(number));
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
                orNull(s.get(ReplicationOptions.MASTERAUTH)));
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
    public long fsynced() {
        return -1;
    }

    @Override
    public void payloadBegins(long total, boolean marked) {
        String name = "temp-" + nowMs() / 1000 + "." + node.process().pid() + ".rdb";
        try {
            copy = new ReceivedCopy(environment.disk(), Disk.path(replication.directory(), name));
        } catch (IOException e) {
            copy = null;
            note(
                    Level.WARNING,
                    "Opening the temp file needed for MASTER <-> REPLICA synchronization: "
                            + e.getMessage());
        }
    }

    @Override
    public void payload(long address, int length) {
        if (copy != null) {
            copy.write(address, length);
        }
    }

    @Override
    public void payload(byte[] bytes, int length) {
        if (copy != null) {
            copy.write(bytes, length);
        }
    }

    @Override
    public String payloadFailure() {
        return copy == null ? "no file to receive the copy in" : copy.failure();
    }

    @Override
    public void abandonPayload() {
        if (copy != null) {
            copy.abandon();
            if (!loading) {
                copy.close();
            }
            copy = null;
        }
    }

    @Override
    public void load() {
        ReceivedCopy received = copy;
        if (link != null) {
            link.pause();
        }
        loading = true;
        node.persistence().saver().cancel(); // it would be in the way of what comes
        node.persistence().loading().begin(nowMs(), received.size());
        replication.dropFollowers();
        log.freeBacklog();
        note(Level.NOTICE, "MASTER <-> REPLICA sync: Flushing old data");
        environment.background("repl-load", () -> loadInBackground(received));
    }

    private void loadInBackground(ReceivedCopy received) {
        Map<String, byte[]> fields = null;
        String failure = null;
        try {
            flush();
            note(Level.NOTICE, "MASTER <-> REPLICA sync: Loading DB in memory");
            fields = received.load(node.persistence().loader());
        } catch (IOException e) {
            RdbLoader.report(node.log(), e);
            failure = String.valueOf(e.getMessage());
            flush();
        }
        received.close();
        Map<String, byte[]> loaded = fields;
        String reason = failure;
        environment.onLoop(Replication.HOME, () -> loaded(received, loaded, reason));
    }

    private void flush() {
        Keyspace keyspace = node.engine().keyspace();
        node.persistence().libraries().clear();
        long all = node.gate().all();
        node.gate().enter(all);
        try {
            for (int i = 0; i < keyspace.databases(); i++) {
                Database database = keyspace.database(i);
                for (int table = 0; table < keyspace.tables(); table++) {
                    database.clear(table);
                }
                for (int stripe = 0; stripe < keyspace.stripes(); stripe++) {
                    node.engine()
                            .watches()
                            .forEach(stripe, i, (session, watched) -> session.setWatchDirty(true));
                }
            }
        } finally {
            node.gate().leave(all);
        }
    }

    private void loaded(ReceivedCopy received, Map<String, byte[]> fields, String failure) {
        loading = false;
        node.persistence().loading().end();
        if (received.isUnwanted()) {
            replication.loadEnded();
            return;
        }
        copy = null;
        if (failure != null) {
            driver.loadFailed(failure);
            return;
        }
        applier.restart(ReceivedCopy.streamDatabase(fields));
        driver.loaded();
    }

    /** A load that nobody waits for any more has not ended yet. */
    boolean isLoading() {
        return loading;
    }

    @Override
    public void adopt(String id, long offset) {
        replication.adopt(id, Math.max(0, offset));
        enlist();
    }

    @Override
    public void continueAs(String id) {
        replication.continueAs(id);
        applier.forgetUnfinished();
        enlist();
    }

    /** The stream runs now, as a client that CLIENT LIST shows. */
    private void enlist() {
        int database = applier.database();
        newSession(link == null ? "" : link.remoteText(), link == null ? "" : link.localText());
        session.selectDatabase(database);
        node.clients().add(session);
        downSinceMs = 0;
    }

    @Override
    public int stream(long address, int length) {
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
        replication.takeoverAnswered(accepted);
    }

    @Override
    public void stateChanged(State before, State after) {
        if (before instanceof FollowerLink.Streaming
                && !(after instanceof FollowerLink.Streaming)) {
            applier.forgetUnfinished();
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
            environment.onLoop(
                    Replication.HOME,
                    () -> {
                        if (driver.state() instanceof FollowerLink.Streaming) {
                            driver.breakLink("closed by a client");
                        }
                    });
        }

        @Override
        public long pendingBytes() {
            return 0;
        }
    }
}
