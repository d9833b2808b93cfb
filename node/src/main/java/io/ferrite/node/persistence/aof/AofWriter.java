package io.ferrite.node.persistence.aof;

import io.ferrite.base.disk.DiskFile;
import io.ferrite.coordination.log.LogReader;
import io.ferrite.durability.aof.SyncPolicy;
import io.ferrite.memory.Memory;
import io.ferrite.node.Environment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Copies the log into the append-only file, straight from where the log's bytes lie. Whatever has
 * been logged meanwhile is written at once: the group commit.
 *
 * <pre>
 *   log     ......................|========================|  end
 *                                 ^ written (the reader's place)
 *   file    ...............|======|
 *                          ^ synced
 * </pre>
 *
 * <p>The file is the log, byte for byte, but for what is not for files, and for lines for tools
 * between commands: the time, if aof-timestamp-enabled, and while the stream has followers its name
 * and place ({@link StreamMark}).
 *
 * <p>A write that fails is tried again and again from where it failed; the log keeps what is not
 * written. Orders may come from any thread. The figures may be read by any thread.
 *
 * <p><b>Who writes.</b> There is a thread for it. But an event loop at the end of its turn writes
 * itself ({@link #writeHere}) where that is no more than a copy into the system's memory: to wake
 * the thread and to be woken by it when replies may leave costs as much as many commands. Whoever
 * writes holds {@link #writing}, which no event loop waits for. What may wait for the disk (syncs,
 * writes while one runs, another file, a disk that was slow) is the thread's.
 */
final class AofWriter implements Environment.Work, SyncThread.Listener {

    private static final int PIECE = 1 << 20;
    private static final long RETRY_NANOS = 100_000_000;
    private static final long MS = 1_000_000;

    /**
     * While many clients write, the writer does not go to sleep until somebody wakes it, which
     * costs both more than a command: it comes back by itself after so long. What that adds to a
     * reply is less than what many replies wait anyway.
     */
    private static final long NAP_NANOS = 150_000;

    /** The same while no reply waits and this much came at once. */
    private static final long LONG_NAP_NANOS = 1_000_000;

    private static final int MUCH = 1 << 10;

    private static final int MANY = 4;

    /** What an event loop writes at most at once. */
    private static final int HERE_MAX = 256 << 10;

    /**
     * Somebody was kept so long by a write: until there was none of that kind for a while, event
     * loops leave all of it to the thread.
     */
    private static final long SLOW_NANOS = 2_000_000;

    private static final long SLOW_FOR_NANOS = 1_000_000_000;

    private static final byte[] NOTHING = {};

    /** A place at which another file is begun. */
    private record Switch(long position, DiskFile file, String name, byte[] head) {}

    private sealed interface Order {}

    private record Start(LogReader reader, DiskFile file, String name, long size, byte[] head)
            implements Order {}

    /** Everything before a position is to be on the disk; the file is closed then, or not. */
    private record Stop(long position, boolean closing, Runnable done) implements Order {}

    private final Environment environment;
    private final WriterHost host;
    private final Environment.Worker worker;
    private final SyncThread syncs;
    private final ArrayDeque<Order> orders = new ArrayDeque<>();
    private final ArrayDeque<Switch> switches = new ArrayDeque<>();
    private final ReentrantLock writing = new ReentrantLock();

    // For who is writing.
    private final SyncPolicy policy = new SyncPolicy();
    private LogReader reader;
    private DiskFile file;
    private String name;
    private Stop stop;
    private ByteBuffer head = ByteBuffer.wrap(NOTHING);
    private long markedSecond;
    private String markedStream;
    private boolean failing;

    /** Whether the file ends where a command does, so that a line may follow. */
    private boolean between;

    private long nap;
    private long slept = -1;
    private final CommitGroup group = new CommitGroup();

    /** Whether the thread comes back by itself. */
    private boolean timed;

    /** The disk counts as slow, until {@link #slowUntil} at least. */
    private boolean slow;

    private long slowUntil;

    private volatile long size;
    private volatile long written;
    private volatile long synced;

    AofWriter(Environment environment, WriterHost host) {
        this.environment = environment;
        this.host = host;
        this.worker = environment.worker("aof-writer", this);
        this.syncs = new SyncThread(environment, this);
    }

    // --- figures, any thread ---------------------------------------------------------------------

    /** Bytes of the file that is written to. */
    long size() {
        return size;
    }

    /** Up to where the log has been written. */
    long written() {
        return written;
    }

    /** Up to where the log is on the disk. */
    long synced() {
        return synced;
    }

    int pendingSyncs() {
        return syncs.pending();
    }

    long delayedSyncs() {
        return policy.delayed();
    }

    // --- orders, any thread ----------------------------------------------------------------------

    void wake() {
        worker.wake();
    }

    /**
     * Begins to write.
     *
     * @param reader at the place where the file goes on; its wake-up leads to {@link #wake}
     * @param name what the list of files calls it
     * @param size what the file holds already
     * @param head bytes to write before
     */
    void start(LogReader reader, DiskFile file, String name, long size, byte[] head) {
        order(new Start(reader, file, name, size, head));
    }

    /**
     * From {@code position} on another file is written to; the one before is synced and closed.
     * Called under all stripes, so that nothing is logged before this is known.
     */
    void switchAt(long position, DiskFile next, String nextName, byte[] head) {
        synchronized (orders) {
            switches.add(new Switch(position, next, nextName, head));
        }
        worker.wake();
    }

    /** Writes up to {@code position}, syncs, closes the file, and is idle. */
    void stop(long position, Runnable done) {
        order(new Stop(position, true, done));
    }

    /** Writes up to {@code position} and syncs, as far as that succeeds. */
    void flush(long position, Runnable done) {
        order(new Stop(position, false, done));
    }

    private void order(Order order) {
        synchronized (orders) {
            orders.add(order);
        }
        worker.wake();
    }

    private Order nextOrder() {
        synchronized (orders) {
            return orders.poll();
        }
    }

    private Switch nextSwitch() {
        synchronized (orders) {
            return switches.peek();
        }
    }

    // --- event loops -----------------------------------------------------------------------------

    /**
     * Writes what has been logged if that takes no longer than to copy it. Called before the news
     * is {@link io.ferrite.coordination.log.CommandLog#announce announced}, which wakes the thread
     * if anything is left.
     */
    void writeHere() {
        if (host.mode() == SyncPolicy.Mode.ALWAYS
                || writing.isHeldByCurrentThread()
                || !writing.tryLock()) {
            return;
        }
        try {
            if (mayWriteHere()) {
                writeQuickly();
            }
        } finally {
            writing.unlock();
        }
    }

    private boolean mayWriteHere() {
        if (reader == null || stop != null || failing || host.sleepMicros() != 0) {
            return false;
        }
        long bytes = reader.published() - reader.offset();
        return bytes > 0
                && bytes <= HERE_MAX
                && syncs.pending() == 0
                && isUnordered()
                && (!slow || environment.nanos() - slowUntil >= 0);
    }

    private boolean isUnordered() {
        synchronized (orders) {
            return orders.isEmpty() && switches.isEmpty();
        }
    }

    private void writeQuickly() {
        long now = environment.nowMs();
        writeSome(now);
        sync(now);
        boolean due = failing || !reader.arm() || reader.isCut();
        if (due || !timed && policy.nextMs(host.mode(), host.suppressed(), now) != Long.MAX_VALUE) {
            timed = true;
            worker.wake();
        }
    }

    // --- the writer's thread ---------------------------------------------------------------------

    @Override
    public long turn() {
        writing.lock();
        try {
            long wait = turnAlone();
            timed = wait != IDLE;
            return wait;
        } finally {
            writing.unlock();
        }
    }

    private long turnAlone() {
        while (stop == null) {
            Order order = nextOrder();
            if (order == null) {
                break;
            }
            switch (order) {
                case Start start -> begin(start);
                case Stop wanted -> stop = wanted;
            }
        }
        if (reader == null) {
            return stopNow();
        }
        long now = environment.nowMs();
        if (sleeps(now)) {
            return MS;
        }
        long bytes = reader.published() - reader.offset();
        if (awaitsMore(bytes)) {
            return NAP_NANOS;
        }
        nap = napAfter(bytes);
        writeSome(now);
        sync(now);
        if (stop != null && (reader.offset() >= stop.position || failing || reader.isCut())) {
            return stopNow();
        }
        if (failing) {
            return RETRY_NANOS;
        }
        return nap > 0 ? nap : untilNext();
    }

    /** With {@code always}: whether others are about to write too, who can share the sync. */
    private boolean awaitsMore(long bytes) {
        return stop == null
                && !failing
                && host.mode() == SyncPolicy.Mode.ALWAYS
                && group.isForming(bytes, environment.nanos());
    }

    private void writeSome(long now) {
        long began = environment.nanos();
        try {
            write(now);
        } catch (IOException e) {
            failing = true;
            host.writeFailed(e.getMessage());
        }
        long ended = environment.nanos();
        if (ended - began > SLOW_NANOS) {
            slow = true;
            slowUntil = ended + SLOW_FOR_NANOS;
        } else if (slow && ended - slowUntil >= 0) {
            slow = false;
        }
    }

    private long napAfter(long bytes) {
        if (!host.repliesWait()) {
            return bytes >= MUCH ? LONG_NAP_NANOS : 0;
        }
        return bytes > 0 && host.waiting() >= MANY ? NAP_NANOS : 0;
    }

    private long untilNext() {
        if (!reader.arm()) {
            return 0;
        }
        long ms = policy.nextMs(host.mode(), host.suppressed(), environment.nowMs());
        return ms == Long.MAX_VALUE ? IDLE : ms * MS;
    }

    private void begin(Start start) {
        reader = start.reader;
        file = start.file;
        name = start.name;
        size = start.size;
        head = ByteBuffer.wrap(start.head);
        written = reader.offset();
        synced = written;
        policy.begin(written);
        markedStream = null;
        markedSecond = 0;
        failing = false;
        between = true;
    }

    private long stopNow() {
        if (stop == null) {
            return IDLE;
        }
        if (reader != null) {
            try {
                file.sync();
                synced(written);
            } catch (IOException e) {
                host.syncFailed(e.getMessage());
            }
            if (stop.closing) {
                close();
            }
        }
        Runnable done = stop.done;
        stop = null;
        done.run();
        return 0;
    }

    private void close() {
        reader.close();
        reader = null;
        synchronized (orders) {
            switches.clear();
        }
        try {
            file.close();
        } catch (IOException e) {
            host.syncFailed(e.getMessage());
        }
        file = null;
    }

    /** For tests of others: something waits to be written, and has to wait a while. */
    private boolean sleeps(long now) {
        long micros = host.sleepMicros();
        if (micros == 0 || reader.published() == reader.offset()) {
            slept = -1;
            return false;
        }
        if (slept < 0) {
            slept = now;
        }
        if (now - slept < micros / 1000) {
            return true;
        }
        slept = -1;
        return false;
    }

    /** Writes what has been logged so far; begins the next file where it is to begin. */
    private void write(long now) throws IOException {
        while (true) {
            long limit = reader.published();
            Switch next = nextSwitch();
            boolean switching = next != null && next.position <= limit;
            if (switching) {
                limit = next.position;
            }
            if (reader.offset() < limit || head.hasRemaining()) {
                run(limit, now);
            }
            if (!switching) {
                return;
            }
            begin(next);
        }
    }

    private void begin(Switch next) {
        if (host.mode() == SyncPolicy.Mode.ALWAYS) {
            sync(environment.nowMs());
        }
        syncs.add(file, reader.offset(), true);
        long lastSize = size;
        file = next.file;
        name = next.name;
        size = 0;
        head = ByteBuffer.wrap(next.head);
        markedStream = null;
        synchronized (orders) {
            switches.poll();
        }
        host.switched(lastSize);
        markStream();
    }

    /** Writes up to {@code limit}, which lies between two commands, as the reader's place does. */
    private void run(long limit, long now) throws IOException {
        if (between && !head.hasRemaining()) {
            mark(now);
        }
        long began = reader.offset();
        int headed = head.position();
        long whole = size;
        try {
            put(head);
            while (true) {
                if (reader.passOver()) {
                    // What follows is elsewhere in the stream than the file's length says.
                    markedStream = null;
                    markStream();
                    headed = head.position();
                    put(head);
                }
                if (reader.offset() >= limit) {
                    break;
                }
                int length = reader.peek((int) Math.min(PIECE, limit - reader.offset()));
                put(Memory.buffer(reader.address(), length));
                host.wrote(name, reader.offset(), size - length, length);
                reader.advance(length);
                whole = size;
                headed = head.position();
            }
            between = true;
        } catch (IOException e) {
            takeBack(whole, headed);
            between &= reader.offset() == began;
            throw e;
        } finally {
            if (reader.offset() != written) {
                written = reader.offset();
                policy.written(written);
                host.written(written);
            }
        }
        if (failing) {
            failing = false;
            host.writeSucceeded();
        }
    }

    /** What was written of a piece is cut off again; if that fails too, it counts as written. */
    private void takeBack(long whole, int headed) {
        if (size == whole) {
            return;
        }
        try {
            file.truncate(whole);
            size = whole;
            head.position(headed);
        } catch (IOException e) {
            host.writeFailed(
                    "Could not remove short write from the append-only file: " + e.getMessage());
            int part = (int) (size - whole) - (head.position() - headed);
            host.wrote(name, reader.offset(), size - part, part);
            reader.advance(part);
        }
    }

    /** Writes all of a buffer; when that fails, what was written is counted nevertheless. */
    private void put(ByteBuffer bytes) throws IOException {
        int from = bytes.position();
        try {
            file.write(bytes);
        } finally {
            size += bytes.position() - from;
        }
    }

    private void mark(long now) {
        long second = now / 1000;
        if (host.timestamps() && second > markedSecond) {
            markedSecond = second;
            head = ByteBuffer.wrap(StreamMark.time(second));
        }
        markStream();
    }

    private void markStream() {
        String stream = host.stream();
        if (stream == null || stream.equals(markedStream)) {
            return;
        }
        markedStream = stream;
        byte[] mark = StreamMark.of(stream, reader.offset());
        ByteBuffer both = ByteBuffer.allocate(head.remaining() + mark.length);
        head = both.put(head).put(mark).flip();
    }

    private void sync(long now) {
        if (policy.isRunning() && syncs.pending() == 0) {
            policy.ended();
        }
        switch (policy.step(host.mode(), host.suppressed(), now)) {
            case NOTHING -> {}
            case SYNC_BESIDE -> syncs.add(file, policy.position(), false);
            case SYNC -> {
                try {
                    long began = environment.nanos();
                    long before = synced;
                    file.sync();
                    group.committed(policy.position() - before, began, environment.nanos());
                    synced(policy.position());
                } catch (IOException e) {
                    host.syncFailed(e.getMessage());
                }
            }
        }
    }

    // --- syncs, on either thread -----------------------------------------------------------------

    @Override
    public void synced(long position) {
        synced = position;
        host.synced(position);
    }

    @Override
    public void syncFailed(String reason) {
        host.syncFailed(reason);
    }
}
