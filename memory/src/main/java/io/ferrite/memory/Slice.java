package io.ferrite.memory;

import io.ferrite.memory.codec.Decimal;
import io.ferrite.memory.codec.HashSlot;
import io.ferrite.memory.codec.RealParser;
import java.nio.charset.StandardCharsets;

/**
 * A run of bytes somewhere off-heap: a request's argument, a key, a member. A reusable view that
 * owns nothing; it is good as long as the bytes it points to are.
 *
 * <p>The hash and the slot are computed on first use and kept until the view is pointed elsewhere.
 */
public final class Slice {

    private long address;
    private int length;
    private long hash;
    private boolean hashed;
    private int slot;
    private long number;

    public Slice() {
        slot = -1;
    }

    public Slice(long address, int length) {
        set(address, length);
    }

    public Slice set(long address, int length) {
        this.address = address;
        this.length = length;
        this.hashed = false;
        this.slot = -1;
        return this;
    }

    public long address() {
        return address;
    }

    public int length() {
        return length;
    }

    public long hash() {
        if (!hashed) {
            hash = Hash.of(address, length);
            hashed = true;
        }
        return hash;
    }

    /** The hash slot of these bytes as a key. */
    public int slot() {
        if (slot < 0) {
            slot = HashSlot.of(address, length);
        }
        return slot;
    }

    public byte byteAt(int index) {
        return Memory.getByte(address + index);
    }

    public boolean equalTo(Slice other) {
        return length == other.length && Memory.equal(address, other.address, length);
    }

    /** Equality with an upper-case ASCII word, ignoring the case of these bytes. */
    public boolean isWord(String upperCase) {
        if (length != upperCase.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            int c = Memory.getByte(address + i);
            if (c >= 'a' && c <= 'z') {
                c -= 32;
            }
            if (c != upperCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether these bytes spell a 64-bit integer in Redis' strict form: no plus, no blanks, no
     * leading zeros, no {@code -0}. If so, {@link #longValue} answers it.
     */
    public boolean isLong() {
        number = Decimal.parse(address, length);
        return Decimal.isNumber(address, length, number);
    }

    /** The integer that {@link #isLong} has just found. */
    public long longValue() {
        return number;
    }

    /** The double that these bytes spell, or NaN if they spell none; see {@link RealParser}. */
    public double toDouble() {
        return RealParser.parse(address, length);
    }

    public byte[] toBytes() {
        return Memory.toBytes(address, length);
    }

    /** The bytes as Latin-1 text: for messages and names, never for data. */
    @Override
    public String toString() {
        return new String(toBytes(), StandardCharsets.ISO_8859_1);
    }
}
