package io.ferrite.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.SimulatedNode;
import org.junit.jupiter.api.Test;

/** One node of two, which serves the slots up to 8191; the other one does not answer. */
final class RedirectionTest {

    /** Slots 5061 and 6777, of this node, and 12182, of the other. */
    private static final String MINE = "bar";

    private static final String MINE_TOO = "user:2";
    private static final String THEIRS = "foo";

    private final OneOfTwo files = new OneOfTwo();
    private final SimulatedNode server = files.serving();

    @Test
    void ownSlots_areServed_andThoseOfOthersAreNamedWithTheirPlace() {
        assertThat(server.run("SET " + MINE + " v")).isEqualTo("+OK\r\n");
        assertThat(server.run("GET " + THEIRS)).isEqualTo("-MOVED 12182 127.0.0.1:7001\r\n");
    }

    @Test
    void keysOfSeveralSlots_areRefused_whoeverServesThem() {
        String refusal = "-CROSSSLOT Keys in request don't hash to the same slot\r\n";
        assertThat(server.run("MSET " + MINE + " 1 " + MINE_TOO + " 2")).isEqualTo(refusal);
        assertThat(server.run("EVAL x 2 " + MINE + " " + THEIRS)).isEqualTo(refusal);
        assertThat(server.run("MSET {bar}1 1 {bar}2 2")).isEqualTo("+OK\r\n");
    }

    @Test
    void slotOnItsWay_servesWhatIsHere_andAsksForTheRest() {
        server.run("MSET {bar}1 1 {bar}2 2");
        server.run("CLUSTER SETSLOT 5061 MIGRATING " + OneOfTwo.OTHER);
        assertThat(server.run("GET {bar}1")).isEqualTo("$1\r\n1\r\n");
        assertThat(server.run("GET {bar}3")).isEqualTo("-ASK 5061 127.0.0.1:7001\r\n");
        assertThat(server.run("MGET {bar}1 {bar}3"))
                .isEqualTo("-TRYAGAIN Multiple keys request during rehashing of slot\r\n");
        server.run("CLUSTER SETSLOT 5061 STABLE");
        assertThat(server.run("GET {bar}3")).isEqualTo("$-1\r\n");
    }

    @Test
    void slotThatComes_isServedForOneCommandAfterAsking() {
        server.run("CLUSTER SETSLOT 12182 IMPORTING " + OneOfTwo.OTHER);
        assertThat(server.run("GET " + THEIRS)).startsWith("-MOVED 12182");
        assertThat(server.run("ASKING")).isEqualTo("+OK\r\n");
        assertThat(server.run("SET " + THEIRS + " v")).isEqualTo("+OK\r\n");
        assertThat(server.run("GET " + THEIRS)).startsWith("-MOVED 12182");
    }

    @Test
    void slotWithKeys_isNotGivenAway() {
        server.run("SET " + MINE + " v");
        assertThat(server.run("CLUSTER SETSLOT 5061 NODE " + OneOfTwo.OTHER))
                .startsWith("-ERR Can't assign hashslot 5061 to a different node");
        server.run("DEL " + MINE);
        assertThat(server.run("CLUSTER SETSLOT 5061 NODE " + OneOfTwo.OTHER)).isEqualTo("+OK\r\n");
        assertThat(server.run("GET " + MINE)).isEqualTo("-MOVED 5061 127.0.0.1:7001\r\n");
    }

    @Test
    void transaction_isRefusedAsAWhole_whenOneOfItsCommandsWas() {
        server.run("MULTI");
        assertThat(server.run("SET " + MINE + " v")).isEqualTo("+QUEUED\r\n");
        assertThat(server.run("SET " + THEIRS + " v")).startsWith("-MOVED");
        assertThat(server.run("EXEC")).startsWith("-EXECABORT");
        server.run("MULTI");
        server.run("SET " + MINE + " v");
        server.run("SET " + MINE_TOO + " v");
        assertThat(server.run("EXEC")).startsWith("-CROSSSLOT");
    }

    @Test
    void otherDatabases_areRefused() {
        assertThat(server.run("SELECT 1"))
                .isEqualTo("-ERR SELECT is not allowed in cluster mode\r\n");
        assertThat(server.run("SWAPDB 0 1"))
                .isEqualTo("-ERR SWAPDB is not allowed in cluster mode\r\n");
        assertThat(server.run("MOVE " + MINE + " 1"))
                .isEqualTo("-ERR MOVE is not allowed in cluster mode\r\n");
    }

    @Test
    void withoutAMajority_nothingIsServed_andReadsOnlyIfWished() {
        server.run("SET " + MINE + " v");
        server.runFor(40_000);
        assertThat(server.run("GET " + MINE)).isEqualTo("-CLUSTERDOWN The cluster is down\r\n");
        server.run("CONFIG SET cluster-allow-reads-when-down yes");
        assertThat(server.run("GET " + MINE)).isEqualTo("$1\r\nv\r\n");
        assertThat(server.run("SET " + MINE + " w"))
                .isEqualTo("-CLUSTERDOWN The cluster is down and only accepts read commands\r\n");
    }

    @Test
    void announcedAddress_isNoLongerThanTheBusCanTell() {
        server.run("CONFIG SET cluster-announce-ip " + "a".repeat(60));
        server.runFor(200);
        assertThat(server.run("CLUSTER NODES")).contains(" " + "a".repeat(45) + ":");
    }

    @Test
    void whatWasOrdered_isInTheFile_beforeItIsAnswered() {
        server.run("CLUSTER SETSLOT 5061 NODE " + OneOfTwo.OTHER);
        SimulatedNode again = files.open();
        assertThat(again.openCluster()).isEmpty();
        assertThat(again.node().cluster().view().owner(5061).id()).isEqualTo(OneOfTwo.OTHER);
        assertThat(again.node().cluster().view().selfId()).isEqualTo(OneOfTwo.SELF);
    }

    @Test
    void damagedFile_keepsTheServerFromStarting() {
        files.write(OneOfTwo.FILE + "nonsense\n");
        assertThat(files.open().openCluster().orElse(""))
                .startsWith("Unrecoverable error: corrupted cluster config file");
    }
}
