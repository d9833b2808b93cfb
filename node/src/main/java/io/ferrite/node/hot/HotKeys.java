package io.ferrite.node.hot;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.engine.ByteKey;
import io.ferrite.engine.Command;
import io.ferrite.engine.Session;
import io.ferrite.memory.codec.HashSlot;
import io.ferrite.node.Node;
import io.ferrite.resp.Request;
import io.ferrite.spec.KeyFinder;
import io.ferrite.spec.KeyRefs;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A watch over which keys take most time and bytes. While there is none, it costs one load a
 * command; while there is, commands run one by one and are timed one by one.
 *
 * <p>Each event loop keeps its own sums, which are put together when they are asked for.
 */
public final class HotKeys {

    /** So many times the keys that are asked for are kept, for the sums to be good. */
    private static final int SPARE = 10;

    /** Longer keys are not kept. */
    private static final int KEY_MAX = 64 << 10;

    private final Node node;
    private volatile @Nullable Watch watch;
    private volatile boolean active;

    public HotKeys(Node node) {
        this.node = node;
    }

    /**
     * What is watched.
     *
     * @param seconds until it ends by itself; 0 for never
     * @param sample one of so many commands is looked at
     * @param slots in a cluster: keys of these slots alone; null for all
     */
    record Wish(
            boolean cpu,
            boolean net,
            int count,
            long seconds,
            int sample,
            @Nullable SlotSet slots) {}

    /** Whether commands are watched now. */
    public boolean isActive() {
        return active;
    }

    /** Whether there is a watch, or the outcome of one. */
    public boolean isThere() {
        return watch != null;
    }

    /** The time that commands on keys have taken while they were watched. */
    public long micros() {
        Watch now = watch;
        return now == null ? 0 : now.report().nanos[0] / 1000;
    }

    @Nullable Watch watch() {
        return watch;
    }

    synchronized void start(Wish wish) {
        Watch begun = new Watch(wish);
        watch = begun;
        active = true;
        if (wish.seconds > 0) {
            node.environment().after(0, wish.seconds * 1000, () -> end(begun, wish.seconds * 1000));
        }
    }

    private synchronized void end(Watch which, long lastedMs) {
        if (which == watch && active) {
            active = false;
            which.lastedMs = lastedMs;
        }
    }

    /** Ends the watch; false if there is none. */
    synchronized boolean stop() {
        Watch now = watch;
        if (now == null || !active) {
            return false;
        }
        end(now, node.environment().nowMs() - now.startedMs);
        return true;
    }

    /** Forgets what was found. */
    synchronized void reset() {
        watch = null;
    }

    /** A command has run, on its event loop. */
    public void used(
            int loop, Session session, Command command, Request request, long nanos, long bytes) {
        Watch now = watch;
        if (now != null && active) {
            now.loops[loop].used(now.wish, command, request, nanos, bytes);
        }
    }

    /** One watch, from its start to the next. */
    final class Watch {

        final Wish wish;
        final long startedMs = node.environment().nowMs();
        final long userMicros = node.process().userMicros();
        final long systemMicros = node.process().systemMicros();
        private final Sums[] loops = new Sums[node.environment().loops()];
        private volatile long lastedMs;

        Watch(Wish wish) {
            this.wish = wish;
            for (int i = 0; i < loops.length; i++) {
                String seed = node.environment().randomHex(16);
                loops[i] = new Sums(wish, Long.parseUnsignedLong(seed, 16));
            }
        }

        boolean isOver() {
            return !active || watch != this;
        }

        long lastedMs() {
            return isOver() ? lastedMs : node.environment().nowMs() - startedMs;
        }

        /** All that the loops have counted so far. */
        Report report() {
            Report report = new Report();
            for (Sums sums : loops) {
                sums.addTo(report);
            }
            return report;
        }
    }

    /** What was counted, in nanoseconds and bytes. */
    static final class Report {
        final Map<ByteKey, Long> cpu = new HashMap<>();
        final Map<ByteKey, Long> net = new HashMap<>();
        long netTotal;

        /** Of all commands with keys; with keys in the slots; those of them looked at. */
        final long[] nanos = new long[3];

        final long[] bytes = new long[3];
    }

    /** What one event loop counts. */
    private static final class Sums {

        private final KeyFinder finder = new KeyFinder();
        private final KeyRefs keys = new KeyRefs();
        private final SplittableRandom random;
        private final TopKeys cpu;
        private final TopKeys net;
        private final long[] nanos = new long[3];
        private final long[] bytes = new long[3];

        Sums(Wish wish, long seed) {
            random = new SplittableRandom(seed);
            cpu = new TopKeys(SPARE * wish.count);
            net = new TopKeys(SPARE * wish.count);
        }

        synchronized void used(
                Wish wish, Command command, Request request, long took, long transferred) {
            if (!command.spec().mayHaveKeys()) {
                return;
            }
            int found = finder.find(command.spec(), request, keys);
            if (found <= 0) {
                return;
            }
            count(0, took, transferred);
            if (wish.slots != null && !wish.slots.contains(slot(request))) {
                return;
            }
            count(1, took, transferred);
            if (wish.sample > 1) {
                if (random.nextInt(wish.sample) != 0) {
                    return;
                }
                count(2, took, transferred);
            }
            for (int i = 0; i < found; i++) {
                int at = keys.position(i);
                if (request.length(at) > KEY_MAX) {
                    continue;
                }
                ByteKey key = ByteKey.of(request.arg(at));
                if (wish.cpu) {
                    cpu.add(key, took / found);
                }
                if (wish.net) {
                    net.add(key, transferred / found);
                }
            }
        }

        private int slot(Request request) {
            int at = keys.position(0);
            return HashSlot.of(request.address(at), request.length(at));
        }

        private void count(int which, long took, long transferred) {
            nanos[which] += took;
            bytes[which] += transferred;
        }

        synchronized void addTo(Report report) {
            cpu.addTo(report.cpu);
            net.addTo(report.net);
            report.netTotal += net.total();
            for (int i = 0; i < nanos.length; i++) {
                report.nanos[i] += nanos[i];
                report.bytes[i] += bytes[i];
            }
        }
    }
}
