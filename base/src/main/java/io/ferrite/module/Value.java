package io.ferrite.module;

/**
 * A value of a module's type: bytes outside the Java heap that the store keeps, copies, counts and
 * frees; what they mean is the module's affair. Numbers lie in little-endian order at any place.
 *
 * <p>Good until the work that found it returns. Every access is checked: one beyond the length
 * throws {@link IndexOutOfBoundsException}. A value that was found to be read throws {@link
 * IllegalStateException} when it is written to.
 */
public interface Value {

    /** How many bytes there are; up to 2 GB. */
    int length();

    /** Cuts it, or adds zeros. */
    void resize(int length);

    byte getByte(int at);

    int getInt(int at);

    long getLong(int at);

    double getDouble(int at);

    /** A copy of some bytes. */
    byte[] bytes(int at, int length);

    void putByte(int at, byte value);

    void putInt(int at, int value);

    void putLong(int at, long value);

    void putDouble(int at, double value);

    void put(int at, byte[] bytes);

    /** Moves bytes within the value; the places may overlap. */
    void move(int from, int to, int length);
}
