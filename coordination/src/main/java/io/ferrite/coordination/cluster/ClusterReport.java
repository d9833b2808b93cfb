package io.ferrite.coordination.cluster;

import io.ferrite.coordination.cluster.bus.MessageType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What clients and the file are told of the cluster. On the machine's thread. */
public final class ClusterReport {

    private final ClusterCore core;
    private final Courier courier;
    private final FailureDetector failures;

    ClusterReport(ClusterCore core, Courier courier, FailureDetector failures) {
        this.core = core;
        this.courier = courier;
        this.failures = failures;
    }

    /** The text of nodes.conf. */
    public String file() {
        return NodesFile.write(core, courier);
    }

    /** CLUSTER NODES. */
    public String nodes(boolean tls) {
        StringBuilder text = new StringBuilder();
        for (ClusterNode node : core.view.nodes()) {
            NodesFile.line(text, core, courier, node, form(tls));
        }
        return text.toString();
    }

    private static NodesFile.Form form(boolean tls) {
        return tls ? NodesFile.Form.TLS_CLIENT : NodesFile.Form.CLIENT;
    }

    /** CLUSTER REPLICAS: a line for each. */
    public List<String> replicas(String masterId, boolean tls) {
        List<String> lines = new ArrayList<>();
        for (ClusterNode node : core.view.replicasOf(masterId)) {
            StringBuilder line = new StringBuilder();
            NodesFile.line(line, core, courier, node, form(tls));
            lines.add(line.substring(0, line.length() - 1));
        }
        return lines;
    }

    /** CLUSTER COUNT-FAILURE-REPORTS. */
    public int failureReports(String id) {
        return failures.reports(core.peer(id));
    }

    /** How far a node's data is in its replication stream. */
    public long offset(ClusterNode node) {
        return core.isSelf(node) ? core.context().replicationOffset() : core.peer(node).offset;
    }

    /** The nodes of each shard, its master first; shards in the order of their first slot. */
    public List<List<ClusterNode>> shards() {
        Map<String, List<ClusterNode>> shards = new LinkedHashMap<>();
        for (ClusterNode node : core.view.nodes()) {
            if (!node.isInHandshake()) {
                shards.computeIfAbsent(node.shardId(), id -> new ArrayList<>()).add(node);
            }
        }
        List<List<ClusterNode>> sorted = new ArrayList<>(shards.values());
        for (List<ClusterNode> nodes : sorted) {
            nodes.sort(Comparator.comparing(ClusterNode::isReplica).thenComparing(ClusterNode::id));
        }
        sorted.sort(Comparator.comparingInt(nodes -> nodes.getFirst().slots().next(0) & 0xFFFF));
        return sorted;
    }

    /** CLUSTER LINKS. */
    public List<Link> links() {
        List<Link> links = new ArrayList<>();
        for (ClusterNode node : core.view.nodes()) {
            Peer peer = core.peer(node);
            for (BusLink link : new BusLink[] {peer.link, peer.inbound}) {
                if (link != null) {
                    links.add(
                            new Link(
                                    link.number,
                                    link.inbound,
                                    node.id(),
                                    courier.wall(link.createdMs),
                                    link.open));
                }
            }
        }
        return links;
    }

    /** A connection with a node whose id is known. */
    public record Link(long number, boolean inbound, String node, long createdMs, boolean open) {}

    /** The number of the link to a node, or -1: for tests that break it. */
    public List<Long> linksOf(String id, boolean to, boolean from) {
        List<Long> numbers = new ArrayList<>();
        Peer peer = core.peer(id);
        if (to && peer.link != null) {
            numbers.add(peer.link.number);
        }
        if (from && peer.inbound != null) {
            numbers.add(peer.inbound.number);
        }
        return numbers;
    }

    /** CLUSTER INFO. */
    public String info() {
        int assigned = 0;
        int fail = 0;
        int pfail = 0;
        for (ClusterNode node : core.view.nodes()) {
            int slots = node.slots().size();
            assigned += slots;
            fail += node.hasFailed() ? slots : 0;
            pfail += !node.hasFailed() && node.has(NodeFlags.PFAIL) ? slots : 0;
        }
        ClusterNode self = core.self();
        ClusterNode master = core.view.node(self.masterId());
        long epoch = self.isReplica() && master != null ? master.configEpoch() : self.configEpoch();
        StringBuilder text = new StringBuilder();
        line(text, "cluster_state", core.view.isOk() ? "ok" : "fail");
        line(text, "cluster_slots_assigned", assigned);
        line(text, "cluster_slots_ok", assigned - fail - pfail);
        line(text, "cluster_slots_pfail", pfail);
        line(text, "cluster_slots_fail", fail);
        line(text, "cluster_known_nodes", core.view.nodeCount());
        line(text, "cluster_size", core.view.size());
        line(text, "cluster_current_epoch", Long.toUnsignedString(core.view.currentEpoch()));
        line(text, "cluster_my_epoch", Long.toUnsignedString(epoch));
        messages(text, "sent");
        messages(text, "received");
        line(text, "total_cluster_links_buffer_limit_exceeded", core.stats.limitsExceeded());
        return text.toString();
    }

    private void messages(StringBuilder text, String way) {
        long all = 0;
        for (MessageType type : MessageType.values()) {
            long count = way.equals("sent") ? core.stats.sentOf(type) : core.stats.receivedOf(type);
            if (count > 0) {
                line(text, "cluster_stats_messages_" + type.text() + "_" + way, count);
            }
            all += count;
        }
        line(text, "cluster_stats_messages_" + way, all);
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(name).append(':').append(value).append("\r\n");
    }
}
