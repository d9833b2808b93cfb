package io.ferrite.coordination.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.log.BacklogWindow;
import io.ferrite.coordination.log.CommandLog;
import io.ferrite.coordination.log.LogReader;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A server of the simulation: the log, both link machines with their drivers, and its {@link
 * SimData}.
 */
final class SimServer implements FollowerDriver.Host, FollowerDriver.Transport, LeaderDriver.Host {

    private static final byte[] PING = Wire.encode("PING");

    final String name;
    final Simulation sim;
    private final Slab slab = new Slab();
    private final Slab scratch = new Slab();
    CommandLog log;
    History history;
    SimData data = new SimData();
    int streamDatabase;
    boolean up = true;
    String leaderName;
    FollowerDriver leader;
    final List<SimFollower> followers = new ArrayList<>();
    int fullSyncs;
    int divergences;
    String refusedReason;
    int partialSyncs;
    int partialRefused;
    long backlogSize;
    private int life;

    private SimNetwork.Link leaderLink;
    private int leaderNumber;
    private byte[] unread = {};
    private byte[] copy;
    private ByteArrayOutputStream incoming;
    private boolean copying;
    private long nextPingMs;

    SimServer(Simulation sim, String name, long backlogSize) {
        this.sim = sim;
        this.name = name;
        this.backlogSize = backlogSize;
        boot();
    }

    private void boot() {
        log = new CommandLog(slab, backlogSize);
        history = History.fresh(sim.random);
        data = new SimData();
        streamDatabase = 0;
        leader = new FollowerDriver(this, this);
        leaderName = null;
        unread = new byte[0];
        copying = false;
        copy = null;
        up = true;
        int thisLife = ++life;
        scheduleTick(thisLife);
    }

    private void scheduleTick(int thisLife) {
        sim.queue.after(
                100,
                () -> {
                    if (up && life == thisLife) {
                        tick();
                        scheduleTick(thisLife);
                    }
                });
    }

    // --- operator --------------------------------------------------------------------------------

    void replicaOf(SimServer other) {
        boolean wasLeader = leaderName == null;
        leaderName = other.name;
        FollowerLink.Resume resume =
                wasLeader || FollowerLinks.resume(leader.state()) == null
                        ? new FollowerLink.Resume(history.id(), true)
                        : FollowerLinks.resume(leader.state()).moved();
        log.setMode(CommandLog.Mode.RELAY);
        leader.follow(new FollowerLink.Target(other.name, 6379), resume);
    }

    void promote() {
        leader.unfollow();
        leaderName = null;
        history = history.promoted(log.end(), sim.random);
        log.setMode(log.window().active() ? CommandLog.Mode.ORIGIN : CommandLog.Mode.OFF);
        log.forgetDatabase();
        dropFollowers();
        sim.record(this);
    }

    void crash() {
        up = false;
        for (SimNetwork.Link link : List.copyOf(sim.network.links)) {
            if (link.from == this) {
                link.cut(false, true);
            } else if (link.to == this) {
                link.cut(true, false);
            }
        }
        for (SimFollower f : List.copyOf(followers)) {
            f.driver.closed();
        }
        followers.clear();
        log.close();
        assertThat(slab.usedBytes(MemoryTag.LOG)).isZero();
        leaderLink = null;
        leaderNumber = -1;
    }

    void restartEmpty() {
        boot();
    }

    /** A write by a client, in a random database. */
    void write(String key) {
        if (leaderName != null) {
            return;
        }
        int database = sim.random.nextInt(5) == 0 ? 1 + sim.random.nextInt(2) : 0;
        byte[] command = Wire.encode("BUMP", key);
        data.bump(database, key);
        long at = scratch.take(command.length, MemoryTag.OTHER);
        Memory.copyIn(command, 0, at, command.length);
        if (log.isActive()) {
            log.append(database, at, command.length, database);
            sim.record(this);
        } else {
            // Without a log the data changes while the offset stands: the history is nobody's.
            history = History.fresh(sim.random);
        }
        scratch.give(at, command.length, MemoryTag.OTHER);
        log.announce();
    }

    private void tick() {
        leader.tick();
        for (SimFollower f : List.copyOf(followers)) {
            f.driver.tick();
        }
        if (sim.pings && leaderName == null && !followers.isEmpty() && nowMs() >= nextPingMs) {
            nextPingMs = nowMs() + 1000;
            log.appendKeepAlive(PING);
            sim.record(this);
        }
        beginCopy();
        log.announce();
    }

    // --- leader's side ---------------------------------------------------------------------------

    SimNetwork.End accept(SimNetwork.Link link) {
        SimFollower end = new SimFollower(this, link);
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
                        waiting, nowMs(), new CopySchedule.Settings(sim.streamed, 200, 0));
        if (next == null || !able()) {
            return;
        }
        if (!log.window().active()) {
            history = History.fresh(sim.random);
            log.createBacklog();
            log.setMode(CommandLog.Mode.ORIGIN);
            sim.record(this);
        }
        copying = true;
        long offset = log.end();
        LogReader hold = log.openReader(offset, false, () -> {});
        int database = leaderName == null ? Math.max(log.database(), 0) : streamDatabase;
        if (leaderName == null) {
            log.forgetDatabase();
        }
        byte[] bytes = data.copy(database);
        LeaderLink.CopyForm form =
                next.streamed() ? LeaderLink.CopyForm.STREAMED : LeaderLink.CopyForm.STORED_MAKING;
        for (SimFollower f : next.tickets()) {
            f.driver.copyBegins(offset, form);
        }
        hold.close();
        String mark = History.newId(sim.random);
        int thisLife = life;
        sim.queue.after(sim.random.nextInt(300), () -> sendCopy(thisLife, next, bytes, mark, 0));
    }

    private void sendCopy(
            int thisLife, CopySchedule.Copy<SimFollower> c, byte[] bytes, String mark, int at) {
        if (life != thisLife || !up) {
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
        int part = Math.min(bytes.length - at, 1 + sim.random.nextInt(400));
        for (SimFollower f : open) {
            f.driver.copy(Arrays.copyOfRange(bytes, at, at + part));
        }
        if (at + part < bytes.length && !open.isEmpty()) {
            sim.queue.after(
                    sim.random.nextInt(10), () -> sendCopy(thisLife, c, bytes, mark, at + part));
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
                        history,
                        log.window(),
                        ReplicationView.Own.NONE)
                .info();
        return leaderName == null ? info : info.replace("role:master", "role:slave");
    }

    @Override
    public LogReader open(long offset, LeaderDriver driver) {
        return log.openReader(
                offset,
                false,
                () ->
                        sim.queue.after(
                                0,
                                () -> {
                                    if (up) {
                                        driver.pump();
                                    }
                                }));
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

    @Override
    public void acked(LeaderDriver driver) {
        assertThat(driver.state().acked()).isLessThanOrEqualTo(log.end());
    }

    @Override
    public void ackWanted() {}

    @Override
    public void gone(LeaderDriver driver) {}

    @Override
    public BacklogWindow window() {
        return log.window();
    }

    @Override
    public History history() {
        return history;
    }

    @Override
    public boolean able() {
        return leaderName == null || leader.state() instanceof FollowerLink.Streaming;
    }

    @Override
    public boolean handingOver() {
        return false;
    }

    @Override
    public long timeoutMs() {
        return 5000;
    }

    // --- follower's side -------------------------------------------------------------------------

    @Override
    public void connect(int number, String host, int port) {
        unread = new byte[0];
        leaderNumber = number;
        leaderLink =
                sim.network.connect(
                        this,
                        sim.server(host),
                        new SimNetwork.End() {
                            @Override
                            public void received(byte[] bytes) {
                                if (up && leaderNumber == number) {
                                    unread = concat(unread, bytes);
                                    present();
                                }
                            }

                            @Override
                            public void closed(String reason) {
                                if (up && leaderNumber == number) {
                                    leader.closed(number, reason);
                                }
                            }
                        },
                        () -> {
                            if (up) {
                                leader.opened(number);
                            }
                        });
    }

    @Override
    public void send(byte[] bytes) {
        if (leaderLink != null) {
            leaderLink.toServer(bytes);
        }
    }

    @Override
    public void disconnect() {
        if (leaderLink != null) {
            leaderLink.cut(false, true);
            leaderLink = null;
        }
    }

    @Override
    public void presentAgain() {
        sim.queue.after(0, this::present);
    }

    private void present() {
        if (!up || unread.length == 0) {
            return;
        }
        int number = leaderNumber;
        byte[] bytes = unread;
        long at = scratch.take(bytes.length, MemoryTag.OTHER);
        Memory.copyIn(bytes, 0, at, bytes.length);
        int used = leader.received(number, at, bytes.length);
        scratch.give(at, bytes.length, MemoryTag.OTHER);
        if (leaderNumber == number) {
            unread = Arrays.copyOfRange(bytes, used, bytes.length);
        }
        log.announce();
    }

    @Override
    public int stream(long address, int length) {
        byte[] bytes = Memory.toBytes(address, length);
        int used = 0;
        while (true) {
            Commands.Parsed p = Commands.parse(bytes, used);
            if (p == null) {
                return used;
            }
            List<String> words = p.words();
            boolean keepAlive = false;
            switch (words.getFirst()) {
                case "PING" -> keepAlive = true;
                case "SELECT" -> streamDatabase = Integer.parseInt(words.get(1));
                case "BUMP" -> data.bump(streamDatabase, words.get(1));
                default -> throw new AssertionError("in the stream: " + words);
            }
            log.appendRaw(address + used, p.end() - used, keepAlive);
            used = p.end();
            sim.record(this);
        }
    }

    @Override
    public long nowMs() {
        return sim.queue.nowMs();
    }

    @Override
    public FollowerLink.Settings settings() {
        return new FollowerLink.Settings(
                5000, 6379, null, null, null, sim.refuseRewound, sim.saveDivergence);
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
        return -1;
    }

    @Override
    public boolean hasData() {
        return !data.isEmpty();
    }

    @Override
    public void saveDivergence(String id, long from) {
        assertThat(id).isEqualTo(history.id());
        assertThat(from).isLessThan(log.end());
        divergences++;
    }

    @Override
    public void refused(String reason) {
        refusedReason = reason;
    }

    @Override
    public boolean payloadBegins(long total, boolean marked) {
        incoming = new ByteArrayOutputStream();
        return false;
    }

    @Override
    public void payload(long address, int length) {
        incoming.writeBytes(Memory.toBytes(address, length));
    }

    @Override
    public void payload(byte[] bytes, int length) {
        incoming.write(bytes, 0, length);
    }

    @Override
    public String payloadFailure() {
        return null;
    }

    @Override
    public void abandonPayload() {
        incoming = null;
        copy = null;
    }

    @Override
    public void load() {
        copy = incoming.toByteArray();
        byte[] loading = copy;
        dropFollowers();
        log.freeBacklog();
        int thisLife = life;
        sim.queue.after(
                sim.random.nextInt(200),
                () -> {
                    if (up && life == thisLife && copy == loading) {
                        streamDatabase = data.load(loading);
                        leader.loaded();
                    }
                });
    }

    @Override
    public void adopt(String id, long offset) {
        history = History.of(id);
        log.startAt(offset);
        log.createBacklog();
        log.setMode(CommandLog.Mode.RELAY);
        sim.record(this);
    }

    @Override
    public void continueAs(String id, long from) {
        if (from < log.end()) {
            log.rewind(from);
        }
        History next = history.continuedAs(id, log.end());
        if (next != history) {
            history = next;
            dropFollowers();
        }
        log.createBacklog();
        log.setMode(CommandLog.Mode.RELAY);
        sim.record(this);
    }

    @Override
    public void takeoverAnswered(boolean accepted) {}

    @Override
    public void stateChanged(FollowerLink.State before, FollowerLink.State after) {}

    @Override
    public void note(Level level, String text) {
        sim.note(name + " " + text);
    }

    static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
