package io.ferrite.simulation.cluster;

import io.ferrite.coordination.cluster.bus.BusMessage;

/** A connection of a simulated network: in order, delayed, and silent while it is cut. */
final class SimLink {

    private final SimCluster cluster;
    private final SimNode[] ends = new SimNode[2];
    private final long[] numbers = new long[2];
    private final long[] lastMs = new long[2];

    /** What is sent on it is lost; nobody is told. */
    boolean dead;

    private boolean closed;

    SimLink(SimCluster cluster, SimNode from, long fromNumber, SimNode to, long toNumber) {
        this.cluster = cluster;
        ends[0] = from;
        ends[1] = to;
        numbers[0] = fromNumber;
        numbers[1] = toNumber;
    }

    SimNode otherThan(SimNode end) {
        return end == ends[0] ? ends[1] : ends[0];
    }

    void send(SimNode from, byte[] bytes, BusMessage message) {
        int to = from == ends[0] ? 1 : 0;
        if (closed || dead) {
            return;
        }
        cluster.sent++;
        long at = cluster.queue.nowMs() + cluster.delay();
        lastMs[to] = Math.max(lastMs[to], at); // TCP: in order
        if (cluster.garblePermille > 0 && cluster.random.nextInt(1000) < cluster.garblePermille) {
            garble(bytes);
        }
        deliver(from, to, bytes, message, lastMs[to] - cluster.queue.nowMs());
        if (cluster.replayPermille > 0 && cluster.random.nextInt(1000) < cluster.replayPermille) {
            cluster.queue.after(
                    cluster.between(1000, 600_000), () -> replay(from, ends[to], bytes, message));
        }
    }

    /**
     * Some bytes become others; the length stays, for a link with another ends with the message.
     */
    private void garble(byte[] bytes) {
        for (int i = cluster.between(1, 4); i > 0; i--) {
            int at = cluster.between(8, bytes.length - 1);
            bytes[at] =
                    cluster.chance(0.5)
                            ? (byte) cluster.random.nextInt()
                            : (byte) (bytes[at] ^ 1 << cluster.random.nextInt(8));
        }
    }

    /** An old message once more, on whatever link there is between the two by then. */
    private void replay(SimNode from, SimNode to, byte[] bytes, BusMessage message) {
        for (var link : to.links.entrySet()) {
            if (to.up && link.getValue().otherThan(to) == from) {
                cluster.note(from.ip + " > " + to.ip + " REPLAY " + message.type());
                cluster.invariants.replayed(to);
                to.received(link.getKey(), bytes, message);
                return;
            }
        }
    }

    private void deliver(SimNode from, int to, byte[] bytes, BusMessage message, long delay) {
        cluster.queue.after(
                delay,
                () -> {
                    if (closed || dead) {
                        return;
                    }
                    if (!cluster.reaches(from, ends[to])) {
                        if (cluster.random.nextInt(4) == 0) {
                            dead = true; // it never recovers
                        } else {
                            lastMs[to] = cluster.queue.nowMs() + 200;
                            deliver(from, to, bytes, message, 200); // sent again
                        }
                        return;
                    }
                    ends[to].received(numbers[to], bytes, message);
                });
    }

    void closeFrom(SimNode end) {
        if (closed) {
            return;
        }
        closed = true;
        int other = end == ends[0] ? 1 : 0;
        SimNode node = ends[other];
        long number = numbers[other];
        cluster.queue.after(
                cluster.delay(),
                () -> {
                    if (node.links.get(number) == this && cluster.reaches(end, node)) {
                        node.links.remove(number);
                        node.soon(() -> node.perform(node.machine.closed(node, number)));
                    }
                });
    }
}
