package io.ferrite.node.migrate;

import io.ferrite.durability.rdb.Entries;
import io.ferrite.durability.rdb.GrowingSink;
import io.ferrite.durability.rdb.RdbOutput;
import io.ferrite.engine.ByteKey;
import io.ferrite.memory.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * One key that moves: the command that makes it at the other end, kept outside of the heap until it
 * has arrived. On one event loop only.
 */
final class Parcel implements AutoCloseable {

    /** Longer strings travel as they are: to compress them would hold their stripe for too long. */
    private static final int COMPRESS_UP_TO = 1 << 20;

    private final ByteKey key;
    private final int stripe;
    private final GrowingSink payload = new GrowingSink();
    private byte[] head = {};
    private byte[] tail = {};

    /** The other server has it, as far as we know. */
    private boolean arrived;

    private boolean removal;

    Parcel(ByteKey key, int stripe) {
        this.key = key;
        this.stripe = stripe;
    }

    int stripe() {
        return stripe;
    }

    ByteKey key() {
        return key;
    }

    boolean hasArrived() {
        return arrived;
    }

    /** It says that the key is gone, and no value. */
    boolean isRemoval() {
        return removal;
    }

    void answered(boolean taken) {
        arrived = taken;
    }

    /** Takes the value as it is now. */
    void pack(long entry, long ttlMs, boolean asking, boolean replace) {
        removal = false;
        payload.clear();
        try (RdbOutput out = new RdbOutput(payload, true, COMPRESS_UP_TO)) {
            Entries.dump(out, entry);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written to", e);
        }
        String ttl = Long.toString(ttlMs);
        head =
                new CommandBytes()
                        .array(replace ? 5 : 4)
                        .bulk(asking ? "RESTORE-ASKING" : "RESTORE")
                        .bulk(key.bytes())
                        .bulk(ttl)
                        .line('$', payload.length())
                        .toBytes();
        CommandBytes end = new CommandBytes().lineEnd();
        if (replace) {
            end.bulk("REPLACE");
        }
        tail = end.toBytes();
    }

    /** The key is gone here after it arrived there: it goes there too. */
    void packRemoval(boolean asking) {
        removal = true;
        payload.clear();
        CommandBytes command = new CommandBytes();
        if (asking) {
            command.array(1).bulk("ASKING");
        }
        head = command.array(2).bulk("DEL").bulk(key.bytes()).toBytes();
        tail = new byte[0];
    }

    /** Up to {@code most} bytes from {@code from} on; none at the end. */
    byte[] part(long from, int most) {
        if (from < head.length) {
            return Arrays.copyOfRange(head, (int) from, (int) Math.min(head.length, from + most));
        }
        long inPayload = from - head.length;
        if (inPayload < payload.length()) {
            byte[] bytes = new byte[(int) Math.min(most, payload.length() - inPayload)];
            Memory.copyOut(payload.address() + inPayload, bytes, 0, bytes.length);
            return bytes;
        }
        long inTail = inPayload - payload.length();
        return Arrays.copyOfRange(tail, (int) inTail, (int) Math.min(tail.length, inTail + most));
    }

    @Override
    public void close() {
        payload.close();
    }
}
