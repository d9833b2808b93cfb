package io.ferrite.engine.hyperloglog;

/**
 * How many distinct elements a histogram of registers stands for: Otmar Ertl, <i>New cardinality
 * estimation algorithms for HyperLogLog sketches</i>, arXiv:1702.01284, algorithm 6. The arithmetic
 * is done in Redis' order so that the estimates are equal to the last digit.
 */
final class Estimator {

    /** 1 / (2 ln 2), as many digits as Redis has. */
    private static final double ALPHA = 0.721347520444481703680;

    /** Bits of a hash beyond those that choose the register. */
    private static final int Q = 64 - HyperLogLog.INDEX_BITS;

    private Estimator() {}

    /** The estimate; registers that no hash can produce make it arbitrary, as in Redis. */
    static long count(int[] histogram) {
        double m = HyperLogLog.REGISTERS;
        double z = m * tau((m - histogram[Q + 1]) / m);
        for (int j = Q; j >= 1; j--) {
            z += histogram[j];
            z *= 0.5;
        }
        z += m * sigma(histogram[0] / m);
        double estimate = ALPHA * m * m / z;
        return Double.isInfinite(estimate) ? Long.MIN_VALUE : Math.round(estimate);
    }

    private static double sigma(double share) {
        if (share == 1.0) {
            return Double.POSITIVE_INFINITY;
        }
        double x = share;
        double y = 1;
        double z = x;
        double before;
        do {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        } while (before != z);
        return z;
    }

    private static double tau(double share) {
        if (share == 0.0 || share == 1.0) {
            return 0;
        }
        double x = share;
        double y = 1;
        double z = 1 - x;
        double before;
        do {
            x = Math.sqrt(x);
            before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        } while (before != z);
        return z / 3;
    }
}
