package io.ferrite.store.index;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;
import java.util.random.RandomGenerator;

/**
 * A set of off-heap elements found by their key: the keyspace's tables, and the big form of hashes,
 * sets and sorted sets. It keeps addresses only; what an element looks like is its {@link
 * KeyLayout}'s affair.
 *
 * <p>Extendible hashing (Fagin and others, 1979) with segments of growing size: a {@link
 * Directory}, found by the top bits of the hash, of {@link Segment}s of 1 to 64 cache lines. To
 * find a key takes a load in the directory, one cache line of the segment (rarely two), and the
 * element itself.
 *
 * <p>Cost: 8 bytes a slot at a load of 0.7 to 0.875, so 9.1 to 11.4 bytes an element, about 10 on
 * average; 32 bytes for the root. The smallest index is 96 bytes and takes 7 elements.
 *
 * <p>No step is long: a segment grows by a fifth without a look at its at most 448 elements; past
 * that it is split in two, which hashes them again; halves that shrink are merged. Only the
 * directory doubles, at 8 bytes per some 300 elements.
 *
 * <p>An index is the address of its root, which never changes, and all operations are static.
 * Memory belongs to the {@link Slab} handed in, under the layout's tag. Not thread-safe.
 */
public final class HashIndex {

    /** What an element takes here on average. */
    public static final int BYTES_PER_ELEMENT = 10;

    /** No element. */
    public static final long NONE = 0;

    /** What {@link #next} answers when there are no more. */
    public static final long END = -1;

    /** Where {@link #next} begins. */
    public static final long START = 0;

    /** Below this sum, two halves of a former segment become one again. */
    private static final int MERGE_LIMIT = 192;

    /** Where the result of loads goes that are made for the cache's sake; nobody reads it. */
    @SuppressWarnings("unused")
    private static long loaded;

    private HashIndex() {}

    public static long create(Slab slab, KeyLayout layout) {
        return Directory.create(slab, layout.tag());
    }

    public static long count(long root) {
        return Directory.count(root);
    }

    /** The element with this key, or {@link #NONE}. */
    public static long find(long root, long hash, long key, int length, KeyLayout layout) {
        long entry = Directory.entryFor(root, hash);
        long segment = Directory.segment(entry);
        int n = Directory.buckets(entry);
        int h16 = (int) (hash >>> 16) & 0xFFFF;
        int home = Segment.home(h16, n);
        int at = home;
        do {
            long bucket = Segment.bucket(segment, at);
            for (long hits = Segment.candidates(bucket, h16); hits != 0; hits &= hits - 1) {
                long slot = Segment.slot(bucket, Segment.lane(hits));
                if (Segment.isElement(slot)
                        && layout.matches(slot & Segment.ADDRESS, key, length)) {
                    return slot & Segment.ADDRESS;
                }
            }
            if (!Segment.overflowed(bucket)) {
                return NONE;
            }
            at = at + 1 == n ? 0 : at + 1;
        } while (at != home);
        return NONE;
    }

    /**
     * The bucket that a {@link #find} of this hash will look at first. Who loads those of several
     * hashes in a row lets their cache misses overlap, as none waits for another.
     */
    public static long likelyBucket(long root, long hash) {
        long entry = Directory.entryFor(root, hash);
        int h16 = (int) (hash >>> 16) & 0xFFFF;
        return Segment.bucket(
                Directory.segment(entry), Segment.home(h16, Directory.buckets(entry)));
    }

    /**
     * The element that a {@link #find} of this hash will most likely compare with, by its {@link
     * #likelyBucket}; 0 if there is none. Good for nothing but to be loaded.
     */
    public static long likelyElement(long bucket, long hash) {
        int h16 = (int) (hash >>> 16) & 0xFFFF;
        long hits = Segment.candidates(bucket, h16);
        if (hits == 0) {
            return 0;
        }
        long slot = Segment.slot(bucket, Segment.lane(hits));
        return Segment.isElement(slot) ? slot & Segment.ADDRESS : 0;
    }

    /** Adds an element whose key is not there yet. */
    public static void insert(Slab slab, long root, long hash, long element, KeyLayout layout) {
        long entry = Directory.entryFor(root, hash);
        int n = Directory.buckets(entry);
        int count = Segment.count(Directory.segment(entry));
        while (count >= Segment.limit(n)) {
            if (n < Segment.MAX_BUCKETS) {
                rebuild(slab, root, hash, entry, Segment.nextSize(n), layout);
                break;
            }
            if (Directory.depthOf(entry) == Directory.MAX_DEPTH) {
                if (count >= Segment.MAX_ELEMENTS) {
                    throw new IllegalStateException("too many elements with one hash");
                }
                break;
            }
            split(slab, root, hash, layout);
            entry = Directory.entryFor(root, hash);
            n = Directory.buckets(entry);
            count = Segment.count(Directory.segment(entry));
        }
        entry = Directory.entryFor(root, hash);
        n = Directory.buckets(entry);
        long segment = Directory.segment(entry);
        Segment.add(segment, n, (int) (hash >>> 16) & 0xFFFF, element);
        Directory.addCount(root, 1);
        if (n >= 4 && 4 * Segment.flagged(segment) > 3 * n) {
            unclog(slab, root, hash, entry, layout);
        }
    }

    /** Puts an element in the place of one with the same key; says whether that was there. */
    public static boolean replace(long root, long hash, long element, long replacement) {
        long entry = Directory.entryFor(root, hash);
        long segment = Directory.segment(entry);
        int place =
                Segment.placeOf(
                        segment, Directory.buckets(entry), (int) (hash >>> 16) & 0xFFFF, element);
        if (place < 0) {
            return false;
        }
        Segment.replaceAt(segment, place, replacement);
        return true;
    }

    /**
     * Takes an element out; says whether it was there. The element's own memory is the caller's.
     */
    public static boolean remove(Slab slab, long root, long hash, long element, KeyLayout layout) {
        long entry = Directory.entryFor(root, hash);
        long segment = Directory.segment(entry);
        int n = Directory.buckets(entry);
        int place = Segment.placeOf(segment, n, (int) (hash >>> 16) & 0xFFFF, element);
        if (place < 0) {
            return false;
        }
        Segment.removeAt(segment, place);
        Directory.addCount(root, -1);
        int count = Segment.count(segment);
        if (count < 3 * n && n > 1) {
            shrink(slab, root, hash, layout);
        }
        return true;
    }

    /**
     * Tells of some elements and answers the cursor to go on with, 0 when through; begins at 0.
     *
     * <p>An element that is there from the first call to the last is told of at least once,
     * whatever is added and removed between calls. One call tells of those of one home bucket,
     * about six; none at times. Any number is a legal cursor.
     *
     * <pre>
     *   cursor   | 1 | first bits of the segment's hashes, as many as it is deep | h16 |
     * </pre>
     *
     * The order is that of (first bits, h16), which does not depend on how many buckets a segment
     * has. Where the segment was split since, its first half goes on from h16 and the others begin
     * anew; where it was merged, the whole begins anew.
     */
    public static long scan(long root, long cursor, ElementSink sink) {
        int depth = Directory.depth(root);
        long marked = cursor >>> 16;
        int known = marked == 0 ? 0 : 63 - Long.numberOfLeadingZeros(marked);
        if (known > Directory.MAX_DEPTH) {
            return 0;
        }
        long prefix = marked == 0 ? 0 : marked ^ 1L << known;
        int index = (int) (known <= depth ? prefix << (depth - known) : prefix >>> (known - depth));
        long entry = Directory.entryAt(root, index);
        int n = Directory.buckets(entry);
        int own = Directory.depthOf(entry);
        int home = own < known || marked == 0 ? 0 : Segment.home((int) cursor & 0xFFFF, n);
        Segment.visitHome(Directory.segment(entry), n, home, sink);

        long place = 1L << own | index >>> (depth - own);
        if (home + 1 < n) {
            // The lowest h16 whose home is the next bucket.
            return place << 16 | ((home + 1 << 16) + n - 1) / n;
        }
        place++;
        return place == 2L << own ? 0 : place << 16;
    }

    /** An element drawn so that each is as likely as the other; {@link #NONE} of an empty index. */
    public static long random(long root, RandomGenerator random) {
        if (count(root) == 0) {
            return NONE;
        }
        int depth = Directory.depth(root);
        while (true) {
            long bits = random.nextLong();
            int index = depth == 0 ? 0 : (int) (bits >>> 64 - depth);
            long entry = Directory.entryAt(root, index);
            int n = Directory.buckets(entry);
            // A segment that stands twice in the directory is drawn twice as often: so it counts
            // once.
            if ((index & (1 << (depth - Directory.depthOf(entry))) - 1) != 0) {
                continue;
            }
            // Among more than one, as if every segment had the most slots; else a small one is
            // favoured.
            int place =
                    depth == 0
                            ? (int) ((bits >>> 32) * (n * Segment.SLOTS) >>> 32)
                            : (int) bits & Segment.MAX_BUCKETS * Segment.SLOTS - 1;
            if (place >= n * Segment.SLOTS) {
                continue;
            }
            long slot = Segment.slotAt(Directory.segment(entry), place);
            if (Segment.isElement(slot)) {
                return slot & Segment.ADDRESS;
            }
        }
    }

    /**
     * The place behind the next element, or {@link #END}: {@code for (long at = next(root, START);
     * at != END; at = next(root, at))} goes over {@link #at} each element once, as long as the
     * index does not change (elements may be replaced).
     */
    public static long next(long root, long after) {
        int depth = Directory.depth(root);
        int index = (int) (after >>> 11);
        int place = (int) after & 2047;
        while (index < 1 << depth) {
            long entry = Directory.entryAt(root, index);
            int end = Directory.buckets(entry) * Segment.SLOTS;
            long segment = Directory.segment(entry);
            while (place < end) {
                if (Segment.isElement(Segment.slotAt(segment, place))) {
                    return (long) index << 11 | place + 1;
                }
                place++;
            }
            place = 0;
            index += 1 << (depth - Directory.depthOf(entry));
        }
        return END;
    }

    /** The element in front of a place that {@link #next} answered. */
    public static long at(long root, long place) {
        int index = (int) (place >>> 11);
        int slot = ((int) place & 2047) - 1;
        long segment = Directory.segment(Directory.entryAt(root, index));
        return Segment.slotAt(segment, slot) & Segment.ADDRESS;
    }

    /** Bytes that the index itself takes. */
    public static long bytes(long root) {
        long sum = Directory.bytes(root);
        int depth = Directory.depth(root);
        for (int i = 0; i < 1 << depth; ) {
            long entry = Directory.entryAt(root, i);
            sum += (long) Directory.buckets(entry) * Segment.BUCKET_BYTES;
            i += 1 << (depth - Directory.depthOf(entry));
        }
        return sum;
    }

    /**
     * Gives an index back piece by piece: tells of at most {@code max} more of its elements and
     * frees what they stood in. True when all is gone, the root too. After the first call nothing
     * else may be asked of the index.
     */
    public static boolean release(
            Slab slab, long root, int max, KeyLayout layout, ElementSink sink) {
        int depth = Directory.depth(root);
        // The count is of no use any more: it becomes the progress, told apart by its sign.
        long progress = count(root) < 0 ? ~count(root) : 0;
        int index = (int) (progress >>> 11);
        int place = (int) progress & 2047;
        int told = 0;
        while (index < 1 << depth) {
            long entry = Directory.entryAt(root, index);
            long segment = Directory.segment(entry);
            int n = Directory.buckets(entry);
            for (; place < n * Segment.SLOTS; place++) {
                long slot = Segment.slotAt(segment, place);
                if (!Segment.isElement(slot)) {
                    continue;
                }
                if (told == max) {
                    Directory.setCount(root, ~((long) index << 11 | place));
                    return false;
                }
                sink.element(slot & Segment.ADDRESS);
                told++;
            }
            Segment.free(slab, segment, n, layout.tag());
            place = 0;
            index += 1 << (depth - Directory.depthOf(entry));
        }
        Directory.freeEntries(slab, root, layout.tag());
        slab.give(root, Directory.ROOT_BYTES, layout.tag());
        return true;
    }

    /** Gives an index back whose elements are gone already, or of no interest. */
    public static void free(Slab slab, long root, KeyLayout layout) {
        while (!release(slab, root, Integer.MAX_VALUE, layout, element -> {})) {
            // goes on
        }
    }

    private static void rebuild(
            Slab slab, long root, long hash, long entry, int size, KeyLayout layout) {
        long segment = Directory.segment(entry);
        int n = Directory.buckets(entry);
        long rebuilt = Segment.create(slab, size, layout.tag());
        Segment.addAll(segment, n, rebuilt, size);
        int depth = Directory.depthOf(entry);
        Directory.put(root, Directory.indexOf(root, hash), Directory.entry(rebuilt, size, depth));
        Segment.free(slab, segment, n, layout.tag());
    }

    /**
     * Too many searches go past their home: either there is little room, or much has come and gone.
     */
    private static void unclog(Slab slab, long root, long hash, long entry, KeyLayout layout) {
        int n = Directory.buckets(entry);
        int count = Segment.count(Directory.segment(entry));
        boolean full = count >= 6 * n;
        if (full && n == Segment.MAX_BUCKETS) {
            if (Directory.depthOf(entry) < Directory.MAX_DEPTH) {
                split(slab, root, hash, layout);
            }
            return;
        }
        rebuild(slab, root, hash, entry, full ? Segment.nextSize(n) : n, layout);
    }

    /** Splits a segment in two by the next bit of its elements' hashes. */
    private static void split(Slab slab, long root, long hash, KeyLayout layout) {
        if (Directory.depthOf(Directory.entryFor(root, hash)) == Directory.depth(root)) {
            Directory.doubleUp(slab, root, layout.tag());
        }
        int index = Directory.indexOf(root, hash);
        long entry = Directory.entryAt(root, index);
        long segment = Directory.segment(entry);
        int n = Directory.buckets(entry);
        int depth = Directory.depthOf(entry) + 1;
        int right = markRight(segment, n, 64 - depth, layout);
        int left = Segment.count(segment) - right;
        int leftSize = Segment.sizeFor(left);
        int rightSize = Segment.sizeFor(right);
        long leftSegment = Segment.create(slab, leftSize, layout.tag());
        long rightSegment = Segment.create(slab, rightSize, layout.tag());
        for (int place = 0; place < n * Segment.SLOTS; place++) {
            long bucket = Segment.bucket(segment, place / Segment.SLOTS);
            long slot = Segment.slot(bucket, place % Segment.SLOTS);
            if (Segment.isElement(slot)) {
                int h16 = Segment.tag(bucket, place % Segment.SLOTS);
                if ((slot & Segment.RIGHT) == 0) {
                    Segment.add(leftSegment, leftSize, h16, slot & Segment.ADDRESS);
                } else {
                    Segment.add(rightSegment, rightSize, h16, slot & Segment.ADDRESS);
                }
            }
        }
        int half = 1 << (Directory.depth(root) - depth);
        Directory.put(root, index & ~half, Directory.entry(leftSegment, leftSize, depth));
        Directory.put(root, index | half, Directory.entry(rightSegment, rightSize, depth));
        if (depth == Directory.depth(root)) {
            Directory.addDeepest(root, 2);
        }
        Segment.free(slab, segment, n, layout.tag());
    }

    /** Marks the elements whose hash has a one at {@code bit}; answers how many they are. */
    private static int markRight(long segment, int n, int bit, KeyLayout layout) {
        // The elements are cold, up to 448 of them. Loads that wait for nothing overlap: ten times
        // faster than to miss the cache at one after the other below.
        long heads = 0;
        for (int place = 0; place < n * Segment.SLOTS; place++) {
            long slot = Segment.slotAt(segment, place);
            if (Segment.isElement(slot)) {
                heads += Memory.getByte(slot & Segment.ADDRESS);
            }
        }
        loaded = heads;
        int right = 0;
        for (int place = 0; place < n * Segment.SLOTS; place++) {
            long slot = Segment.slotAt(segment, place);
            if (Segment.isElement(slot)) {
                // No branch on the bit: half of them would be guessed wrong.
                int one = (int) (layout.hash(slot & Segment.ADDRESS) >>> bit) & 1;
                Segment.putSlot(
                        Segment.bucket(segment, place / Segment.SLOTS),
                        place % Segment.SLOTS,
                        slot | one * Segment.RIGHT);
                right += one;
            }
        }
        return right;
    }

    private static void shrink(Slab slab, long root, long hash, KeyLayout layout) {
        int index = Directory.indexOf(root, hash);
        long entry = Directory.entryAt(root, index);
        int depth = Directory.depthOf(entry);
        int count = Segment.count(Directory.segment(entry));
        if (depth > 0 && count <= MERGE_LIMIT) {
            int half = 1 << (Directory.depth(root) - depth);
            long buddy = Directory.entryAt(root, index ^ half);
            int sum = count + Segment.count(Directory.segment(buddy));
            if (Directory.depthOf(buddy) == depth && sum <= MERGE_LIMIT) {
                merge(slab, root, index, entry, buddy, layout);
                return;
            }
        }
        int size = Segment.sizeFor(count);
        if (size < Directory.buckets(entry)) {
            rebuild(slab, root, hash, entry, size, layout);
        }
    }

    private static void merge(
            Slab slab, long root, int index, long entry, long buddy, KeyLayout layout) {
        long one = Directory.segment(entry);
        long other = Directory.segment(buddy);
        int depth = Directory.depthOf(entry);
        int size = Segment.sizeFor(Segment.count(one) + Segment.count(other));
        long merged = Segment.create(slab, size, layout.tag());
        Segment.addAll(one, Directory.buckets(entry), merged, size);
        Segment.addAll(other, Directory.buckets(buddy), merged, size);
        Directory.put(root, index, Directory.entry(merged, size, depth - 1));
        Segment.free(slab, one, Directory.buckets(entry), layout.tag());
        Segment.free(slab, other, Directory.buckets(buddy), layout.tag());
        if (depth == Directory.depth(root)) {
            Directory.addDeepest(root, -2);
            while (Directory.depth(root) > 0 && Directory.deepest(root) == 0) {
                Directory.halve(slab, root, layout.tag());
            }
        }
    }
}
