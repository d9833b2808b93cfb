package io.ferrite.durability.rdb;

import io.ferrite.store.value.ModuleValue;
import java.io.IOException;

/**
 * Data of modules, which perhaps nobody here understands: it is self-describing, so that it can be
 * passed over.
 *
 * <pre>
 *   id u64 (nine characters of six bits, a version of ten) | part, its data | ... | 0
 * </pre>
 */
final class ModuleData {

    static final int END = 0;
    static final int SIGNED = 1;
    static final int UNSIGNED = 2;
    private static final int FLOAT = 3;
    static final int DOUBLE = 4;
    static final int STRING = 5;

    private ModuleData() {}

    /** The name of the module's type. */
    static String name(long id) {
        return ModuleValue.name(id);
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
