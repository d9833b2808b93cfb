package io.ferrite.simulation.sentinel;

import io.ferrite.testkit.EventQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Time, chance, hosts, and what happened last. */
final class World {

    private static final int TRACE_MAX = 5000;

    final long seed;
    final Random random;
    final EventQueue queue;
    final Network network;
    final Invariants invariants;
    final List<SimServer> servers = new ArrayList<>();
    final List<SimSentinel> sentinels = new ArrayList<>();
    final SimClient client;
    private final ArrayDeque<String> trace = new ArrayDeque<>();
    private final long startMs = 1_000_000_000L;
    long events;

    World(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.queue = new EventQueue(startMs);
        this.network = new Network(this);
        this.invariants = new Invariants(this);
        this.client = new SimClient(this);
    }

    long nowMs() {
        return queue.nowMs();
    }

    long elapsedMs() {
        return queue.nowMs() - startMs;
    }

    /** A number from {@code least} to {@code most}. */
    int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    String hex(int digits) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < digits; i++) {
            out.append(Character.forDigit(random.nextInt(16), 16));
        }
        return out.toString();
    }

    SimServer serverAt(String ip, int port) {
        for (SimServer server : servers) {
            if (server.ip.equals(ip) && server.port == port) {
                return server;
            }
        }
        return null;
    }

    /** Every host. */
    List<Host> hosts() {
        List<Host> hosts = new ArrayList<>(servers);
        hosts.addAll(sentinels);
        return hosts;
    }

    void note(String text) {
        if (trace.size() == TRACE_MAX) {
            trace.removeFirst();
        }
        trace.add("+" + elapsedMs() + " ms  " + text);
    }

    String trace() {
        return String.join("\n", trace) + "\n";
    }

    /** Runs what is due within a time. */
    void runFor(long ms) {
        long until = nowMs() + ms;
        boolean[] over = {false};
        queue.after(ms, () -> over[0] = true);
        while (!over[0] && nowMs() <= until && queue.runNext()) {
            events++;
        }
    }
}
