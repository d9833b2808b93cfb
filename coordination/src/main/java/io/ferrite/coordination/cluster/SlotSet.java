package io.ferrite.coordination.cluster;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * A set of hash slots. Immutable: a change answers another set.
 *
 * <p>On the wire it is 2048 bytes, slot {@code n} being bit {@code n % 8} of byte {@code n / 8}.
 */
public final class SlotSet {

    /** How many slots there are. */
    public static final int SLOTS = 16384;

    /** Bytes of a set on the wire. */
    public static final int BYTES = SLOTS / 8;

    public static final SlotSet EMPTY = new SlotSet(new long[SLOTS / 64], 0);

    public static final SlotSet ALL = EMPTY.withRange(0, SLOTS - 1);

    private final long[] words;
    private final int size;

    private SlotSet(long[] words, int size) {
        this.words = words;
        this.size = size;
    }

    private static SlotSet of(long[] words) {
        int size = 0;
        for (long word : words) {
            size += Long.bitCount(word);
        }
        return size == 0 && EMPTY != null ? EMPTY : new SlotSet(words, size);
    }

    public static SlotSet of(int... slots) {
        long[] words = new long[SLOTS / 64];
        for (int slot : slots) {
            words[slot >> 6] |= 1L << slot;
        }
        return of(words);
    }

    /** Reads {@link #BYTES} bytes of a message. */
    public static SlotSet read(byte[] from, int offset) {
        long[] words = new long[SLOTS / 64];
        for (int i = 0; i < BYTES; i++) {
            words[i >> 3] |= (from[offset + i] & 0xFFL) << (i & 7) * 8;
        }
        return of(words);
    }

    /** Writes {@link #BYTES} bytes of a message. */
    public void write(byte[] to, int offset) {
        for (int i = 0; i < BYTES; i++) {
            to[offset + i] = (byte) (words[i >> 3] >>> (i & 7) * 8);
        }
    }

    public boolean contains(int slot) {
        return (words[slot >> 6] & 1L << slot) != 0;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public SlotSet with(int slot) {
        return contains(slot) ? this : withRange(slot, slot);
    }

    public SlotSet without(int slot) {
        if (!contains(slot)) {
            return this;
        }
        long[] changed = words.clone();
        changed[slot >> 6] &= ~(1L << slot);
        return of(changed);
    }

    /** All of these, and those from {@code first} to {@code last}, both included. */
    public SlotSet withRange(int first, int last) {
        long[] changed = words.clone();
        for (int slot = first; slot <= last; slot++) {
            changed[slot >> 6] |= 1L << slot;
        }
        return of(changed);
    }

    public SlotSet plus(SlotSet other) {
        if (other.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        long[] changed = words.clone();
        for (int i = 0; i < changed.length; i++) {
            changed[i] |= other.words[i];
        }
        return of(changed);
    }

    public SlotSet minus(SlotSet other) {
        if (other.isEmpty() || isEmpty()) {
            return this;
        }
        long[] changed = words.clone();
        for (int i = 0; i < changed.length; i++) {
            changed[i] &= ~other.words[i];
        }
        return of(changed);
    }

    public SlotSet and(SlotSet other) {
        return minus(ALL.minus(other));
    }

    /** The first slot of the set from {@code from} on, or -1. */
    public int next(int from) {
        if (from >= SLOTS) {
            return -1;
        }
        int word = from >> 6;
        long bits = words[word] & -1L << from;
        while (bits == 0) {
            if (++word == words.length) {
                return -1;
            }
            bits = words[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    /** Tells of each slot, in ascending order. */
    public void forEach(IntConsumer action) {
        for (int slot = next(0); slot >= 0; slot = next(slot + 1)) {
            action.accept(slot);
        }
    }

    /** A run of slots without a gap, both ends included. */
    public interface RangeConsumer {
        void range(int first, int last);
    }

    /** Tells of the runs without gaps, in ascending order, each as long as can be. */
    public void forEachRange(RangeConsumer action) {
        int first = next(0);
        while (first >= 0) {
            int last = first;
            while (last + 1 < SLOTS && contains(last + 1)) {
                last++;
            }
            action.range(first, last);
            first = next(last + 1);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other == this
                || other instanceof SlotSet set
                        && set.size == size
                        && Arrays.equals(set.words, words);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(words);
    }

    /** As CLUSTER NODES has it: {@code 0-5460 5462}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        forEachRange((first, last) -> {
            text.append(text.isEmpty() ? "" : " ").append(first);
            if (last > first) {
                text.append('-').append(last);
            }
        });
        return text.toString();
    }
}
