package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterReport;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Handler;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Session;
import io.ferrite.node.Node;
import io.ferrite.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.List;

/** What CLUSTER tells: nothing here changes anything, and nothing takes a stripe. */
final class ClusterQueries {

    private final Node node;
    private final Endpoints endpoints;

    ClusterQueries(Node node) {
        this.node = node;
        this.endpoints = new Endpoints(node);
    }

    void register(CommandTable.Builder table) {
        bind(table, "INFO", this::info);
        bind(table, "NODES", this::nodes);
        bind(table, "SLOTS", this::slots);
        bind(table, "SHARDS", this::shards);
        bind(table, "LINKS", this::links);
        bind(table, "REPLICAS", this::replicas);
        bind(table, "SLAVES", this::replicas);
        bind(table, "COUNT-FAILURE-REPORTS", this::countFailureReports);
        bind(table, "MYID", unit -> unit.reply().bulk(view().selfId()));
        bind(table, "MYSHARDID", unit -> unit.reply().bulk(view().self().shardId()));
        bind(table, "KEYSLOT", unit -> unit.reply().integer(unit.arg(2).slot()));
        bind(table, "HELP", ClusterHelp::help);
    }

    private void bind(CommandTable.Builder table, String name, Handler handler) {
        table.bind(
                "CLUSTER|" + name,
                LockPlan.NONE,
                unit -> {
                    ClusterCommands.requireCluster(node);
                    handler.run(unit);
                });
    }

    private ClusterView view() {
        return node.cluster().view();
    }

    private void info(ExecutionUnit unit) {
        String text = node.cluster().report(ClusterReport::info);
        String active = "cluster_slot_migration_active_tasks:" + node.slotMoves().active() + "\r\n";
        unit.reply().verbatim("txt", text + active + node.cluster().trimStats().lines());
    }

    private void nodes(ExecutionUnit unit) {
        boolean tls = endpoints.isTls(unit.session());
        String text = node.cluster().report(report -> report.nodes(tls));
        unit.reply().verbatim("txt", text);
    }

    private ClusterNode require(ExecutionUnit unit) {
        ClusterNode found = view().node(unit.arg(2).toString());
        if (found == null) {
            throw CommandError.of("ERR Unknown node " + unit.arg(2));
        }
        return found;
    }

    private void replicas(ExecutionUnit unit) {
        ClusterNode master = require(unit);
        if (master.isReplica()) {
            throw CommandError.of("ERR The specified node is not a master");
        }
        boolean tls = endpoints.isTls(unit.session());
        List<String> lines = node.cluster().report(report -> report.replicas(master.id(), tls));
        unit.reply().array(lines.size());
        lines.forEach(unit.reply()::bulk);
    }

    private void countFailureReports(ExecutionUnit unit) {
        String id = require(unit).id();
        unit.reply().integer(node.cluster().report(report -> report.failureReports(id)));
    }

    private void links(ExecutionUnit unit) {
        List<ClusterReport.Link> links = node.cluster().report(ClusterReport::links);
        ReplyWriter reply = unit.reply();
        reply.array(links.size());
        for (ClusterReport.Link link : links) {
            long pending = node.cluster().pendingBytes(link.number());
            reply.map(6);
            reply.bulk("direction");
            reply.bulk(link.inbound() ? "from" : "to");
            reply.bulk("node");
            reply.bulk(link.node());
            reply.bulk("create-time");
            reply.integer(link.createdMs());
            reply.bulk("events");
            reply.bulk((link.open() ? "r" : "") + (pending > 0 || !link.open() ? "w" : ""));
            reply.bulk("send-buffer-allocated");
            reply.integer(pending);
            reply.bulk("send-buffer-used");
            reply.integer(pending);
        }
    }

    // --- slots -----------------------------------------------------------------------------------

    /** A run of slots of one master. */
    private record Range(int first, int last, ClusterNode owner) {}

    private void slots(ExecutionUnit unit) {
        ClusterView view = view();
        List<Range> ranges = new ArrayList<>();
        for (ClusterNode owner : view.nodes()) {
            owner.slots().forEachRange((first, last) -> ranges.add(new Range(first, last, owner)));
        }
        ranges.sort((a, b) -> Integer.compare(a.first, b.first));
        ReplyWriter reply = unit.reply();
        reply.array(ranges.size());
        for (Range range : ranges) {
            List<ClusterNode> replicas = available(view.replicasOf(range.owner.id()));
            reply.array(3 + replicas.size());
            reply.integer(range.first);
            reply.integer(range.last);
            place(reply, range.owner, unit.session());
            for (ClusterNode replica : replicas) {
                place(reply, replica, unit.session());
            }
        }
    }

    /** Those that have not failed and hold data of their master's. */
    private List<ClusterNode> available(List<ClusterNode> replicas) {
        List<ClusterNode> available = new ArrayList<>();
        for (ClusterNode replica : replicas) {
            if (!replica.hasFailed() && offset(replica) != 0) {
                available.add(replica);
            }
        }
        return available;
    }

    private long offset(ClusterNode of) {
        return node.cluster().report(report -> report.offset(of));
    }

    private void place(ReplyWriter reply, ClusterNode of, Session session) {
        reply.array(4);
        boolean ip = false;
        boolean host = !of.hostName().isEmpty();
        switch (endpoints.type()) {
            case IP -> reply.bulk(of.endpoint().ip());
            case HOSTNAME -> {
                reply.bulk(host ? of.hostName() : "?");
                ip = true;
                host = false;
            }
            case UNKNOWN_ENDPOINT -> {
                reply.nil();
                ip = true;
            }
        }
        reply.integer(endpoints.port(of, session));
        reply.bulk(of.id());
        reply.map((ip ? 1 : 0) + (host ? 1 : 0));
        if (ip) {
            reply.bulk("ip");
            reply.bulk(of.endpoint().ip());
        }
        if (host) {
            reply.bulk("hostname");
            reply.bulk(of.hostName());
        }
    }

    // --- shards ----------------------------------------------------------------------------------

    private void shards(ExecutionUnit unit) {
        List<List<ClusterNode>> shards = node.cluster().report(ClusterReport::shards);
        ReplyWriter reply = unit.reply();
        reply.array(shards.size());
        for (List<ClusterNode> shard : shards) {
            reply.map(2);
            reply.bulk("slots");
            slotsOf(reply, shard);
            reply.bulk("nodes");
            reply.array(shard.size());
            for (ClusterNode of : shard) {
                details(reply, of);
            }
        }
    }

    private static void slotsOf(ReplyWriter reply, List<ClusterNode> shard) {
        SlotSet slots = SlotSet.EMPTY;
        for (ClusterNode of : shard) {
            slots = of.slots().isEmpty() ? slots : of.slots();
        }
        List<Integer> ends = new ArrayList<>();
        slots.forEachRange((first, last) -> {
            ends.add(first);
            ends.add(last);
        });
        reply.array(ends.size());
        ends.forEach(reply::integer);
    }

    private void details(ReplyWriter reply, ClusterNode of) {
        boolean port = of.endpoint().port() != 0;
        boolean tls = of.endpoint().tlsPort() != 0;
        boolean host = !of.hostName().isEmpty();
        long offset = offset(of);
        reply.map(6 + (port ? 1 : 0) + (tls ? 1 : 0) + (host ? 1 : 0));
        reply.bulk("id");
        reply.bulk(of.id());
        if (port) {
            reply.bulk("port");
            reply.integer(of.endpoint().port());
        }
        if (tls) {
            reply.bulk("tls-port");
            reply.integer(of.endpoint().tlsPort());
        }
        reply.bulk("ip");
        reply.bulk(of.endpoint().ip());
        reply.bulk("endpoint");
        reply.bulk(endpoints.preferred(of));
        if (host) {
            reply.bulk("hostname");
            reply.bulk(of.hostName());
        }
        reply.bulk("role");
        reply.bulk(of.isReplica() ? "replica" : "master");
        reply.bulk("replication-offset");
        reply.integer(offset);
        reply.bulk("health");
        reply.bulk(health(of, offset));
    }

    private static String health(ClusterNode of, long offset) {
        if (of.hasFailed()) {
            return "fail";
        }
        return of.isReplica() && offset == 0 ? "loading" : "online";
    }
}
