package io.ferrite.durability.rdb;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The parts of a module's value, each with its kind in front; see {@link ModuleData}. */
public final class ModuleParts {

    private final @Nullable RdbOutput out;
    private final @Nullable RdbInput in;

    ModuleParts(RdbOutput out) {
        this.out = out;
        this.in = null;
    }

    ModuleParts(RdbInput in) {
        this.out = null;
        this.in = in;
    }

    /** A whole number, signed. */
    public void putNumber(long value) throws IOException {
        out.putLength(ModuleData.SIGNED);
        out.putLength(value);
    }

    public void putReal(double value) throws IOException {
        out.putLength(ModuleData.DOUBLE);
        out.putDouble(value);
    }

    public void putBytes(byte[] bytes) throws IOException {
        out.putLength(ModuleData.STRING);
        out.putText(bytes);
    }

    public long number() throws IOException {
        long kind = in.readLength();
        if (kind != ModuleData.SIGNED && kind != ModuleData.UNSIGNED) {
            throw in.refuse("A number was expected in a module's value");
        }
        return in.readLength();
    }

    public double real() throws IOException {
        expect(ModuleData.DOUBLE);
        return Double.longBitsToDouble(in.readLong());
    }

    public byte[] bytes() throws IOException {
        expect(ModuleData.STRING);
        RdbString string = new RdbString();
        try (Slab slab = new Slab()) {
            in.readString(slab, MemoryTag.OTHER, string);
            byte[] bytes = string.toBytes();
            string.free();
            return bytes;
        }
    }

    private void expect(int kind) throws IOException {
        if (in.readLength() != kind) {
            throw in.refuse("A part of another kind was expected in a module's value");
        }
    }

    /** The refusal of a value that the module does not want. */
    public IOException refuse(String why) {
        return in == null ? new IOException(why) : in.refuse(why);
    }
}
