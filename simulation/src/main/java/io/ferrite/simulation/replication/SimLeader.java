package io.ferrite.simulation.replication;

import io.ferrite.coordination.log.BacklogWindow;
import io.ferrite.coordination.log.CommandLog;
import io.ferrite.coordination.log.LogReader;
import io.ferrite.coordination.replication.CopySchedule;
import io.ferrite.coordination.replication.FollowerLink;
import io.ferrite.coordination.replication.History;
import io.ferrite.coordination.replication.LeaderDriver;
import io.ferrite.coordination.replication.LeaderLink;
import io.ferrite.coordination.replication.Level;
import io.ferrite.coordination.replication.ReplicationView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A server of the simulation as somebody's leader: its followers and their copies. */
final class SimLeader implements LeaderDriver.Host {

    private final SimServer server;
    private final ReplicationWorld world;
    final List<SimFollower> followers = new ArrayList<>();
    int fullSyncs;
    int partialSyncs;
    int partialRefused;
    private boolean copying;

    SimLeader(SimServer server) {
        this.server = server;
        this.world = server.world;
    }

    void reset() {
        copying = false;
        followers.clear();
    }

    // --- connections -----------------------------------------------------------------------------

    SimNetwork.End accept(SimNetwork.Link link) {
        SimFollower end = new SimFollower(server, link);
        followers.add(end);
        return end;
    }

    void dropFollowers() {
        for (SimFollower f : List.copyOf(followers)) {
            if (f.driver.state().isFollower()) {
                f.close();
            }
        }
    }

    void remove(SimFollower gone, LeaderLink.Phase last) {
        followers.remove(gone);
        if (last instanceof LeaderLink.Transmitted) {
            return;
        }
        SimFollower main = byId(gone.driver.state().peer().mainId());
        if (main != null) {
            main.driver.otherLost();
        }
        for (SimFollower f : List.copyOf(followers)) {
            if (f.driver.state().peer().mainId() == gone.id) {
                f.close();
            }
        }
    }

    private SimFollower byId(long id) {
        for (SimFollower f : followers) {
            if (f.id == id) {
                return f;
            }
        }
        return null;
    }

    /** A follower asks; whatever is answered is compared with what both have. */
    void psync(SimFollower f, String id, String offset) {
        SimServer asker = f.link.from;
        boolean stillAsks =
                asker.isBy(f.link) && asker.leader.state() instanceof FollowerLink.Asking;
        String wrong = stillAsks && able() ? whyACopyWouldBeWrong(asker) : null;
        f.driver.psync(id, offset);
        LeaderLink.Phase now = f.driver.state().phase();
        boolean copy =
                now instanceof LeaderLink.Waiting || now instanceof LeaderLink.AwaitingChannel;
        Violation.unless(
                !copy || wrong == null,
                "%s takes a full copy from %s: %s",
                asker.name,
                server.name,
                wrong);
    }

    /** Looks into both servers: whether the follower could have gone on. */
    private String whyACopyWouldBeWrong(SimServer asker) {
        String theirs = asker.history.id();
        long common = -1;
        if (theirs.equals(server.history.id())) {
            common = Math.min(asker.log.end(), server.log.end());
        } else if (theirs.equals(server.history.previousId())) {
            common = Math.min(asker.log.end(), server.history.previousLimit() - 1);
        }
        boolean heardLast =
                asker.leader.state() instanceof FollowerLink.Asking a && !a.resume().elsewhere();
        if (heardLast && common < asker.log.end()) {
            return null; // ahead by signs of life, and does not ask the one that it heard last
        }
        BacklogWindow window = server.log.window();
        boolean kept = window.active() && common >= window.first() && common <= window.end();
        if (!kept || asker.data.isEmpty() || asker.givenUp || common < asker.log.dataEnd()) {
            return null;
        }
        Long here = server.past.get(common);
        Long there = asker.past.get(common);
        return here != null && here.equals(there)
                ? "at " + common + " of " + theirs + " they had the same data, and it is kept"
                : null;
    }

    // --- copies ----------------------------------------------------------------------------------

    void tick() {
        for (SimFollower f : List.copyOf(followers)) {
            f.driver.tick();
        }
        beginCopy();
    }

    private void beginCopy() {
        if (copying) {
            return;
        }
        List<CopySchedule.Candidate<SimFollower>> waiting = new ArrayList<>();
        for (SimFollower f : followers) {
            if (f.driver.state().phase() instanceof LeaderLink.Waiting w) {
                waiting.add(new CopySchedule.Candidate<>(f, f.driver.state().peer(), w.sinceMs()));
            }
        }
        CopySchedule.Copy<SimFollower> next =
                CopySchedule.next(
                        waiting, nowMs(), new CopySchedule.Settings(world.streamed, 200, 0));
        if (next == null || !able()) {
            return;
        }
        CommandLog log = server.log;
        if (!log.window().active()) {
            server.history = History.fresh(world.random);
            log.createBacklog();
            log.setMode(CommandLog.Mode.ORIGIN);
            server.changed();
        }
        copying = true;
        long offset = log.end();
        LogReader hold = log.openReader(offset, false, () -> {});
        boolean leads = server.leaderName == null;
        boolean unnamed = world.mutation == Mutation.NAMES_NO_DATABASE;
        int database = unnamed ? 0 : leads ? Math.max(log.database(), 0) : server.streamDatabase;
        if (leads && !unnamed) {
            log.forgetDatabase();
        }
        byte[] bytes = server.data.copy(database);
        LeaderLink.CopyForm form =
                next.streamed() ? LeaderLink.CopyForm.STREAMED : LeaderLink.CopyForm.STORED_MAKING;
        for (SimFollower f : next.tickets()) {
            f.driver.copyBegins(offset, form);
            if (f.driver.state().peer().channel()) {
                SimFollower main = byId(f.driver.state().peer().mainId());
                if (main == null) {
                    f.close();
                } else {
                    main.driver.streamFrom(offset);
                }
            }
        }
        hold.close();
        String mark = History.newId(world.random);
        int life = server.life();
        world.queue.after(
                world.random.nextInt(300),
                () -> {
                    boolean late = world.mutation == Mutation.COPIES_TOO_LATE;
                    sendCopy(life, next, late ? server.data.copy(database) : bytes, mark, 0);
                });
    }

    private void sendCopy(
            int life, CopySchedule.Copy<SimFollower> c, byte[] bytes, String mark, int at) {
        if (server.life() != life || !server.up) {
            return;
        }
        List<SimFollower> open =
                c.tickets().stream()
                        .filter(f -> f.driver.state().phase() instanceof LeaderLink.Copying)
                        .toList();
        if (at == 0) {
            for (SimFollower f : open) {
                if (!c.streamed()) {
                    f.driver.copyStored();
                }
                String header =
                        c.streamed() ? "$EOF:" + mark + "\r\n" : "$" + bytes.length + "\r\n";
                f.driver.copy(header.getBytes(StandardCharsets.US_ASCII));
            }
        }
        int part = Math.min(bytes.length - at, 1 + world.random.nextInt(400));
        for (SimFollower f : open) {
            f.driver.copy(Arrays.copyOfRange(bytes, at, at + part));
        }
        if (at + part < bytes.length && !open.isEmpty()) {
            world.queue.after(
                    world.random.nextInt(10), () -> sendCopy(life, c, bytes, mark, at + part));
            return;
        }
        for (SimFollower f : open) {
            if (c.streamed()) {
                f.driver.copy(mark.getBytes(StandardCharsets.US_ASCII));
            }
            f.driver.copySent();
        }
        copying = false;
    }

    String info() {
        String info =
                new ReplicationView(
                                null,
                                List.of(),
                                -1,
                                "no-failover",
                                server.history,
                                server.log.window(),
                                ReplicationView.Own.NONE)
                        .info();
        return server.leaderName == null ? info : info.replace("role:master", "role:slave");
    }

    // --- what the machine asks for ---------------------------------------------------------------

    @Override
    public LogReader open(long offset, LeaderDriver driver) {
        return server.log.openReader(
                offset,
                false,
                () ->
                        world.queue.after(
                                0,
                                () -> {
                                    if (server.up) {
                                        driver.pump();
                                    }
                                }));
    }

    @Override
    public long nowMs() {
        return world.queue.nowMs();
    }

    @Override
    public void wantCopy(LeaderDriver driver) {}

    @Override
    public void count(LeaderLink.Counter counter) {
        switch (counter) {
            case FULL -> fullSyncs++;
            case PARTIAL_OK -> partialSyncs++;
            case PARTIAL_REFUSED -> partialRefused++;
        }
    }

    /** What is acknowledged is there, and is what was sent. */
    @Override
    public void acked(LeaderDriver driver) {
        for (SimFollower f : followers) {
            if (f.driver == driver && f.link.from.isBy(f.link)) {
                SimServer has = f.link.from;
                long acked = driver.state().acked();
                Violation.unless(
                        has.log.end() >= acked && acked <= server.log.end(),
                        "%s acknowledged %d, has %d of %d",
                        has.name,
                        acked,
                        has.log.end(),
                        server.log.end());
                Long there = has.past.get(acked);
                Long here = server.past.get(acked);
                Violation.unless(
                        there == null || here == null || there.equals(here),
                        "%s acknowledged other data than %s wrote",
                        has.name,
                        server.name);
            }
        }
    }

    @Override
    public void ackWanted() {}

    @Override
    public boolean mayGather() {
        return world.random.nextBoolean();
    }

    @Override
    public void pumpSoon(LeaderDriver driver) {
        world.queue.after(
                1,
                () -> {
                    if (server.up) {
                        driver.gathered();
                    }
                });
    }

    @Override
    public void gone(LeaderDriver driver) {}

    @Override
    public BacklogWindow window() {
        return server.log.window();
    }

    @Override
    public History history() {
        History h = server.history;
        return switch (world.mutation) {
            case FORGETS_WHERE_HISTORIES_PART ->
                    new History(h.id(), h.previousId(), h.previousLimit() + 1_000_000);
            case FORGETS_THE_FORMER_NAME -> History.of(h.id());
            default -> h;
        };
    }

    @Override
    public boolean able() {
        return server.leaderName == null || server.isStreaming();
    }

    @Override
    public boolean handingOver() {
        return false;
    }

    @Override
    public boolean offersChannel() {
        return world.channel && world.streamed;
    }

    @Override
    public boolean awaitsChannel(long id) {
        SimFollower f = byId(id);
        return f != null && f.driver.state().phase() instanceof LeaderLink.AwaitingChannel;
    }

    @Override
    public long timeoutMs() {
        return 5000;
    }

    @Override
    public void note(Level level, String text) {
        world.note(server.name + " " + text);
    }
}
