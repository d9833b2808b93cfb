package io.ferrite.store.snapshot;

/** A table that was flushed while walks had not been through it: theirs until they have. */
public final class DetachedTable {

    private final int database;
    private final int table;
    private final long root;
    private int walks;

    /**
     * @param database by its lasting number
     * @param walks the bits of the walks that are to go through it
     */
    public DetachedTable(int database, int table, long root, int walks) {
        this.database = database;
        this.table = table;
        this.root = root;
        this.walks = walks;
    }

    public long root() {
        return root;
    }

    boolean isFor(int bit, int ofDatabase, int ofTable) {
        return (walks & bit) != 0 && database == ofDatabase && table == ofTable;
    }

    /** A walk is through with it; says whether it was the last. */
    boolean done(int bit) {
        walks &= ~bit;
        return walks == 0;
    }
}
