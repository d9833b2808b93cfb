package io.ferrite.node.persistence;

import io.ferrite.durability.rdb.KeyRanges;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.node.Environment;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * Reads the keys of an RDB on several threads. The thread that loads reads the source, checks its
 * sum and finds where keys end; it hands over copies of stretches of whole keys, which whoever has
 * nothing to do makes into entries: helpers, and the thread that loads itself when it is ahead of
 * them. Keys of a stretch keep their order; two stretches have none, and no key in common, or the
 * file is refused.
 *
 * <pre>
 *   source ─▶ filling ─▶ queue ─▶ a helper's hand     ─▶ keyspace, a stripe at a time
 *                            └──▶ the loader's own    ─▶
 * </pre>
 *
 * <p>There are so many blocks and no more, so that what waits is bounded. The first failure in the
 * order of the file is the one that {@link #settle} tells of. With a source of few keys there are
 * no helpers at all.
 *
 * <p>Threads: {@link KeyRanges} on the thread that loads; one hand for each thread. The queue and
 * what became of it are guarded by this object.
 */
final class LoadCrew implements KeyRanges, AutoCloseable {

    /** Makes a hand for one more thread. */
    interface Maker {
        Hand hand();
    }

    /** Makes entries of stretches, one after the other. */
    interface Hand extends AutoCloseable {

        /** Reads a stretch to its end. */
        void read(long address, int length, long position, int database, boolean valkey)
                throws IOException;

        /** Lets go of what a failure may have left taken. */
        void release();

        @Override
        void close();
    }

    /** The most that a stretch has. */
    static final int BLOCK_BYTES = 1 << 18;

    /** A stretch of so many bytes is handed over. */
    private static final int WORTH_BYTES = 1 << 16;

    private static final MemoryTag TAG = MemoryTag.OTHER;

    /** Some keys, and where they come from. */
    private static final class Stretch {
        private final long block = SharedSlab.take(BLOCK_BYTES, TAG);
        private int length;
        private long position;
        private int database;
        private boolean valkey;

        boolean goesOn(long at, int more) {
            return position + length == at && length + more <= BLOCK_BYTES;
        }
    }

    private final BiFunction<String, Environment.Work, Environment.Worker> threads;
    private final Maker hands;
    private final IntSupplier database;
    private final BooleanSupplier delay;
    private final Runnable release;
    private final int helpersWanted;

    private final List<Hand> all = new ArrayList<>();
    private final List<Environment.Worker> helpers = new ArrayList<>();
    private Hand own;
    private Stretch filling;

    private final ArrayDeque<Stretch> queue = new ArrayDeque<>();
    private final ArrayDeque<Stretch> free = new ArrayDeque<>();
    private int made;
    private int busy;
    private Throwable failure;
    private long failedAt = Long.MAX_VALUE;

    /**
     * @param threads makes a thread of a name that does work
     * @param helpers how many of them there are at most
     * @param hands called on the thread that loads
     * @param database the number of the database that keys belong to now
     * @param delay while it is on, the loader reads every key itself
     * @param release lets go of what the loader's own reading may have left taken when it failed
     */
    LoadCrew(
            BiFunction<String, Environment.Work, Environment.Worker> threads,
            int helpers,
            Maker hands,
            IntSupplier database,
            BooleanSupplier delay,
            Runnable release) {
        this.threads = threads;
        this.helpersWanted = helpers;
        this.hands = hands;
        this.database = database;
        this.delay = delay;
        this.release = release;
    }

    @Override
    public boolean wanted() {
        return !delay.getAsBoolean();
    }

    @Override
    public void take(long address, int length, long position, boolean valkey) throws IOException {
        if (filling != null && !filling.goesOn(position, length)) {
            handOver();
        }
        if (filling == null) {
            filling = empty();
            filling.length = 0;
            filling.position = position;
            filling.database = database.getAsInt();
            filling.valkey = valkey;
        }
        Memory.copy(address, filling.block + filling.length, length);
        filling.length += length;
        if (filling.length >= WORTH_BYTES) {
            handOver();
        }
    }

    private void handOver() throws IOException {
        Stretch full = filling;
        filling = null;
        boolean failed;
        synchronized (this) {
            queue.add(full);
            failed = failure != null;
        }
        if (failed) {
            settle();
        }
        if (helpers.size() < helpersWanted) {
            Hand hand = hand();
            helpers.add(threads.apply("load-" + all.size(), () -> help(hand)));
        }
        for (Environment.Worker helper : helpers) {
            helper.wake();
        }
    }

    private Hand hand() {
        Hand hand = hands.hand();
        all.add(hand);
        return hand;
    }

    private long help(Hand hand) {
        Stretch next = next();
        while (next != null) {
            read(hand, next);
            next = next();
        }
        return Environment.Work.IDLE;
    }

    /** A block to fill; while there is none, the loader helps. */
    private Stretch empty() {
        while (true) {
            Stretch next;
            synchronized (this) {
                if (!free.isEmpty()) {
                    return free.remove();
                }
                if (made < 2 + 2 * helpersWanted) {
                    made++;
                    return new Stretch();
                }
                next = next();
                if (next == null) {
                    await();
                }
            }
            if (next != null) {
                read(own(), next);
            }
        }
    }

    private Hand own() {
        if (own == null) {
            own = hand();
        }
        return own;
    }

    private synchronized Stretch next() {
        Stretch next = queue.poll();
        if (next != null) {
            busy++;
        }
        return next;
    }

    private synchronized boolean comesTooLate(Stretch stretch) {
        return stretch.position > failedAt;
    }

    private void read(Hand hand, Stretch stretch) {
        Throwable failed = null;
        try {
            if (!comesTooLate(stretch)) {
                hand.read(
                        stretch.block,
                        stretch.length,
                        stretch.position,
                        stretch.database,
                        stretch.valkey);
            }
        } catch (IOException | RuntimeException | Error e) { // the loader throws it
            failed = e;
        } finally {
            hand.release();
            ended(stretch, failed);
        }
    }

    private synchronized void ended(Stretch stretch, Throwable failed) {
        if (failed != null && !comesTooLate(stretch)) {
            failure = failed;
            failedAt = stretch.position;
        }
        busy--;
        free.add(stretch);
        notifyAll();
    }

    /** Until a stretch has ended; under this object's lock. */
    private void await() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while loading", e);
        }
    }

    @Override
    public void settle() throws IOException {
        release.run(); // a hand may need what it holds
        if (filling != null) {
            synchronized (this) {
                queue.add(filling);
                filling = null;
            }
        }
        finishQueue();
        Throwable failed;
        synchronized (this) {
            failed = failure;
        }
        switch (failed) {
            case null -> {}
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failed);
        }
    }

    private void finishQueue() {
        Stretch next = next();
        while (next != null) {
            read(own(), next);
            next = next();
        }
        synchronized (this) {
            while (busy > 0) {
                await();
            }
        }
    }

    /** Ends the helpers and gives all memory back; whatever still waits is read before. */
    @Override
    public void close() {
        finishQueue();
        helpers.forEach(Environment.Worker::end);
        all.forEach(Hand::close);
        if (filling != null) {
            free.add(filling);
        }
        for (Stretch stretch : free) {
            SharedSlab.give(stretch.block, BLOCK_BYTES, TAG);
        }
    }
}
