package io.ferrite.simulation.cluster;

import io.ferrite.coordination.cluster.ClusterNode;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Many nodes: how long it takes until all know all, what talking costs each of them, and how long
 * it takes until all know of all that died when half of them do at once.
 */
final class LargeCluster {

    private static final int TIMEOUT_MS = 15_000;
    private static final long LONGEST_MS = 600_000;

    /**
     * What one part of it took.
     *
     * @param seconds of virtual time
     * @param messages a second and node
     */
    record Figures(String what, double seconds, double messages) {}

    private final PrintStream out;
    private final int count;
    private final SimCluster sim = new SimCluster(1, Mutation.NONE);

    private final List<Figures> figures = new ArrayList<>();
    private long sinceMs;
    private long sinceSent;
    private long sinceCpuNs;

    LargeCluster(PrintStream out, int count) {
        this.out = out;
        this.count = count;
    }

    /** Runs it all; what its parts took, in order. */
    List<Figures> run() {
        sim.timeoutMs = TIMEOUT_MS;
        sim.invariants.off();
        sim.encoded = false;
        sim.keepsFiles = false;
        out.println(count + " nodes, half of them replicas, cluster-node-timeout " + TIMEOUT_MS);
        int masters = count / 2;
        List<SimNode> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(sim.add());
        }
        sim.shareSlots(all.subList(0, masters));
        begin();
        for (SimNode node : all.subList(1, count)) {
            all.getFirst().must(o -> o.meet(node.ip, 6379, 16379));
        }
        sim.await("all know all", LONGEST_MS, () -> SimCluster.knowEachOther(all));
        end("all know all, who were met by one", count);
        begin();
        for (int i = masters; i < count; i++) {
            String master = all.get(i % masters).id();
            all.get(i).must(o -> o.replicate(master));
        }
        sim.await("they agree", LONGEST_MS, sim::agreed);
        end("all agree on who follows whom", count);
        begin();
        sim.run(TIMEOUT_MS);
        end("peace", count);
        die(all);
        return figures;
    }

    /** A little less than half of the masters, so that the others can act, and of the replicas. */
    private void die(List<SimNode> all) {
        int dead = count / 2 - 1;
        int deadMasters = count / 2 * 45 / 100;
        all.subList(0, deadMasters).forEach(n -> n.crash(false));
        all.subList(count - (dead - deadMasters), count).forEach(n -> n.crash(false));
        begin();
        sim.await("all know of the dead", LONGEST_MS, this::deadAreKnown);
        end("all know of " + dead + " that died at once", count - dead);
        begin();
        sim.await("they agree again", LONGEST_MS, sim::agreed);
        end(
                "replicas have taken over from " + deadMasters + " masters, and all agree",
                count - dead);
    }

    private boolean deadAreKnown() {
        for (SimNode node : sim.running()) {
            for (ClusterNode known : node.view().nodes()) {
                if (!known.hasFailed() && !sim.byId(known.id()).up) {
                    return false;
                }
            }
        }
        return true;
    }

    // --- measures --------------------------------------------------------------------------------

    private void begin() {
        sinceMs = sim.queue.nowMs();
        sinceSent = sim.sent;
        sinceCpuNs = cpuNs();
    }

    private static long cpuNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private void end(String what, int nodes) {
        double seconds = (sim.queue.nowMs() - sinceMs) / 1000.0;
        long messages = sim.sent - sinceSent;
        figures.add(new Figures(what, seconds, messages / seconds / nodes));
        double cpuUs = (cpuNs() - sinceCpuNs) / 1000.0;
        out.printf(
                "%s: %.1f s; %.0f messages a second and node, %.1f us each with the simulation,"
                        + " %.1f %% of a processor for a node%n",
                what,
                seconds,
                messages / seconds / nodes,
                cpuUs / messages,
                cpuUs / 10_000 / seconds / nodes);
    }
}
