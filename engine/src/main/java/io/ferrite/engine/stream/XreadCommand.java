package io.ferrite.engine.stream;

import io.ferrite.engine.Blocking;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.store.Type;
import io.ferrite.store.stream.StreamConsumer;
import io.ferrite.store.stream.StreamCursor;
import io.ferrite.store.stream.StreamGroup;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamValue;
import java.nio.charset.StandardCharsets;

/**
 * XREAD and XREADGROUP: entries of several streams behind an id each, waiting for some if asked.
 */
final class XreadCommand {

    /** Who waits for entries to be idle for no time looks for them this often. */
    private static final long LOOK_AGAIN_MIN_MS = 100;

    private static final CommandError LAST_OF_GROUP =
            CommandError.of(
                    "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the"
                            + " history of this consumer by specifying a proper ID, or use the > ID"
                            + " to get new messages. The $ ID would just return an empty result"
                            + " set.");
    private static final CommandError NEWEST_OF_GROUP =
            CommandError.of(
                    "ERR The + ID is meaningless in the context of XREADGROUP: you want to read the"
                            + " history of this consumer by specifying a proper ID, or use the > ID"
                            + " to get new messages. The + ID would just return an empty result"
                            + " set.");
    private static final CommandError NEW_WITHOUT_GROUP =
            CommandError.of(
                    "ERR The > ID can be specified only when calling XREADGROUP using the GROUP"
                            + " <group> <consumer> option.");

    private final ExecutionUnit unit;
    private final XreadOptions options;
    private final StreamIds ids = new StreamIds();
    private final StreamCursor cursor = new StreamCursor();

    /** For each key: its stream, 0 if there is none, its group, and the id to read behind. */
    private final long[] streams;

    private final long[] groups;
    private final StreamId[] after;

    /** Where the reply's header is to go, once there is something to reply; -1 before. */
    private long token = -1;

    private int served;

    /** When the next pending entry will have been idle for long enough. */
    private long dueMs = Long.MAX_VALUE;

    private XreadCommand(ExecutionUnit unit, boolean grouped) {
        this.unit = unit;
        this.options = new XreadOptions(unit, grouped);
        streams = new long[options.keys];
        groups = new long[options.keys];
        after = new StreamId[options.keys];
    }

    static void register(CommandTable.Builder table) {
        table.bind("XREAD", unit -> new XreadCommand(unit, false).run())
                .bind("XREADGROUP", unit -> new XreadCommand(unit, true).run());
    }

    private void run() {
        for (int i = 0; i < options.keys; i++) {
            resolve(i);
        }
        if (options.grouped) {
            unit.effects().instead();
        }
        for (int i = 0; i < options.keys; i++) {
            unit.findRead(key(i)); // counts as a second look, as in Redis
            if (options.grouped) {
                serveConsumer(i);
            } else if (streams[i] != 0 && hasNewer(streams[i], after[i])) {
                begin(i);
                StreamId from = new StreamId().set(after[i]);
                from.increment();
                cursor.open(streams[i], from.ms(), from.seq(), StreamId.MAX, StreamId.MAX, true);
                Streams.replyEntries(unit, cursor, options.count);
            }
        }
        end();
    }

    private Slice key(int i) {
        return unit.arg(options.keysAt + i);
    }

    private Slice idText(int i) {
        return unit.arg(options.keysAt + options.keys + i);
    }

    private static boolean is(Slice text, char character) {
        return text.length() == 1 && text.byteAt(0) == character;
    }

    /** Finds a key's stream and group and reads the id. */
    private void resolve(int i) {
        streams[i] = Streams.read(unit, key(i));
        if (options.grouped) {
            groups[i] = Streams.group(unit, streams[i], options.groupAt);
            if (groups[i] == StreamGroup.NONE) {
                throw Streams.noGroup(
                        key(i), unit.arg(options.groupAt), " in XREADGROUP with GROUP option");
            }
        }
        Slice text = idText(i);
        StreamId id = new StreamId();
        after[i] = id;
        if (is(text, '$')) {
            require(!options.grouped, LAST_OF_GROUP);
            lastId(i, id);
        } else if (is(text, '+')) {
            require(!options.grouped, NEWEST_OF_GROUP);
            newest(i, id);
        } else if (is(text, '>')) {
            require(options.grouped, NEW_WITHOUT_GROUP);
            id.setMax();
        } else {
            ids.readStrict(text, id);
        }
    }

    private static void require(boolean holds, CommandError refusal) {
        if (!holds) {
            throw refusal;
        }
    }

    private void lastId(int i, StreamId id) {
        if (streams[i] != 0) {
            StreamValue.lastId(streams[i], id);
        }
    }

    /** The id before the newest entry that is there, so that this one is read. */
    private void newest(int i, StreamId id) {
        if (streams[i] == 0) {
            return;
        }
        if (cursor.open(streams[i], false).next()) {
            id.set(cursor.ms(), cursor.seq()).decrement();
        } else {
            lastId(i, id);
        }
    }

    private boolean hasNewer(long stream, StreamId id) {
        return StreamValue.length(stream) > 0
                && cursor.open(stream, false).next()
                && id.compareTo(cursor.ms(), cursor.seq()) < 0;
    }

    /** Begins the part of the reply that is about a key. */
    private void begin(int i) {
        ReplyWriter reply = unit.reply();
        if (token < 0) {
            token = reply.deferred();
        }
        served++;
        if (reply.protocol() == 2) {
            reply.array(2);
        }
        reply.bulk(key(i));
    }

    private void end() {
        if (served > 0) {
            if (unit.reply().protocol() == 2) {
                unit.reply().finishArray(token, served);
            } else {
                unit.reply().finishMap(token, served);
            }
        } else if (options.timeoutMs == XreadOptions.NO_WAIT || !unit.mayBlock()) {
            unit.reply().nilArray();
        } else {
            block();
        }
    }

    // -------------------------------------------------------------------------------- groups

    private void serveConsumer(int i) {
        Slice key = key(i);
        Streams.aboutToChange(unit, key);
        long consumer = consumer(key, groups[i]);
        StreamConsumer.setSeenMs(consumer, unit.nowMs());
        GroupReader reader = new GroupReader(unit, key, streams[i], groups[i], consumer);
        if (!after[i].isMax()) {
            begin(i);
            reader.replyHistory(after[i], options.count);
            unit.effects().count(1);
            return;
        }
        boolean newer = hasNewer(streams[i], StreamGroup.lastId(groups[i], new StreamId()));
        if (options.claimMs != XreadOptions.NO_CLAIM) {
            Claims claims = reader.claims(options.claimMs, options.count);
            dueMs = Math.min(dueMs, claims.nextMs());
            if (newer || !claims.isEmpty()) {
                begin(i);
                reader.replyClaimedAndNew(claims, options.count, options.noAck);
                unit.effects().count(1);
            }
        } else if (newer) {
            begin(i);
            reader.replyNew(options.count, options.noAck);
            unit.effects().count(1);
        }
    }

    private long consumer(Slice key, long group) {
        long consumer = Streams.consumer(unit, group, options.groupAt + 1);
        if (consumer == StreamConsumer.NONE) {
            consumer = GroupCommands.createConsumer(unit, key, group, options.groupAt + 1);
            if (options.noAck) {
                Streams.passOnConsumer(unit, key, group, consumer);
            }
        }
        return consumer;
    }

    // ------------------------------------------------------------------------------- waiting

    /** What is delivered from now on is not due before. */
    private static long later(long ms, long more) {
        return more > Long.MAX_VALUE - ms ? Long.MAX_VALUE : ms + more;
    }

    /** Waits; what {@code $} and {@code +} mean is said now, as it changes. */
    private void block() {
        int[] positions = new int[options.keys];
        boolean relative = false;
        for (int i = 0; i < options.keys; i++) {
            positions[i] = options.keysAt + i;
            relative |= is(idText(i), '$') || is(idText(i), '+');
        }
        Blocking.Wait wait =
                new Blocking.Wait(
                        Type.STREAM, options.grouped, options.timeoutMs, ReplyWriter::nilArray);
        if (!relative) {
            unit.blockOnKeys(positions, wait);
            if (options.claimMs != XreadOptions.NO_CLAIM) {
                long soonest = Math.max(options.claimMs, LOOK_AGAIN_MIN_MS);
                unit.lookAgain(Math.min(dueMs, later(unit.nowMs(), soonest)));
            }
            return;
        }
        byte[][] words = new byte[unit.argc()][];
        for (int i = 0; i < words.length; i++) {
            int key = i - options.keysAt - options.keys;
            words[i] =
                    key >= 0
                            ? after[key].toString().getBytes(StandardCharsets.US_ASCII)
                            : unit.arg(i).toBytes();
        }
        try (Request again = Request.of(words)) {
            unit.blockOnKeys(positions, wait, again);
        }
    }
}
