package io.ferrite.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Decimal;
import java.nio.charset.StandardCharsets;

/**
 * A keyspace for tests, with text for keys and values, that refuses to close while a block is out.
 */
public final class StoreFixture implements AutoCloseable {

    private static final int SCRATCH = 1 << 20;

    private final Slab[] slabs;
    private final Slab scratchSlab = new Slab();
    private final long scratch = scratchSlab.take(2 * SCRATCH, MemoryTag.OTHER);
    private final Keyspace keyspace;

    private StoreFixture(int databases, int tables, int stripes, ValueOperations[] values) {
        slabs = new Slab[stripes];
        for (int i = 0; i < stripes; i++) {
            slabs[i] = new Slab();
        }
        keyspace = new Keyspace(new KeyspaceSettings(databases, tables, false, slabs, values, 1));
    }

    public static StoreFixture create(int databases, int tables) {
        return new StoreFixture(
                databases, tables, Math.min(2, tables), new ValueOperations[Type.COUNT]);
    }

    public static StoreFixture create(int databases, int tables, ValueOperations[] values) {
        return new StoreFixture(databases, tables, Math.min(2, tables), values);
    }

    public Keyspace keyspace() {
        return keyspace;
    }

    /** A view that lives until the next call. */
    public Slice key(String text) {
        return bytes(text, scratch);
    }

    /** A view that lives until the next call. */
    public Slice value(String text) {
        return bytes(text, scratch + SCRATCH);
    }

    private static Slice bytes(String text, long at) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        Memory.copyIn(bytes, 0, at, bytes.length);
        return new Slice(at, bytes.length);
    }

    public void put(String key, String value) {
        put(keyspace.database(0), key, value, false);
    }

    public void put(Database database, String key, String value, boolean keepTtl) {
        Slice bytes = value(value);
        database.putString(key(key), bytes.address(), bytes.length(), keepTtl);
    }

    public String get(String key) {
        return get(keyspace.database(0), key);
    }

    public String get(Database database, String key) {
        long entry = database.find(key(key));
        return entry == Database.NONE ? null : text(entry);
    }

    public String encoding(String key) {
        return Encoding.name(Entry.encoding(keyspace.database(0).find(key(key))));
    }

    public static String keyText(long entry) {
        return new String(Entry.keyBytes(entry), StandardCharsets.ISO_8859_1);
    }

    /** The value of a string, or {@code type:root} of another. */
    public static String text(long entry) {
        if (Entry.type(entry) != Type.STRING) {
            return Entry.type(entry) + ":" + Memory.getLong(Entry.root(entry));
        }
        if (Entry.isInteger(entry)) {
            long number = Entry.integer(entry);
            assertThat(Decimal.length(number)).isPositive();
            return Long.toString(number);
        }
        byte[] bytes = Memory.toBytes(Entry.valueAddress(entry), Entry.valueLength(entry));
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        keyspace.close();
        scratchSlab.give(scratch, 2 * SCRATCH, MemoryTag.OTHER);
        for (MemoryTag tag : MemoryTag.values()) {
            long bytes = scratchSlab.usedBytes(tag);
            for (Slab slab : slabs) {
                bytes += slab.usedBytes(tag);
            }
            assertThat(bytes).as("bytes of %s not given back", tag).isZero();
        }
        for (Slab slab : slabs) {
            slab.close();
        }
        scratchSlab.close();
    }
}
