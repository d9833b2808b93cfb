package io.ferrite.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.log.CommandLog;
import io.ferrite.node.SimulatedNode;
import io.ferrite.node.config.LeaderAddress;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Snapshot files on a disk that fails, fills up and loses power. */
final class SnapshotFilesTest {

    private static final String FILE = SimulatedNode.DIRECTORY + "/dump.rdb";
    private static final String TEMP = "temp-77.rdb";

    private final SimulatedDisk disk = new SimulatedDisk(SimulatedNode.DIRECTORY);

    private static void fill(SimulatedNode node) {
        node.run("SET string value");
        node.run("SET number 12345");
        node.call("SET", "long", "some text that repeats, repeats, repeats, repeats, repeats");
        node.run("RPUSH list a b c 1 2 3");
        node.run("SADD set a b c");
        node.run("SADD intset 1 2 3");
        node.run("HSET hash f v g w");
        node.run("ZADD zset 1 one 2.5 two");
        node.run("SELECT 3");
        node.run("SET elsewhere 1 PX 100000");
        node.run("SELECT 0");
    }

    private static SimulatedNode started(SimulatedDisk disk) {
        SimulatedNode node = new SimulatedNode(disk);
        assertThat(node.start()).as(() -> String.join("\n", node.logged())).isTrue();
        return node;
    }

    @Test
    void everythingComesBack() {
        String before;
        try (SimulatedNode node = started(disk)) {
            fill(node);
            before = node.digest();
            assertThat(node.run("SAVE")).isEqualTo("+OK\r\n");
            assertThat(node.logged()).contains("DB saved on disk");
            assertThat(node.run("INFO persistence"))
                    .contains("rdb_changes_since_last_save:0", "rdb_saves:1");
        }
        try (SimulatedNode node = started(disk)) {
            assertThat(node.digest()).isEqualTo(before);
            assertThat(node.logged())
                    .contains("Done loading RDB, keys loaded: 9, keys expired: 0.")
                    .contains("Loading RDB produced by version 7.2.4");
        }
    }

    @Test
    void whatHasExpired_isDroppedByALeader_andStaysWithAFollower() {
        try (SimulatedNode node = started(disk)) {
            node.run("DEBUG SET-ACTIVE-EXPIRE 0");
            node.run("SET brief v PX 20");
            node.run("SET lasting v");
            assertThat(node.run("SAVE")).isEqualTo("+OK\r\n");
        }
        try (SimulatedNode leader = new SimulatedNode(disk)) {
            leader.runFor(1000);
            assertThat(leader.start()).isTrue();
            assertThat(leader.run("DBSIZE")).isEqualTo(":1\r\n");
            assertThat(leader.logged())
                    .contains("Done loading RDB, keys loaded: 1, keys expired: 1.");
        }
        Settings following = new Settings();
        following.put(ReplicationOptions.REPLICAOF, new LeaderAddress("10.0.0.1", 6379));
        try (SimulatedNode follower = new SimulatedNode(disk, following)) {
            follower.runFor(1000);
            assertThat(follower.start()).isTrue();
            follower.runFor(1000);
            assertThat(follower.run("DBSIZE")).isEqualTo(":2\r\n");
            assertThat(follower.run("GET brief")).isEqualTo("$-1\r\n");
        }
    }

    @Test
    void powerCutAnywhere_leavesTheOldDataOrTheNew() {
        Set<String> found = new HashSet<>();
        String before;
        String after;
        try (SimulatedNode node = started(disk)) {
            fill(node);
            node.run("SAVE");
            before = node.digest();
            node.run("SET string other");
            after = node.digest();
        }
        byte[] old = disk.contents(FILE);
        for (int seed = 0; seed < 20; seed++) {
            for (int cut = 0; ; cut++) {
                SimulatedDisk torn = new SimulatedDisk(SimulatedNode.DIRECTORY);
                torn.put(FILE, old);
                boolean saved;
                try (SimulatedNode node = started(torn)) {
                    node.run("SET string other");
                    torn.cutAt(torn.operations() + cut);
                    saved = node.run("SAVE").equals("+OK\r\n");
                }
                torn.restart(new Random(seed));
                try (SimulatedNode node = started(torn)) {
                    String digest = node.digest();
                    assertThat(digest)
                            .as("seed %d, cut before operation %d", seed, cut)
                            .isIn(saved ? Set.of(after) : Set.of(before, after));
                    found.add(digest);
                }
                if (saved) {
                    break;
                }
            }
        }
        assertThat(found).containsExactlyInAnyOrder(before, after);
    }

    @Test
    void fullDisk_failsTheSave_refusesWrites_andRecovers() throws IOException {
        try (SimulatedNode node = started(disk)) {
            fill(node);
            disk.leaveSpace(100);
            assertThat(node.run("BGSAVE")).isEqualTo("+Background saving started\r\n");
            assertThat(disk.list(SimulatedNode.DIRECTORY)).isEmpty();
            assertThat(node.run("INFO persistence")).contains("rdb_last_bgsave_status:err");
            assertThat(node.logged())
                    .contains("Write error while saving DB to the disk: No space left on device")
                    .contains("Background saving error");
            assertThat(node.run("SET k v")).startsWith("-MISCONF Redis is configured to save RDB");
            assertThat(node.run("PING")).startsWith("-MISCONF");
            assertThat(node.run("GET string")).isEqualTo("$5\r\nvalue\r\n");
            assertThat(node.run("SAVE")).isEqualTo("-ERR\r\n");

            disk.leaveSpace(1 << 20);
            node.run("BGSAVE");
            assertThat(node.run("INFO persistence")).contains("rdb_last_bgsave_status:ok");
            assertThat(node.run("SET k v")).isEqualTo("+OK\r\n");
        }
    }

    @Test
    void failingSaves_areNoReasonToRefuse_whenNobodyWantsSaves() {
        try (SimulatedNode node = started(disk)) {
            disk.failSyncs("Input/output error");
            node.run("SET k v");
            node.run("BGSAVE");
            assertThat(node.run("SET k v")).startsWith("-MISCONF");
            node.run("CONFIG SET stop-writes-on-bgsave-error no");
            assertThat(node.run("SET k v")).isEqualTo("+OK\r\n");
            node.run("CONFIG SET stop-writes-on-bgsave-error yes");
            assertThat(node.run("SET k v")).startsWith("-MISCONF");
            node.call("CONFIG", "SET", "save", "");
            assertThat(node.run("SET k v")).isEqualTo("+OK\r\n");
        }
    }

    @Test
    void savePoint_savesWhenItsTimeHasCome_andTriesAgainLaterWhenThatFails() {
        try (SimulatedNode node = started(disk)) {
            node.call("CONFIG", "SET", "save", "10 2");
            node.run("SET k v");
            node.runFor(20_000);
            assertThat(disk.contents(FILE)).isNull();
            node.run("SET k w");
            disk.failWrites("Input/output error");
            node.runFor(1_000);
            assertThat(node.logged()).contains("2 changes in 10 seconds. Saving...");
            disk.failWrites(null);
            node.runFor(3_000);
            assertThat(disk.contents(FILE)).isNull();
            node.runFor(5_000);
            assertThat(disk.contents(FILE)).isNotNull();
        }
    }

    @Test
    void everyDamage_isRefused() {
        try (SimulatedNode node = started(disk)) {
            fill(node);
            node.run("SAVE");
        }
        byte[] good = disk.contents(FILE);
        Random random = new Random(7);
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= (byte) (1 << random.nextInt(8));
            refuses(bad, "byte " + at + " changed");
            refuses(Arrays.copyOf(good, at), "cut at " + at);
        }
    }

    private static void refuses(byte[] file, String what) {
        SimulatedDisk disk = new SimulatedDisk(SimulatedNode.DIRECTORY);
        disk.put(FILE, file);
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).as(what).isFalse();
            assertThat(node.logged().getLast())
                    .isEqualTo("Fatal error loading the DB, check server logs. Exiting.");
        }
    }

    @Test
    void expiredKeys_areLeftOut_andCounted() {
        try (SimulatedNode node = started(disk)) {
            node.run("DEBUG SET-ACTIVE-EXPIRE 0");
            node.call("SET", "short", "v", "PXAT", "1700000000001");
            node.run("SET long v");
            node.run("SAVE");
        }
        try (SimulatedNode node = new SimulatedNode(disk)) {
            node.runFor(10);
            assertThat(node.start()).isTrue();
            assertThat(node.run("DBSIZE")).isEqualTo(":1\r\n");
            assertThat(node.run("INFO persistence"))
                    .contains("rdb_last_load_keys_loaded:1", "rdb_last_load_keys_expired:1");
        }
    }

    @Test
    void keysThatExpireBetweenTwoRuns_areDeletedInTheStreamToo() {
        long offset;
        try (SimulatedNode node = started(disk)) {
            node.run("DEBUG SET-ACTIVE-EXPIRE 0");
            node.node().parts().commandLog().createBacklog();
            node.node().parts().commandLog().setMode(CommandLog.Mode.ORIGIN);
            node.call("SET", "short", "v", "PXAT", "1700000000001");
            node.run("SET long v");
            node.run("SAVE");
            offset = node.node().replication().offset();
        }
        try (SimulatedNode node = new SimulatedNode(disk)) {
            node.runFor(10);
            assertThat(node.start()).isTrue();
            int length =
                    "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*2\r\n$3\r\nDEL\r\n$5\r\nshort\r\n".length();
            assertThat(node.node().replication().offset()).isEqualTo(offset + length);
        }
    }

    @Test
    void shutdown_savesWithSavePoints_orWhenTold_andStaysWhenItCannot() {
        try (SimulatedNode node = started(disk)) {
            node.run("SET k v");
            disk.failWrites("Input/output error");
            assertThat(node.run("SHUTDOWN"))
                    .isEqualTo("-ERR Errors trying to SHUTDOWN. Check logs.\r\n");
            assertThat(node.exitStatus()).isEqualTo(-1);
            assertThat(node.logged()).contains("Error trying to save the DB, can't exit.");
            assertThat(node.run("SET k w")).isEqualTo("+OK\r\n");
            disk.failWrites(null);
            node.run("SHUTDOWN");
            assertThat(node.exitStatus()).isZero();
            assertThat(disk.contents(FILE)).isNotNull();
        }
    }

    @Test
    void shutdownNosave_orWithoutSavePoints_writesNothing() throws IOException {
        try (SimulatedNode node = started(disk)) {
            node.run("SET k v");
            node.run("SHUTDOWN NOSAVE");
            assertThat(node.exitStatus()).isZero();
        }
        try (SimulatedNode node = started(disk)) {
            node.call("CONFIG", "SET", "save", "");
            node.run("SET k v");
            node.run("SHUTDOWN");
            assertThat(node.exitStatus()).isZero();
        }
        assertThat(disk.list(SimulatedNode.DIRECTORY)).isEmpty();
        try (SimulatedNode node = started(disk)) {
            node.call("CONFIG", "SET", "save", "");
            node.run("SET k v");
            node.run("SHUTDOWN SAVE");
        }
        assertThat(disk.list(SimulatedNode.DIRECTORY)).isEqualTo(List.of("dump.rdb"));
    }

    @Test
    void forcedShutdown_goesAlthoughItCannotSave() throws IOException {
        try (SimulatedNode node = started(disk)) {
            node.run("SET k v");
            disk.failSyncs("Input/output error");
            node.run("SHUTDOWN FORCE");
            assertThat(node.exitStatus()).isZero();
            assertThat(node.logged()).contains("Error trying to save the DB, Exit anyway.");
        }
        assertThat(disk.list(SimulatedNode.DIRECTORY)).doesNotContain(TEMP);
    }

    @Test
    void flushall_savesTheEmptyData_whereThereAreSavePoints() {
        try (SimulatedNode node = started(disk)) {
            node.run("SET k v");
            node.run("SAVE");
            node.run("SET k w");
            assertThat(node.run("FLUSHALL")).isEqualTo("+OK\r\n");
            assertThat(node.run("INFO persistence")).contains("rdb_changes_since_last_save:0");
        }
        try (SimulatedNode node = started(disk)) {
            assertThat(node.run("DBSIZE")).isEqualTo(":0\r\n");
            node.call("CONFIG", "SET", "save", "");
            node.run("SET k v");
            node.run("FLUSHALL");
            assertThat(node.run("INFO persistence")).contains("rdb_changes_since_last_save:2");
        }
    }

    @Test
    void reload_keepsWhatItIsToldTo() {
        try (SimulatedNode node = started(disk)) {
            fill(node);
            String before = node.digest();
            assertThat(node.run("DEBUG RELOAD")).isEqualTo("+OK\r\n");
            assertThat(node.digest()).isEqualTo(before);
            node.run("SET string other");
            assertThat(node.run("DEBUG RELOAD NOSAVE")).isEqualTo("+OK\r\n");
            assertThat(node.digest()).isEqualTo(before);
            node.run("SET string other");
            node.run("SET more 1");
            assertThat(node.run("DEBUG RELOAD NOSAVE NOFLUSH"))
                    .startsWith("-ERR Error trying to load the RDB dump");
            assertThat(node.run("DEBUG RELOAD NOSAVE NOFLUSH MERGE")).isEqualTo("+OK\r\n");
            assertThat(node.run("GET string")).isEqualTo("$5\r\nvalue\r\n");
            assertThat(node.run("GET more")).isEqualTo("$1\r\n1\r\n");
            assertThat(node.run("DEBUG RELOAD TWICE"))
                    .isEqualTo(
                            "-ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE"
                                    + " options.\r\n");
            node.run("DEL more");
            node.run("MULTI");
            node.run("SET string within");
            node.run("DEBUG RELOAD");
            assertThat(node.run("EXEC")).isEqualTo("*2\r\n+OK\r\n+OK\r\n");
            assertThat(node.run("GET string")).isEqualTo("$6\r\nwithin\r\n");
        }
    }

    @Test
    void backgroundSave_inATransaction_isScheduled() {
        try (SimulatedNode node = started(disk)) {
            node.run("SET k v");
            node.run("MULTI");
            node.run("BGSAVE");
            assertThat(node.run("SAVE"))
                    .isEqualTo("-ERR Command not allowed inside a transaction\r\n");
            node.run("DISCARD");
            node.run("MULTI");
            node.run("BGSAVE");
            assertThat(node.run("EXEC")).isEqualTo("*1\r\n+Background saving scheduled\r\n");
            assertThat(disk.contents(FILE)).isNull();
            node.runFor(200);
            assertThat(disk.contents(FILE)).isNotNull();
            assertThat(node.run("BGSAVE NOW")).isEqualTo("-ERR syntax error\r\n");
            assertThat(node.run("BGSAVE SCHEDULE")).isEqualTo("+Background saving started\r\n");
        }
    }

    @Test
    void librariesOfFunctions_goFromFileToFile() {
        String code = "#!lua name=mylib\nredis.register_function('f', function() return 1 end)";
        try (SimulatedNode node = started(disk)) {
            node.node().persistence().use(new KeptLibraries());
            load(node, code);
            node.run("SAVE");
        }
        try (SimulatedNode node = new SimulatedNode(disk)) {
            KeptLibraries kept = new KeptLibraries();
            node.node().persistence().use(kept);
            assertThat(node.start()).isTrue();
            assertThat(kept.codes()).hasSize(1);
            assertThat(new String(kept.codes().getFirst(), StandardCharsets.US_ASCII))
                    .isEqualTo(code);
        }
    }

    private static void load(SimulatedNode node, String code) {
        try {
            node.node()
                    .persistence()
                    .libraries()
                    .load(code.getBytes(StandardCharsets.US_ASCII), false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Long enough for others to be given a part of it. */
    @Test
    void aLongSnapshot_ofSeveralDatabases_comesBackWhole() {
        String before;
        try (SimulatedNode node = new SimulatedNode(disk)) {
            for (int database = 0; database < 3; database++) {
                node.run("SELECT " + database);
                for (int i = 0; i < 1500; i++) {
                    node.run("SET key" + i + " " + "value".repeat(i % 50) + i);
                    node.run("RPUSH list" + i % 40 + " element" + i);
                    node.run("HSET hash" + i % 300 + " f" + i + " " + i);
                    node.run("XADD stream" + i % 10 + " * f " + i);
                }
                node.run("PEXPIRE key7 10000000");
            }
            before = node.digest();
            assertThat(node.run("SAVE")).isEqualTo("+OK\r\n");
        }
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).isTrue();
            assertThat(node.digest()).isEqualTo(before);
            assertThat(node.run("PTTL key7")).isNotEqualTo(":-1\r\n");
            node.run("SELECT 2");
            assertThat(node.run("DBSIZE")).isEqualTo(":1850\r\n");
        }
    }
}
