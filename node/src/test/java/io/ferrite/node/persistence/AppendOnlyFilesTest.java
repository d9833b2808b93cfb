package io.ferrite.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.SimulatedNode;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The append-only file of a whole server: written, rewritten, loaded, refused. */
final class AppendOnlyFilesTest {

    private static final String FILES = SimulatedNode.DIRECTORY + "/appendonlydir/appendonly.aof.";

    private final SimulatedDisk disk = new SimulatedDisk(SimulatedNode.DIRECTORY);

    private static SimulatedNode node(SimulatedDisk disk, String... options) {
        SimulatedNode node = new SimulatedNode(disk);
        node.call("CONFIG", "SET", "save", "", "appendfsync", "always");
        for (int i = 0; i < options.length; i += 2) {
            node.call("CONFIG", "SET", options[i], options[i + 1]);
        }
        node.settings().put(io.ferrite.node.config.PersistenceOptions.APPENDONLY, Boolean.TRUE);
        return node;
    }

    private static SimulatedNode started(SimulatedDisk disk, String... options) {
        SimulatedNode node = node(disk, options);
        assertThat(node.start()).as(() -> String.join("\n", node.logged())).isTrue();
        return node;
    }

    /** The words of a command's reply, or of a file. */
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void aFileThatIsNotThereYet_isNotSaidToBeLoaded_andNoSnapshotTakesItsPlace() {
        try (SimulatedNode node = new SimulatedNode(disk)) {
            node.run("SET k v");
            assertThat(node.run("SAVE")).isEqualTo("+OK\r\n");
        }
        try (SimulatedNode node = started(disk)) {
            assertThat(node.run("DBSIZE")).isEqualTo(":0\r\n");
            assertThat(node.logged()).noneMatch(line -> line.startsWith("DB loaded"));
            node.run("SET k w");
        }
        try (SimulatedNode node = started(disk)) {
            assertThat(node.run("GET k")).isEqualTo("$1\r\nw\r\n");
            assertThat(node.logged())
                    .anyMatch(line -> line.startsWith("DB loaded from append only file"));
        }
    }

    static void fill(SimulatedNode node) {
        node.run("SET string value");
        node.run("SET number 12345");
        node.run("SET negative -7 PX 100000");
        node.call("SET", "empty", "");
        node.call("SET", "long", "some text ".repeat(50_000));
        for (int i = 0; i < 150; i++) {
            node.run("RPUSH list " + i + " item" + i);
            node.run("SADD set " + i + " member" + i);
            node.run("SADD ints " + i * 1000);
            node.run("HSET hash f" + i + " " + i);
            node.run("ZADD zset " + i * 0.1 + " m" + i);
        }
        node.run("ZADD zset +inf top -inf bottom");
        node.run("HSET timed a 1 b 2");
        node.run("HPEXPIRE timed 50000 FIELDS 1 a");
        node.run("SELECT 11");
        node.run("SET elsewhere 1");
        node.run("SELECT 0");
        fillStreams(node);
    }

    private static void fillStreams(SimulatedNode node) {
        for (int i = 1; i <= 300; i++) {
            node.run("XADD stream " + i + "-" + i % 3 + " n " + i + " text value" + i);
        }
        node.run("XDEL stream 5-2 17-2");
        node.run("XGROUP CREATE stream g1 0");
        node.run("XGROUP CREATE stream g2 $");
        node.run("XREADGROUP GROUP g1 alice COUNT 100 STREAMS stream >");
        node.run("XREADGROUP GROUP g1 carol COUNT 3 STREAMS stream >");
        node.run("XACK stream g1 3-0 4-1");
        node.run("XGROUP CREATECONSUMER stream g1 bob");
        node.run("XADD emptied 7-7 a b");
        node.run("XDEL emptied 7-7");
        node.run("XGROUP CREATE bare g $ MKSTREAM");
    }

    /** What a rewrite has to keep, and DEBUG DIGEST does not look at. */
    private static String streams(SimulatedNode node) {
        return node.run("XINFO STREAM stream FULL COUNT 0").replaceAll("seen-time.*\\s.*", "")
                + node.run("XPENDING stream g1 - + 1000")
                + node.run("XINFO STREAM emptied")
                + node.run("XINFO GROUPS bare");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "no"})
    void aRewrite_keepsEverything(String preamble) {
        String before;
        String streams;
        try (SimulatedNode node = started(disk, "aof-use-rdb-preamble", preamble)) {
            fill(node);
            assertThat(node.run("BGREWRITEAOF"))
                    .isEqualTo("+Background append only file rewriting started\r\n");
            assertThat(node.logged()).contains("Background AOF rewrite finished successfully");
            node.run("SET later 1");
            before = node.digest();
            streams = firstWords(streams(node));
        }
        assertThat(
                        text(
                                disk.contents(
                                        FILES
                                                + "2.base."
                                                + (preamble.equals("yes") ? "rdb" : "aof"))))
                .startsWith(preamble.equals("yes") ? "REDIS0012" : "*2\r\n$6\r\nSELECT");
        try (SimulatedNode node = started(disk)) {
            assertThat(node.digest()).isEqualTo(before);
            assertThat(firstWords(streams(node))).isEqualTo(streams);
            assertThat(node.logged()).noneMatch(line -> line.contains("were refused"));
        }
    }

    /** Without what no command can make again: how trees are laid out, and when a consumer came. */
    private static String firstWords(String streams) {
        return streams.replaceAll("radix-tree-nodes\\r\\n:\\d+", "")
                .replaceAll("(seen|active)-time\\r\\n:-?\\d+", "");
    }

    @Test
    void aSnapshot_keepsWhenConsumersWereActive() {
        String before;
        try (SimulatedNode node = started(disk)) {
            fillStreams(node);
            node.runFor(5);
            node.run("XREADGROUP GROUP g1 dave STREAMS stream 0");
            before = node.run("XINFO STREAM stream FULL COUNT 0");
            assertThat(before).contains("active-time\r\n:-1");
            node.run("DEBUG RELOAD");
            assertThat(node.run("XINFO STREAM stream FULL COUNT 0")).isEqualTo(before);
        }
    }

    @Test
    void aCutFileThatIsNotTheLast_isRefused_andNotTouched() {
        try (SimulatedNode node = started(disk, "aof-disable-auto-gc", "yes")) {
            node.run("SET a 1");
        }
        byte[] first = disk.contents(FILES + "1.incr.aof");
        byte[] cut = Arrays.copyOf(first, first.length - 3);
        disk.put(FILES + "1.incr.aof", cut);
        disk.put(FILES + "2.incr.aof", first);
        disk.put(
                FILES + "manifest",
                ("file appendonly.aof.1.base.rdb seq 1 type b\n"
                                + "file appendonly.aof.1.incr.aof seq 1 type i\n"
                                + "file appendonly.aof.2.incr.aof seq 2 type i\n")
                        .getBytes(StandardCharsets.US_ASCII));
        try (SimulatedNode node = node(disk)) {
            assertThat(node.start()).isFalse();
            assertThat(node.logged())
                    .contains("Fatal error: the truncated file is not the last file");
        }
        assertThat(disk.contents(FILES + "1.incr.aof")).isEqualTo(cut);
    }

    @Test
    void aCutTail_isCutOff_orRefused_asIsWished() {
        try (SimulatedNode node = started(disk)) {
            node.run("SET a 1");
            node.run("MULTI");
            node.run("SET b 1");
            node.run("SET c 1");
            node.run("EXEC");
        }
        byte[] whole = disk.contents(FILES + "1.incr.aof");
        byte[] cut = Arrays.copyOf(whole, whole.length - 3);
        disk.put(FILES + "1.incr.aof", cut);
        try (SimulatedNode node = node(disk, "aof-load-truncated", "no")) {
            assertThat(node.start()).isFalse();
            assertThat(node.logged().getLast()).startsWith("Unexpected end of file reading");
        }
        assertThat(disk.contents(FILES + "1.incr.aof")).isEqualTo(cut);
        try (SimulatedNode node = started(disk)) {
            assertThat(node.run("EXISTS a b c")).isEqualTo(":1\r\n");
            node.run("SET d 1");
        }
        try (SimulatedNode node = started(disk)) {
            assertThat(node.run("EXISTS a b c d")).isEqualTo(":2\r\n");
        }
    }

    @Test
    void theSingleFileOfOldVersions_isTakenOver() throws IOException {
        byte[] old =
                "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n".getBytes(StandardCharsets.US_ASCII);
        disk.put(SimulatedNode.DIRECTORY + "/appendonly.aof", old);
        try (SimulatedNode node = started(disk)) {
            assertThat(node.run("GET k")).isEqualTo("$1\r\nv\r\n");
            node.run("SET l w");
        }
        assertThat(disk.list(SimulatedNode.DIRECTORY)).isEqualTo(List.of("appendonlydir"));
        try (SimulatedNode node = started(disk)) {
            assertThat(node.run("EXISTS k l")).isEqualTo(":2\r\n");
        }
    }

    @Test
    void switchedOnWhileItRuns_itHoldsTheDataFromThenOn() {
        String before;
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).isTrue();
            fill(node);
            node.run("CONFIG SET appendonly yes");
            assertThat(node.run("INFO persistence"))
                    .contains("aof_enabled:1", "aof_last_bgrewrite_status:ok");
            node.run("SET later 1");
            node.runFor(2_000);
            before = node.digest();
        }
        try (SimulatedNode node = started(disk)) {
            assertThat(node.digest()).isEqualTo(before);
            node.run("CONFIG SET appendonly no");
            node.run("SET k unlogged");
            node.run("CONFIG SET appendonly yes");
            before = node.digest();
        }
        try (SimulatedNode node = started(disk)) {
            assertThat(node.digest()).isEqualTo(before);
        }
    }

    @Test
    void whatAnotherServerWouldForkFor_isCounted() {
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).isTrue();
            assertThat(node.run("INFO stats")).contains("total_forks:0");
            node.run("BGSAVE");
            node.runFor(1_000);
            assertThat(node.run("INFO stats")).contains("total_forks:1");
            node.run("CONFIG SET appendonly yes");
            node.runFor(1_000);
            assertThat(node.run("INFO stats")).contains("total_forks:2");
            node.run("BGREWRITEAOF");
            node.runFor(1_000);
            assertThat(node.run("INFO stats")).contains("total_forks:3");
            node.run("SAVE");
            assertThat(node.run("INFO stats")).contains("total_forks:3");
        }
    }

    @Test
    void aFullDisk_refusesWrites_untilThereIsRoomAgain() {
        try (SimulatedNode node = started(disk)) {
            node.run("SET a 1");
            disk.leaveSpace(10);
            node.run("SET b 1");
            node.runFor(500);
            assertThat(node.run("INFO persistence")).contains("aof_last_write_status:err");
            assertThat(node.run("SET c 1"))
                    .isEqualTo(
                            "-MISCONF Errors writing to the AOF file: No space left on device\r\n");
            assertThat(node.run("GET a")).isEqualTo("$1\r\n1\r\n");
            disk.leaveSpace(1 << 20);
            node.runFor(500);
            assertThat(node.run("INFO persistence")).contains("aof_last_write_status:ok");
            assertThat(node.run("SET c 1")).isEqualTo("+OK\r\n");
        }
        try (SimulatedNode node = started(disk)) {
            assertThat(node.run("EXISTS a b c")).isEqualTo(":3\r\n");
        }
    }

    @Test
    void aSyncThatFailed_isMadeUpForByARewrite() {
        try (SimulatedNode node = started(disk)) {
            node.run("SET a 1");
            disk.failSyncs("Input/output error");
            node.run("SET b 1");
            assertThat(node.run("SET c 1"))
                    .isEqualTo("-MISCONF Errors writing to the AOF file: Input/output error\r\n");
            disk.failSyncs(null);
            node.runFor(2_000);
            assertThat(node.run("SET c 1")).isEqualTo("+OK\r\n");
            assertThat(disk.contents(FILES + "2.base.rdb")).isNotNull();
        }
    }

    @Test
    void timesAreNoted_whenWished() {
        try (SimulatedNode node = started(disk, "aof-timestamp-enabled", "yes")) {
            node.run("SET a 1");
            node.runFor(1_500);
            node.run("SET b 1");
        }
        assertThat(text(disk.contents(FILES + "1.incr.aof")))
                .startsWith("#TS:1700000000\r\n")
                .contains("#TS:1700000001\r\n");
        try (SimulatedNode node = started(disk)) {
            assertThat(node.run("EXISTS a b")).isEqualTo(":2\r\n");
        }
    }

    @Test
    void writeThatFailsInItsMiddle_goesOnThere_withoutALineInside() {
        try (SimulatedNode node =
                started(disk, "appendfsync", "everysec", "aof-timestamp-enabled", "yes")) {
            node.run("SET before 1");
            node.runFor(2000);
            disk.leaveSpace(1_500_000); // the writer writes pieces of a megabyte
            node.call("SET", "big", "x".repeat(3_000_000));
            node.runFor(2000);
            assertThat(node.run("SET no 1")).startsWith("-MISCONF");
            disk.leaveSpace(Long.MAX_VALUE);
            node.runFor(2000);
            assertThat(node.run("SET after 1")).isEqualTo("+OK\r\n");
            node.runFor(2000);
        }
        try (SimulatedNode node = started(disk)) {
            assertThat(node.run("STRLEN big")).isEqualTo(":3000000\r\n");
            assertThat(node.run("MGET before after")).isEqualTo("*2\r\n$1\r\n1\r\n$1\r\n1\r\n");
        }
    }

    /** Older servers kept scripts as they were called, not what they did. */
    @Test
    void aScriptInTheFile_isRun_howeverLongItTakes() {
        String script =
                "redis.call('SET', KEYS[1], redis.call('INCR', 'n'))"
                        + " for i = 1, 300000 do local s = 'x' .. i end return redis.call('PING')";
        StringBuilder file = new StringBuilder();
        for (String[] command :
                new String[][] {{"SELECT", "9"}, {"SET", "n", "5"}, {"EVAL", script, "1", "x"}}) {
            file.append('*').append(command.length).append("\r\n");
            for (String word : command) {
                file.append('$').append(word.length()).append("\r\n").append(word);
                file.append("\r\n");
            }
        }
        disk.put(
                SimulatedNode.DIRECTORY + "/appendonly.aof",
                file.toString().getBytes(StandardCharsets.ISO_8859_1));
        try (SimulatedNode node = started(disk, "busy-reply-threshold", "1")) {
            assertThat(node.logged()).noneMatch(line -> line.contains("were refused"));
            node.run("SELECT 9");
            assertThat(node.run("GET x")).isEqualTo("$1\r\n6\r\n");
        }
    }
}
