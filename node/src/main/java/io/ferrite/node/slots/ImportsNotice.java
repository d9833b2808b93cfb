package io.ferrite.node.slots;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.log.CommandLog;
import io.ferrite.coordination.replication.Wire;
import io.ferrite.node.Node;

/**
 * What a master tells its replicas of the slots whose keys are on their way to it: one that takes
 * over in the middle removes what had come, as nobody will ever ask for it. It travels in the
 * stream, before the first of these keys, as a capability that other servers do not know and pass
 * over; and every second again for replicas that came later. Any thread.
 */
final class ImportsNotice {

    private static final String MARK = "slot-imports";

    private final Node node;
    private SlotSet told = SlotSet.EMPTY;
    private SlotSet heard = SlotSet.EMPTY;

    ImportsNotice(Node node) {
        this.node = node;
    }

    /** These are on their way to this node, a master, and no others. */
    void tell(SlotSet slots) {
        synchronized (this) {
            if (told.isEmpty() && slots.isEmpty()) {
                return;
            }
            told = slots;
        }
        send(slots);
    }

    /** Says it again, if there is anything to say. */
    void remind() {
        SlotSet slots;
        synchronized (this) {
            slots = told;
        }
        if (!slots.isEmpty()) {
            send(slots);
        }
    }

    private void send(SlotSet slots) {
        CommandLog log = node.parts().commandLog();
        log.appendKeepAlive(Wire.encode("REPLCONF", "capa", MARK + " " + slots));
        log.announce();
    }

    /** This node's master says something of itself. */
    synchronized void hear(String capability) {
        if (capability.startsWith(MARK)) {
            heard = ImportsFile.parse(capability.substring(MARK.length()));
        }
    }

    /** What the master said last; it is no master of this node any more. */
    synchronized SlotSet forget() {
        SlotSet slots = heard;
        heard = SlotSet.EMPTY;
        told = SlotSet.EMPTY;
        return slots;
    }
}
