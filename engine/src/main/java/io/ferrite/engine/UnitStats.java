package io.ferrite.engine;

/** Counters of one event loop, written by it alone and summed by INFO. */
public final class UnitStats {
    public long hits;
    public long misses;
    public long commands;
    public long expired;

    /** Fields of hashes. */
    public long expiredFields;

    public long evicted;
}
