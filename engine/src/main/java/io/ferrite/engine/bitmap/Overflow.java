package io.ferrite.engine.bitmap;

/** What becomes of a number that does not fit the bits of its field. */
enum Overflow {
    WRAP,
    SAT,
    FAIL;

    /**
     * Whether {@code base + step} lies in the range of a field. The base of an unsigned field is
     * unsigned, with all its 64 bits; the step is signed.
     */
    static boolean fits(long base, long step, int width, boolean signed) {
        return excess(base, step, width, signed) == 0;
    }

    /** What is stored for a number that does not fit, as a number of the field's kind. */
    long limit(long base, long step, int width, boolean signed) {
        int unused = 64 - width;
        if (this == SAT) {
            long largest = largest(width, signed);
            long smallest = signed ? ~largest : 0;
            return excess(base, step, width, signed) > 0 ? largest : smallest;
        }
        long sum = base + step << unused;
        return signed ? sum >> unused : sum >>> unused;
    }

    /** Positive when the sum is above the field's range, negative when below, 0 when it fits. */
    private static int excess(long base, long step, int width, boolean signed) {
        long largest = largest(width, signed);
        if (signed) {
            // As the reference computes it: for a base far below a narrow field's range the room
            // above
            // wraps around, and the number counts as too large.
            long above = largest - base;
            long below = ~largest - base;
            boolean narrow = width != 64;
            if (base > largest || (narrow || base >= 0 && step > 0) && step > above) {
                return 1;
            }
            return base < ~largest || (narrow || base < 0 && step < 0) && step < below ? -1 : 0;
        }
        if (Long.compareUnsigned(base, largest) > 0 || step > 0 && step > largest - base) {
            return 1;
        }
        return step < 0 && base + step < 0 ? -1 : 0;
    }

    private static long largest(int width, boolean signed) {
        return signed ? (1L << (width - 1)) - 1 : -1L >>> (64 - width);
    }
}
