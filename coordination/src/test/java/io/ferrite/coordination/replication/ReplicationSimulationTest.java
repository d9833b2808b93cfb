package io.ferrite.coordination.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReplicationSimulationTest {

    private static final long SEEDS = Long.getLong("ferrite.sim.seeds", 40);

    private static void writes(Simulation sim, SimServer leader, int count) {
        for (int i = 0; i < count; i++) {
            leader.write("k" + sim.random.nextInt(20));
            sim.queue.runFor(sim.random.nextInt(10));
        }
    }

    @Test
    void followersOfOneLeader_shareACopyAndKeepInStep() {
        for (boolean streamed : new boolean[] {true, false}) {
            Simulation sim = new Simulation(1);
            sim.streamed = streamed;
            SimServer m = sim.add("m", 1 << 20);
            SimServer a = sim.add("a", 1 << 20);
            SimServer b = sim.add("b", 1 << 20);
            writes(sim, m, 50);
            a.replicaOf(m);
            b.replicaOf(m);
            writes(sim, m, 500);
            sim.queue.runFor(5000);
            sim.assertInStep(m, a);
            sim.assertInStep(m, b);
            assertThat(m.fullSyncs).isEqualTo(2);
        }
    }

    @Test
    void cutLink_goesOnWithThePartMissed() {
        Simulation sim = new Simulation(2);
        SimServer m = sim.add("m", 1 << 20);
        SimServer a = sim.add("a", 1 << 20);
        a.replicaOf(m);
        sim.queue.runFor(5000);
        for (int i = 0; i < 5; i++) {
            sim.network.cutAll();
            writes(sim, m, 100);
            sim.queue.runFor(5000);
            sim.assertInStep(m, a);
        }
        assertThat(m.fullSyncs).isEqualTo(1);
        assertThat(m.partialSyncs).isEqualTo(5);
    }

    @Test
    void silentLink_isGivenUpAndRepaired() {
        Simulation sim = new Simulation(3);
        SimServer m = sim.add("m", 1 << 20);
        SimServer a = sim.add("a", 1 << 20);
        a.replicaOf(m);
        sim.queue.runFor(5000);
        sim.network.mute(m, a);
        writes(sim, m, 10);
        sim.queue.runFor(6500);
        assertThat(a.leader.state()).isNotInstanceOf(FollowerLink.Streaming.class);
        assertThat(m.followers.stream().filter(f -> f.driver.state().isOnline())).isEmpty();
        sim.network.heal();
        sim.queue.runFor(12000);
        sim.assertInStep(m, a);
        assertThat(m.fullSyncs).isEqualTo(1);
    }

    @Test
    void backlogThatIsTooSmall_leadsToAFullCopy() {
        Simulation sim = new Simulation(4);
        SimServer m = sim.add("m", 2000);
        SimServer a = sim.add("a", 2000);
        a.replicaOf(m);
        sim.queue.runFor(5000);
        sim.network.mute(m, a);
        sim.network.cutAll();
        writes(sim, m, 200);
        sim.network.heal();
        sim.queue.runFor(12000);
        sim.assertInStep(m, a);
        assertThat(m.fullSyncs).isEqualTo(2);
        assertThat(m.partialSyncs).isZero();
        assertThat(m.partialRefused).isEqualTo(2);
    }

    @Test
    void promotedFollower_keepsItsSiblingAndTheOldLeaderWithoutACopy() {
        Simulation sim = new Simulation(5);
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
        sim.assertInStep(a, b);
        sim.assertInStep(a, m);
        assertThat(a.fullSyncs).isZero();
        assertThat(a.partialSyncs).isEqualTo(2);
    }

    @Test
    void oldLeaderWithWritesOfItsOwn_takesAFullCopy() {
        Simulation sim = new Simulation(6);
        SimServer m = sim.add("m", 1 << 20);
        SimServer a = sim.add("a", 1 << 20);
        a.replicaOf(m);
        sim.queue.runFor(5000);
        a.promote();
        writes(sim, m, 3);
        writes(sim, a, 3);
        m.replicaOf(a);
        sim.queue.runFor(5000);
        sim.assertInStep(a, m);
        assertThat(a.fullSyncs).isEqualTo(1);
    }

    @Test
    void oldLeadersWritesThatNobodyElseHas_areSavedBeforeTheFullCopy() {
        Simulation sim = new Simulation(8);
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
        sim.assertInStep(a, m);
        sim.assertInStep(a, b);
        assertThat(m.divergences).isEqualTo(1);
        assertThat(b.divergences).as("b had got them from m").isEqualTo(1);
        assertThat(a.divergences).isZero();
    }

    @Test
    void serversThatAreAheadOfTheNewLeaderByPingsAlone_takeNoCopy() {
        Simulation sim = new Simulation(11);
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
        sim.assertInStep(a, m);
        sim.assertInStep(a, b);
        sim.assertInStep(b, c);
        assertThat(a.fullSyncs).isZero();
        assertThat(b.fullSyncs).as("the first one alone").isEqualTo(1);
    }

    @Test
    void followerThatIsMovedToASlowerOne_waitsForIt() {
        Simulation sim = new Simulation(12);
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
        sim.assertInStep(m, b);
        sim.assertInStep(b, a);
        assertThat(m.fullSyncs + b.fullSyncs).as("%s", sim.trace).isEqualTo(2);
    }

    @Test
    void leaderThatCameBackEmpty_isRefused_andTheDataStays() {
        Simulation sim = new Simulation(9);
        sim.refuseRewound = true;
        SimServer m = sim.add("m", 1 << 20);
        SimServer a = sim.add("a", 1 << 20);
        a.replicaOf(m);
        writes(sim, m, 50);
        sim.queue.runFor(5000);
        sim.assertInStep(m, a);
        Object before = Map.copyOf(a.data.values());
        m.crash();
        sim.queue.runFor(3000);
        m.restartEmpty();
        sim.queue.runFor(20_000);
        assertThat(a.data.values()).isEqualTo(before);
        assertThat(a.refusedReason).contains("empty");
        assertThat(m.fullSyncs).as("the first one alone").isEqualTo(1);
        sim.refuseRewound = false;
        sim.queue.runFor(20_000);
        sim.assertInStep(m, a);
    }

    @Test
    void leaderThatHasAllOfTheData_isNotRefused_evenForAFullCopy() {
        Simulation sim = new Simulation(10);
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
        sim.assertInStep(m, a);
        assertThat(m.fullSyncs).isEqualTo(2);
        assertThat(a.refusedReason).isNull();
    }

    @Test
    void chain_isNotTouchedByABreakAbove_norByThePromotionOfItsMiddle() {
        Simulation sim = new Simulation(7);
        SimServer a = sim.add("a", 1 << 20);
        SimServer b = sim.add("b", 1 << 20);
        SimServer c = sim.add("c", 1 << 20);
        b.replicaOf(a);
        c.replicaOf(b);
        writes(sim, a, 100);
        sim.queue.runFor(8000);
        sim.assertInStep(a, b);
        sim.assertInStep(b, c);
        assertThat(c.history.id()).isEqualTo(a.history.id());
        for (SimFollower f : List.copyOf(a.followers)) {
            f.close();
        }
        writes(sim, a, 20);
        sim.queue.runFor(5000);
        sim.assertInStep(b, c);
        a.crash();
        b.promote();
        writes(sim, b, 20);
        sim.queue.runFor(8000);
        sim.assertInStep(b, c);
        assertThat(b.fullSyncs).isEqualTo(1);
    }

    @Test
    void nobodyDivergesUnderFaults_andAHealedNetworkSettles() {
        long base = System.nanoTime();
        for (int i = 0; i < SEEDS; i++) {
            long seed = base + i;
            Simulation sim = new Simulation(seed);
            try {
                chaos(sim);
            } catch (Throwable e) {
                throw new AssertionError(
                        "seed " + seed + "\n" + tail(sim.trace.toString(), 6000), e);
            }
        }
    }

    private static String tail(String text, int most) {
        return text.substring(Math.max(0, text.length() - most));
    }

    private static void chaos(Simulation sim) {
        sim.streamed = sim.random.nextBoolean();
        sim.saveDivergence = sim.random.nextBoolean();
        List<SimServer> all = new ArrayList<>();
        int servers = 3 + sim.random.nextInt(3);
        for (int i = 0; i < servers; i++) {
            all.add(sim.add("s" + i, sim.random.nextInt(3) == 0 ? 3000 : 1 << 20));
        }
        for (int i = 1; i < servers; i++) {
            all.get(i).replicaOf(all.get(sim.random.nextInt(i)));
        }
        for (int turn = 0; turn < 60; turn++) {
            misfortune(sim, all);
            for (SimServer s : all) {
                if (s.up && s.leaderName == null) {
                    writes(sim, s, sim.random.nextInt(30));
                }
            }
            sim.queue.runFor(sim.random.nextInt(1500));
        }
        settle(sim, all);
    }

    private static void misfortune(Simulation sim, List<SimServer> all) {
        SimServer one = all.get(sim.random.nextInt(all.size()));
        SimServer other = all.get(sim.random.nextInt(all.size()));
        sim.network.maxDelayMs = 1 + sim.random.nextInt(100);
        switch (sim.random.nextInt(12)) {
            case 0, 1, 2 -> {
                if (!sim.network.links.isEmpty()) {
                    sim.network
                            .links
                            .get(sim.random.nextInt(sim.network.links.size()))
                            .cut(true, true);
                }
            }
            case 3 -> sim.network.mute(one, other);
            case 4, 5 -> sim.network.heal();
            case 6 -> {
                if (one.up && one.leaderName != null) {
                    sim.note(one.name + " is promoted");
                    one.promote();
                }
            }
            case 7 -> {
                if (one.up && one != other && !leadsTo(sim, other, one)) {
                    sim.note(one.name + " shall follow " + other.name);
                    one.replicaOf(other);
                }
            }
            case 8 -> {
                if (one.up && sim.random.nextBoolean()) {
                    sim.note(one.name + " crashes");
                    one.crash();
                } else if (!one.up) {
                    sim.note(one.name + " comes back empty");
                    one.restartEmpty();
                }
            }
            default -> {}
        }
    }

    /** Whether {@code from} follows {@code to}, through whomever: a circle would never settle. */
    private static boolean leadsTo(Simulation sim, SimServer from, SimServer to) {
        for (SimServer s = from;
                s != null;
                s = s.leaderName == null ? null : sim.server(s.leaderName)) {
            if (s == to) {
                return true;
            }
        }
        return false;
    }

    private static void settle(Simulation sim, List<SimServer> all) {
        sim.network.maxDelayMs = 20;
        sim.network.heal();
        for (SimServer s : all) {
            if (!s.up) {
                s.restartEmpty();
            }
        }
        SimServer leader = all.getFirst();
        if (leader.leaderName != null) {
            leader.promote();
        }
        for (SimServer s : all) {
            if (s != leader) {
                s.replicaOf(leader);
            }
        }
        sim.queue.runFor(30_000);
        writes(sim, leader, 20);
        sim.pings = false;
        sim.queue.runFor(2000);
        for (SimServer s : all) {
            if (s != leader) {
                sim.assertInStep(leader, s);
            }
        }
    }
}
