package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.bus.BusMessage;

/** What a step wants done, to be performed in the order of the list. */
public sealed interface ClusterEffect {

    enum Level {
        DEBUG,
        VERBOSE,
        NOTICE,
        WARNING
    }

    /** Connect to a node; the link's number is new. Answered by opened or closed. */
    record Connect(long link, String ip, int port) implements ClusterEffect {}

    /** The link is not wanted any more; nothing more is to be said of it. */
    record Close(long link) implements ClusterEffect {}

    record Send(long link, BusMessage message) implements ClusterEffect {}

    /**
     * Write the view to nodes.conf before anything behind this is done.
     *
     * @param durable whether it must survive the machine: a vote that is forgotten is cast twice
     */
    record Persist(boolean durable) implements ClusterEffect {}

    /** This node's data is to be that of the server there. */
    record Follow(String ip, int port) implements ClusterEffect {}

    /** This node's data is its own from now on. */
    record Lead() implements ClusterEffect {}

    /** All keys are to be removed. */
    record Flush() implements ClusterEffect {}

    /** The keys of slots that were lost to somebody else are to be removed. */
    record DeleteKeys(SlotSet slots) implements ClusterEffect {}

    /** Slots changed hands: who listens to channels of them listens in vain. */
    record DropChannels(SlotSet slots) implements ClusterEffect {}

    /** Listeners of this node's clients are to be told. */
    record Deliver(BusMessage.Publish message) implements ClusterEffect {}

    /** Clients' writes are to be held back for so long at most. */
    record PauseWrites(long forMs) implements ClusterEffect {}

    record ResumeWrites() implements ClusterEffect {}

    /** The machine wants to be woken after so long, before the next tick. */
    record Wake(long afterMs) implements ClusterEffect {}

    record Note(Level level, String text) implements ClusterEffect {}
}
