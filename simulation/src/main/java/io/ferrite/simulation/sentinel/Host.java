package io.ferrite.simulation.sentinel;

import java.util.ArrayList;
import java.util.List;

/** A process on the network: it runs, stands still, or is down. */
abstract class Host {

    final World world;
    final String name;
    final String ip;
    final int port;
    private boolean up = true;
    private boolean paused;
    private int life;
    private final List<Runnable> held = new ArrayList<>();

    Host(World world, String name, String ip, int port) {
        this.world = world;
        this.name = name;
        this.ip = ip;
        this.port = port;
    }

    boolean isUp() {
        return up;
    }

    boolean isPaused() {
        return paused;
    }

    boolean runs() {
        return up && !paused;
    }

    /** Runs an action of this process, later if it stands still, never if it is down. */
    void run(Runnable action) {
        if (!up) {
            return;
        }
        if (paused) {
            held.add(action);
        } else {
            action.run();
        }
    }

    /** Runs an action after a delay unless the process has ended by then. */
    void after(long ms, Runnable action) {
        int now = life;
        world.queue.after(
                ms,
                () -> {
                    if (life == now) {
                        run(action);
                    }
                });
    }

    void pause(long ms) {
        if (!up || paused) {
            return;
        }
        world.note(name + " stands still for " + ms + " ms");
        paused = true;
        int now = life;
        world.queue.after(
                ms,
                () -> {
                    if (life == now) {
                        resume();
                    }
                });
    }

    void resume() {
        if (!paused) {
            return;
        }
        world.note(name + " goes on");
        paused = false;
        List<Runnable> due = new ArrayList<>(held);
        held.clear();
        due.forEach(this::run);
    }

    void crash() {
        if (!up) {
            return;
        }
        world.note(name + " crashes");
        up = false;
        paused = false;
        held.clear();
        life++;
        world.network.hostDown(this);
        crashed();
    }

    void restart() {
        if (up) {
            return;
        }
        world.note(name + " starts");
        up = true;
        started();
    }

    /** What was only in memory is gone. */
    abstract void crashed();

    abstract void started();

    @Override
    public String toString() {
        return name;
    }
}
