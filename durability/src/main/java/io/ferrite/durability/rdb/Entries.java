package io.ferrite.durability.rdb;

import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Encoding;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.HashValue;
import io.ferrite.store.value.ListValue;
import io.ferrite.store.value.SetValue;
import io.ferrite.store.value.ZsetValue;
import java.io.IOException;

/** Entries of a keyspace to single values, and back: DUMP and RESTORE. */
public final class Entries {

    private Entries() {}

    /** Writes and flushes the payload that DUMP answers for an entry. */
    public static void dump(RdbOutput out, long entry) throws IOException {
        switch (Entry.type(entry)) {
            case Type.STRING -> {
                if (Entry.isInteger(entry)) {
                    DumpPayload.ofInteger(out, Entry.integer(entry));
                } else {
                    DumpPayload.ofString(out, Entry.valueAddress(entry), Entry.valueLength(entry));
                }
            }
            case Type.LIST -> DumpPayload.ofList(out, Entry.root(entry));
            case Type.HASH -> DumpPayload.ofHash(out, Entry.root(entry));
            case Type.SET -> DumpPayload.ofSet(out, Entry.root(entry));
            case Type.ZSET -> DumpPayload.ofZset(out, Entry.root(entry));
            case Type.STREAM -> DumpPayload.ofStream(out, Entry.root(entry));
            case Type.MODULE -> DumpPayload.ofModule(out, Entry.root(entry));
            default ->
                    throw new IllegalStateException(
                            "no DUMP form for values of type " + Entry.type(entry));
        }
    }

    /**
     * Sets a key to a value that was read into its slab, in place of whatever it holds, and answers
     * the entry. What the database does not keep of the value stays with it: {@link RdbValue#free}
     * it in any case.
     */
    public static long store(Database target, Slice key, RdbValue value) {
        return switch (value.kind()) {
            case EMPTY -> throw new IllegalArgumentException("an empty value cannot be stored");
            case STRING ->
                    target.putString(key, value.string().address(), value.string().length(), false);
            case LIST -> {
                long root = value.release();
                yield target.putRoot(key, Type.LIST, ListValue.encoding(root), root);
            }
            case HASH -> {
                long root = value.release();
                yield target.putRoot(key, Type.HASH, HashValue.encoding(root), root);
            }
            case SET -> {
                long root = value.release();
                yield target.putRoot(key, Type.SET, SetValue.encoding(root), root);
            }
            case ZSET -> {
                long root = value.release();
                yield target.putRoot(key, Type.ZSET, ZsetValue.encoding(root), root);
            }
            case MODULE -> target.putRoot(key, Type.MODULE, Encoding.RAW, value.release());
            case STREAM -> target.putRoot(key, Type.STREAM, Encoding.STREAM, value.release());
        };
    }
}
