package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisCluster;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Client libraries write to a cluster while slots move as a whole and a replica takes over in
 * agreement with its master: no acknowledged write is lost.
 */
@SuppressWarnings("deprecation") // JedisCluster is what most applications use
final class ClusterClientsTest {

    private static final int KEYS = 50;

    @TempDir Path directory;

    /** Counts keys up, one after the other, until it is told to stop. */
    private static final class Load {
        private final AtomicBoolean enough = new AtomicBoolean();
        private final AtomicLong writes = new AtomicLong();
        private final long[] acknowledged = new long[KEYS];
        private final FutureTask<Void> work;

        /**
         * @param count counts a key up, by its number; throws where that was not confirmed
         */
        Load(String name, LongUnaryOperator count) {
            work =
                    new FutureTask<>(
                            () -> {
                                for (int i = 0; !enough.get(); i = (i + 1) % KEYS) {
                                    acknowledged[i] =
                                            Math.max(acknowledged[i], count.applyAsLong(i));
                                    writes.incrementAndGet();
                                }
                            },
                            null);
            Thread.ofPlatform().name(name).start(work);
        }

        void goesOn() {
            long before = writes.get();
            FerriteCluster.await("the load goes on", () -> writes.get() > before + 2 * KEYS);
        }

        void end() throws InterruptedException, ExecutionException {
            enough.set(true);
            work.get();
        }
    }

    private static String key(String name, long number) {
        return name + ":" + number;
    }

    /**
     * A write that was not confirmed may have been done: it is made again, and counts once more.
     */
    private static long jedisIncrement(JedisCluster jedis, long number) {
        while (true) {
            try {
                return jedis.incr(key("jedis", number));
            } catch (JedisException e) {
                assertThat(e.getMessage()).doesNotContain("WRONGTYPE");
            }
        }
    }

    private static long lettuceIncrement(
            StatefulRedisClusterConnection<String, String> lettuce, long number) {
        while (true) {
            try {
                return lettuce.sync().incr(key("lettuce", number));
            } catch (io.lettuce.core.RedisException e) {
                assertThat(e.getMessage()).doesNotContain("WRONGTYPE");
            }
        }
    }

    @Test
    void jedisAndLettuce_loseNothingByWhatIsPlanned() throws Exception {
        try (FerriteCluster cluster = new FerriteCluster(directory, 3, 1)) {
            FerriteCluster.Node first = cluster.node(0);
            RedisClusterClient client =
                    RedisClusterClient.create(RedisURI.create("127.0.0.1", first.port()));
            client.setOptions(
                    ClusterClientOptions.builder()
                            .topologyRefreshOptions(
                                    ClusterTopologyRefreshOptions.builder()
                                            .enableAllAdaptiveRefreshTriggers()
                                            .adaptiveRefreshTriggersTimeout(Duration.ofMillis(200))
                                            .enablePeriodicRefresh(Duration.ofSeconds(2))
                                            .build())
                            .build());
            try (JedisCluster jedis =
                            new JedisCluster(Set.of(new HostAndPort("127.0.0.1", first.port())));
                    StatefulRedisClusterConnection<String, String> lettuce = client.connect()) {
                Load byJedis = new Load("jedis", number -> jedisIncrement(jedis, number));
                Load byLettuce = new Load("lettuce", number -> lettuceIncrement(lettuce, number));
                byJedis.goesOn();
                byLettuce.goesOn();

                moveSlots(first, cluster.node(1));
                byJedis.goesOn();
                byLettuce.goesOn();

                FerriteCluster.Node replica = cluster.node(3);
                assertThat(replica.call("CLUSTER", "FAILOVER").type()).isEqualTo('+');
                FerriteCluster.await(
                        "the replica leads",
                        () -> replica.text("CLUSTER", "NODES").contains("myself,master"));
                byJedis.goesOn();
                byLettuce.goesOn();

                byJedis.end();
                byLettuce.end();
                for (int i = 0; i < KEYS; i++) {
                    assertThat(Long.parseLong(jedis.get(key("jedis", i))))
                            .isGreaterThanOrEqualTo(byJedis.acknowledged[i]);
                    assertThat(Long.parseLong(jedis.get(key("lettuce", i))))
                            .isGreaterThanOrEqualTo(byLettuce.acknowledged[i]);
                }
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
            }
        }
    }

    private static void moveSlots(FerriteCluster.Node from, FerriteCluster.Node to)
            throws IOException {
        String task = to.text("CLUSTER", "MIGRATION", "IMPORT", "0", "4000");
        FerriteCluster.await(
                "slots have moved",
                () ->
                        to.call("CLUSTER", "MIGRATION", "STATUS", "ID", task)
                                .toString()
                                .contains("completed"));
        assertThat(from.text("CLUSTER", "NODES")).isNotEmpty();
    }
}
