package io.ferrite.node.config;

import static io.ferrite.node.config.Row.row;

import io.ferrite.node.config.Choices.DisklessLoad;
import io.ferrite.node.config.Choices.PropagationErrorBehavior;
import java.util.List;

/** Parameters of leaders and followers. */
public final class ReplicationOptions {
    private static final int INT_MAX = Integer.MAX_VALUE;

    public static final ListOption<LeaderAddress> REPLICAOF =
            row("replicaof", "host and port of the leader to follow")
                    .alias("slaveof")
                    .immutable()
                    .mark(Option.Mark.MANY_WORDS)
                    .list(new LeaderAddress.Form());
    public static final TextOption MASTERAUTH =
            row("masterauth", "password to show to the leader")
                    .alias("primaryauth")
                    .mark(Option.Mark.SENSITIVE)
                    .optionalText();
    public static final TextOption MASTERUSER =
            row("masteruser", "user name to show to the leader")
                    .alias("primaryuser")
                    .mark(Option.Mark.SENSITIVE)
                    .optionalText();
    public static final FlagOption REPLICA_SERVE_STALE_DATA =
            row("replica-serve-stale-data", "answer reads while the leader is out of reach")
                    .alias("slave-serve-stale-data")
                    .flag(true);
    public static final FlagOption REPLICA_READ_ONLY =
            row("replica-read-only", "refuse writes of clients while following")
                    .alias("slave-read-only")
                    .flag(true);
    public static final FlagOption REPL_DISKLESS_SYNC =
            row("repl-diskless-sync", "send a full copy without writing a file first").flag(true);
    public static final NumberOption REPL_DISKLESS_SYNC_DELAY =
            row("repl-diskless-sync-delay", "seconds to wait for more followers before a full copy")
                    .number(0, INT_MAX, 5);
    public static final NumberOption REPL_DISKLESS_SYNC_MAX_REPLICAS =
            row("repl-diskless-sync-max-replicas", "followers for which nobody waits any longer")
                    .number(0, INT_MAX, 0);
    public static final ChoiceOption<DisklessLoad> REPL_DISKLESS_LOAD =
            row("repl-diskless-load", "load a full copy straight from the link")
                    .mark(Option.Mark.DENY_LOADING)
                    .choice(DisklessLoad.DISABLED);
    public static final FlagOption REPL_RDB_CHANNEL =
            row("repl-rdb-channel", "full copies by a connection of their own, beside the stream")
                    .flag(false);
    public static final NumberOption REPLICA_FULL_SYNC_BUFFER_LIMIT =
            row(
                            "replica-full-sync-buffer-limit",
                            "bytes of the stream held while such a copy is loaded; 0: as"
                                    + " client-output-buffer-limit replica")
                    .memory(0, Long.MAX_VALUE, 0);
    public static final FlagOption REPL_DISABLE_TCP_NODELAY =
            row("repl-disable-tcp-nodelay", "save packets to followers at the price of delay")
                    .flag(false);
    public static final NumberOption REPL_PING_REPLICA_PERIOD =
            row("repl-ping-replica-period", "seconds between pings to followers")
                    .alias("repl-ping-slave-period")
                    .number(1, INT_MAX, 10);
    public static final NumberOption REPL_TIMEOUT =
            row("repl-timeout", "seconds of silence after which a link counts as lost")
                    .number(1, INT_MAX, 60);
    public static final NumberOption REPL_BACKLOG_SIZE =
            row("repl-backlog-size", "bytes of the stream kept for partial resyncs")
                    .memory(1, Long.MAX_VALUE, 1L << 20);
    public static final NumberOption REPL_BACKLOG_DISK_SIZE =
            row(
                            "repl-backlog-disk-size",
                            "bytes of the stream for partial resyncs kept in the append-only file;"
                                    + " 0: none")
                    .memory(0, Long.MAX_VALUE, 0);
    public static final NumberOption REPL_BACKLOG_TTL =
            row("repl-backlog-ttl", "seconds the backlog outlives the last follower; 0: for ever")
                    .number(0, Long.MAX_VALUE, 3600);
    public static final NumberOption REPLICA_PRIORITY =
            row("replica-priority", "rank for promotion, the lowest first; 0 for never")
                    .alias("slave-priority")
                    .number(0, INT_MAX, 100);
    public static final FlagOption REPLICA_ANNOUNCED =
            row("replica-announced", "whether Sentinels report this follower").flag(true);
    public static final TextOption REPLICA_ANNOUNCE_IP =
            row("replica-announce-ip", "address told to the leader")
                    .alias("slave-announce-ip")
                    .optionalText();
    public static final NumberOption REPLICA_ANNOUNCE_PORT =
            row("replica-announce-port", "port told to the leader")
                    .alias("slave-announce-port")
                    .number(0, 65535, 0);
    public static final FlagOption REPLICA_IGNORE_MAXMEMORY =
            row("replica-ignore-maxmemory", "leave eviction to the leader")
                    .alias("slave-ignore-maxmemory")
                    .flag(true);
    public static final FlagOption REPLICA_LAZY_FLUSH =
            row("replica-lazy-flush", "free the old data in the background before a full copy")
                    .alias("slave-lazy-flush")
                    .flag(false);
    public static final FlagOption REPLICA_IGNORE_DISK_WRITE_ERRORS =
            row("replica-ignore-disk-write-errors", "follow on although the disk fails")
                    .flag(false);
    public static final NumberOption MIN_REPLICAS_TO_WRITE =
            row("min-replicas-to-write", "refuse writes with fewer followers than this")
                    .alias("min-slaves-to-write")
                    .number(0, INT_MAX, 0);
    public static final NumberOption MIN_REPLICAS_MAX_LAG =
            row("min-replicas-max-lag", "seconds after which a silent follower does not count")
                    .alias("min-slaves-max-lag")
                    .number(0, INT_MAX, 10);
    public static final FlagOption RDB_DEL_SYNC_FILES =
            row("rdb-del-sync-files", "delete files made for followers when nothing else is saved")
                    .flag(false);
    public static final ChoiceOption<PropagationErrorBehavior> PROPAGATION_ERROR_BEHAVIOR =
            row("propagation-error-behavior", "what to do when the leader's stream has an error")
                    .choice(PropagationErrorBehavior.IGNORE);

    public static final NumberOption REPLICATION_ACK =
            row("replication-ack", "followers that must have a write before it is confirmed")
                    .number(0, INT_MAX, 0);
    public static final FlagOption REPLICATION_ACK_FSYNC =
            row("replication-ack-fsync", "whether they must have it on their disks").flag(false);
    public static final NumberOption REPLICATION_ACK_TIMEOUT =
            row(
                            "replication-ack-timeout",
                            "milliseconds after which the reply is an error; 0: never")
                    .number(0, Long.MAX_VALUE / 2, 10_000);
    public static final FlagOption REPLICA_REFUSE_REWOUND =
            row(
                            "replica-refuse-rewound",
                            "keep the data rather than take that of a leader which lacks it")
                    .flag(false);
    public static final TextOption DIVERGENCE_DIR =
            row(
                            "divergence-dir",
                            "where a former leader's writes are put that the new one lacks; empty:"
                                    + " nowhere")
                    .optionalText();

    private ReplicationOptions() {}

    /** Those whose change a leader or follower has to carry out, not only to read. */
    public static Option<?>[] carriedOut() {
        return new Option<?>[] {
            REPL_BACKLOG_SIZE,
            REPLICA_READ_ONLY,
            REPLICA_SERVE_STALE_DATA,
            MIN_REPLICAS_TO_WRITE,
            MIN_REPLICAS_MAX_LAG,
            REPLICATION_ACK,
            REPLICATION_ACK_FSYNC
        };
    }

    static List<Option<?>> rows() {
        return List.of(
                REPLICAOF,
                MASTERAUTH,
                MASTERUSER,
                REPLICA_SERVE_STALE_DATA,
                REPLICA_READ_ONLY,
                REPL_DISKLESS_SYNC,
                REPL_DISKLESS_SYNC_DELAY,
                REPL_DISKLESS_SYNC_MAX_REPLICAS,
                REPL_DISKLESS_LOAD,
                REPL_RDB_CHANNEL,
                REPLICA_FULL_SYNC_BUFFER_LIMIT,
                REPL_DISABLE_TCP_NODELAY,
                REPL_PING_REPLICA_PERIOD,
                REPL_TIMEOUT,
                REPL_BACKLOG_SIZE,
                REPL_BACKLOG_DISK_SIZE,
                REPL_BACKLOG_TTL,
                REPLICA_PRIORITY,
                REPLICA_ANNOUNCED,
                REPLICA_ANNOUNCE_IP,
                REPLICA_ANNOUNCE_PORT,
                REPLICA_IGNORE_MAXMEMORY,
                REPLICA_LAZY_FLUSH,
                REPLICA_IGNORE_DISK_WRITE_ERRORS,
                MIN_REPLICAS_TO_WRITE,
                MIN_REPLICAS_MAX_LAG,
                RDB_DEL_SYNC_FILES,
                PROPAGATION_ERROR_BEHAVIOR,
                REPLICATION_ACK,
                REPLICATION_ACK_FSYNC,
                REPLICATION_ACK_TIMEOUT,
                REPLICA_REFUSE_REWOUND,
                DIVERGENCE_DIR);
    }
}
