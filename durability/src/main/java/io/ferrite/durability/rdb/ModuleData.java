package io.ferrite.durability.rdb;

import java.io.IOException;

/**
 * Data of modules, which nobody here understands: it is self-describing, so that it can be passed
 * over.
 *
 * <pre>
 *   id u64 (nine characters of six bits, a version of ten) | part, its data | ... | 0
 * </pre>
 */
final class ModuleData {

    private static final int END = 0;
    private static final int SIGNED = 1;
    private static final int UNSIGNED = 2;
    private static final int FLOAT = 3;
    private static final int DOUBLE = 4;
    private static final int STRING = 5;

    private static final String ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static final int NAME_LENGTH = 9;
    private static final int VERSION_BITS = 10;

    private ModuleData() {}

    /** The name of the module's type. */
    static String name(long id) {
        char[] name = new char[NAME_LENGTH];
        long rest = id >>> VERSION_BITS;
        for (int i = name.length - 1; i >= 0; i--) {
            name[i] = ALPHABET.charAt((int) (rest & 63));
            rest >>>= 6;
        }
        return String.valueOf(name);
    }

    /** Reads when data that belongs to no key is to be loaded: an annotated number. */
    static void skipWhen(RdbInput in) throws IOException {
        if (in.readLength() != UNSIGNED) {
            throw in.refuse("bad when_opcode");
        }
        in.readLength();
    }

    /** Passes over all parts, up to and with the end mark. */
    static void skip(RdbInput in) throws IOException {
        while (true) {
            long part = in.readLength();
            if (part == END) {
                return;
            } else if (part == SIGNED || part == UNSIGNED) {
                in.readLength();
            } else if (part == FLOAT) {
                in.skip(Float.BYTES);
            } else if (part == DOUBLE) {
                in.skip(Double.BYTES);
            } else if (part == STRING) {
                in.skipString();
            } else {
                throw in.refuse("Unknown part " + Long.toUnsignedString(part) + " of module data");
            }
        }
    }
}
