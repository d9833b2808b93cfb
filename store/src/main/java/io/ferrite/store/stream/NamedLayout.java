package io.ferrite.store.stream;

import io.ferrite.memory.Hash;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.index.HashIndex;
import io.ferrite.store.index.KeyLayout;

/**
 * How an index finds groups and consumers: blocks of a fixed head, and a name behind it.
 *
 * <pre>
 *   | head | length u32 | name |
 * </pre>
 */
final class NamedLayout extends KeyLayout {

    private final int headBytes;

    NamedLayout(int headBytes) {
        super(MemoryTag.STREAM);
        this.headBytes = headBytes;
    }

    @Override
    public long hash(long element) {
        return Hash.of(name(element), nameLength(element));
    }

    @Override
    public boolean matches(long element, long key, int length) {
        return nameLength(element) == length && Memory.equal(name(element), key, length);
    }

    long name(long element) {
        return element + headBytes + 4;
    }

    int nameLength(long element) {
        return Memory.getInt(element + headBytes);
    }

    private static long bytes(int headBytes, int length) {
        return headBytes + 4L + length;
    }

    /** A block with this name and a head that is all zero. */
    long create(Slab slab, long name, int length) {
        long element = slab.take(bytes(headBytes, length), tag());
        Memory.fill(element, headBytes, (byte) 0);
        Memory.putInt(element + headBytes, length);
        Memory.copy(name, name(element), length);
        return element;
    }

    void free(Slab slab, long element) {
        slab.give(element, bytes(headBytes, nameLength(element)), tag());
    }

    /** Bytes of the block. */
    long bytes(long element) {
        return Slab.roundUp(bytes(headBytes, nameLength(element)));
    }

    // ------------------------------------------------- the index, whose address an owner keeps

    private static long index(long place) {
        return Memory.getLong(place);
    }

    /** How many blocks are in the index that is kept at a place; 0 where none is. */
    long count(long place) {
        return index(place) == 0 ? 0 : HashIndex.count(index(place));
    }

    /** The block with this name, or 0. */
    long find(long place, long name, int length) {
        long index = index(place);
        return index == 0 ? 0 : HashIndex.find(index, Hash.of(name, length), name, length, this);
    }

    /** Enters a block, making the index if there is none. */
    void enter(Slab slab, long place, long element) {
        if (index(place) == 0) {
            Memory.putLong(place, HashIndex.create(slab, this));
        }
        HashIndex.insert(slab, index(place), hash(element), element, this);
    }

    /** Takes a block out of the index. */
    void leave(Slab slab, long place, long element) {
        HashIndex.remove(slab, index(place), hash(element), element, this);
    }

    /** All blocks, in the order of their names. */
    long[] sorted(long place) {
        long[] all = new long[Math.toIntExact(count(place))];
        long index = index(place);
        if (all.length > 0) {
            int i = 0;
            for (long at = HashIndex.next(index, HashIndex.START);
                    at != HashIndex.END;
                    at = HashIndex.next(index, at)) {
                all[i++] = HashIndex.at(index, at);
            }
            sort(all, new long[all.length], 0, all.length);
        }
        return all;
    }

    /** Merges; the range [from, to) of {@code all} is in order afterwards. */
    private void sort(long[] all, long[] spare, int from, int to) {
        if (to - from < 2) {
            return;
        }
        int middle = from + to >>> 1;
        sort(all, spare, from, middle);
        sort(all, spare, middle, to);
        System.arraycopy(all, from, spare, from, to - from);
        int left = from;
        int right = middle;
        for (int i = from; i < to; i++) {
            boolean takesLeft =
                    right == to || left < middle && compare(spare[left], spare[right]) <= 0;
            all[i] = takesLeft ? spare[left++] : spare[right++];
        }
    }

    private int compare(long a, long b) {
        return Memory.compare(name(a), nameLength(a), name(b), nameLength(b));
    }
}
