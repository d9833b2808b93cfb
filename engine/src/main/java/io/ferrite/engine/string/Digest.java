package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Xxh3;

/** Digests of values: XXH3 of 64 bits as 16 hexadecimal digits. */
final class Digest {

    private static final int DIGITS = 16;

    private static final CommandError NOT_A_DIGEST =
            CommandError.of("ERR must be exactly 16 hexadecimal characters");

    private Digest() {}

    static long of(ExecutionUnit unit, long entry) {
        Slice value = StringValues.bytes(unit, entry, unit.slice());
        return Xxh3.of(value.address(), value.length());
    }

    static String text(long digest) {
        String digits = Long.toHexString(digest);
        return "0".repeat(DIGITS - digits.length()) + digits;
    }

    /** The digest that an argument spells, in any case. */
    static long parse(Slice text) {
        if (text.length() != DIGITS) {
            throw NOT_A_DIGEST;
        }
        long digest = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = Character.digit(text.byteAt(i), 16);
            if (digit < 0) {
                throw NOT_A_DIGEST;
            }
            digest = digest << 4 | digit;
        }
        return digest;
    }
}
