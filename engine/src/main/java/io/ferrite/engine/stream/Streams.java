package io.ferrite.engine.stream;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.Effects;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.HeapBudget;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Encoding;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.stream.StreamConsumer;
import io.ferrite.store.stream.StreamCursor;
import io.ferrite.store.stream.StreamGroup;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamPending;

/** What the stream commands share. */
final class Streams {

    private Streams() {}

    // ---------------------------------------------------------------------------------- finding

    /** The stream at a key to read, or 0; refuses a value of another type. */
    static long read(ExecutionUnit unit, Slice key) {
        long entry = unit.findRead(key, Type.STREAM);
        return entry == Database.NONE ? 0 : Entry.root(entry);
    }

    /** The stream of an entry, or 0 if there is none; refuses a value of another type. */
    static long of(long entry) {
        if (entry == Database.NONE) {
            return 0;
        }
        if (Entry.type(entry) != Type.STREAM) {
            throw CommandError.WRONG_TYPE;
        }
        return Entry.root(entry);
    }

    /** The stream at a key to change, or 0; refuses a value of another type. */
    static long write(ExecutionUnit unit, Slice key) {
        long entry = unit.findWrite(key, Type.STREAM);
        return entry == Database.NONE ? 0 : Entry.root(entry);
    }

    /** A stream that was only looked at is about to change. */
    static void aboutToChange(ExecutionUnit unit, Slice key) {
        unit.database().aboutToChange(unit.database().find(key));
    }

    static void put(ExecutionUnit unit, Slice key, long stream) {
        unit.database().putRoot(key, Type.STREAM, Encoding.STREAM, stream);
    }

    /** The group that an argument names, or {@link StreamGroup#NONE}, also without a stream. */
    static long group(ExecutionUnit unit, long stream, int arg) {
        return stream == 0
                ? StreamGroup.NONE
                : StreamGroup.find(stream, unit.request().address(arg), unit.request().length(arg));
    }

    /** The consumer that an argument names, or {@link StreamConsumer#NONE}. */
    static long consumer(ExecutionUnit unit, long group, int arg) {
        return StreamConsumer.find(group, unit.request().address(arg), unit.request().length(arg));
    }

    /** What a key's stream and a group of it must not lack. */
    static CommandError noGroup(Slice key, Slice group, String where) {
        HeapBudget.requireText((long) key.length() + group.length());
        return CommandError.of(
                "NOGROUP No such key '"
                        + text(key)
                        + "' or consumer group '"
                        + text(group)
                        + "'"
                        + where);
    }

    static CommandError noSuchGroup(Slice group, Slice key) {
        HeapBudget.requireText((long) key.length() + group.length());
        return CommandError.of(
                "NOGROUP No such consumer group '"
                        + text(group)
                        + "' for key name '"
                        + text(key)
                        + "'");
    }

    static CommandError badSubcommand(ExecutionUnit unit, String container) {
        return CommandError.of(
                "ERR unknown subcommand or wrong number of arguments for '"
                        + text(unit.arg(1))
                        + "'. Try "
                        + container
                        + " HELP.");
    }

    /** A text as a message shows it: up to a NUL. */
    static String text(Slice slice) {
        String text = slice.toString();
        int nul = text.indexOf('\0');
        return nul < 0 ? text : text.substring(0, nul);
    }

    // ---------------------------------------------------------------------------------- replies

    static void replyId(ExecutionUnit unit, long ms, long seq) {
        long text = unit.scratch();
        unit.reply().bulk(text, StreamId.write(ms, seq, text));
    }

    static void reply(ReplyWriter reply, ListpackItem item) {
        if (item.isInteger()) {
            reply.bulkNumber(item.integer());
        } else {
            reply.bulk(item.address(), item.length());
        }
    }

    /** Replies with the entry that a cursor is on: its id, and its fields and values. */
    static void replyEntry(ExecutionUnit unit, StreamCursor cursor) {
        unit.reply().array(2);
        replyIdAndFields(unit, cursor);
    }

    /** The two parts that every entry's reply begins with. */
    static void replyIdAndFields(ExecutionUnit unit, StreamCursor cursor) {
        ReplyWriter reply = unit.reply();
        replyId(unit, cursor.ms(), cursor.seq());
        reply.array(2 * cursor.fields());
        while (cursor.nextField()) {
            reply(reply, cursor.field());
            reply(reply, cursor.value());
        }
    }

    /** Replies with an entry, if it is there; says whether it is. */
    static boolean replyEntry(
            ExecutionUnit unit, StreamCursor cursor, long stream, long ms, long seq) {
        boolean there = cursor.open(stream, ms, seq, ms, seq, true).next();
        if (there) {
            replyEntry(unit, cursor);
        }
        return there;
    }

    /** Replies with what an opened cursor shows, at most {@code count} entries; 0 for all. */
    static void replyEntries(ExecutionUnit unit, StreamCursor cursor, long count) {
        long token = unit.reply().deferredArray();
        long shown = 0;
        while ((count == 0 || shown < count) && cursor.next()) {
            replyEntry(unit, cursor);
            shown++;
        }
        unit.reply().finishArray(token, shown);
    }

    // ---------------------------------------------------------------------------------- effects

    static Effects id(Effects effects, ExecutionUnit unit, long ms, long seq) {
        long text = unit.scratch();
        return effects.arg(text, StreamId.write(ms, seq, text));
    }

    /**
     * Tells followers whose a pending entry is, how often it was delivered and when: {@code XCLAIM
     * key group consumer 0 id TIME ms RETRYCOUNT n FORCE JUSTID LASTID id}. Once or repeatedly, it
     * leads to the same.
     */
    static void passOnPending(
            ExecutionUnit unit, Slice key, long group, long record, long ms, long seq) {
        long consumer = StreamPending.consumer(record);
        Effects effects = unit.effects().command(14).word("XCLAIM").arg(key);
        effects.arg(StreamGroup.name(group), StreamGroup.nameLength(group));
        effects.arg(StreamConsumer.name(consumer), StreamConsumer.nameLength(consumer));
        effects.number(0);
        id(effects, unit, ms, seq);
        effects.word("TIME").number(StreamPending.deliveredMs(record));
        effects.word("RETRYCOUNT").number(StreamPending.deliveries(record));
        effects.word("FORCE").word("JUSTID").word("LASTID");
        id(effects, unit, StreamGroup.lastMs(group), StreamGroup.lastSeq(group));
    }

    /** Tells followers where a group has come to. */
    static void passOnLastId(ExecutionUnit unit, Slice key, long group) {
        Effects effects = unit.effects().command(7).word("XGROUP").word("SETID").arg(key);
        effects.arg(StreamGroup.name(group), StreamGroup.nameLength(group));
        id(effects, unit, StreamGroup.lastMs(group), StreamGroup.lastSeq(group));
        effects.word("ENTRIESREAD").number(StreamGroup.entriesRead(group));
    }

    /** Tells followers of a consumer that nothing else tells them of. */
    static void passOnConsumer(ExecutionUnit unit, Slice key, long group, long consumer) {
        Effects effects = unit.effects().command(5).word("XGROUP").word("CREATECONSUMER").arg(key);
        effects.arg(StreamGroup.name(group), StreamGroup.nameLength(group));
        effects.arg(StreamConsumer.name(consumer), StreamConsumer.nameLength(consumer));
    }
}
