package io.ferrite.node.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.config.StartError;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replies and refusals, byte for byte those of redis-sentinel. */
final class SentinelCommandsTest {

    private SimulatedSentinel sentinel;

    @BeforeEach
    void start() throws StartError {
        SimulatedDisk disk = new SimulatedDisk(SimulatedSentinel.DIRECTORY);
        String config = "sentinel monitor mymaster 127.0.0.1 6379 2\n";
        disk.put(SimulatedSentinel.FILE, config.getBytes(StandardCharsets.ISO_8859_1));
        sentinel = new SimulatedSentinel(disk).begin();
    }

    @AfterEach
    void close() {
        sentinel.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SENTINEL MASTER nobody|ERR No such master with that name",
                "SENTINEL REPLICAS nobody|ERR No such master with that name",
                "SENTINEL FAILOVER nobody|ERR No such master with that name",
                "SENTINEL FAILOVER mymaster|NOGOODSLAVE No suitable replica to promote",
                "SENTINEL MONITOR mymaster 127.0.0.1 7000 2|ERR Duplicate master name.",
                "SENTINEL MONITOR other 127.0.0.1 7000 0|ERR Quorum must be 1 or greater.",
                "SENTINEL MONITOR other 127.0.0.1 x 1|ERR Invalid port",
                "SENTINEL MONITOR other 127.0.0.1 7000 x|ERR Invalid quorum",
                "SENTINEL MONITOR other 127.0.0.1 70000 1|ERR Invalid port number.",
                "SENTINEL MONITOR other localhost 7000 1|ERR Invalid IP address or hostname"
                        + " specified",
                "SENTINEL SET mymaster nothing 1|ERR Unknown option or number of arguments for"
                        + " SENTINEL SET 'nothing'",
                "SENTINEL SET mymaster quorum 0|ERR Invalid argument '0' for SENTINEL SET"
                        + " 'quorum'",
                "SENTINEL SET mymaster notification-script /bin/x|ERR Reconfiguration of scripts"
                        + " path is denied for security reasons. Check the"
                        + " deny-scripts-reconfig configuration directive in your Sentinel"
                        + " configuration",
                "SENTINEL SIMULATE-FAILURE what|ERR Unknown failure simulation specified",
                "SENTINEL DEBUG what 1|ERR Unknown option or number of arguments for SENTINEL"
                        + " DEBUG 'what'",
                "SENTINEL DEBUG info-period 0|ERR Invalid argument '0' for SENTINEL DEBUG"
                        + " 'info-period'",
                "SENTINEL CONFIG SET what 1|ERR Invalid argument 'what' to SENTINEL CONFIG SET",
                "PUBLISH other text|ERR Only HELLO messages are accepted by Sentinel instances.",
                "SENTINEL CKQUORUM mymaster|NOQUORUM 1 usable Sentinels. Not enough available"
                        + " Sentinels to reach the specified quorum for this master",
            })
    void whatIsWrong_isRefused(String command, String refusal) {
        assertThat(sentinel.run(command)).isEqualTo("-" + refusal + "\r\n");
    }

    @Test
    void aServersCommands_areUnknown() {
        assertThat(sentinel.run("GET k")).startsWith("-ERR unknown command 'GET'");
        assertThat(sentinel.run("CLIENT NO-TOUCH on"))
                .isEqualTo("-ERR unknown subcommand 'NO-TOUCH'. Try CLIENT HELP.\r\n");
    }

    @Test
    void anUnknownMaster_hasNoAddress() {
        assertThat(sentinel.run("SENTINEL GET-MASTER-ADDR-BY-NAME nobody")).isEqualTo("*-1\r\n");
    }

    @Test
    void role_namesTheMasters() {
        assertThat(sentinel.run("ROLE"))
                .isEqualTo("*2\r\n$8\r\nsentinel\r\n*1\r\n$8\r\nmymaster\r\n");
    }

    @Test
    void info_isAPlainText_inRESP3Too() {
        sentinel.run("HELLO 3");
        assertThat(sentinel.run("INFO sentinel")).startsWith("$");
    }

    @Test
    void reset_countsWhomItConcerned() {
        assertThat(sentinel.run("SENTINEL RESET my*")).isEqualTo(":1\r\n");
        assertThat(sentinel.run("SENTINEL RESET your*")).isEqualTo(":0\r\n");
    }

    @Test
    void monitor_andRemove_areSavedAtOnce() {
        assertThat(sentinel.run("SENTINEL MONITOR other 127.0.0.1 7000 1")).isEqualTo("+OK\r\n");
        assertThat(sentinel.run("INFO sentinel")).contains("sentinel_masters:2\r\n");
        assertThat(sentinel.run("SENTINEL REMOVE other")).isEqualTo("+OK\r\n");
        assertThat(sentinel.run("INFO sentinel")).contains("sentinel_masters:1\r\n");
    }

    @Test
    void set_takesSeveralOptions_andStopsAtTheFirstThatIsWrong() {
        assertThat(sentinel.run("SENTINEL SET mymaster quorum 4 parallel-syncs 3"))
                .isEqualTo("+OK\r\n");
        assertThat(sentinel.run("SENTINEL SET mymaster quorum 5 what 1"))
                .startsWith("-ERR Unknown");
        assertThat(sentinel.run("SENTINEL MASTER mymaster"))
                .contains("$6\r\nquorum\r\n$1\r\n5\r\n")
                .contains("$14\r\nparallel-syncs\r\n$1\r\n3\r\n");
    }

    @Test
    void anOpinion_withoutAVote_namesNobody() {
        assertThat(sentinel.run("SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 6379 0 *"))
                .isEqualTo("*3\r\n:0\r\n$1\r\n*\r\n:0\r\n");
    }

    @Test
    void aVote_isGivenOnceInAnEpoch() {
        String first = "a".repeat(40);
        String second = "b".repeat(40);
        String vote = "SENTINEL IS-MASTER-DOWN-BY-ADDR 127.0.0.1 6379 ";
        assertThat(sentinel.run(vote + "7 " + first))
                .isEqualTo("*3\r\n:0\r\n$40\r\n" + first + "\r\n:7\r\n");
        assertThat(sentinel.run(vote + "7 " + second))
                .isEqualTo("*3\r\n:0\r\n$40\r\n" + first + "\r\n:7\r\n");
        assertThat(sentinel.run(vote + "8 " + second))
                .isEqualTo("*3\r\n:0\r\n$40\r\n" + second + "\r\n:8\r\n");
        assertThat(sentinel.run(vote + "7 " + first))
                .isEqualTo("*3\r\n:0\r\n$40\r\n" + second + "\r\n:8\r\n");
    }

    @Test
    void aHello_introducesASentinel() {
        String id = "e".repeat(40);
        String hello = "127.0.0.1,26380," + id + ",4,mymaster,127.0.0.1,6379,0";
        assertThat(sentinel.run("PUBLISH __sentinel__:hello " + hello)).isEqualTo(":1\r\n");
        assertThat(sentinel.run("SENTINEL SENTINELS mymaster")).contains(id);
        assertThat(sentinel.state().epoch()).isEqualTo(4);
    }

    @Test
    void debugValues_areShown_andChanged() {
        assertThat(sentinel.run("SENTINEL DEBUG")).startsWith("*26\r\n$11\r\nINFO-PERIOD\r\n");
        assertThat(sentinel.run("SENTINEL DEBUG ping-period 500")).isEqualTo("+OK\r\n");
        assertThat(sentinel.run("SENTINEL DEBUG")).contains("PING-PERIOD\r\n$3\r\n500\r\n");
    }

    @Test
    void configGet_answersPatternsOnce() {
        assertThat(sentinel.run("SENTINEL CONFIG GET announce-* announce-ip"))
                .isEqualTo(
                        "*6\r\n"
                                + "$18\r\n"
                                + "announce-hostnames\r\n"
                                + "$2\r\n"
                                + "no\r\n"
                                + "$11\r\n"
                                + "announce-ip\r\n"
                                + "$0\r\n"
                                + "\r\n"
                                + "$13\r\n"
                                + "announce-port\r\n"
                                + "$1\r\n"
                                + "0\r\n");
    }

    @Test
    void explain_isEmpty_beforeAnythingHappened() {
        assertThat(sentinel.run("SENTINEL EXPLAIN mymaster")).isEqualTo("*0\r\n");
    }
}
