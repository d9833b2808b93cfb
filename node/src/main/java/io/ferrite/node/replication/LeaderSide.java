package io.ferrite.node.replication;

import io.ferrite.base.disk.Disk;
import io.ferrite.coordination.log.BacklogWindow;
import io.ferrite.coordination.log.CommandLog;
import io.ferrite.coordination.log.LogReader;
import io.ferrite.coordination.log.StreamSource;
import io.ferrite.coordination.replication.AckQuorum;
import io.ferrite.coordination.replication.CopySchedule;
import io.ferrite.coordination.replication.History;
import io.ferrite.coordination.replication.LeaderDriver;
import io.ferrite.coordination.replication.LeaderLink;
import io.ferrite.coordination.replication.Level;
import io.ferrite.coordination.replication.ReplicationView;
import io.ferrite.coordination.replication.Wire;
import io.ferrite.engine.Session;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.Shutdown;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.OutputBufferLimit;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.snapshot.SnapshotStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * This server as somebody's leader: its followers, their copies and their acknowledgements.
 *
 * <p>Copies are begun on the home loop; each link is served on its connection's loop.
 */
final class LeaderSide implements LeaderDriver.Host {

    private static final byte[] PING = Wire.encode("PING");
    private static final byte[] GETACK = Wire.encode("REPLCONF", "GETACK", "*");

    private final Replication replication;
    private final Node node;
    private final Environment environment;
    private final CommandLog log;
    private final CopyOnWriteArrayList<FollowerSession> followers = new CopyOnWriteArrayList<>();
    private final AckWaits waits;

    /** Changed on the home loop only. */
    private volatile FullCopy copy;

    // Home loop only.
    private long nextPingMs;
    private long ackAskedAt = -1;
    private long noFollowersSinceMs;

    private volatile int goodFollowers;

    LeaderSide(Replication replication, Node node) {
        this.replication = replication;
        this.node = node;
        this.environment = node.environment();
        this.log = node.parts().commandLog();
        this.waits = new AckWaits(this, node);
    }

    private Settings settings() {
        return node.settings();
    }

    // --- links, on their connections' loops ------------------------------------------------------

    /** The link of a session that begins to speak as a follower does. */
    FollowerSession linkOf(Session session) {
        if (session.attachment() instanceof FollowerSession known) {
            return known;
        }
        FollowerSession follower = new FollowerSession(session, this);
        session.attach(follower);
        return follower;
    }

    void psync(Session session, String id, String offset) {
        join(linkOf(session), driver -> driver.psync(id, offset));
    }

    void sync(Session session) {
        join(linkOf(session), LeaderDriver::sync);
    }

    private interface Request {
        void of(LeaderDriver driver);
    }

    private void join(FollowerSession follower, Request request) {
        History before = history();
        // Entered first: whoever changes the history drops everybody whom it finds here.
        boolean entered = followers.addIfAbsent(follower);
        request.of(follower.driver());
        if (!follower.driver().state().isFollower()) {
            if (entered) {
                followers.remove(follower);
            }
            return;
        }
        boolean channel = follower.driver().state().peer().channel();
        follower.session().set(channel ? Session.REPLICA | Session.COPY_CHANNEL : Session.REPLICA);
        follower.noDelay(!settings().get(ReplicationOptions.REPL_DISABLE_TCP_NODELAY));
        if (history() != before) {
            follower.driver().drop();
            return;
        }
        environment.onLoop(Replication.HOME, this::beginCopies);
    }

    void remove(FollowerSession follower, LeaderLink.Phase last) {
        followers.remove(follower);
        follower.session().clear(Session.REPLICA);
        if (last instanceof LeaderLink.Transmitted) {
            return;
        }
        // Of two connections for one copy, neither is of use without the other.
        FollowerSession main = byId(follower.driver().state().peer().mainId());
        if (main != null) {
            main.run(main.driver()::otherLost);
        }
        for (FollowerSession f : followers) {
            if (f.driver().state().peer().mainId() == follower.session().id()) {
                f.run(f.driver()::drop);
            }
        }
    }

    @Override
    public long nowMs() {
        return environment.nowMs();
    }

    @Override
    public History history() {
        return replication.history();
    }

    @Override
    public BacklogWindow window() {
        return node.appendOnly().backlog().widen(log.window());
    }

    @Override
    public boolean able() {
        return replication.leads() || replication.isStreaming();
    }

    @Override
    public boolean handingOver() {
        return replication.isHandingOver();
    }

    @Override
    public boolean offersChannel() {
        return settings().get(ReplicationOptions.REPL_RDB_CHANNEL)
                && settings().get(ReplicationOptions.REPL_DISKLESS_SYNC);
    }

    @Override
    public boolean awaitsChannel(long id) {
        FollowerSession follower = byId(id);
        return follower != null
                && follower.driver().state().phase() instanceof LeaderLink.AwaitingChannel;
    }

    /** The follower whose connection has that id, or null. Any thread. */
    FollowerSession byId(long id) {
        for (FollowerSession f : followers) {
            if (f.session().id() == id) {
                return f;
            }
        }
        return null;
    }

    @Override
    public long timeoutMs() {
        return settings().get(ReplicationOptions.REPL_TIMEOUT) * 1000;
    }

    @Override
    public StreamSource open(long offset, LeaderDriver driver) {
        FollowerSession follower = find(driver);
        Runnable wake = () -> follower.run(driver::pump);
        return offset < log.window().first()
                ? node.appendOnly().backlog().open(offset, wake)
                : log.openReader(offset, false, wake);
    }

    private FollowerSession find(LeaderDriver driver) {
        for (FollowerSession f : followers) {
            if (f.driver() == driver) {
                return f;
            }
        }
        throw new IllegalArgumentException("not a follower any more");
    }

    @Override
    public void wantCopy(LeaderDriver driver) {} // found by its state

    @Override
    public void count(LeaderLink.Counter counter) {
        switch (counter) {
            case FULL -> node.stats().fullSyncs.increment();
            case PARTIAL_OK -> node.stats().partialSyncs.increment();
            case PARTIAL_REFUSED -> node.stats().partialSyncsRefused.increment();
        }
    }

    @Override
    public void acked(LeaderDriver driver) {
        environment.onLoop(
                Replication.HOME,
                () -> {
                    waits.endDone();
                    replication.acks().followersMoved();
                });
    }

    @Override
    public void ackWanted() {
        replication.acknowledge();
    }

    @Override
    public boolean mayGather() {
        return !replication.acks().isDemanded() && waits.isEmpty();
    }

    @Override
    public void pumpSoon(LeaderDriver driver) {
        FollowerSession follower = find(driver);
        environment.after(Replication.HOME, 1, () -> follower.run(driver::gathered));
    }

    @Override
    public void gone(LeaderDriver driver) {}

    @Override
    public void note(Level level, String text) {
        replication.note(level, text);
    }

    // --- copies, home loop -----------------------------------------------------------------------

    private void beginCopies() {
        if (copy != null || !able()) {
            return;
        }
        List<CopySchedule.Candidate<FollowerSession>> waiting = new ArrayList<>();
        for (FollowerSession f : followers) {
            LeaderLink.State state = f.driver().state();
            if (state.phase() instanceof LeaderLink.Waiting w) {
                waiting.add(new CopySchedule.Candidate<>(f, state.peer(), w.sinceMs()));
            }
        }
        CopySchedule.Copy<FollowerSession> next =
                CopySchedule.next(waiting, nowMs(), scheduleSettings());
        if (next != null) {
            begin(next);
        }
    }

    private CopySchedule.Settings scheduleSettings() {
        return new CopySchedule.Settings(
                settings().get(ReplicationOptions.REPL_DISKLESS_SYNC),
                settings().get(ReplicationOptions.REPL_DISKLESS_SYNC_DELAY) * 1000,
                settings().getInt(ReplicationOptions.REPL_DISKLESS_SYNC_MAX_REPLICAS));
    }

    private void begin(CopySchedule.Copy<FollowerSession> next) {
        note(
                Level.NOTICE,
                "Starting BGSAVE for SYNC with target: "
                        + (next.streamed() ? "replicas sockets" : "disk")
                        + (isByChannel(next.tickets()) ? " (rdb-channel)" : ""));
        SnapshotStream snapshot =
                new SnapshotStream(
                        node.engine().keyspace(),
                        node.gate(),
                        SnapshotStream.Form.copy(settings()));
        LogReader hold;
        History history;
        node.gate().enter(node.gate().all());
        try {
            replication.activateLog();
            history = history();
            hold = log.openReader(log.end(), false, () -> {});
            int database = replication.streamDatabase();
            log.forgetDatabase();
            boolean begun =
                    snapshot.begin(
                            fields(history, hold.offset(), database),
                            node.persistence().libraries().codes(),
                            !next.filtered());
            if (!begun) {
                hold.close();
                return; // too many snapshots: tried again with the next tick
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e); // nothing is written to anywhere yet
        } finally {
            node.gate().leave(node.gate().all());
        }
        node.stats().snapshots.increment();
        copy =
                new FullCopy(
                        this,
                        snapshot,
                        hold,
                        history,
                        next.tickets(),
                        next.streamed(),
                        !next.filtered(),
                        History.newId(replication.random()),
                        Disk.path(replication.directory(), "temp-repl-" + nowMs() + ".rdb"));
        note(Level.NOTICE, "Background RDB transfer started by pid " + node.process().pid());
        copy.start();
    }

    private static boolean isByChannel(List<FollowerSession> all) {
        return all.stream().anyMatch(f -> f.driver().state().peer().channel());
    }

    private Map<String, String> fields(History history, long offset, int database) {
        Map<String, String> fields = node.persistence().snapshotFields(false);
        fields.put("repl-stream-db", Integer.toString(Math.max(0, database)));
        fields.put("repl-id", history.id());
        fields.put("repl-offset", Long.toString(offset));
        return fields;
    }

    Node node() {
        return node;
    }

    void background(String name, Runnable work) {
        environment.background(name, work);
    }

    /** From the copy's thread. */
    void copyEnded(FullCopy ended) {
        note(
                Level.NOTICE,
                ended.served() > 0
                        ? "Diskless rdb transfer, done reading from pipe, "
                                + ended.served()
                                + " replicas still up."
                        : "Diskless rdb transfer, last replica dropped, killing fork child.");
        environment.onLoop(
                Replication.HOME,
                () -> {
                    copy = null;
                    beginCopies();
                });
    }

    /** The history ends here: everybody who follows has to ask anew. Home loop. */
    void dropFollowers() {
        if (copy != null) {
            copy.abandon();
        }
        for (FollowerSession f : followers) {
            f.run(f.driver()::drop);
        }
    }

    /** When the copy that is being made was begun, -1 if none is. Any thread. */
    long copyingSinceMs() {
        FullCopy now = copy;
        return now == null ? -1 : now.beganMs();
    }

    // --- time, home loop -------------------------------------------------------------------------

    void tick() {
        for (FollowerSession f : followers) {
            f.run(f.driver()::tick);
            limit(f);
        }
        ping();
        beginCopies();
        waits.endDone();
        expireBacklog();
        countGood();
    }

    private void ping() {
        long period = settings().get(ReplicationOptions.REPL_PING_REPLICA_PERIOD) * 1000;
        if (followers.isEmpty()) {
            nextPingMs = nowMs() + period; // the first follower needs none so soon
        } else if (replication.leads() && nowMs() >= nextPingMs && !handingOver()) {
            nextPingMs = nowMs() + period;
            log.appendKeepAlive(PING);
            log.announce();
        }
    }

    private void expireBacklog() {
        if (!followers.isEmpty() || !replication.leads()) {
            noFollowersSinceMs = 0;
            return;
        }
        if (noFollowersSinceMs == 0) {
            noFollowersSinceMs = nowMs();
        }
        long ttl = settings().get(ReplicationOptions.REPL_BACKLOG_TTL) * 1000;
        if (ttl > 0 && log.window().active() && nowMs() - noFollowersSinceMs > ttl) {
            replication.releaseBacklog();
            note(
                    Level.NOTICE,
                    "Replication backlog freed after "
                            + ttl / 1000
                            + " seconds without connected replicas.");
        }
    }

    /** client-output-buffer-limit of replicas: what the log keeps for one of them. */
    private void limit(FollowerSession f) {
        OutputBufferLimit limit =
                settings()
                        .get(NetworkOptions.CLIENT_OUTPUT_BUFFER_LIMIT)
                        .of(OutputBufferLimit.ClientClass.REPLICA);
        // One value may be larger than any limit: to begin anew would only bring it again.
        long all = f.driver().pendingBytes();
        long pending = all - Math.min(all, log.hugeBehind(log.end() - all));
        long backlog = log.window().size();
        // A follower may always be as far behind as one that comes back may be.
        boolean hard = limit.hardBytes() > 0 && pending > Math.max(limit.hardBytes(), backlog);
        boolean soft = limit.softBytes() > 0 && pending > Math.max(limit.softBytes(), backlog);
        if (!soft) {
            f.overSoftSinceMs(0);
        } else if (f.overSoftSinceMs() == 0) {
            f.overSoftSinceMs(nowMs());
        }
        boolean tooLong = soft && nowMs() - f.overSoftSinceMs() > limit.softSeconds() * 1000;
        if (hard || tooLong) {
            note(
                    Level.WARNING,
                    "Client "
                            + f.driver().name()
                            + " scheduled to be closed ASAP for overcoming of"
                            + " output buffer limits.");
            f.session().outbox().close(false);
        }
    }

    private void countGood() {
        long lag = settings().get(ReplicationOptions.MIN_REPLICAS_MAX_LAG) * 1000;
        int good = 0;
        for (FollowerSession f : followers) {
            LeaderLink.State state = f.driver().state();
            if (state.isOnline() && (nowMs() - state.ackedMs()) / 1000 * 1000 <= lag) {
                good++;
            }
        }
        goodFollowers = good;
    }

    /** Followers near enough to count for min-replicas-to-write. Any thread. */
    int goodFollowers() {
        return goodFollowers;
    }

    /** Whether no follower lacks anything, for the end of the process. Any thread. */
    boolean allInStep() {
        if (!replication.leads()) {
            return true;
        }
        for (FollowerSession f : followers) {
            LeaderLink.State state = f.driver().state();
            if (state.isFollower()
                    && !state.peer().isWithoutStream()
                    && state.acked() < log.end()) {
                return false;
            }
        }
        return true;
    }

    /** What the end of the process waits for. */
    Shutdown.Lag lag() {
        return new Shutdown.Lag() {
            @Override
            public boolean isNone() {
                return allInStep();
            }

            @Override
            public void ask() {
                environment.onLoop(Replication.HOME, LeaderSide.this::askForAcks);
            }

            @Override
            public void report() {
                reportLag();
            }
        };
    }

    private void reportLag() {
        int all = 0;
        int lagging = 0;
        for (FollowerSession f : followers) {
            if (f.driver().state().peer().channel()) {
                continue;
            }
            all++;
            long behind = log.end() - f.driver().state().acked();
            if (behind != 0) {
                lagging++;
                ReplicationView.Follower view = f.driver().view(nowMs());
                note(
                        Level.NOTICE,
                        "Lagging replica "
                                + f.driver().name()
                                + " reported offset "
                                + behind
                                + " behind master, lag="
                                + Math.max(0, view.lagSeconds())
                                + ", state="
                                + view.state()
                                + ".");
            }
        }
        if (all > 0) {
            note(
                    Level.NOTICE,
                    all - lagging + " of " + all + " replicas are in sync when shutting down.");
        }
    }

    /** For INFO's traffic figures. */
    void sent(int bytes) {
        node.stats().replicationOutputBytes.add(bytes);
    }

    List<FollowerSession> followers() {
        return followers;
    }

    List<ReplicationView.Follower> views() {
        List<ReplicationView.Follower> views = new ArrayList<>();
        for (FollowerSession f : followers) {
            if (!f.driver().state().peer().channel()) {
                views.add(f.driver().view(nowMs()));
            }
        }
        return views;
    }

    // --- what followers have ---------------------------------------------------------------------

    /** The clients that wait for that. */
    AckWaits waits() {
        return waits;
    }

    /** How many followers have the first {@code offset} bytes. Any thread. */
    int acknowledged(long offset) {
        return AckQuorum.count(acks(), offset, false);
    }

    /** How many followers have them on their disks. Any thread. */
    int acknowledgedOnDisk(long offset) {
        return AckQuorum.count(acks(), offset, true);
    }

    /** How far at least {@code replicas} followers are, -1 if there are not so many. Any thread. */
    long reachedBy(int replicas, boolean durable) {
        return AckQuorum.reached(acks(), replicas, durable);
    }

    /** What each of the followers that are online has. Any thread. */
    List<AckQuorum.Follower> acks() {
        List<AckQuorum.Follower> acks = new ArrayList<>();
        for (FollowerSession f : followers) {
            LeaderLink.State state = f.driver().state();
            if (state.isOnline()) {
                acks.add(new AckQuorum.Follower(state.acked(), state.fsynced()));
            }
        }
        return acks;
    }

    /** Once for everything that has been written so far. Home loop. */
    void askForAcks() {
        if (ackAskedAt != log.end() && !followers.isEmpty()) {
            log.appendKeepAlive(GETACK);
            ackAskedAt = log.end();
            log.announce();
        }
    }
}
