package io.ferrite.store.snapshot;

/**
 * Takes the entries of a {@link SnapshotWalk}, each as it was when the walk began.
 *
 * <p>Called under the stripe of the entry's key, by the walk's own steps and by any thread that is
 * about to change an entry which the walk has not come to: two calls may run at once, on different
 * stripes.
 */
@FunctionalInterface
public interface SnapshotSink {

    /**
     * Takes an entry, which may be read during the call only.
     *
     * @param database its number when the walk began
     * @param urgent whether all of it must be taken now, as it is about to change
     * @return whether the entry is done. False, for a large value that is taken piece by piece,
     *     only when not urgent: it then comes again with the next step or, urgently, before it
     *     changes, at the same address. Other entries may come in between.
     */
    boolean entry(int database, long entry, boolean urgent);
}
