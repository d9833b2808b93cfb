package io.ferrite.store;

import io.ferrite.store.expiry.ExpiryHeap;

/**
 * How many keys a database has, how many of them with an expiry, and when the next one may expire:
 * by table, by group of tables, and by stripe.
 *
 * <pre>
 *   one row a stripe, of longs, rows apart so that no two stripes write the same cache line:
 *   | keys | with expiry | hashes with fields that expire | next due | 4 spare
 *   | keys of each group ... | keys with expiry of each group ... | keys of each table ... | 8 spare |
 * </pre>
 *
 * <p>A group is 32 tables of a stripe. It is there for draws: with a table for each hash slot, a
 * stripe has a thousand, and to find the table in which a number falls would take a look at half of
 * them.
 *
 * <p>A row is written under its stripe only. Anyone may read: each number is one that was right
 * lately.
 */
final class Counts {

    private static final int APART = 8;
    private static final int VOLATILE = 1;
    private static final int TIMED = 2;
    private static final int DUE = 3;
    private static final int GROUP_BITS = 5;

    private final long[] rows;
    private final int stripes;
    private final int stripeBits;
    private final int groups;
    private final int tablesAt;
    private final int rowLength;

    Counts(int tables, int stripes) {
        this.stripes = stripes;
        stripeBits = Integer.numberOfTrailingZeros(stripes);
        groups = (tables / stripes >>> GROUP_BITS) + 1;
        tablesAt = APART + 2 * groups;
        rowLength = tablesAt + tables / stripes + APART;
        rows = new long[stripes * rowLength];
        for (int stripe = 0; stripe < stripes; stripe++) {
            rows[row(stripe) + DUE] = ExpiryHeap.NEVER;
        }
    }

    /** Takes another's numbers, which has none afterwards. */
    void takeOver(Counts other) {
        for (int i = 0; i < rows.length; i++) {
            rows[i] = other.rows[i];
            other.rows[i] = 0;
        }
        for (int stripe = 0; stripe < stripes; stripe++) {
            other.rows[row(stripe) + DUE] = ExpiryHeap.NEVER;
        }
    }

    void add(int table, long change) {
        int row = row(table & stripes - 1);
        int place = table >>> stripeBits;
        rows[row] += change;
        rows[row + APART + (place >>> GROUP_BITS)] += change;
        rows[row + tablesAt + place] += change;
    }

    void addVolatile(int table, long change) {
        int row = row(table & stripes - 1);
        rows[row + VOLATILE] += change;
        rows[row + APART + groups + (table >>> stripeBits + GROUP_BITS)] += change;
    }

    void addTimed(int table, long change) {
        rows[row(table & stripes - 1) + TIMED] += change;
    }

    long ofTable(int table) {
        return rows[row(table & stripes - 1) + tablesAt + (table >>> stripeBits)];
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

    /** Something of a table expires at a time. */
    void due(int table, long atMs) {
        int at = row(table & stripes - 1) + DUE;
        if (atMs < rows[at]) {
            rows[at] = atMs;
        }
    }

    /** Nothing of a stripe expires before that time. */
    long nextDue(int stripe) {
        return rows[row(stripe) + DUE];
    }

    /** That time was found out. */
    void setNextDue(int stripe, long atMs) {
        rows[row(stripe) + DUE] = atMs;
    }

    /** How many keys of a table count for a draw. */
    interface Size {
        long of(int table);
    }

    /**
     * The table in which a key falls, when the keys of a stripe are numbered from 0 on; -1 when
     * there are not so many.
     *
     * @param volatiles whether only those with an expiry are numbered
     */
    int tableAt(int stripe, long number, boolean volatiles, Size size) {
        int sums = row(stripe) + APART + (volatiles ? groups : 0);
        int tables = rowLength - tablesAt - APART;
        long left = number;
        int group = 0;
        while (group < groups && left >= rows[sums + group]) {
            left -= rows[sums + group++];
        }
        for (int place = group << GROUP_BITS; place < tables; place++) {
            int table = place << stripeBits | stripe;
            left -= size.of(table);
            if (left < 0) {
                return table;
            }
        }
        return -1;
    }

    private int row(int stripe) {
        return stripe * rowLength;
    }
}
