package io.ferrite.node.migrate;

import io.ferrite.engine.ByteKey;
import io.ferrite.memory.Slice;
import io.ferrite.node.Pause;
import io.ferrite.node.ServerState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Keys on their way to another server. Commands that would write to one of them wait until it has
 * arrived, or has failed to; reads go on.
 *
 * <p>This makes a move end soon; it is not what keeps writes from being lost, for a script may
 * write to keys that it never named. That is {@link Migration}'s last look before it deletes.
 * Thread-safe.
 */
public final class KeyGuard {

    private record Place(int database, ByteKey key) {}

    private final ServerState state;
    private final Pause pause;
    private final Set<Place> places = new HashSet<>();

    /** Moves that do not end while anybody writes anything. */
    private int holdingAll;

    private boolean slotsFrozen;

    public KeyGuard(ServerState state, Pause pause) {
        this.state = state;
        this.pause = pause;
    }

    /** Guards all of the keys; false, and nothing is guarded, if one of them is already. */
    synchronized boolean add(int database, List<ByteKey> keys) {
        for (ByteKey key : keys) {
            if (places.contains(new Place(database, key))) {
                return false;
            }
        }
        for (ByteKey key : keys) {
            places.add(new Place(database, key));
        }
        state.set(ServerState.MOVING_KEYS, true);
        return true;
    }

    /** Somebody writes to these keys without naming them: every write waits until they moved. */
    synchronized void holdAll() {
        holdingAll++;
    }

    /**
     * The keys have moved or stay; whoever waited for them is judged again.
     *
     * @param heldAll whether {@link #holdAll} was called for them
     */
    void remove(int database, List<ByteKey> keys, boolean heldAll) {
        synchronized (this) {
            holdingAll -= heldAll ? 1 : 0;
            for (ByteKey key : keys) {
                places.remove(new Place(database, key));
            }
            state.set(ServerState.MOVING_KEYS, slotsFrozen || !places.isEmpty());
        }
        pause.judgeAgain();
    }

    /** Slots change hands, and who would touch them waits; or that is over. */
    public void setSlotsFrozen(boolean frozen) {
        synchronized (this) {
            slotsFrozen = frozen;
            state.set(ServerState.MOVING_KEYS, frozen || !places.isEmpty());
        }
        if (!frozen) {
            pause.judgeAgain();
        }
    }

    /** Whether all writes wait, whatever they name. */
    public synchronized boolean holdsAll() {
        return holdingAll > 0;
    }

    /** Whether a key is on its way. */
    public synchronized boolean holds(int database, Slice key) {
        return !places.isEmpty() && places.contains(new Place(database, ByteKey.of(key)));
    }
}
