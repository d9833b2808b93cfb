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
    void keysOfAnImportThatARestartBrokeOff_areRemoved() {
        assertThat(server.run(ESTABLISH + OTHER + " 12182 12182")).isEqualTo("+OK\r\n");
        assertThat(server.run("SET foo v")).isEqualTo("+OK\r\n");
        assertThat(server.run("SAVE")).isEqualTo("+OK\r\n");

        SimulatedNode again = files.serving();

        assertThat(again.run("DBSIZE")).isEqualTo(":0\r\n");
        assertThat(again.node().cluster().view().importing()).isEmpty();
    }

    @Test
    void movesAndRemovals_areCounted() {
        assertThat(server.run("CLUSTER INFO"))
                .contains("cluster_slot_migration_active_tasks:0\r\n")
                .contains("cluster_slot_migration_stats_active_trim_started:0\r\n");
        assertThat(server.run(ESTABLISH + OTHER + " 12182 12182")).isEqualTo("+OK\r\n");
        for (int i = 0; i < 3000; i++) {
            server.run("SET {foo}" + i + " v");
        }
        assertThat(server.run("CLUSTER INFO"))
                .contains("cluster_slot_migration_active_tasks:1\r\n");
        assertThat(server.run("SAVE")).isEqualTo("+OK\r\n");

        SimulatedNode again = files.serving();

        assertThat(again.run("DBSIZE")).isEqualTo(":0\r\n");
        assertThat(again.run("CLUSTER INFO"))
                .contains("cluster_slot_migration_active_trim_running:0\r\n")
                .contains("cluster_slot_migration_stats_active_trim_started:1\r\n")
                .contains("cluster_slot_migration_stats_active_trim_completed:1\r\n");
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
    void slotsThatNobodyGives_areAskedForAgain_untilItIsCancelled() {
        String reply = server.run("CLUSTER MIGRATION IMPORT 12182 12183 9000 9000");
        assertThat(reply).startsWith("$40\r\n");
        String id = reply.substring(5, 45);
        server.runFor(1200);

        String status = server.run("CLUSTER MIGRATION STATUS ID " + id);
        assertThat(status)
                .startsWith("*1\r\n")
                .contains("12182-12183", OTHER, "import", "retries", "no network");
        assertThat(server.run("CLUSTER MIGRATION IMPORT 12182 12182"))
                .isEqualTo("-ERR overlapping import exists for slot range: 12182\r\n");
        assertThat(server.run("CLUSTER MIGRATION CANCEL ID " + id)).isEqualTo(":1\r\n");
        server.runFor(20);
        assertThat(server.run("CLUSTER MIGRATION STATUS ALL")).contains("canceled");
        assertThat(server.run("CLUSTER MIGRATION CANCEL ALL")).isEqualTo(":0\r\n");
    }

    @Test
    void slotsThatCannotBeAskedFor_areRefused() {
        assertThat(server.run("CLUSTER MIGRATION IMPORT 5 5"))
                .isEqualTo("-ERR this node is already the owner of the slot range\r\n");
        assertThat(server.run("CLUSTER MIGRATION IMPORT 8191 8192"))
                .isEqualTo("-ERR slots belong to different source nodes\r\n");
        assertThat(server.run("CLUSTER MIGRATION STATUS X")).isEqualTo("-ERR unknown argument\r\n");
        assertThat(server.run("CLUSTER MIGRATION X ALL")).isEqualTo("-ERR unknown argument\r\n");
    }

    @Test
    void plan_isEmptyWhereAllBearTheSame_andElseSaysWhatWouldMove() {
        assertThat(server.run("CLUSTER REBALANCE PLAN")).isEqualTo("*0\r\n");
        server.run("CLUSTER DELSLOTSRANGE 0 4000");

        assertThat(server.run("CLUSTER REBALANCE PLAN"))
                .contains("source", OTHER, "dest", OneOfTwo.SELF, "slots", "16256-16383");
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
