package io.ferrite.coordination.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Faults by chance for a minute, then peace; the invariants hold all the time. */
final class Mayhem {

    private final long seed;
    private final SimCluster sim;

    Mayhem(long seed) {
        this.seed = seed;
        this.sim = new SimCluster(seed);
    }

    void run() {
        int masters = 3 + sim.random.nextInt(4);
        sim.build(masters, 1 + sim.random.nextInt(2));
        try {
            for (int i = 0; i < 40; i++) {
                fault();
                sim.run(200 + sim.random.nextInt(3000));
                for (SimNode node : sim.running()) {
                    if (node.view().isOk() && node.self().isMaster()) {
                        node.offset += sim.random.nextInt(100);
                    }
                }
            }
            sim.heal();
            sim.lossPercent = 0;
            for (SimNode node : sim.nodes.values()) {
                if (!node.up) {
                    node.restart();
                }
            }
            sim.await("peace", 120_000, sim::agreed);
            assertThat(sim.running()).hasSameSizeAs(sim.nodes.values());
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private void fault() {
        List<SimNode> all = new ArrayList<>(sim.nodes.values());
        Collections.shuffle(all, sim.random);
        SimNode one = all.getFirst();
        switch (sim.random.nextInt(9)) {
            case 0, 1 -> {
                if (one.up) {
                    one.crash(sim.random.nextBoolean());
                }
            }
            case 2, 3 -> all.stream().filter(n -> !n.up).forEach(SimNode::restart);
            case 4 -> {
                int cut = 1 + sim.random.nextInt(all.size() - 1);
                sim.partition(all.subList(0, cut), all.subList(cut, all.size()));
            }
            case 5 -> sim.cut(one, all.get(1)); // one way only
            case 6 -> sim.heal();
            case 7 -> one.frozenUntilMs = sim.queue.nowMs() + 500 + sim.random.nextInt(5000);
            default -> {
                if (one.up && one.self().isReplica()) {
                    one.order(o ->
                            o.failover(
                                    sim.random.nextBoolean()
                                            ? ClusterOrders.Failover.WITH_MASTER
                                            : ClusterOrders.Failover.FORCE));
                }
            }
        }
        sim.lossPercent = sim.random.nextInt(4) == 0 ? sim.random.nextInt(20) : sim.lossPercent;
    }
}
