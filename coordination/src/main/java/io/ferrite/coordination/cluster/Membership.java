package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.ClusterEffect.Level;
import io.ferrite.coordination.cluster.bus.BusHeader;
import io.ferrite.coordination.cluster.bus.BusMessage;
import io.ferrite.coordination.cluster.bus.Endpoint;
import io.ferrite.coordination.cluster.bus.Extensions;
import io.ferrite.coordination.cluster.bus.GossipEntry;
import io.ferrite.coordination.cluster.bus.MessageType;

/**
 * Who is in the cluster, and where.
 *
 * <pre>
 *   MEET order, or a MEET of a stranger ──▶ in handshake, under a made-up id, for the timeout at most
 *   in handshake, PONG ───────────────────▶ a member, by the id that the PONG tells
 *   mentioned by a member ────────────────▶ a member, unless it was forgotten in the last minute
 *   another id answers at its address ────▶ without address: never asked again where it was
 * </pre>
 *
 * A stranger who sends anything but a MEET gets an answer and changes nothing: clusters that come
 * upon each other by an address used twice stay apart.
 */
final class Membership {

    private static final int HANDSHAKES_MAX = 2048;

    private final ClusterCore core;
    private final Courier courier;
    private final FailureDetector failures;

    Membership(ClusterCore core, Courier courier, FailureDetector failures) {
        this.core = core;
        this.courier = courier;
        this.failures = failures;
    }

    // --- this node -------------------------------------------------------------------------------

    /** Takes over what the settings say of this node. */
    void refreshSelf() {
        ClusterSettings settings = core.settings();
        ClusterNode self = core.self();
        Endpoint announced = settings.announced();
        String ip = announced.ip().isEmpty() ? self.endpoint().ip() : announced.ip();
        ClusterNode next = self;
        if (!announced.withIp(ip).equals(self.endpoint())) {
            next = next.withEndpoint(announced.withIp(ip));
        }
        if (!settings.hostName().equals(self.hostName())
                || !settings.nodeName().equals(self.nodeName())) {
            next = next.withNames(settings.hostName(), settings.nodeName());
            core.due(ClusterCore.SAVE);
        }
        int may = settings.noFailover() ? NodeFlags.NOFAILOVER : 0;
        if ((next.flags() & NodeFlags.NOFAILOVER) != may) {
            next = next.withFlags(may, NodeFlags.NOFAILOVER & ~may);
            core.due(ClusterCore.SAVE | ClusterCore.HEALTH);
        }
        if (next != self) {
            core.put(next);
        }
    }

    /** cluster-announce-ip was taken back: the address is to be found out again. */
    void forgetOwnAddress() {
        ClusterNode self = core.self();
        core.put(self.withEndpoint(self.endpoint().withIp("")));
    }

    /** The address that others reach this node by, as the socket that they used tells. */
    private void learnOwnAddress(BusLink link, MessageType type) {
        ClusterNode self = core.self();
        boolean unknown = self.endpoint().ip().isEmpty();
        if (type != MessageType.MEET && !unknown
                || !core.settings().announced().ip().isEmpty()
                || link.localIp.isEmpty()
                || link.localIp.equals(self.endpoint().ip())) {
            return;
        }
        core.put(self.withEndpoint(self.endpoint().withIp(link.localIp)));
        core.note(Level.NOTICE, "IP address for this node updated to " + link.localIp);
        core.due(ClusterCore.SAVE);
    }

    // --- handshakes ------------------------------------------------------------------------------

    /** Begins a handshake with somebody, unless there is one with that address. */
    void meet(Endpoint endpoint, int flags) {
        int handshakes = 0;
        for (ClusterNode node : core.view.nodes()) {
            if (node.isInHandshake()) {
                handshakes++;
                if (node.endpoint().sameAs(endpoint)) {
                    return;
                }
            }
        }
        if (handshakes < HANDSHAKES_MAX) {
            core.add(
                    ClusterNode.of(core.randomId(), core.randomId(), flags).withEndpoint(endpoint));
        }
    }

    /** The sender of a message, null for a stranger; an inbound link gets its node. */
    ClusterNode sender(BusLink link, BusHeader header) {
        if (link.peer != null) {
            ClusterNode known = core.view.node(link.peer.id);
            if (!known.isInHandshake() && core.rules().isIt(known.id(), header.sender())) {
                return known;
            }
        }
        ClusterNode sender = core.view.node(header.sender());
        if (sender != null && link.peer == null && link.inbound) {
            Peer peer = core.peer(sender);
            if (peer.inbound != null) {
                core.close(peer.inbound); // it has connected again before we noticed
            }
            peer.inbound = link;
            link.peer = peer;
        }
        return sender;
    }

    /** A PING or MEET: answers it, whoever sent it. */
    void answer(BusLink link, BusMessage.Gossip m, ClusterNode sender) {
        learnOwnAddress(link, m.type());
        if (sender == null && m.type() == MessageType.MEET) {
            String ip = senderIp(link, m.header());
            if (!ip.isEmpty()) {
                meet(m.header().endpoint().withIp(ip), NodeFlags.HANDSHAKE);
                core.due(ClusterCore.SAVE);
            }
            // Who says MEET is trusted.
            gossip(null, m);
        }
        courier.gossip(link, MessageType.PONG);
    }

    private static String senderIp(BusLink link, BusHeader header) {
        String announced = header.endpoint().ip();
        return announced.isEmpty() ? link.remoteIp : announced;
    }

    /**
     * What a message on an outgoing link tells about its node.
     *
     * @return false when the link is gone
     */
    boolean identify(BusLink link, BusMessage.Gossip m, ClusterNode sender) {
        if (link.inbound) {
            return true;
        }
        ClusterNode node = core.view.node(link.peer.id);
        BusHeader header = m.header();
        if (node.isInHandshake()) {
            if (sender != null) {
                core.note(
                        Level.VERBOSE,
                        "Handshake: we already know node "
                                + ClusterCore.named(sender)
                                + ", updating the address if needed.");
                if (!core.isSelf(sender) && updateAddress(sender, link, header)) {
                    core.due(ClusterCore.SAVE | ClusterCore.HEALTH);
                }
                core.delete(node.id());
                return false;
            }
            complete(link, node, header);
        } else if (!core.rules().isIt(node.id(), header.sender())) {
            core.note(
                    Level.DEBUG,
                    "PONG contains mismatching sender ID. About node "
                            + node.id()
                            + " added "
                            + (core.nowMs() - link.peer.createdMs)
                            + " ms ago, having flags "
                            + node.flags());
            core.put(node.withEndpoint(Endpoint.NONE).withFlags(NodeFlags.NOADDR, 0));
            core.close(link);
            core.due(ClusterCore.SAVE);
            return false;
        }
        return true;
    }

    private void complete(BusLink link, ClusterNode node, BusHeader header) {
        core.rename(node.id(), header.sender());
        core.blacklist.remove(header.sender());
        core.setFlags(
                header.sender(),
                header.flags() & (NodeFlags.MASTER | NodeFlags.REPLICA),
                NodeFlags.HANDSHAKE);
        core.note(Level.DEBUG, "Handshake with node " + header.sender() + " completed.");
        core.due(ClusterCore.SAVE);
    }

    // --- addresses -------------------------------------------------------------------------------

    /**
     * Takes over the address that a node says it has, or that it was seen to send from. True when
     * that is another than before.
     */
    boolean updateAddress(ClusterNode node, BusLink link, BusHeader header) {
        Peer peer = core.peer(node);
        if (link == peer.link) {
            return false; // it is reached where we thought
        }
        Endpoint now = header.endpoint().withIp(senderIp(link, header));
        if (now.ip().isEmpty() || now.equals(node.endpoint())) {
            return false;
        }
        core.put(node.withEndpoint(now).withFlags(0, NodeFlags.NOADDR));
        if (peer.link != null) {
            core.close(peer.link);
        }
        core.note(
                Level.NOTICE,
                "Address updated for node "
                        + ClusterCore.named(node)
                        + ", now "
                        + now.ip()
                        + ":"
                        + now.port());
        if (node.id().equals(core.self().masterId())) {
            core.effect(new ClusterEffect.Follow(now.ip(), now.port()));
        }
        return true;
    }

    // --- what others say of others ---------------------------------------------------------------

    /**
     * Reads what a message says of others.
     *
     * @param sender null for a stranger who was met just now
     */
    void gossip(ClusterNode sender, BusMessage.Gossip m) {
        for (GossipEntry entry : m.entries()) {
            ClusterNode node = core.view.node(entry.id());
            if (node == null) {
                adopt(sender, entry);
                continue;
            }
            Peer peer = core.peer(node);
            boolean fails = (entry.flags() & (NodeFlags.FAIL | NodeFlags.PFAIL)) != 0;
            if (sender != null && sender.isMaster() && !core.isSelf(node)) {
                failures.reported(node, sender, fails);
            }
            if (!fails && peer.pingSentMs == 0 && !failures.isReported(peer)) {
                heardBySomebody(peer, entry);
            }
            if ((node.isSuspect() || node.has(NodeFlags.NOADDR))
                    && !fails
                    && (entry.flags() & NodeFlags.NOADDR) == 0
                    && !entry.endpoint().ip().isEmpty()
                    && !node.endpoint().sameAs(entry.endpoint())) {
                // Somebody talks to it at another address.
                if (peer.link != null) {
                    core.close(peer.link);
                }
                ClusterNode latest = core.view.node(node.id());
                core.put(latest.withEndpoint(entry.endpoint()).withFlags(0, NodeFlags.NOADDR));
            }
        }
    }

    /** A node that is heard of for the first time. */
    private void adopt(ClusterNode sender, GossipEntry entry) {
        if (sender == null
                || (entry.flags() & (NodeFlags.NOADDR | NodeFlags.HANDSHAKE)) != 0
                || entry.endpoint().ip().isEmpty()
                || core.rules().keepsOut() && core.blacklist.contains(entry.id(), core.nowMs())) {
            return;
        }
        int flags =
                entry.flags()
                        & (NodeFlags.MASTER
                                | NodeFlags.REPLICA
                                | NodeFlags.PFAIL
                                | NodeFlags.FAIL
                                | NodeFlags.MIGRATE_TO
                                | NodeFlags.NOFAILOVER);
        core.add(ClusterNode.of(entry.id(), core.randomId(), flags).withEndpoint(entry.endpoint()));
        if ((flags & NodeFlags.FAIL) != 0) {
            core.peer(entry.id()).failedMs = core.nowMs();
        }
    }

    /** Somebody had an answer of it later than we: it need not be pinged so soon. */
    private void heardBySomebody(Peer peer, GossipEntry entry) {
        long wall = entry.pongReceived() * 1000;
        long ahead = wall - core.context().wallMs();
        long at = core.nowMs() + ahead;
        if (ahead <= 500 && at > peer.pongReceivedMs) {
            peer.pongReceivedMs = at;
        }
    }

    /** Reads what a member says besides. */
    void extensions(String senderId, Extensions said) {
        for (Extensions.Forgotten forgotten : said.forgotten()) {
            ClusterNode node = core.view.node(forgotten.id());
            boolean mine = node != null && node.id().equals(core.self().masterId());
            if (node != null && !core.isSelf(node) && !mine) {
                core.blacklist.add(node.id(), core.nowMs(), forgotten.seconds());
                core.delete(node.id());
                core.due(ClusterCore.HEALTH | ClusterCore.SAVE | ClusterCore.DURABLE);
            }
        }
        if (said.unknown() >= 0) {
            core.note(Level.WARNING, "Received unknown extension type " + said.unknown());
        }
        ClusterNode sender = core.view.node(senderId);
        if (sender == null) {
            return; // it says that it was forgotten itself
        }
        String host = said.hostName() == null ? "" : said.hostName();
        String name = said.nodeName() == null ? "" : said.nodeName();
        if (!host.equals(sender.hostName()) || !name.equals(sender.nodeName())) {
            core.put(sender.withNames(host, name));
            core.due(ClusterCore.SAVE);
        }
        // Who is older than shards has one all the same: that of its master.
        String shard =
                said.shardId() == null ? core.view.masterOf(sender).shardId() : said.shardId();
        core.setShard(core.view.node(senderId), shard);
    }
}
