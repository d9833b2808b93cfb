package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.masterreplica.MasterReplica;
import io.lettuce.core.masterreplica.StatefulRedisMasterReplicaConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import org.redisson.config.ReadMode;
import org.redisson.config.SubscriptionMode;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisSentinelPool;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Client libraries find the master through three Sentinels, and find the next when it is killed.
 */
@SuppressWarnings("deprecation") // Jedis' pool is what most applications use
final class SentinelClientsTest {

    private static final String NAME = "mymaster";
    private static final int SENTINELS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path directory;

    private final List<FerriteProcess> processes = new ArrayList<>();
    private final List<FerriteProcess> sentinels = new ArrayList<>();
    private FerriteProcess master;
    private FerriteProcess replica;

    private FerriteProcess start(String role, String... words) throws IOException {
        Path own = Files.createDirectory(directory.resolve(role + processes.size()));
        FerriteProcess started = new FerriteProcess(own, role, words);
        processes.add(started);
        return started;
    }

    @BeforeEach
    void start() throws IOException {
        master = start("server", "--save", "");
        replica = start("server", "--save", "", "--replicaof", "127.0.0.1 " + master.port());
        for (int i = 0; i < SENTINELS; i++) {
            Path file = directory.resolve("sentinel" + i + ".conf");
            Files.writeString(
                    file,
                    """
                    sentinel monitor mymaster 127.0.0.1 %d 2
                    sentinel down-after-milliseconds mymaster 1500
                    sentinel failover-timeout mymaster 10000
                    """
                            .formatted(master.port()));
            sentinels.add(start("sentinel", file.toString()));
        }
        await("every Sentinel knows everybody")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(this::everybodyIsKnown);
    }

    private boolean everybodyIsKnown() throws IOException {
        for (FerriteProcess sentinel : sentinels) {
            try (RespConnection connection = new RespConnection(sentinel.port())) {
                String info = connection.call("INFO", "sentinel").toString();
                if (!info.contains("status=ok")
                        || !info.contains("slaves=1,sentinels=" + SENTINELS)) {
                    return false;
                }
            }
        }
        return true;
    }

    @AfterEach
    void stop() {
        processes.forEach(FerriteProcess::close);
    }

    private Set<HostAndPort> places() {
        Set<HostAndPort> places = new HashSet<>();
        sentinels.forEach(sentinel -> places.add(new HostAndPort("127.0.0.1", sentinel.port())));
        return places;
    }

    private RedisURI uri() {
        RedisURI.Builder builder = RedisURI.builder().withSentinelMasterId(NAME);
        sentinels.forEach(sentinel -> builder.withSentinel("127.0.0.1", sentinel.port()));
        return builder.build();
    }

    /** Redisson reads and listens at the master alone, since the replica is to take its place. */
    private RedissonClient redisson() {
        Config config = new Config().setThreads(2).setNettyThreads(2);
        config.setCodec(StringCodec.INSTANCE);
        config.useSentinelServers()
                .setMasterName(NAME)
                .setScanInterval(500)
                .setTimeout(2000)
                .setConnectTimeout(2000)
                .setRetryAttempts(1)
                .setReadMode(ReadMode.MASTER)
                .setSubscriptionMode(SubscriptionMode.MASTER)
                .setMasterConnectionMinimumIdleSize(1)
                .setMasterConnectionPoolSize(2)
                .setSubscriptionConnectionMinimumIdleSize(1)
                .setSubscriptionConnectionPoolSize(2)
                .addSentinelAddress(
                        sentinels.stream()
                                .map(each -> "redis://127.0.0.1:" + each.port())
                                .toArray(String[]::new));
        return Redisson.create(config);
    }

    /** As redis-py does: asks one Sentinel after the other, and makes sure of the role. */
    private int portOfMaster() throws IOException {
        for (FerriteProcess sentinel : sentinels) {
            try (RespConnection connection = new RespConnection(sentinel.port())) {
                String state = connection.call("SENTINEL", "MASTER", NAME).toString();
                if (state.contains("s_down") || state.contains("o_down")) {
                    continue;
                }
                String reply =
                        connection.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME).toString();
                int port =
                        reply.contains(Integer.toString(replica.port()))
                                ? replica.port()
                                : master.port();
                try (RespConnection there = new RespConnection(port)) {
                    if (there.call("ROLE").toString().contains("master")) {
                        return port;
                    }
                }
            } catch (IOException e) {
                continue; // the next one may know
            }
        }
        return -1;
    }

    @Test
    void everyClient_writesToTheNextMaster() throws IOException {
        DefaultJedisClientConfig config =
                DefaultJedisClientConfig.builder().timeoutMillis(2000).build();
        RedisClient lettuce = RedisClient.create();
        RedissonClient redisson = redisson();
        try (JedisSentinelPool pool = new JedisSentinelPool(NAME, places(), config, config);
                RedisSentinelClient jedis =
                        RedisSentinelClient.builder()
                                .masterName(NAME)
                                .sentinels(places())
                                .clientConfig(config)
                                .build();
                StatefulRedisMasterReplicaConnection<String, String> connection =
                        MasterReplica.connect(
                                lettuce, io.lettuce.core.codec.StringCodec.UTF8, uri())) {
            connection.setTimeout(Duration.ofSeconds(2));
            try (Jedis one = pool.getResource()) {
                one.set("pool", "before");
            }
            jedis.set("jedis", "before");
            connection.sync().set("lettuce", "before");
            redisson.getBucket("redisson").set("before");
            assertThat(portOfMaster()).isEqualTo(master.port());
            try (RespConnection direct = new RespConnection(master.port())) {
                direct.call("SET", "raw", "before");
                assertThat(direct.call("WAIT", "1", "10000").toString()).contains("1");
            }

            master.kill();

            await("raw").atMost(PATIENCE).until(() -> portOfMaster() == replica.port());
            await("Jedis' pool").atMost(PATIENCE).until(() -> writes(pool));
            await("Jedis' client").atMost(PATIENCE).until(() -> writes(jedis));
            await("Lettuce").atMost(PATIENCE).until(() -> writes(connection));
            await("Redisson").atMost(PATIENCE).until(() -> writes(redisson));
            try (RespConnection direct = new RespConnection(replica.port())) {
                for (String key : List.of("pool", "jedis", "lettuce", "redisson")) {
                    assertThat(direct.call("GET", key).toString()).as(key).contains("after");
                }
                assertThat(direct.call("GET", "raw").toString()).contains("before");
            }
        } finally {
            lettuce.shutdown();
            redisson.shutdown(0, 5, TimeUnit.SECONDS);
        }
    }

    private static boolean writes(JedisSentinelPool pool) {
        try (Jedis one = pool.getResource()) {
            return one.set("pool", "after").equals("OK");
        } catch (JedisException e) {
            return false; // not yet
        }
    }

    private static boolean writes(RedisSentinelClient jedis) {
        try {
            return jedis.set("jedis", "after").equals("OK");
        } catch (JedisException e) {
            return false; // not yet
        }
    }

    private static boolean writes(StatefulRedisMasterReplicaConnection<String, String> lettuce) {
        try {
            return lettuce.sync().set("lettuce", "after").equals("OK");
        } catch (RedisException | CancellationException e) {
            return false; // not yet; what waited on the old connection is called off
        }
    }

    private static boolean writes(RedissonClient redisson) {
        try {
            redisson.getBucket("redisson").set("after");
            return redisson.getBucket("redisson").get().equals("after");
        } catch (org.redisson.client.RedisException e) {
            return false; // not yet
        }
    }
}
