package io.ferrite.coordination.log;

import io.ferrite.memory.Memory;
import java.nio.charset.StandardCharsets;

/** The commands that the log itself knows or writes. */
final class StreamWords {

    private static final byte[] MULTI = "*1\r\n$5\r\nMULTI\r\n".getBytes(StandardCharsets.US_ASCII);

    static final int MULTI_LENGTH = MULTI.length;

    private StreamWords() {}

    /** Whether the run at {@code address} begins with MULTI, and goes on. */
    static boolean startsTransaction(long address, int length) {
        return length > MULTI.length && Memory.equal(address, MULTI, 0, MULTI.length);
    }

    /** Writes {@code SELECT index} to a place that has the room; how long that is. */
    static int select(int index, long to) {
        int digits = 1;
        for (int rest = index / 10; rest > 0; rest /= 10) {
            digits++;
        }
        byte[] text =
                ("*2\r\n$6\r\nSELECT\r\n$" + digits + "\r\n" + index + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        Memory.copyIn(text, 0, to, text.length);
        return text.length;
    }
}
