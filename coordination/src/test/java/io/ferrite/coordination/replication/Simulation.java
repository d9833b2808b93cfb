package io.ferrite.coordination.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.log.LogReader;
import io.ferrite.memory.Memory;
import io.ferrite.testkit.EventQueue;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Servers on a virtual network in virtual time. Checked after every applied command: two servers
 * that say they are at the same offset of the same history have had the same data there.
 */
final class Simulation {

    final EventQueue queue = new EventQueue(1_000_000);
    final Random random;
    final SimNetwork network;
    final Map<String, SimServer> servers = new LinkedHashMap<>();
    final StringBuilder trace = new StringBuilder();
    boolean streamed = true;
    boolean pings = true;
    boolean refuseRewound;
    boolean saveDivergence;

    private final Map<String, Long> digests = new HashMap<>();

    Simulation(long seed) {
        random = new Random(seed);
        network = new SimNetwork(queue, random);
    }

    SimServer add(String name, long backlogSize) {
        SimServer server = new SimServer(this, name, backlogSize);
        servers.put(name, server);
        return server;
    }

    SimServer server(String name) {
        return servers.get(name);
    }

    void note(String text) {
        if (trace.length() < 200_000) {
            trace.append(queue.nowMs()).append(' ').append(text).append('\n');
        }
    }

    /** The server's data now belongs to its history and offset. */
    void record(SimServer s) {
        String place = s.history.id() + "@" + s.log.end();
        Long before = digests.putIfAbsent(place, s.data.digest());
        if (before != null) {
            assertThat(s.data.digest()).as("data of %s at %s", s.name, place).isEqualTo(before);
        }
    }

    boolean inStep(SimServer leader, SimServer follower) {
        return follower.leader.state() instanceof FollowerLink.Streaming
                && follower.log.end() == leader.log.end()
                && follower.history.id().equals(leader.history.id());
    }

    void assertInStep(SimServer leader, SimServer follower) {
        assertThat(inStep(leader, follower))
                .as(
                        "%s follows %s: %s, offset %s of %s",
                        follower.name,
                        leader.name,
                        follower.leader.state(),
                        follower.log.end(),
                        leader.log.end())
                .isTrue();
        assertThat(follower.data.values()).isEqualTo(leader.data.values());
        long from = Math.max(leader.log.window().first(), follower.log.window().first());
        assertThat(bytes(follower, from)).isEqualTo(bytes(leader, from));
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
}
