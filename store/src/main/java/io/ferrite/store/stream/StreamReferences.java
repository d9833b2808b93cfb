package io.ferrite.store.stream;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;
import io.ferrite.store.index.HashIndex;

/**
 * Who still needs an entry of a stream: the groups that were not given it yet, and those for which
 * it is pending. Found by looking at every group, so nothing is kept for it.
 */
public final class StreamReferences {

    private StreamReferences() {}

    /** What is told of entries that are about to go. */
    @FunctionalInterface
    public interface Listener {
        /** The entry with this id goes; it may be pending still. */
        void removing(long ms, long seq);
    }

    /** Is told of a group. */
    @FunctionalInterface
    public interface GroupVisitor {
        void visit(long group);
    }

    /** Shows the groups for which an entry is pending, by their names; they stay as they are. */
    public static void holders(long stream, long ms, long seq, GroupVisitor visitor) {
        for (long group : StreamGroup.sorted(stream)) {
            if (StreamPending.find(group, ms, seq) != StreamPending.NONE) {
                visitor.visit(group);
            }
        }
    }

    /** Whether a group was not given an entry yet, or has it pending. */
    public static boolean isNeeded(long stream, long ms, long seq) {
        long index = Memory.getLong(stream + StreamValue.GROUPS);
        if (index == 0) {
            return false;
        }
        for (long at = HashIndex.next(index, HashIndex.START);
                at != HashIndex.END;
                at = HashIndex.next(index, at)) {
            long group = HashIndex.at(index, at);
            long lastMs = StreamGroup.lastMs(group);
            if (StreamId.compare(ms, seq, lastMs, StreamGroup.lastSeq(group)) > 0
                    || StreamPending.find(group, ms, seq) != StreamPending.NONE) {
                return true;
            }
        }
        return false;
    }

    /**
     * Removes the oldest entries until the conditions of a trim hold, one by one, so that each can
     * be asked for; answers how many.
     *
     * @param onlyUnneeded leaves entries that are needed where they are
     */
    public static long trim(
            Slab slab, long stream, StreamTrim trim, boolean onlyUnneeded, Listener listener) {
        StreamCursor cursor = new StreamCursor();
        StreamId from = new StreamId();
        StreamId block = new StreamId();
        boolean inBlock = false;
        long removed = 0;
        while (cursor.open(stream, from.ms(), from.seq(), StreamId.MAX, StreamId.MAX, true)
                .next()) {
            long length = StreamValue.length(stream);
            long ms = cursor.ms();
            long seq = cursor.seq();
            if (!trim.takesEntry(length, ms, seq)) {
                break;
            }
            long record = cursor.blockRecord();
            if (!inBlock
                    || block.compareTo(Memory.getLong(record), Memory.getLong(record + 8)) != 0) {
                int live = StreamBlock.live(StreamBlock.of(record));
                if (trim.approximate() && !trim.takesBlock(length, live, record)
                        || trim.limit() != 0 && removed + live > trim.limit()) {
                    break;
                }
                block.set(Memory.getLong(record), Memory.getLong(record + 8));
                inBlock = true;
            }
            if (!onlyUnneeded || !isNeeded(stream, ms, seq)) {
                listener.removing(ms, seq);
                StreamValue.deleteAt(slab, stream, cursor);
                StreamValue.noteDeleted(stream, ms, seq);
                removed++;
            }
            if (from.set(ms, seq).isMax()) {
                break;
            }
            from.increment();
        }
        if (removed > 0) {
            StreamValue.refreshFirst(stream);
        }
        return removed;
    }
}
