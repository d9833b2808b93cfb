package io.ferrite.store;

/** Told one entry after the other. */
@FunctionalInterface
public interface EntrySink {

    /** May read the entry; must change nothing in the database. */
    void entry(long entry);
}
