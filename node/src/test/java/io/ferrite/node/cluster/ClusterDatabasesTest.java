package io.ferrite.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.SimulatedNode;
import org.junit.jupiter.api.Test;

/** A node of a cluster with several databases. The key {@code b} lies in slot 3300. */
final class ClusterDatabasesTest {

    private final SimulatedNode server = new OneOfTwo(4).serving();

    private void expect(String command, String reply) {
        assertThat(server.run(command)).as(command).isEqualTo(reply + "\r\n");
    }

    @Test
    void databases_areAsManyAsSaid() {
        expect("SELECT 3", "+OK");
        expect("SELECT 4", "-ERR DB index is out of range");
    }

    @Test
    void withOneDatabase_nothingElseCanBeSelected() {
        SimulatedNode one = new OneOfTwo().serving();
        assertThat(one.run("SELECT 1")).startsWith("-ERR ");
        assertThat(one.run("SELECT 0")).isEqualTo("+OK\r\n");
    }

    @Test
    void keysOfASlot_areThoseOfTheSelectedDatabase() {
        expect("SET b 0", "+OK");
        expect("SELECT 2", "+OK");
        expect("CLUSTER COUNTKEYSINSLOT 3300", ":0");
        expect("MSET b 2 x{b} 2", "+OK");

        expect("CLUSTER COUNTKEYSINSLOT 3300", ":2");
        assertThat(server.run("CLUSTER GETKEYSINSLOT 3300 10")).startsWith("*2\r\n");
        assertThat(server.run("CLUSTER SLOT-STATS SLOTSRANGE 3300 3300"))
                .endsWith("key-count\r\n:3\r\n"); // of all databases
        expect("SELECT 0", "+OK");
        expect("CLUSTER COUNTKEYSINSLOT 3300", ":1");
    }

    @Test
    void sort_looksAtKeysOfItsOwnSlotOnly() {
        expect("RPUSH b 1 2 3", ":3");
        expect("MSET by{b}1 9 by{b}2 5 by{b}3 7", "+OK");
        String sorted = "*3\r\n$1\r\n2\r\n$1\r\n3\r\n$1\r\n1";
        String denied =
                " option of SORT denied in Cluster mode when keys formed by the pattern may be in"
                        + " different slots.";
        expect("SORT b BY by{b}*", sorted);
        expect("SORT_RO b BY by{b}* GET #", sorted);
        expect("SORT b BY by{b}* GET by{b}*", "*3\r\n$1\r\n5\r\n$1\r\n7\r\n$1\r\n9");
        expect("SORT b BY x", "*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3");
        for (String other : new String[] {"*{b}", "by*", "{}{b}*", "{b*}", "[{b}*", "{a}*"}) {
            expect("SORT b BY " + other, "-ERR BY" + denied);
            expect("SORT_RO b GET " + other, "-ERR GET" + denied);
        }
        expect("SORT b GET a", "-ERR GET" + denied);
    }

    @Test
    void slotsAreJudgedAlike_inEveryDatabase() {
        expect("SELECT 2", "+OK");
        assertThat(server.run("SET foo v")).startsWith("-MOVED 12182 ");
        assertThat(server.run("MGET b a")).startsWith("-CROSSSLOT ");
    }

    @Test
    void keysGoToOtherDatabases() {
        expect("SET b 0", "+OK");
        expect("MOVE b 2", ":1");
        expect("EXISTS b", ":0");
        expect("SELECT 2", "+OK");
        expect("COPY b b DB 3", ":1");
        expect("SELECT 3", "+OK");
        expect("GET b", "$1\r\n0");
    }

    @Test
    void whatEmptiesASlotOrAll_doesSoInEveryDatabase() {
        expect("SET b 0", "+OK");
        expect("SELECT 2", "+OK");
        expect("SET b 2", "+OK");
        expect("CLUSTER FLUSHSLOT 3300", "+OK");
        expect("DBSIZE", ":0");
        expect("SET b 2", "+OK");
        expect("SELECT 0", "+OK");
        expect("DBSIZE", ":0");
        expect("SET b 0", "+OK");
        expect("FLUSHDB", "+OK");
        expect("SELECT 2", "+OK");
        expect("DBSIZE", ":1");
        expect("FLUSHALL", "+OK");
        expect("DBSIZE", ":0");
    }

    @Test
    void slotWithKeysInAnotherDatabase_isNotEmpty() {
        expect("SELECT 2", "+OK");
        expect("SET b 2", "+OK");
        assertThat(server.run("CLUSTER REPLICATE " + OneOfTwo.OTHER)).startsWith("-ERR ");
        assertThat(server.run("CLUSTER FLUSHSLOTS")).startsWith("-ERR ");
    }

    @Test
    void importedKeys_comeIntoTheirDatabases() {
        expect("CLUSTER SYNCSLOTS ESTABLISH m " + OneOfTwo.OTHER + " 12182 12182", "+OK");
        expect("SELECT 2", "+OK");
        expect("SET foo 2", "+OK");
        expect("CLUSTER SYNCSLOTS TAKE m", "+OK");
        expect("GET foo", "$1\r\n2");
        expect("SELECT 0", "+OK");
        expect("EXISTS foo", ":0");
    }
}
