package io.ferrite.durability.rdb;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.encoding.Listpack;
import io.ferrite.store.stream.IdCursor;
import io.ferrite.store.stream.IdTree;
import io.ferrite.store.stream.StreamConsumer;
import io.ferrite.store.stream.StreamGroup;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamPending;
import io.ferrite.store.stream.StreamValue;
import java.io.IOException;
import java.util.stream.LongStream;

/**
 * Streams. Read from all three forms, of which each says more than the one before:
 *
 * <pre>
 *   blocks len, and for each:   id as a string of 16 bytes, high bytes first | listpack as a string
 *   entries len | last id: len, len
 *   from the second form on:    first id: len, len | highest deleted id: len, len | ever added len
 *   groups len, and for each:   name | last delivered id: len, len
 *       from the second on:     entries read len
 *       pending len, for each:  id, 16 bytes, high bytes first | delivered at, i64 | deliveries len
 *       consumers len, each:    name | seen at, i64
 *           in the third:       active at, i64
 *           pending len, each:  id, 16 bytes, high bytes first
 * </pre>
 *
 * <p>Written in the second form, which Redis 7.0 reads. It says when a consumer was last seen, not
 * when it was last active; a reader takes the one for the other. Where they differ, {@link
 * #activity} goes into the file beside the stream, where only Ferrite looks for it.
 *
 * <p>Of a stream from outside everything is looked at: that the entries of all blocks are in order
 * and are as many as is said, that the last id is not below them, and that each pending entry of a
 * group belongs to exactly one consumer.
 */
final class StreamCodec {

    private static final MemoryTag TAG = MemoryTag.STREAM;
    private static final int ID_BYTES = 16;
    private static final int LONGEST_TIME = 18;

    private StreamCodec() {}

    /** The form that is written. */
    static final int WRITTEN = RdbType.STREAM_LISTPACKS_2;

    /**
     * When each consumer was last active, in milliseconds since 1970 or -1, in the order in which
     * they are written, with a space between two; null if each was active when it was last seen.
     */
    static String activity(long root) {
        StringBuilder times = new StringBuilder();
        boolean differs = false;
        for (long group : StreamGroup.sorted(root)) {
            for (long consumer : StreamGroup.consumers(group)) {
                long activeMs = StreamConsumer.activeMs(consumer);
                differs |= activeMs != StreamConsumer.seenMs(consumer);
                times.append(times.isEmpty() ? "" : " ").append(activeMs);
            }
        }
        return differs ? times.toString() : null;
    }

    /**
     * Sets what {@link #activity} said of a stream. Text that does not fit the stream is passed
     * over: another server may have rewritten the file around it.
     */
    static void setActivity(long root, String times) {
        String[] each = times.split(" ");
        long[] consumers = allConsumers(root);
        if (each.length != consumers.length) {
            return;
        }
        for (int i = 0; i < each.length; i++) {
            if (each[i].length() <= LONGEST_TIME && each[i].matches("-1|[0-9]+")) {
                StreamConsumer.setActiveMs(consumers[i], Long.parseLong(each[i]));
            }
        }
    }

    private static long[] allConsumers(long root) {
        return LongStream.of(StreamGroup.sorted(root))
                .flatMap(group -> LongStream.of(StreamGroup.consumers(group)))
                .toArray();
    }

    // -------------------------------------------------------------------------------- writing

    /** Writes one stream in steps; reusable for another one after that. */
    static final class Steps {

        /** Bytes of listpacks in one step, and pending entries. */
        private static final int STEP_BYTES = 1 << 16;

        private static final int STEP_PENDING = 1024;

        private final IdCursor cursor = new IdCursor();
        private long root;
        private boolean inBlocks;
        private long[] groups;
        private int nextGroup;
        private long[] consumers;
        private int nextConsumer;

        /** Whose pending entries are written: 0 of nobody, or a group or one of its consumers. */
        private long pendingOf;

        private boolean pendingOfGroup;

        /** Writes the beginning; {@link #step} goes on. */
        void begin(RdbOutput out, long stream) throws IOException {
            root = stream;
            inBlocks = true;
            groups = null;
            consumers = null;
            pendingOf = 0;
            out.putLength(StreamValue.blocks(stream));
            cursor.first(StreamValue.tree(stream));
        }

        /** Writes some more; says whether the stream is whole. */
        boolean step(RdbOutput out) throws IOException {
            if (inBlocks) {
                writeBlocks(out);
                return false;
            }
            if (groups == null) {
                writeHead(out);
                return groups.length == 0;
            }
            for (int left = STEP_PENDING; left > 0; left--) {
                if (pendingOf != 0) {
                    left -= writePending(out, left);
                } else if (consumers != null && nextConsumer < consumers.length) {
                    beginConsumer(out, consumers[nextConsumer++]);
                } else if (nextGroup < groups.length) {
                    beginGroup(out, groups[nextGroup++]);
                } else {
                    return true;
                }
            }
            return false;
        }

        private void writeBlocks(RdbOutput out) throws IOException {
            long bytes = 0;
            while (cursor.isValid() && bytes < STEP_BYTES) {
                out.putLength(ID_BYTES);
                out.putLongBigEndian(cursor.ms());
                out.putLongBigEndian(cursor.seq());
                long listpack = StreamValue.block(cursor.record());
                out.putString(listpack, Listpack.bytes(listpack));
                bytes += Listpack.bytes(listpack);
                cursor.next();
            }
            inBlocks = cursor.isValid();
        }

        private void writeHead(RdbOutput out) throws IOException {
            StreamId id = new StreamId();
            out.putLength(StreamValue.length(root));
            putId(out, StreamValue.lastId(root, id));
            putId(out, StreamValue.firstId(root, id));
            putId(out, StreamValue.maxDeletedId(root, id));
            out.putLength(StreamValue.added(root));
            groups = StreamGroup.sorted(root);
            nextGroup = 0;
            out.putLength(groups.length);
        }

        private static void putId(RdbOutput out, StreamId id) throws IOException {
            out.putLength(id.ms());
            out.putLength(id.seq());
        }

        private void beginGroup(RdbOutput out, long group) throws IOException {
            out.putString(StreamGroup.name(group), StreamGroup.nameLength(group));
            out.putLength(StreamGroup.lastMs(group));
            out.putLength(StreamGroup.lastSeq(group));
            out.putLength(StreamGroup.entriesRead(group));
            pendingOf = group;
            pendingOfGroup = true;
            out.putLength(StreamPending.count(group));
            cursor.first(StreamGroup.pending(group));
        }

        private void beginConsumer(RdbOutput out, long consumer) throws IOException {
            out.putString(StreamConsumer.name(consumer), StreamConsumer.nameLength(consumer));
            out.putLong(StreamConsumer.seenMs(consumer));
            pendingOf = consumer;
            pendingOfGroup = false;
            out.putLength(StreamConsumer.pendingCount(consumer));
            cursor.first(StreamConsumer.pending(consumer));
        }

        private int writePending(RdbOutput out, int most) throws IOException {
            int written = 0;
            for (; cursor.isValid() && written < most; written++) {
                out.putLongBigEndian(cursor.ms());
                out.putLongBigEndian(cursor.seq());
                if (pendingOfGroup) {
                    out.putLong(StreamPending.deliveredMs(cursor.record()));
                    out.putLength(StreamPending.deliveries(cursor.record()));
                }
                cursor.next();
            }
            if (!cursor.isValid()) {
                if (pendingOfGroup) {
                    consumers = StreamGroup.consumers(pendingOf);
                    nextConsumer = 0;
                    out.putLength(consumers.length);
                }
                pendingOf = 0;
            }
            return written;
        }
    }

    // -------------------------------------------------------------------------------- reading

    static void read(int type, RdbInput in, Slab slab, RdbValue value) throws IOException {
        long root = StreamValue.create(slab);
        RdbString string = new RdbString();
        try {
            readBlocks(in, slab, root, string);
            readHead(type, in, root);
            for (long left = in.readCount(5); left > 0; left--) {
                readGroup(type, in, slab, root, string);
            }
        } catch (IOException | RuntimeException e) {
            StreamValue.free(slab, root);
            throw e;
        } finally {
            string.free();
        }
        value.set(RdbValue.Kind.STREAM, slab, root);
    }

    private static void readBlocks(RdbInput in, Slab slab, long root, RdbString string)
            throws IOException {
        for (long left = in.readCount(ID_BYTES); left > 0; left--) {
            in.readString(slab, TAG, string, 1 << 10);
            if (string.length() != ID_BYTES) {
                throw in.refuse("Stream node key entry is not the size of a stream ID");
            }
            long ms = Memory.getLongBigEndian(string.address());
            long seq = Memory.getLongBigEndian(string.address() + 8);
            in.readString(slab, TAG, string);
            if (!Listpack.isValid(string.address(), string.length(), true)) {
                throw in.refuse("Stream listpack integrity check failed.");
            }
            if (Listpack.isEmpty(string.address())) {
                throw in.refuse("Empty listpack inside stream");
            }
            if (!StreamValue.adopt(slab, root, ms, seq, string.address())) {
                throw in.refuse("Stream listpack integrity check failed.");
            }
            string.forget();
        }
    }

    private static void readHead(int type, RdbInput in, long root) throws IOException {
        if (in.readLength() != StreamValue.length(root)) {
            throw in.refuse("Stream length inconsistent with rax entries");
        }
        long ms = in.readLength();
        long seq = in.readLength();
        if (StreamId.compare(ms, seq, StreamValue.lastMs(root), StreamValue.lastSeq(root)) < 0) {
            throw in.refuse("Stream last ID is below that of an entry");
        }
        StreamValue.setLastId(root, ms, seq);
        long added = StreamValue.length(root);
        if (type >= RdbType.STREAM_LISTPACKS_2) {
            in.readLength(); // which entry is the first is seen from the entries
            in.readLength();
            ms = in.readLength();
            seq = in.readLength();
            StreamValue.setMaxDeletedId(root, ms, seq);
            added = in.readLength();
        }
        if (added < 0) {
            throw in.refuse("Stream with too many entries added");
        }
        StreamValue.setAdded(root, added);
        StreamValue.refreshFirst(root);
    }

    private static void readGroup(int type, RdbInput in, Slab slab, long root, RdbString string)
            throws IOException {
        in.readString(slab, TAG, string);
        if (StreamGroup.find(root, string.address(), string.length()) != StreamGroup.NONE) {
            throw in.refuse("Duplicated consumer group name");
        }
        long ms = in.readLength();
        long seq = in.readLength();
        long read =
                type >= RdbType.STREAM_LISTPACKS_2
                        ? in.readLength()
                        : StreamValue.distance(root, ms, seq);
        long group =
                StreamGroup.create(
                        slab,
                        root,
                        string.address(),
                        string.length(),
                        ms,
                        seq,
                        Math.max(StreamGroup.UNKNOWN, read));
        for (long left = in.readCount(ID_BYTES + 9); left > 0; left--) {
            readPending(in, slab, group);
        }
        for (long left = in.readCount(10); left > 0; left--) {
            readConsumer(type, in, slab, group, string);
        }
        IdCursor cursor = new IdCursor();
        for (cursor.first(StreamGroup.pending(group)); cursor.isValid(); cursor.next()) {
            if (StreamPending.consumer(cursor.record()) == StreamConsumer.NONE) {
                throw in.refuse("Stream CG PEL entry without consumer");
            }
        }
    }

    private static void readPending(RdbInput in, Slab slab, long group) throws IOException {
        long ms = in.readLongBigEndian();
        long seq = in.readLongBigEndian();
        long deliveredMs = in.readLong();
        long deliveries = in.readLength();
        if (StreamPending.find(group, ms, seq) != StreamPending.NONE) {
            throw in.refuse("Duplicated global PEL entry loading stream consumer group");
        }
        StreamPending.add(slab, group, StreamConsumer.NONE, ms, seq, deliveredMs, deliveries);
    }

    private static void readConsumer(int type, RdbInput in, Slab slab, long group, RdbString string)
            throws IOException {
        in.readString(slab, TAG, string);
        if (StreamConsumer.find(group, string.address(), string.length()) != StreamConsumer.NONE) {
            throw in.refuse("Duplicate stream consumer detected.");
        }
        long seenMs = in.readLong();
        long activeMs = type >= RdbType.STREAM_LISTPACKS_3 ? in.readLong() : seenMs;
        long consumer =
                StreamConsumer.create(
                        slab, group, string.address(), string.length(), seenMs, activeMs);
        for (long left = in.readCount(ID_BYTES); left > 0; left--) {
            long ms = in.readLongBigEndian();
            long seq = in.readLongBigEndian();
            long record = StreamPending.find(group, ms, seq);
            if (record == IdTree.NONE) {
                throw in.refuse("Consumer entry not found in group global PEL");
            }
            if (StreamPending.consumer(record) != StreamConsumer.NONE) {
                throw in.refuse("Duplicated consumer PEL entry loading a stream consumer group");
            }
            StreamPending.assign(slab, record, consumer);
        }
    }
}
