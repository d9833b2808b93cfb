package io.ferrite.node.migrate;

import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.config.TlsOptions;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connections kept for a while after a MIGRATE, because the next one usually goes to the same
 * server. A connection stays on the event loop that made it.
 */
public final class MigrateLinks {

    /** Kept at most, and how long, as in Redis. */
    private static final int MOST = 64;

    private static final long KEPT_MS = 10_000;

    private final Node node;
    private final Map<String, ArrayDeque<MigrateLink>>[] idle;
    private final AtomicInteger count = new AtomicInteger();

    @SuppressWarnings("unchecked")
    MigrateLinks(Node node) {
        this.node = node;
        this.idle =
                (Map<String, ArrayDeque<MigrateLink>>[]) new Map<?, ?>[node.environment().loops()];
        for (int i = 0; i < idle.length; i++) {
            idle[i] = new HashMap<>();
        }
    }

    /** Connections that wait for their next use. Any thread. */
    public int cached() {
        return count.get();
    }

    /** A kept connection, which is open, or null. */
    MigrateLink cached(int loop, String address, MigrateLink.User user) {
        ArrayDeque<MigrateLink> links = idle[loop].get(address);
        while (links != null && !links.isEmpty()) {
            MigrateLink link = links.pollLast();
            count.decrementAndGet();
            if (!link.isOver()) {
                link.setUser(user);
                return link;
            }
        }
        return null;
    }

    /** A new connection, which tells its user when it is open. */
    MigrateLink connect(int loop, String host, int port, int timeoutMs, MigrateLink.User user) {
        MigrateLink link = new MigrateLink(this, loop, host + ":" + port, user);
        Environment environment = node.environment();
        boolean tls = node.settings().get(TlsOptions.TLS_CLUSTER);
        environment.connect(loop, host, port, "", timeoutMs, tls, link);
        return link;
    }

    /** Keeps a connection that nobody uses any more, unless there are too many. */
    void keep(MigrateLink link) {
        if (link.isOver()) {
            return;
        }
        if (count.incrementAndGet() > MOST) {
            count.decrementAndGet();
            link.close();
            return;
        }
        idle[link.loop()].computeIfAbsent(link.address(), a -> new ArrayDeque<>()).add(link);
        int time = link.park();
        node.environment()
                .after(
                        link.loop(),
                        KEPT_MS,
                        () -> {
                            if (link.isParkedSince(time)) {
                                link.close();
                                lost(link);
                            }
                        });
    }

    /** A kept connection is closed. On its event loop. */
    void lost(MigrateLink link) {
        Map<String, ArrayDeque<MigrateLink>> mine = idle[link.loop()];
        ArrayDeque<MigrateLink> links = mine.get(link.address());
        if (links != null && links.remove(link)) {
            count.decrementAndGet();
            if (links.isEmpty()) {
                mine.remove(link.address());
            }
        }
    }
}
