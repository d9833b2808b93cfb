package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.ClusterEffect.Level;
import io.ferrite.coordination.cluster.bus.BusHeader;
import io.ferrite.coordination.cluster.bus.BusMessage;
import io.ferrite.coordination.cluster.bus.MessageType;

/**
 * A failover by hand, on both sides.
 *
 * <pre>
 *   replica                                    master
 *     order ── MFSTART ───────────────────────▶ holds writes back, marks what it says as paused
 *     notes the offset  ◀─────────────────────── PING, paused, offset
 *     has all up to there: election, with votes although the master is alive
 *     won  ── PONG: new owner, new epoch ──────▶ follows
 * </pre>
 *
 * Both give up after five seconds; the master's clients are let go on at the latest after ten.
 */
final class HandOver {

    static final long TIMEOUT_MS = 5000;
    private static final long PAUSE_MS = 2 * TIMEOUT_MS;
    private static final long LOOK_AGAIN_MS = 2;
    private static final long UNKNOWN = -1;

    private final ClusterCore core;
    private final Courier courier;

    /** 0 when none is under way. */
    private long untilMs;

    /** On a master: for whom writes are held back. */
    private String replica;

    /** On a replica: how far the master's stream goes, from when it held writes back. */
    private long target = UNKNOWN;

    private boolean canStart;

    HandOver(ClusterCore core, Courier courier) {
        this.core = core;
        this.courier = courier;
    }

    /** On a replica: the election may take place although the master is alive. */
    boolean canStart() {
        return untilMs != 0 && canStart;
    }

    boolean isUnderWay() {
        return untilMs != 0;
    }

    /** On a master: the replica that is to take over, or null. */
    String replica() {
        return untilMs == 0 ? null : replica;
    }

    /** None is under way any more. */
    void reset() {
        if (replica != null) {
            core.effect(new ClusterEffect.ResumeWrites());
        }
        courier.setPaused(false);
        untilMs = 0;
        canStart = false;
        replica = null;
        target = UNKNOWN;
    }

    // --- on a replica ----------------------------------------------------------------------------

    /** By an order: with the master's help, or without asking it. */
    void begin(boolean forced) {
        reset();
        untilMs = core.nowMs() + TIMEOUT_MS;
        if (forced) {
            core.note(Level.NOTICE, "Forced failover user request accepted.");
            canStart = true;
            core.due(ClusterCore.ELECTION);
        } else {
            core.note(Level.NOTICE, "Manual failover user request accepted.");
            ClusterNode master = core.view.node(core.self().masterId());
            core.send(core.peer(master).link, new BusMessage.MfStart(courier.header()));
        }
    }

    /** What the master says while it holds writes back. */
    void heard(ClusterNode sender, BusHeader header) {
        ClusterNode self = core.self();
        if (untilMs != 0
                && self.isReplica()
                && sender.id().equals(self.masterId())
                && header.has(BusHeader.PAUSED)
                && target == UNKNOWN) {
            target = header.offset();
            core.due(ClusterCore.HANDOVER);
            core.note(
                    Level.NOTICE,
                    "Received replication offset for paused master manual failover: " + target);
        }
    }

    /** Looks whether all of the master's data is here. */
    void proceed() {
        if (untilMs == 0 || canStart || target == UNKNOWN) {
            return;
        }
        if (core.context().replicationOffset() >= target) {
            canStart = true;
            core.note(
                    Level.NOTICE,
                    "All master replication stream processed, manual failover can start.");
            core.due(ClusterCore.ELECTION);
        } else {
            core.effect(new ClusterEffect.Wake(LOOK_AGAIN_MS));
        }
    }

    // --- on a master -----------------------------------------------------------------------------

    /** A replica of this node wants to take over. */
    void asked(ClusterNode sender) {
        if (sender == null || !core.view.selfId().equals(sender.masterId())) {
            return;
        }
        reset();
        untilMs = core.nowMs() + TIMEOUT_MS;
        replica = sender.id();
        core.effect(new ClusterEffect.PauseWrites(PAUSE_MS));
        core.note(
                Level.NOTICE,
                "Manual failover requested by replica " + ClusterCore.named(sender) + ".");
    }

    /** Writes are held back, and none is on its way into the stream: its end can be told. */
    void paused() {
        if (replica() != null) {
            courier.setPaused(true);
            courier.gossip(core.peer(replica).link, MessageType.PING);
        }
    }

    // --- on both ---------------------------------------------------------------------------------

    void tick() {
        if (untilMs != 0 && untilMs < core.nowMs()) {
            core.note(Level.WARNING, "Manual failover timed out.");
            reset();
        }
    }
}
