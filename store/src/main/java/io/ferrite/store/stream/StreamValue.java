package io.ferrite.store.stream;

import io.ferrite.memory.Args;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.Listpack;

/**
 * A stream: entries in the order of their ids, in {@link StreamBlock}s that an {@link IdTree} keeps
 * in order, and the consumer groups that read them.
 *
 * <p>A stream is named by its <em>root</em>, the address of its head, which never moves:
 *
 * <pre>
 *   head   0         8               24               40                 56
 *          +---------+---------------+----------------+------------------+------------+
 *          | entries | last id       | first id       | highest id that  | entries    |
 *          | i64     | ms u64 seq u64| ms u64 seq u64 | XDEL has removed | ever added |
 *          +---------+---------------+----------------+------------------+------------+
 *          64               88           96          104         120
 *          +----------------+------------+-----------+-----------+-----------+
 *          | tree of blocks | bytes of   | groups'   | held by   | state     |
 *          | handle         | blocks i64 | index i64 | tail i64  | i64       |
 *          +----------------+------------+-----------+-----------+-----------+
 *
 *   record of the tree:  | id that the block was begun with | block i64 |
 * </pre>
 *
 * <p>The index of groups is made with the first one (0 before that). The first id is that of the
 * first entry that is not deleted, 0-0 in an empty stream. What a removed stream consists of is
 * given back in steps ({@link StreamRelease}).
 *
 * <p>Cost: about 1 % beside the listpacks for the tree. Memory belongs to the partition's {@link
 * Slab} under {@link MemoryTag#STREAM}. No synchronisation. Texts handed in must not lie in the
 * stream itself.
 */
public final class StreamValue {

    static final int HEAD_BYTES = 128;

    private static final int LAST = 8;
    private static final int FIRST = 24;
    private static final int DELETED = 40;
    private static final int ADDED = 56;
    static final int BLOCKS = 64;
    private static final int BLOCK_BYTES = 88;
    static final int GROUPS = 96;
    static final int TAIL_HELD = 104;
    static final int STATE = 120;

    /** What the records of the tree of blocks take. */
    static final int BLOCK_RECORD = IdTree.PAYLOAD + 8;

    /** The bytes of all fields and values of an entry may be no more than this. */
    public static final long MAX_PAYLOAD = Listpack.MAX_BYTES;

    static final MemoryTag TAG = MemoryTag.STREAM;

    private StreamValue() {}

    // --------------------------------------------------------------------------------- the whole

    /** An empty stream. */
    public static long create(Slab slab) {
        long stream = slab.take(HEAD_BYTES, TAG);
        Memory.fill(stream, HEAD_BYTES, (byte) 0);
        IdTree.create(stream + BLOCKS, BLOCK_RECORD);
        return stream;
    }

    /** How many entries there are. */
    public static long length(long stream) {
        return Memory.getLong(stream);
    }

    static void setLength(long stream, long length) {
        Memory.putLong(stream, length);
    }

    /** How many blocks there are. */
    public static long blocks(long stream) {
        return IdTree.count(stream + BLOCKS);
    }

    /** The tree of blocks. */
    public static long tree(long stream) {
        return stream + BLOCKS;
    }

    /** The listpack of a block, by its record in the tree. */
    public static long block(long record) {
        return StreamBlock.of(record);
    }

    /** How many nodes the tree of blocks has. */
    public static long nodes(long stream) {
        return IdTree.nodes(stream + BLOCKS);
    }

    /** The last id that an entry was given. */
    public static StreamId lastId(long stream, StreamId id) {
        return id.set(Memory.getLong(stream + LAST), Memory.getLong(stream + LAST + 8));
    }

    public static long lastMs(long stream) {
        return Memory.getLong(stream + LAST);
    }

    public static long lastSeq(long stream) {
        return Memory.getLong(stream + LAST + 8);
    }

    public static void setLastId(long stream, long ms, long seq) {
        putId(stream + LAST, ms, seq);
    }

    /** The id of the first entry that is there; 0-0 if there is none. */
    public static StreamId firstId(long stream, StreamId id) {
        return id.set(Memory.getLong(stream + FIRST), Memory.getLong(stream + FIRST + 8));
    }

    /** The highest id that was removed from the middle; 0-0 if none was. */
    public static StreamId maxDeletedId(long stream, StreamId id) {
        return id.set(Memory.getLong(stream + DELETED), Memory.getLong(stream + DELETED + 8));
    }

    public static void setMaxDeletedId(long stream, long ms, long seq) {
        putId(stream + DELETED, ms, seq);
    }

    /** How many entries were ever added. */
    public static long added(long stream) {
        return Memory.getLong(stream + ADDED);
    }

    public static void setAdded(long stream, long entries) {
        Memory.putLong(stream + ADDED, entries);
    }

    private static void putId(long address, long ms, long seq) {
        Memory.putLong(address, ms);
        Memory.putLong(address + 8, seq);
    }

    static void addBlockBytes(long stream, long more) {
        Memory.putLong(stream + BLOCK_BYTES, Memory.getLong(stream + BLOCK_BYTES) + more);
    }

    static long blockBytes(long stream) {
        return Memory.getLong(stream + BLOCK_BYTES);
    }

    // ------------------------------------------------------------------------- logical positions

    /** What {@link #distance} answers where it cannot tell. */
    public static final long UNKNOWN = -1;

    /** What {@link #lag} answers where it cannot tell. */
    public static final long NO_LAG = Long.MIN_VALUE;

    /**
     * How many entries were ever added up to an id, as far as that can be told without counting: at
     * the ends of the stream, and not across entries that were removed from its middle.
     */
    public static long distance(long stream, long ms, long seq) {
        long added = added(stream);
        if (added == 0) {
            return 0;
        }
        int toLast = StreamId.compare(ms, seq, lastMs(stream), lastSeq(stream));
        if (toLast == 0 || length(stream) == 0 && toLast < 0) {
            return added;
        }
        if (toLast > 0) {
            return UNKNOWN;
        }
        StreamId first = firstId(stream, new StreamId());
        StreamId deleted = maxDeletedId(stream, new StreamId());
        if (deleted.isZero() || deleted.compareTo(first) < 0) {
            int toFirst = -first.compareTo(ms, seq);
            if (toFirst <= 0) {
                return added - length(stream) + (toFirst == 0 ? 1 : 0);
            }
        }
        return UNKNOWN;
    }

    /** Whether an entry from an id on was removed from the middle of what is there. */
    public static boolean hasGapFrom(long stream, long ms, long seq) {
        StreamId deleted = maxDeletedId(stream, new StreamId());
        return length(stream) > 0
                && !deleted.isZero()
                && firstId(stream, new StreamId()).compareTo(deleted) <= 0
                && deleted.compareTo(ms, seq) >= 0;
    }

    /**
     * How many entries a group has yet to read, below 0 after a number of entries was set by hand;
     * {@link #NO_LAG} where that is not known.
     */
    public static long lag(long stream, long group) {
        long added = added(stream);
        if (added == 0) {
            return 0;
        }
        long read = StreamGroup.entriesRead(group);
        long ms = StreamGroup.lastMs(group);
        long seq = StreamGroup.lastSeq(group);
        if (read == StreamGroup.UNKNOWN || hasGapFrom(stream, ms, seq)) {
            read = distance(stream, ms, seq);
        }
        return read == UNKNOWN ? NO_LAG : added - read;
    }

    // ------------------------------------------------------------------------------------ adding

    /**
     * Adds an entry whose id is above the last one: {@code pairs} fields and values among
     * arguments, from {@code first} on. False, and nothing has changed, if they are too long.
     *
     * @param maxBytes {@code stream-node-max-bytes}: 0 for no limit
     * @param maxEntries {@code stream-node-max-entries}: 0 for no limit
     */
    public static boolean append(
            Slab slab,
            long stream,
            long ms,
            long seq,
            Args args,
            int first,
            int pairs,
            long maxBytes,
            long maxEntries) {
        long payload = payload(args, first, pairs);
        if (payload > MAX_PAYLOAD
                || !place(
                        slab, stream, ms, seq, args, first, pairs, payload, maxBytes, maxEntries)) {
            return false;
        }
        long length = length(stream) + 1;
        setLength(stream, length);
        setAdded(stream, added(stream) + 1);
        setLastId(stream, ms, seq);
        if (length == 1) {
            putId(stream + FIRST, ms, seq);
        }
        return true;
    }

    private static long payload(Args args, int first, int pairs) {
        long bytes = 0;
        for (int i = 0; i < 2 * pairs; i++) {
            bytes += args.length(first + i);
        }
        return bytes;
    }

    /** Puts an entry into the last block, or into a new one. */
    private static boolean place(
            Slab slab,
            long stream,
            long ms,
            long seq,
            Args args,
            int first,
            int pairs,
            long payload,
            long maxBytes,
            long maxEntries) {
        long tree = stream + BLOCKS;
        long record = IdTree.edge(tree, true);
        if (record != IdTree.NONE) {
            long lp = StreamBlock.of(record);
            long masterMs = Memory.getLong(record);
            long masterSeq = Memory.getLong(record + 8);
            if ((!StreamBlock.isFull(lp, payload, maxBytes, maxEntries)
                            || IdTree.find(tree, ms, seq) != IdTree.NONE)
                    && !StreamBlock.wouldBeTooLong(lp, payload, pairs)) {
                long deltaMs = ms - masterMs;
                long deltaSeq = seq - masterSeq;
                boolean same = StreamBlock.hasFields(lp, args, first, pairs);
                long bytes = StreamBlock.entryBytes(deltaMs, deltaSeq, args, first, pairs, same);
                lp = StreamTail.reserve(slab, stream, record, bytes + 1, mostBytes(maxBytes));
                StreamBlock.append(lp, deltaMs, deltaSeq, args, first, pairs, same, bytes);
                return true;
            }
            if (IdTree.find(tree, ms, seq) != IdTree.NONE) {
                return false;
            }
        }
        long block = StreamBlock.create(slab, args, first, pairs);
        if (block == 0) {
            return false;
        }
        addBlock(slab, stream, ms, seq, block);
        return true;
    }

    /** What a block comes to before another one is begun. */
    private static long mostBytes(long maxBytes) {
        return maxBytes == 0 ? Listpack.MAX_BYTES : Math.min(maxBytes, Listpack.MAX_BYTES);
    }

    /** Enters a block, whose first id none of the others has. */
    static void addBlock(Slab slab, long stream, long ms, long seq, long block) {
        StreamTail.close(slab, stream);
        long record = IdTree.insert(slab, stream + BLOCKS, ms, seq);
        Memory.putLong(record + IdTree.PAYLOAD, block);
        addBlockBytes(stream, StreamBlock.bytesHeld(block));
    }

    /** Says where a block is that has changed. */
    private static void setBlock(long stream, long record, long block, long bytesBefore) {
        Memory.putLong(record + IdTree.PAYLOAD, block);
        addBlockBytes(stream, StreamBlock.bytesHeld(block) - bytesBefore);
    }

    // ---------------------------------------------------------------------------------- removing

    /** Whether an entry is there. */
    public static boolean exists(long stream, long ms, long seq) {
        return new StreamCursor().open(stream, ms, seq, ms, seq, true).next();
    }

    /**
     * Removes an entry; says whether it was there. Of the ids kept in the head none changes: see
     * {@link #noteDeleted} and {@link #refreshFirst}.
     */
    public static boolean delete(Slab slab, long stream, long ms, long seq) {
        StreamCursor cursor = new StreamCursor().open(stream, ms, seq, ms, seq, true);
        if (!cursor.next()) {
            return false;
        }
        deleteAt(slab, stream, cursor);
        return true;
    }

    /** Removes the entry that a cursor is on, which must then be opened again. */
    static void deleteAt(Slab slab, long stream, StreamCursor cursor) {
        long record = cursor.blockRecord();
        StreamTail.closeIfAt(slab, stream, record);
        long lp = StreamBlock.of(record);
        int live = StreamBlock.live(lp);
        if (live == 1) {
            removeBlock(slab, stream, record);
        } else {
            long before = StreamBlock.bytesHeld(lp);
            StreamBlock.markDeleted(slab, lp, cursor.entryAt());
            long block = StreamBlock.setCounts(slab, lp, live - 1L, StreamBlock.dead(lp) + 1L);
            setBlock(stream, record, block, before);
        }
        setLength(stream, length(stream) - 1);
    }

    private static void removeBlock(Slab slab, long stream, long record) {
        StreamTail.closeIfAt(slab, stream, record);
        long lp = StreamBlock.of(record);
        addBlockBytes(stream, -StreamBlock.bytesHeld(lp));
        IdTree.remove(slab, stream + BLOCKS, Memory.getLong(record), Memory.getLong(record + 8));
        StreamBlock.free(slab, lp);
    }

    /** Takes note that an entry was removed from the middle, as XDEL does. */
    public static void noteDeleted(long stream, long ms, long seq) {
        long highestMs = Memory.getLong(stream + DELETED);
        long highestSeq = Memory.getLong(stream + DELETED + 8);
        if (StreamId.compare(ms, seq, highestMs, highestSeq) > 0) {
            putId(stream + DELETED, ms, seq);
        }
    }

    /** Finds out anew which entry is the first, after entries were removed. */
    public static void refreshFirst(long stream) {
        if (length(stream) == 0) {
            putId(stream + FIRST, 0, 0);
            return;
        }
        StreamCursor cursor = new StreamCursor().open(stream, true);
        if (cursor.next()) {
            putId(stream + FIRST, cursor.ms(), cursor.seq());
        }
    }

    // ---------------------------------------------------------------------------------- trimming

    /**
     * Removes the oldest entries until the conditions of a trim hold; answers how many.
     *
     * @param trim what to leave, and how much to do at most
     */
    public static long trim(Slab slab, long stream, StreamTrim trim) {
        long tree = stream + BLOCKS;
        long removed = 0;
        while (true) {
            long record = IdTree.edge(tree, false);
            if (record == IdTree.NONE || trim.byLength() && length(stream) <= trim.length()) {
                break;
            }
            long lp = StreamBlock.of(record);
            int live = StreamBlock.live(lp);
            if (trim.limit() != 0 && removed + live > trim.limit()) {
                break;
            }
            if (trim.takesBlock(length(stream), live, record)) {
                removeBlock(slab, stream, record);
                setLength(stream, length(stream) - live);
                removed += live;
                continue;
            }
            if (!trim.approximate()) {
                removed += trimWithin(slab, stream, trim, record);
            }
            break;
        }
        if (removed > 0) {
            refreshFirst(stream);
        }
        return removed;
    }

    /** Marks the oldest entries of a block as deleted. */
    private static long trimWithin(Slab slab, long stream, StreamTrim trim, long record) {
        StreamTail.closeIfAt(slab, stream, record);
        long lp = StreamBlock.of(record);
        StreamCursor cursor = new StreamCursor().open(stream, true).withTombstones();
        long removed = 0;
        while (cursor.next() && cursor.blockRecord() == record) {
            if (!trim.takesEntry(length(stream), cursor.ms(), cursor.seq())) {
                break;
            }
            long flags = Listpack.integer(lp, cursor.entryAt());
            if ((flags & StreamBlock.DELETED) == 0) {
                StreamBlock.markDeleted(slab, lp, cursor.entryAt());
                setLength(stream, length(stream) - 1);
                removed++;
            }
        }
        if (removed > 0) {
            long before = StreamBlock.bytesHeld(lp);
            long live = StreamBlock.live(lp) - removed;
            long block = StreamBlock.setCounts(slab, lp, live, StreamBlock.dead(lp) + removed);
            setBlock(stream, record, block, before);
        }
        return removed;
    }

    // -------------------------------------------------------------------------- copies and freeing

    public static void free(Slab slab, long stream) {
        long left = stream;
        while (left != 0) {
            left = freeSome(slab, left, Integer.MAX_VALUE);
        }
    }

    /**
     * Frees about {@code budget} blocks, consumers and nodes, and answers what is left to free: 0
     * when all is gone. Between the steps the root is good for nothing else.
     */
    public static long freeSome(Slab slab, long stream, int budget) {
        return StreamRelease.freeSome(slab, stream, budget);
    }

    /** About how many blocks, consumers and nodes there are to free. */
    public static long effort(long stream) {
        return 1 + blocks(stream) + StreamGroup.effortOfAll(stream);
    }

    /** An independent copy, for COPY. */
    public static long copyOf(Slab slab, long stream) {
        long copy = create(slab);
        IdCursor blocks = new IdCursor();
        for (blocks.first(stream + BLOCKS); blocks.isValid(); blocks.next()) {
            long block = StreamBlock.copyOf(slab, StreamBlock.of(blocks.record()));
            addBlock(slab, copy, blocks.ms(), blocks.seq(), block);
        }
        Memory.copy(stream, copy, BLOCKS);
        StreamGroup.copyAll(slab, stream, copy);
        return copy;
    }

    /** Bytes that it takes; exact, or what groups take from about {@code samples} consumers. */
    public static long memoryBytes(long stream, int samples) {
        return HEAD_BYTES
                + IdTree.bytes(stream + BLOCKS)
                + blockBytes(stream)
                + StreamGroup.bytesOfAll(stream, samples);
    }

    // -------------------------------------------------------------------------- from the outside

    /**
     * Takes over a sound listpack from outside as the next block; false, and it stays the caller's,
     * unless it is a block whose entries come behind all that are there.
     */
    public static boolean adopt(Slab slab, long stream, long ms, long seq, long listpack) {
        long record = IdTree.edge(stream + BLOCKS, true);
        if (record != IdTree.NONE
                && StreamId.compare(ms, seq, Memory.getLong(record), Memory.getLong(record + 8))
                        <= 0) {
            return false;
        }
        StreamBlock.Content content = new StreamBlock.Content();
        if (!StreamBlock.validate(listpack, ms, seq, content)) {
            return false;
        }
        if (content.live > 0) {
            boolean behind =
                    length(stream) == 0
                            || content.first.compareTo(lastMs(stream), lastSeq(stream)) > 0;
            if (!behind) {
                return false;
            }
            setLastId(stream, content.last.ms(), content.last.seq());
        }
        setLength(stream, length(stream) + content.live);
        addBlock(slab, stream, ms, seq, listpack);
        return true;
    }
}
