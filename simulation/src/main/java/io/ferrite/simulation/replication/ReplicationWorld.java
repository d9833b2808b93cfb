package io.ferrite.simulation.replication;

import io.ferrite.coordination.log.LogReader;
import io.ferrite.coordination.replication.FollowerLink;
import io.ferrite.memory.Memory;
import io.ferrite.testkit.EventQueue;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Servers on a virtual network in virtual time. Checked after every command that is written or
 * applied: at one place of one history everybody has had the same data, and a follower is nowhere
 * where no leader was.
 */
final class ReplicationWorld {

    private static final int TRACE_MAX = 400_000;

    final EventQueue queue = new EventQueue(1_000_000);
    final Random random;
    final SimNetwork network;
    final Mutation mutation;
    final Map<String, SimServer> servers = new LinkedHashMap<>();
    final StringBuilder trace = new StringBuilder();
    boolean streamed = true;
    boolean channel;
    boolean pings = true;
    boolean refuseRewound;
    boolean saveDivergence;
    long events;
    private long ids;

    /** The data at each place, by the name that the history had when it was written. */
    private final Map<String, Long> digests = new HashMap<>();

    private final Map<String, Branch> branches = new HashMap<>();

    /** A history goes on from another one's first {@code end} bytes. */
    private record Branch(String from, long end) {}

    ReplicationWorld(long seed) {
        this(seed, Mutation.NONE);
    }

    ReplicationWorld(long seed, Mutation mutation) {
        this.random = new Random(seed);
        this.mutation = mutation;
        this.network = new SimNetwork(queue, random);
    }

    SimServer add(String name, long backlogSize) {
        SimServer server = new SimServer(this, name, backlogSize);
        servers.put(name, server);
        return server;
    }

    SimServer server(String name) {
        return servers.get(name);
    }

    long nextId() {
        return ++ids;
    }

    void note(String text) {
        events++;
        if (trace.length() < TRACE_MAX) {
            trace.append(queue.nowMs()).append(' ').append(text).append('\n');
        }
    }

    /** A history with another name goes on from here. */
    void branched(String from, long end, String name) {
        branches.put(name, new Branch(from, end));
    }

    private String place(SimServer s) {
        String name = s.history.id();
        long at = s.log.end();
        for (Branch b = branches.get(name); b != null && at <= b.end(); b = branches.get(name)) {
            name = b.from();
        }
        return name + "@" + at;
    }

    /** A leader's data belongs to that place of its history from now on. */
    void wrote(SimServer s) {
        Long before = digests.putIfAbsent(place(s), s.data.digest());
        Violation.unless(
                before == null || before == s.data.digest(),
                "%s has other data at %s than somebody had",
                s.name,
                place(s));
    }

    /** A follower says that its data belongs to that place of its leader's history. */
    void applied(SimServer s) {
        Long known = digests.get(place(s));
        Violation.unless(known != null, "%s is at %s, where no leader was", s.name, place(s));
        Violation.unless(
                known == s.data.digest(),
                "%s has other data at %s than its leader had",
                s.name,
                place(s));
    }

    boolean inStep(SimServer leader, SimServer follower) {
        return follower.leader.state() instanceof FollowerLink.Streaming
                && follower.log.end() == leader.log.end()
                && follower.history.id().equals(leader.history.id());
    }

    void mustBeInStep(SimServer leader, SimServer follower) {
        Violation.unless(
                inStep(leader, follower),
                "%s follows %s: %s, offset %d of %d, history %s of %s",
                follower.name,
                leader.name,
                follower.leader.state(),
                follower.log.end(),
                leader.log.end(),
                follower.history.id(),
                leader.history.id());
        Violation.unless(
                follower.data.values().equals(leader.data.values()),
                "%s has other data than %s at the end",
                follower.name,
                leader.name);
        long from = Math.max(leader.log.window().first(), follower.log.window().first());
        Violation.unless(
                Arrays.equals(bytes(follower, from), bytes(leader, from)),
                "%s has another stream than %s",
                follower.name,
                leader.name);
    }

    private static byte[] bytes(SimServer s, long from) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LogReader reader = s.log.openReader(from, false, () -> {})) {
            int length;
            while ((length = reader.peek(4096)) > 0) {
                out.writeBytes(Memory.toBytes(reader.address(), length));
                reader.advance(length);
            }
        }
        return out.toByteArray();
    }

    void close() {
        for (SimServer s : servers.values()) {
            s.close();
        }
    }
}
