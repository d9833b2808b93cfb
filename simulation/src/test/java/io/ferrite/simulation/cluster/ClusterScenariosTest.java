package io.ferrite.simulation.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterOrders;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.NodesFile;
import io.ferrite.coordination.cluster.SlotSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the nodes of a cluster come to together, on a network that fails. */
final class ClusterScenariosTest {

    private final SimCluster sim = new SimCluster(7, Mutation.NONE);

    @Test
    void nodesThatWereMet_findEachOther_andServe() {
        sim.build(3, 1);
        assertThat(sim.running()).allMatch(n -> n.view().isOk());
        assertThat(sim.running()).allMatch(n -> n.view().size() == 3);
    }

    @Test
    void aReplicaTakesOver_andTheOldMasterReturnsAsItsReplica() {
        sim.build(3, 1);
        SimNode master = sim.nodes.get("10.0.0.1");
        SimNode replica = sim.nodes.get("10.0.0.4");
        SlotSet slots = master.self().slots();
        master.crash(false);
        sim.await("the replica serves", 5000, () -> replica.self().slots().equals(slots));
        sim.await("all agree", 5000, sim::agreed);
        assertThat(sim.won).containsExactly(replica.ip);
        master.restart();
        sim.await("it follows", 10_000, () -> replica.id().equals(master.self().masterId()));
        sim.await("all agree", 10_000, sim::agreed);
    }

    @Test
    void theReplicaWithMoreData_isElected() {
        sim.build(3, 2);
        SimNode master = sim.nodes.get("10.0.0.1");
        SimNode behind = sim.nodes.get("10.0.0.4");
        SimNode ahead = sim.nodes.get("10.0.0.7");
        sim.cut(master, behind); // no data any more, and no message
        master.offset = 1000;
        sim.run(500);
        assertThat(ahead.offset).isEqualTo(1000);
        assertThat(behind.offset).isLessThan(1000);
        master.crash(false);
        sim.await("somebody serves", 8000, () -> !sim.won.isEmpty());
        assertThat(sim.won).containsExactly(ahead.ip);
    }

    @Test
    void aMasterInTheMinority_stopsToServe_withinTheTimeout() {
        sim.build(3, 1);
        SimNode alone = sim.nodes.get("10.0.0.2");
        sim.partition(List.of(alone), others(alone));
        sim.await("it stops", sim.timeoutMs + 200, () -> !alone.view().isOk());
        sim.await("its replica serves", 5000, () -> sim.won.size() == 1);
        assertThat(alone.view().isOk()).isFalse();
        sim.heal();
        sim.await("it follows", 15_000, () -> alone.self().isReplica());
        sim.await("all agree", 10_000, sim::agreed);
    }

    @Test
    void withATimeoutBelowTheTick_nobodyIsTakenForSilent() {
        sim.timeoutMs = 1;
        sim.build(3, 0);
        for (int i = 0; i < 100; i++) {
            sim.run(37);
            assertThat(sim.running()).allMatch(n -> n.view().isOk());
        }
    }

    @Test
    void withoutAMajority_nobodyIsElected() {
        sim.build(3, 1);
        sim.nodes.get("10.0.0.1").crash(false);
        sim.nodes.get("10.0.0.2").crash(false);
        sim.run(20_000);
        assertThat(sim.won).isEmpty();
        assertThat(sim.running()).noneMatch(n -> n.view().isOk());
    }

    @Test
    void aFailoverByHand_losesNothing_andNeedsNoFailure() {
        sim.build(3, 1);
        SimNode master = sim.nodes.get("10.0.0.1");
        SimNode replica = sim.nodes.get("10.0.0.4");
        master.offset = 555;
        assertThat(replica.order(o -> o.failover(ClusterOrders.Failover.WITH_MASTER))).isNull();
        sim.await("they have changed roles", 3000, () -> master.self().isReplica());
        assertThat(replica.self().isMaster()).isTrue();
        assertThat(replica.offset).isEqualTo(555);
        assertThat(master.pausesWrites).isFalse();
        sim.await("all agree", 5000, sim::agreed);
    }

    @Test
    void whoHearsOfAFailoverFromTheOldMasterFirst_losesNoSlots_andCountsNoFewerVoters() {
        sim.build(3, 1);
        SimNode master = sim.nodes.get("10.0.0.1");
        SimNode observer = sim.nodes.get("10.0.0.2");
        SimNode replica = sim.nodes.get("10.0.0.4");
        SlotSet slots = master.self().slots();
        sim.cut(replica, observer);
        assertThat(replica.order(o -> o.failover(ClusterOrders.Failover.WITH_MASTER))).isNull();
        sim.await(
                "the observer knows that the master follows",
                900,
                () -> observer.view().node(master.id()).isReplica());
        assertThat(observer.view().node(replica.id()).slots()).isEqualTo(slots);
        assertThat(observer.view().size()).isEqualTo(3);
    }

    @Test
    void twoThatLostEachOthersPlace_areToldByOthers() {
        sim.build(3, 1);
        List<SimNode> strangers = sim.addForeign(2);
        SimNode a = sim.nodes.get("10.0.0.1");
        SimNode b = sim.nodes.get("10.0.0.2");
        sim.partition(List.of(a), List.of(b));
        sim.answersAt(a.ip, strangers.get(0));
        sim.answersAt(b.ip, strangers.get(1));
        sim.await(
                "neither knows where the other is",
                20_000,
                () -> hasNoPlace(a, b) && hasNoPlace(b, a));
        sim.heal();
        sim.await("all agree", 10_000, sim::agreed);
        assertThat(hasNoPlace(a, b) || hasNoPlace(b, a)).isFalse();
    }

    private static boolean hasNoPlace(SimNode observer, SimNode about) {
        return observer.view().node(about.id()).endpoint().ip().isEmpty();
    }

    @Test
    void aSlotThatWasTaken_isNotForgottenWhenThePowerGoes() {
        sim.build(3, 1);
        sim.invariants.unvotedEpochs = true;
        SimNode from = sim.nodes.get("10.0.0.1");
        SimNode to = sim.nodes.get("10.0.0.2");
        for (int slot = 0; slot < 2; slot++) { // the second one in no new epoch
            int moved = slot;
            to.must(o -> o.importing(moved, from.id()));
            from.must(o -> o.migrating(moved, to.id()));
            to.must(o -> o.setOwner(moved, to.id()));
            from.must(o -> o.setOwner(moved, to.id()));
            sim.run(500);
        }
        to.crash(true);
        sim.run(300);
        to.restart();
        sim.await("all agree", 10_000, sim::agreed);
        assertThat(to.self().slots().contains(0)).isTrue();
        assertThat(to.self().slots().contains(1)).isTrue();
    }

    @Test
    void aTakeover_asksNobody() {
        sim.build(3, 1);
        sim.invariants.unvotedEpochs = true;
        SimNode replica = sim.nodes.get("10.0.0.4");
        List.of("10.0.0.1", "10.0.0.2", "10.0.0.3").forEach(ip -> sim.nodes.get(ip).crash(false));
        assertThat(replica.order(o -> o.failover(ClusterOrders.Failover.TAKEOVER))).isNull();
        assertThat(replica.self().slots().size()).isEqualTo(5461);
    }

    @Test
    void aReplicaMovesToAMasterThatHasNone() {
        sim.build(3, 2);
        sim.nodes.get("10.0.0.4").crash(false);
        sim.nodes.get("10.0.0.7").crash(false);
        SimNode bare = sim.nodes.get("10.0.0.1");
        sim.await(
                "somebody follows it",
                30_000,
                () -> sim.running().stream().anyMatch(n -> bare.id().equals(n.self().masterId())));
        sim.run(10_000);
        assertThat(sim.running()).filteredOn(n -> bare.id().equals(n.self().masterId())).hasSize(1);
    }

    @Test
    void aNodeThatWasForgotten_isNotBroughtBack_byWhoHasNotHeardOfIt() {
        sim.build(3, 1);
        SimNode gone = sim.nodes.get("10.0.0.4");
        String id = gone.id();
        gone.crash(false);
        // One node is told; it tells the others.
        assertThat(sim.nodes.get("10.0.0.2").order(o -> o.forget(id))).isNull();
        sim.await(
                "nobody knows it",
                20_000,
                () -> sim.running().stream().allMatch(n -> n.view().node(id) == null));
        gone.restart(); // it still knows them all
        sim.run(90_000);
        assertThat(sim.running())
                .filteredOn(n -> n != gone)
                .allMatch(n -> n.view().node(id) == null);
    }

    @Test
    void twoClusters_doNotMerge_whenAnAddressChangesHands() {
        sim.build(3, 0);
        SimNode victim = sim.nodes.get("10.0.0.2");
        List<SimNode> strangers = sim.addForeign(2);
        // A stranger, with a friend, takes the place of a node that is gone. That nobody comes to
        // know anybody of the other cluster is an invariant.
        victim.crash(false);
        sim.answersAt(victim.ip, strangers.getFirst());
        sim.run(60_000);
        assertThat(sim.nodes.get("10.0.0.1").view().currentEpoch()).isLessThan(1000);
        sim.heal();
        victim.restart();
        sim.await("the node is back", 60_000, sim::agreed);
    }

    @Test
    void whatIsTenMinutesOld_changesNothing() {
        sim.build(3, 1);
        sim.replayPermille = 100;
        sim.run(20_000);
        sim.replayPermille = 0;
        sim.nodes.get("10.0.0.1").crash(false);
        sim.await("a replica has taken over", 10_000, () -> sim.won.size() == 1);
        sim.nodes.get("10.0.0.1").restart();
        sim.run(700_000);
        sim.await("all agree", 10_000, sim::agreed);
        assertThat(sim.nodes.get("10.0.0.4").self().isMaster()).isTrue();
    }

    @Test
    void whatANodeSaidBeforeItLed_makesItNoReplicaAgain_andTakesNoVoterAway() {
        sim.build(3, 1);
        sim.replayPermille = 100;
        sim.run(20_000);
        sim.replayPermille = 0;
        SimNode replica = sim.nodes.get("10.0.0.4");
        sim.nodes.get("10.0.0.1").crash(false);
        sim.await("a replica has taken over", 10_000, () -> sim.won.size() == 1);
        sim.await("all agree", 10_000, sim::agreed);
        for (int i = 0; i < 12_000; i++) {
            sim.run(50);
            assertThat(sim.running())
                    .allMatch(n -> n.view().node(replica.id()).isMaster())
                    .allMatch(n -> n.view().size() == 3);
        }
    }

    /** There are two connections between two nodes: what was said later may be heard first. */
    @Test
    void whatCandidatesSaidOverTheOtherLink_takesNoVoterAwayEither() {
        for (int seed = 1; seed <= 10; seed++) {
            SimCluster of = new SimCluster(seed, Mutation.NONE);
            of.build(3, 1);
            of.lossPercent = 30;
            for (int round = 0; round < 10; round++) {
                SimNode replica =
                        of.running().stream().filter(n -> n.self().isReplica()).toList().getFirst();
                replica.order(o -> o.failover(ClusterOrders.Failover.FORCE));
                for (int i = 0; i < 400; i++) {
                    of.run(10);
                    assertThat(of.running())
                            .as("seed " + seed + " round " + round)
                            .allMatch(n -> n.view().size() == 3);
                }
            }
        }
    }

    @Test
    void aSlotOnItsWay_staysSo_whenItsSourcesReplicaTakesOver() {
        sim.build(3, 1);
        SimNode source = sim.nodes.get("10.0.0.1");
        SimNode target = sim.nodes.get("10.0.0.2");
        SimNode replica = sim.nodes.get("10.0.0.4");
        target.must(o -> o.importing(0, source.id()));
        source.must(o -> o.migrating(0, target.id()));
        source.crash(false);
        sim.await("all agree without it", 20_000, sim::agreed);
        assertThat(target.view().owner(0).id()).isEqualTo(replica.id());
        assertThat(target.view().importing().get(0)).isEqualTo(replica.id());
        source.restart();
        sim.await("all agree", 20_000, sim::agreed);
        assertThat(target.view().owner(0).id()).isEqualTo(replica.id());
    }

    @Test
    void twoMastersInOneEpoch_endInTwo() {
        sim.invariants.unvotedEpochs = true;
        SimNode a = sim.add();
        SimNode b = sim.add();
        for (SimNode node : List.of(a, b)) {
            node.order(o -> o.addSlots(List.of(node == a ? 1 : 2)));
            node.order(o -> o.setConfigEpoch(5));
        }
        a.order(o -> o.meet(b.ip, 6379, 16379));
        sim.await(
                "they differ",
                10_000,
                () ->
                        a.view().nodeCount() == 2
                                && a.self().configEpoch() != b.self().configEpoch());
    }

    @Test
    void whatWasVoted_isOnDisk_beforeTheVoteIsSent() {
        sim.build(3, 1);
        sim.nodes.get("10.0.0.1").crash(false);
        sim.await("somebody is elected", 5000, () -> !sim.won.isEmpty());
        long epoch = sim.nodes.get("10.0.0.4").self().configEpoch();
        SimNode voter = sim.nodes.get("10.0.0.2");
        assertThat(voter.view().lastVoteEpoch()).isEqualTo(epoch);
        voter.crash(true);
        voter.restart();
        assertThat(voter.view().lastVoteEpoch()).isEqualTo(epoch);
    }

    @Test
    void aClockThatJumps_fellsNobody() {
        sim.build(3, 1);
        sim.nodes.get("10.0.0.2").skew(3_600_000);
        sim.run(3000);
        sim.nodes.get("10.0.0.2").skew(-3_600_000);
        sim.run(10_000);
        assertThat(sim.won).isEmpty();
        assertThat(sim.running()).allMatch(n -> n.view().isOk());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void lossAndDelay_makeNoFailover(int loss) {
        sim.build(5, 1);
        sim.lossPercent = loss;
        sim.delayMs = 100;
        sim.run(60_000);
        assertThat(sim.won).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void bytesThatWereNeverSent_breakNothing_andTheirFilesCanBeRead(long seed)
            throws NodesFile.Corrupt {
        SimCluster garbled = new SimCluster(seed, Mutation.NONE);
        garbled.build(3, 1);
        garbled.invariants.off();
        garbled.garblePermille = 300;
        garbled.run(60_000); // a step that throws ends this
        for (SimNode node : garbled.running()) {
            assertThat(NodesFile.read(node.file, false, () -> "9".repeat(40)).view().selfId())
                    .as("seed %s", seed)
                    .isEqualTo(node.id());
        }
    }

    @Test
    void whatIsWrittenToTheFile_isRead() throws NodesFile.Corrupt {
        sim.build(2, 1);
        SimNode node = sim.nodes.get("10.0.0.1");
        node.order(o -> o.migrating(5, sim.nodes.get("10.0.0.2").id()));
        ClusterView view = NodesFile.read(node.file, false, () -> "9".repeat(40)).view();
        assertThat(view.nodeCount()).isEqualTo(4);
        for (ClusterNode known : node.view().nodes()) {
            assertThat(view.node(known.id()).slots()).isEqualTo(known.slots());
            assertThat(view.node(known.id()).masterId()).isEqualTo(known.masterId());
            assertThat(view.node(known.id()).shardId()).isEqualTo(known.shardId());
            assertThat(view.node(known.id()).endpoint()).isEqualTo(known.endpoint());
        }
        assertThat(view.migrating()).isEqualTo(node.view().migrating());
        assertThat(view.currentEpoch()).isEqualTo(node.view().currentEpoch());
    }

    private List<SimNode> others(SimNode... but) {
        Set<SimNode> without = Set.of(but);
        return sim.nodes.values().stream().filter(n -> !without.contains(n)).toList();
    }
}
