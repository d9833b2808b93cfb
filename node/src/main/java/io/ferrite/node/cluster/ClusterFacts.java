package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.ClusterContext;
import io.ferrite.coordination.cluster.ClusterSettings;
import io.ferrite.coordination.cluster.bus.Endpoint;
import io.ferrite.node.Node;
import io.ferrite.node.ServerState;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.NumberOption;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.store.Keyspace;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** What the machine asks of the rest of the server. Asked under the machine's lock, any thread. */
final class ClusterFacts implements ClusterContext {

    static final int BUS_OFFSET = 10_000;

    /** As many characters as a message has room for. */
    private static final int ADDRESS_LENGTH = 45;

    /** The two clocks are read one after the other, and each is cut to a millisecond. */
    private static final long WALL_SLACK_MS = 5;

    private final Node node;
    private final RandomGenerator random;
    private volatile ClusterSettings settings;

    /** How far the calendar is ahead of the even clock; guarded by the machine's lock. */
    private long wallAhead;

    ClusterFacts(Node node) {
        this.node = node;
        this.random =
                new SplittableRandom(Long.parseUnsignedLong(node.environment().randomHex(16), 16));
        this.settings = read(node.settings());
    }

    /** The settings changed. */
    void configured() {
        settings = read(node.settings());
    }

    private static ClusterSettings read(Settings s) {
        return new ClusterSettings(
                s.get(ClusterOptions.CLUSTER_NODE_TIMEOUT),
                s.get(ClusterOptions.CLUSTER_PING_INTERVAL),
                s.getInt(ClusterOptions.CLUSTER_REPLICA_VALIDITY_FACTOR),
                s.get(ReplicationOptions.REPL_PING_REPLICA_PERIOD) * 1000,
                s.getInt(ClusterOptions.CLUSTER_MIGRATION_BARRIER),
                s.get(ClusterOptions.CLUSTER_ALLOW_REPLICA_MIGRATION),
                s.get(ClusterOptions.CLUSTER_REQUIRE_FULL_COVERAGE),
                s.get(ClusterOptions.CLUSTER_REPLICA_NO_FAILOVER),
                announced(s),
                s.get(ClusterOptions.CLUSTER_ANNOUNCE_HOSTNAME),
                s.get(ClusterOptions.CLUSTER_ANNOUNCE_HUMAN_NODENAME));
    }

    private static Endpoint announced(Settings s) {
        int bus = s.getInt(ClusterOptions.CLUSTER_ANNOUNCE_BUS_PORT);
        String ip = s.get(ClusterOptions.CLUSTER_ANNOUNCE_IP);
        return new Endpoint(
                ip.substring(0, Math.min(ip.length(), ADDRESS_LENGTH)),
                first(s, ClusterOptions.CLUSTER_ANNOUNCE_PORT, NetworkOptions.PORT),
                first(s, ClusterOptions.CLUSTER_ANNOUNCE_TLS_PORT, TlsOptions.TLS_PORT),
                bus != 0 ? bus : busPort(s));
    }

    private static int first(Settings s, NumberOption announced, NumberOption own) {
        int port = s.getInt(announced);
        return port != 0 ? port : s.getInt(own);
    }

    /** The port that the bus listens on. */
    static int busPort(Settings s) {
        int named = s.getInt(ClusterOptions.CLUSTER_PORT);
        return named != 0 ? named : clientPort(s) + BUS_OFFSET;
    }

    /** The port of clients that the bus' port is counted from. */
    static int clientPort(Settings s) {
        int plain = s.getInt(NetworkOptions.PORT);
        int tls = s.getInt(TlsOptions.TLS_PORT);
        return s.get(TlsOptions.TLS_CLUSTER) || plain == 0 ? tls : plain;
    }

    @Override
    public long nowMs() {
        return node.environment().nanos() / 1_000_000;
    }

    /** The even clock, set by the calendar: so that a moment told twice is told as the same. */
    @Override
    public long wallMs() {
        long even = nowMs();
        long wall = node.environment().nowMs();
        if (Math.abs(wall - even - wallAhead) > WALL_SLACK_MS) {
            wallAhead = wall - even;
        }
        return even + wallAhead;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public ClusterSettings settings() {
        return settings;
    }

    @Override
    public long replicationOffset() {
        // Who loads has nothing yet: others do not send clients to it, nor vote for it gladly.
        return node.state().is(ServerState.LOADING) ? 0 : node.replication().offset();
    }

    @Override
    public long dataAgeMs() {
        return node.replication().dataAgeMs();
    }

    @Override
    public boolean follows() {
        return !node.replication().leads();
    }

    @Override
    public long keysIn(int slot) {
        Keyspace keyspace = node.engine().keyspace();
        long keys = 0;
        for (int i = 0; i < keyspace.databases(); i++) {
            keys += keyspace.database(i).size(slot);
        }
        return keys;
    }

    @Override
    public long keys() {
        Keyspace keyspace = node.engine().keyspace();
        long keys = 0;
        for (int i = 0; i < keyspace.databases(); i++) {
            keys += keyspace.database(i).size();
        }
        return keys;
    }
}
