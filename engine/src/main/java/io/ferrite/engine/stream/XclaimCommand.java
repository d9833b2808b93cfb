package io.ferrite.engine.stream;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.HeapBudget;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.stream.StreamConsumer;
import io.ferrite.store.stream.StreamCursor;
import io.ferrite.store.stream.StreamGroup;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamPending;
import io.ferrite.store.stream.StreamValue;

/**
 * XCLAIM key group consumer min-idle-time id ... [IDLE ms] [TIME ms] [RETRYCOUNT n] [FORCE]
 * [JUSTID] [LASTID id]: makes pending entries another consumer's. Followers learn of all changes to
 * pending entries by this command.
 */
final class XclaimCommand {

    private static final CommandError NO_IDLE_TIME =
            CommandError.of("ERR Invalid min-idle-time argument for XCLAIM");
    private static final CommandError NO_IDLE =
            CommandError.of("ERR Invalid IDLE option argument for XCLAIM");
    private static final CommandError NO_TIME =
            CommandError.of("ERR Invalid TIME option argument for XCLAIM");
    private static final CommandError NO_RETRIES =
            CommandError.of("ERR Invalid RETRYCOUNT option argument for XCLAIM");

    private static final long NOT_GIVEN = -1;
    private static final int FIRST_ID = 5;

    private final ExecutionUnit unit;
    private final Slice key;
    private final long stream;
    private final long group;
    private final StreamIds ids = new StreamIds();
    private final StreamId lastId = new StreamId();
    private final long minIdle;

    /** Behind the last id. */
    private int idsEnd;

    private long deliveredMs = NOT_GIVEN;
    private long retries = NOT_GIVEN;
    private boolean force;
    private boolean justId;

    /** Whether followers must be told where the group is: not if an entry's message says it. */
    private boolean lastIdPending;

    private XclaimCommand(ExecutionUnit unit) {
        this.unit = unit;
        this.key = unit.arg(1);
        stream = Streams.read(unit, key);
        group = Streams.group(unit, stream, 2);
        if (group == StreamGroup.NONE) {
            throw Streams.noGroup(key, unit.arg(2), "");
        }
        minIdle = Math.max(0, Numbers.integer(unit.arg(4), NO_IDLE_TIME));
        StreamId id = new StreamId();
        idsEnd = FIRST_ID;
        while (idsEnd < unit.argc() && ids.tryStrict(unit.arg(idsEnd), id)) {
            idsEnd++;
        }
        readOptions();
    }

    static void xclaim(ExecutionUnit unit) {
        new XclaimCommand(unit).run();
    }

    private void readOptions() {
        for (int i = idsEnd; i < unit.argc(); i++) {
            Slice option = unit.arg(i);
            boolean more = i + 1 < unit.argc();
            if (option.isWord("FORCE")) {
                force = true;
            } else if (option.isWord("JUSTID")) {
                justId = true;
            } else if (more && option.isWord("IDLE")) {
                deliveredMs = unit.nowMs() - Numbers.integer(unit.arg(++i), NO_IDLE);
            } else if (more && option.isWord("TIME")) {
                deliveredMs = Numbers.integer(unit.arg(++i), NO_TIME);
            } else if (more && option.isWord("RETRYCOUNT")) {
                retries = Numbers.integer(unit.arg(++i), NO_RETRIES);
            } else if (more && option.isWord("LASTID")) {
                ids.readStrict(unit.arg(++i), lastId);
            } else {
                HeapBudget.requireText(option.length());
                throw CommandError.of(
                        "ERR Unrecognized XCLAIM option '" + Streams.text(option) + "'");
            }
        }
        // Who reckons from a clock of their own may be off: no reason to refuse.
        if (deliveredMs < 0 || deliveredMs > unit.nowMs()) {
            deliveredMs = unit.nowMs();
        }
    }

    private void run() {
        unit.effects().instead();
        long consumer = ClaimCommands.claimant(unit, group);
        if (lastId.compareTo(StreamGroup.lastMs(group), StreamGroup.lastSeq(group)) > 0) {
            StreamGroup.setLastId(group, lastId.ms(), lastId.seq());
            lastIdPending = true;
        }
        ReplyWriter reply = unit.reply();
        long token = reply.deferredArray();
        long claimed = 0;
        StreamCursor cursor = new StreamCursor();
        StreamId id = new StreamId();
        for (int i = FIRST_ID; i < idsEnd; i++) {
            ids.readStrict(unit.arg(i), id);
            if (!claim(id, consumer)) {
                continue;
            }
            if (justId) {
                Streams.replyId(unit, id.ms(), id.seq());
            } else {
                Streams.replyEntry(unit, cursor, stream, id.ms(), id.seq());
            }
            claimed++;
        }
        if (lastIdPending) {
            Streams.passOnLastId(unit, key, group);
            unit.effects().count(1);
        }
        reply.finishArray(token, claimed);
    }

    private boolean claim(StreamId id, long consumer) {
        Slab slab = unit.slab(key);
        long record = StreamPending.find(group, id.ms(), id.seq());
        if (!StreamValue.exists(stream, id.ms(), id.seq())) {
            if (record != StreamPending.NONE) {
                ClaimCommands.forget(unit, key, slab, group, record);
                lastIdPending = false;
            }
            return false;
        }
        long deliveries = 1; // what an entry begins with that is pending by force
        if (record != StreamPending.NONE) {
            long idle = unit.nowMs() - StreamPending.deliveredMs(record);
            if (minIdle != 0 && idle < minIdle) {
                return false;
            }
            StreamPending.assign(slab, record, consumer);
            deliveries = StreamPending.deliveries(record);
        } else if (force) {
            record = StreamPending.add(slab, group, consumer, id.ms(), id.seq(), 0, 0);
        } else {
            return false;
        }
        if (retries >= 0) {
            deliveries = retries;
        } else if (!justId) {
            deliveries++;
        }
        StreamPending.setDelivered(record, deliveredMs, deliveries);
        StreamConsumer.setActiveMs(consumer, unit.nowMs());
        Streams.passOnPending(unit, key, group, record, id.ms(), id.seq());
        lastIdPending = false;
        unit.effects().count(1);
        return true;
    }
}
