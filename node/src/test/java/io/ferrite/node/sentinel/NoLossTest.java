package io.ferrite.node.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.config.StartError;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code sentinel no-loss} keeps a Sentinel from doing, and what it does all the same. */
final class NoLossTest {

    private static final String HISTORY = "master_replid:" + "a".repeat(40);
    private static final String ONE = "1".repeat(40);
    private static final String TWO = "2".repeat(40);

    private SimulatedSentinel sentinel;
    private SimulatedServer master;
    private SimulatedServer replica;

    private void start(String... lines) throws StartError {
        SimulatedDisk disk = new SimulatedDisk(SimulatedSentinel.DIRECTORY);
        String config =
                "sentinel monitor mymaster 127.0.0.1 6379 1\n"
                        + "sentinel down-after-milliseconds mymaster 1000\n"
                        + "sentinel failover-timeout mymaster 10000\n"
                        + "sentinel no-loss mymaster yes\n"
                        + String.join("\n", lines)
                        + "\n";
        disk.put(SimulatedSentinel.FILE, config.getBytes(StandardCharsets.ISO_8859_1));
        sentinel = new SimulatedSentinel(disk);
        master = sentinel.serverAt(6379).info(leads());
        replica = sentinel.serverAt(6380).info(follows("127.0.0.1", 6379, "up"));
        sentinel.begin();
        sentinel.runFor(12_000);
    }

    @AfterEach
    void close() {
        sentinel.close();
    }

    private static String[] leads() {
        return new String[] {
            "role:master",
            "slave0:ip=127.0.0.1,port=6380,state=online",
            HISTORY,
            "master_repl_offset:10",
            "replication_ack_replicas:1"
        };
    }

    private static String[] follows(String host, int port, String link) {
        return new String[] {
            "role:slave",
            "master_host:" + host,
            "master_port:" + port,
            "master_link_status:" + link,
            "slave_repl_offset:10",
            "slave_priority:100",
            HISTORY
        };
    }

    private boolean logged(String begin) {
        return sentinel.logged().stream().anyMatch(line -> line.startsWith(begin));
    }

    /** Another Sentinel says who is master, in an epoch. */
    private void says(String id, int port, long epoch) {
        String hello = ",127.0.0.1," + port + "," + epoch;
        String from = "127.0.0.1,2638" + id.charAt(0) + "," + id + "," + epoch + ",mymaster";
        sentinel.run("PUBLISH __sentinel__:hello " + from + hello);
    }

    @Test
    void aReplicaOfAnother_isLeftAlone_untilMostSentinelsSayWhoIsMaster() throws StartError {
        start(
                "sentinel known-sentinel mymaster 127.0.0.1 26381 " + ONE,
                "sentinel known-sentinel mymaster 127.0.0.1 26382 " + TWO);
        replica.info(follows("127.0.0.1", 7000, "up"));
        sentinel.runFor(60_000);
        assertThat(replica.last("SLAVEOF")).as("this Sentinel may know an old master").isNull();
        for (int i = 0; i < 30; i++) {
            says(ONE, 6379, 0);
            sentinel.runFor(1000);
        }
        assertThat(logged("+fix-slave-config slave 127.0.0.1:6380")).isTrue();
        assertThat(replica.last("SLAVEOF")).containsExactly("SLAVEOF", "127.0.0.1", "6379");
    }

    @Test
    void afterAnElectionOfUnknownOutcome_theMasterIsConfirmed_beforeAnythingIsPutRight()
            throws StartError {
        start(
                "sentinel known-sentinel mymaster 127.0.0.1 26381 " + ONE,
                "sentinel known-sentinel mymaster 127.0.0.1 26382 " + TWO);
        String id = sentinel.state().myId();
        String vote = "*3\r\n:0\r\n$40\r\n" + id + "\r\n:4\r\n";
        sentinel.serverAt(26381).answers("SENTINEL", vote);
        sentinel.serverAt(26382).answers("SENTINEL", vote);
        replica.info(follows("127.0.0.1", 7000, "up"));
        for (int i = 0; i < 60 && !logged("+try-failover"); i++) {
            knows(ONE, 3, 0); // there was an election in epoch 3
            sentinel.runFor(1000);
        }
        assertThat(logged("+try-failover")).isTrue();
        assertThat(replica.last("SLAVEOF")).isNull();
        knows(ONE, 4, 0);
        sentinel.runFor(2000);
        assertThat(sentinel.state().masters().get("mymaster").configEpoch()).isEqualTo(4);
        assertThat(replica.last("SLAVEOF")).isNull();
        knows(ONE, 4, 4);
        sentinel.runFor(12_000);
        knows(ONE, 4, 4);
        sentinel.runFor(12_000);
        assertThat(replica.last("SLAVEOF")).containsExactly("SLAVEOF", "127.0.0.1", "6379");
    }

    /** Another Sentinel has heard of an epoch, and knows the master since another. */
    private void knows(String id, long epoch, long config) {
        String from = "127.0.0.1,2638" + id.charAt(0) + "," + id + "," + epoch + ",mymaster";
        String hello = from + ",127.0.0.1,6379," + config;
        assertThat(sentinel.run("PUBLISH __sentinel__:hello " + hello)).isEqualTo(":1\r\n");
    }

    @Test
    void aReplicaThatSomebodyHeld_andLeftAlone_followsSoonAgain() throws StartError {
        start("sentinel failover-timeout mymaster 180000");
        replica.info(follows("127.0.0.1", 1, "down"));
        sentinel.runFor(5000);
        assertThat(replica.last("SLAVEOF")).as("its leader may still be at work").isNull();
        sentinel.runFor(15_000);
        assertThat(replica.last("SLAVEOF")).containsExactly("SLAVEOF", "127.0.0.1", "6379");
    }

    @Test
    void aFailover_isGivenUp_whenNobodyConfirmsWhoIsMaster() throws StartError {
        start("sentinel known-sentinel mymaster 127.0.0.1 26381 " + ONE);
        sentinel.run("SENTINEL FAILOVER mymaster");
        replica.info(follows("127.0.0.1", 1, "down"));
        sentinel.runFor(8000);
        assertThat(sentinel.logged())
                .contains("No replica of mymaster: most Sentinels did not confirm who is master");
        assertThat(replica.received())
                .doesNotContain(List.of("SLAVEOF", "NO", "ONE"))
                .doesNotContain(List.of("SLAVEOF", "127.0.0.1", "6379"));
    }

    @Test
    void aMasterThatWasHeldByMistake_leadsAgain() throws StartError {
        start();
        master.info(follows("127.0.0.1", 1, "down"));
        replica.info(follows("127.0.0.1", 6379, "down"));
        sentinel.runFor(60_000);
        assertThat(master.last("SLAVEOF")).containsExactly("SLAVEOF", "NO", "ONE");
        assertThat(replica.received()).doesNotContain(List.of("SLAVEOF", "NO", "ONE"));
    }

    @Test
    void theNewMaster_getsFollowers_onlyOnceMostSentinelsKnowIt() throws StartError {
        start("sentinel known-sentinel mymaster 127.0.0.1 26381 " + ONE);
        SimulatedServer second = sentinel.serverAt(6382).info(follows("127.0.0.1", 6379, "up"));
        String[] both = leads();
        both[1] += "\r\nslave1:ip=127.0.0.1,port=6382,state=online";
        master.info(both);
        sentinel.runFor(12_000);
        sentinel.run("SENTINEL FAILOVER mymaster");
        replica.info(follows("127.0.0.1", 1, "down"));
        second.info(follows("127.0.0.1", 1, "down"));
        says(ONE, 6379, 0);
        knows(ONE, 1, 0);
        sentinel.runFor(1500);
        SimulatedServer chosen = replica.last("SLAVEOF").contains("NO") ? replica : second;
        SimulatedServer other = chosen == replica ? second : replica;
        assertThat(chosen.last("SLAVEOF")).containsExactly("SLAVEOF", "NO", "ONE");
        chosen.info("role:master", HISTORY);
        sentinel.runFor(3000);
        assertThat(logged("+promoted-slave")).isTrue();
        assertThat(other.last("SLAVEOF")).containsExactly("SLAVEOF", "127.0.0.1", "1");
        int port = chosen == replica ? 6380 : 6382;
        says(ONE, port, 1);
        sentinel.runFor(1000);
        assertThat(other.last("SLAVEOF")).containsExactly("SLAVEOF", "127.0.0.1", "" + port);
    }
}
