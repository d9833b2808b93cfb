package io.ferrite.memory;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The slabs of one keyspace, and the sums over them. All sums may be read by any thread at any
 * time; they add up the slabs one after the other, so while others write they are of no single
 * instant, but with all stripes' locks held they are exact.
 *
 * <p>For the question asked before every write, {@link #exceeds}, there is a rough sum besides,
 * which a slab corrects whenever it has drifted by 32 KiB: only near the limit are the slabs asked.
 */
public final class SlabGroup implements AutoCloseable {

    static final long MAX_DRIFT = 32 * 1024;

    private final boolean leakChecked;
    private final AtomicLong rough = new AtomicLong();
    private volatile Slab[] slabs = {};

    public SlabGroup() {
        this(false);
    }

    SlabGroup(boolean leakChecked) {
        this.leakChecked = leakChecked;
    }

    /**
     * Whether the kernel is to use pages of 2 MiB, where it can, for what slabs of the whole
     * process map from now on. Any thread.
     */
    public static void preferHugePages(boolean on) {
        ChunkSource.SHARED.preferHugePages(on);
    }

    /** A new slab, counted in this group until it is closed. */
    public synchronized Slab newSlab() {
        Slab slab = new Slab(this, leakChecked);
        Slab[] more = Arrays.copyOf(slabs, slabs.length + 1);
        more[slabs.length] = slab;
        slabs = more;
        return slab;
    }

    /** Bytes in blocks that are out. */
    public long usedBytes() {
        long sum = 0;
        for (Slab slab : slabs) {
            sum += slab.usedBytes();
        }
        return sum;
    }

    /** Bytes in blocks of a tag that are out. */
    public long usedBytes(MemoryTag tag) {
        long sum = 0;
        for (Slab slab : slabs) {
            sum += slab.usedBytes(tag);
        }
        return sum;
    }

    /** Bytes in blocks for what clients have stored. */
    public long dataBytes() {
        long sum = 0;
        for (MemoryTag tag : MemoryTag.values()) {
            sum += tag.isData() ? usedBytes(tag) : 0;
        }
        return sum;
    }

    /** Blocks of a tag that are out. */
    public long blocks(MemoryTag tag) {
        long sum = 0;
        for (Slab slab : slabs) {
            sum += slab.blocks(tag);
        }
        return sum;
    }

    /**
     * Whether {@link #usedBytes} is more than {@code limit}: as exact as that sum, and only one
     * load when the limit is not near.
     */
    public boolean exceeds(long limit) {
        return usedAtMost() > limit && usedBytes() > limit;
    }

    /** One load instead of a sum: {@link #usedBytes} is not more than this, and not far below. */
    public long usedAtMost() {
        return rough.get() + slabs.length * (MAX_DRIFT + 1);
    }

    /** Address space held by the slabs. With {@link #usedBytes} it tells the fragmentation. */
    public long heldBytes() {
        long sum = 0;
        for (Slab slab : slabs) {
            sum += slab.heldBytes();
        }
        return sum;
    }

    /** An upper bound of what is resident for these slabs. */
    public long residentEstimate() {
        long sum = 0;
        for (Slab slab : slabs) {
            sum += slab.residentEstimate();
        }
        return sum;
    }

    /** Closes every slab, under whose locks the caller must be. */
    @Override
    public void close() {
        MemoryViolation leak = null;
        for (Slab slab : slabs) {
            try {
                slab.close();
            } catch (MemoryViolation e) {
                leak = e;
            }
        }
        if (leak != null) {
            throw leak;
        }
    }

    void publish(long drift) {
        rough.addAndGet(drift);
    }

    synchronized void removed(Slab slab, long published) {
        rough.addAndGet(-published);
        Slab[] fewer = new Slab[slabs.length - 1];
        int n = 0;
        for (Slab s : slabs) {
            if (s != slab) {
                fewer[n++] = s;
            }
        }
        slabs = fewer;
    }
}
