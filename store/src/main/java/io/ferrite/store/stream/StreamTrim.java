package io.ferrite.store.stream;

import io.ferrite.memory.Memory;
import io.ferrite.store.encoding.Listpack;

/**
 * What a trim leaves of a stream, and how much it does at most.
 *
 * @param byLength whether to leave so many entries, rather than those from an id on
 * @param length how many entries to leave, not negative
 * @param ms the id of which no entry below is left
 * @param approximate whether to remove whole blocks only
 * @param limit how many entries to remove at most; 0 for no limit
 */
public record StreamTrim(
        boolean byLength, long length, long ms, long seq, boolean approximate, long limit) {

    /** Leaves at most so many entries. */
    public static StreamTrim toLength(long length, boolean approximate, long limit) {
        return new StreamTrim(true, length, 0, 0, approximate, limit);
    }

    /** Leaves no entry with an id below this one. */
    public static StreamTrim toId(long ms, long seq, boolean approximate, long limit) {
        return new StreamTrim(false, 0, ms, seq, approximate, limit);
    }

    /** Whether the oldest block goes as a whole. */
    boolean takesBlock(long entries, int live, long record) {
        if (byLength) {
            return entries - live >= length;
        }
        long lp = StreamBlock.of(record);
        int at = StreamBlock.lastEntry(lp);
        if (at == Listpack.NONE) {
            return true;
        }
        at = Listpack.next(lp, at);
        long lastMs = Memory.getLong(record) + Listpack.integer(lp, at);
        at = Listpack.next(lp, at);
        long lastSeq = Memory.getLong(record + 8) + Listpack.integer(lp, at);
        return StreamId.compare(lastMs, lastSeq, ms, seq) < 0;
    }

    /** Whether an entry goes, dead or live, while the stream has so many. */
    boolean takesEntry(long entries, long entryMs, long entrySeq) {
        return byLength ? entries > length : StreamId.compare(entryMs, entrySeq, ms, seq) < 0;
    }
}
