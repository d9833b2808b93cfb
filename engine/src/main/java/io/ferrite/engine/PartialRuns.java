package io.ferrite.engine;

import io.ferrite.memory.Memory;
import io.ferrite.resp.NativeReplyWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Commands of a unit that only followers or only files are told of. There is one log for both, so
 * for followers alone is what files pass over; and what is for files alone is the argument of a
 * PING, of which files pass over the rest: a command that does nothing, to every follower.
 */
final class PartialRuns {

    private static final int[] NONE = {};
    private static final byte[] LINE_END = {'\r', '\n'};

    private int[] passedOver = NONE;

    void clear() {
        passedOver = NONE;
    }

    boolean isEmpty() {
        return passedOver.length == 0;
    }

    /** The commands that begin at {@code from} are for followers alone. */
    void forFollowers(NativeReplyWriter out, int from) {
        add(from, out.length());
    }

    /** The commands that begin at {@code from} are for files alone. */
    void forFiles(NativeReplyWriter out, int from) {
        int length = out.length() - from;
        byte[] head =
                ("*2\r\n$4\r\nPING\r\n$" + length + "\r\n").getBytes(StandardCharsets.US_ASCII);
        out.raw(head);
        out.raw(LINE_END);
        long start = out.address() + from;
        // The words were appended so that there is room; now the commands move behind the first.
        Memory.copy(start, start + head.length, length);
        Memory.copyIn(head, 0, start, head.length);
        int end = from + head.length + length;
        Memory.copyIn(LINE_END, 0, out.address() + end, LINE_END.length);
        add(from, from + head.length);
        add(end, end + LINE_END.length);
    }

    private void add(int from, int to) {
        passedOver = Arrays.copyOf(passedOver, passedOver.length + 2);
        passedOver[passedOver.length - 2] = from;
        passedOver[passedOver.length - 1] = to;
    }

    /** Where files pass over bytes, if so many are put in front of all. */
    int[] passedOver(int before) {
        int[] moved = passedOver.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += before;
        }
        return moved;
    }
}
