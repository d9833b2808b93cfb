package io.ferrite.memory;

import io.ferrite.base.Glob;

/**
 * A glob pattern for texts off-heap: what KEYS and the SCAN family ask of every name they pass.
 *
 * <p>Texts are copied to an array of its own before they are compared; for names of ordinary length
 * that costs less than the comparison. Not thread-safe.
 */
public final class KeyGlob {

    private static final int KEPT = 1 << 16;

    private final Glob glob;
    private byte[] text = new byte[128];

    public KeyGlob(Glob glob) {
        this.glob = glob;
    }

    public static KeyGlob of(Slice pattern) {
        return new KeyGlob(Glob.of(pattern.toBytes()));
    }

    /** See {@link Glob#isOneStar}. */
    public boolean isOneStar() {
        return glob.isOneStar();
    }

    public boolean matches(Slice name) {
        return matches(name.address(), name.length());
    }

    public boolean matches(long address, int length) {
        if (length > text.length) {
            if (length > KEPT) {
                return glob.matches(Memory.toBytes(address, length));
            }
            text = new byte[Integer.highestOneBit(length - 1) << 1];
        }
        Memory.copyOut(address, text, 0, length);
        return glob.matches(text, 0, length);
    }
}
