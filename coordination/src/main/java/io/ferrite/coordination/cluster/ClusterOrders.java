package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.ClusterEffect.Level;
import io.ferrite.coordination.cluster.bus.Endpoint;
import io.ferrite.coordination.cluster.bus.IpText;
import java.util.List;

/**
 * What an administrator can order a node to do. Each order answers null when it was carried out, or
 * the refusal that Redis has for it; called through {@link ClusterMachine#order}.
 */
public final class ClusterOrders {

    private static final int PORT_MAX = 65535;

    private final ClusterCore core;
    private final Courier courier;
    private final Membership membership;
    private final SlotClaims claims;
    private final Allegiance allegiance;
    private final HandOver handOver;
    private final Election election;

    ClusterOrders(
            ClusterCore core,
            Courier courier,
            Membership membership,
            SlotClaims claims,
            Allegiance allegiance,
            HandOver handOver,
            Election election) {
        this.core = core;
        this.courier = courier;
        this.membership = membership;
        this.claims = claims;
        this.allegiance = allegiance;
        this.handOver = handOver;
        this.election = election;
    }

    // --- nodes -----------------------------------------------------------------------------------

    /** CLUSTER MEET. */
    public String meet(String ip, long port, long busPort) {
        String normal = IpText.normalize(ip);
        if (normal == null || port <= 0 || port > PORT_MAX || busPort <= 0 || busPort > PORT_MAX) {
            return "ERR Invalid node address specified: " + ip + ":" + port;
        }
        membership.meet(
                new Endpoint(normal, (int) port, 0, (int) busPort),
                NodeFlags.HANDSHAKE | NodeFlags.MEET);
        return null;
    }

    /** CLUSTER FORGET. */
    public String forget(String id) {
        ClusterNode node = core.view.node(id);
        if (node == null) {
            return core.blacklist.contains(id, core.nowMs()) ? null : unknown(id);
        }
        if (core.isSelf(node)) {
            return "ERR I tried hard but I can't forget myself...";
        }
        if (node.id().equals(core.self().masterId())) {
            return "ERR Can't forget my master!";
        }
        core.blacklist.add(id, core.nowMs(), Blacklist.SECONDS);
        core.delete(id);
        // From a file that is older than this it would come back, and to everybody.
        core.due(ClusterCore.HEALTH | ClusterCore.SAVE | ClusterCore.DURABLE);
        return null;
    }

    private static String unknown(String id) {
        return "ERR Unknown node " + id;
    }

    /** CLUSTER REPLICATE. */
    public String replicate(String id) {
        ClusterNode node = core.view.node(id);
        ClusterNode self = core.self();
        if (node == null) {
            return unknown(id);
        }
        if (core.isSelf(node)) {
            return "ERR Can't replicate myself";
        }
        if (node.isReplica()) {
            return "ERR I can only replicate a master, not a replica.";
        }
        if (self.isMaster() && (!self.slots().isEmpty() || core.context().keys() != 0)) {
            return "ERR To set a master the node must be empty and without assigned slots.";
        }
        allegiance.follow(id);
        core.due(ClusterCore.HEALTH | ClusterCore.SAVE);
        // In a large cluster it takes a minute until every node has been pinged.
        courier.announce();
        return null;
    }

    /** How CLUSTER FAILOVER is to be done. */
    public enum Failover {
        WITH_MASTER,
        FORCE,
        TAKEOVER
    }

    /** CLUSTER FAILOVER. */
    public String failover(Failover how) {
        ClusterNode self = core.self();
        ClusterNode master = core.view.node(self.masterId());
        if (self.isMaster()) {
            return "ERR You should send CLUSTER FAILOVER to a replica";
        }
        if (master == null) {
            return "ERR I'm a replica but my master is unknown to me";
        }
        if (how == Failover.WITH_MASTER && (master.hasFailed() || !core.peer(master).isLinked())) {
            return "ERR Master is down or failed, please use CLUSTER FAILOVER FORCE";
        }
        election.reset();
        if (how == Failover.TAKEOVER) {
            handOver.reset();
            core.note(Level.NOTICE, "Taking over the master (user request).");
            claims.bumpEpoch();
            election.replaceMaster();
        } else {
            handOver.begin(how == Failover.FORCE);
        }
        return null;
    }

    /** CLUSTER RESET. */
    public String reset(boolean hard) {
        ClusterNode self = core.self();
        if (self.isMaster() && core.context().keys() != 0) {
            return "ERR CLUSTER RESET can't be called with master nodes containing keys";
        }
        if (self.isReplica()) {
            core.becomeMaster(self.id());
            core.effect(new ClusterEffect.Lead());
            core.effect(new ClusterEffect.Flush());
        }
        core.view = core.view.withoutMoves();
        handOver.reset();
        core.assign(SlotSet.ALL, null);
        for (String id : List.copyOf(core.peers.keySet())) {
            if (!id.equals(core.view.selfId())) {
                core.delete(id);
            }
        }
        core.blacklist.clear();
        if (hard) {
            rename();
        }
        core.due(ClusterCore.SAVE | ClusterCore.HEALTH | ClusterCore.DURABLE);
        return null;
    }

    private void rename() {
        ClusterNode self = core.self();
        core.note(Level.NOTICE, "configEpoch set to 0 via CLUSTER RESET HARD");
        ClusterNode renamed = self.withId(core.randomId(), core.randomId()).withEpoch(0);
        core.view = core.view.renamed(renamed);
        Peer peer = core.peers.remove(self.id());
        peer.id = renamed.id();
        core.peers.put(renamed.id(), peer);
        core.note(Level.NOTICE, "Node hard reset, now I'm " + renamed.id());
    }

    // --- epochs ----------------------------------------------------------------------------------

    /** CLUSTER SET-CONFIG-EPOCH. */
    public String setConfigEpoch(long epoch) {
        ClusterNode self = core.self();
        if (epoch < 0) {
            return "ERR Invalid config epoch specified: " + epoch;
        }
        if (core.view.nodeCount() > 1) {
            return "ERR The user can assign a config epoch only when the node does not know any"
                    + " other node.";
        }
        if (self.configEpoch() != 0) {
            return "ERR Node config epoch is already non-zero";
        }
        core.put(self.withEpoch(epoch));
        core.view = core.view.withEpoch(Math.max(core.view.currentEpoch(), epoch));
        core.note(Level.NOTICE, "configEpoch set to " + epoch + " via CLUSTER SET-CONFIG-EPOCH");
        core.due(ClusterCore.HEALTH | ClusterCore.SAVE);
        return null;
    }

    /** CLUSTER BUMPEPOCH: whether this node has another epoch now. */
    public boolean bumpEpoch() {
        return claims.bumpEpoch();
    }

    // --- slots -----------------------------------------------------------------------------------

    /** CLUSTER ADDSLOTS, in the order in which they were named. */
    public String addSlots(List<Integer> slots) {
        return change(slots, true);
    }

    /** CLUSTER DELSLOTS, in the order in which they were named. */
    public String deleteSlots(List<Integer> slots) {
        return change(slots, false);
    }

    private String change(List<Integer> slots, boolean add) {
        int[] named = new int[slots.size()];
        boolean[] seen = new boolean[SlotSet.SLOTS];
        for (int i = 0; i < named.length; i++) {
            int slot = slots.get(i);
            boolean owned = core.view.ownerId(slot) != null;
            if (add == owned) {
                return "ERR Slot " + slot + (add ? " is already busy" : " is already unassigned");
            }
            if (seen[slot]) {
                return "ERR Slot " + slot + " specified multiple times";
            }
            seen[slot] = true;
            named[i] = slot;
            if (core.view.importing().containsKey(slot)) {
                core.view = core.view.importing(slot, null);
            }
        }
        core.assign(SlotSet.of(named), add ? core.view.selfId() : null);
        core.due(ClusterCore.HEALTH | ClusterCore.SAVE | (add ? ClusterCore.DURABLE : 0));
        return null;
    }

    /** CLUSTER FLUSHSLOTS. */
    public String flushSlots() {
        if (core.context().keys() != 0) {
            return "ERR DB must be empty to perform CLUSTER FLUSHSLOTS.";
        }
        core.assign(core.self().slots(), null);
        core.due(ClusterCore.HEALTH | ClusterCore.SAVE);
        return null;
    }

    /** CLUSTER SETSLOT slot MIGRATING node. */
    public String migrating(int slot, String to) {
        if (core.self().isReplica()) {
            return MASTERS_ONLY;
        }
        if (!core.view.selfId().equals(core.view.ownerId(slot))) {
            return "ERR I'm not the owner of hash slot " + slot;
        }
        String refusal = refuseMaster(to, "ERR I don't know about node ");
        if (refusal == null) {
            core.view = core.view.migrating(slot, to);
            core.due(ClusterCore.HEALTH | ClusterCore.SAVE);
        }
        return refusal;
    }

    /** CLUSTER SETSLOT slot IMPORTING node. */
    public String importing(int slot, String from) {
        if (core.self().isReplica()) {
            return MASTERS_ONLY;
        }
        if (core.view.selfId().equals(core.view.ownerId(slot))) {
            return "ERR I'm already the owner of hash slot " + slot;
        }
        String refusal = refuseMaster(from, "ERR I don't know about node ");
        if (refusal == null) {
            core.view = core.view.importing(slot, from);
            core.due(ClusterCore.HEALTH | ClusterCore.SAVE);
        }
        return refusal;
    }

    /** What SETSLOT says on a replica. */
    public static final String MASTERS_ONLY = "ERR Please use SETSLOT only with masters.";

    /** Null when the id is that of a master. */
    private String refuseMaster(String id, String unknown) {
        ClusterNode node = core.view.node(id);
        if (node == null) {
            return unknown + id;
        }
        return node.isReplica() ? "ERR Target node is not a master" : null;
    }

    /** CLUSTER SETSLOT slot STABLE. */
    public String stable(int slot) {
        if (core.self().isReplica()) {
            return MASTERS_ONLY;
        }
        core.view = core.view.migrating(slot, null).importing(slot, null);
        core.due(ClusterCore.HEALTH | ClusterCore.SAVE);
        return null;
    }

    /** CLUSTER SETSLOT slot NODE node. Nobody writes to the slot while this runs. */
    public String setOwner(int slot, String id) {
        if (core.self().isReplica()) {
            return MASTERS_ONLY;
        }
        String refusal = refuseMaster(id, "ERR Unknown node ");
        if (refusal != null) {
            return refusal;
        }
        String self = core.view.selfId();
        boolean wasMine = self.equals(core.view.ownerId(slot));
        boolean becomesMine = self.equals(id);
        boolean empty = core.context().keysIn(slot) == 0;
        if (wasMine && !becomesMine && !empty) {
            return "ERR Can't assign hashslot "
                    + slot
                    + " to a different node while I still hold keys for this hash slot.";
        }
        if (empty && core.view.migrating().containsKey(slot)) {
            core.view = core.view.migrating(slot, null);
        }
        core.assign(SlotSet.of(slot), id);
        if (wasMine
                && !becomesMine
                && core.self().slots().isEmpty()
                && core.settings().replicaMigration()) {
            allegiance.followChanged(id);
        }
        if (becomesMine && core.view.importing().containsKey(slot)) {
            if (claims.bumpEpoch()) {
                core.note(Level.NOTICE, "configEpoch updated after importing slot " + slot);
            }
            core.view = core.view.importing(slot, null);
            courier.announce();
        }
        // Without a new epoch nobody else could have the slot if this node forgot that it took it.
        core.due(ClusterCore.HEALTH | ClusterCore.SAVE | (becomesMine ? ClusterCore.DURABLE : 0));
        return null;
    }

    /** Slots whose keys are all here become this node's, whoever had them; in a new epoch. */
    public String take(SlotSet slots) {
        if (core.self().isReplica()) {
            return MASTERS_ONLY;
        }
        core.assign(slots, core.view.selfId());
        claims.bumpEpoch();
        core.note(Level.NOTICE, "Slots " + slots + " were given to this node.");
        courier.announce();
        core.due(ClusterCore.HEALTH | ClusterCore.SAVE | ClusterCore.DURABLE);
        return null;
    }

    // --- start -----------------------------------------------------------------------------------

    /**
     * The data is loaded: slots that hold keys and are nobody's are this node's, and those of
     * others are on their way here, so that somebody looks after them.
     *
     * @param except slots whose keys are being removed
     */
    public void agreeWithData(SlotSet except) {
        if (core.self().isReplica()) {
            return;
        }
        for (int slot = 0; slot < SlotSet.SLOTS; slot++) {
            String owner = core.view.ownerId(slot);
            if (core.context().keysIn(slot) == 0
                    || except.contains(slot)
                    || core.view.selfId().equals(owner)
                    || core.view.importing().containsKey(slot)) {
                continue;
            }
            if (owner == null) {
                core.note(
                        Level.NOTICE,
                        "I have keys for unassigned slot "
                                + slot
                                + ". Taking responsibility for it.");
                core.assign(SlotSet.of(slot), core.view.selfId());
            } else {
                core.note(
                        Level.NOTICE,
                        "I have keys for slot "
                                + slot
                                + ", but the slot is assigned to another node. Setting it to"
                                + " importing state.");
                core.view = core.view.importing(slot, owner);
            }
            core.due(ClusterCore.SAVE | ClusterCore.DURABLE);
        }
    }

    /** CLUSTER SAVECONFIG. */
    public void save() {
        core.due(ClusterCore.SAVE | ClusterCore.DURABLE);
    }
}
