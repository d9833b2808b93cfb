package io.ferrite.store.stream;

import io.ferrite.memory.Args;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.encoding.ListpackEntry;

/**
 * Entries of a stream that follow each other, in one {@link Listpack} whose elements are those of
 * Redis' streams, so that RDB files and DUMP payloads are copies of them. Beside the block its
 * owner keeps the id of the entry that the block was begun with: the ids in it are distances from
 * that.
 *
 * <pre>
 *   block   | live | dead | n | field 1 | ... | field n | 0 | entry | entry | ...
 *
 *   entry   | flags | ms | seq | value 1 | ... | value n | parts |                           SAME_FIELDS
 *           | flags | ms | seq | m | field 1 | value 1 | ... | field m | value m | parts |   otherwise
 * </pre>
 *
 * <p>{@code live} and {@code dead} count the entries without and with the flag DELETED: an entry
 * that is deleted stays until the whole block goes. The fields at the head are those of the first
 * entry, which others mostly share. {@code parts} is the number of elements of the entry before it,
 * for the way back; the 0 ends that way.
 */
final class StreamBlock {

    static final int DELETED = 1;
    static final int SAME_FIELDS = 2;

    private static final MemoryTag TAG = MemoryTag.STREAM;

    /** Flags, ms and seq. */
    private static final int FIXED_PARTS = 3;

    private StreamBlock() {}

    // ----------------------------------------------------------------------------------- reading

    static int live(long lp) {
        return (int) Listpack.integer(lp, Listpack.HEADER_BYTES);
    }

    private static int deadAt(long lp) {
        return Listpack.next(lp, Listpack.HEADER_BYTES);
    }

    static int dead(long lp) {
        return (int) Listpack.integer(lp, deadAt(lp));
    }

    /** Where the number of the head's fields stands; the fields follow it. */
    static int fieldCountAt(long lp) {
        return Listpack.next(lp, deadAt(lp));
    }

    /** Passes over elements; {@link Listpack#NONE} behind the last. */
    static int skip(long lp, int at, long elements) {
        int now = at;
        for (long i = 0; i < elements; i++) {
            now = Listpack.next(lp, now);
        }
        return now;
    }

    /** Where the 0 behind the head's fields stands. */
    static int headEnd(long lp) {
        int at = fieldCountAt(lp);
        return skip(lp, at, Listpack.integer(lp, at) + 1);
    }

    /** The flags of the last entry, dead or live; {@link Listpack#NONE} if there is none. */
    static int lastEntry(long lp) {
        int at = Listpack.last(lp);
        return entryBefore(lp, at);
    }

    /** The flags of the entry whose number of parts stands at an offset; NONE if it is the 0. */
    static int entryBefore(long lp, int partsAt) {
        long parts = Listpack.integer(lp, partsAt);
        if (parts == 0) {
            return Listpack.NONE;
        }
        int at = partsAt;
        for (long i = 0; i < parts; i++) {
            at = Listpack.previous(lp, at);
        }
        return at;
    }

    // ---------------------------------------------------------------------------------- changing

    static long setCounts(Slab slab, long lp, long live, long dead) {
        long block = Listpack.replaceInteger(slab, TAG, lp, Listpack.HEADER_BYTES, live);
        return Listpack.replaceInteger(slab, TAG, block, deadAt(block), dead);
    }

    /** Gives the entry at an offset the flag DELETED: as many bytes as before. */
    static void markDeleted(Slab slab, long lp, int flagsAt) {
        long flags = Listpack.integer(lp, flagsAt) | DELETED;
        Listpack.replaceInteger(slab, TAG, lp, flagsAt, flags);
    }

    /**
     * Whether an entry with so many bytes of fields and values goes into another block.
     *
     * @param maxBytes {@code stream-node-max-bytes}
     * @param maxEntries {@code stream-node-max-entries}
     */
    static boolean isFull(long lp, long payload, long maxBytes, long maxEntries) {
        long most = maxBytes == 0 ? Listpack.MAX_BYTES : Math.min(maxBytes, Listpack.MAX_BYTES);
        return Listpack.bytes(lp) + payload >= most
                || maxEntries != 0 && (long) live(lp) + dead(lp) >= maxEntries;
    }

    /**
     * A new block with one entry; 0 if it would be longer than a listpack may be. The texts are
     * {@code pairs} fields and values among arguments, from {@code first} on.
     */
    static long create(Slab slab, Args args, int first, int pairs) {
        long bytes = 2 + 2 + ListpackEntry.integerBytes(pairs) + textBytes(args, first, pairs) + 2;
        bytes += 2 + 2 + 2 + textBytes(args, first + 1, pairs);
        int parts = pairs + FIXED_PARTS;
        bytes += ListpackEntry.integerBytes(parts);
        if (bytes > Listpack.MAX_BYTES - 16) {
            return 0;
        }
        long lp = Listpack.createFor(slab, TAG, (int) bytes, 2 * pairs + 8);
        long at = ListpackEntry.writeInteger(lp + Listpack.HEADER_BYTES, 1);
        at = ListpackEntry.writeInteger(at, 0);
        at = ListpackEntry.writeInteger(at, pairs);
        at = writeTexts(at, args, first, pairs);
        at = ListpackEntry.writeInteger(at, 0);
        at = ListpackEntry.writeInteger(at, SAME_FIELDS);
        at = ListpackEntry.writeInteger(at, 0);
        at = ListpackEntry.writeInteger(at, 0);
        at = writeTexts(at, args, first + 1, pairs);
        ListpackEntry.writeInteger(at, parts);
        return lp;
    }

    private static long textBytes(Args args, int first, int pairs) {
        long bytes = 0;
        for (int i = 0; i < pairs; i++) {
            int arg = first + 2 * i;
            bytes += ListpackEntry.textBytes(args.address(arg), args.length(arg));
        }
        return bytes;
    }

    private static long writeTexts(long p, Args args, int first, int pairs) {
        long at = p;
        for (int i = 0; i < pairs; i++) {
            int arg = first + 2 * i;
            at = ListpackEntry.writeText(at, args.address(arg), args.length(arg));
        }
        return at;
    }

    /** Whether a block would be longer than a listpack may be with such an entry. */
    static boolean wouldBeTooLong(long lp, long payload, int pairs) {
        // A text takes at most ten bytes beside it, and a number at most eleven.
        return Listpack.bytes(lp) + payload + 20L * pairs + 64 > Listpack.MAX_BYTES;
    }

    /** What an entry takes in a block; {@code same} if its fields are the head's. */
    static long entryBytes(long ms, long seq, Args args, int first, int pairs, boolean same) {
        long bytes =
                2
                        + ListpackEntry.integerBytes(ms)
                        + ListpackEntry.integerBytes(seq)
                        + textBytes(args, first + 1, pairs)
                        + ListpackEntry.integerBytes(parts(pairs, same));
        return same
                ? bytes
                : bytes + ListpackEntry.integerBytes(pairs) + textBytes(args, first, pairs);
    }

    private static int parts(int pairs, boolean same) {
        return FIXED_PARTS + pairs + (same ? 0 : pairs + 1);
    }

    /**
     * Adds an entry behind the others of a block with room for it and for one byte more, as the
     * number of entries may take that.
     *
     * @param bytes what {@link #entryBytes} says
     */
    static void append(
            long lp, long ms, long seq, Args args, int first, int pairs, boolean same, long bytes) {
        Listpack.replaceIntegerWithin(lp, Listpack.HEADER_BYTES, live(lp) + 1L);
        int parts = parts(pairs, same);
        int end = Listpack.end(lp);
        Listpack.extendWithin(lp, (int) bytes, parts + 1);
        long at = ListpackEntry.writeInteger(lp + end, same ? SAME_FIELDS : 0);
        at = ListpackEntry.writeInteger(at, ms);
        at = ListpackEntry.writeInteger(at, seq);
        if (same) {
            at = writeTexts(at, args, first + 1, pairs);
        } else {
            at = ListpackEntry.writeInteger(at, pairs);
            for (int arg = first; arg < first + 2 * pairs; arg++) {
                at = ListpackEntry.writeText(at, args.address(arg), args.length(arg));
            }
        }
        ListpackEntry.writeInteger(at, parts);
    }

    static boolean hasFields(long lp, Args args, int first, int pairs) {
        int at = fieldCountAt(lp);
        if (Listpack.integer(lp, at) != pairs) {
            return false;
        }
        for (int i = 0; i < pairs; i++) {
            at = Listpack.next(lp, at);
            int arg = first + 2 * i;
            if (!Listpack.equal(lp, at, args.address(arg), args.length(arg))) {
                return false;
            }
        }
        return true;
    }

    // -------------------------------------------------------------------------------- validation

    /** What {@link #validate} found. */
    static final class Content {
        long live;

        /** The first and last entries that are not deleted; good if there is one. */
        final StreamId first = new StreamId();

        final StreamId last = new StreamId();
    }

    /**
     * Whether a sound listpack from outside is a block whose live entries are in order; says what
     * is in it.
     */
    static boolean validate(long lp, long masterMs, long masterSeq, Content content) {
        content.live = 0;
        int at = Listpack.first(lp);
        long[] head = new long[3];
        for (int i = 0; i < head.length; i++) {
            if (at == Listpack.NONE || !Listpack.isInteger(lp, at)) {
                return false;
            }
            head[i] = Listpack.integer(lp, at);
            at = Listpack.next(lp, at);
        }
        if (head[0] < 0 || head[1] < 0 || head[2] < 0) {
            return false;
        }
        at = skipChecked(lp, at, head[2]);
        if (at == Listpack.NONE || !Listpack.isInteger(lp, at) || Listpack.integer(lp, at) != 0) {
            return false;
        }
        at = Listpack.next(lp, at);
        long dead = 0;
        StreamId id = new StreamId();
        while (at != Listpack.NONE) {
            long entry = Listpack.isInteger(lp, at) ? Listpack.integer(lp, at) : -1;
            int end = entryEnd(lp, at, head[2], masterMs, masterSeq, id);
            if (end < 0 || (entry & ~(DELETED | SAME_FIELDS)) != 0) {
                return false;
            }
            if ((entry & DELETED) != 0) {
                dead++;
            } else {
                if (content.live == 0) {
                    content.first.set(id);
                } else if (id.compareTo(content.last) <= 0) {
                    return false;
                }
                content.last.set(id);
                content.live++;
            }
            at = Listpack.next(lp, end);
        }
        return content.live == head[0] && dead == head[1] && content.live + dead > 0;
    }

    /** Where the number of parts of an entry stands; -1 if something is wrong with the entry. */
    private static int entryEnd(
            long lp, int flagsAt, long headFields, long masterMs, long masterSeq, StreamId id) {
        long flags = Listpack.integer(lp, flagsAt);
        int at = Listpack.next(lp, flagsAt);
        if (at == Listpack.NONE || !Listpack.isInteger(lp, at)) {
            return -1;
        }
        long ms = Listpack.integer(lp, at);
        at = Listpack.next(lp, at);
        if (at == Listpack.NONE || !Listpack.isInteger(lp, at)) {
            return -1;
        }
        id.set(masterMs + ms, masterSeq + Listpack.integer(lp, at));
        at = Listpack.next(lp, at);
        long texts = headFields;
        long parts = FIXED_PARTS + headFields;
        if ((flags & SAME_FIELDS) == 0) {
            if (at == Listpack.NONE || !Listpack.isInteger(lp, at)) {
                return -1;
            }
            long fields = Listpack.integer(lp, at);
            if (fields < 0 || fields > Listpack.MAX_BYTES) {
                return -1;
            }
            texts = 2 * fields;
            parts = FIXED_PARTS + 1 + texts;
            at = Listpack.next(lp, at);
        }
        at = skipChecked(lp, at, texts);
        boolean whole =
                at != Listpack.NONE
                        && Listpack.isInteger(lp, at)
                        && Listpack.integer(lp, at) == parts;
        return whole ? at : -1;
    }

    private static int skipChecked(long lp, int at, long elements) {
        int now = at;
        for (long i = 0; i < elements && now != Listpack.NONE; i++) {
            now = Listpack.next(lp, now);
        }
        return now;
    }

    static long bytesHeld(long lp) {
        return Slab.roundUp(Listpack.bytes(lp));
    }

    static void free(Slab slab, long lp) {
        Listpack.free(slab, TAG, lp);
    }

    static long copyOf(Slab slab, long lp) {
        return Listpack.copyOf(slab, TAG, lp);
    }

    /** The block that a record of a stream's tree names. */
    static long of(long record) {
        return Memory.getLong(record + IdTree.PAYLOAD);
    }
}
