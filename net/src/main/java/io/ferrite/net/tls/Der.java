package io.ferrite.net.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * As much of DER (X.690) as keys and names need: elements of a tag, a length and content, read one
 * after the other; and the writing of such.
 */
final class Der {

    static final int INTEGER = 0x02;
    static final int OCTETS = 0x04;
    static final int NULL = 0x05;
    static final int OID = 0x06;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    /** {@code [0]} around one element. */
    static final int CONTEXT_0 = 0xA0;

    private final byte[] bytes;
    private final int end;
    private int at;

    private int tag;
    private byte[] content = {};

    Der(byte[] bytes) {
        this.bytes = bytes;
        this.end = bytes.length;
    }

    /**
     * Goes to the next element; false at the end.
     *
     * @throws IllegalArgumentException if the bytes are no such elements
     */
    boolean next() {
        if (at == end) {
            return false;
        }
        tag = bytes[at++] & 0xFF;
        int length = length();
        if (length > end - at) {
            throw new IllegalArgumentException("an element is longer than what it is in");
        }
        content = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return true;
    }

    private int length() {
        int first = at < end ? bytes[at++] & 0xFF : 0x80;
        if (first < 0x80) {
            return first;
        }
        int more = first & 0x7F;
        if (more == 0 || more > 3 || more > end - at) {
            throw new IllegalArgumentException("a length is wrong");
        }
        int length = 0;
        for (int i = 0; i < more; i++) {
            length = length << 8 | bytes[at++] & 0xFF;
        }
        return length;
    }

    /** Goes to the next element, which must have this tag; its content. */
    byte[] expect(int wanted) {
        if (!next() || tag != wanted) {
            throw new IllegalArgumentException("another element was expected");
        }
        return content;
    }

    int tag() {
        return tag;
    }

    byte[] content() {
        return content;
    }

    /** An element with these contents one after the other. */
    static byte[] element(int tag, byte[]... contents) {
        int length = 0;
        for (byte[] content : contents) {
            length += content.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        for (byte[] content : contents) {
            out.writeBytes(content);
        }
        return out.toByteArray();
    }
}
