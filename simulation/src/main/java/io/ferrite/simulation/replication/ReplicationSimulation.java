package io.ferrite.simulation.replication;

import io.ferrite.simulation.SeedRuns;
import java.util.ArrayList;
import java.util.List;

/**
 * A few servers that follow each other while connections break, stay silent, overlap and come out
 * of order, servers crash, come back with or without their disks, are promoted and moved; then all
 * is healed, and everybody must be in step with one leader.
 */
public final class ReplicationSimulation {

    private static final int TURNS = 60;
    private static final long SETTLE_MS = 40_000;

    /**
     * @param violation what did not hold, empty if everything did
     * @param copies full copies that followers took
     * @param continued times that one went on where it was
     */
    public record Result(
            long seed, String violation, long events, int copies, int continued, String trace)
            implements SeedRuns.Result {

        @Override
        public long[] counts() {
            return new long[] {copies, continued};
        }
    }

    private final ReplicationWorld world;
    private final List<SimServer> all = new ArrayList<>();

    private ReplicationSimulation(long seed, Mutation mutation) {
        world = new ReplicationWorld(seed, mutation);
    }

    /** Runs a seed. The same seed gives the same run, event by event. */
    public static Result run(long seed, Mutation mutation) {
        ReplicationSimulation simulation = new ReplicationSimulation(seed, mutation);
        String violation = "";
        try {
            simulation.chaos();
            simulation.settle();
        } catch (Violation | IllegalStateException | IllegalArgumentException e) {
            violation = String.valueOf(e.getMessage());
        }
        ReplicationWorld world = simulation.world;
        int copies = 0;
        int continued = 0;
        for (SimServer s : simulation.all) {
            copies += s.leading.fullSyncs;
            continued += s.leading.partialSyncs;
        }
        if (violation.isEmpty()) {
            world.close();
        }
        return new Result(seed, violation, world.events, copies, continued, world.trace.toString());
    }

    private boolean chance(int percent) {
        return world.random.nextInt(100) < percent;
    }

    private void chaos() {
        world.streamed = chance(70);
        world.channel = chance(50);
        world.saveDivergence = chance(30);
        int servers = 3 + world.random.nextInt(3);
        for (int i = 0; i < servers; i++) {
            all.add(world.add("s" + i, chance(30) ? 3000 : 1 << 20));
        }
        for (int i = 1; i < servers; i++) {
            all.get(i).replicaOf(all.get(world.random.nextInt(i)));
        }
        for (int turn = 0; turn < TURNS; turn++) {
            misfortune();
            for (SimServer s : all) {
                // Often nothing but PINGs is said for a while.
                if (s.up && s.leaderName == null && chance(60)) {
                    writes(s, world.random.nextInt(30));
                }
            }
            world.queue.runFor(world.random.nextInt(chance(20) ? 5000 : 1500));
        }
    }

    private void writes(SimServer leader, int count) {
        for (int i = 0; i < count; i++) {
            leader.write("k" + world.random.nextInt(20));
            world.queue.runFor(world.random.nextInt(10));
        }
    }

    private void misfortune() {
        SimServer one = all.get(world.random.nextInt(all.size()));
        SimServer other = all.get(world.random.nextInt(all.size()));
        world.network.maxDelayMs = 1 + world.random.nextInt(100);
        switch (world.random.nextInt(14)) {
            case 0, 1, 2 -> {
                if (!world.network.links.isEmpty()) {
                    int which = world.random.nextInt(world.network.links.size());
                    world.network.links.get(which).cut(true, true);
                }
            }
            case 3 -> world.network.mute(one, other);
            case 4, 5 -> world.network.heal();
            case 6 -> {
                if (one.up && one.leaderName != null) {
                    world.note(one.name + " is promoted");
                    one.promote();
                }
            }
            case 7, 8 -> {
                if (one.up && one != other && !leadsTo(other, one)) {
                    world.note(one.name + " shall follow " + other.name);
                    one.replicaOf(other);
                }
            }
            case 9, 10 -> lifeOrDeath(one);
            case 11, 12 -> {
                if (one.up) {
                    world.note(one.name + " saves");
                    one.save();
                }
            }
            default -> {}
        }
    }

    private void lifeOrDeath(SimServer one) {
        if (!one.up) {
            bringBack(one);
        } else if (chance(50)) {
            world.note(one.name + " crashes");
            one.crash();
        }
    }

    private void bringBack(SimServer one) {
        if (chance(50)) {
            world.note(one.name + " comes back empty");
            one.restartEmpty();
        } else {
            world.note(one.name + " comes back with its disk");
            one.restart();
        }
    }

    /** Whether {@code from} follows {@code to}, through whomever: a circle would never settle. */
    private boolean leadsTo(SimServer from, SimServer to) {
        for (SimServer s = from;
                s != null;
                s = s.leaderName == null ? null : world.server(s.leaderName)) {
            if (s == to) {
                return true;
            }
        }
        return false;
    }

    private void settle() {
        world.note("all is healed");
        world.network.maxDelayMs = 20;
        world.network.heal();
        for (SimServer s : all) {
            if (!s.up) {
                bringBack(s);
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
        world.queue.runFor(SETTLE_MS);
        writes(leader, 20);
        world.pings = false;
        world.queue.runFor(4000);
        for (SimServer s : all) {
            if (s != leader) {
                world.mustBeInStep(leader, s);
            }
        }
    }
}
