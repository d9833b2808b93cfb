package io.ferrite.node.slots;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.durability.rdb.GrowingSink;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.memory.codec.HashSlot;
import io.ferrite.resp.Limits;
import io.ferrite.resp.Request;
import io.ferrite.resp.RequestDecoder;
import io.ferrite.spec.CommandFlag;
import io.ferrite.spec.CommandSpec;
import io.ferrite.spec.KeyFinder;
import io.ferrite.spec.KeyRefs;
import java.nio.charset.StandardCharsets;

/**
 * Lets through, of a stream of effects, what concerns some slots: the commands whose keys lie
 * there, in the database that they were in, and as much of a transaction as is left of it. One
 * thread at a time.
 */
final class LogFilter implements AutoCloseable {

    /** What commands are called in the stream. */
    interface Names {
        CommandSpec find(long address, int length);
    }

    private static final Limits UNLIMITED = new Limits().maxBulkBytes(Limits.LARGEST_BULK_BYTES);
    private static final int FIRST_ROOM = 128 << 10;
    private static final MemoryTag TAG = MemoryTag.OTHER;

    private final Names names;
    private final SlotSet slots;
    private final RequestDecoder decoder = new RequestDecoder(UNLIMITED);
    private final Request request = new Request();
    private final KeyFinder finder = new KeyFinder();
    private final KeyRefs keys = new KeyRefs();
    private final GrowingSink out = new GrowingSink();

    /** The end of what came, as far as no command is whole. */
    private long room = SharedSlab.take(FIRST_ROOM, TAG);

    private long roomBytes = FIRST_ROOM;
    private int held;

    private int database;
    private int sentDatabase = -1;
    private boolean inTransaction;
    private boolean sentMulti;
    private long commands;
    private String failure;
    private boolean closed;

    LogFilter(Names names, SlotSet slots) {
        this.names = names;
        this.slots = slots;
    }

    /** Commands let through so far: as many answers will come. */
    long commands() {
        return commands;
    }

    /** Why the slots cannot be moved by this stream any more, or null. */
    String failure() {
        return failure;
    }

    /** Takes the next bytes of the stream. */
    void feed(long address, int length) {
        reserve((long) held + length);
        Memory.copy(address, room + held, length);
        held += length;
        int at = 0;
        while (at < held && failure == null) {
            int outcome = decoder.decode(room, at, held, request);
            if (outcome == RequestDecoder.INCOMPLETE) {
                break;
            }
            if (outcome == RequestDecoder.ERROR) {
                failure = "the stream cannot be read: " + decoder.error();
                return;
            }
            if (outcome == RequestDecoder.COMPLETE) {
                command();
            }
            at = decoder.consumed();
        }
        held -= at;
        if (at > 0 && held > 0) {
            Memory.copy(room + at, room, held);
        }
    }

    private void reserve(long bytes) {
        if (bytes > roomBytes) {
            long wanted = Math.max(bytes, roomBytes * 2);
            room = SharedSlab.resize(room, roomBytes, wanted, TAG);
            roomBytes = wanted;
        }
    }

    private void command() {
        CommandSpec spec = names.find(request.address(0), request.length(0));
        if (spec == null) {
            failure = "the stream holds a command that is not known by its name";
            return;
        }
        switch (spec.name()) {
            case "select" -> database = Integer.parseInt(request.arg(1).toString());
            case "multi" -> inTransaction = true;
            case "exec" -> {
                if (sentMulti) {
                    word("*1\r\n$4\r\nEXEC\r\n");
                }
                inTransaction = false;
                sentMulti = false;
            }
            case "flushall", "flushdb", "swapdb" -> failure = "the data were flushed";
            default -> {
                if (isWanted(spec)) {
                    pass();
                }
            }
        }
    }

    private boolean isWanted(CommandSpec spec) {
        if (!spec.is(CommandFlag.WRITE) || !spec.mayHaveKeys()) {
            return false;
        }
        if (finder.find(spec, request, keys) <= 0) {
            return false;
        }
        int position = keys.position(0);
        return slots.contains(HashSlot.of(request.address(position), request.length(position)));
    }

    private void pass() {
        if (sentDatabase != database) {
            sentDatabase = database;
            String digits = Integer.toString(database);
            word("*2\r\n$6\r\nSELECT\r\n$" + digits.length() + "\r\n" + digits + "\r\n");
        }
        if (inTransaction && !sentMulti) {
            sentMulti = true;
            word("*1\r\n$5\r\nMULTI\r\n");
        }
        commands++;
        out.write(request.base(), Math.toIntExact(request.encodedBytes()));
    }

    private void word(String text) {
        commands++;
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        long copy = SharedSlab.take(bytes.length, TAG);
        Memory.copyIn(bytes, 0, copy, bytes.length);
        out.write(copy, bytes.length);
        SharedSlab.give(copy, bytes.length, TAG);
    }

    /** What was let through since the last call. */
    byte[] take() {
        byte[] bytes = new byte[Math.toIntExact(out.length())];
        if (bytes.length > 0) {
            Memory.copyOut(out.address(), bytes, 0, bytes.length);
            out.clear();
        }
        return bytes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            SharedSlab.give(room, roomBytes, TAG);
            request.close();
            out.close();
        }
    }
}
