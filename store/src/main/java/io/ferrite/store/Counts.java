package io.ferrite.store;

/**
 * How many keys a database has, and how many of them with an expiry: by table and by stripe.
 *
 * <pre>
 *   one row a stripe, of longs, rows apart so that no two stripes write the same cache line:
 *   | keys | with expiry | hashes with fields that expire | 5 spare | keys of each table ... | 8 spare |
 * </pre>
 *
 * <p>A row is written under its stripe only. Anyone may read: each number is one that was right
 * lately.
 */
final class Counts {

    private static final int APART = 8;
    private static final int VOLATILE = 1;
    private static final int TIMED = 2;

    private final long[] rows;
    private final int stripes;
    private final int stripeBits;
    private final int rowLength;

    Counts(int tables, int stripes) {
        this.stripes = stripes;
        stripeBits = Integer.numberOfTrailingZeros(stripes);
        rowLength = APART + tables / stripes + APART;
        rows = new long[stripes * rowLength];
    }

    void add(int table, long change) {
        int row = row(table & stripes - 1);
        rows[row] += change;
        rows[row + APART + (table >>> stripeBits)] += change;
    }

    void addVolatile(int table, long change) {
        rows[row(table & stripes - 1) + VOLATILE] += change;
    }

    void addTimed(int table, long change) {
        rows[row(table & stripes - 1) + TIMED] += change;
    }

    long ofTable(int table) {
        return rows[row(table & stripes - 1) + APART + (table >>> stripeBits)];
    }

    long ofStripe(int stripe) {
        return rows[row(stripe)];
    }

    long volatileOfStripe(int stripe) {
        return rows[row(stripe) + VOLATILE];
    }

    long timedOfStripe(int stripe) {
        return rows[row(stripe) + TIMED];
    }

    private int row(int stripe) {
        return stripe * rowLength;
    }
}
