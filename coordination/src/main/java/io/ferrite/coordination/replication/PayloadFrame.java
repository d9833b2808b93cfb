package io.ferrite.coordination.replication;

import io.ferrite.memory.Memory;
import java.nio.charset.StandardCharsets;

/**
 * Where a full copy begins and ends in the bytes of a link.
 *
 * <pre>
 *   "\n" ...                          any number: the leader is busy but alive
 *   "$" length "\r\n"  content        the length is known
 *   "$EOF:" mark "\r\n" content mark  it is not; mark is 40 random bytes, nothing follows until we speak
 *   "-" message "\r\n"                there will be no copy
 * </pre>
 *
 * <p>Bytes go in by {@link #header} until it is complete, then by {@link #content}. One thread.
 */
final class PayloadFrame {

    private static final int HEADER_MAX = 1024;
    private static final int MARK = History.ID_LENGTH;

    private final StringBuilder line = new StringBuilder();
    private boolean begun;
    private String refusal;
    private byte[] mark;
    private long total;
    private long received;

    /** With a mark, the last up to 40 bytes are held back: they may be it. */
    private final byte[] held = new byte[MARK];

    private int heldLength;
    private boolean complete;

    /** Takes what is content; called with at most what it was given. */
    interface Sink {
        void content(long address, int length);

        void content(byte[] bytes, int length);
    }

    boolean hasBegun() {
        return begun;
    }

    /** Why there is no copy, or null. */
    String refusal() {
        return refusal;
    }

    boolean isMarked() {
        return mark != null;
    }

    /** Bytes of content to come in all, 0 if that is not known. */
    long total() {
        return total;
    }

    /** Bytes of content that have come. */
    long received() {
        return received;
    }

    boolean isComplete() {
        return complete;
    }

    /** Reads header bytes; returns how many were used. */
    int header(long address, int length) {
        for (int i = 0; i < length; i++) {
            char c = (char) Memory.getUnsignedByte(address + i);
            if (c != '\n') {
                line.append(c);
                if (line.length() > HEADER_MAX) {
                    refusal = badProtocol();
                    return i + 1;
                }
                continue;
            }
            if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
                line.setLength(line.length() - 1);
            }
            if (!line.isEmpty()) {
                parse(line.toString());
                return i + 1;
            }
        }
        return length;
    }

    private void parse(String text) {
        if (text.startsWith("-")) {
            refusal = "MASTER aborted replication with an error: " + text.substring(1);
        } else if (text.startsWith("$EOF:") && text.length() >= 5 + MARK) {
            mark = text.substring(5, 5 + MARK).getBytes(StandardCharsets.ISO_8859_1);
            begun = true;
        } else if (text.startsWith("$")) {
            try {
                total = Long.parseLong(text.substring(1));
                begun = total >= 0;
                complete = total == 0;
            } catch (NumberFormatException e) {
                begun = false;
            }
            if (!begun) {
                refusal = badProtocol();
            }
        } else {
            refusal = badProtocol();
        }
    }

    private String badProtocol() {
        String shown = line.length() > 64 ? line.substring(0, 64) + "..." : line.toString();
        return "Bad protocol from MASTER, the first byte is not '$' (we received '"
                + shown
                + "'), are you sure the host and port are right?";
    }

    /** Reads content; returns how many bytes were used, fewer than given only at the end. */
    int content(long address, int length, Sink sink) {
        if (mark == null) {
            int part = (int) Math.min(length, total - received);
            if (part > 0) {
                sink.content(address, part);
            }
            received += part;
            complete = received == total;
            return part;
        }
        received += length;
        if (length >= MARK) {
            flushHeld(heldLength, sink);
            if (length > MARK) {
                sink.content(address, length - MARK);
            }
            Memory.copyOut(address + length - MARK, held, 0, MARK);
            heldLength = MARK;
        } else {
            int overflow = Math.max(0, heldLength + length - MARK);
            flushHeld(overflow, sink);
            Memory.copyOut(address, held, heldLength, length);
            heldLength += length;
        }
        if (heldLength == MARK && java.util.Arrays.equals(held, mark)) {
            complete = true;
            received -= MARK;
        }
        return length;
    }

    private void flushHeld(int count, Sink sink) {
        if (count > 0) {
            sink.content(held, count);
            System.arraycopy(held, count, held, 0, heldLength - count);
            heldLength -= count;
        }
    }
}
