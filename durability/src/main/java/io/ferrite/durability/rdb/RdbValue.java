package io.ferrite.durability.rdb;

import io.ferrite.memory.Slab;
import io.ferrite.store.stream.StreamValue;
import io.ferrite.store.value.HashValue;
import io.ferrite.store.value.ListValue;
import io.ferrite.store.value.ModuleValue;
import io.ferrite.store.value.SetValue;
import io.ferrite.store.value.ZsetValue;

/**
 * A value just read, not stored yet. Reusable: whoever stores it {@link #release}s it, else {@link
 * #free} gives its memory back.
 */
public final class RdbValue {

    /** What a value is. */
    public enum Kind {
        /**
         * A collection without elements, which no server should have written: the key is passed
         * over.
         */
        EMPTY,
        STRING,
        LIST,
        SET,
        HASH,
        ZSET,
        STREAM,
        MODULE
    }

    private final RdbString string = new RdbString();
    private Kind kind = Kind.EMPTY;
    private Slab slab;
    private long root;

    public Kind kind() {
        return kind;
    }

    /** The bytes of a string. */
    public RdbString string() {
        return string;
    }

    /**
     * The root of a value that is no string, as its class in {@code io.ferrite.store.value} takes
     * it.
     */
    public long root() {
        return root;
    }

    void setEmpty() {
        free();
    }

    /** Makes it the string that was read into {@link #string}. */
    void setString() {
        kind = Kind.STRING;
    }

    void set(Kind kind, Slab slab, long root) {
        free();
        this.kind = kind;
        this.slab = slab;
        this.root = root;
    }

    /** Hands the root, or a string's block, to the caller. */
    public long release() {
        long released = kind == Kind.STRING ? string.forget() : root;
        kind = Kind.EMPTY;
        return released;
    }

    public void free() {
        string.free();
        if (kind == Kind.LIST) {
            ListValue.free(slab, root);
        } else if (kind == Kind.HASH) {
            HashValue.free(slab, root);
        } else if (kind == Kind.SET) {
            SetValue.free(slab, root);
        } else if (kind == Kind.ZSET) {
            ZsetValue.free(slab, root);
        } else if (kind == Kind.STREAM) {
            StreamValue.free(slab, root);
        } else if (kind == Kind.MODULE) {
            ModuleValue.free(slab, root);
        }
        kind = Kind.EMPTY;
    }
}
