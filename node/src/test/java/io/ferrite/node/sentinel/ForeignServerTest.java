package io.ferrite.node.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.config.StartError;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A server is who it was, not whoever answers at its address; and who is in doubt is who it was.
 */
final class ForeignServerTest {

    private static final String OURS = "master_replid:" + "a".repeat(40);
    private static final String NEW_RUN = "f".repeat(40);
    private static final String OTHER_HISTORY = "master_replid:" + "b".repeat(40);

    private SimulatedSentinel sentinel;
    private SimulatedServer master;
    private SimulatedServer replica;

    private void start(String... lines) throws StartError {
        SimulatedDisk disk = new SimulatedDisk(SimulatedSentinel.DIRECTORY);
        String config =
                "sentinel monitor mymaster 127.0.0.1 6379 1\n"
                        + "sentinel down-after-milliseconds mymaster 1000\n"
                        + "sentinel failover-timeout mymaster 3000\n"
                        + String.join("\n", lines)
                        + "\n";
        disk.put(SimulatedSentinel.FILE, config.getBytes(StandardCharsets.ISO_8859_1));
        sentinel = new SimulatedSentinel(disk);
        master =
                sentinel.serverAt(6379)
                        .info(
                                "uptime_in_seconds:100",
                                "role:master",
                                "slave0:ip=127.0.0.1,port=6380,state=online",
                                OURS,
                                "# Keyspace",
                                "db0:keys=1000,expires=0");
        replica = sentinel.serverAt(6380);
        replica.info(ofReplica("127.0.0.1", 6379));
        sentinel.begin();
        sentinel.runFor(12_000);
    }

    private static String[] ofReplica(String host, int port, String... more) {
        List<String> lines = new ArrayList<>();
        lines.add("role:slave");
        lines.add("master_host:" + host);
        lines.add("master_port:" + port);
        lines.add("master_link_status:up");
        lines.add("slave_repl_offset:10");
        lines.add("slave_priority:100");
        lines.addAll(List.of(more));
        if (more.length == 0) {
            lines.addAll(List.of(OURS, "# Keyspace", "db0:keys=1000,expires=0"));
        }
        return lines.toArray(String[]::new);
    }

    private void comesBack(SimulatedServer server, String... lines) {
        server.stop();
        server.start();
        server.infoOfRun(NEW_RUN, lines);
    }

    @AfterEach
    void close() {
        sentinel.close();
    }

    private boolean logged(String begin) {
        return sentinel.logged().stream().anyMatch(line -> line.startsWith(begin));
    }

    @Test
    void aReplicaOfAnotherMaster_atAReplicasAddress_isNeitherPointedElsewhere_norPromoted()
            throws StartError {
        start();
        comesBack(
                replica,
                ofReplica("10.9.9.9", 7000, OTHER_HISTORY, "# Keyspace", "db0:keys=5,expires=0"));
        sentinel.runFor(20_000);
        assertThat(logged("+foreign slave 127.0.0.1:6380")).isTrue();
        assertThat(replica.last("SLAVEOF")).isNull();
        master.stop();
        sentinel.runFor(5000);
        assertThat(logged("-failover-abort-no-good-slave")).isTrue();
        assertThat(replica.last("SLAVEOF")).isNull();
    }

    @Test
    void aServerThatRanAlready_atTheMastersAddress_isNotFollowed() throws StartError {
        start();
        comesBack(
                master,
                "uptime_in_seconds:5000",
                "role:master",
                OTHER_HISTORY,
                "# Keyspace",
                "db0:keys=900,expires=0");
        sentinel.runFor(3000);
        assertThat(logged("+foreign master mymaster 127.0.0.1 6379")).isTrue();
        assertThat(replica.last("SLAVEOF")).containsExactly("SLAVEOF", "NO", "ONE");
        assertThat(master.last("SLAVEOF")).isNull();
    }

    @Test
    void aMasterThatComesBack_fromItsAppendOnlyFile_withAllThatItGotLately_isWhoItWas()
            throws StartError {
        start();
        comesBack(
                master,
                "uptime_in_seconds:0",
                "aof_enabled:1",
                "role:master",
                OTHER_HISTORY,
                "# Keyspace",
                "db0:keys=50000,expires=0");
        sentinel.runFor(5000);
        assertThat(logged("+reboot master mymaster")).isTrue();
        assertThat(logged("+foreign")).isFalse();
        assertThat(logged("+sdown")).isFalse();
    }

    @Test
    void aMasterThatStartedTwice_andGotMuchMeanwhile_isWhoItWas() throws StartError {
        start("sentinel down-after-milliseconds mymaster 60000");
        master.stop(); // its history's name changes with every start
        sentinel.runFor(40_000);
        comesBack(
                master,
                "uptime_in_seconds:1",
                "role:master",
                OTHER_HISTORY,
                "# Keyspace",
                "db0:keys=2000,expires=0");
        sentinel.runFor(5000);
        assertThat(logged("+reboot master mymaster")).isTrue();
        assertThat(logged("+foreign")).isFalse();
    }

    @Test
    void moreDataThanAServerHad_rightAfterItsLastAnswer_isAnothers() throws StartError {
        start("sentinel down-after-milliseconds mymaster 60000");
        comesBack(
                master,
                "uptime_in_seconds:0",
                "role:master",
                OTHER_HISTORY,
                "# Keyspace",
                "db0:keys=2000,expires=0");
        sentinel.runFor(5000);
        assertThat(logged("+foreign master mymaster 127.0.0.1 6379")).isTrue();
    }

    @Test
    void aReplicaThatComesBack_andLooksForAMasterOfLongAgo_isWhoItWas() throws StartError {
        start();
        comesBack(
                replica,
                "role:slave",
                "master_host:10.9.9.9",
                "master_port:7000",
                "master_link_status:down",
                OTHER_HISTORY,
                "# Keyspace",
                "db0:keys=1000,expires=0");
        sentinel.runFor(20_000);
        assertThat(logged("+foreign")).isFalse();
        assertThat(replica.last("SLAVEOF")).containsExactly("SLAVEOF", "127.0.0.1", "6379");
    }

    private void masterComesBackEmpty() {
        comesBack(master, "uptime_in_seconds:0", "role:master", OTHER_HISTORY, "# Keyspace");
        sentinel.runFor(3000);
    }

    @Test
    void aMasterThatComesBackEmpty_losesItsPlace_whereDataAreProtected() throws StartError {
        start("sentinel protect-dataset mymaster yes");
        masterComesBackEmpty();
        assertThat(logged("+foreign master mymaster 127.0.0.1 6379 #it came back empty")).isTrue();
        assertThat(replica.last("SLAVEOF")).containsExactly("SLAVEOF", "NO", "ONE");
    }

    @Test
    void aMasterThatComesBackEmpty_staysMaster_asInRedis_otherwise() throws StartError {
        start();
        masterComesBackEmpty();
        assertThat(logged("+sdown")).isFalse();
        assertThat(replica.last("SLAVEOF")).isNull();
    }

    @Test
    void whoeverAnswers_isTaken_whereIdentityIsNotChecked() throws StartError {
        start("sentinel check-identity mymaster no");
        comesBack(
                replica,
                ofReplica("10.9.9.9", 7000, OTHER_HISTORY, "# Keyspace", "db0:keys=5,expires=0"));
        sentinel.runFor(20_000);
        assertThat(logged("+foreign")).isFalse();
        assertThat(replica.last("SLAVEOF")).containsExactly("SLAVEOF", "127.0.0.1", "6379");
    }
}
