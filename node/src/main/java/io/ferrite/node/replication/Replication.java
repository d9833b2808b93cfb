package io.ferrite.node.replication;

import io.ferrite.coordination.log.CommandLog;
import io.ferrite.coordination.replication.FollowerLink;
import io.ferrite.coordination.replication.History;
import io.ferrite.coordination.replication.Level;
import io.ferrite.coordination.replication.ReplicationView;
import io.ferrite.engine.Blocking;
import io.ferrite.engine.Session;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.ServerState;
import io.ferrite.node.config.LeaderAddress;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.log.LogLevel;
import io.ferrite.node.persistence.ExpiredKeys;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Whom this server follows, who follows it, and the name of the stream that they share.
 *
 * <p>Orders (follow, lead, fail over) run on the home loop; the methods that give them may be
 * called from any thread. What may be asked from any thread says so.
 */
public final class Replication {

    /** The event loop on which everything about this server's own role happens. */
    static final int HOME = 0;

    private static final long TICK_MS = 100;
    private static final long BACKLOG_MIN = 16 << 10; // whatever CONFIG SET says

    static final String UNBLOCKED =
            "UNBLOCKED force unblock from blocking operation, instance state changed (master ->"
                    + " replica?)";

    private final Node node;
    private final Environment environment;
    private final CommandLog log;
    private final RandomGenerator random;
    private final LeaderSide leaderSide;
    private final FollowerSide followerSide;
    private final AckHold ackHold;
    private final PlannedFailover failover;

    private volatile History history;
    private volatile LeaderAddress leader = LeaderAddress.NONE;

    /** Whom an order that has been accepted, but not yet carried out, says to follow; or null. */
    private volatile LeaderAddress ordered;

    /** An order that waits until a load that was given up has ended. */
    private Runnable afterLoad;

    /**
     * The stream that a file said this server's data belongs to, before the first leader is
     * followed.
     */
    private boolean restored;

    /** What the load dropped, for those who go on from what the file said. */
    private List<ExpiredKeys.Key> expired = List.of();

    private boolean started;

    public Replication(Node node) {
        this.node = node;
        this.environment = node.environment();
        this.log = node.parts().commandLog();
        this.random = () -> Long.parseUnsignedLong(environment.randomHex(16), 16);
        this.history = History.fresh(random);
        this.leaderSide = new LeaderSide(this, node);
        this.followerSide = new FollowerSide(this, node);
        this.ackHold = new AckHold(this, node);
        this.failover = new PlannedFailover(this, node);
    }

    // --- life ------------------------------------------------------------------------------------

    /** Takes the role that settings or cluster assign, before any data is loaded. */
    public void begin() {
        LeaderAddress named =
                node.cluster() == null
                        ? node.settings().get(ReplicationOptions.REPLICAOF)
                        : node.cluster().leader();
        if (!named.isNone()) {
            become(named);
        }
    }

    /** Begins with the settings: follows the leader that they name. The data is loaded. */
    public void start() {
        if (started) {
            environment.after(HOME, TICK_MS, this::tick); // a shutdown that was called off
            return;
        }
        started = true;
        Settings settings = node.settings();
        settings.onChange(
                now -> {
                    if (settings.get(ReplicationOptions.REPL_BACKLOG_SIZE) < BACKLOG_MIN) {
                        settings.put(ReplicationOptions.REPL_BACKLOG_SIZE, BACKLOG_MIN);
                    }
                    applySettings();
                },
                ReplicationOptions.carriedOut());
        node.shutdown().waitFor(leaderSide.lag());
        applySettings();
        LeaderAddress named = leader;
        if (!isToFollow() && restored) {
            leadRestored();
        }
        if (!named.isNone()) {
            environment.onLoop(HOME, () -> followNamed(named));
        }
        environment.after(HOME, TICK_MS, this::tick);
    }

    /** Whether this server begins as a follower, if only of a leader whose place is not known. */
    public boolean isToFollow() {
        return !leads() || node.cluster() != null && node.cluster().isReplica();
    }

    /**
     * A leader that comes back goes on under a new name: its followers need only what they lack.
     */
    private void leadRestored() {
        history = history.promoted(log.end(), random);
        log.createBacklog();
        log.setMode(CommandLog.Mode.ORIGIN);
        for (ExpiredKeys.Key key : expired) {
            Deletion.log(log, key);
        }
        expired = List.of();
    }

    private void followNamed(LeaderAddress named) {
        FollowerLink.Resume resume =
                restored
                        ? new FollowerLink.Resume(history.id(), true)
                        : FollowerLink.Resume.NOTHING;
        followerSide.follow(new FollowerLink.Target(named.host(), named.port()), resume);
    }

    private void applySettings() {
        Settings s = node.settings();
        log.resizeBacklog(s.get(ReplicationOptions.REPL_BACKLOG_SIZE));
        node.state().set(ServerState.READ_ONLY, s.get(ReplicationOptions.REPLICA_READ_ONLY));
        node.state()
                .set(
                        ServerState.NEEDS_REPLICAS,
                        s.get(ReplicationOptions.MIN_REPLICAS_TO_WRITE) > 0
                                && s.get(ReplicationOptions.MIN_REPLICAS_MAX_LAG) > 0);
        int acks = s.getInt(ReplicationOptions.REPLICATION_ACK);
        environment.onLoop(
                HOME,
                () -> {
                    ackHold.byServer(acks);
                    ackHold.followersMoved();
                });
        linkChanged();
    }

    /** Replies that wait for followers. */
    public AckHold acks() {
        return ackHold;
    }

    /** A client demands followers of its own; {@code done} runs when that holds. Any thread. */
    public void demandAcks(Runnable done) {
        environment.onLoop(
                HOME,
                () -> {
                    ackHold.demand();
                    done.run();
                });
    }

    private void tick() {
        if (node.state().is(ServerState.SHUTTING_DOWN)) {
            return;
        }
        followerSide.tick();
        leaderSide.tick();
        failover.tick();
        environment.after(HOME, TICK_MS, this::tick);
    }

    /**
     * What a snapshot says about the stream, so that whoever loads it can go on from there: aux
     * fields of an RDB. All stripes are held; on a follower, on the home loop. Empty while there is
     * no stream.
     */
    public Map<String, String> snapshotFields() {
        if (leads() && !log.window().active()) {
            return Map.of();
        }
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("repl-stream-db", Integer.toString(Math.max(0, streamDatabase())));
        fields.put("repl-id", history.id());
        fields.put("repl-offset", Long.toString(log.end()));
        return fields;
    }

    /**
     * A file said which stream the data belongs to, and where it is in it. Before {@link #start}.
     */
    public void restore(String id, long offset, int streamDatabase) {
        history = History.of(id);
        log.startAt(offset);
        followerSide.restoreDatabase(Math.max(0, streamDatabase));
        restored = true;
    }

    /**
     * Keys of that data were dropped by the load: whoever goes on from the file's place still has
     * them. Before {@link #start}.
     */
    public void expiredWhileLoading(List<ExpiredKeys.Key> keys) {
        expired = keys;
    }

    // --- facts, any thread -----------------------------------------------------------------------

    public History history() {
        return history;
    }

    /** Whether this server follows nobody. */
    public boolean leads() {
        return leader.isNone();
    }

    public LeaderAddress leader() {
        return leader;
    }

    /** Whether the stream of this server's leader flows. */
    public boolean isStreaming() {
        return followerSide.isStreaming();
    }

    /** How far this server's data is in its stream. Any thread. */
    public long offset() {
        return log.end();
    }

    /**
     * Milliseconds since the leader was heard, or since the stream broke off; {@link
     * Long#MAX_VALUE} if it never flowed. Any thread.
     */
    public long dataAgeMs() {
        return followerSide.dataAgeMs();
    }

    boolean isHandingOver() {
        return failover.isUnderWay();
    }

    // --- for the append-only file ----------------------------------------------------------------

    /** Effects are logged from now on, whoever reads them. All stripes are held. */
    public void keepLog() {
        if (log.mode() == CommandLog.Mode.OFF) {
            log.setMode(CommandLog.Mode.ORIGIN);
        }
    }

    /** A reader of the log is gone; when it was the last, nothing is logged. Home loop. */
    public void logMayEnd() {
        node.gate().enter(node.gate().all());
        try {
            if (leads() && !log.hasBacklog() && !isLogRead()) {
                log.setMode(CommandLog.Mode.OFF);
            }
        } finally {
            node.gate().leave(node.gate().all());
        }
    }

    private boolean isLogRead() {
        return log.readerCount() > 0 || ackHold.isDemanded();
    }

    /** The name of the stream, or null while nobody may ever go on from it. Any thread. */
    public String streamName() {
        return log.hasBacklog() ? history.id() : null;
    }

    /** More of the log is on the own disk. Any thread. */
    public void localSynced() {
        leaderSide.waits().localSynced();
    }

    /** Removes all data at once, without telling anybody: other data takes its place. */
    public void emptyData() {
        followerSide.flush();
    }

    /** For min-replicas-to-write. */
    public boolean enoughFollowers() {
        return leaderSide.goodFollowers()
                >= node.settings().getInt(ReplicationOptions.MIN_REPLICAS_TO_WRITE);
    }

    /**
     * Gives the stream a name that nobody knows: nobody goes on from here. For tests. Any thread.
     */
    public void changeHistory() {
        history = History.fresh(random);
    }

    public ReplicationView view() {
        LeaderAddress order = ordered;
        return new RoleView(this, node).of(order == null ? leader : order);
    }

    /** Bytes of the leader's stream that wait for the copy before them. Any thread. */
    public long heldBytes() {
        return followerSide.held().bytes();
    }

    /** When the copy for followers that is being made was begun, -1 if none is. Any thread. */
    public long copyingSinceMs() {
        return leaderSide.copyingSinceMs();
    }

    FollowerSide followerSide() {
        return followerSide;
    }

    /** The planned failover of this server, if one is under way. */
    PlannedFailover failover() {
        return failover;
    }

    public int followerCount() {
        return leaderSide.followers().size();
    }

    /** The link of a session that speaks as a follower does. On the session's thread. */
    LeaderSide leaderSide() {
        return leaderSide;
    }

    RandomGenerator random() {
        return random;
    }

    String directory() {
        return node.settings().get(ServerOptions.DIR);
    }

    void note(Level level, String text) {
        node.log()
                .line(
                        switch (level) {
                            case DEBUG -> LogLevel.DEBUG;
                            case NOTICE -> LogLevel.NOTICE;
                            case WARNING -> LogLevel.WARNING;
                        },
                        text);
    }

    // --- orders ----------------------------------------------------------------------------------

    /** Follows a leader from now on; {@code done} runs when that is so. Any thread. */
    public void follow(LeaderAddress next, Runnable done) {
        ordered = next; // a transaction sees the new role at once
        environment.onLoop(
                HOME,
                () -> {
                    if (!next.equals(leader)) {
                        followNow(next, false);
                    }
                    ordered = null;
                    done.run();
                });
    }

    /** Follows a leader at once, perhaps asking it to take over the lead. Home loop. */
    void followNow(LeaderAddress next, boolean takeover) {
        FollowerLink.Resume resume =
                leads()
                        ? new FollowerLink.Resume(history.id(), true)
                        : followerSide.resume().moved();
        boolean wasLeader = false;
        if (leads()) {
            note(
                    Level.NOTICE,
                    "Before turning into a replica, using my own master parameters to synthesize a"
                        + " cached master: I may be able to synchronize with the new master with"
                        + " just a partial transfer.");
            leaderSide.waits().abort();
            wasLeader = true;
        }
        become(next);
        if (wasLeader) {
            ackHold.abort();
        }
        abortBlocked();
        whenNotLoading(() ->
                followerSide.follow(
                        new FollowerLink.Target(next.host(), next.port(), takeover), resume));
    }

    /** Clients that wait for a write of others wait in vain for one of their own. */
    private void abortBlocked() {
        for (Session session : node.clients().all()) {
            Blocking.Waiter waiter = session.waiter();
            if (waiter != null) {
                node.dispatcher(HOME).waits().end(waiter, UNBLOCKED);
            }
        }
    }

    /** From here on this server is that one's follower, connected or not. */
    private void become(LeaderAddress next) {
        node.gate().enter(node.gate().all());
        try {
            leader = next;
            keepName(next);
            node.engine().setFollower(true);
            node.roleChanged();
            node.state().set(ServerState.FOLLOWER, true);
            log.setMode(CommandLog.Mode.RELAY);
        } finally {
            node.gate().leave(node.gate().all());
        }
        node.log().role('S');
        linkChanged();
    }

    /** For CONFIG REWRITE; a node of a cluster is told by the cluster whom it follows. */
    private void keepName(LeaderAddress name) {
        if (node.cluster() == null) {
            node.settings().put(ReplicationOptions.REPLICAOF, name);
        }
    }

    /** Follows nobody; {@code done} runs when that is so. Any thread. */
    public void lead(Runnable done) {
        ordered = LeaderAddress.NONE;
        environment.onLoop(
                HOME,
                () -> {
                    leadNow();
                    ordered = null;
                    done.run();
                });
    }

    /** Follows nobody at once. Home loop. */
    void leadNow() {
        if (leads()) {
            return;
        }
        followerSide.unfollow();
        ackHold.beginAnew();
        node.gate().enter(node.gate().all());
        try {
            History before = history;
            history = before.promoted(log.end(), random);
            leader = LeaderAddress.NONE;
            keepName(LeaderAddress.NONE);
            boolean read = log.hasBacklog() || isLogRead();
            log.setMode(read ? CommandLog.Mode.ORIGIN : CommandLog.Mode.OFF);
            log.forgetDatabase();
            node.engine().setFollower(false);
            node.roleChanged();
            node.state().set(ServerState.FOLLOWER, false);
        } finally {
            node.gate().leave(node.gate().all());
        }
        note(
                Level.NOTICE,
                "Setting secondary replication ID to "
                        + history.previousId()
                        + ", valid up to offset: "
                        + history.previousLimit()
                        + ". New replication ID is "
                        + history.id());
        node.log().role('M');
        leaderSide.dropFollowers();
        linkChanged();
    }

    /** A load that was given up still fills the keyspace; what comes next waits for its end. */
    private void whenNotLoading(Runnable order) {
        if (followerSide.isLoading()) {
            afterLoad = order;
        } else {
            order.run();
        }
    }

    void loadEnded() {
        Runnable next = afterLoad;
        afterLoad = null;
        if (next != null) {
            next.run();
        }
    }

    // --- asked for by the sides ------------------------------------------------------------------

    /** The log is written from now on, under a new name if it was not. All stripes are held. */
    void activateLog() {
        if (log.window().active()) {
            return;
        }
        if (leads()) {
            history = History.fresh(random);
            log.setMode(CommandLog.Mode.ORIGIN);
        }
        log.createBacklog();
        note(
                Level.NOTICE,
                "Replication backlog created, my new replication IDs are '"
                        + history.id()
                        + "' and '"
                        + history.previousId()
                        + "'");
    }

    /** Nobody has followed for long: nothing is kept, so nobody may go on from here. */
    void releaseBacklog() {
        node.gate().enter(node.gate().all());
        try {
            history = History.fresh(random);
            log.freeBacklog();
            if (!isLogRead()) {
                log.setMode(CommandLog.Mode.OFF);
            }
        } finally {
            node.gate().leave(node.gate().all());
        }
    }

    /** The database that the stream is in at its end. All stripes are held, on the home loop. */
    public int streamDatabase() {
        return leads() ? log.database() : followerSide.streamDatabase();
    }

    void dropFollowers() {
        leaderSide.dropFollowers();
    }

    void acknowledge() {
        environment.onLoop(HOME, followerSide::acknowledge);
    }

    /** The data is the leader's at {@code offset} of its stream. */
    void adopt(String id, long offset) {
        node.gate().enter(node.gate().all());
        try {
            log.startAt(offset); // first: who reads the old log must not take the new name for its
            history = id == null ? History.fresh(random) : History.of(id);
            log.createBacklog();
            log.setMode(CommandLog.Mode.RELAY);
        } finally {
            node.gate().leave(node.gate().all());
        }
    }

    /**
     * The stream goes on where it was, perhaps under a new name, which own followers must learn.
     */
    void continueAs(String id) {
        History before = history;
        History next = before.continuedAs(id, log.end());
        log.createBacklog();
        log.setMode(CommandLog.Mode.RELAY);
        if (next != before) {
            history = next;
            leaderSide.dropFollowers();
        }
    }

    void linkChanged() {
        boolean stale =
                !leads()
                        && !isStreaming()
                        && !node.settings().get(ReplicationOptions.REPLICA_SERVE_STALE_DATA);
        node.state().set(ServerState.STALE, stale);
    }

    /** A client is gone: it waits for nothing any more. Any thread. */
    public void forget(Session session) {
        leaderSide.waits().forget(session);
    }
}
