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
        StreamId id = nextId(unit, stream, options);
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
                        id.ms(),
                        id.seq(),
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
        Streams.replyId(unit, id.ms(), id.seq());
        unit.effects().changed(key, Event.XADD);
        if (options.looksAtGroups()) {
            passOnUntrimmed(unit, options, id);
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
            passOn(unit, stream, options, id);
        }
    }

    /** Followers get the entry; what the trim removes comes by itself. */
    private static void passOnUntrimmed(ExecutionUnit unit, TrimOptions options, StreamId id) {
        Request request = unit.request();
        Effects effects = unit.effects().command(2 + request.count() - options.end);
        effects.word("XADD").arg(unit.arg(1));
        Streams.id(effects, unit, id.ms(), id.seq());
        for (int i = options.end + 1; i < request.count(); i++) {
            effects.arg(request.address(i), request.length(i));
        }
    }

    private static StreamId nextId(ExecutionUnit unit, long stream, TrimOptions options) {
        StreamId last = new StreamId();
        if (stream != 0) {
            StreamValue.lastId(stream, last);
            if (last.isMax()) {
                throw EXHAUSTED;
            }
        }
        StreamId id = options.id;
        if (!options.idGiven) {
            if (Long.compareUnsigned(unit.nowMs(), last.ms()) > 0) {
                return id.set(unit.nowMs(), 0);
            }
            id.set(last).increment();
        } else if (!options.sequenceGiven && id.ms() == last.ms()) {
            if (last.seq() == StreamId.MAX) {
                throw SMALL_ID;
            }
            id.set(last.ms(), last.seq() + 1);
        }
        if (id.compareTo(last) <= 0) {
            throw SMALL_ID;
        }
        return id;
    }

    /** Followers get the id that the entry got, and what the trim has left. */
    private static void passOn(
            ExecutionUnit unit, long stream, TrimOptions options, StreamId added) {
        if (!unit.effects().isWanted()) {
            unit.effects().instead();
            return;
        }
        Request request = unit.request();
        boolean made = !options.idGiven || !options.sequenceGiven;
        int more = options.policyAt == 0 ? 0 : 1; // a word that older followers don't know
        Effects effects = unit.effects().command(request.count() - more);
        for (int i = 0; i < request.count(); i++) {
            if (more != 0 && i == options.policyAt) {
                continue;
            }
            if (added != null && made && i == options.end) {
                Streams.id(effects, unit, added.ms(), added.seq());
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
                passOn(unit, stream, options, null);
            }
        }
        unit.reply().integer(removed);
    }
}
