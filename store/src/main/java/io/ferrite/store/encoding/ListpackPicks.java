package io.ferrite.store.encoding;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Random elements of a {@link Listpack}, where an element is one entry ({@code stride} 1) or a pair
 * of them ({@code stride} 2), named by the offset of its first entry. One walk whatever the number
 * of picks.
 */
public final class ListpackPicks {

    private ListpackPicks() {}

    /** One element, every one equally likely; {@link Listpack#NONE} if there is none. */
    public static int one(long lp, int stride, RandomGenerator random) {
        int elements = Listpack.count(lp) / stride;
        return elements == 0
                ? Listpack.NONE
                : Listpack.seek(lp, (long) random.nextInt(elements) * stride);
    }

    /**
     * Fills {@code picks} from 0 with up to {@code wanted} different elements in the order of the
     * listpack, every selection equally likely (Knuth's selection sampling), and answers their
     * number.
     */
    public static int different(
            long lp, int stride, int wanted, RandomGenerator random, int[] picks) {
        int left = Listpack.count(lp) / stride;
        int open = Math.min(wanted, left);
        int picked = 0;
        int at = Listpack.first(lp);
        while (open > 0) {
            if (random.nextInt(left) < open) {
                picks[picked++] = at;
                open--;
            }
            left--;
            at = open > 0 ? skip(lp, at, stride) : at;
        }
        return picked;
    }

    /**
     * Fills {@code picks} from 0 with {@code wanted} elements drawn one by one from all of them:
     * the same may come again, and the order is that of the draws. {@code scratch} is as long as
     * the picks wanted. The listpack must not be empty.
     */
    public static void repeated(
            long lp, int stride, int wanted, RandomGenerator random, int[] picks, long[] scratch) {
        int elements = Listpack.count(lp) / stride;
        for (int i = 0; i < wanted; i++) {
            scratch[i] = (long) random.nextInt(elements) << 32 | i;
        }
        Arrays.sort(scratch, 0, wanted);
        int element = 0;
        int at = Listpack.first(lp);
        for (int i = 0; i < wanted; i++) {
            int index = (int) (scratch[i] >>> 32);
            for (; element < index; element++) {
                at = skip(lp, at, stride);
            }
            picks[(int) scratch[i]] = at;
        }
    }

    private static int skip(long lp, int at, int stride) {
        int next = at;
        for (int i = 0; i < stride; i++) {
            next += Listpack.entryBytes(lp, next);
        }
        return next;
    }
}
