package io.ferrite.engine.stream;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.store.stream.StreamGroup;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamPending;
import io.ferrite.store.stream.StreamReferences;
import io.ferrite.store.stream.StreamValue;

/** XDELEX and XACKDEL: entries go, with a say in what becomes of references to them. */
final class XdelexCommands {

    /** There is no such entry, or it is not pending. */
    private static final int NO_SUCH_ID = -1;

    private static final int DELETED = 1;

    /** A group needs it still. */
    private static final int STILL_NEEDED = 2;

    private static final CommandError NO_COUNT =
            CommandError.of("ERR Number of IDs must be a positive integer");
    private static final CommandError LARGE_COUNT =
            CommandError.of("ERR The `numids` parameter must match the number of arguments");
    private static final CommandError NO_IDS = CommandError.of("ERR IDS option is required");

    private final ExecutionUnit unit;
    private final Slice key;
    private final StreamIds ids = new StreamIds();
    private References.Policy policy;
    private int idsAt;
    private int count;
    private long deleted;

    private XdelexCommands(ExecutionUnit unit, int optionsAt) {
        this.unit = unit;
        this.key = unit.arg(1);
        int i = optionsAt;
        while (i < unit.argc()) {
            Slice option = unit.arg(i);
            References.Policy named = References.policy(option);
            if (named != null && policy == null) {
                policy = named;
                i++;
            } else if (option.isWord("IDS") && i + 1 < unit.argc()) {
                long number = Numbers.integer(unit.arg(i + 1), NO_COUNT);
                if (number < 1) {
                    throw NO_COUNT;
                }
                idsAt = i + 2;
                if (number > unit.argc() - idsAt) {
                    throw LARGE_COUNT;
                }
                count = (int) number;
                i = idsAt + count;
            } else {
                throw CommandError.SYNTAX;
            }
        }
        if (idsAt == 0) {
            throw NO_IDS;
        }
        policy = policy == null ? References.Policy.KEEPREF : policy;
    }

    static void register(CommandTable.Builder table) {
        table.bind("XDELEX", unit -> new XdelexCommands(unit, 2).xdelex())
                .bind("XACKDEL", unit -> new XdelexCommands(unit, 3).xackdel());
    }

    private StreamId[] readIds() {
        StreamId[] all = new StreamId[count];
        for (int i = 0; i < count; i++) {
            all[i] = new StreamId();
            ids.readStrict(unit.arg(idsAt + i), all[i]);
        }
        return all;
    }

    /** XDELEX key [KEEPREF|DELREF|ACKED] IDS n id ... */
    private void xdelex() {
        long stream = Streams.write(unit, key);
        if (stream == 0) {
            replyNone();
            return;
        }
        StreamId[] all = readIds();
        unit.effects().instead();
        References references = new References(unit, key, stream, policy);
        unit.reply().array(count);
        for (StreamId id : all) {
            unit.reply().integer(delete(references, stream, id));
        }
        end(references, stream);
    }

    /** XACKDEL key group [KEEPREF|DELREF|ACKED] IDS n id ... */
    private void xackdel() {
        long stream = Streams.write(unit, key);
        long group = Streams.group(unit, stream, 2);
        if (group == StreamGroup.NONE) {
            replyNone();
            return;
        }
        StreamId[] all = readIds();
        unit.effects().instead();
        References references = new References(unit, key, stream, policy);
        unit.reply().array(count);
        for (StreamId id : all) {
            if (!StreamPending.remove(unit.slab(key), group, id.ms(), id.seq())) {
                unit.reply().integer(NO_SUCH_ID);
                continue;
            }
            references.passOnAck(group, id.ms(), id.seq());
            unit.effects().count(1);
            // Acknowledged and gone before is as good as deleted.
            int result = delete(references, stream, id);
            unit.reply().integer(result == NO_SUCH_ID ? DELETED : result);
        }
        end(references, stream);
    }

    private int delete(References references, long stream, StreamId id) {
        if (policy == References.Policy.ACKED
                && StreamValue.exists(stream, id.ms(), id.seq())
                && StreamReferences.isNeeded(stream, id.ms(), id.seq())) {
            return STILL_NEEDED;
        }
        if (policy == References.Policy.DELREF) {
            references.dropPending(id.ms(), id.seq());
        }
        if (!references.delete(id.ms(), id.seq())) {
            return NO_SUCH_ID;
        }
        deleted++;
        return DELETED;
    }

    private void end(References references, long stream) {
        references.flush();
        if (deleted > 0) {
            StreamValue.refreshFirst(stream);
            unit.effects().changed(key, Event.XDEL);
            unit.effects().count(deleted - 1);
        }
    }

    private void replyNone() {
        readIds();
        unit.reply().array(count);
        for (int i = 0; i < count; i++) {
            unit.reply().integer(NO_SUCH_ID);
        }
    }
}
