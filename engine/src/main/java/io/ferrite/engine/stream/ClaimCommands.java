package io.ferrite.engine.stream;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.stream.IdCursor;
import io.ferrite.store.stream.StreamConsumer;
import io.ferrite.store.stream.StreamCursor;
import io.ferrite.store.stream.StreamGroup;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamPending;
import io.ferrite.store.stream.StreamValue;

/** XPENDING, XCLAIM, XAUTOCLAIM: entries that were delivered and not acknowledged. */
final class ClaimCommands {

    private static final CommandError NO_IDLE_TIME =
            CommandError.of("ERR Invalid min-idle-time argument for XAUTOCLAIM");
    private static final CommandError NO_COUNT = CommandError.of("ERR COUNT must be > 0");
    private static final CommandError LARGE_COUNT =
            CommandError.of(
                    "ERR Insufficient memory, failed allocating transient memory, COUNT too"
                            + " high.");

    /** Pending entries that XAUTOCLAIM looks at for each that it may claim. */
    private static final int ATTEMPTS = 10;

    private static final long HIGHEST_COUNT = Long.MAX_VALUE / 16;

    /** So many ids no process has room for. */
    private static final long INCREDIBLE_COUNT = 1L << 42;

    private ClaimCommands() {}

    static void register(CommandTable.Builder table) {
        table.bind("XPENDING", ClaimCommands::xpending)
                .bind("XCLAIM", XclaimCommand::xclaim)
                .bind("XAUTOCLAIM", ClaimCommands::xautoclaim);
    }

    // ------------------------------------------------------------------------------- XPENDING

    /** XPENDING key group [[IDLE ms] start end count [consumer]]. */
    static void xpending(ExecutionUnit unit) {
        int argc = unit.argc();
        if (argc == 3) {
            replySummary(unit, pendingGroup(unit));
            return;
        }
        if (argc < 6 || argc > 9) {
            throw CommandError.SYNTAX;
        }
        long minIdle = 0;
        int at = 3;
        if (unit.arg(3).isWord("IDLE")) {
            minIdle = Numbers.integer(unit.arg(4));
            if (argc < 8) {
                throw CommandError.SYNTAX;
            }
            at = 5;
        }
        long count = Math.max(0, Numbers.integer(unit.arg(at + 2)));
        StreamIds ids = new StreamIds();
        StreamId from = new StreamId();
        StreamId to = new StreamId();
        ids.readStart(unit.arg(at), from);
        ids.readEnd(unit.arg(at + 1), to);
        long group = pendingGroup(unit);
        long tree = StreamGroup.pending(group);
        if (at + 3 < argc) {
            long consumer = Streams.consumer(unit, group, at + 3);
            if (consumer == StreamConsumer.NONE) {
                unit.reply().emptyArray();
                return;
            }
            tree = StreamConsumer.pending(consumer);
        }
        replyRange(
                unit,
                group,
                new IdCursor().atLeast(tree, from.ms(), from.seq()),
                to,
                count,
                minIdle);
    }

    private static long pendingGroup(ExecutionUnit unit) {
        long group = Streams.group(unit, Streams.read(unit, unit.arg(1)), 2);
        if (group == StreamGroup.NONE) {
            throw Streams.noGroup(unit.arg(1), unit.arg(2), "");
        }
        return group;
    }

    private static void replySummary(ExecutionUnit unit, long group) {
        ReplyWriter reply = unit.reply();
        reply.array(4);
        reply.integer(StreamPending.count(group));
        if (StreamPending.count(group) == 0) {
            reply.nil();
            reply.nil();
            reply.nilArray();
            return;
        }
        IdCursor cursor = new IdCursor().first(StreamGroup.pending(group));
        Streams.replyId(unit, cursor.ms(), cursor.seq());
        cursor.last(StreamGroup.pending(group));
        Streams.replyId(unit, cursor.ms(), cursor.seq());
        long token = reply.deferredArray();
        long busy = 0;
        for (long consumer : StreamGroup.consumers(group)) {
            long pending = StreamConsumer.pendingCount(consumer);
            if (pending > 0) {
                reply.array(2);
                reply.bulk(StreamConsumer.name(consumer), StreamConsumer.nameLength(consumer));
                reply.bulkNumber(pending);
                busy++;
            }
        }
        reply.finishArray(token, busy);
    }

    private static void replyRange(
            ExecutionUnit unit,
            long group,
            IdCursor cursor,
            StreamId to,
            long count,
            long minIdle) {
        ReplyWriter reply = unit.reply();
        long token = reply.deferredArray();
        long shown = 0;
        for (; shown < count && cursor.isValid(); cursor.next()) {
            long ms = cursor.ms();
            long seq = cursor.seq();
            if (to.compareTo(ms, seq) < 0) {
                break;
            }
            long record = StreamPending.find(group, ms, seq);
            long idle = unit.nowMs() - StreamPending.deliveredMs(record);
            if (minIdle != 0 && idle < minIdle) {
                continue;
            }
            shown++;
            reply.array(4);
            Streams.replyId(unit, ms, seq);
            long consumer = StreamPending.consumer(record);
            reply.bulk(StreamConsumer.name(consumer), StreamConsumer.nameLength(consumer));
            reply.integer(Math.max(0, idle));
            reply.integer(StreamPending.deliveries(record));
        }
        reply.finishArray(token, shown);
    }

    // ----------------------------------------------------------------------------- XAUTOCLAIM

    /** XAUTOCLAIM key group consumer min-idle-time start [COUNT n] [JUSTID]. */
    static void xautoclaim(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1));
        long minIdle = Math.max(0, Numbers.integer(unit.arg(4), NO_IDLE_TIME));
        StreamId start = new StreamId();
        new StreamIds().readStart(unit.arg(5), start);
        long count = 100;
        boolean justId = false;
        for (int i = 6; i < unit.argc(); i++) {
            if (i + 1 < unit.argc() && unit.arg(i).isWord("COUNT")) {
                count = Numbers.integer(unit.arg(++i), NO_COUNT);
                if (count < 1 || count > HIGHEST_COUNT) {
                    throw NO_COUNT;
                }
            } else if (unit.arg(i).isWord("JUSTID")) {
                justId = true;
            } else {
                throw CommandError.SYNTAX;
            }
        }
        long stream = Streams.of(entry);
        long group = Streams.group(unit, stream, 2);
        if (group == StreamGroup.NONE) {
            throw Streams.noGroup(unit.arg(1), unit.arg(2), "");
        }
        if (count > INCREDIBLE_COUNT) {
            throw LARGE_COUNT;
        }
        unit.effects().instead();
        new Sweep(unit, stream, group, minIdle, justId).run(start, count);
    }

    /** The consumer that claims, made if missing. */
    static long claimant(ExecutionUnit unit, long group) {
        Streams.aboutToChange(unit, unit.arg(1));
        long consumer = Streams.consumer(unit, group, 3);
        if (consumer == StreamConsumer.NONE) {
            consumer = GroupCommands.createConsumer(unit, unit.arg(1), group, 3);
        }
        StreamConsumer.setSeenMs(consumer, unit.nowMs());
        return consumer;
    }

    /** A walk of XAUTOCLAIM over the pending entries of a group. */
    private static final class Sweep {
        private final ExecutionUnit unit;
        private final Slice key;
        private final Slab slab;
        private final long stream;
        private final long group;
        private final long minIdle;
        private final boolean justId;
        private final long consumer;
        private final IdCursor pending = new IdCursor();
        private final StreamCursor entry = new StreamCursor();
        private long claimed;
        private long deleted;

        Sweep(ExecutionUnit unit, long stream, long group, long minIdle, boolean justId) {
            this.unit = unit;
            this.key = unit.arg(1);
            this.slab = unit.slab(key);
            this.stream = stream;
            this.group = group;
            this.minIdle = minIdle;
            this.justId = justId;
            this.consumer = claimant(unit, group);
        }

        /** Where to go on comes first in the reply and is known last: the rest waits apart. */
        void run(StreamId start, long count) {
            try (NativeReplyWriter entries = new NativeReplyWriter();
                    NativeReplyWriter gone = new NativeReplyWriter()) {
                entries.setProtocol(unit.reply().protocol());
                ReplyWriter reply = unit.exchangeReply(entries);
                try {
                    sweep(start, count, gone);
                } finally {
                    unit.exchangeReply(reply);
                }
                reply.array(3);
                if (pending.isValid()) {
                    Streams.replyId(unit, pending.ms(), pending.seq());
                } else {
                    Streams.replyId(unit, 0, 0);
                }
                reply.array(claimed);
                reply.raw(entries.address(), entries.length());
                reply.array(deleted);
                reply.raw(gone.address(), gone.length());
            }
        }

        private void sweep(StreamId start, long count, NativeReplyWriter gone) {
            long tree = StreamGroup.pending(group);
            long attempts = count * ATTEMPTS;
            pending.atLeast(tree, start.ms(), start.seq());
            while (attempts > 0 && claimed + deleted < count && pending.isValid()) {
                attempts--;
                long ms = pending.ms();
                long seq = pending.seq();
                long record = pending.record();
                if (!StreamValue.exists(stream, ms, seq)) {
                    forget(unit, key, slab, group, record);
                    long text = unit.scratch();
                    gone.bulk(text, StreamId.write(ms, seq, text));
                    deleted++;
                    pending.atLeast(tree, ms, seq);
                    continue;
                }
                if (minIdle == 0 || unit.nowMs() - StreamPending.deliveredMs(record) >= minIdle) {
                    claim(record, ms, seq);
                }
                pending.next();
            }
        }

        private void claim(long record, long ms, long seq) {
            StreamPending.assign(slab, record, consumer);
            long more = justId ? 0 : 1;
            StreamPending.setDelivered(
                    record, unit.nowMs(), StreamPending.deliveries(record) + more);
            if (justId) {
                Streams.replyId(unit, ms, seq);
            } else {
                Streams.replyEntry(unit, entry, stream, ms, seq);
            }
            claimed++;
            StreamConsumer.setActiveMs(consumer, unit.nowMs());
            Streams.passOnPending(unit, key, group, record, ms, seq);
            unit.effects().count(1);
        }
    }

    /** What is pending is not in the stream any more: it is pending no more, followers are told. */
    static void forget(ExecutionUnit unit, Slice key, Slab slab, long group, long record) {
        long ms = Memory.getLong(record);
        long seq = Memory.getLong(record + 8);
        Streams.passOnPending(unit, key, group, record, ms, seq);
        StreamPending.remove(slab, group, ms, seq);
        unit.effects().count(1);
    }
}
