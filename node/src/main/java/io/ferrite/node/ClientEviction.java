package io.ferrite.node;

import io.ferrite.engine.Session;
import io.ferrite.node.config.MemoryOptions;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.Settings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds the memory of all clients together (maxmemory-clients): when it is exceeded, those who
 * take most are closed. Where no limit is set, half of the machine's memory is one: past that
 * everybody would lose.
 *
 * <p>Each connection reports its size when that has changed by some steps; a sum is kept of these
 * reports, which is only good for noticing. Who is closed is decided by looking at everybody.
 * Thread-safe.
 */
public final class ClientEviction {

    /** Changes smaller than this are not reported: idle clients and small requests cost nothing. */
    private static final long STEP = 64 << 10;

    /** Nor are those downwards that are smaller than this. */
    private static final long STEP_DOWN = 4 << 10;

    private final Node node;
    private final AtomicLong reported = new AtomicLong();
    private final AtomicLong buffers = new AtomicLong();
    private final ReentrantLock oneAtATime = new ReentrantLock();

    ClientEviction(Node node) {
        this.node = node;
    }

    /** One client's memory when it was looked at. */
    private record Size(Session session, long bytes) {}

    /** What is noted of one client; kept with its connection, for its event loop. */
    public static final class Share {
        private long bytes;
        private long buffers;
    }

    /** Notes how large a client is; may close clients, this one among them. */
    public void report(Session session, Share share) {
        long now = ClientMemory.total(session);
        long more = now - share.bytes;
        if (more < STEP && -more < stepDown(share.bytes)) {
            return;
        }
        share.bytes = now;
        long sum = reported.addAndGet(more);
        // A follower's part of the log is not its own, and nothing that eviction could make less.
        long held = session.has(Session.REPLICA) ? 0 : ClientMemory.buffers(session);
        buffers.addAndGet(held - share.buffers);
        share.buffers = held;
        if (more > 0 && sum > limit()) {
            enforce();
        }
    }

    /** What a large request left behind is not noted for good: half of what is noted is enough. */
    private static long stepDown(long noted) {
        return Math.clamp(noted / 2, STEP_DOWN, STEP);
    }

    /** A client is gone. */
    public void gone(Share share) {
        reported.addAndGet(-share.bytes);
        buffers.addAndGet(-share.buffers);
    }

    /** What requests that were not read yet and replies that were not sent take, of all clients. */
    public long bufferBytes() {
        return buffers.get();
    }

    private long limit() {
        Settings settings = node.settings();
        long wanted = settings.get(NetworkOptions.MAXMEMORY_CLIENTS);
        if (wanted < 0) { // a percentage, of nothing if maxmemory is not set
            wanted = (long) (-wanted / 100.0 * settings.get(MemoryOptions.MAXMEMORY));
        }
        return wanted > 0 ? wanted : node.process().machineBytes() / 2;
    }

    /** Closes the largest clients until the rest is within the limit. Also called now and then. */
    void enforce() {
        if (!oneAtATime.tryLock()) {
            return; // somebody is at it
        }
        try {
            long limit = limit();
            long sum = 0;
            List<Size> sizes = new ArrayList<>();
            for (Session session : node.clients().all()) {
                ClientType type = ClientType.of(session);
                if (type == ClientType.NORMAL || type == ClientType.PUBSUB) {
                    long bytes = ClientMemory.total(session);
                    sum += bytes;
                    sizes.add(new Size(session, bytes));
                }
            }
            if (sum > limit) {
                evict(sizes, sum - limit);
            }
        } finally {
            oneAtATime.unlock();
        }
    }

    private void evict(List<Size> sizes, long excess) {
        sizes.sort(Comparator.comparingLong(Size::bytes).reversed());
        long left = excess;
        for (Size size : sizes) {
            if (left <= 0) {
                return;
            }
            if (!size.session().has(Session.NO_EVICT)) {
                long nowMs = node.environment().nowMs();
                node.log().notice("Evicting client: " + ClientLine.of(size.session(), nowMs, 0));
                node.stats().evictedClients.increment();
                node.clients().kill(size.session());
                left -= size.bytes();
            }
        }
    }
}
