package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.ClusterEffect;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.cluster.bus.BusMessage;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.Pause;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.node.config.LeaderAddress;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.log.LogLevel;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Performs what the machine wants done. On the cluster's loop; holds no policy. */
final class ClusterWork {

    private static final int SETTLE_MS = 1000;

    private final ClusterService service;
    private final Node node;
    private final Environment environment;
    private final NodesConf file;
    private final BusLinks links;
    private final SlotKeys keys;

    /** Whether somebody will look after what was saved in haste. */
    private boolean settling;

    ClusterWork(ClusterService service, Node node, NodesConf file, BusLinks links) {
        this.service = service;
        this.node = node;
        this.environment = node.environment();
        this.file = file;
        this.links = links;
        this.keys = new SlotKeys(node);
    }

    void deleteKeys(SlotSet slots, Runnable done) {
        keys.delete(slots, done);
    }

    long keysIn(SlotSet slots) {
        return keys.keysIn(slots);
    }

    TrimStats trimStats() {
        return keys.stats();
    }

    SlotSet keysLeft() {
        return keys.left();
    }

    void deleteKeysIn(ExecutionUnit unit, SlotSet slots) {
        keys.deleteIn(unit, slots);
    }

    void perform(ClusterEffect effect) {
        switch (effect) {
            case ClusterEffect.Connect c -> connect(c);
            case ClusterEffect.Close c -> links.close(c.link());
            case ClusterEffect.Send s ->
                    links.send(
                            s.link(),
                            s.message(),
                            node.settings().get(ClusterOptions.CLUSTER_LINK_SENDBUF_LIMIT));
            case ClusterEffect.Persist p -> persist(p.durable());
            case ClusterEffect.Follow f -> {
                node.slotMoves().follows();
                node.replication().follow(new LeaderAddress(f.ip(), port(f)), () -> {});
            }
            case ClusterEffect.Lead l -> node.replication().lead(service::led);
            case ClusterEffect.Flush f ->
                    environment.onLoop(0, () -> node.replication().emptyData());
            case ClusterEffect.DeleteKeys d ->
                    environment.onLoop(0, () -> keys.delete(d.slots(), () -> {}));
            case ClusterEffect.DropChannels d ->
                    node.engine().pubSub().dropShardChannels(slot -> d.slots().contains(slot));
            case ClusterEffect.Deliver d -> deliver(d.message());
            case ClusterEffect.PauseWrites p -> pauseWrites(p.forMs());
            case ClusterEffect.ResumeWrites r -> node.pause().end(Pause.Purpose.FAILOVER);
            case ClusterEffect.Wake w ->
                    environment.after(environment.loopApart(), w.afterMs(), service::woken);
            case ClusterEffect.Note n -> node.log().line(level(n.level()), n.text());
        }
    }

    private static LogLevel level(ClusterEffect.Level level) {
        return switch (level) {
            case DEBUG -> LogLevel.DEBUG;
            case VERBOSE -> LogLevel.VERBOSE;
            case NOTICE -> LogLevel.NOTICE;
            case WARNING -> LogLevel.WARNING;
        };
    }

    /** The port of a master for its replicas. */
    private int port(ClusterEffect.Follow f) {
        LeaderAddress known = service.leader();
        return known.host().equals(f.ip()) ? known.port() : f.port();
    }

    private void connect(ClusterEffect.Connect c) {
        int timeoutMs = Math.max(1000, node.settings().getInt(ClusterOptions.CLUSTER_NODE_TIMEOUT));
        links.connect(
                c.link(),
                c.ip(),
                c.port(),
                node.settings().get(NetworkOptions.BIND_SOURCE_ADDR),
                timeoutMs);
    }

    /** A vote or an epoch that can't be kept must not be given: the process ends, as Redis does. */
    private void persist(boolean durable) {
        String text = service.report(report -> report.file());
        try {
            file.write(text, durable);
        } catch (IOException e) {
            fail(e);
        }
        if (!settling && file.isLate()) {
            settling = true;
            environment.after(environment.loopApart(), SETTLE_MS, this::settle);
        }
    }

    private void fail(IOException e) {
        node.log().warning("Could not save the cluster's state: " + e.getMessage());
        node.log().warning("Fatal: can't update cluster config file.");
        node.shutdown().exitNow(1);
    }

    /** What was saved beside nodes.conf comes into it. */
    private void settle() {
        settling = false;
        if (file.isLate()) {
            try {
                file.settle(service.report(report -> report.file()));
            } catch (IOException e) {
                fail(e);
            }
        }
    }

    /** The process ends: what was saved beside nodes.conf comes into it before. */
    String beforeExit() {
        if (file.isLate()) {
            try {
                file.settle(service.report(report -> report.file()));
            } catch (IOException e) {
                node.log().warning("Could not save the cluster's state: " + e.getMessage());
            }
        }
        return null;
    }

    private void deliver(BusMessage.Publish message) {
        if (message.sharded()) {
            node.engine().pubSub().publishShard(message.channel(), message.message());
        } else {
            node.engine().pubSub().publish(message.channel(), message.message());
        }
    }

    /**
     * From here on no write is admitted; those admitted before are over when every event loop has
     * come by once more.
     */
    private void pauseWrites(long forMs) {
        long nowMs = environment.nowMs();
        node.pause().begin(Pause.Purpose.FAILOVER, nowMs, nowMs + forMs, false);
        AtomicInteger left = new AtomicInteger(environment.loops());
        for (int i = 0; i < environment.loops(); i++) {
            environment.onLoop(
                    i,
                    () -> {
                        if (left.decrementAndGet() == 0) {
                            environment.onLoop(environment.loopApart(), service::writesPaused);
                        }
                    });
        }
    }
}
