package io.ferrite.simulation.sentinel;

import java.util.ArrayList;
import java.util.List;

/** What goes wrong, and when: drawn from the seed, so that different seeds fail differently. */
final class Faults {

    private final World world;
    private final int pauseBetweenMs;
    private boolean running = true;

    Faults(World world) {
        this.world = world;
        this.pauseBetweenMs = world.between(1000, 8000);
        if (world.chance(0.3)) {
            world.network.delayMaxMs = world.between(20, 300);
        }
        if (world.chance(0.3)) {
            world.network.loss = world.random.nextDouble() * 0.2;
        }
        for (SimSentinel sentinel : world.sentinels) {
            if (world.chance(0.3)) {
                sentinel.setClockRate(0.95 + world.random.nextDouble() * 0.1);
            }
        }
    }

    void start() {
        next();
    }

    private void next() {
        world.queue.after(
                world.between(200, 2 * pauseBetweenMs),
                () -> {
                    if (running) {
                        one();
                        next();
                    }
                });
    }

    /** Everything works again, for good. */
    void heal() {
        world.note("all is healed");
        running = false;
        world.network.mendAll();
        for (Host host : world.hosts()) {
            host.resume();
            host.restart();
        }
        for (SimSentinel sentinel : world.sentinels) {
            sentinel.setClockRate(1);
            sentinel.diskBroken = false;
        }
    }

    private <T> T pick(List<T> of) {
        return of.get(world.random.nextInt(of.size()));
    }

    private void one() {
        switch (world.random.nextInt(25)) {
            case 0, 1, 2, 3 -> crash(leader());
            case 4, 5 -> crash(pick(world.servers));
            case 6, 7 -> crash(pick(world.sentinels));
            case 8, 9 -> leader().pause(world.between(200, 15_000));
            case 10, 11 -> pick(world.hosts()).pause(world.between(100, 8000));
            case 12, 13 -> split();
            case 14, 15 -> isolate(leader(), world.chance(0.5));
            case 16, 17 -> isolate(pick(world.hosts()), world.chance(0.5));
            case 18, 19 -> flap();
            case 20, 21 -> pick(world.sentinels).leap(world.between(1, 20_000));
            case 22, 23 -> breakDisk(pick(world.sentinels));
            default -> powerLoss();
        }
    }

    private SimServer leader() {
        List<SimServer> leaders = new ArrayList<>();
        for (SimServer server : world.servers) {
            if (server.isUp() && server.leads()) {
                leaders.add(server);
            }
        }
        return leaders.isEmpty() ? pick(world.servers) : pick(leaders);
    }

    private void crash(Host host) {
        host.crash();
        int wait = world.chance(0.4) ? world.between(50, 1500) : world.between(1500, 40_000);
        world.queue.after(wait, host::restart);
    }

    /** Everything goes down at once, and comes back in any order. */
    private void powerLoss() {
        world.note("the power fails");
        world.hosts().forEach(this::crash);
    }

    /** Two groups that don't see each other. */
    private void split() {
        List<Host> one = new ArrayList<>();
        List<Host> other = new ArrayList<>();
        world.hosts().forEach(host -> (world.chance(0.5) ? one : other).add(host));
        world.note("split: " + one + " | " + other);
        cutForAWhile(one, other, world.between(500, 30_000));
    }

    private void isolate(Host host, boolean oneWay) {
        List<Host> others = new ArrayList<>(world.hosts());
        others.remove(host);
        if (world.chance(0.3)) {
            others.removeIf(other -> other instanceof SimServer);
        }
        world.note("cut off" + (oneWay ? " one way: " : ": ") + host + " | " + others);
        int ms = world.between(500, 25_000);
        if (oneWay) {
            boolean in = world.chance(0.5);
            for (Host other : others) {
                cut(in ? other : host, in ? host : other, ms);
            }
        } else {
            cutForAWhile(List.of(host), others, ms);
        }
    }

    private void flap() {
        Host a = pick(world.hosts());
        Host b = pick(world.hosts());
        world.note("flaps: " + a + " - " + b);
        for (int i = 0; i < world.between(4, 30); i++) {
            world.queue.after(i * 1000L, () -> cutForAWhile(List.of(a), List.of(b), 500));
        }
    }

    private void cutForAWhile(List<Host> one, List<Host> other, long ms) {
        for (Host a : one) {
            for (Host b : other) {
                cut(a, b, ms);
                cut(b, a, ms);
            }
        }
    }

    private void cut(Host from, Host to, long ms) {
        if (running) {
            world.network.cut(from, to);
            world.queue.after(ms, () -> world.network.mend(from, to));
        }
    }

    private void breakDisk(SimSentinel sentinel) {
        world.note(sentinel.name + "'s disk is full");
        sentinel.diskBroken = true;
        world.queue.after(world.between(1000, 20_000), () -> sentinel.diskBroken = false);
    }
}
