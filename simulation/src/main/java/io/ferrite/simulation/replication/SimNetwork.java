package io.ferrite.simulation.replication;

import io.ferrite.testkit.EventQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Connections between simulated servers: bytes arrive in order or not at all, after random delays
 * and in random pieces. Links can be cut (both ends learn it, later) or swallow everything without
 * a word; they can be opened out of order, or when their maker has given up, and overlap with later
 * ones.
 */
final class SimNetwork {

    private static final int LATE_MS = 4000;

    /** One end of a connection. */
    interface End {
        void received(byte[] bytes);

        void closed(String reason);
    }

    final class Link {
        final SimServer from;
        final SimServer to;
        End client;
        End server;
        private boolean cut;

        /** The client is gone, what it sent before is still under way. */
        private boolean lingers;

        private long clientClear;
        private long serverClear;

        Link(SimServer from, SimServer to) {
            this.from = from;
            this.to = to;
        }

        void toServer(byte[] bytes) {
            serverClear = deliver(bytes, serverClear, () -> server, () -> cut && !lingers);
        }

        void toClient(byte[] bytes) {
            clientClear = deliver(bytes, clientClear, () -> client, () -> cut);
        }

        private long deliver(byte[] bytes, long clear, Supplier<End> target, BooleanSupplier gone) {
            if (cut || bytes.length == 0) {
                return clear;
            }
            long at = Math.max(clear, queue.nowMs() + random.nextInt(maxDelayMs));
            int done = 0;
            while (done < bytes.length) {
                int part =
                        random.nextInt(4) == 0
                                ? 1 + random.nextInt(bytes.length - done)
                                : bytes.length - done;
                byte[] piece = java.util.Arrays.copyOfRange(bytes, done, done + part);
                done += part;
                queue.after(
                        at - queue.nowMs(),
                        () -> {
                            if (!gone.getAsBoolean() && !isMute(from, to) && target.get() != null) {
                                target.get().received(piece);
                            } else if (isMute(from, to)) {
                                lost();
                            }
                        });
                at += random.nextInt(3);
            }
            return at;
        }

        /** A stream that has lost bytes can only break. */
        private void lost() {
            broken = true;
        }

        private boolean broken;

        /** The connection ends; each end learns it after a while, unless it closed it itself. */
        void cut(boolean tellClient, boolean tellServer) {
            if (cut) {
                return;
            }
            cut = true;
            links.remove(this);
            if (tellClient) {
                queue.after(random.nextInt(maxDelayMs), () -> tell(client));
            }
            if (tellServer) {
                // Sometimes it learns it late: two connections of one follower overlap.
                boolean late = random.nextInt(4) == 0;
                lingers = late && !tellClient;
                queue.after(
                        random.nextInt(late ? LATE_MS : maxDelayMs),
                        () -> {
                            lingers = false;
                            tell(server);
                        });
            }
        }

        private void tellLate() {
            queue.after(random.nextInt(LATE_MS), () -> tell(server));
        }

        private void tell(End end) {
            if (end != null) {
                end.closed("connection reset");
            }
        }
    }

    final EventQueue queue;
    final Random random;
    int maxDelayMs = 20;
    final List<Link> links = new ArrayList<>();
    private final List<SimServer[]> mute = new ArrayList<>();

    SimNetwork(EventQueue queue, Random random) {
        this.queue = queue;
        this.random = random;
    }

    boolean isMute(SimServer a, SimServer b) {
        return mute.stream().anyMatch(p -> p[0] == a && p[1] == b || p[0] == b && p[1] == a);
    }

    /** Nothing passes between the two, and nobody is told. */
    void mute(SimServer a, SimServer b) {
        if (!isMute(a, b)) {
            mute.add(new SimServer[] {a, b});
        }
    }

    /** Everything passes again; connections that lost bytes are found broken. */
    void heal() {
        mute.clear();
        for (Link link : List.copyOf(links)) {
            if (link.broken) {
                link.cut(true, true);
            }
        }
    }

    void cutAll() {
        for (Link link : List.copyOf(links)) {
            link.cut(true, true);
        }
    }

    /** Connects; the outcome arrives later. */
    Link connect(SimServer from, SimServer to, End client, Runnable opened) {
        Link link = new Link(from, to);
        link.client = client;
        links.add(link);
        queue.after(
                // Some take so long that a later one is there before.
                1 + random.nextInt(random.nextInt(10) == 0 ? LATE_MS : maxDelayMs),
                () -> {
                    if (link.cut && !isMute(from, to) && to.up) {
                        link.server = to.leading.accept(link); // of a client that gave up
                        link.tellLate();
                        return;
                    }
                    if (link.cut || isMute(from, to)) {
                        link.broken = true;
                        return;
                    }
                    if (!to.up) {
                        links.remove(link);
                        link.cut = true;
                        client.closed("connection refused");
                        return;
                    }
                    link.server = to.leading.accept(link);
                    opened.run();
                });
        return link;
    }
}
