package io.ferrite.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Takes and gives blocks of off-heap memory, counted by tag. One for each stripe of the keyspace.
 *
 * <p>A block of up to 256 KiB is cut from a chunk ({@link PageBins}, {@link SpanSpace}, {@link
 * Chunk}), a larger one is a mapping of its own ({@link LargeBlocks}). Neither way calls the
 * operating system or touches the Java heap unless memory must grow or shrink. Blocks are aligned
 * to 8 bytes, those whose size is a multiple of 64 to 64; their contents are undefined. Every count
 * is of size classes ({@link #roundUp}): what a block really holds, all of which its owner may use.
 *
 * <p>Threads: everything happens under the lock of the slab's owner, except that the counters may
 * be read by anyone. A block may be given back through a slab that it was not taken from: it is
 * then put on a lock-free list of the slab it belongs to, which takes it in when it next runs out
 * or is trimmed. The counters of that slab go down at once.
 */
public final class Slab implements AutoCloseable {

    private static final VarHandle REMOTE_HEAD;

    static {
        try {
            REMOTE_HEAD =
                    MethodHandles.lookup().findVarHandle(Slab.class, "remoteHead", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int TIDY_MOST = 1024;

    private final int id;
    private final SlabGroup group;
    private final boolean leakChecked;
    private final Tally tally = new Tally();
    private final Tally elsewhere = new Tally(); // what other slabs gave back, counted down from 0
    private final SpanSpace spans;
    private final PageBins bins;
    private final LargeBlocks large;
    private final CheckedBlocks checked;
    private long published; // of the used bytes, what the group's rough sum contains

    /** Blocks of this slab that others gave back, linked by their first 8 bytes; 0 ends. */
    private volatile long remoteHead;

    private long returned; // the part of that list that is being taken in

    /** A slab of its own, in no group. */
    public Slab() {
        this(null, false);
    }

    Slab(SlabGroup group, boolean leakChecked) {
        this.group = group;
        this.leakChecked = leakChecked;
        this.id = SlabRegistry.add(this);
        this.spans = new SpanSpace(id, tally);
        this.bins = new PageBins(this, spans);
        this.large = new LargeBlocks(id);
        this.checked = Memory.CHECKED ? new CheckedBlocks(bins, large) : null;
    }

    int id() {
        return id;
    }

    /** A block of {@link #roundUp roundUp(size)} bytes. */
    public long take(long size, MemoryTag tag) {
        if (Memory.CHECKED) {
            long block = checked.take(size, tag);
            count(tag, SizeClass.roundUp(size), true);
            return block;
        }
        int sizeClass = SizeClass.of(size);
        if (sizeClass > SizeClass.LAST) {
            long held = SizeClass.roundUp(size);
            long block = large.take(held);
            count(tag, held, true);
            return block;
        }
        long block = bins.take(sizeClass);
        count(tag, SizeClass.size(sizeClass), true);
        return block;
    }

    /**
     * Gives a block back, with the size (or one that rounds up to the same) and tag it was taken
     * with.
     */
    public void give(long address, long size, MemoryTag tag) {
        if (Memory.CHECKED) {
            CheckedBlocks.retire(address, size, tag);
        }
        long held = SizeClass.roundUp(size);
        if (Memory.CHECKED ? Checker.zone(address).isLarge() : held > SizeClass.MAX_BLOCK) {
            giveLarge(address, held, tag);
            return;
        }
        long page = Chunk.pageOf(address);
        if (Chunk.pageOwner(page) != id) {
            SlabRegistry.get(Chunk.pageOwner(page)).giveFromElsewhere(address, held, tag);
            return;
        }
        if (Memory.CHECKED) {
            checked.queue(address);
        } else {
            bins.give(page, address);
        }
        count(tag, held, false);
    }

    private void giveLarge(long block, long held, MemoryTag tag) {
        int owner = LargeBlocks.owner(block);
        if (Memory.CHECKED) {
            Checker.largeGiven(block);
        }
        if (owner == id) {
            large.give(block);
            count(tag, held, false);
        } else {
            Slab slab = SlabRegistry.get(owner);
            slab.large.give(block);
            slab.countGivenElsewhere(tag, held);
        }
    }

    private void giveFromElsewhere(long block, long held, MemoryTag tag) {
        countGivenElsewhere(tag, held);
        long head;
        do {
            head = remoteHead;
            Raw.putLong(block, head);
        } while (!REMOTE_HEAD.compareAndSet(this, head, block));
    }

    private void countGivenElsewhere(MemoryTag tag, long held) {
        elsewhere.givenAtomically(tag, held);
        if (group != null) {
            group.publish(-held);
        }
    }

    /**
     * Takes in what other slabs gave back, {@code most} blocks at a time: a value of a million
     * elements that was renamed from one stripe to another and deleted there must not hold up a
     * single take here.
     */
    void drain(int most) {
        if (returned == 0) {
            if (remoteHead == 0) {
                return;
            }
            returned = (long) REMOTE_HEAD.getAndSet(this, 0L);
        }
        for (int i = 0; i < most && returned != 0; i++) {
            long block = returned;
            returned = Raw.getLong(block);
            bins.giveToPage(Chunk.pageOf(block), block);
        }
    }

    /**
     * A block of the new size with the old one's bytes, as far as they fit. It is the same block
     * when both sizes round up to the same; else the old address is stale.
     */
    public long resize(long address, long oldSize, long newSize, MemoryTag tag) {
        long oldHeld = SizeClass.roundUp(oldSize);
        long newHeld = SizeClass.roundUp(newSize);
        if (oldHeld == newHeld) {
            return address;
        }
        if (!Memory.CHECKED
                && oldHeld > SizeClass.MAX_BLOCK
                && newHeld > SizeClass.MAX_BLOCK
                && LargeBlocks.owner(address) == id) {
            long moved = large.resize(address, newHeld);
            count(tag, oldHeld, false);
            count(tag, newHeld, true);
            return moved;
        }
        long moved = take(newSize, tag);
        Raw.copy(address, moved, Math.min(oldSize, newSize));
        give(address, oldSize, tag);
        return moved;
    }

    /**
     * The bytes that a request of {@code size} really gets: a structure that grows by {@link
     * #resize} may use this as its capacity and needs to store its size only. At most 1/8 more, and
     * 8 bytes at least.
     */
    public static long roundUp(long size) {
        return SizeClass.roundUp(size);
    }

    /** Bytes in blocks that are out. Any thread. */
    public long usedBytes() {
        return tally.get(Tally.USED) + elsewhere.get(Tally.USED);
    }

    /** Bytes in blocks of a tag that are out. Any thread. */
    public long usedBytes(MemoryTag tag) {
        return tally.get(Tally.bytes(tag)) + elsewhere.get(Tally.bytes(tag));
    }

    /** Blocks of a tag that are out. Any thread. */
    public long blocks(MemoryTag tag) {
        return tally.get(Tally.blocks(tag)) + elsewhere.get(Tally.blocks(tag));
    }

    /**
     * Bytes of small blocks' pages that went back to the operating system since the slab was made.
     * Under the slab's lock. That takes longer than anything else here: who frees much at a time
     * can stop by this.
     */
    public long discardedBytes() {
        return spans.discardedBytes();
    }

    /** Address space held: chunks and large mappings. Any thread. */
    public long heldBytes() {
        return tally.get(Tally.CHUNKS) * Chunk.SIZE + large.mappedBytes();
    }

    /**
     * At most so many bytes are resident: spans, free units not given back, headers and large
     * mappings. An upper bound, as never-used blocks at a span's end are not touched. Any thread.
     */
    public long residentEstimate() {
        return tally.get(Tally.CHUNKS) * Chunk.HEADER_RESIDENT
                + (tally.get(Tally.SPAN_UNITS) + tally.get(Tally.DIRTY_UNITS)) * SizeClass.UNIT
                + large.mappedBytes();
    }

    /**
     * Whether other slabs gave blocks back that were not taken in. Any thread, then without
     * warranty.
     */
    public boolean hasReturned() {
        return returned != 0 || remoteHead != 0;
    }

    /**
     * Takes in some of what other slabs gave back, for a regular visit: a slab that takes nothing
     * would never find it. Answers whether more is left.
     */
    public boolean tidy() {
        drain(TIDY_MOST);
        return hasReturned();
    }

    /** Gives all memory that no block needs back to the operating system. For quiet moments. */
    public void trim() {
        if (Memory.CHECKED) {
            checked.releaseQueue();
        }
        while (hasReturned()) {
            drain(Integer.MAX_VALUE);
        }
        bins.trim();
        spans.trim();
    }

    /**
     * Gives all memory back, blocks that are out included; the slab must not be used any more.
     *
     * @throws MemoryViolation in a slab made by {@link TestMemory}, if blocks are out
     */
    @Override
    public void close() {
        String leak = leakChecked ? leakReport() : null;
        Throwable taken = leak != null && Memory.CHECKED ? Checker.traceOfLeak(id) : null;
        if (group != null) {
            group.removed(this, published + elsewhere.get(Tally.USED));
        }
        large.releaseAll();
        spans.releaseAll();
        SlabRegistry.remove(id);
        if (leak != null) {
            throw new MemoryViolation(leak, taken);
        }
    }

    /** What is out, by tag, as text; null if nothing is. */
    String leakReport() {
        StringBuilder report = new StringBuilder();
        for (MemoryTag tag : MemoryTag.values()) {
            if (blocks(tag) != 0 || usedBytes(tag) != 0) {
                report.append(report.isEmpty() ? "not given back: " : "; ")
                        .append(blocks(tag))
                        .append(" blocks, ")
                        .append(usedBytes(tag))
                        .append(" bytes of ")
                        .append(tag);
            }
        }
        return report.isEmpty() ? null : report.toString();
    }

    private void count(MemoryTag tag, long held, boolean taken) {
        if (taken) {
            tally.taken(tag, held);
        } else {
            tally.given(tag, held);
        }
        if (group != null) {
            long drift = tally.get(Tally.USED) - published;
            if (drift > SlabGroup.MAX_DRIFT || drift < -SlabGroup.MAX_DRIFT) {
                group.publish(drift);
                published += drift;
            }
        }
    }
}
