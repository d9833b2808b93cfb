package io.ferrite.node.module;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;
import io.ferrite.module.Refusal;
import io.ferrite.module.Value;
import io.ferrite.store.value.ModuleValue;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A module's view of a value in the store; checked, so that nothing else is within its reach. */
final class StoredValue implements Value {

    private final long root;

    /** Null where the value may only be read. */
    private final @Nullable Slab slab;

    private final long longest;
    private boolean closed;

    /**
     * @param slab where the value's bytes are taken; null if it may only be read
     * @param longest beyond this it does not grow
     */
    StoredValue(long root, @Nullable Slab slab, long longest) {
        this.root = root;
        this.slab = slab;
        this.longest = longest;
    }

    /** The work is over, or the value is gone. */
    void close() {
        closed = true;
    }

    long root() {
        return root;
    }

    private long at(int index, int bytes) {
        Objects.checkFromIndexSize(index, bytes, length());
        return ModuleValue.address(root) + index;
    }

    private long writable(int index, int bytes) {
        requireWritable();
        return at(index, bytes);
    }

    private Slab requireWritable() {
        Slab writable = slab;
        if (writable == null) {
            throw new IllegalStateException("this value was found to be read");
        }
        return writable;
    }

    @Override
    public int length() {
        if (closed) {
            throw new IllegalStateException("this value is good no more");
        }
        return ModuleValue.length(root);
    }

    @Override
    public void resize(int length) {
        Slab from = requireWritable();
        length();
        if (length < 0) {
            throw new IllegalArgumentException("a negative length");
        }
        if (length > longest) {
            throw new Refusal("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
        }
        ModuleValue.resize(from, root, length);
    }

    @Override
    public byte getByte(int at) {
        return Memory.getByte(at(at, Byte.BYTES));
    }

    @Override
    public int getInt(int at) {
        return Memory.getInt(at(at, Integer.BYTES));
    }

    @Override
    public long getLong(int at) {
        return Memory.getLong(at(at, Long.BYTES));
    }

    @Override
    public double getDouble(int at) {
        return Memory.getDouble(at(at, Double.BYTES));
    }

    @Override
    public byte[] bytes(int at, int length) {
        return length == 0 ? new byte[0] : Memory.toBytes(at(at, length), length);
    }

    @Override
    public void putByte(int at, byte value) {
        Memory.putByte(writable(at, Byte.BYTES), value);
    }

    @Override
    public void putInt(int at, int value) {
        Memory.putInt(writable(at, Integer.BYTES), value);
    }

    @Override
    public void putLong(int at, long value) {
        Memory.putLong(writable(at, Long.BYTES), value);
    }

    @Override
    public void putDouble(int at, double value) {
        Memory.putDouble(writable(at, Double.BYTES), value);
    }

    @Override
    public void put(int at, byte[] bytes) {
        long target = writable(at, bytes.length);
        if (bytes.length > 0) {
            Memory.copyIn(bytes, 0, target, bytes.length);
        }
    }

    @Override
    public void move(int from, int to, int length) {
        long source = writable(from, length);
        long target = at(to, length);
        if (length > 0) {
            Memory.copy(source, target, length);
        }
    }
}
