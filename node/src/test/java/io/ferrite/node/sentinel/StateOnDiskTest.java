package io.ferrite.node.sentinel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.ferrite.coordination.sentinel.Master;
import io.ferrite.node.config.StartError;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What a Sentinel must not forget survives whatever happens to its files, and none of it keeps the
 * Sentinel from starting again. The seed of what a power cut leaves is the number of the operation
 * it came at.
 */
final class StateOnDiskTest {

    private static final String COPY = SimulatedSentinel.FILE + ".state";
    private static final String CONFIG =
            """
            # mine
            port 26400
            sentinel monitor mymaster 127.0.0.1 6379 2
            sentinel down-after-milliseconds mymaster 5000
            """;
    private static final String CANDIDATE = "c".repeat(40);
    private static final Pattern VOTE =
            Pattern.compile("\\*3\r\n:[01]\r\n\\$40\r\nc{40}\r\n:([0-9]+)\r\n");

    /** What somebody outside was told, and may rely on. */
    private static final class Told {
        String id = "";
        long vote;
        boolean second;
    }

    private static SimulatedDisk disk() {
        SimulatedDisk disk = new SimulatedDisk(SimulatedSentinel.DIRECTORY);
        disk.put(SimulatedSentinel.FILE, CONFIG.getBytes(StandardCharsets.ISO_8859_1));
        return disk;
    }

    private static void vote(SimulatedSentinel sentinel, Told told, long epoch) {
        String reply =
                sentinel.run(
                        "SENTINEL is-master-down-by-addr 127.0.0.1 6379 "
                                + epoch
                                + " "
                                + CANDIDATE);
        Matcher matcher = VOTE.matcher(reply);
        if (matcher.matches()) {
            told.vote = Math.max(told.vote, Long.parseLong(matcher.group(1)));
        }
    }

    /** Some life: votes, orders, a restart in between. */
    private static void live(SimulatedDisk disk, Told told) throws StartError {
        try (SimulatedSentinel sentinel = new SimulatedSentinel(disk).begin()) {
            told.id = sentinel.state().myId();
            vote(sentinel, told, 3);
            String added = sentinel.run("SENTINEL MONITOR second 127.0.0.1 6390 1");
            told.second = added.equals("+OK\r\n");
            vote(sentinel, told, 4);
        }
        if (!disk.isOff()) {
            try (SimulatedSentinel sentinel = new SimulatedSentinel(disk).begin()) {
                sentinel.run("SENTINEL SET mymaster quorum 3");
                vote(sentinel, told, 9);
            }
        }
    }

    private static void keepsWhatWasTold(SimulatedDisk disk, Told told, String when) {
        try (SimulatedSentinel sentinel = new SimulatedSentinel(disk).begin()) {
            Master master = sentinel.state().masters().get("mymaster");
            assertThat(master).as("mymaster, " + when).isNotNull();
            assertThat(master.address().port()).as("port, " + when).isEqualTo(6379);
            assertThat(master.settings().downAfterMs()).as("down-after, " + when).isEqualTo(5000);
            assertThat(master.vote().epoch()).as("vote, " + when).isGreaterThanOrEqualTo(told.vote);
            assertThat(sentinel.state().epoch())
                    .as("epoch, " + when)
                    .isGreaterThanOrEqualTo(told.vote);
            if (told.vote > 0) {
                assertThat(sentinel.state().myId()).as("id, " + when).isEqualTo(told.id);
            }
            if (told.second) {
                assertThat(sentinel.state().masters()).as(when).containsKey("second");
            }
            assertThat(sentinel.state().global().listenPort()).as(when).isEqualTo(26400);
        } catch (StartError e) {
            fail(when + ": it does not start: " + e.getMessage());
        }
    }

    @Test
    void thePowerIsCut_atEveryOperation_andNothingToldIsForgotten() throws StartError {
        SimulatedDisk whole = disk();
        live(whole, new Told());
        long operations = whole.operations();
        assertThat(operations).isGreaterThan(20);
        for (long at = 0; at < operations; at++) {
            for (int luck = 0; luck < 6; luck++) {
                SimulatedDisk disk = disk();
                Told told = new Told();
                disk.cutAt(at);
                live(disk, told);
                disk.restart(new Random(at * 31 + luck));
                keepsWhatWasTold(disk, told, "cut at " + at + ", luck " + luck);
            }
        }
    }

    @Test
    void theFile_endsAfterAnyByte_andTheCopyHoldsAll() throws StartError {
        SimulatedDisk disk = disk();
        Told told = new Told();
        live(disk, told);
        byte[] file = disk.contents(SimulatedSentinel.FILE);
        byte[] copy = disk.contents(COPY);
        for (int length = 0; length < file.length; length++) {
            disk.put(SimulatedSentinel.FILE, Arrays.copyOf(file, length));
            disk.put(COPY, copy);
            keepsWhatWasTold(disk, told, "the file ends after " + length);
        }
    }

    @Test
    void theCopy_endsAfterAnyByte_andTheFileHoldsAll() throws StartError {
        SimulatedDisk disk = disk();
        Told told = new Told();
        live(disk, told);
        byte[] file = disk.contents(SimulatedSentinel.FILE);
        byte[] copy = disk.contents(COPY);
        for (int length = 0; length < copy.length; length++) {
            disk.put(SimulatedSentinel.FILE, file);
            disk.put(COPY, Arrays.copyOf(copy, length));
            keepsWhatWasTold(disk, told, "the copy ends after " + length);
        }
    }

    @Test
    void anOlderFile_thatEndsAnywhere_doesNotBringOldEpochsBack() throws StartError {
        SimulatedDisk disk = disk();
        Told told = new Told();
        String old;
        try (SimulatedSentinel sentinel = new SimulatedSentinel(disk).begin()) {
            told.id = sentinel.state().myId();
            vote(sentinel, told, 3);
            old = text(disk, SimulatedSentinel.FILE);
            vote(sentinel, told, 12);
        }
        byte[] copy = disk.contents(COPY);
        // From where the user's own lines are whole: before that it is another configuration.
        for (int length = CONFIG.length(); length <= old.length(); length++) {
            disk.put(
                    SimulatedSentinel.FILE,
                    old.substring(0, length).getBytes(StandardCharsets.ISO_8859_1));
            disk.put(COPY, copy);
            keepsWhatWasTold(disk, told, "the older file ends after " + length);
        }
    }

    private static String text(SimulatedDisk disk, String path) {
        return new String(disk.contents(path), StandardCharsets.ISO_8859_1);
    }

    @Test
    void anyByteOfTheCopy_isFlipped_andItIsLeftAside() throws StartError {
        SimulatedDisk disk = disk();
        Told told = new Told();
        live(disk, told);
        byte[] file = disk.contents(SimulatedSentinel.FILE);
        byte[] copy = disk.contents(COPY);
        for (int at = 0; at < copy.length; at++) {
            byte[] flipped = copy.clone();
            flipped[at] ^= 1;
            assertThat(StateCopy.decode(COPY, new String(flipped, StandardCharsets.ISO_8859_1)))
                    .as("flipped at " + at)
                    .isEmpty();
            disk.put(SimulatedSentinel.FILE, file);
            disk.put(COPY, flipped);
            if (at % 16 == 0) {
                keepsWhatWasTold(disk, told, "flipped at " + at);
            }
        }
    }

    @Test
    void theFileIsGone_andTheCopyIsUsed() throws StartError {
        SimulatedDisk disk = new SimulatedDisk(SimulatedSentinel.DIRECTORY);
        SimulatedDisk before = disk();
        Told told = new Told();
        live(before, told);
        disk.put(COPY, before.contents(COPY));
        keepsWhatWasTold(disk, told, "without the file");
    }

    @Test
    void aLineThatTheUserGotWrong_isRefused_asRedisDoes() {
        SimulatedDisk disk = disk();
        String wrong = CONFIG + "sentinel down-after-milliseconds mymaster nothing\n";
        disk.put(SimulatedSentinel.FILE, wrong.getBytes(StandardCharsets.ISO_8859_1));
        try (SimulatedSentinel sentinel = new SimulatedSentinel(disk).begin()) {
            fail("it starts with " + sentinel.state());
        } catch (StartError e) {
            assertThat(e.block("x")).contains("negative or zero time parameter.");
        }
    }

    @Test
    void aDiskThatIsFull_letsItWatch_butNotVote() throws StartError {
        SimulatedDisk disk = disk();
        try (SimulatedSentinel sentinel = new SimulatedSentinel(disk).begin()) {
            disk.failWrites("No space left on device");
            Told told = new Told();
            vote(sentinel, told, 5);
            assertThat(told.vote).isZero();
            assertThat(sentinel.run("SENTINEL MONITOR second 127.0.0.1 6390 1"))
                    .isEqualTo("-ERR Failed to save config file. Check server logs.\r\n");
            assertThat(sentinel.run("SENTINEL FLUSHCONFIG"))
                    .isEqualTo("-ERR Failed to save config file. Check server logs.\r\n");
            assertThat(sentinel.logged())
                    .anyMatch(line -> line.startsWith("This Sentinel votes for nobody"));
            assertThat(sentinel.run("SENTINEL GET-MASTER-ADDR-BY-NAME mymaster"))
                    .isEqualTo("*2\r\n$9\r\n127.0.0.1\r\n$4\r\n6379\r\n");

            disk.failWrites(null);
            vote(sentinel, told, 6);
            assertThat(told.vote).isEqualTo(6);
            assertThat(sentinel.run("SENTINEL FLUSHCONFIG")).isEqualTo("+OK\r\n");
        }
    }

    @Test
    void theUsersLines_andTheirOrder_areKept() throws StartError {
        SimulatedDisk disk = disk();
        live(disk, new Told());
        List<String> lines = text(disk, SimulatedSentinel.FILE).lines().toList();
        assertThat(lines).startsWith("# mine", "port 26400");
        assertThat(lines).contains("sentinel monitor mymaster 127.0.0.1 6379 3");
        assertThat(lines).contains("sentinel monitor second 127.0.0.1 6390 1");
        assertThat(lines).contains("sentinel current-epoch 9", "sentinel leader-epoch mymaster 9");
    }

    @Test
    void aFileOfAnotherSentinel_isNotMixedWithTheCopy() throws StartError {
        SimulatedDisk disk = disk();
        live(disk, new Told());
        String other = CONFIG + "sentinel myid " + "d".repeat(40) + "\nsentinel current-epoch 1\n";
        disk.put(SimulatedSentinel.FILE, other.getBytes(StandardCharsets.ISO_8859_1));
        try (SimulatedSentinel sentinel = new SimulatedSentinel(disk).begin()) {
            assertThat(sentinel.state().myId()).isEqualTo("d".repeat(40));
            assertThat(sentinel.state().epoch()).isEqualTo(1);
        }
    }
}
