package io.ferrite.engine.stream;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.stream.IdCursor;
import io.ferrite.store.stream.StreamConsumer;
import io.ferrite.store.stream.StreamCursor;
import io.ferrite.store.stream.StreamGroup;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamPending;
import io.ferrite.store.stream.StreamValue;

/** XINFO: what there is to know of a stream, its groups and their consumers. */
final class XinfoCommands {

    private static final long USUAL_COUNT = 10;

    private XinfoCommands() {}

    static void register(CommandTable.Builder table) {
        table.bind("XINFO|STREAM", XinfoCommands::stream)
                .bind("XINFO|GROUPS", XinfoCommands::groups)
                .bind("XINFO|CONSUMERS", XinfoCommands::consumers)
                .bind("XINFO|HELP", LockPlan.NONE, XinfoCommands::help);
    }

    private static long find(ExecutionUnit unit) {
        long stream = Streams.read(unit, unit.arg(2));
        if (stream == 0) {
            throw CommandError.NO_SUCH_KEY;
        }
        return stream;
    }

    private static void replyName(ReplyWriter reply, long address, int length) {
        reply.bulk("name");
        reply.bulk(address, length);
    }

    private static void replyNumber(ReplyWriter reply, String name, long number) {
        reply.bulk(name);
        reply.integer(number);
    }

    private static void replyKnown(ReplyWriter reply, String name, long number, long unknown) {
        reply.bulk(name);
        if (number == unknown) {
            reply.nil();
        } else {
            reply.integer(number);
        }
    }

    private static void replyId(ExecutionUnit unit, String name, StreamId id) {
        unit.reply().bulk(name);
        Streams.replyId(unit, id.ms(), id.seq());
    }

    // ----------------------------------------------------------------------------------- STREAM

    /** XINFO STREAM key [FULL [COUNT n]]. */
    static void stream(ExecutionUnit unit) {
        long stream = find(unit);
        int argc = unit.argc();
        boolean full = argc > 3;
        long count = USUAL_COUNT;
        if (full) {
            boolean legal =
                    unit.arg(3).isWord("FULL")
                            && (argc == 4 || argc == 6 && unit.arg(4).isWord("COUNT"));
            if (!legal) {
                throw Streams.badSubcommand(unit, "XINFO");
            }
            if (argc == 6) {
                count = Numbers.integer(unit.arg(5));
                count = count < 0 ? USUAL_COUNT : count;
            }
        }
        ReplyWriter reply = unit.reply();
        StreamId id = new StreamId();
        reply.map(full ? 9 : 10);
        replyNumber(reply, "length", StreamValue.length(stream));
        replyNumber(reply, "radix-tree-keys", StreamValue.blocks(stream));
        replyNumber(reply, "radix-tree-nodes", StreamValue.nodes(stream) + 1);
        replyId(unit, "last-generated-id", StreamValue.lastId(stream, id));
        replyId(unit, "max-deleted-entry-id", StreamValue.maxDeletedId(stream, id));
        replyNumber(reply, "entries-added", StreamValue.added(stream));
        replyId(unit, "recorded-first-entry-id", StreamValue.firstId(stream, id));
        if (full) {
            reply.bulk("entries");
            Streams.replyEntries(unit, new StreamCursor().open(stream, true), count);
            reply.bulk("groups");
            long[] groups = StreamGroup.sorted(stream);
            reply.array(groups.length);
            for (long group : groups) {
                replyFull(unit, stream, group, count);
            }
        } else {
            replyNumber(reply, "groups", StreamGroup.count(stream));
            replyEdge(unit, "first-entry", new StreamCursor().open(stream, true));
            replyEdge(unit, "last-entry", new StreamCursor().open(stream, false));
        }
    }

    private static void replyEdge(ExecutionUnit unit, String name, StreamCursor cursor) {
        unit.reply().bulk(name);
        if (cursor.next()) {
            Streams.replyEntry(unit, cursor);
        } else {
            unit.reply().nil();
        }
    }

    private static void replyFull(ExecutionUnit unit, long stream, long group, long count) {
        ReplyWriter reply = unit.reply();
        reply.map(7);
        replyName(reply, StreamGroup.name(group), StreamGroup.nameLength(group));
        replyId(unit, "last-delivered-id", StreamGroup.lastId(group, new StreamId()));
        replyKnown(reply, "entries-read", StreamGroup.entriesRead(group), StreamGroup.UNKNOWN);
        replyKnown(reply, "lag", StreamValue.lag(stream, group), StreamValue.NO_LAG);
        replyNumber(reply, "pel-count", StreamPending.count(group));
        reply.bulk("pending");
        replyPending(unit, group, StreamGroup.pending(group), count, true);
        reply.bulk("consumers");
        long[] consumers = StreamGroup.consumers(group);
        reply.array(consumers.length);
        for (long consumer : consumers) {
            reply.map(5);
            replyName(reply, StreamConsumer.name(consumer), StreamConsumer.nameLength(consumer));
            replyNumber(reply, "seen-time", StreamConsumer.seenMs(consumer));
            replyNumber(reply, "active-time", StreamConsumer.activeMs(consumer));
            replyNumber(reply, "pel-count", StreamConsumer.pendingCount(consumer));
            reply.bulk("pending");
            replyPending(unit, group, StreamConsumer.pending(consumer), count, false);
        }
    }

    private static void replyPending(
            ExecutionUnit unit, long group, long tree, long count, boolean withOwner) {
        ReplyWriter reply = unit.reply();
        long token = reply.deferredArray();
        long shown = 0;
        IdCursor cursor = new IdCursor();
        for (cursor.first(tree); cursor.isValid() && (count == 0 || shown < count); shown++) {
            long record = StreamPending.find(group, cursor.ms(), cursor.seq());
            reply.array(withOwner ? 4 : 3);
            Streams.replyId(unit, cursor.ms(), cursor.seq());
            if (withOwner) {
                long owner = StreamPending.consumer(record);
                reply.bulk(StreamConsumer.name(owner), StreamConsumer.nameLength(owner));
            }
            reply.integer(StreamPending.deliveredMs(record));
            reply.integer(StreamPending.deliveries(record));
            cursor.next();
        }
        reply.finishArray(token, shown);
    }

    // ------------------------------------------------------------------------ GROUPS, CONSUMERS

    /** XINFO GROUPS key. */
    static void groups(ExecutionUnit unit) {
        long stream = find(unit);
        ReplyWriter reply = unit.reply();
        long[] groups = StreamGroup.sorted(stream);
        reply.array(groups.length);
        for (long group : groups) {
            reply.map(6);
            replyName(reply, StreamGroup.name(group), StreamGroup.nameLength(group));
            replyNumber(reply, "consumers", StreamGroup.consumerCount(group));
            replyNumber(reply, "pending", StreamPending.count(group));
            replyId(unit, "last-delivered-id", StreamGroup.lastId(group, new StreamId()));
            replyKnown(reply, "entries-read", StreamGroup.entriesRead(group), StreamGroup.UNKNOWN);
            replyKnown(reply, "lag", StreamValue.lag(stream, group), StreamValue.NO_LAG);
        }
    }

    /** XINFO CONSUMERS key group. */
    static void consumers(ExecutionUnit unit) {
        long group = Streams.group(unit, find(unit), 3);
        if (group == StreamGroup.NONE) {
            throw Streams.noSuchGroup(unit.arg(3), unit.arg(2));
        }
        ReplyWriter reply = unit.reply();
        long[] consumers = StreamGroup.consumers(group);
        reply.array(consumers.length);
        for (long consumer : consumers) {
            long active = StreamConsumer.activeMs(consumer);
            reply.map(4);
            replyName(reply, StreamConsumer.name(consumer), StreamConsumer.nameLength(consumer));
            replyNumber(reply, "pending", StreamConsumer.pendingCount(consumer));
            replyNumber(reply, "idle", Math.max(0, unit.nowMs() - StreamConsumer.seenMs(consumer)));
            replyNumber(
                    reply,
                    "inactive",
                    active == StreamConsumer.NEVER ? active : unit.nowMs() - active);
        }
    }

    static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "XINFO",
                "CONSUMERS <key> <groupname>",
                "    Show consumers of <groupname>.",
                "GROUPS <key>",
                "    Show the stream consumer groups.",
                "STREAM <key> [FULL [COUNT <count>]",
                "    Show information about the stream.");
    }
}
