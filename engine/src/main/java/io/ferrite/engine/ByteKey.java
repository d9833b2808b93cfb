package io.ferrite.engine;

import io.ferrite.base.Glob;
import io.ferrite.memory.Slice;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A byte string on the heap as a map key: channel names, patterns, watched and blocking keys. */
public final class ByteKey implements Comparable<ByteKey> {

    private final byte[] bytes;
    private final int hash;

    /** Made on first use; threads that race for it make equal ones. */
    private Glob glob;

    public ByteKey(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    public static ByteKey of(Slice slice) {
        return new ByteKey(slice.toBytes());
    }

    /** The bytes themselves; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /** The bytes as a pattern, compiled once. */
    Glob glob() {
        Glob compiled = glob;
        if (compiled == null) {
            compiled = Glob.of(bytes);
            glob = compiled;
        }
        return compiled;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteKey key && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public int compareTo(ByteKey other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
