package io.ferrite.simulation.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.replication.FollowerLink;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Single stories; {@link ReplicationSimulationTest} has the chaos. */
final class ReplicationScenariosTest {

    private static void writes(ReplicationWorld sim, SimServer leader, int count) {
        for (int i = 0; i < count; i++) {
            leader.write("k" + sim.random.nextInt(20));
            sim.queue.runFor(sim.random.nextInt(10));
        }
    }

    @Test
    void followersOfOneLeader_shareACopyAndKeepInStep() {
        for (boolean streamed : new boolean[] {true, false}) {
            ReplicationWorld sim = new ReplicationWorld(1);
            sim.streamed = streamed;
            SimServer m = sim.add("m", 1 << 20);
            SimServer a = sim.add("a", 1 << 20);
            SimServer b = sim.add("b", 1 << 20);
            writes(sim, m, 50);
            a.replicaOf(m);
            b.replicaOf(m);
            writes(sim, m, 500);
            sim.queue.runFor(5000);
            sim.mustBeInStep(m, a);
            sim.mustBeInStep(m, b);
            assertThat(m.leading.fullSyncs).isEqualTo(2);
        }
    }

    @Test
    void cutLink_goesOnWithThePartMissed() {
        ReplicationWorld sim = new ReplicationWorld(2);
        SimServer m = sim.add("m", 1 << 20);
        SimServer a = sim.add("a", 1 << 20);
        a.replicaOf(m);
        sim.queue.runFor(5000);
        for (int i = 0; i < 5; i++) {
            sim.network.cutAll();
            writes(sim, m, 100);
            sim.queue.runFor(5000);
            sim.mustBeInStep(m, a);
        }
        assertThat(m.leading.fullSyncs).isEqualTo(1);
        assertThat(m.leading.partialSyncs).isEqualTo(5);
    }

    @Test
    void silentLink_isGivenUpAndRepaired() {
        ReplicationWorld sim = new ReplicationWorld(3);
        SimServer m = sim.add("m", 1 << 20);
        SimServer a = sim.add("a", 1 << 20);
        a.replicaOf(m);
        sim.queue.runFor(5000);
        sim.network.mute(m, a);
        writes(sim, m, 10);
        sim.queue.runFor(6500);
        assertThat(a.leader.state()).isNotInstanceOf(FollowerLink.Streaming.class);
        assertThat(m.leading.followers.stream().filter(f -> f.driver.state().isOnline())).isEmpty();
        sim.network.heal();
        sim.queue.runFor(12000);
        sim.mustBeInStep(m, a);
        assertThat(m.leading.fullSyncs).isEqualTo(1);
    }

    @Test
    void backlogThatIsTooSmall_leadsToAFullCopy() {
        ReplicationWorld sim = new ReplicationWorld(4);
        SimServer m = sim.add("m", 2000);
        SimServer a = sim.add("a", 2000);
        a.replicaOf(m);
        sim.queue.runFor(5000);
        sim.network.mute(m, a);
        sim.network.cutAll();
        writes(sim, m, 200);
        sim.network.heal();
        sim.queue.runFor(12000);
        sim.mustBeInStep(m, a);
        assertThat(m.leading.fullSyncs).isEqualTo(2);
        assertThat(m.leading.partialSyncs).isZero();
        assertThat(m.leading.partialRefused).isEqualTo(2);
    }

    @Test
    void promotedFollower_keepsItsSiblingAndTheOldLeaderWithoutACopy() {
        ReplicationWorld sim = new ReplicationWorld(5);
        SimServer m = sim.add("m", 1 << 20);
        SimServer a = sim.add("a", 1 << 20);
        SimServer b = sim.add("b", 1 << 20);
        a.replicaOf(m);
        b.replicaOf(m);
        writes(sim, m, 100);
        sim.queue.runFor(5000);
        String old = m.history.id();
        a.promote();
        assertThat(a.history.previousId()).isEqualTo(old);
        assertThat(a.history.previousLimit()).isEqualTo(a.log.end() + 1);
        b.replicaOf(a);
        writes(sim, a, 100);
        sim.queue.runFor(5000);
        m.replicaOf(a);
        sim.queue.runFor(5000);
        sim.mustBeInStep(a, b);
        sim.mustBeInStep(a, m);
        assertThat(a.leading.fullSyncs).isZero();
        assertThat(a.leading.partialSyncs).isEqualTo(2);
    }

    @Test
    void oldLeaderWithWritesOfItsOwn_takesAFullCopy() {
        ReplicationWorld sim = new ReplicationWorld(6);
        SimServer m = sim.add("m", 1 << 20);
        SimServer a = sim.add("a", 1 << 20);
        a.replicaOf(m);
        sim.queue.runFor(5000);
        a.promote();
        writes(sim, m, 3);
        writes(sim, a, 3);
        m.replicaOf(a);
        sim.queue.runFor(5000);
        sim.mustBeInStep(a, m);
        assertThat(a.leading.fullSyncs).isEqualTo(1);
    }

    @Test
    void oldLeadersWritesThatNobodyElseHas_areSavedBeforeTheFullCopy() {
        ReplicationWorld sim = new ReplicationWorld(8);
        sim.saveDivergence = true;
        SimServer m = sim.add("m", 1 << 20);
        SimServer a = sim.add("a", 1 << 20);
        SimServer b = sim.add("b", 1 << 20);
        a.replicaOf(m);
        b.replicaOf(m);
        writes(sim, m, 5);
        sim.queue.runFor(5000);
        a.promote();
        writes(sim, m, 3);
        sim.queue.runFor(1000);
        m.replicaOf(a);
        b.replicaOf(a);
        sim.queue.runFor(5000);
        sim.mustBeInStep(a, m);
        sim.mustBeInStep(a, b);
        assertThat(m.divergences).isEqualTo(1);
        assertThat(b.divergences).as("b had got them from m").isEqualTo(1);
        assertThat(a.divergences).isZero();
    }

    @Test
    void serversThatAreAheadOfTheNewLeaderByPingsAlone_takeNoCopy() {
        ReplicationWorld sim = new ReplicationWorld(11);
        SimServer m = sim.add("m", 1 << 20);
        SimServer a = sim.add("a", 1 << 20);
        SimServer b = sim.add("b", 1 << 20);
        SimServer c = sim.add("c", 1 << 20);
        a.replicaOf(m);
        b.replicaOf(m);
        writes(sim, m, 20);
        sim.queue.runFor(5000);
        c.replicaOf(b);
        sim.queue.runFor(5000);
        a.promote();
        sim.queue.runFor(3500);
        assertThat(m.log.end()).as("m went on with pings").isGreaterThan(a.log.end());
        assertThat(b.log.end()).as("b got them").isGreaterThan(a.log.end());
        writes(sim, a, 20);
        m.replicaOf(a);
        b.replicaOf(a);
        sim.queue.runFor(8000);
        sim.mustBeInStep(a, m);
        sim.mustBeInStep(a, b);
        sim.mustBeInStep(b, c);
        assertThat(a.leading.fullSyncs).isZero();
        assertThat(b.leading.fullSyncs)
                .as("c hears of it from b, which it does not ask")
                .isEqualTo(2);
    }

    @Test
    void followerThatIsMovedToASlowerOne_waitsForIt() {
        ReplicationWorld sim = new ReplicationWorld(12);
        SimServer m = sim.add("m", 1 << 20);
        SimServer a = sim.add("a", 1 << 20);
        SimServer b = sim.add("b", 1 << 20);
        a.replicaOf(m);
        b.replicaOf(m);
        sim.queue.runFor(5000);
        sim.network.mute(m, b);
        writes(sim, m, 50);
        sim.queue.runFor(500);
        assertThat(b.log.end()).isLessThan(a.log.end());
        a.replicaOf(b);
        sim.queue.runFor(3000);
        sim.network.heal();
        sim.queue.runFor(12_000);
        sim.mustBeInStep(m, b);
        sim.mustBeInStep(b, a);
        assertThat(m.leading.fullSyncs + b.leading.fullSyncs).as("%s", sim.trace).isEqualTo(2);
    }

    @Test
    void copyByAConnectionOfItsOwn_letsTheStreamFlowMeanwhile() {
        ReplicationWorld sim = new ReplicationWorld(13);
        sim.channel = true;
        SimServer m = sim.add("m", 1 << 20);
        SimServer a = sim.add("a", 1 << 20);
        SimServer b = sim.add("b", 1 << 20);
        writes(sim, m, 50);
        a.replicaOf(m);
        b.replicaOf(m);
        boolean flanked = false;
        for (int i = 0; i < 200; i++) {
            writes(sim, m, 1);
            flanked |=
                    m.leading.followers.stream()
                            .anyMatch(f -> f.driver.state().infoName().endsWith("_and_stream"));
        }
        sim.queue.runFor(8000);
        assertThat(flanked).isTrue();
        sim.mustBeInStep(m, a);
        sim.mustBeInStep(m, b);
        assertThat(m.leading.fullSyncs).isEqualTo(2);
        assertThat(m.leading.followers).as("the second connections are gone").hasSize(2);
    }

    @Test
    void leaderThatCameBackEmpty_isRefused_andTheDataStays() {
        ReplicationWorld sim = new ReplicationWorld(9);
        sim.refuseRewound = true;
        SimServer m = sim.add("m", 1 << 20);
        SimServer a = sim.add("a", 1 << 20);
        a.replicaOf(m);
        writes(sim, m, 50);
        sim.queue.runFor(5000);
        sim.mustBeInStep(m, a);
        Object before = Map.copyOf(a.data.values());
        m.crash();
        sim.queue.runFor(3000);
        m.restartEmpty();
        sim.queue.runFor(20_000);
        assertThat(a.data.values()).isEqualTo(before);
        assertThat(a.refusedReason).contains("empty");
        assertThat(m.leading.fullSyncs).as("the first one alone").isEqualTo(1);
        sim.refuseRewound = false;
        sim.queue.runFor(20_000);
        sim.mustBeInStep(m, a);
    }

    @Test
    void leaderThatHasAllOfTheData_isNotRefused_evenForAFullCopy() {
        ReplicationWorld sim = new ReplicationWorld(10);
        sim.refuseRewound = true;
        SimServer m = sim.add("m", 2000);
        SimServer a = sim.add("a", 2000);
        a.replicaOf(m);
        writes(sim, m, 5);
        sim.queue.runFor(5000);
        sim.network.mute(m, a);
        sim.network.cutAll();
        writes(sim, m, 200);
        sim.network.heal();
        sim.queue.runFor(12_000);
        sim.mustBeInStep(m, a);
        assertThat(m.leading.fullSyncs).isEqualTo(2);
        assertThat(a.refusedReason).isNull();
    }

    @Test
    void chain_isNotTouchedByABreakAbove_norByThePromotionOfItsMiddle() {
        ReplicationWorld sim = new ReplicationWorld(7);
        SimServer a = sim.add("a", 1 << 20);
        SimServer b = sim.add("b", 1 << 20);
        SimServer c = sim.add("c", 1 << 20);
        b.replicaOf(a);
        c.replicaOf(b);
        writes(sim, a, 100);
        sim.queue.runFor(8000);
        sim.mustBeInStep(a, b);
        sim.mustBeInStep(b, c);
        assertThat(c.history.id()).isEqualTo(a.history.id());
        for (SimFollower f : List.copyOf(a.leading.followers)) {
            f.close();
        }
        writes(sim, a, 20);
        sim.queue.runFor(5000);
        sim.mustBeInStep(b, c);
        a.crash();
        b.promote();
        writes(sim, b, 20);
        sim.queue.runFor(8000);
        sim.mustBeInStep(b, c);
        assertThat(b.leading.fullSyncs).isEqualTo(1);
    }
}
