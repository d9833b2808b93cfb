package io.ferrite.store.encoding;

import io.ferrite.memory.Memory;
import io.ferrite.memory.codec.Decimal;

/**
 * One element as an encoding hands it out: an integer, or bytes inside of the structure. A reusable
 * view; good until the structure changes.
 */
public final class ListpackItem {

    private boolean integer;
    private long value;
    private long address;
    private int length;

    /** Makes it an integer. */
    public void setInteger(long value) {
        this.integer = true;
        this.value = value;
    }

    /**
     * Points at bytes outside of any listpack: an element that a list keeps in a block of its own.
     */
    public ListpackItem setBytes(long address, int length) {
        this.integer = false;
        this.address = address;
        this.length = length;
        return this;
    }

    /** Makes it what another view shows. */
    public void setTo(ListpackItem other) {
        integer = other.integer;
        value = other.value;
        address = other.address;
        length = other.length;
    }

    public boolean isInteger() {
        return integer;
    }

    public long integer() {
        return value;
    }

    /** Where the bytes are; only for an element that is no integer. */
    public long address() {
        return address;
    }

    /** How many bytes there are; only for an element that is no integer. */
    public int length() {
        return length;
    }

    /** The length of the element as text, integer or not. */
    public int textLength() {
        return integer ? Decimal.length(value) : length;
    }

    /** Writes the element as text, {@link #textLength()} bytes, and answers how many these were. */
    public int copyText(long target) {
        if (integer) {
            return Decimal.write(value, target);
        }
        Memory.copy(address, target, length);
        return length;
    }

    /** Whether the element is this text. */
    public boolean equalTo(long text, int textLength) {
        if (integer) {
            long parsed = Decimal.parse(text, textLength);
            return parsed == value && Decimal.isNumber(text, textLength, parsed);
        }
        return length == textLength && Memory.equal(address, text, length);
    }

    /** The text on the heap: for tests and rare paths. */
    public byte[] toBytes() {
        return integer
                ? Long.toString(value).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)
                : Memory.toBytes(address, length);
    }
}
