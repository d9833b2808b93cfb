package io.ferrite.node.sentinel;

import io.ferrite.coordination.sentinel.Failover;
import io.ferrite.coordination.sentinel.Instance;
import io.ferrite.coordination.sentinel.Link;
import io.ferrite.coordination.sentinel.Master;
import io.ferrite.coordination.sentinel.Peer;
import io.ferrite.coordination.sentinel.Replica;
import io.ferrite.coordination.sentinel.Report;
import io.ferrite.coordination.sentinel.SentinelState;
import io.ferrite.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An instance as a map of names and texts; names, order and meaning are Redis'. */
final class InstanceReply {

    private final ReplyWriter reply;
    private final SentinelState state;
    private final long nowMs;
    private final Map<String, String> fields = new LinkedHashMap<>();

    InstanceReply(ReplyWriter reply, SentinelState state, long nowMs) {
        this.reply = reply;
        this.state = state;
        this.nowMs = nowMs;
    }

    void master(Master master) {
        List<String> flags = new ArrayList<>();
        flag(flags, master.self().down(), "s_down");
        flag(flags, master.objectivelyDown(), "o_down");
        flags.add("master");
        flag(flags, isDisconnected(master.self()), "disconnected");
        flag(flags, master.isFailingOver(), "failover_in_progress");
        flag(flags, master.failover().forced(), "force_failover");
        flag(flags, master.self().scriptKilled(), "script_kill_sent");
        flag(flags, master.rebootSinceMs() != 0, "master_reboot");
        flag(flags, master.self().identity().isForeign(), "foreign");
        begin(master.self(), flags);
        if (master.isFailingOver()) {
            put("failover-state", master.failover().label());
        }
        pings(master, master.self());
        if (master.self().down()) {
            put("s-down-time", nowMs - master.self().downSinceMs());
        }
        if (master.objectivelyDown()) {
            put("o-down-time", nowMs - master.objectivelyDownSinceMs());
        }
        put("down-after-milliseconds", master.settings().downAfterMs());
        report(master.report());
        put("config-epoch", master.configEpoch());
        put("num-slaves", master.replicas().size());
        put("num-other-sentinels", master.peers().size());
        put("quorum", master.settings().quorum());
        put("failover-timeout", master.settings().failoverTimeoutMs());
        put("parallel-syncs", master.settings().parallelSyncs());
        putIfAny("notification-script", master.settings().notificationScript());
        putIfAny("client-reconfig-script", master.settings().reconfigScript());
        putIfAny("webhook", master.settings().webhook());
        end();
    }

    void replica(Master master, Replica replica) {
        List<String> flags = new ArrayList<>();
        Failover failover = master.failover();
        flag(flags, replica.self().down(), "s_down");
        flags.add("slave");
        flag(flags, isDisconnected(replica.self()), "disconnected");
        flag(flags, failover.candidate().equals(replica.self().name()), "promoted");
        switch (replica.repoint()) {
            case NONE -> {}
            case HELD -> flags.add("held");
            case SENT -> flags.add("reconf_sent");
            case IN_PROGRESS -> flags.add("reconf_inprog");
            case DONE -> flags.add("reconf_done");
        }
        flag(flags, replica.self().scriptKilled(), "script_kill_sent");
        flag(flags, replica.self().identity().isForeign(), "foreign");
        begin(replica.self(), flags);
        pings(master, replica.self());
        common(master, replica.self());
        Report report = replica.report();
        report(report);
        put("master-link-down-time", report.linkDownMs());
        put("master-link-status", report.masterLinkUp() ? "ok" : "err");
        put("master-host", report.masterHost().isEmpty() ? "?" : report.masterHost());
        put("master-port", report.masterPort());
        put("slave-priority", report.priority());
        put("slave-repl-offset", report.offset());
        put("replica-announced", report.announced() ? 1 : 0);
        end();
    }

    void peer(Master master, Peer peer) {
        List<String> flags = new ArrayList<>();
        flag(flags, peer.self().down(), "s_down");
        flags.add("sentinel");
        flag(flags, isDisconnected(peer.self()), "disconnected");
        flag(flags, peer.saysDown(), "master_down");
        begin(peer.self(), flags);
        pings(master, peer.self());
        common(master, peer.self());
        put("last-hello-message", nowMs - peer.helloMs());
        put("voted-leader", peer.leader().isEmpty() ? "?" : peer.leader());
        put("voted-leader-epoch", peer.leaderEpoch());
        end();
    }

    private static void flag(List<String> flags, boolean is, String name) {
        if (is) {
            flags.add(name);
        }
    }

    private boolean isDisconnected(Instance instance) {
        return state.link(instance).isDisconnected(instance.isServer());
    }

    private void begin(Instance instance, List<String> flags) {
        put("name", instance.name());
        put("ip", instance.address().announced(state.global().announceHostnames()));
        put("port", instance.address().port());
        put("runid", instance.runId());
        put("flags", String.join(",", flags));
        put("link-pending-commands", state.link(instance).pending());
        put("link-refcount", state.sharers(instance.link()));
    }

    private void pings(Master master, Instance instance) {
        Link link = state.link(instance);
        put("last-ping-sent", link.unansweredMs() == 0 ? 0 : nowMs - link.unansweredMs());
        put("last-ok-ping-reply", nowMs - link.availableMs());
        put("last-ping-reply", nowMs - link.pongMs());
    }

    private void common(Master master, Instance instance) {
        if (instance.down()) {
            put("s-down-time", nowMs - instance.downSinceMs());
        }
        put("down-after-milliseconds", master.settings().downAfterMs());
    }

    private void report(Report report) {
        put("info-refresh", report.ageMs(nowMs));
        put("role-reported", report.role() == null ? "slave" : report.role().word());
        put("role-reported-time", nowMs - report.roleSinceMs());
    }

    private void put(String name, String value) {
        fields.put(name, value);
    }

    private void put(String name, long value) {
        put(name, Long.toString(value));
    }

    private void putIfAny(String name, String value) {
        if (!value.isEmpty()) {
            put(name, value);
        }
    }

    private void end() {
        reply.map(fields.size());
        fields.forEach((name, value) -> {
            reply.bulk(name);
            reply.bulk(value);
        });
        fields.clear();
    }
}
