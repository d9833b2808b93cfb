package io.ferrite.coordination.replication;

import java.util.random.RandomGenerator;

/**
 * The name of a stream of effects, and of the one that it grew out of.
 *
 * <p>A leader names its stream by 40 random hexadecimal digits. When a follower becomes a leader it
 * goes on with the stream under a new name, but what it has up to then is also the old leader's: it
 * keeps the old name as {@link #previousId} up to {@link #previousLimit}, so that its siblings can
 * continue with it.
 *
 * <pre>
 *     byte   1 ................... 50 | 51 ...................
 *            previousId               | id            previousLimit = 51: the first byte that differs
 * </pre>
 *
 * @param id the stream's name
 * @param previousId the name that it had before, or {@link #NONE}
 * @param previousLimit the highest PSYNC offset that may be asked for under the previous name, -1
 *     if none
 */
public record History(String id, String previousId, long previousLimit) {

    /** Stands where there is no name. */
    public static final String NONE = "0".repeat(40);

    /** Digits of a name. */
    public static final int ID_LENGTH = 40;

    private static final String DIGITS = "0123456789abcdef";

    /** A stream that nobody has seen yet. */
    public static History fresh(RandomGenerator random) {
        return of(newId(random));
    }

    /** A stream of that name without a past, as after a full synchronisation. */
    public static History of(String id) {
        return new History(id, NONE, -1);
    }

    public static String newId(RandomGenerator random) {
        StringBuilder id = new StringBuilder(ID_LENGTH);
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(DIGITS.charAt(random.nextInt(16)));
        }
        return id.toString();
    }

    /**
     * The stream goes on under a new name behind {@code end} bytes: a follower has become a leader.
     */
    public History promoted(long end, RandomGenerator random) {
        return new History(newId(random), id, end + 1);
    }

    /**
     * The leader goes on under {@code newId} behind {@code end} bytes, or under the name it had.
     */
    public History continuedAs(String newId, long end) {
        return newId.equals(id) ? this : new History(newId, id, end + 1);
    }

    /**
     * Whether this stream and the one named {@code asked} are the same before {@code psyncOffset}.
     */
    public boolean agreesWith(String asked, long psyncOffset) {
        return asked.equalsIgnoreCase(id)
                || asked.equalsIgnoreCase(previousId) && psyncOffset <= previousLimit;
    }

    /** Whether {@code asked} is one of the two names, at whatever offset. */
    public boolean knows(String asked) {
        return asked.equalsIgnoreCase(id) || asked.equalsIgnoreCase(previousId);
    }
}
