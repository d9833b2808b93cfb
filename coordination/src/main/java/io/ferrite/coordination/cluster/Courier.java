package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.bus.BusHeader;
import io.ferrite.coordination.cluster.bus.BusMessage;
import io.ferrite.coordination.cluster.bus.Extensions;
import io.ferrite.coordination.cluster.bus.GossipEntry;
import io.ferrite.coordination.cluster.bus.MessageType;
import java.util.ArrayList;
import java.util.List;

/**
 * Composes what this node says.
 *
 * <p>A message mentions a tenth of all nodes, three at least, drawn by chance, and all that do not
 * answer. Why a tenth: within twice the timeout a node sends to and hears from every master at
 * least eight times, so that each hears of every failing node from most masters.
 */
final class Courier {

    private static final int FEWEST = 3;

    private final ClusterCore core;

    /** Set while a replica has asked for a failover by hand and writes are held back. */
    private boolean paused;

    private long messages;

    Courier(ClusterCore core) {
        this.core = core;
    }

    void setPaused(boolean paused) {
        this.paused = paused;
    }

    /** What every message says now. */
    BusHeader header() {
        ClusterNode self = core.self();
        ClusterNode followed = self.isReplica() ? core.view.node(self.masterId()) : null;
        ClusterNode serving = followed == null ? self : followed;
        ClusterSettings settings = core.settings();
        return new BusHeader(
                core.view.currentEpoch(),
                serving.configEpoch(),
                core.context().replicationOffset(),
                self.id(),
                serving.slots(),
                self.masterId(),
                settings.announced(),
                self.flags(),
                core.view.isOk(),
                paused && self.isMaster() ? BusHeader.PAUSED : 0);
    }

    /** Sends a PING, PONG or MEET. */
    void gossip(BusLink link, MessageType type) {
        if (link == null || !link.open) {
            return;
        }
        if (!link.inbound && type == MessageType.PING) {
            link.peer.pingSentMs = core.nowMs();
        }
        core.send(link, new BusMessage.Gossip(type, header(), entries(), extensions()));
    }

    private List<GossipEntry> entries() {
        messages++;
        NodeTable nodes = core.view.table();
        int fresh = nodes.size() - 2;
        int wanted = Math.min(Math.max(nodes.size() / 10, FEWEST), fresh);
        List<GossipEntry> entries = new ArrayList<>(Math.max(wanted, 0) + 1);
        // Three draws a place: who was mentioned already, or may not be, is not drawn again.
        int draws = wanted * 3;
        while (fresh > 0 && entries.size() < wanted && draws-- > 0) {
            ClusterNode node = draw(nodes);
            if (node.has(NodeFlags.MYSELF | NodeFlags.PFAIL)) {
                continue;
            }
            Peer peer = core.peer(node);
            if (node.has(NodeFlags.HANDSHAKE | NodeFlags.NOADDR)
                    || peer.link == null && node.slots().isEmpty()) {
                fresh--;
                continue;
            }
            if (peer.mentioned != messages) {
                peer.mentioned = messages;
                fresh--;
                entries.add(entry(node, peer));
            }
        }
        for (ClusterNode node : nodes) {
            if (node.has(NodeFlags.PFAIL)
                    && !node.has(NodeFlags.HANDSHAKE | NodeFlags.NOADDR | NodeFlags.MYSELF)) {
                entries.add(entry(node, core.peer(node)));
            }
        }
        return entries;
    }

    private ClusterNode draw(NodeTable nodes) {
        ClusterNode node;
        do {
            node = nodes.at(core.context().random().nextInt(nodes.places()));
        } while (node == null);
        return node;
    }

    /** One of all nodes by chance, this one included. */
    ClusterNode drawNode() {
        return draw(core.view.table());
    }

    private GossipEntry entry(ClusterNode node, Peer peer) {
        return new GossipEntry(
                node.id(),
                seconds(peer.pingSentMs),
                seconds(peer.pongReceivedMs),
                node.endpoint(),
                node.flags());
    }

    private long seconds(long evenMs) {
        return evenMs == 0 ? 0 : wall(evenMs) / 1000;
    }

    /** A time of the even clock as one of the calendar. */
    long wall(long evenMs) {
        return evenMs == 0 ? 0 : core.context().wallMs() - (core.nowMs() - evenMs);
    }

    private Extensions extensions() {
        ClusterNode self = core.self();
        return new Extensions(
                self.hostName().isEmpty() ? null : self.hostName(),
                self.nodeName().isEmpty() ? null : self.nodeName(),
                core.blacklist.told(core.nowMs()),
                self.shardId(),
                -1);
    }

    /** Tells everybody, unasked, how things are. */
    void announce() {
        for (ClusterNode node : core.view.nodes()) {
            if (!node.has(NodeFlags.MYSELF | NodeFlags.HANDSHAKE)) {
                gossip(core.peer(node).link, MessageType.PONG);
            }
        }
    }

    /** Tells the other replicas of this node's master. */
    void announceToReplicas() {
        ClusterNode self = core.self();
        for (ClusterNode node : core.view.nodes()) {
            boolean sibling =
                    node.isReplica()
                            && node.masterId() != null
                            && (node.masterId().equals(self.id())
                                    || node.masterId().equals(self.masterId()));
            if (sibling && !node.has(NodeFlags.MYSELF | NodeFlags.HANDSHAKE)) {
                gossip(core.peer(node).link, MessageType.PONG);
            }
        }
    }

    /** Tells somebody what a node serves, but for what it says itself that it does not. */
    void update(BusLink link, ClusterNode about) {
        core.send(
                link,
                new BusMessage.Update(
                        header(),
                        about.id(),
                        about.configEpoch(),
                        about.slots().minus(core.view.unclaimed())));
    }
}
