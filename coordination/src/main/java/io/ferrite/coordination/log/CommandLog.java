package io.ferrite.coordination.log;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one ordered stream of effects: encoded commands, numbered byte by byte.
 *
 * <p>A write appends its effects here while it holds the stripes of its keys, so the stream's order
 * agrees with the order of every key. Followers, the append-only file and any later reader each
 * keep a position ({@link LogReader}) in the same bytes; an effect is kept once, whatever the
 * number of readers.
 *
 * <pre>
 *     kept for the backlog:   [ end - size ............................ end )
 *     kept for readers:   [ slowest reader ............................ end )
 *     in memory:       | segment | segment | segment | segment | segm.. |     the larger of both, whole segments
 * </pre>
 *
 * <p><b>Modes.</b> {@link Mode#OFF}: nobody reads, {@link #isActive} is false, effects need not
 * even be encoded and the offset stands still. {@link Mode#ORIGIN}: this server's own effects are
 * the stream. {@link Mode#RELAY}: this server follows a leader, and the leader's bytes are appended
 * as they came, at the leader's offsets, so that followers of this server see one and the same
 * stream.
 *
 * <p><b>Databases.</b> The stream says {@code SELECT} whenever the database changes. {@link
 * #forgetDatabase} makes the next append say it in any case, for readers that start in the middle.
 *
 * <p><b>Threads.</b> Appends come from many event loops and are serialised by one short lock, held
 * for a copy of the effect's bytes. Readers take no lock: they see everything below {@link #end},
 * which is written after the bytes (release) and read before them (acquire). Changing the mode from
 * OFF, and {@link #startAt}, must happen while all stripes are held: a write that looked at {@link
 * #isActive} before must not commit after. No lock of anyone else is taken under the log's lock.
 *
 * <p>Segments ({@link SegmentPool}) come from a {@link Slab} that belongs to the log alone.
 */
public final class CommandLog implements AutoCloseable {

    /** What is appended. */
    public enum Mode {
        /** Nothing: nobody reads. */
        OFF,
        /** The effects of this server's own commands. */
        ORIGIN,
        /** The bytes of this server's leader. */
        RELAY
    }

    /** "No database known": the next append begins with SELECT. */
    private static final int NO_DATABASE = -1;

    private static final int SCRATCH = 64;
    private static final int SPINS = 100;
    private static final int[] NOTHING = {};

    private final ReentrantLock lock = new ReentrantLock();
    private final Slab slab;
    private final SegmentPool pool;
    private final long scratch;

    private final HugeRun huge = new HugeRun();

    private final PassedOver keepAlives = new PassedOver();
    private final PassedOver notForFiles = new PassedOver();

    private volatile LogReader[] readers = {};
    private volatile LogChain chain;
    private volatile Mode mode = Mode.OFF;

    /** Read without the lock at the start of every write. */
    private volatile boolean origin;

    private volatile long announced;
    private volatile long dataEnd;

    // Guarded by the lock.
    private long backlogSize;
    private volatile boolean backlog;
    private long backlogStart;
    private int database = NO_DATABASE;

    /**
     * @param slab used by this log alone, under its lock
     * @param backlogSize bytes kept for followers that come back, once there is a backlog
     */
    public CommandLog(Slab slab, long backlogSize) {
        this.slab = slab;
        this.backlogSize = backlogSize;
        this.pool = new SegmentPool(slab);
        this.chain = new LogChain(pool, 0);
        this.scratch = slab.take(SCRATCH, MemoryTag.LOG);
    }

    /**
     * The lock is held for a few hundred nanoseconds: worth a short spin before the kernel is
     * asked.
     */
    private void acquire() {
        for (int i = 0; i < SPINS; i++) {
            if (lock.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        lock.lock();
    }

    // --- state -----------------------------------------------------------------------------------

    /** Whether own effects are wanted. One volatile read. */
    public boolean isActive() {
        return origin;
    }

    public Mode mode() {
        return mode;
    }

    /** Position behind the last byte: the {@code master_repl_offset}. */
    public long end() {
        return chain.end();
    }

    /**
     * Position behind the last byte that carries data: what follows are signs of life, and the data
     * is the same at each position from here to {@link #end}.
     */
    public long dataEnd() {
        return dataEnd;
    }

    /** Says what will be appended from now on; see the class description for who may call when. */
    public void setMode(Mode next) {
        acquire();
        try {
            mode = next;
            origin = next == Mode.ORIGIN;
            if (next == Mode.OFF) {
                dataEnd = chain.end();
                backlogStart = dataEnd;
                retire(new LogChain(pool, dataEnd));
            }
        } finally {
            lock.unlock();
        }
        wakeCut();
    }

    /**
     * Begins a new history at {@code offset}: after a full synchronisation, or with an offset that
     * a file remembered. Readers of the old history can finish it and are then {@link
     * LogReader#isCut cut}.
     */
    public void startAt(long offset) {
        acquire();
        try {
            retire(new LogChain(pool, offset));
            announced = offset;
            dataEnd = offset;
            backlogStart = offset;
            database = NO_DATABASE;
        } finally {
            lock.unlock();
        }
        wakeCut();
    }

    /**
     * Takes back signs of life: the end is at {@code to} again, where another leader's history left
     * this one. What the backlog keeps before that stays; readers are {@link LogReader#isCut cut}.
     * All stripes are held.
     *
     * @param to not before {@link #dataEnd}
     */
    public void rewind(long to) {
        acquire();
        try {
            if (to < dataEnd || to > chain.end()) {
                throw new IllegalArgumentException("offset " + to + " cannot be gone back to");
            }
            LogChain old = chain;
            long from = backlog ? Math.min(windowStart(), to) : to;
            LogChain next = old.copy(from, to, backlogSize);
            retire(next);
            announced = to;
            backlogStart = from;
        } finally {
            lock.unlock();
        }
        wakeCut();
    }

    /** Readers of a history that has ended must not wait for more of it. */
    private void wakeCut() {
        LogChain now = chain;
        for (LogReader reader : readers) {
            if (reader.chain() != now) {
                reader.wakeIfArmed();
            }
        }
    }

    /** Puts another chain in the place of this one. Under the lock. */
    private void retire(LogChain next) {
        LogChain old = chain;
        keepAlives.clear();
        notForFiles.clear();
        chain = next;
        old.drop();
        if (old.readers == 0) {
            old.free();
        }
        pool.restart();
    }

    // --- backlog ---------------------------------------------------------------------------------

    /** From here on the last {@code backlogSize} bytes are kept; no effect if they are already. */
    public void createBacklog() {
        acquire();
        try {
            if (!backlog) {
                backlog = true;
                backlogStart = chain.end();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is a backlog: somebody may go on from a place in this stream. */
    public boolean hasBacklog() {
        return backlog;
    }

    /** Nothing is kept but what readers still need. */
    public void freeBacklog() {
        acquire();
        try {
            backlog = false;
            trim();
        } finally {
            lock.unlock();
        }
    }

    public void resizeBacklog(long size) {
        acquire();
        try {
            // What has been given up by a smaller window does not come back with a larger one.
            backlogStart = firstKept();
            backlogSize = size;
            trim();
        } finally {
            lock.unlock();
        }
    }

    /** What followers may ask for now: the backlog, and what is kept beyond it for slow readers. */
    public BacklogWindow window() {
        acquire();
        try {
            return backlog
                    ? new BacklogWindow(true, backlogSize, firstKept(), chain.end())
                    : BacklogWindow.none(backlogSize, chain.end());
        } finally {
            lock.unlock();
        }
    }

    /** What is kept for a slow reader is there for others, too. */
    private long firstKept() {
        return Math.max(backlogStart, Math.min(windowStart(), slowest(chain)));
    }

    /** The lowest position of a reader, the end if there is none. */
    private long slowest(LogChain of) {
        long lowest = of.end();
        for (LogReader reader : readers) {
            if (reader.chain() == of) {
                lowest = Math.min(lowest, reader.offset());
            }
        }
        return lowest;
    }

    private long windowStart() {
        return Math.max(backlogStart, chain.end() - backlogSize);
    }

    // --- writing ---------------------------------------------------------------------------------

    /**
     * Appends encoded commands as one contiguous run. Called under the stripes of every key
     * concerned. Does nothing unless the mode is ORIGIN.
     *
     * @param database the database that the first command runs in
     * @param databaseAfter the database selected once the run has been applied
     * @return the log's end behind the run
     */
    public long append(int database, long address, int length, int databaseAfter) {
        return append(database, address, length, databaseAfter, NOTHING);
    }

    /**
     * The same, for a run of which files do not get every byte.
     *
     * @param notForFiles where such bytes begin and end, counted from the run's first, in order
     */
    public long append(
            int database, long address, int length, int databaseAfter, int[] notForFiles) {
        acquire();
        try {
            if (mode != Mode.ORIGIN) {
                return chain.end();
            }
            long end = chain.end();
            int head = 0;
            if (database != this.database) {
                // The database is selected inside a transaction, which is how the reference does
                // it.
                head =
                        StreamWords.startsTransaction(address, length)
                                ? StreamWords.MULTI_LENGTH
                                : 0;
                end = copyIn(end, address, head);
                end = copyIn(end, scratch, StreamWords.select(database, scratch));
            }
            this.database = databaseAfter;
            huge.note(end, length - head);
            dataEnd = copyIn(end, address + head, length - head);
            for (int i = 0; i < notForFiles.length; i += 2) {
                long begin = dataEnd - length;
                this.notForFiles.add(begin + notForFiles[i], begin + notForFiles[i + 1]);
            }
            return publish(dataEnd);
        } finally {
            lock.unlock();
        }
    }

    /**
     * How many bytes of the last run that alone is large lie behind an offset: whoever lacks them
     * is not slow for that. Any thread.
     */
    public long hugeBehind(long offset) {
        return huge.behind(offset, end());
    }

    /**
     * Appends a command of the stream itself, in no database: PING, REPLCONF GETACK. Does nothing
     * unless the mode is ORIGIN.
     */
    public long appendKeepAlive(byte[] command) {
        acquire();
        try {
            if (mode != Mode.ORIGIN) {
                return chain.end();
            }
            long room = slab.take(command.length, MemoryTag.LOG);
            Memory.copyIn(command, 0, room, command.length);
            long end = copyIn(chain.end(), room, command.length);
            slab.give(room, command.length, MemoryTag.LOG);
            keepAlives.add(chain.end(), end);
            return publish(end);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Appends the leader's bytes as they came. Does nothing unless the mode is RELAY.
     *
     * @param keepAlive whether the run carries no data, so that files leave it out
     */
    public long appendRaw(long address, int length, boolean keepAlive) {
        acquire();
        try {
            if (mode != Mode.RELAY) {
                return chain.end();
            }
            huge.note(chain.end(), length);
            long end = copyIn(chain.end(), address, length);
            if (keepAlive) {
                keepAlives.add(chain.end(), end);
            } else {
                dataEnd = end;
            }
            return publish(end);
        } finally {
            lock.unlock();
        }
    }

    /** The next append names its database: somebody begins to read who does not know it. */
    public void forgetDatabase() {
        acquire();
        try {
            database = NO_DATABASE;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The stream's database: what a snapshot has to say for whoever goes on from its offset; -1 if
     * open.
     */
    public int database() {
        acquire();
        try {
            return database;
        } finally {
            lock.unlock();
        }
    }

    /** A file told which database the stream was in at its offset. */
    public void restoreDatabase(int index) {
        acquire();
        try {
            database = index;
        } finally {
            lock.unlock();
        }
    }

    private long copyIn(long end, long address, int length) {
        LogChain chain = this.chain;
        int done = 0;
        while (done < length) {
            if (chain.isFull(end)) {
                addSegment(chain, end);
            }
            int part = chain.write(end, address + done, length - done);
            done += part;
            end += part;
        }
        return end;
    }

    private long publish(long end) {
        chain.publish(end);
        return end;
    }

    private void addSegment(LogChain chain, long start) {
        trim();
        chain.grow(start, backlogSize);
    }

    /** Drops the oldest segments that neither the backlog nor a reader needs. Under the lock. */
    private void trim() {
        LogChain chain = this.chain;
        long needed = Math.min(backlog ? windowStart() : chain.end(), slowest(chain));
        chain.trim(needed);
        keepAlives.trim(needed);
        notForFiles.trim(needed);
    }

    // --- reading ---------------------------------------------------------------------------------

    /**
     * Opens a reader at a position that is still kept: from {@link BacklogWindow#first} or the
     * slowest reader's position to the end.
     *
     * @param dataOnly whether PING and the like are passed over
     * @param wake run by {@link #announce} after {@link LogReader#arm}, on the announcing thread
     * @throws IllegalArgumentException if the position is not kept
     */
    public LogReader openReader(long offset, boolean dataOnly, Runnable wake) {
        return openReader(offset, dataOnly ? keepAlives : null, wake);
    }

    /** Opens a reader as the other does, which passes over what is not for files. */
    public LogReader openFileReader(long offset, Runnable wake) {
        return openReader(offset, notForFiles, wake);
    }

    private LogReader openReader(long offset, @Nullable PassedOver over, Runnable wake) {
        acquire();
        try {
            LogChain chain = this.chain;
            if (chain.head() == null && offset == chain.end()) {
                addSegment(chain, offset);
            }
            LogSegment segment = chain.find(offset);
            if (segment == null) {
                throw new IllegalArgumentException("offset " + offset + " is not in the log");
            }
            LogReader reader = new LogReader(this, chain, segment, offset, over, wake);
            chain.readers++;
            if (over != null) {
                over.readerCame();
            }
            List<LogReader> all = new ArrayList<>(List.of(readers));
            all.add(reader);
            readers = all.toArray(LogReader[]::new);
            return reader;
        } finally {
            lock.unlock();
        }
    }

    void unregister(LogReader reader) {
        acquire();
        try {
            List<LogReader> all = new ArrayList<>(List.of(readers));
            all.remove(reader);
            readers = all.toArray(LogReader[]::new);
            if (reader.passesOver() != null) {
                reader.passesOver().readerLeft();
            }
            LogChain of = reader.chain();
            of.readers--;
            if (!of.isDropped()) {
                trim();
                pool.dropSpare(); // what a slow reader kept may all have gone
            } else if (of.readers == 0) {
                of.free();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A reader has left a segment behind. */
    void passed(LogChain of) {
        acquire();
        try {
            if (of == chain) {
                trim();
            }
        } finally {
            lock.unlock();
        }
    }

    public int readerCount() {
        return readers.length;
    }

    /** Whether {@link #announce} has something to say. Two volatile reads. */
    public boolean hasNews() {
        return announced != chain.end();
    }

    /**
     * Tells waiting readers that there may be more. Called once per event loop turn by whoever
     * appended: costs two volatile reads when nothing was appended since the last call.
     */
    public void announce() {
        long end = chain.end();
        if (announced == end) {
            return;
        }
        announced = end;
        for (LogReader reader : readers) {
            reader.wakeIfArmed();
        }
    }

    /** Off-heap bytes held. */
    public long memoryBytes() {
        acquire();
        try {
            return slab.usedBytes(MemoryTag.LOG);
        } finally {
            lock.unlock();
        }
    }

    /** Gives everything back; readers must have been closed. */
    @Override
    public void close() {
        acquire();
        try {
            retire(new LogChain(pool, chain.end()));
            pool.dropSpare();
            slab.give(scratch, SCRATCH, MemoryTag.LOG);
        } finally {
            lock.unlock();
        }
    }
}
