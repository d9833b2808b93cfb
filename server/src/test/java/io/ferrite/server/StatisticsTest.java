package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import static org.awaitility.Awaitility.await;
import java.time.Duration;

/** What INFO and SLOWLOG say about commands that don't run by themselves. */
final class StatisticsTest {
    private LiveServer server;
    private Wire me;

    @BeforeEach
    void start() throws IOException {
        server = new LiveServer();
        me = server.connect();
        me.run("CONFIG SET slowlog-log-slower-than 0");
        me.run("CONFIG RESETSTAT");
        me.run("SLOWLOG RESET");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private String stat(String section, String name) throws IOException {
        Matcher line =
                Pattern.compile("[|\n]" + Pattern.quote(name) + ":([^|\r\n]*)")
                        .matcher(me.run("INFO " + section));
        return line.find() ? line.group(1) : "";
    }

    private Wire waiting(String command) throws IOException {
        Wire other = server.connect();
        other.send(command.split(" "));
        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> stat("clients", "blocked_clients").equals("1"));
        return other;
    }

    @Test
    void commandsOfATransaction_countAndAreTimedOneByOne() throws IOException {
        me.run("MULTI");
        me.run("SET k v");
        me.run("LPUSH k v");
        me.run("EXEC");

        assertThat(stat("commandstats", "cmdstat_set"))
                .startsWith("calls=1,")
                .endsWith(",rejected_calls=0,failed_calls=0");
        assertThat(stat("commandstats", "cmdstat_lpush"))
                .startsWith("calls=1,")
                .endsWith(",rejected_calls=0,failed_calls=1");
        assertThat(me.run("SLOWLOG GET")).contains("$3|SET|$1|k|$1|v|").doesNotContain("|EXEC|");
    }

    @Test
    void clientThatIsServed_countsOnce_andIsInTheSlowLogByThen() throws IOException {
        Wire other = waiting("BLPOP list 0");
        assertThat(me.run("SLOWLOG GET")).doesNotContain("BLPOP");

        me.run("RPUSH list a");
        assertThat(other.read()).isEqualTo("*2|$4|list|$1|a|");

        assertThat(stat("commandstats", "cmdstat_blpop"))
                .startsWith("calls=1,")
                .endsWith(",rejected_calls=0,failed_calls=0");
        assertThat(me.run("SLOWLOG GET")).contains("$5|BLPOP|$4|list|$1|0|");
    }

    @Test
    void clientThatIsUnblocked_countsOnce_asAFailureIfByAnError() throws IOException {
        Wire other = server.connect();
        String id = other.run("CLIENT ID").substring(1).replace("|", "");
        for (String how : new String[] {"TIMEOUT", "ERROR"}) {
            me.run("CONFIG RESETSTAT");
            other.send("BLPOP", "list", "0");
            Awaitility.await()
                    .atMost(10, TimeUnit.SECONDS)
                    .until(() -> stat("clients", "blocked_clients").equals("1"));
            assertThat(me.run("CLIENT UNBLOCK " + id + " " + how)).isEqualTo(":1|");
            other.read();

            boolean failed = how.equals("ERROR");
            assertThat(stat("commandstats", "cmdstat_blpop"))
                    .startsWith("calls=1,")
                    .endsWith(",rejected_calls=0,failed_calls=" + (failed ? 1 : 0));
            assertThat(stat("errorstats", "errorstat_UNBLOCKED"))
                    .isEqualTo(failed ? "count=1" : "");
        }
    }

    @Test
    void turnsOfTheEventLoops_areCounted() throws IOException {
        me.run("PING");

        assertThat(Long.parseLong(stat("stats", "eventloop_cycles"))).isPositive();
        assertThat(Long.parseLong(stat("debug", "eventloop_cmd_per_cycle_max"))).isPositive();
        assertThat(me.run("INFO everything")).doesNotContain("eventloop_cmd_per_cycle_max");
    }

    @Test
    void dataIsCounted_withoutWhatIsAroundIt() throws IOException {
        try (TestClient one = new TestClient(server.port())) {
            for (int i = 0; i < 100; i++) {
                one.run("SET key:" + i + " " + "x".repeat(10_000));
            }
            long dataset = Long.parseLong(one.info("memory", "used_memory_dataset"));
            assertThat(dataset).isBetween(1_000_000L, 1_200_000L);
            assertThat(one.text("MEMORY STATS")).contains("dataset.bytes, " + dataset + ",");
            one.run("FLUSHALL");
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() ->
                            assertThat(one.info("memory", "used_memory_dataset")).isEqualTo("0"));
        }
    }

    @Test
    void theDoctor_tellsWhatStandsOut() throws IOException {
        try (TestClient one = new TestClient(server.port())) {
            assertThat(one.text("MEMORY DOCTOR")).contains("almost empty");
            one.run("SET big " + "x".repeat(8_000_000));
            assertThat(one.text("MEMORY DOCTOR")).doesNotContain("Scripts:");
            for (int i = 0; i <= 1000; i++) {
                one.run("SCRIPT LOAD return{" + i + "}");
            }
            assertThat(one.text("MEMORY DOCTOR"))
                    .startsWith("What stands out")
                    .contains("\n * Scripts: there are more than 1000.");
        }
    }

    @Test
    void integersAreShared_unlessEachKeysAccessesMatter() throws IOException {
        me.run("SET k 1");
        assertThat(me.run("OBJECT REFCOUNT k")).isEqualTo(":2147483647|");

        me.run("CONFIG SET maxmemory-policy allkeys-lru");
        assertThat(me.run("OBJECT REFCOUNT k")).isEqualTo(":2147483647|");
        me.run("CONFIG SET maxmemory 100mb");
        assertThat(me.run("OBJECT REFCOUNT k")).isEqualTo(":1|");
        me.run("CONFIG SET maxmemory-policy allkeys-random");
        assertThat(me.run("OBJECT REFCOUNT k")).isEqualTo(":2147483647|");
    }

    @Test
    void requestThatHasNotArrivedWhole_countsAsUsedMemory() throws IOException {
        long before = Long.parseLong(stat("memory", "used_memory"));
        Wire other = server.connect();
        other.sendRaw(Wire.bytes("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$9000000\r\n"));
        other.sendRaw(new byte[8_000_000]);

        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> Long.parseLong(stat("memory", "used_memory")) >= before + 8_000_000);
        other.close();
        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> Long.parseLong(stat("memory", "used_memory")) < before + 1_000_000);
    }

    @Test
    void followerThatMayBeWrittenTo_removesItsOwnExpiredKeysItself() throws IOException {
        me.run("CONFIG SET replica-read-only no");
        me.run("REPLICAOF 127.0.0.1 1"); // nobody is there
        me.run("SET k v PX 1");
        assertThat(stat("stats", "slave_expires_tracked_keys")).isIn("0", "1");

        Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> stat("stats", "expired_keys").equals("1"));
        assertThat(me.run("DBSIZE")).isEqualTo(":0|");
        me.run("REPLICAOF NO ONE");
    }

    @Test
    void largeValuesThatGo_areCounted_andTheirExpiryIsMeasured() throws IOException {
        me.run("CONFIG SET latency-monitor-threshold 1");
        StringBuilder add = new StringBuilder("SADD big");
        for (int i = 0; i < 100_000; i++) {
            add.append(" member:").append(i);
        }
        for (int i = 0; i < 3; i++) {
            me.run(add.toString());
            me.run(add.toString().replace("member", "more"));
            me.run(i == 0 ? "UNLINK big" : "PEXPIRE big 1");
            Awaitility.await()
                    .atMost(60, TimeUnit.SECONDS)
                    .until(() ->
                            me.run("DBSIZE").equals(":0|")
                                    && stat("memory", "lazyfree_pending_objects").equals("0"));
            assertThat(stat("memory", "lazyfreed_objects")).isEqualTo(Integer.toString(i + 1));
        }
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> me.run("LATENCY LATEST").contains("expire-cycle"));
        me.run("CONFIG RESETSTAT");
        assertThat(stat("memory", "lazyfreed_objects")).isEqualTo("0");
    }

    @Test
    void scriptThatRepliesAnError_countsAsFailed_andOneThatCatchesItDoesNot() throws IOException {
        try (TestClient client = new TestClient(server.port())) {
            client.raw("*3\r\n$4\r\nEVAL\r\n$25\r\nreturn redis.call('incr')\r\n$1\r\n0\r\n");
            assertThat(String.valueOf(client.read())).startsWith("-ERR Wrong number of args");
            assertThat(client.info("commandstats", "cmdstat_eval"))
                    .endsWith(",rejected_calls=0,failed_calls=1");
            client.raw("*3\r\n$4\r\nEVAL\r\n$26\r\nredis.pcall('incr') return\r\n$1\r\n0\r\n");
            assertThat(client.read()).isNull();
            assertThat(client.info("commandstats", "cmdstat_eval"))
                    .startsWith("calls=2,")
                    .endsWith(",rejected_calls=0,failed_calls=1");
        }
    }
}
