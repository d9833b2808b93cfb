package io.ferrite.simulation.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrite.coordination.cluster.ClusterOrders;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whether what must hold is looked at: a mistake put into the machine is found in a scene that is
 * made for it, and the same scene without the mistake is fine.
 */
final class MistakesTest {

    private static final int ROUNDS = 10;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aMistakePutIntoTheMachine_isFound_andOnlyThat(Mutation mistake) {
        scene(mistake, new SimCluster(3, Mutation.NONE));
        SimCluster mistaken = new SimCluster(3, mistake);
        assertThatThrownBy(() -> scene(mistake, mistaken)).isInstanceOf(Invariants.Violation.class);
    }

    private static void scene(Mutation mistake, SimCluster sim) {
        switch (mistake) {
            case VOTES_TWICE -> twoMastersDieAtOnce(sim);
            case SKIPS_QUORUM -> votesTravelSlowly(sim);
            case VOTES_UNSAVED -> votersLosePower(sim);
            case FORGETS_VOTES -> votersRestart(sim);
            case SERVES_IN_MINORITY -> aMasterIsAlone(sim);
            case LATE_CLAIM_PREVAILS -> mastersReturn(sim);
            case KEEPS_COLLISIONS -> twoMastersTakeOneEpoch(sim);
            case TRUSTS_ADDRESSES -> aStrangerAnswers(sim);
            case BRINGS_BACK -> aNodeIsForgotten(sim);
            case NONE -> throw new AssertionError();
        }
    }

    private static List<SimNode> masters(SimCluster sim) {
        return sim.running().stream().filter(n -> n.self().votes()).toList();
    }

    private static void restartAll(SimCluster sim) {
        sim.nodes.values().forEach(SimNode::restart);
        sim.await("all agree", 60_000, sim::agreed);
    }

    /** Their replicas want the same epoch. */
    private static void twoMastersDieAtOnce(SimCluster sim) {
        sim.build(5, 1);
        sim.delayMs = 200;
        for (int i = 0; i < ROUNDS; i++) {
            masters(sim).subList(0, 2).forEach(n -> n.crash(false));
            sim.run(8000);
            restartAll(sim);
        }
    }

    private static void votesTravelSlowly(SimCluster sim) {
        sim.build(5, 1);
        sim.delayMs = 200;
        for (int i = 0; i < ROUNDS; i++) {
            masters(sim).getFirst().crash(false);
            sim.run(8000);
            restartAll(sim);
        }
    }

    private static void votersLosePower(SimCluster sim) {
        sim.build(3, 1);
        List<SimNode> masters = masters(sim);
        masters.forEach(n -> n.failsAfterVote = true);
        masters.getFirst().crash(false);
        sim.run(15_000);
        restartAll(sim);
    }

    private static void votersRestart(SimCluster sim) {
        sim.build(3, 1);
        List<SimNode> masters = masters(sim);
        masters.getFirst().crash(false);
        sim.await("somebody is elected", 10_000, () -> !sim.won.isEmpty());
        masters.get(1).crash(true);
        restartAll(sim);
    }

    private static void aMasterIsAlone(SimCluster sim) {
        sim.build(3, 1);
        SimNode alone = masters(sim).getFirst();
        sim.partition(List.of(alone), sim.running().stream().filter(n -> n != alone).toList());
        sim.run(5000);
        sim.heal();
        restartAll(sim);
    }

    private static void mastersReturn(SimCluster sim) {
        sim.build(3, 1);
        for (int i = 0; i < ROUNDS; i++) {
            masters(sim).get(i % 3).crash(false);
            sim.run(8000);
            restartAll(sim);
        }
    }

    private static void twoMastersTakeOneEpoch(SimCluster sim) {
        sim.invariants.unvotedEpochs = true;
        sim.build(3, 1);
        List<SimNode> replicas = sim.running().stream().filter(n -> n.self().isReplica()).toList();
        for (SimNode replica : replicas.subList(0, 2)) {
            assertThat(replica.order(o -> o.failover(ClusterOrders.Failover.TAKEOVER))).isNull();
        }
        restartAll(sim);
    }

    private static void aStrangerAnswers(SimCluster sim) {
        sim.build(3, 0);
        List<SimNode> strangers = sim.addForeign(2);
        SimNode gone = masters(sim).get(1);
        gone.crash(false);
        sim.answersAt(gone.ip, strangers.getFirst());
        sim.run(20_000);
        sim.heal();
        restartAll(sim);
    }

    private static void aNodeIsForgotten(SimCluster sim) {
        sim.build(3, 1);
        SimNode gone = sim.own().getLast();
        gone.crash(false);
        gone.left = true;
        sim.own().getFirst().must(o -> o.forget(gone.id()));
        sim.await(
                "nobody knows it",
                20_000,
                () -> sim.running().stream().allMatch(n -> n.view().node(gone.id()) == null));
        sim.invariants.forgotten(gone.id());
        gone.restart();
        sim.run(90_000);
    }
}
