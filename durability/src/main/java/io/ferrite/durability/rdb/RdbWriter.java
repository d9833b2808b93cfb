package io.ferrite.durability.rdb;

import java.io.IOException;
import java.util.Locale;

/**
 * Writes a whole RDB, in the lowest version that carries the data. The order of calls is that of
 * the format: {@link #header}, {@link #aux} fields, functions, for each database {@link #database}
 * and its keys, {@link #end}.
 *
 * <p>Large values are written in steps: a method that answers something else than 0 wants to be
 * followed by {@link #listStep} or {@link #stringStep} with that answer, until it is 0. Between the
 * steps other threads may do what does not change that value.
 */
public final class RdbWriter {

    /** Longer strings are written as they are; so long a one takes about 5 ms. */
    public static final int COMPRESS_UP_TO = 1 << 20;

    private final RdbOutput out;
    private final StreamCodec.Steps streamSteps = new StreamCodec.Steps();

    public RdbWriter(RdbOutput out) {
        this.out = out;
    }

    public RdbOutput output() {
        return out;
    }

    public void header(int version) throws IOException {
        out.putBytes(
                String.format(Locale.ROOT, "REDIS%04d", version)
                        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    public void header() throws IOException {
        header(RdbType.WRITTEN);
    }

    public void aux(String name, String value) throws IOException {
        out.putByte(RdbType.OPCODE_AUX);
        out.putString(name);
        out.putString(value);
    }

    public void aux(String name, long value) throws IOException {
        out.putByte(RdbType.OPCODE_AUX);
        out.putString(name);
        out.putInteger(value);
    }

    public void function(long code, int length) throws IOException {
        out.putByte(RdbType.OPCODE_FUNCTION2);
        out.putString(code, length);
    }

    /** A function library's code. */
    public void function(byte[] code) throws IOException {
        out.putByte(RdbType.OPCODE_FUNCTION2);
        out.putText(code);
    }

    /**
     * The keys that follow belong to this database, which has so many and so many with an expiry.
     */
    public void database(int index, long keys, long volatileKeys) throws IOException {
        selectDatabase(index);
        out.putByte(RdbType.OPCODE_RESIZEDB);
        out.putLength(keys);
        out.putLength(volatileKeys);
    }

    /** The keys that follow belong to this database: for keys that come out of order. */
    public void selectDatabase(int index) throws IOException {
        out.putByte(RdbType.OPCODE_SELECTDB);
        out.putLength(index);
    }

    public void expiry(long atMs) throws IOException {
        out.putByte(RdbType.OPCODE_EXPIRETIME_MS);
        out.putLong(atMs);
    }

    public void idle(long seconds) throws IOException {
        out.putByte(RdbType.OPCODE_IDLE);
        out.putLength(seconds);
    }

    public void frequency(int counter) throws IOException {
        out.putByte(RdbType.OPCODE_FREQ);
        out.putByte(counter);
    }

    /** A key that holds an integer. */
    public void integer(long key, int keyLength, long value) throws IOException {
        out.putByte(RdbType.STRING);
        out.putString(key, keyLength);
        out.putInteger(value);
    }

    /** A key that holds a string; {@link #stringStep} goes on with the answer. */
    public long string(long key, int keyLength, long value, int length) throws IOException {
        out.putByte(RdbType.STRING);
        out.putString(key, keyLength);
        return StringCodec.begin(out, value, length, false);
    }

    public long stringStep(long value, int length, long offset) throws IOException {
        return StringCodec.step(out, value, length, offset);
    }

    /** A key that holds a list; {@link #listStep} goes on with the answer. */
    public long list(long key, int keyLength, long root) throws IOException {
        out.putByte(RdbType.LIST_QUICKLIST_2);
        out.putString(key, keyLength);
        return ListCodec.begin(out, root);
    }

    public long listStep(long node) throws IOException {
        return ListCodec.step(out, node);
    }

    /** A key that holds a hash; {@link #hashStep} goes on with the answer. */
    public long hash(long key, int keyLength, long root) throws IOException {
        out.putByte(HashCodec.type(root));
        out.putString(key, keyLength);
        return HashCodec.begin(out, root);
    }

    public long hashStep(long root, long place) throws IOException {
        return HashCodec.step(out, root, place);
    }

    /** A key that holds a set; {@link #setStep} goes on with the answer. */
    public long set(long key, int keyLength, long root) throws IOException {
        out.putByte(SetCodec.type(root));
        out.putString(key, keyLength);
        return SetCodec.begin(out, root);
    }

    public long setStep(long root, long place) throws IOException {
        return SetCodec.step(out, root, place);
    }

    /** A key that holds a sorted set; {@link #zsetStep} goes on with the answer. */
    public long zset(long key, int keyLength, long root) throws IOException {
        out.putByte(ZsetCodec.type(root));
        out.putString(key, keyLength);
        return ZsetCodec.begin(out, root);
    }

    public long zsetStep(long root, long left) throws IOException {
        return ZsetCodec.step(out, root, left);
    }

    /** What the form of streams has no place for. Before the key and what is said of it. */
    public void streamActivity(long root) throws IOException {
        String activity = StreamCodec.activity(root);
        if (activity != null) {
            aux(RdbReader.STREAM_ACTIVITY, activity);
        }
    }

    /** A key that holds a stream; {@link #streamStep} goes on unless the answer is 0. */
    public long stream(long key, int keyLength, long root) throws IOException {
        out.putByte(StreamCodec.WRITTEN);
        out.putString(key, keyLength);
        streamSteps.begin(out, root);
        return streamStep();
    }

    /** Goes on with the stream; 0 when it is whole. */
    public long streamStep() throws IOException {
        return streamSteps.step(out) ? 0 : 1;
    }

    /** A key that holds a value of a module, as a whole. */
    public void module(long key, int keyLength, long root) throws IOException {
        out.putByte(RdbType.MODULE_2);
        out.putString(key, keyLength);
        ModuleCodec.write(out, root);
    }

    /** Ends the RDB with its checksum, 0 if none is kept, and flushes. */
    public void end() throws IOException {
        out.putByte(RdbType.OPCODE_EOF);
        out.putLong(out.checksum());
        out.flush();
    }
}
