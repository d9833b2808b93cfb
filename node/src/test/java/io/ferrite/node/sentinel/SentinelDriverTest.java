package io.ferrite.node.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.config.StartError;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What reaches servers, programs and web addresses, and in which order. */
final class SentinelDriverTest {

    private static final String REPLICA_LINE = "slave0:ip=127.0.0.1,port=6380,state=online";
    private static final int SIGKILL = 9;

    private SimulatedSentinel sentinel;
    private SimulatedServer master;
    private SimulatedServer replica;

    /** One Sentinel that decides alone, a master, a replica that it finds. */
    private void start(String... lines) throws StartError {
        SimulatedDisk disk = new SimulatedDisk(SimulatedSentinel.DIRECTORY);
        String config =
                "sentinel monitor mymaster 127.0.0.1 6379 1\n"
                        + "sentinel down-after-milliseconds mymaster 1000\n"
                        + String.join("\n", lines)
                        + "\n";
        disk.put(SimulatedSentinel.FILE, config.getBytes(StandardCharsets.ISO_8859_1));
        sentinel = new SimulatedSentinel(disk);
        master = sentinel.serverAt(6379).info("role:master", REPLICA_LINE);
        replica =
                sentinel.serverAt(6380)
                        .info(
                                "role:slave",
                                "master_host:127.0.0.1",
                                "master_port:6379",
                                "master_link_status:up",
                                "slave_repl_offset:10",
                                "slave_priority:100");
        sentinel.begin();
        sentinel.runFor(3000);
    }

    @AfterEach
    void close() {
        sentinel.close();
    }

    private void promote() {
        replica.info("role:master");
    }

    private boolean logged(String begin) {
        return sentinel.logged().stream().anyMatch(line -> line.startsWith(begin));
    }

    @Test
    void aReplica_isFound_andWatched() throws StartError {
        start();
        assertThat(logged("+slave slave 127.0.0.1:6380 127.0.0.1 6380 @ mymaster 127.0.0.1 6379"))
                .isTrue();
        assertThat(replica.last("PING")).isNotNull();
        assertThat(replica.last("SUBSCRIBE")).containsExactly("SUBSCRIBE", "__sentinel__:hello");
        assertThat(master.last("PUBLISH").get(2))
                .startsWith("127.0.0.1,26379," + sentinel.state().myId() + ",0,mymaster,127.0.0.1");
    }

    @Test
    void aServerThatIsSilent_isDown_onlyAfterTheTimeSet() throws StartError {
        start("sentinel down-after-milliseconds mymaster 5000");
        master.silent(true);
        sentinel.runFor(4900);
        assertThat(logged("+sdown master")).isFalse();
        sentinel.runFor(1500);
        assertThat(logged("+sdown master mymaster 127.0.0.1 6379")).isTrue();
    }

    @Test
    void aServerThatAnswersInTime_howeverLate_isNotDown() throws StartError {
        start("sentinel down-after-milliseconds mymaster 40000");
        master.silent(true);
        sentinel.runFor(30_000); // KEYS on a large server, a script
        master.silent(false);
        sentinel.runFor(120_000);
        assertThat(logged("+sdown")).isFalse();
        assertThat(logged("+try-failover")).isFalse();
    }

    @Test
    void busy_isEndedOnce_whenTheServerCountsAsDown() throws StartError {
        start();
        master.answers("PING", "-BUSY Redis is busy running a script.\r\n");
        sentinel.runFor(2500);
        assertThat(master.received().stream().filter(w -> w.getFirst().equals("SCRIPT")))
                .containsExactly(List.of("SCRIPT", "KILL"));
    }

    @Test
    void theMasterIsGone_andTheReplicaIsPromoted() throws StartError {
        start("sentinel client-reconfig-script mymaster /bin/reconf");
        master.stop();
        sentinel.runFor(2500);
        assertThat(replica.received())
                .containsSequence(
                        List.of("MULTI"),
                        List.of("SLAVEOF", "NO", "ONE"),
                        List.of("CONFIG", "REWRITE"),
                        List.of("CLIENT", "KILL", "TYPE", "normal"),
                        List.of("CLIENT", "KILL", "TYPE", "pubsub"),
                        List.of("EXEC"));
        promote();
        sentinel.runFor(2500);
        assertThat(logged("+switch-master mymaster 127.0.0.1 6379 127.0.0.1 6380")).isTrue();
        assertThat(sentinel.run("SENTINEL GET-MASTER-ADDR-BY-NAME mymaster"))
                .isEqualTo("*2\r\n$9\r\n127.0.0.1\r\n$4\r\n6380\r\n");
        assertThat(sentinel.programs().getFirst().words())
                .containsExactly(
                        "/bin/reconf",
                        "mymaster",
                        "leader",
                        "start",
                        "127.0.0.1",
                        "6379",
                        "127.0.0.1",
                        "6380");
        assertThat(logged("explain {\"failover\":\"mymaster\",\"epoch\":1,\"step\":\"chosen\""))
                .isTrue();
    }

    @Test
    void theOldMaster_thatComesBack_isMadeAReplica() throws StartError {
        start();
        master.stop();
        sentinel.runFor(2500);
        promote();
        sentinel.runFor(2500);
        master.start();
        master.info("role:master");
        sentinel.runFor(20_000);
        assertThat(logged("+convert-to-slave slave 127.0.0.1:6379")).isTrue();
        assertThat(master.received())
                .as("its clients have to ask anew where their master is")
                .containsSequence(
                        List.of("MULTI"),
                        List.of("SLAVEOF", "127.0.0.1", "6380"),
                        List.of("CONFIG", "REWRITE"),
                        List.of("CLIENT", "KILL", "TYPE", "normal"),
                        List.of("CLIENT", "KILL", "TYPE", "pubsub"),
                        List.of("EXEC"));
    }

    @Test
    void aSplitVote_isFollowedByAnotherRound_withinASecond() throws StartError {
        String other = "e".repeat(40);
        start("sentinel known-sentinel mymaster 127.0.0.1 26380 " + other);
        SimulatedServer peer = sentinel.serverAt(26380);
        peer.answers("SENTINEL", "*3\r\n:1\r\n$1\r\n*\r\n:0\r\n");
        sentinel.runFor(3000);
        master.stop();
        waitFor(() -> rounds() == 1);
        peer.answers("SENTINEL", "*3\r\n:1\r\n$40\r\n" + other + "\r\n:1\r\n");
        waitFor(() -> logged("-failover-abort-not-elected"));
        assertThat(rounds()).isEqualTo(1);
        sentinel.runFor(1000);
        assertThat(rounds()).as("not after twice failover-timeout").isEqualTo(2);
    }

    private void waitFor(BooleanSupplier condition) {
        for (int i = 0; i < 500 && !condition.getAsBoolean(); i++) {
            sentinel.runFor(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private long rounds() {
        return sentinel.logged().stream().filter(line -> line.startsWith("+try-failover")).count();
    }

    @Test
    void renamedCommands_andPasswords_areUsed() throws StartError {
        start(
                "sentinel auth-pass mymaster secret",
                "sentinel auth-user mymaster watcher",
                "sentinel rename-command mymaster SLAVEOF GHOST",
                "sentinel rename-command mymaster CONFIG GUILTY");
        assertThat(master.received().getFirst()).containsExactly("AUTH", "watcher", "secret");
        master.stop();
        sentinel.runFor(2500);
        assertThat(replica.last("GHOST")).containsExactly("GHOST", "NO", "ONE");
        assertThat(replica.last("GUILTY")).containsExactly("GUILTY", "REWRITE");
        assertThat(replica.last("SLAVEOF")).isNull();
    }

    @Test
    void aScript_thatAsksForIt_isRunAgain_later() throws StartError {
        start("sentinel notification-script mymaster /bin/notify");
        int before = sentinel.programs().size();
        master.silent(true);
        sentinel.runFor(1600);
        SimulatedSentinel.Started first = sentinel.programs().get(before);
        assertThat(first.words()).startsWith("/bin/notify", "+sdown");
        first.programEnd().accept(new SentinelWorld.End(1, 0));
        sentinel.runFor(29_000);
        assertThat(sentinel.programs().stream().filter(p -> p.words().equals(first.words())))
                .hasSize(1);
        sentinel.runFor(2000);
        assertThat(sentinel.programs().stream().filter(p -> p.words().equals(first.words())))
                .hasSize(2);
    }

    @Test
    void aScript_thatRunsForTooLong_isEnded() throws StartError {
        start("sentinel notification-script mymaster /bin/notify");
        int before = sentinel.programs().size();
        master.silent(true);
        sentinel.runFor(1600);
        long pid = before + 1L;
        sentinel.runFor(60_500);
        assertThat(sentinel.killed()).contains(pid);
        assertThat(logged("-script-timeout /bin/notify " + pid)).isTrue();
        sentinel.programs().get(before).programEnd().accept(new SentinelWorld.End(0, SIGKILL));
        assertThat(sentinel.run("SENTINEL PENDING-SCRIPTS")).contains("scheduled");
    }

    @Test
    void aWebAddress_isTold_inOrder_untilItAnswersWell() throws StartError {
        start("sentinel webhook mymaster http://127.0.0.1:1/hook");
        while (!sentinel.posts().isEmpty()) { // what was told of the beginning
            sentinel.posts().removeFirst().postEnd().accept(200);
            sentinel.runFor(200);
        }
        master.stop();
        sentinel.runFor(1600);
        assertThat(sentinel.posts()).as("the second waits for the first").hasSize(1);
        assertThat(sentinel.posts().getFirst().words().get(1))
                .startsWith("{\"event\":\"+")
                .contains("\"master\":\"mymaster\"");
        sentinel.posts().getFirst().postEnd().accept(503);
        sentinel.runFor(1500);
        assertThat(sentinel.posts().get(1).words()).isEqualTo(sentinel.posts().getFirst().words());
        sentinel.posts().get(1).postEnd().accept(200);
        sentinel.runFor(500);
        assertThat(sentinel.posts().get(2).words())
                .isNotEqualTo(sentinel.posts().getFirst().words());
    }

    @Test
    void aSimulatedCrash_endsTheProcess_whenItIsElected() throws StartError {
        start();
        sentinel.run("SENTINEL SIMULATE-FAILURE crash-after-election");
        master.stop();
        sentinel.runFor(2500);
        assertThat(logged("+elected-leader")).isTrue();
        assertThat(sentinel.exitStatus()).isEqualTo(99);
        assertThat(replica.last("SLAVEOF")).isNull();
    }

    @Test
    void aSubscriptionThatIsRefused_isNoConnection() throws StartError {
        start();
        String refusal = "-NOAUTH Authentication required.\r\n";
        master.answers("SUBSCRIBE", refusal).answers("PING", refusal).answers("INFO", refusal);
        master.stop();
        master.start();
        sentinel.runFor(1050);
        assertThat(sentinel.run("SENTINEL MASTER mymaster")).contains("disconnected");
        master.answers("SUBSCRIBE", "+OK\r\n").answers("PING", "+PONG\r\n").info("role:master");
        sentinel.runFor(2500);
        assertThat(sentinel.run("SENTINEL MASTER mymaster")).doesNotContain("disconnected");
    }

    @Test
    void aServerThatSpeaksNonsense_losesItsConnection_andNothingElse() throws StartError {
        start();
        replica.answers("PING", "?what\r\n");
        sentinel.runFor(5000);
        assertThat(logged("+sdown slave 127.0.0.1:6380")).isTrue();
        assertThat(logged("+sdown master")).isFalse();
    }
}
