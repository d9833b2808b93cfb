package io.ferrite.engine.stream;

import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.stream.IdCursor;
import io.ferrite.store.stream.StreamConsumer;
import io.ferrite.store.stream.StreamCursor;
import io.ferrite.store.stream.StreamGroup;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamPending;
import io.ferrite.store.stream.StreamValue;

/** Gives a consumer entries of a stream: new ones, or again those that are pending for it. */
final class GroupReader {

    private final ExecutionUnit unit;
    private final Slice key;
    private final Slab slab;
    private final long stream;
    private final long group;
    private final long consumer;
    private final StreamCursor cursor = new StreamCursor();

    GroupReader(ExecutionUnit unit, Slice key, long stream, long group, long consumer) {
        this.unit = unit;
        this.key = key;
        this.slab = unit.slab(key);
        this.stream = stream;
        this.group = group;
        this.consumer = consumer;
    }

    /** Replies with entries that are pending for the consumer, which counts as a delivery. */
    void replyHistory(StreamId after, long count) {
        StreamId from = new StreamId().set(after);
        from.increment();
        ReplyWriter reply = unit.reply();
        long token = reply.deferredArray();
        long shown = 0;
        IdCursor pending = new IdCursor();
        pending.atLeast(StreamConsumer.pending(consumer), from.ms(), from.seq());
        for (; pending.isValid() && (count == 0 || shown < count); pending.next()) {
            long ms = pending.ms();
            long seq = pending.seq();
            if (Streams.replyEntry(unit, cursor, stream, ms, seq)) {
                long record = StreamPending.find(group, ms, seq);
                StreamPending.setDelivered(
                        record, unit.nowMs(), StreamPending.deliveries(record) + 1);
            } else {
                reply.array(2);
                Streams.replyId(unit, ms, seq);
                reply.nilArray();
            }
            shown++;
        }
        reply.finishArray(token, shown);
    }

    /** Pending entries of the group that have been idle for so long; at most {@code count}. */
    Claims claims(long minIdleMs, long count) {
        return Claims.find(unit, stream, group, minIdleMs, count);
    }

    /**
     * Replies with entries that the consumer takes over from others, then with new ones, all with
     * the time for which they were idle and how often they had been delivered.
     */
    void replyClaimedAndNew(Claims claims, long count, boolean noAck) {
        long token = unit.reply().deferredArray();
        long claimed = 0;
        for (Claims.Claim claim : claims.all()) {
            unit.reply().array(4);
            long record = StreamPending.find(group, claim.ms(), claim.seq());
            cursor.open(stream, claim.ms(), claim.seq(), claim.ms(), claim.seq(), true).next();
            Streams.replyIdAndFields(unit, cursor);
            unit.reply().integer(Math.max(0, unit.nowMs() - claim.deliveredMs()));
            unit.reply().integer(StreamPending.deliveries(record));
            StreamPending.assign(slab, record, consumer);
            StreamPending.setDelivered(record, unit.nowMs(), StreamPending.deliveries(record) + 1);
            StreamConsumer.setActiveMs(consumer, unit.nowMs());
            Streams.passOnPending(unit, key, group, record, claim.ms(), claim.seq());
            claimed++;
        }
        long shown = claimed;
        if (count == 0 || claimed < count) {
            shown += newEntries(count == 0 ? 0 : count - claimed, noAck, true);
        }
        unit.reply().finishArray(token, shown);
    }

    /** Replies with entries that the group was not given yet. */
    void replyNew(long count, boolean noAck) {
        long token = unit.reply().deferredArray();
        unit.reply().finishArray(token, newEntries(count, noAck, false));
    }

    private long newEntries(long count, boolean noAck, boolean withTimes) {
        StreamId from = StreamGroup.lastId(group, new StreamId());
        from.increment();
        long shown = 0;
        cursor.open(stream, from.ms(), from.seq(), StreamId.MAX, StreamId.MAX, true);
        while ((count == 0 || shown < count) && cursor.next()) {
            long ms = cursor.ms();
            long seq = cursor.seq();
            advance(ms, seq);
            unit.reply().array(withTimes ? 4 : 2);
            Streams.replyIdAndFields(unit, cursor);
            if (withTimes) {
                unit.reply().integer(0);
                unit.reply().integer(0);
            }
            if (!noAck) {
                deliver(ms, seq);
            }
            shown++;
        }
        if (noAck && shown > 0) {
            Streams.passOnLastId(unit, key, group);
        }
        return shown;
    }

    /** The group has come to an entry; where it can still be known, how many it has read. */
    private void advance(long ms, long seq) {
        long read = StreamGroup.entriesRead(group);
        if (read != StreamGroup.UNKNOWN && !StreamValue.hasGapFrom(stream, ms, seq)) {
            StreamGroup.setEntriesRead(group, read + 1);
        } else if (StreamValue.added(stream) != 0) {
            StreamGroup.setEntriesRead(group, StreamValue.distance(stream, ms, seq));
        }
        StreamGroup.setLastId(group, ms, seq);
    }

    /** An entry is pending from now on. It may be already: the group's id can be set back. */
    private void deliver(long ms, long seq) {
        long record = StreamPending.find(group, ms, seq);
        if (record == StreamPending.NONE) {
            record = StreamPending.add(slab, group, consumer, ms, seq, unit.nowMs(), 1);
        } else {
            StreamPending.assign(slab, record, consumer);
            StreamPending.setDelivered(record, unit.nowMs(), 1);
        }
        StreamConsumer.setActiveMs(consumer, unit.nowMs());
        Streams.passOnPending(unit, key, group, record, ms, seq);
    }
}
