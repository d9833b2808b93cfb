package io.ferrite.engine;

import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import java.util.HashSet;
import java.util.Set;

/**
 * The count of SRANDMEMBER, HRANDFIELD and ZRANDMEMBER: negative for members that may come again.
 */
public final class RandomCount {

    /** Below this share of all members, drawing one by one is cheaper than to look at each. */
    public static final int DRAWN_FACTOR = 10;

    /** The most draws with repetition that one command answers. */
    private static final long MOST_DRAWS = 10_000_000;

    /** The most bytes that one such reply takes: beyond that the server would starve of memory. */
    private static final long MOST_BYTES = 512L << 20;

    private static final CommandError BOUNDS =
            CommandError.of(
                    "ERR value is out of range, value must between -9223372036854775807 and"
                            + " 9223372036854775807");

    private static final CommandError RANGE = CommandError.of("ERR value is out of range");

    private RandomCount() {}

    public static long parse(Slice text) {
        long count = Numbers.integer(text);
        if (count == Long.MIN_VALUE) {
            throw BOUNDS;
        }
        return count;
    }

    /** As {@link #parse}, for a count of pairs. */
    public static long parsePairs(long count) {
        if (count < -(Long.MAX_VALUE / 2) || count > Long.MAX_VALUE / 2) {
            throw RANGE;
        }
        return count;
    }

    /** How many draws a negative count asks for; refused where no server could answer. */
    public static long repeated(long count) {
        if (-count > MOST_DRAWS) {
            throw RANGE;
        }
        return -count;
    }

    /** Takes back and refuses a reply that has become too large. */
    public static void checkReply(ReplyWriter reply, long mark) {
        if (reply.mark() - mark > MOST_BYTES) {
            reply.rewind(mark);
            throw RANGE;
        }
    }

    /** Which elements were drawn, by their addresses. */
    public static final class Drawn {

        private final Set<Long> addresses;

        public Drawn(int expected) {
            addresses = HashSet.newHashSet(expected);
        }

        public boolean add(long address) {
            return addresses.add(address);
        }

        public int size() {
            return addresses.size();
        }
    }
}
