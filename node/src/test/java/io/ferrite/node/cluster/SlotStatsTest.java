package io.ferrite.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.SimulatedNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What CLUSTER SLOT-STATS tells. Keys that begin with {@code b} here lie in slot 3300. */
final class SlotStatsTest {

    private static final int SLOT = 3300;

    private final SimulatedNode server = new OneOfTwo().serving();

    @BeforeEach
    void count() {
        assertThat(server.run("CONFIG SET cluster-slot-stats-enabled yes")).isEqualTo("+OK\r\n");
    }

    private long stat(String name) {
        return stat(SLOT, name);
    }

    private long stat(int slot, String name) {
        String reply = server.run("CLUSTER SLOT-STATS SLOTSRANGE " + slot + " " + slot);
        Matcher found = Pattern.compile(name + "\r\n:(\\d+)\r\n").matcher(reply);
        assertThat(found.find()).as(reply).isTrue();
        return Long.parseLong(found.group(1));
    }

    @Test
    void switchedOff_onlyKeysAreTold() {
        server.run("CONFIG SET cluster-slot-stats-enabled no");
        server.run("SET b v");

        assertThat(server.run("CLUSTER SLOT-STATS SLOTSRANGE 3300 3300"))
                .isEqualTo("*1\r\n*2\r\n:3300\r\n*2\r\n$9\r\nkey-count\r\n:1\r\n");
        assertThat(server.run("CLUSTER SLOT-STATS ORDERBY cpu-usec"))
                .isEqualTo("-ERR Unrecognized sort metric for ORDERBY.\r\n");
    }

    @Test
    void requestsAndReplies_countForTheSlotOfTheirKeys() {
        server.run("SET b value");
        assertThat(stat("network-bytes-in")).isEqualTo(31);
        assertThat(stat("network-bytes-out")).isEqualTo(5);

        server.run("MGET b b{b}");
        assertThat(stat("network-bytes-in")).isEqualTo(31 + 31);

        server.run("PING");
        assertThat(stat("network-bytes-in")).isEqualTo(31 + 31);
    }

    @Test
    void transaction_countsWithAllThatBelongsToIt() {
        server.run("MULTI");
        server.run("SET b value");
        server.run("EXEC");

        assertThat(stat("network-bytes-in")).isEqualTo(15 + 31 + 14);
    }

    @Test
    void resettingStatistics_beginsAnew() {
        server.run("SET b value");
        server.run("CONFIG RESETSTAT");

        assertThat(stat("network-bytes-in")).isZero();
        assertThat(stat("key-count")).isEqualTo(1);
    }

    @Test
    void slotThatLeft_beginsAnewWhenItIsBack() {
        server.run("SET b value");
        server.run("CLUSTER DELSLOTS 3300");
        assertThat(server.run("CLUSTER SLOT-STATS SLOTSRANGE 3300 3300")).isEqualTo("*0\r\n");
        server.run("CLUSTER ADDSLOTS 3300");

        assertThat(stat("network-bytes-in")).isZero();
    }

    @Test
    void memory_isThatOfTheKeys() {
        server.run("SET b " + "x".repeat(1000));
        assertThat(stat("memory-bytes")).isBetween(1000L, 1200L);
        for (int i = 0; i < 1000; i++) {
            server.run("SET {b}" + i + " " + "x".repeat(1000));
        }
        assertThat(stat("memory-bytes")).isBetween(1_000_000L, 1_200_000L);
    }

    @Test
    void slots_areOrderedByWhatIsAskedFor() {
        server.run("SET b value");
        String reply = server.run("CLUSTER SLOT-STATS ORDERBY network-bytes-in LIMIT 1 DESC");
        assertThat(reply).startsWith("*1\r\n*2\r\n:3300\r\n");

        reply = server.run("CLUSTER SLOT-STATS ORDERBY memory-bytes LIMIT 1");
        assertThat(reply).startsWith("*1\r\n*2\r\n:3300\r\n");
    }
}
