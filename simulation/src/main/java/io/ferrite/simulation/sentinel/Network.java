package io.ferrite.simulation.sentinel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Connections as TCP gives them: in order, late, or broken; a broken one is noticed at once, after
 * a while, or by one end only. Ways between hosts are cut in one direction or both.
 */
final class Network {

    private static final int RETRANSMIT_MS = 200;
    private static final long STUCK_MS = 20_000;
    private static final long CONNECT_TIMEOUT_MS = 15_000;

    /** One connection. */
    final class Conn {
        final Host client;
        final Host server;
        private long toServerMs;
        private long toClientMs;
        private boolean closed;
        Consumer<String> onClosed;

        Conn(Host client, Host server) {
            this.client = client;
            this.server = server;
        }

        boolean isOpen() {
            return !closed;
        }

        void toServer(Runnable message) {
            toServerMs = deliver(client, server, toServerMs, message);
        }

        void toClient(Runnable message) {
            toClientMs = deliver(server, client, toClientMs, message);
        }

        private long deliver(Host from, Host to, long clearMs, Runnable message) {
            long at = Math.max(clearMs, world.nowMs() + delay());
            attempt(from, to, message, at, at + STUCK_MS);
            return at;
        }

        private void attempt(Host from, Host to, Runnable message, long at, long giveUpMs) {
            world.queue.after(
                    at - world.nowMs(),
                    () -> {
                        if (closed) {
                            return;
                        }
                        if (!passes(from, to)) {
                            if (world.nowMs() > giveUpMs) {
                                close("timed out");
                            } else {
                                attempt(from, to, message, world.nowMs() + RETRANSMIT_MS, giveUpMs);
                            }
                            return;
                        }
                        to.run(message);
                    });
        }

        /** Ends it; the client hears why, unless it is who ends it. */
        void close(String reason) {
            if (closed) {
                return;
            }
            closed = true;
            conns.remove(this);
            if (onClosed != null && reason != null) {
                Consumer<String> told = onClosed;
                client.run(() -> told.accept(reason));
            }
        }
    }

    private final World world;
    private final Set<Conn> conns = new LinkedHashSet<>();
    private final Set<List<Host>> cuts = new HashSet<>();
    double loss;
    int delayMaxMs = 5;

    Network(World world) {
        this.world = world;
    }

    private long delay() {
        long ms = world.between(0, delayMaxMs);
        return world.chance(loss) ? ms + RETRANSMIT_MS * world.between(1, 5) : ms;
    }

    boolean passes(Host from, Host to) {
        return !cuts.contains(List.of(from, to));
    }

    boolean bothWays(Host a, Host b) {
        return passes(a, b) && passes(b, a);
    }

    void cut(Host from, Host to) {
        cuts.add(List.of(from, to));
    }

    void mend(Host from, Host to) {
        cuts.remove(List.of(from, to));
    }

    void mendAll() {
        cuts.clear();
        loss = 0;
        delayMaxMs = 5;
    }

    /**
     * Begins to connect; {@code opened} or {@code closed} is told later, on the client.
     *
     * @param server null where nobody is
     */
    Conn connect(Host client, Host server, Consumer<Conn> opened, Consumer<String> closed) {
        Conn conn = new Conn(client, server);
        conn.onClosed = closed;
        conns.add(conn);
        tryConnect(conn, opened, world.nowMs() + CONNECT_TIMEOUT_MS);
        return conn;
    }

    private void tryConnect(Conn conn, Consumer<Conn> opened, long giveUpMs) {
        world.queue.after(
                delay(),
                () -> {
                    if (!conn.isOpen()) {
                        return;
                    }
                    if (conn.server == null || !bothWays(conn.client, conn.server)) {
                        if (world.nowMs() > giveUpMs) {
                            conn.close("connect timed out");
                        } else {
                            world.queue.after(
                                    RETRANSMIT_MS, () -> tryConnect(conn, opened, giveUpMs));
                        }
                    } else if (!conn.server.isUp()) {
                        conn.close("connection refused");
                    } else {
                        conn.client.run(() -> opened.accept(conn));
                    }
                });
    }

    /** The connections of a host that ends: whom its kernel reaches hears of it at once. */
    void hostDown(Host host) {
        for (Conn conn : new ArrayList<>(conns)) {
            if (conn.client == host) {
                conn.close(null);
            } else if (conn.server == host) {
                if (passes(host, conn.client)) {
                    world.queue.after(delay(), () -> conn.close("connection reset"));
                } else {
                    // Nobody tells: what is sent on it gets stuck.
                    conns.remove(conn);
                    conns.add(conn);
                }
            }
        }
    }

    /** A host ends the connections of its clients, as CLIENT KILL does. */
    void killClientsOf(Host server, Conn except) {
        for (Conn conn : new ArrayList<>(conns)) {
            if (conn.server == server && conn != except) {
                world.queue.after(delay(), () -> conn.close("connection closed"));
            }
        }
    }

    List<Conn> connsOf(Host server) {
        List<Conn> found = new ArrayList<>();
        for (Conn conn : conns) {
            if (conn.server == server) {
                found.add(conn);
            }
        }
        return found;
    }
}
