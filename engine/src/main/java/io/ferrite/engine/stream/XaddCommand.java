package io.ferrite.engine.stream;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.Effects;
import io.ferrite.engine.EncodingLimits;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.resp.Request;
import io.ferrite.store.stream.StreamCursor;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamValue;

/** XADD and XTRIM: the two that trim. */
final class XaddCommand {

    private static final CommandError ZERO_ID =
            CommandError.of("ERR The ID specified in XADD must be greater than 0-0");
    private static final CommandError EXHAUSTED =
            CommandError.of(
                    "ERR The stream has exhausted the last possible ID, unable to add more items");
    private static final CommandError SMALL_ID =
            CommandError.of(
                    "ERR The ID specified in XADD is equal or smaller than the target stream top"
                            + " item");
    private static final CommandError TOO_LARGE =
            CommandError.of("ERR Elements are too large to be stored");

    private XaddCommand() {}

    /**
     * XADD key [NOMKSTREAM] [KEEPREF|DELREF|ACKED] [MAXLEN|MINID [=|~] threshold [LIMIT n]] id
     * field value ...
     */
    static void xadd(ExecutionUnit unit) {
        TrimOptions options = TrimOptions.ofAdd(unit);
        int first = options.end + 1;
        int texts = unit.argc() - first;
        if (texts < 2 || texts % 2 == 1) {
            throw CommandError.arity(unit.command().name());
        }
        if (options.idGiven && options.sequenceGiven && options.id.isZero()) {
            throw ZERO_ID;
        }
        Slice key = unit.arg(1);
        long stream = Streams.write(unit, key);
        if (stream == 0 && options.noStream) {
            unit.reply().nil();
            return;
        }
        long ms = nextMs(unit, stream, options);
        long seq = nextSequence(stream, options, ms);
        if (stream == 0
                ? (ms | seq) == 0
                : StreamId.compare(ms, seq, StreamValue.lastMs(stream), StreamValue.lastSeq(stream))
                        <= 0) {
            throw SMALL_ID;
        }
        Slab slab = unit.slab(key);
        boolean fresh = stream == 0;
        if (fresh) {
            stream = StreamValue.create(slab);
        }
        EncodingLimits.Packed limits = unit.engine().limits().stream();
        boolean added =
                StreamValue.append(
                        slab,
                        stream,
                        ms,
                        seq,
                        unit.request(),
                        first,
                        texts / 2,
                        limits.value(),
                        limits.entries());
        if (!added) {
            if (fresh) {
                StreamValue.free(slab, stream);
            }
            throw TOO_LARGE;
        }
        if (fresh) {
            Streams.put(unit, key, stream);
        }
        Streams.replyId(unit, ms, seq);
        unit.effects().changed(key, Event.XADD);
        if (options.looksAtGroups()) {
            passOnUntrimmed(unit, options, ms, seq);
            if (new References(unit, key, stream, options.policy).trim(options.trim()) > 0) {
                unit.effects().notify(key, Event.XTRIM);
            }
            return;
        }
        if (options.trims() && StreamValue.trim(slab, stream, options.trim()) > 0) {
            unit.effects().notify(key, Event.XTRIM);
        }
        if (!options.idGiven
                || !options.sequenceGiven
                || options.isApproximate()
                || options.policyAt != 0) {
            passOn(unit, stream, options, ms, seq);
        }
    }

    /** Followers get the entry; what the trim removes comes by itself. */
    private static void passOnUntrimmed(
            ExecutionUnit unit, TrimOptions options, long ms, long seq) {
        Request request = unit.request();
        Effects effects = unit.effects().command(2 + request.count() - options.end);
        effects.word("XADD").arg(unit.arg(1));
        Streams.id(effects, unit, ms, seq);
        for (int i = options.end + 1; i < request.count(); i++) {
            effects.arg(request.address(i), request.length(i));
        }
    }

    /** The time of the new entry's id. */
    private static long nextMs(ExecutionUnit unit, long stream, TrimOptions options) {
        long lastMs = stream == 0 ? 0 : StreamValue.lastMs(stream);
        long lastSeq = stream == 0 ? 0 : StreamValue.lastSeq(stream);
        if ((lastMs & lastSeq) == StreamId.MAX) {
            throw EXHAUSTED;
        }
        if (options.idGiven) {
            return options.id.ms();
        }
        if (Long.compareUnsigned(unit.nowMs(), lastMs) > 0) {
            return unit.nowMs();
        }
        return lastSeq == StreamId.MAX ? lastMs + 1 : lastMs;
    }

    /** The number of the new entry within its time. */
    private static long nextSequence(long stream, TrimOptions options, long ms) {
        if (options.idGiven && options.sequenceGiven) {
            return options.id.seq();
        }
        long lastMs = stream == 0 ? 0 : StreamValue.lastMs(stream);
        if (ms != lastMs) {
            return 0;
        }
        long lastSeq = stream == 0 ? 0 : StreamValue.lastSeq(stream);
        if (lastSeq == StreamId.MAX) {
            throw SMALL_ID;
        }
        return lastSeq + 1;
    }

    /** Followers get the id that an entry got, and what the trim has left. */
    private static void passOn(
            ExecutionUnit unit, long stream, TrimOptions options, long ms, long seq) {
        if (!unit.effects().isWanted()) {
            unit.effects().instead();
            return;
        }
        Request request = unit.request();
        boolean made = options.adds && (!options.idGiven || !options.sequenceGiven);
        int more = options.policyAt == 0 ? 0 : 1; // a word that older followers don't know
        Effects effects = unit.effects().command(request.count() - more);
        for (int i = 0; i < request.count(); i++) {
            if (more != 0 && i == options.policyAt) {
                continue;
            }
            if (made && i == options.end) {
                Streams.id(effects, unit, ms, seq);
            } else if (options.isApproximate() && i == options.thresholdAt - 1) {
                effects.word("=");
            } else if (options.isApproximate() && i == options.thresholdAt) {
                threshold(unit, effects, stream, options);
            } else {
                effects.arg(request.address(i), request.length(i));
            }
        }
    }

    private static void threshold(
            ExecutionUnit unit, Effects effects, long stream, TrimOptions options) {
        if (options.isByLength()) {
            effects.number(StreamValue.length(stream));
            return;
        }
        StreamCursor cursor = new StreamCursor().open(stream, true).withTombstones();
        if (cursor.next()) {
            Streams.id(effects, unit, cursor.ms(), cursor.seq());
        } else {
            Streams.id(effects, unit, StreamId.MAX, StreamId.MAX);
        }
    }

    /** XTRIM key MAXLEN|MINID [=|~] threshold [LIMIT n] [KEEPREF|DELREF|ACKED]. */
    static void xtrim(ExecutionUnit unit) {
        TrimOptions options = TrimOptions.ofTrim(unit);
        Slice key = unit.arg(1);
        long stream = Streams.write(unit, key);
        long removed = 0;
        if (stream != 0 && options.looksAtGroups()) {
            removed = new References(unit, key, stream, options.policy).trim(options.trim());
        } else if (stream != 0) {
            removed = StreamValue.trim(unit.slab(key), stream, options.trim());
        }
        if (removed > 0) {
            unit.effects().changed(key, Event.XTRIM);
            unit.effects().count(removed - 1);
            if (!options.looksAtGroups() && (options.isApproximate() || options.policyAt != 0)) {
                passOn(unit, stream, options, 0, 0);
            }
        }
        unit.reply().integer(removed);
    }
}
