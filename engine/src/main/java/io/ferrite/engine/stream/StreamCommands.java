package io.ferrite.engine.stream;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.stream.StreamCursor;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamValue;

/** Commands on a stream's entries. */
public final class StreamCommands {

    private static final CommandError NEGATIVE_ADDED =
            CommandError.of("ERR entries_added must be positive");
    private static final CommandError BELOW_GIVEN =
            CommandError.of(
                    "ERR The ID specified in XSETID is smaller than the provided"
                            + " max_deleted_entry_id");
    private static final CommandError BELOW_DELETED =
            CommandError.of(
                    "ERR The ID specified in XSETID is smaller than current max_deleted_entry_id");
    private static final CommandError BELOW_TOP =
            CommandError.of(
                    "ERR The ID specified in XSETID is smaller than the target stream top item");
    private static final CommandError ADDED_BELOW_LENGTH =
            CommandError.of(
                    "ERR The entries_added specified in XSETID is smaller than the target stream"
                            + " length");

    private static final long NOT_GIVEN = -1;

    private StreamCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("XADD", XaddCommand::xadd)
                .bind("XTRIM", XaddCommand::xtrim)
                .bind("XLEN", StreamCommands::xlen)
                .bind("XRANGE", unit -> range(unit, true))
                .bind("XREVRANGE", unit -> range(unit, false))
                .bind("XDEL", StreamCommands::xdel)
                .bind("XSETID", StreamCommands::xsetid);
        XreadCommand.register(table);
        GroupCommands.register(table);
        ClaimCommands.register(table);
        XdelexCommands.register(table);
        XinfoCommands.register(table);
    }

    static void xlen(ExecutionUnit unit) {
        long stream = Streams.read(unit, unit.arg(1));
        unit.reply().integer(stream == 0 ? 0 : StreamValue.length(stream));
    }

    /** XRANGE key start end [COUNT n], XREVRANGE key end start [COUNT n]. */
    private static void range(ExecutionUnit unit, boolean forward) {
        StreamIds ids = new StreamIds();
        StreamId from = new StreamId();
        StreamId to = new StreamId();
        ids.readStart(unit.arg(forward ? 2 : 3), from);
        ids.readEnd(unit.arg(forward ? 3 : 2), to);
        long count = NOT_GIVEN;
        for (int i = 4; i < unit.argc(); i++) {
            if (!unit.arg(i).isWord("COUNT") || i + 1 == unit.argc()) {
                throw CommandError.SYNTAX;
            }
            count = Math.max(0, Numbers.integer(unit.arg(++i)));
        }
        long stream = Streams.read(unit, unit.arg(1));
        if (stream == 0) {
            unit.reply().emptyArray();
        } else if (count == 0) {
            unit.reply().nilArray();
        } else {
            StreamCursor cursor = new StreamCursor();
            cursor.open(stream, from.ms(), from.seq(), to.ms(), to.seq(), forward);
            Streams.replyEntries(unit, cursor, Math.max(0, count));
        }
    }

    /** Refuses unless all arguments from {@code first} on are ids. */
    static void requireIds(ExecutionUnit unit, int first) {
        StreamIds ids = new StreamIds();
        StreamId id = new StreamId();
        for (int i = first; i < unit.argc(); i++) {
            ids.readStrict(unit.arg(i), id);
        }
    }

    /** XDEL key id ... */
    static void xdel(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long stream = Streams.write(unit, key);
        if (stream == 0) {
            unit.reply().integer(0);
            return;
        }
        requireIds(unit, 2);
        Slab slab = unit.slab(key);
        StreamIds ids = new StreamIds();
        StreamId id = new StreamId();
        long deleted = 0;
        boolean first = false;
        StreamId before = StreamValue.firstId(stream, new StreamId());
        for (int i = 2; i < unit.argc(); i++) {
            ids.readStrict(unit.arg(i), id);
            if (StreamValue.delete(slab, stream, id.ms(), id.seq())) {
                StreamValue.noteDeleted(stream, id.ms(), id.seq());
                first |= id.compareTo(before) == 0;
                deleted++;
            }
        }
        if (first || deleted > 0 && StreamValue.length(stream) == 0) {
            StreamValue.refreshFirst(stream);
        }
        if (deleted > 0) {
            unit.effects().changed(key, Event.XDEL);
            unit.effects().count(deleted - 1);
        }
        unit.reply().integer(deleted);
    }

    /** XSETID key last-id [ENTRIESADDED n] [MAXDELETEDID id]. */
    static void xsetid(ExecutionUnit unit) {
        StreamIds ids = new StreamIds();
        StreamId id = new StreamId();
        StreamId deleted = new StreamId();
        long added = NOT_GIVEN;
        ids.readStrict(unit.arg(2), id);
        for (int i = 3; i < unit.argc(); i += 2) {
            Slice option = unit.arg(i);
            if (i + 1 < unit.argc() && option.isWord("ENTRIESADDED")) {
                added = Numbers.integer(unit.arg(i + 1));
                if (added < 0) {
                    throw NEGATIVE_ADDED;
                }
            } else if (i + 1 < unit.argc() && option.isWord("MAXDELETEDID")) {
                ids.readStrict(unit.arg(i + 1), deleted);
                if (id.compareTo(deleted) < 0) {
                    throw BELOW_GIVEN;
                }
            } else {
                throw CommandError.SYNTAX;
            }
        }
        Slice key = unit.arg(1);
        long stream = Streams.write(unit, key);
        if (stream == 0) {
            throw CommandError.NO_SUCH_KEY;
        }
        judgeLastId(stream, id, added);
        StreamValue.setLastId(stream, id.ms(), id.seq());
        if (added != NOT_GIVEN) {
            StreamValue.setAdded(stream, added);
        }
        if (!deleted.isZero()) {
            StreamValue.setMaxDeletedId(stream, deleted.ms(), deleted.seq());
        }
        unit.effects().changedWithin(key, Event.XSETID);
        unit.reply().ok();
    }

    private static void judgeLastId(long stream, StreamId id, long added) {
        if (id.compareTo(StreamValue.maxDeletedId(stream, new StreamId())) < 0) {
            throw BELOW_DELETED;
        }
        StreamCursor cursor = new StreamCursor().open(stream, false);
        if (cursor.next()) {
            if (id.compareTo(cursor.ms(), cursor.seq()) < 0) {
                throw BELOW_TOP;
            }
            if (added != NOT_GIVEN && StreamValue.length(stream) > added) {
                throw ADDED_BELOW_LENGTH;
            }
        }
    }
}
