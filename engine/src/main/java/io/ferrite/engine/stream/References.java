package io.ferrite.engine.stream;

import io.ferrite.engine.Effects;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.stream.StreamGroup;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamPending;
import io.ferrite.store.stream.StreamReferences;
import io.ferrite.store.stream.StreamTrim;
import io.ferrite.store.stream.StreamValue;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of a group's pending entries when entries go from the stream: KEEPREF, DELREF,
 * ACKED.
 *
 * <p>Followers of version 7 know none of these words: they are told of each entry that went (XDEL)
 * and of each that is not pending any more (XACK).
 */
final class References {

    /** The words, in the order of their arrival in Redis' documentation. */
    enum Policy {
        /** Pending entries stay, though there is nothing to deliver again. */
        KEEPREF,
        /** They go with the entry. */
        DELREF,
        /** Only entries go that every group has been given and has acknowledged. */
        ACKED
    }

    /** Ids in one XDEL. */
    private static final int IDS = 128;

    private final ExecutionUnit unit;
    private final Slice key;
    private final Slab slab;
    private final long stream;
    private final Policy policy;
    private final List<StreamId> gone = new ArrayList<>();

    References(ExecutionUnit unit, Slice key, long stream, Policy policy) {
        this.unit = unit;
        this.key = key;
        this.slab = unit.slab(key);
        this.stream = stream;
        this.policy = policy;
    }

    /** The policy that an option names, or null. */
    static Policy policy(Slice option) {
        for (Policy policy : Policy.values()) {
            if (option.isWord(policy.name())) {
                return policy;
            }
        }
        return null;
    }

    /** Trims as {@link StreamValue#trim} does, with regard to the groups. Followers are told. */
    long trim(StreamTrim trim) {
        long removed =
                StreamReferences.trim(slab, stream, trim, policy == Policy.ACKED, this::removing);
        flush();
        return removed;
    }

    private void removing(long ms, long seq) {
        if (policy == Policy.DELREF) {
            dropPending(ms, seq);
        }
        note(ms, seq);
    }

    /** Makes an entry not pending for any group; whether it was for one. */
    boolean dropPending(long ms, long seq) {
        List<Long> groups = new ArrayList<>();
        StreamReferences.holders(stream, ms, seq, groups::add);
        for (long group : groups) {
            StreamPending.remove(slab, group, ms, seq);
            passOnAck(group, ms, seq);
            unit.effects().count(1);
        }
        return !groups.isEmpty();
    }

    /** Followers learn that an entry is not pending any more. */
    void passOnAck(long group, long ms, long seq) {
        Effects effects = unit.effects().command(4).word("XACK").arg(key);
        effects.arg(StreamGroup.name(group), StreamGroup.nameLength(group));
        Streams.id(effects, unit, ms, seq);
    }

    /** Removes an entry as XDEL does, if it is there; {@link #flush} tells followers. */
    boolean delete(long ms, long seq) {
        if (!StreamValue.delete(slab, stream, ms, seq)) {
            return false;
        }
        StreamValue.noteDeleted(stream, ms, seq);
        note(ms, seq);
        return true;
    }

    private void note(long ms, long seq) {
        gone.add(new StreamId().set(ms, seq));
        if (gone.size() == IDS) {
            flush();
        }
    }

    /** Followers learn of the entries that went. */
    void flush() {
        if (gone.isEmpty()) {
            return;
        }
        Effects effects = unit.effects().command(2 + gone.size()).word("XDEL").arg(key);
        for (StreamId id : gone) {
            Streams.id(effects, unit, id.ms(), id.seq());
        }
        gone.clear();
    }
}
