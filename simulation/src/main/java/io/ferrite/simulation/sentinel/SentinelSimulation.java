package io.ferrite.simulation.sentinel;

import io.ferrite.coordination.sentinel.Address;
import io.ferrite.simulation.SeedRuns;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One run: everything is set up and finds itself, then things go wrong for some minutes, then all
 * is healed and must come to rest.
 */
public final class SentinelSimulation {

    private static final long SETTLE_MS = 60_000;
    private static final int FAILOVER_TIMEOUT_MS = 10_000;

    private static final long HOUR_MS = 3_600_000;
    private static final int BUSY_MOST_MS = 30_000;

    /** By how much Sentinels wait longer: for the answers that come late, one after the other. */
    private static final int BUSY_MARGIN_MS = 5000;

    /** Twice the time between attempts, an election, and what goes on around them. */
    private static final long HEAL_MS = 4 * FAILOVER_TIMEOUT_MS + 90_000;

    /**
     * What came of a run.
     *
     * @param violation what must not be and was; empty if all held
     */
    public record Result(
            long seed, String violation, long events, int failovers, int acknowledged, String trace)
            implements SeedRuns.Result {

        @Override
        public long[] counts() {
            return new long[] {failovers};
        }
    }

    private final World world;
    private final int sentinels;
    private final int replicas;
    private final int quorum;
    private final boolean noLoss;

    private SentinelSimulation(long seed, Mutation mutation) {
        world = new World(seed);
        sentinels = world.chance(0.5) ? 3 : 5;
        replicas = world.between(2, 4);
        quorum = world.chance(0.7) ? sentinels / 2 + 1 : world.between(1, sentinels);
        noLoss = world.chance(0.25);
        build(mutation);
    }

    private void build(Mutation mutation) {
        world.invariants.expect(sentinels, quorum);
        if (noLoss) {
            world.client.setAckReplicas(world.between(1, replicas));
        }
        SimServer.Persistence[] kinds = SimServer.Persistence.values();
        for (int i = 0; i <= replicas; i++) {
            // Where no write may be lost, every disk keeps what it was given.
            SimServer.Persistence kind =
                    noLoss
                            ? SimServer.Persistence.DURABLE
                            : kinds[1 + world.random.nextInt(kinds.length - 1)];
            int priority = world.chance(0.8) ? 100 : world.between(0, 200);
            world.servers.add(new SimServer(world, "server" + i, i + 1, kind, priority));
        }
        for (int i = 1; i <= replicas; i++) {
            world.servers.get(i).follow(world.servers.getFirst());
        }
        SimServer first = world.servers.getFirst();
        String name = SimSentinel.MASTER;
        List<String> config = new ArrayList<>();
        config.add("sentinel monitor " + name + " " + first.ip + " " + first.port + " " + quorum);
        config.add("sentinel down-after-milliseconds " + name + " " + world.between(500, 3000));
        config.add("sentinel failover-timeout " + name + " " + FAILOVER_TIMEOUT_MS);
        config.add("sentinel parallel-syncs " + name + " " + world.between(1, 3));
        if (noLoss) {
            config.add("sentinel no-loss " + name + " yes");
        }
        for (int i = 1; i <= sentinels; i++) {
            world.sentinels.add(new SimSentinel(world, i, config, mutation));
        }
        world.note(
                sentinels
                        + " sentinels, quorum "
                        + quorum
                        + ", "
                        + replicas
                        + " replicas, acknowledged by "
                        + world.client.ackReplicas());
    }

    /** Runs a seed. The same seed gives the same run, event by event. */
    public static Result run(long seed, Mutation mutation) {
        SentinelSimulation simulation = new SentinelSimulation(seed, mutation);
        String violation = "";
        try {
            simulation.run();
        } catch (Invariants.Violation | IllegalStateException e) {
            violation = e.getMessage();
        }
        World world = simulation.world;
        return new Result(
                seed,
                violation,
                world.events,
                world.invariants.failovers(),
                world.client.acknowledged().size(),
                world.trace());
    }

    /**
     * An hour in which every server now and then does not answer for up to 30 seconds (KEYS on much
     * data, a disk that stalls) or runs a script that long, watched by Sentinels that wait longer:
     * nobody may be elected.
     */
    public static Result busyHour(long seed) {
        SentinelSimulation simulation = new SentinelSimulation(seed, Mutation.NONE);
        World world = simulation.world;
        String violation = "";
        try {
            simulation.until("everybody finds everybody", SETTLE_MS, simulation::allIsKnown);
            for (SimSentinel sentinel : world.sentinels) {
                sentinel.waitFor(BUSY_MOST_MS + BUSY_MARGIN_MS);
            }
            world.client.start();
            long end = world.nowMs() + HOUR_MS;
            while (world.nowMs() < end) {
                for (SimServer server : world.servers) {
                    simulation.keepBusy(server);
                }
                world.runFor(BUSY_MOST_MS + BUSY_MARGIN_MS);
            }
        } catch (Invariants.Violation | IllegalStateException e) {
            violation = e.getMessage();
        }
        long epoch = 0;
        for (SimSentinel sentinel : world.sentinels) {
            epoch = Math.max(epoch, sentinel.state().epoch());
        }
        violation = violation.isEmpty() && epoch > 0 ? "a failover was tried" : violation;
        return new Result(
                seed,
                violation,
                world.events,
                world.invariants.failovers(),
                world.client.acknowledged().size(),
                world.trace());
    }

    private void keepBusy(SimServer server) {
        int ms = world.between(1, BUSY_MOST_MS);
        int chance = world.random.nextInt(3);
        if (chance == 0) {
            server.pause(ms);
        } else if (chance == 1) {
            server.runScript(ms);
        }
    }

    private void run() {
        until("everybody finds everybody", SETTLE_MS, this::allIsKnown);
        world.client.start();
        Faults faults = new Faults(world);
        faults.start();
        world.runFor(world.between(60_000, 180_000));
        faults.heal();
        until("all agree on one master", HEAL_MS, this::isAtRest);
        world.client.stop();
        world.runFor(2000);
        compareData();
    }

    private interface Check {
        /** What is still missing, empty if nothing is. */
        String missing();
    }

    private void until(String what, long ms, Check check) {
        long end = world.nowMs() + ms;
        String missing = check.missing();
        while (!missing.isEmpty()) {
            if (world.nowMs() > end) {
                throw new Invariants.Violation(what + ": not within " + ms + " ms: " + missing);
            }
            world.runFor(500);
            missing = check.missing();
        }
    }

    private String allIsKnown() {
        for (SimSentinel sentinel : world.sentinels) {
            int known = sentinel.master().peers().size();
            int followers = sentinel.master().replicas().size();
            if (known < sentinels - 1 || followers < replicas) {
                return sentinel.name + " knows " + known + " and " + followers;
            }
        }
        return "";
    }

    /** One master for all, who leads, and whom all others follow. */
    private String isAtRest() {
        Set<String> named = new HashSet<>();
        SimServer leader = null;
        for (SimSentinel sentinel : world.sentinels) {
            Address address = sentinel.master().address();
            if (sentinel.master().isFailingOver()) {
                return sentinel.name + " fails over";
            }
            if (sentinel.master().self().down()) {
                return sentinel.name + " sees the master down"; // and may be about to replace it
            }
            named.add(address.text(false));
            leader = world.serverAt(address.ip(), address.port());
        }
        if (named.size() != 1) {
            return "they name " + named;
        }
        if (!leader.leads()) {
            return leader.name + " does not lead";
        }
        for (SimServer server : world.servers) {
            if (server != leader && (server.master() != leader || !server.isLinked())) {
                return server.name + " does not follow " + leader.name;
            }
        }
        return "";
    }

    private void compareData() {
        SimServer leader = null;
        for (SimServer server : world.servers) {
            leader = server.leads() ? server : leader;
        }
        for (SimServer server : world.servers) {
            if (!server.data().equals(leader.data())) {
                throw new Invariants.Violation(server.name + " has other data than its master");
            }
        }
        if (noLoss) {
            Set<Long> kept = new HashSet<>(leader.data());
            for (long write : world.client.acknowledged()) {
                if (!kept.contains(write)) {
                    throw new Invariants.Violation("the acknowledged write " + write + " is lost");
                }
            }
        }
    }
}
