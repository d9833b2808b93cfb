package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.ClusterEffect.Level;
import io.ferrite.coordination.cluster.bus.BusMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the parts of the machine share: the view, the peers, the links, and the step that is under
 * way.
 *
 * <p>A part does not perform anything: it changes the view, notes effects, and notes what is to be
 * looked at when the step is over ({@link #due}).
 */
final class ClusterCore {

    /** To be done when the step is over. */
    static final int SAVE = 1;

    /** ... and it must survive the machine. */
    static final int DURABLE = 1 << 1;

    static final int HEALTH = 1 << 2;
    static final int ELECTION = 1 << 3;
    static final int HANDOVER = 1 << 4;

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    ClusterView view;
    final Map<String, Peer> peers = new HashMap<>();
    final Map<Long, BusLink> links = new HashMap<>();
    final Blacklist blacklist = new Blacklist();
    final BusStats stats = new BusStats();

    private long lastLink;
    private ClusterContext context;
    private List<ClusterEffect> effects = new ArrayList<>();
    private int due;

    // --- the step --------------------------------------------------------------------------------

    void begin(ClusterContext at) {
        context = at;
        effects = new ArrayList<>();
        due = 0;
    }

    List<ClusterEffect> effects() {
        return effects;
    }

    ClusterContext context() {
        return context;
    }

    long nowMs() {
        return context.nowMs();
    }

    ClusterSettings settings() {
        return context.settings();
    }

    ClusterRules rules() {
        return context.rules();
    }

    void effect(ClusterEffect effect) {
        effects.add(effect);
    }

    void note(Level level, String text) {
        effects.add(new ClusterEffect.Note(level, text));
    }

    void due(int what) {
        due |= what;
    }

    /** What is due; it is not any more afterwards. */
    int takeDue() {
        int taken = due;
        due = 0;
        return taken;
    }

    /** Forty hexadecimal digits. */
    String randomId() {
        char[] id = new char[40];
        for (int i = 0; i < id.length; i += 8) {
            int bits = context.random().nextInt();
            for (int j = 0; j < 8; j++) {
                id[i + j] = HEX[bits >>> 4 * j & 15];
            }
        }
        return String.valueOf(id);
    }

    // --- nodes -----------------------------------------------------------------------------------

    ClusterNode self() {
        return view.self();
    }

    boolean isSelf(ClusterNode node) {
        return node.id().equals(view.selfId());
    }

    Peer peer(ClusterNode node) {
        return peers.get(node.id());
    }

    Peer peer(String id) {
        return peers.get(id);
    }

    /** The master of this node's data: itself, or the one it follows; null if that is not known. */
    ClusterNode myMaster() {
        ClusterNode self = self();
        return self.isMaster() ? self : view.node(self.masterId());
    }

    /** A new node; one by its id does not exist. */
    void add(ClusterNode node) {
        view = view.with(node);
        peers.put(node.id(), new Peer(node.id(), nowMs()));
    }

    void put(ClusterNode node) {
        view = view.with(node);
    }

    void setFlags(String id, int set, int cleared) {
        view = view.with(view.node(id).withFlags(set, cleared));
    }

    /** Forgets a node and all about it. */
    void delete(String id) {
        ClusterNode node = view.node(id);
        leaveMaster(node);
        dropChannels(node.slots());
        view = view.without(id);
        Peer peer = peers.remove(id);
        if (peer.link != null) {
            close(peer.link);
        }
        if (peer.inbound != null) {
            close(peer.inbound);
        }
        for (Peer other : peers.values()) {
            other.withdraw(id);
        }
    }

    /** A node gets the id that it was found to have. */
    void rename(String from, String to) {
        ClusterNode node = view.node(from);
        view = view.without(from).with(node.withId(to, node.shardId()));
        Peer peer = peers.remove(from);
        peer.id = to;
        peers.put(to, peer);
    }

    /** A node follows another from now on; who is left without replicas needs none. */
    void follow(String id, String masterId) {
        leaveMaster(view.node(id));
        view = view.with(view.node(id).withMaster(masterId));
        setFlags(masterId, NodeFlags.MIGRATE_TO, 0);
    }

    /** A node follows nobody any more. */
    void leaveMaster(ClusterNode node) {
        ClusterNode master = view.node(node.masterId());
        if (master == null) {
            return;
        }
        view = view.with(node.withMaster(null));
        if (view.replicasOf(master.id()).isEmpty()) {
            setFlags(master.id(), 0, NodeFlags.MIGRATE_TO);
        }
    }

    /** A node, until now a replica, is a master. */
    void becomeMaster(String id) {
        ClusterNode node = view.node(id);
        if (node.isMaster()) {
            return;
        }
        boolean followed = node.masterId() != null;
        leaveMaster(node);
        if (!isSelf(node)) {
            peer(node).leadsSinceMs = nowMs();
        }
        int more = followed && !isSelf(node) ? NodeFlags.MIGRATE_TO : 0;
        view =
                view.with(
                        view.node(id)
                                .withMaster(null)
                                .withFlags(NodeFlags.MASTER | more, NodeFlags.REPLICA));
        due(SAVE | HEALTH);
    }

    void setShard(ClusterNode node, String shardId) {
        if (!shardId.equals(node.shardId())) {
            put(node.withShard(shardId));
            due(SAVE);
        }
        ClusterNode self = self();
        if (node.id().equals(self.masterId()) && !shardId.equals(self.shardId())) {
            // Nodes of different versions tell each other different ones for a while.
            put(self.withShard(shardId));
            due(SAVE | DURABLE);
        }
    }

    // --- slots -----------------------------------------------------------------------------------

    /** Gives slots to a node, or to nobody where that is null. */
    void assign(SlotSet slots, String id) {
        if (slots.isEmpty()) {
            return;
        }
        dropChannels(slots);
        boolean first = id != null && view.node(id).slots().isEmpty();
        view = view.assign(slots, id);
        if (first && anyMasterHasReplicas()) {
            // Whoever begins to serve where masters have replicas is to have some as well.
            setFlags(id, NodeFlags.MIGRATE_TO, 0);
        }
    }

    private void dropChannels(SlotSet slots) {
        if (!slots.isEmpty()) {
            effects.add(new ClusterEffect.DropChannels(slots));
        }
    }

    private boolean anyMasterHasReplicas() {
        for (ClusterNode node : view.nodes()) {
            ClusterNode master = view.node(node.masterId());
            if (master != null && !master.isReplica()) {
                return true;
            }
        }
        return false;
    }

    // --- links -----------------------------------------------------------------------------------

    BusLink newLink(boolean inbound) {
        BusLink link = new BusLink(++lastLink, inbound, nowMs());
        links.put(link.number, link);
        return link;
    }

    void close(BusLink link) {
        forget(link);
        effects.add(new ClusterEffect.Close(link.number));
    }

    void forget(BusLink link) {
        links.remove(link.number);
        link.open = false;
        if (link.peer != null) {
            if (link.peer.link == link) {
                link.peer.link = null;
            } else if (link.peer.inbound == link) {
                link.peer.inbound = null;
            }
        }
    }

    /** Sends on a link if there is one that is open. */
    void send(BusLink link, BusMessage message) {
        if (link != null && link.open) {
            stats.sent(message.type());
            effects.add(new ClusterEffect.Send(link.number, message));
        }
    }

    /** Sends to every node whose id is known and that is connected. */
    void broadcast(BusMessage message) {
        for (ClusterNode node : view.nodes()) {
            if (!node.has(NodeFlags.MYSELF | NodeFlags.HANDSHAKE)) {
                send(peer(node).link, message);
            }
        }
    }

    /** A node as log lines name it. */
    static String named(ClusterNode node) {
        return node.id() + " (" + node.nodeName() + ")";
    }
}
