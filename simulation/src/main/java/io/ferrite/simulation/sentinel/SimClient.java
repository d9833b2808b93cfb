package io.ferrite.simulation.sentinel;

import io.ferrite.coordination.sentinel.Address;
import java.util.ArrayList;
import java.util.List;

/** Writes to whom a Sentinel calls the master, and remembers what was acknowledged. */
final class SimClient {

    private static final int PERIOD_MS = 40;

    private final World world;
    private final List<Long> acknowledged = new ArrayList<>();
    private int ackReplicas;
    private long next = 1;
    private boolean running = true;

    SimClient(World world) {
        this.world = world;
    }

    /** How many replicas must have a write before it is acknowledged. */
    int ackReplicas() {
        return ackReplicas;
    }

    void setAckReplicas(int count) {
        ackReplicas = count;
    }

    List<Long> acknowledged() {
        return acknowledged;
    }

    void start() {
        world.queue.after(PERIOD_MS, this::write);
    }

    void stop() {
        running = false;
    }

    private void write() {
        if (!running) {
            return;
        }
        world.queue.after(PERIOD_MS, this::write);
        SimSentinel asked = world.sentinels.get(world.random.nextInt(world.sentinels.size()));
        if (!asked.runs()) {
            return;
        }
        Address at = asked.master().currentAddress();
        SimServer server = world.serverAt(at.ip(), at.port());
        if (server != null && server.runs()) {
            long value = next++;
            server.write(
                    value,
                    done -> {
                        if (done) {
                            acknowledged.add(value);
                        }
                    });
        }
    }
}
