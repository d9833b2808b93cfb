package io.ferrite.node.persistence.aof;

import io.ferrite.memory.codec.Decimal;
import java.nio.charset.StandardCharsets;

/**
 * Lines of an append-only file that say something about it and that loaders pass over.
 *
 * <pre>
 *   #TS:1700000000                  the commands behind it are not older than this second
 *   #STREAM:id:offset               the bytes behind it are those of this replication stream,
 *                                   from this offset on, lines for tools left out
 * </pre>
 *
 * @param id the stream's name
 * @param offset position of the byte behind the line
 */
record StreamMark(String id, long offset) {

    private static final String STREAM = "STREAM:";
    private static final int ID_LENGTH = 40;

    static byte[] time(long second) {
        return ("#TS:" + second + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] of(String id, long offset) {
        return ("#" + STREAM + id + ":" + offset + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** What an annotation says, or null if it says something else. */
    static StreamMark parse(String annotation) {
        if (!annotation.startsWith(STREAM)
                || annotation.length() < STREAM.length() + ID_LENGTH + 2) {
            return null;
        }
        int colon = STREAM.length() + ID_LENGTH;
        String digits = annotation.substring(colon + 1);
        if (annotation.charAt(colon) != ':'
                || digits.length() > Decimal.MAX_LENGTH - 2
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        return new StreamMark(annotation.substring(STREAM.length(), colon), Long.parseLong(digits));
    }
}
