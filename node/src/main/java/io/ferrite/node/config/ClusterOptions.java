package io.ferrite.node.config;

import static io.ferrite.node.config.Row.row;

import io.ferrite.node.config.Choices.EndpointType;
import java.util.List;

/** Parameters of cluster mode. */
public final class ClusterOptions {
    private static final int INT_MAX = Integer.MAX_VALUE;
    private static final long MAX = Long.MAX_VALUE;

    public static final FlagOption CLUSTER_ENABLED =
            cluster("cluster-enabled", "be a node of a cluster").immutable().flag(false);
    public static final TextOption CLUSTER_CONFIG_FILE =
            cluster("cluster-config-file", "file in which a node keeps its view of the cluster")
                    .immutable()
                    .text("nodes.conf");
    public static final NumberOption CLUSTER_NODE_TIMEOUT =
            cluster("cluster-node-timeout", "milliseconds of silence until a node seems to fail")
                    .number(0, MAX, 15000);
    public static final NumberOption CLUSTER_PING_INTERVAL =
            cluster("cluster-ping-interval", "milliseconds between pings on the bus, for tests")
                    .hidden()
                    .number(0, MAX, 0);
    public static final NumberOption CLUSTER_PORT =
            cluster("cluster-port", "port of the bus; 0 for the client port + 10000")
                    .immutable()
                    .number(0, 65535, 0);
    public static final NumberOption CLUSTER_REPLICA_VALIDITY_FACTOR =
            cluster("cluster-replica-validity-factor", "how stale a follower may be to take over")
                    .alias("cluster-slave-validity-factor")
                    .number(0, INT_MAX, 10);
    public static final NumberOption CLUSTER_MIGRATION_BARRIER =
            cluster("cluster-migration-barrier", "followers a leader keeps before one moves away")
                    .number(0, INT_MAX, 1);
    public static final FlagOption CLUSTER_ALLOW_REPLICA_MIGRATION =
            cluster("cluster-allow-replica-migration", "let followers move to bare leaders")
                    .flag(true);
    public static final FlagOption CLUSTER_REQUIRE_FULL_COVERAGE =
            cluster("cluster-require-full-coverage", "serve only while every slot is served")
                    .flag(true);
    public static final FlagOption CLUSTER_REPLICA_NO_FAILOVER =
            cluster("cluster-replica-no-failover", "never take over by itself")
                    .alias("cluster-slave-no-failover")
                    .flag(false);
    public static final FlagOption CLUSTER_ALLOW_READS_WHEN_DOWN =
            cluster("cluster-allow-reads-when-down", "answer reads while the cluster is down")
                    .flag(false);
    public static final FlagOption CLUSTER_ALLOW_PUBSUBSHARD_WHEN_DOWN =
            cluster("cluster-allow-pubsubshard-when-down", "serve shard channels while it is down")
                    .flag(true);
    public static final NumberOption CLUSTER_LINK_SENDBUF_LIMIT =
            cluster("cluster-link-sendbuf-limit", "most unsent bytes of a bus link; 0: no limit")
                    .hugeMemory(0);
    public static final TextOption CLUSTER_ANNOUNCE_IP =
            cluster("cluster-announce-ip", "address told to the cluster").optionalText();
    public static final TextOption CLUSTER_ANNOUNCE_HOSTNAME =
            cluster("cluster-announce-hostname", "host name told to the cluster")
                    .check(Validity::hostName)
                    .optionalText();
    public static final TextOption CLUSTER_ANNOUNCE_HUMAN_NODENAME =
            cluster("cluster-announce-human-nodename", "name of the node in logs")
                    .check(Validity::nodeName)
                    .optionalText();
    public static final NumberOption CLUSTER_ANNOUNCE_PORT =
            cluster("cluster-announce-port", "port told to the cluster").number(0, 65535, 0);
    public static final NumberOption CLUSTER_ANNOUNCE_TLS_PORT =
            cluster("cluster-announce-tls-port", "TLS port told to the cluster")
                    .number(0, 65535, 0);
    public static final NumberOption CLUSTER_ANNOUNCE_BUS_PORT =
            cluster("cluster-announce-bus-port", "bus port told to the cluster")
                    .number(0, 65535, 0);
    public static final ChoiceOption<EndpointType> CLUSTER_PREFERRED_ENDPOINT_TYPE =
            cluster("cluster-preferred-endpoint-type", "what redirections name")
                    .choice(EndpointType.IP);

    public static final NumberOption CLUSTER_DATABASES =
            cluster("cluster-databases", "databases of a node of a cluster")
                    .immutable()
                    .number(1, INT_MAX, 1);

    public static final FlagOption CLUSTER_SLOT_STATS_ENABLED =
            cluster("cluster-slot-stats-enabled", "count what the commands of each slot cost")
                    .flag(false);

    public static final NumberOption CLUSTER_SLOT_MIGRATION_HANDOFF_MAX_LAG_BYTES =
            cluster(
                            "cluster-slot-migration-handoff-max-lag-bytes",
                            "bytes that may be left when slots that move are frozen")
                    .memory(1, MAX, 256 << 10);
    public static final NumberOption CLUSTER_SLOT_MIGRATION_WRITE_PAUSE_TIMEOUT =
            cluster(
                            "cluster-slot-migration-write-pause-timeout",
                            "milliseconds that the rest may take while slots are frozen")
                    .number(1, MAX, 100);

    public static final FlagOption CLUSTER_AUTO_REBALANCE =
            cluster("cluster-auto-rebalance", "share slots out among masters, by itself")
                    .flag(false);
    public static final NumberOption CLUSTER_AUTO_REBALANCE_THRESHOLD =
            cluster(
                            "cluster-auto-rebalance-threshold",
                            "percent that a master may be away from its part")
                    .number(1, 100, 5);
    public static final NumberOption CLUSTER_AUTO_REBALANCE_MAX_SLOTS =
            cluster("cluster-auto-rebalance-max-slots", "slots that go in one move")
                    .number(1, 16384, 128);
    public static final NumberOption CLUSTER_AUTO_REBALANCE_DELAY =
            cluster(
                            "cluster-auto-rebalance-delay",
                            "seconds that the masters are the same before slots move")
                    .number(1, INT_MAX, 30);
    public static final NumberOption CLUSTER_AUTO_REBALANCE_LOAD =
            cluster(
                            "cluster-auto-rebalance-load",
                            "percent of a slot's weight that is its load, not its being there")
                    .number(0, 100, 0);

    private ClusterOptions() {}

    private static Row cluster(String name, String text) {
        return row(name, text);
    }

    static List<Option<?>> rows() {
        return List.of(
                CLUSTER_ENABLED,
                CLUSTER_CONFIG_FILE,
                CLUSTER_NODE_TIMEOUT,
                CLUSTER_PING_INTERVAL,
                CLUSTER_PORT,
                CLUSTER_REPLICA_VALIDITY_FACTOR,
                CLUSTER_MIGRATION_BARRIER,
                CLUSTER_ALLOW_REPLICA_MIGRATION,
                CLUSTER_REQUIRE_FULL_COVERAGE,
                CLUSTER_REPLICA_NO_FAILOVER,
                CLUSTER_ALLOW_READS_WHEN_DOWN,
                CLUSTER_ALLOW_PUBSUBSHARD_WHEN_DOWN,
                CLUSTER_LINK_SENDBUF_LIMIT,
                CLUSTER_ANNOUNCE_IP,
                CLUSTER_ANNOUNCE_HOSTNAME,
                CLUSTER_ANNOUNCE_HUMAN_NODENAME,
                CLUSTER_ANNOUNCE_PORT,
                CLUSTER_ANNOUNCE_TLS_PORT,
                CLUSTER_ANNOUNCE_BUS_PORT,
                CLUSTER_PREFERRED_ENDPOINT_TYPE,
                CLUSTER_DATABASES,
                CLUSTER_SLOT_STATS_ENABLED,
                CLUSTER_SLOT_MIGRATION_HANDOFF_MAX_LAG_BYTES,
                CLUSTER_SLOT_MIGRATION_WRITE_PAUSE_TIMEOUT,
                CLUSTER_AUTO_REBALANCE,
                CLUSTER_AUTO_REBALANCE_THRESHOLD,
                CLUSTER_AUTO_REBALANCE_MAX_SLOTS,
                CLUSTER_AUTO_REBALANCE_DELAY,
                CLUSTER_AUTO_REBALANCE_LOAD);
    }
}
