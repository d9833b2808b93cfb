package io.ferrite.node.slots;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.SimulatedNode;
import io.ferrite.node.cluster.OneOfTwo;
import org.junit.jupiter.api.Test;

/** What a node says to another one that gives it slots, and to who wants its slots moved. */
final class SlotMovesTest {

    private static final String OTHER = OneOfTwo.OTHER;
    private static final String ESTABLISH = "CLUSTER SYNCSLOTS ESTABLISH m ";
    private static final String ASK = "CLUSTER SYNCSLOTS ASK m 12182 12182";

    private final OneOfTwo files = new OneOfTwo();
    private final SimulatedNode server = files.serving();

    @Test
    void slotsThatWereTaken_areStillSaidToBe_afterARestart() {
        assertThat(server.run(ESTABLISH + OTHER + " 12182 12182")).isEqualTo("+OK\r\n");
        assertThat(server.run("SET foo v")).isEqualTo("+OK\r\n");
        assertThat(server.run("CLUSTER SYNCSLOTS TAKE m")).isEqualTo("+OK\r\n");
        assertThat(server.run(ASK)).isEqualTo("+TAKEN\r\n");

        SimulatedNode again = files.serving();

        assertThat(again.run(ASK)).isEqualTo("+TAKEN\r\n");
        assertThat(again.run("CLUSTER SYNCSLOTS ASK n 12183 12183")).isEqualTo("+DEAD\r\n");
    }

    @Test
    void whatWasAskedForBeforeItCame_isNotTakenAnyMore() {
        assertThat(server.run(ESTABLISH + OTHER + " 12182 12182")).isEqualTo("+OK\r\n");
        assertThat(server.run(ASK)).isEqualTo("+DEAD\r\n");

        assertThat(server.run("CLUSTER SYNCSLOTS TAKE m"))
                .isEqualTo("-ERR There is no such migration any more\r\n");
        assertThat(server.node().cluster().view().owner(12182).id()).isEqualTo(OTHER);
    }

    @Test
    void slotsThatTheSourceLostMeanwhile_areNotTaken() {
        assertThat(server.run(ESTABLISH + OTHER + " 12182 12182")).isEqualTo("+OK\r\n");
        assertThat(server.run("CLUSTER DELSLOTS 12182")).isEqualTo("+OK\r\n");

        assertThat(server.run("CLUSTER SYNCSLOTS TAKE m"))
                .isEqualTo("-ERR Slot 12182 is not known to be the source's\r\n");
        assertThat(server.node().cluster().view().owner(12182)).isNull();
        assertThat(server.run(ASK)).isEqualTo("+DEAD\r\n");
    }

    @Test
    void anotherMigrationsName_takesNothing() {
        assertThat(server.run(ESTABLISH + OTHER + " 12182 12182")).isEqualTo("+OK\r\n");
        assertThat(server.run("CLUSTER SYNCSLOTS TAKE n"))
                .isEqualTo("-ERR There is no such migration any more\r\n");
        assertThat(server.run("CLUSTER SYNCSLOTS ESTABLISH n " + OTHER + " 12183 12183"))
                .isEqualTo("-ERR This connection carries a migration already\r\n");
    }

    @Test
    void severalMoves_beginTogetherOrNotAtAll() {
        String first = "CLUSTER MIGRATESLOTS SLOTSRANGE 0 1 NODE " + OTHER;

        assertThat(server.run(first + " SLOTSRANGE 9000 9001 NODE " + OTHER))
                .isEqualTo("-ERR Slots are not served by this node\r\n");
        assertThat(server.run(first + " SLOTSRANGE 1 2 NODE " + OTHER))
                .isEqualTo("-ERR Slot ranges overlap\r\n");
        assertThat(server.run("CLUSTER GETSLOTMIGRATIONS")).isEqualTo("*0\r\n");

        assertThat(server.run(first)).isEqualTo("+OK\r\n");
        assertThat(server.run("CLUSTER GETSLOTMIGRATIONS")).startsWith("*1\r\n");
    }
}
