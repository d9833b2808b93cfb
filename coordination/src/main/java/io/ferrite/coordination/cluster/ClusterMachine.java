package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.ClusterEffect.Level;
import io.ferrite.coordination.cluster.bus.BusHeader;
import io.ferrite.coordination.cluster.bus.BusMessage;
import io.ferrite.coordination.cluster.bus.BusReader;
import io.ferrite.coordination.cluster.bus.MessageType;
import java.util.List;
import java.util.function.Function;

/**
 * One node's part in the cluster.
 *
 * <p>It has a state and answers every input with effects; it reads no clock, draws no chance of its
 * own, does no I/O. What it may ask comes with the input as {@link ClusterContext}. Same state,
 * input and context, same effects. One thread at a time; {@link #view} may be read by any once it
 * was handed over.
 *
 * <pre>
 *   tick, ten times a second ─┐
 *   link opened, closed ──────┤   ┌ Membership, FailureDetector, SlotClaims, Allegiance   every message
 *   message ──────────────────┼──▶┤ Election (replica), Ballot (master), HandOver         failover
 *   order of a client ────────┘   └ Health                                                serve or not
 *                                            │
 *                                            ▼
 *                    effects: persist first, then the rest in the order in which it was wanted
 * </pre>
 */
public final class ClusterMachine {

    /** How often {@link #tick} is to be called. */
    public static final long TICK_MS = 100;

    private static final int PING_TICKS = 10;
    private static final int PING_DRAWS = 5;

    private final ClusterCore core = new ClusterCore();
    private final Courier courier = new Courier(core);
    private final Health health = new Health(core);
    private final HandOver handOver = new HandOver(core, courier);
    private final Allegiance allegiance = new Allegiance(core, handOver);
    private final Election election = new Election(core, courier, handOver, health);
    private final FailureDetector failures = new FailureDetector(core, courier);
    private final Membership membership = new Membership(core, courier, failures);
    private final SlotClaims claims = new SlotClaims(core, courier, allegiance);
    private final Ballot ballot = new Ballot(core, courier);
    private final ClusterOrders orders =
            new ClusterOrders(core, courier, membership, claims, allegiance, handOver, election);
    private final ClusterReport report = new ClusterReport(core, courier, failures);

    private long ticks;

    private ClusterMachine() {}

    /** A node that was never in a cluster. */
    public static ClusterMachine fresh(ClusterContext at) {
        ClusterMachine machine = new ClusterMachine();
        machine.core.begin(at);
        ClusterNode self =
                ClusterNode.of(
                        machine.core.randomId(),
                        machine.core.randomId(),
                        NodeFlags.MYSELF | NodeFlags.MASTER);
        machine.core.view = ClusterView.alone(self);
        machine.core.peers.put(self.id(), new Peer(self.id(), at.nowMs()));
        machine.membership.refreshSelf();
        return machine;
    }

    /** A node as its file has it. */
    public static ClusterMachine restored(NodesFile.Contents contents, ClusterContext at) {
        ClusterMachine machine = new ClusterMachine();
        machine.core.begin(at);
        machine.core.view = contents.view();
        for (ClusterNode node : contents.view().nodes()) {
            Peer peer = new Peer(node.id(), at.nowMs());
            peer.pongReceivedMs = contents.answered().contains(node.id()) ? at.nowMs() : 0;
            peer.pingSentMs = contents.pinged().contains(node.id()) ? at.nowMs() : 0;
            peer.failedMs = node.hasFailed() ? at.nowMs() : 0;
            machine.core.peers.put(node.id(), peer);
        }
        machine.membership.refreshSelf();
        return machine;
    }

    /** The cluster as this node sees it now. */
    public ClusterView view() {
        return core.view;
    }

    /** The replies of the commands that ask. */
    public ClusterReport report() {
        return report;
    }

    // --- inputs ----------------------------------------------------------------------------------

    /** Carries out an order; its answer is in {@link Answered}. */
    public <T> Answered<T> order(ClusterContext at, Function<ClusterOrders, T> order) {
        core.begin(at);
        T answer = order.apply(orders);
        return new Answered<>(answer, finish());
    }

    /** What an order answered, and what is to be done. */
    public record Answered<T>(T answer, List<ClusterEffect> effects) {}

    /** Somebody connected; answers the link's number. */
    public long accepted(ClusterContext at, String remoteIp, String localIp) {
        core.begin(at);
        BusLink link = core.newLink(true);
        link.open = true;
        link.remoteIp = remoteIp;
        link.localIp = localIp;
        return link.number;
    }

    /** A link that was asked for is there. */
    public List<ClusterEffect> opened(
            ClusterContext at, long number, String remoteIp, String localIp) {
        core.begin(at);
        BusLink link = core.links.get(number);
        if (link == null) {
            core.effect(new ClusterEffect.Close(number));
            return finish();
        }
        link.open = true;
        link.remoteIp = remoteIp;
        link.localIp = localIp;
        Peer peer = link.peer;
        ClusterNode node = core.view.node(peer.id);
        long before = peer.pingSentMs;
        courier.gossip(link, node.has(NodeFlags.MEET) ? MessageType.MEET : MessageType.PING);
        // An older ping is still without an answer.
        peer.pingSentMs = before == 0 ? core.nowMs() : before;
        core.setFlags(node.id(), 0, NodeFlags.MEET);
        return finish();
    }

    /** A link is gone, or could not be made. */
    public List<ClusterEffect> closed(ClusterContext at, long number) {
        core.begin(at);
        BusLink link = core.links.get(number);
        if (link != null) {
            core.forget(link);
        }
        return finish();
    }

    /** Too much waits to be sent on a link. */
    public List<ClusterEffect> overflowed(ClusterContext at, long number, long bytes) {
        core.begin(at);
        BusLink link = core.links.get(number);
        if (link != null) {
            core.note(
                    Level.WARNING,
                    "Freeing cluster link("
                            + (link.inbound ? "from" : "to")
                            + " node "
                            + (link.peer == null ? "" : link.peer.id)
                            + ", used memory: "
                            + bytes
                            + ") due to exceeding send buffer memory limit.");
            core.close(link);
            core.stats.limitExceeded();
        }
        return finish();
    }

    /** Writes are held back, as {@link ClusterEffect.PauseWrites} asked, and none is under way. */
    public List<ClusterEffect> writesPaused(ClusterContext at) {
        core.begin(at);
        handOver.paused();
        return finish();
    }

    /** The time that {@link ClusterEffect.Wake} named has come. */
    public List<ClusterEffect> wake(ClusterContext at) {
        core.begin(at);
        core.due(ClusterCore.HANDOVER);
        return finish();
    }

    /** The settings have changed. */
    public List<ClusterEffect> configured(ClusterContext at, boolean addressTakenBack) {
        core.begin(at);
        if (addressTakenBack) {
            membership.forgetOwnAddress();
        }
        membership.refreshSelf();
        core.due(ClusterCore.HEALTH);
        return finish();
    }

    /** Sends a message of a client to the nodes of the shard, or to all. */
    public List<ClusterEffect> publish(
            ClusterContext at, boolean sharded, byte[] channel, byte[] message) {
        core.begin(at);
        BusMessage.Publish m = new BusMessage.Publish(courier.header(), sharded, channel, message);
        if (sharded) {
            String shard = core.self().shardId();
            for (ClusterNode node : core.view.nodes()) {
                if (node.shardId().equals(shard)
                        && !node.has(NodeFlags.MYSELF | NodeFlags.HANDSHAKE)) {
                    core.send(core.peer(node).link, m);
                }
            }
        } else {
            core.broadcast(m);
        }
        return finish();
    }

    /** A message, or what was to be one. */
    public List<ClusterEffect> received(ClusterContext at, long number, BusReader.Outcome outcome) {
        core.begin(at);
        BusLink link = core.links.get(number);
        if (link == null) {
            return finish();
        }
        switch (outcome) {
            case BusReader.Refused refused -> {
                if (refused.type() != null) {
                    core.stats.received(refused.type());
                }
                if (!refused.reason().isEmpty()) {
                    core.note(Level.WARNING, refused.reason());
                }
            }
            case BusReader.Read read -> {
                core.stats.received(read.message().type());
                read(link, read.message());
            }
        }
        return finish();
    }

    // --- messages --------------------------------------------------------------------------------

    private void read(BusLink link, BusMessage message) {
        BusHeader header = message.header();
        ClusterNode sender = membership.sender(link, header);
        if (sender != null && core.isSelf(sender)) {
            // A node that was told to meet itself; or another one with a copy of this one's file.
            if (message instanceof BusMessage.Gossip m) {
                readOwnGossip(link, m, sender);
            }
            return;
        }
        if (sender != null) {
            core.peer(sender).heardMs = core.nowMs();
            if (!sender.isInHandshake()) {
                readEpochs(sender, header);
                handOver.heard(sender, header);
            }
        }
        switch (message) {
            case BusMessage.Gossip m -> readGossip(link, m, sender);
            case BusMessage.Fail m -> failures.told(sender, m);
            case BusMessage.MfStart m -> handOver.asked(sender);
            default -> {
                if (sender != null) {
                    readFromMember(sender, message);
                }
            }
        }
    }

    private void readOwnGossip(BusLink link, BusMessage.Gossip m, ClusterNode self) {
        if (m.type() != MessageType.PONG) {
            courier.gossip(link, MessageType.PONG);
        }
        membership.identify(link, m, self);
    }

    private void readFromMember(ClusterNode sender, BusMessage message) {
        switch (message) {
            case BusMessage.Publish m -> core.effect(new ClusterEffect.Deliver(m));
            case BusMessage.AuthRequest m -> ballot.asked(core.view.node(sender.id()), m.header());
            case BusMessage.AuthAck m -> election.voted(core.view.node(sender.id()), m.header());
            case BusMessage.Update m -> claims.update(m);
            default -> {} // modules of ours do not talk over the bus
        }
    }

    private void readEpochs(ClusterNode sender, BusHeader header) {
        if (header.currentEpoch() > core.view.currentEpoch()) {
            core.view = core.view.withEpoch(header.currentEpoch());
        }
        // The epoch of a replica is its master's. Who was a master for us has slots in its own,
        // which
        // must not outrank the new master's claim: they change hands first, see SlotClaims.
        boolean follows = sender.isMaster() && header.masterId() != null;
        if (header.configEpoch() > sender.configEpoch() && !follows) {
            core.put(sender.withEpoch(header.configEpoch()));
            core.due(ClusterCore.SAVE | ClusterCore.DURABLE);
        }
        core.peer(sender).offset = header.offset();
    }

    private void readGossip(BusLink link, BusMessage.Gossip m, ClusterNode known) {
        if (m.type() != MessageType.PONG) {
            membership.answer(link, m, known);
        }
        if (!membership.identify(link, m, known)) {
            return;
        }
        String id = known == null ? null : known.id();
        if (id != null) {
            int may = m.header().flags() & NodeFlags.NOFAILOVER;
            core.setFlags(id, may, NodeFlags.NOFAILOVER & ~may);
            if (m.type() == MessageType.PING
                    && !known.isInHandshake()
                    && membership.updateAddress(core.view.node(id), link, m.header())) {
                core.due(ClusterCore.SAVE | ClusterCore.HEALTH);
            }
        }
        if (!link.inbound && link.peer != null && m.type() == MessageType.PONG) {
            failures.answered(link.peer);
        }
        if (id != null) {
            claims.read(link, id, m.header());
            membership.gossip(core.view.node(id), m);
            membership.extensions(id, m.extensions());
        }
    }

    // --- time ------------------------------------------------------------------------------------

    /** Time goes on: reconnects, pings, suspects. */
    public List<ClusterEffect> tick(ClusterContext at) {
        core.begin(at);
        ticks++;
        membership.refreshSelf();
        for (ClusterNode node : core.view.nodes()) {
            if (!node.has(NodeFlags.MYSELF | NodeFlags.NOADDR)) {
                connect(node);
            }
        }
        if (ticks % PING_TICKS == 0) {
            pingOldest();
        }
        for (ClusterNode node : core.view.nodes()) {
            if (!node.has(NodeFlags.MYSELF | NodeFlags.NOADDR | NodeFlags.HANDSHAKE)) {
                watch(node);
            }
        }
        ClusterNode self = core.self();
        ClusterNode master = core.view.node(self.masterId());
        if (self.isReplica()
                && !at.follows()
                && master != null
                && !master.has(NodeFlags.NOADDR)
                && !master.endpoint().ip().isEmpty()) {
            core.effect(new ClusterEffect.Follow(master.endpoint().ip(), master.endpoint().port()));
        }
        handOver.tick();
        core.due(ClusterCore.HANDOVER);
        allegiance.considerMigration();
        if (core.self().isMaster() || !core.view.isOk()) {
            core.due(ClusterCore.HEALTH); // silence is seen by looking only
        }
        return finish();
    }

    private void connect(ClusterNode node) {
        Peer peer = core.peer(node);
        if (node.isInHandshake() && core.nowMs() - peer.createdMs > core.settings().handshakeMs()) {
            core.delete(node.id());
            return;
        }
        if (peer.link == null) {
            BusLink link = core.newLink(false);
            link.peer = peer;
            peer.link = link;
            // Who can't even be connected to does not answer from now on.
            peer.pingSentMs = peer.pingSentMs == 0 ? core.nowMs() : peer.pingSentMs;
            core.effect(
                    new ClusterEffect.Connect(
                            link.number, node.endpoint().ip(), node.endpoint().busPort()));
        }
    }

    /** Pings, of a few drawn by chance, the one not heard of for longest. */
    private void pingOldest() {
        Peer oldest = null;
        for (int i = 0; i < PING_DRAWS; i++) {
            ClusterNode node = courier.drawNode();
            Peer peer = core.peer(node);
            if (peer.isLinked()
                    && peer.pingSentMs == 0
                    && !node.has(NodeFlags.MYSELF | NodeFlags.HANDSHAKE)
                    && (oldest == null || oldest.pongReceivedMs > peer.pongReceivedMs)) {
                oldest = peer;
            }
        }
        if (oldest != null) {
            courier.gossip(oldest.link, MessageType.PING);
        }
    }

    private void watch(ClusterNode node) {
        Peer peer = core.peer(node);
        long now = core.nowMs();
        long timeout = core.settings().nodeTimeoutMs();
        long unanswered = now - peer.pingSentMs;
        long silent = now - peer.heardMs;
        if (peer.link != null
                && now - peer.link.createdMs > timeout
                && peer.pingSentMs != 0
                && unanswered > timeout / 2
                && silent > timeout / 2) {
            core.close(peer.link); // perhaps only the connection is broken
        }
        if (peer.isLinked()
                && peer.pingSentMs == 0
                && now - peer.pongReceivedMs > core.settings().longestPingPause()) {
            courier.gossip(peer.link, MessageType.PING);
        } else if (peer.isLinked() && node.id().equals(handOver.replica())) {
            courier.gossip(peer.link, MessageType.PING);
        } else if (peer.pingSentMs != 0 && Math.min(unanswered, silent) > timeout) {
            failures.suspect(core.view.node(node.id()));
        }
    }

    // --- the end of a step -----------------------------------------------------------------------

    private List<ClusterEffect> finish() {
        int all = 0;
        for (int due = core.takeDue(); due != 0; due = core.takeDue()) {
            all |= due;
            if ((due & ClusterCore.HANDOVER) != 0) {
                handOver.proceed();
            }
            if ((due & (ClusterCore.ELECTION | ClusterCore.HANDOVER)) != 0) {
                election.proceed();
            }
            if ((due & ClusterCore.HEALTH) != 0) {
                health.update();
            }
        }
        List<ClusterEffect> effects = core.effects();
        if ((all & (ClusterCore.SAVE | ClusterCore.DURABLE)) != 0) {
            int at = core.rules().savesFirst() ? 0 : effects.size();
            effects.add(at, new ClusterEffect.Persist((all & ClusterCore.DURABLE) != 0));
        }
        return effects;
    }
}
