package io.ferrite.simulation.replication;

import io.ferrite.coordination.log.CommandLog;
import io.ferrite.coordination.replication.FollowerDriver;
import io.ferrite.coordination.replication.FollowerLink;
import io.ferrite.coordination.replication.History;
import io.ferrite.coordination.replication.Level;
import io.ferrite.coordination.replication.Wire;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * A server of the simulation: its role, its data and its disk; and somebody's follower. What it is
 * as a leader is {@link SimLeader}'s.
 */
final class SimServer implements FollowerDriver.Host, FollowerDriver.Transport {

    private static final byte[] PING = Wire.encode("PING");
    private static final int HELD_MOST = 2000;

    /** What a file says: the data, and where in which stream it is. */
    private record Saved(byte[] data, String id, long offset) {}

    final String name;
    final ReplicationWorld world;
    final Slab scratch = new Slab();
    private final Slab slab = new Slab();
    final SimLeader leading;
    CommandLog log;
    History history;
    SimData data = new SimData();

    /** What the data was at the places of this history that it has been through. */
    final TreeMap<Long, Long> past = new TreeMap<>();

    int streamDatabase;
    boolean up = true;

    /** The data is not what the history says, as a copy is being loaded. */
    boolean givenUp;

    String leaderName;
    FollowerDriver leader;
    int divergences;
    String refusedReason;
    private final long backlogSize;
    private int life;

    private final SimInlet main = new SimInlet(this, false);
    private final SimInlet channel = new SimInlet(this, true);
    private ByteArrayOutputStream held = new ByteArrayOutputStream();
    private byte[] copy;
    private ByteArrayOutputStream incoming;
    private long nextPingMs;
    private int applied;
    private int clientDatabase;

    private Saved saved;

    /** How far this server has said that its disk has what it applied; of the present history. */
    private long saidSynced = -1;

    private String lastId = "";
    private long lastEnd;

    SimServer(ReplicationWorld world, String name, long backlogSize) {
        this.world = world;
        this.name = name;
        this.backlogSize = backlogSize;
        this.leading = new SimLeader(this);
        boot();
    }

    private void boot() {
        log = new CommandLog(slab, backlogSize);
        history = History.fresh(world.random);
        data = new SimData();
        past.clear();
        streamDatabase = 0;
        leader = new FollowerDriver(this, this);
        leaderName = null;
        givenUp = false;
        copy = null;
        held.reset();
        leading.reset();
        up = true;
        lastId = "";
        int thisLife = ++life;
        scheduleTick(thisLife);
    }

    private void scheduleTick(int thisLife) {
        world.queue.after(
                100,
                () -> {
                    if (up && life == thisLife) {
                        tick();
                        scheduleTick(thisLife);
                    }
                });
    }

    /** Which of its lives this is: what was scheduled in another does not concern it. */
    int life() {
        return life;
    }

    String place() {
        return history.id() + "@" + log.end();
    }

    boolean isStreaming() {
        return leader.state() instanceof FollowerLink.Streaming;
    }

    /** Whether that is the connection to its leader. */
    boolean isBy(SimNetwork.Link link) {
        return main.isBy(link);
    }

    // --- operator --------------------------------------------------------------------------------

    void replicaOf(SimServer other) {
        boolean wasLeader = leaderName == null;
        leaderName = other.name;
        FollowerLink.Resume resume =
                wasLeader || !(leader.state() instanceof FollowerLink.Following f)
                        ? new FollowerLink.Resume(history.id(), true)
                        : f.resume().moved();
        if (world.mutation == Mutation.ASKS_FOR_EVERYTHING) {
            resume = FollowerLink.Resume.NOTHING;
        }
        log.setMode(CommandLog.Mode.RELAY);
        leader.follow(new FollowerLink.Target(other.name, 6379), resume);
    }

    void promote() {
        leader.unfollow();
        leaderName = null;
        givenUp = false;
        if (world.mutation != Mutation.KEEPS_THE_NAME) {
            goOnUnderAnotherName();
        }
        log.setMode(log.window().active() ? CommandLog.Mode.ORIGIN : CommandLog.Mode.OFF);
        log.forgetDatabase();
        leading.dropFollowers();
        changed();
    }

    private void goOnUnderAnotherName() {
        String before = history.id();
        history = history.promoted(log.end(), world.random);
        world.branched(before, log.end(), history.id());
    }

    void crash() {
        up = false;
        for (SimNetwork.Link link : List.copyOf(world.network.links)) {
            if (link.from == this) {
                link.cut(false, true);
            } else if (link.to == this) {
                link.cut(true, false);
            }
        }
        for (SimFollower f : List.copyOf(leading.followers)) {
            f.driver.closed();
        }
        leading.followers.clear();
        log.close();
        Violation.unless(slab.usedBytes(MemoryTag.LOG) == 0, "%s keeps memory of its log", name);
        main.forget();
        channel.forget();
    }

    void close() {
        if (up) {
            crash();
        }
        slab.close();
        scratch.close();
    }

    void restartEmpty() {
        saved = null;
        saidSynced = -1;
        boot();
    }

    /** Comes back with what its disk has; as a leader, or to follow whom it followed. */
    void restart() {
        Saved file = saved;
        long said = saidSynced;
        String before = leaderName;
        boot();
        if (file == null) {
            Violation.unless(said <= 0, "%s said it had synced %d, and has nothing", name, said);
            return;
        }
        Violation.unless(
                file.offset() >= said,
                "%s said it had synced %d, and has %d",
                name,
                said,
                file.offset());
        streamDatabase = data.load(file.data());
        history = History.of(file.id());
        log.startAt(file.offset());
        past.put(log.end(), data.digest());
        if (before == null) {
            goOnUnderAnotherName();
            log.createBacklog();
            log.setMode(CommandLog.Mode.ORIGIN);
            changed();
        } else {
            leaderName = before;
            log.setMode(CommandLog.Mode.RELAY);
            leader.follow(
                    new FollowerLink.Target(before, 6379),
                    new FollowerLink.Resume(history.id(), true));
        }
    }

    /** Everything to disk. */
    void save() {
        if (givenUp || leaderName == null && !log.window().active()) {
            saved = null; // the data is at no place of any stream
            return;
        }
        int database = leaderName == null ? Math.max(log.database(), 0) : streamDatabase;
        if (leaderName == null) {
            log.forgetDatabase();
        }
        saved = new Saved(data.copy(database), history.id(), log.end());
    }

    /** A write by a client, in a random database. */
    void write(String key) {
        if (leaderName != null) {
            return;
        }
        if (world.random.nextInt(4) == 0) {
            clientDatabase = world.random.nextInt(3);
        }
        int database = clientDatabase;
        byte[] command = Wire.encode("BUMP", key);
        data.bump(database, key);
        long at = scratch.take(command.length, MemoryTag.OTHER);
        Memory.copyIn(command, 0, at, command.length);
        if (log.isActive()) {
            log.append(database, at, command.length, database);
            changed();
        } else {
            // Without a log the data changes while the offset stands: the history is nobody's.
            history = History.fresh(world.random);
            past.clear();
            saved = null;
        }
        scratch.give(at, command.length, MemoryTag.OTHER);
        log.announce();
    }

    /** This server's own data or its place is another one. */
    void changed() {
        note();
        world.wrote(this);
    }

    /** The same, by its leader's stream. */
    private void followed() {
        note();
        world.applied(this);
    }

    private void note() {
        Violation.unless(
                !history.id().equals(lastId) || log.end() >= lastEnd,
                "%s goes back from %d to %d in %s",
                name,
                lastEnd,
                log.end(),
                lastId);
        lastId = history.id();
        lastEnd = log.end();
        past.put(log.end(), data.digest());
    }

    private void tick() {
        leader.tick();
        boolean leads = leaderName == null;
        if (world.pings && leads && !leading.followers.isEmpty() && nowMs() >= nextPingMs) {
            nextPingMs = nowMs() + 1000;
            if (log.isActive()) {
                log.appendKeepAlive(PING);
                changed();
            }
        }
        leading.tick();
        log.announce();
    }

    // --- its leader ------------------------------------------------------------------------------

    @Override
    public void connect(int number, String host, int port) {
        main.connect(number, world.server(host));
    }

    @Override
    public void openChannel(int number, String host, int port) {
        held.reset();
        channel.connect(number, world.server(host));
    }

    @Override
    public void send(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (world.mutation == Mutation.ACKNOWLEDGES_TOO_MUCH && text.contains("\r\nACK\r\n")) {
            main.send(Wire.encode("REPLCONF", "ACK", Long.toString(log.end() + 500)));
            return;
        }
        int durable = text.indexOf("\r\nFACK\r\n");
        if (durable >= 0) {
            String[] words = text.split("\r\n");
            saidSynced = Math.max(saidSynced, Long.parseLong(words[words.length - 1]));
        }
        main.send(bytes);
    }

    @Override
    public void sendByChannel(byte[] bytes) {
        channel.send(bytes);
    }

    @Override
    public void disconnect() {
        main.disconnect();
    }

    @Override
    public void closeChannel() {
        channel.disconnect();
    }

    @Override
    public void presentAgain() {
        world.queue.after(
                0,
                () -> {
                    if (up) {
                        main.present();
                    }
                });
    }

    @Override
    public int hold(long address, int length) {
        if (held.size() + length > HELD_MOST) {
            return 0;
        }
        if (world.mutation != Mutation.LOSES_WHAT_IT_HOLDS) {
            held.writeBytes(Memory.toBytes(address, length));
        }
        return length;
    }

    @Override
    public void dropHeld() {
        held.reset();
    }

    @Override
    public int stream(long address, int length) {
        if (held.size() > 0) {
            held.writeBytes(Memory.toBytes(address, length));
            applyHeld();
            return length;
        }
        return apply(address, length);
    }

    private void applyHeld() {
        if (held.size() == 0 || !isStreaming()) {
            return;
        }
        byte[] bytes = held.toByteArray();
        held = new ByteArrayOutputStream();
        long at = scratch.take(bytes.length, MemoryTag.OTHER);
        Memory.copyIn(bytes, 0, at, bytes.length);
        int used = apply(at, bytes.length);
        scratch.give(at, bytes.length, MemoryTag.OTHER);
        held.write(bytes, used, bytes.length - used);
    }

    private int apply(long address, int length) {
        byte[] bytes = Memory.toBytes(address, length);
        int used = 0;
        while (true) {
            Commands.Parsed p = Commands.parse(bytes, used);
            if (p == null) {
                return used;
            }
            List<String> words = p.words();
            boolean select = false;
            boolean keepAlive = false;
            switch (words.getFirst()) {
                case "PING" -> keepAlive = true;
                case "SELECT" -> {
                    select = true;
                    streamDatabase = Integer.parseInt(words.get(1));
                }
                case "BUMP" -> {
                    applied++;
                    if (world.mutation != Mutation.SKIPS_A_COMMAND || applied % 100 != 99) {
                        data.bump(streamDatabase, words.get(1));
                    }
                }
                default -> throw new Violation("in the stream: " + words);
            }
            log.appendRaw(address + used, p.end() - used, keepAlive);
            used = p.end();
            if (!select) {
                followed();
            }
        }
    }

    @Override
    public long nowMs() {
        return world.queue.nowMs();
    }

    @Override
    public FollowerLink.Settings settings() {
        return new FollowerLink.Settings(
                5000,
                6379,
                null,
                null,
                null,
                world.channel,
                world.refuseRewound,
                world.saveDivergence);
    }

    @Override
    public long applied() {
        return log.end();
    }

    @Override
    public long dataEnd() {
        return world.mutation == Mutation.TAKES_PINGS_FOR_DATA ? log.end() : log.dataEnd();
    }

    @Override
    public long fsynced() {
        if (world.mutation == Mutation.SYNCS_NOTHING) {
            return log.end();
        }
        return saved != null && saved.id().equals(history.id()) ? saved.offset() : -1;
    }

    @Override
    public boolean hasData() {
        return !data.isEmpty();
    }

    @Override
    public void saveDivergence(String id, long from) {
        Violation.unless(
                id.equals(history.id()) && from < log.end(),
                "%s would save what is behind %d of %s, and is at %s",
                name,
                from,
                id,
                place());
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
        leading.dropFollowers();
        log.freeBacklog();
        givenUp = true;
        saved = null;
        saidSynced = -1;
        lastId = "";
        int thisLife = life;
        world.queue.after(
                world.random.nextInt(200),
                () -> {
                    if (up && life == thisLife && copy == loading) {
                        streamDatabase = data.load(loading);
                        givenUp = false;
                        leader.loaded();
                        applyHeld();
                    }
                });
    }

    @Override
    public void adopt(String id, long offset) {
        history = History.of(id);
        log.startAt(offset);
        log.createBacklog();
        log.setMode(CommandLog.Mode.RELAY);
        past.clear();
        note();
        world.wrote(this); // a relay may begin a copy between two commands of its leader
    }

    @Override
    public void continueAs(String id, long from) {
        if (from < log.end()) {
            log.rewind(from);
            past.tailMap(from, false).clear();
            saved = null;
            saidSynced = -1;
        }
        History next = history.continuedAs(id, log.end());
        if (next != history) {
            history = next;
            saidSynced = saved == null ? -1 : Math.min(saidSynced, saved.offset());
            if (world.mutation != Mutation.KEEPS_FOLLOWERS) {
                leading.dropFollowers();
            }
        }
        log.createBacklog();
        log.setMode(CommandLog.Mode.RELAY);
        note();
        world.wrote(this);
    }

    @Override
    public void takeoverAnswered(boolean accepted) {}

    @Override
    public void stateChanged(FollowerLink.State before, FollowerLink.State after) {
        if (before instanceof FollowerLink.Streaming
                && !(after instanceof FollowerLink.Streaming)) {
            held.reset();
        }
    }

    @Override
    public void note(Level level, String text) {
        world.note(String.format(Locale.ROOT, "%s %s", name, text));
    }

    static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
