package io.ferrite.engine.stream;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Encoding;
import io.ferrite.store.Type;
import io.ferrite.store.stream.StreamConsumer;
import io.ferrite.store.stream.StreamGroup;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamPending;
import io.ferrite.store.stream.StreamValue;

/** XGROUP and XACK: groups, their consumers, and what is acknowledged. */
final class GroupCommands {

    private static final CommandError NO_STREAM =
            CommandError.of(
                    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you"
                            + " may want to use the MKSTREAM option to create an empty stream"
                            + " automatically.");
    private static final CommandError BUSY =
            CommandError.of("BUSYGROUP Consumer Group name already exists");
    private static final CommandError NEGATIVE_READ =
            CommandError.of("ERR value for ENTRIESREAD must be positive or -1");

    private GroupCommands() {}

    static void register(CommandTable.Builder table) {
        table.bind("XGROUP|CREATE", GroupCommands::create)
                .bind("XGROUP|SETID", GroupCommands::setid)
                .bind("XGROUP|DESTROY", GroupCommands::destroy)
                .bind("XGROUP|CREATECONSUMER", GroupCommands::createconsumer)
                .bind("XGROUP|DELCONSUMER", GroupCommands::delconsumer)
                .bind("XGROUP|HELP", LockPlan.NONE, GroupCommands::help)
                .bind("XACK", GroupCommands::xack);
    }

    /** What may follow the id of CREATE and SETID. */
    private static final class Options {
        private boolean makesStream;
        private long entriesRead = StreamGroup.UNKNOWN;

        Options(ExecutionUnit unit, boolean creates) {
            for (int i = 5; i < unit.argc(); i++) {
                if (creates && unit.arg(i).isWord("MKSTREAM")) {
                    makesStream = true;
                } else if (unit.arg(i).isWord("ENTRIESREAD") && i + 1 < unit.argc()) {
                    entriesRead = Numbers.integer(unit.arg(++i));
                    if (entriesRead < 0 && entriesRead != StreamGroup.UNKNOWN) {
                        throw NEGATIVE_READ;
                    }
                } else {
                    throw Streams.badSubcommand(unit, "XGROUP");
                }
            }
        }
    }

    /** The stream of a subcommand, which must be there. */
    private static long stream(ExecutionUnit unit) {
        long stream = Streams.write(unit, unit.arg(2));
        if (stream == 0) {
            throw NO_STREAM;
        }
        return stream;
    }

    private static long group(ExecutionUnit unit, long stream) {
        long group = Streams.group(unit, stream, 3);
        if (group == StreamGroup.NONE) {
            throw Streams.noSuchGroup(unit.arg(3), unit.arg(2));
        }
        return group;
    }

    private static boolean isLast(Slice text) {
        return text.length() == 1 && text.byteAt(0) == '$';
    }

    /** XGROUP CREATE key group id|$ [MKSTREAM] [ENTRIESREAD n]. */
    static void create(ExecutionUnit unit) {
        Options options = new Options(unit, true);
        Slice key = unit.arg(2);
        long stream = options.makesStream ? Streams.write(unit, key) : stream(unit);
        if (unit.argc() > 8) {
            throw Streams.badSubcommand(unit, "XGROUP");
        }
        StreamId id = new StreamId();
        if (!isLast(unit.arg(4))) {
            new StreamIds().readStrict(unit.arg(4), id);
        } else if (stream != 0) {
            StreamValue.lastId(stream, id);
        }
        if (Streams.group(unit, stream, 3) != StreamGroup.NONE) {
            throw BUSY;
        }
        Slab slab = unit.slab(key);
        if (stream == 0) {
            stream = StreamValue.create(slab);
            unit.database().putRoot(key, Type.STREAM, Encoding.STREAM, stream);
            unit.effects().touched(key);
            unit.effects().notify(key, Event.XGROUP_CREATE);
        } else {
            unit.effects().changedWithin(key, Event.XGROUP_CREATE);
        }
        Slice name = unit.arg(3);
        StreamGroup.create(
                slab,
                stream,
                name.address(),
                name.length(),
                id.ms(),
                id.seq(),
                options.entriesRead);
        unit.reply().ok();
    }

    /** XGROUP SETID key group id|$ [ENTRIESREAD n]. */
    static void setid(ExecutionUnit unit) {
        Options options = new Options(unit, false);
        long stream = stream(unit);
        long group = group(unit, stream);
        if (unit.argc() != 5 && unit.argc() != 7) {
            throw Streams.badSubcommand(unit, "XGROUP");
        }
        StreamId id = new StreamId();
        if (isLast(unit.arg(4))) {
            StreamValue.lastId(stream, id);
        } else {
            new StreamIds().read(unit.arg(4), 0, id);
        }
        StreamGroup.setLastId(group, id.ms(), id.seq());
        StreamGroup.setEntriesRead(group, options.entriesRead);
        unit.effects().changedWithin(unit.arg(2), Event.XGROUP_SETID);
        unit.reply().ok();
    }

    /** XGROUP DESTROY key group. Those who wait for the group are told. */
    static void destroy(ExecutionUnit unit) {
        Slice key = unit.arg(2);
        long stream = stream(unit);
        long group = Streams.group(unit, stream, 3);
        if (group == StreamGroup.NONE) {
            unit.reply().integer(0);
            return;
        }
        long rest = StreamGroup.detach(unit.slab(key), stream, group);
        unit.database().release(key, Type.STREAM, Encoding.STREAM, rest);
        unit.effects().changedWithin(key, Event.XGROUP_DESTROY);
        unit.effects().wake(key);
        unit.reply().integer(1);
    }

    /** XGROUP CREATECONSUMER key group consumer. */
    static void createconsumer(ExecutionUnit unit) {
        long group = group(unit, stream(unit));
        boolean there = Streams.consumer(unit, group, 4) != StreamConsumer.NONE;
        if (!there) {
            createConsumer(unit, unit.arg(2), group, 4);
        }
        unit.reply().integer(there ? 0 : 1);
    }

    /** Makes the consumer that an argument names. */
    static long createConsumer(ExecutionUnit unit, Slice key, long group, int arg) {
        unit.effects().changedWithin(key, Event.XGROUP_CREATECONSUMER);
        return StreamConsumer.create(
                unit.slab(key),
                group,
                unit.request().address(arg),
                unit.request().length(arg),
                unit.nowMs(),
                StreamConsumer.NEVER);
    }

    /** XGROUP DELCONSUMER key group consumer. What was pending for it is so no more. */
    static void delconsumer(ExecutionUnit unit) {
        Slice key = unit.arg(2);
        long group = group(unit, stream(unit));
        long consumer = Streams.consumer(unit, group, 4);
        long pending = 0;
        if (consumer != StreamConsumer.NONE) {
            pending = StreamConsumer.pendingCount(consumer);
            StreamConsumer.remove(unit.slab(key), group, consumer);
            unit.effects().changedWithin(key, Event.XGROUP_DELCONSUMER);
        }
        unit.reply().integer(pending);
    }

    static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "XGROUP",
                "CREATE <key> <groupname> <id|$> [option]",
                "    Create a new consumer group. Options are:",
                "    * MKSTREAM",
                "      Create the empty stream if it does not exist.",
                "    * ENTRIESREAD entries_read",
                "      Set the group's entries_read counter (internal use).",
                "CREATECONSUMER <key> <groupname> <consumer>",
                "    Create a new consumer in the specified group.",
                "DELCONSUMER <key> <groupname> <consumer>",
                "    Remove the specified consumer.",
                "DESTROY <key> <groupname>",
                "    Remove the specified group.",
                "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
                "    Set the current group ID and entries_read counter.");
    }

    /** XACK key group id ... */
    static void xack(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long stream = Streams.read(unit, key);
        long group = Streams.group(unit, stream, 2);
        if (group == StreamGroup.NONE) {
            unit.reply().integer(0);
            return;
        }
        StreamCommands.requireIds(unit, 3);
        Streams.aboutToChange(unit, key);
        StreamIds ids = new StreamIds();
        StreamId id = new StreamId();
        Slab slab = unit.slab(key);
        long acknowledged = 0;
        for (int i = 3; i < unit.argc(); i++) {
            ids.readStrict(unit.arg(i), id);
            if (StreamPending.remove(slab, group, id.ms(), id.seq())) {
                acknowledged++;
            }
        }
        unit.effects().count(acknowledged);
        unit.reply().integer(acknowledged);
    }
}
