package io.ferrite.store.stream;

import io.ferrite.memory.Memory;
import io.ferrite.memory.codec.Decimal;

/**
 * The id of an entry: a time in milliseconds and a number within it, both 64 bits without a sign. A
 * reusable value; most methods of this package take the two numbers as they are.
 */
public final class StreamId {

    /** The longest text of an id: twenty digits, a hyphen, twenty digits. */
    public static final int MAX_TEXT = 41;

    /** The largest time, and the largest number within it. */
    public static final long MAX = -1L;

    private long ms;
    private long seq;

    public StreamId() {}

    public StreamId(long ms, long seq) {
        this.ms = ms;
        this.seq = seq;
    }

    public long ms() {
        return ms;
    }

    public long seq() {
        return seq;
    }

    public StreamId set(long ms, long seq) {
        this.ms = ms;
        this.seq = seq;
        return this;
    }

    public StreamId set(StreamId other) {
        return set(other.ms, other.seq);
    }

    public StreamId setMax() {
        return set(MAX, MAX);
    }

    public boolean isZero() {
        return (ms | seq) == 0;
    }

    public boolean isMax() {
        return (ms & seq) == MAX;
    }

    /** Moves on to the next id; false, and 0-0, after the largest. */
    public boolean increment() {
        seq++;
        if (seq == 0) {
            ms++;
            return ms != 0;
        }
        return true;
    }

    /** Moves back to the id before; false, and the largest, before 0-0. */
    public boolean decrement() {
        seq--;
        if (seq == MAX) {
            ms--;
            return ms != MAX;
        }
        return true;
    }

    public int compareTo(StreamId other) {
        return compare(ms, seq, other.ms, other.seq);
    }

    public int compareTo(long otherMs, long otherSeq) {
        return compare(ms, seq, otherMs, otherSeq);
    }

    /** Orders two ids, as {@link Long#compareUnsigned} orders numbers. */
    public static int compare(long aMs, long aSeq, long bMs, long bSeq) {
        return aMs != bMs ? Long.compareUnsigned(aMs, bMs) : Long.compareUnsigned(aSeq, bSeq);
    }

    /** Writes an id's text, at most {@link #MAX_TEXT} bytes; answers how many it has. */
    public static int write(long ms, long seq, long address) {
        int length = writeUnsigned(ms, address);
        Memory.putByte(address + length, '-');
        return length + 1 + writeUnsigned(seq, address + length + 1);
    }

    private static int writeUnsigned(long value, long address) {
        if (value >= 0) {
            return Decimal.write(value, address);
        }
        long head = Long.divideUnsigned(value, 10);
        int length = Decimal.write(head, address);
        Memory.putByte(address + length, (int) ('0' + value - head * 10));
        return length + 1;
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(ms) + "-" + Long.toUnsignedString(seq);
    }
}
