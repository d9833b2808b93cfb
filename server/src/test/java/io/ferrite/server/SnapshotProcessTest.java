package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshot files of whole processes that are killed, told to end, or started on what is there. */
final class SnapshotProcessTest {

    private static final String READY = "Ready to accept";

    private static final int ROUNDS = 5;

    private static final List<String> DATA =
            List.of(
                    "SET string value",
                    "SET number -17",
                    "SET volatile v PXAT 33000000000000",
                    "APPEND long aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                    "RPUSH list a b 3 4.5",
                    "SADD set a b c",
                    "SADD intset 1 2 70000",
                    "HSET hash f v g w",
                    "ZADD zset 1 one 2.5 two -inf low",
                    "XADD stream 5-1 f v",
                    "XGROUP CREATE stream group 0",
                    "XREADGROUP GROUP group alice COUNT 1 STREAMS stream >",
                    "PFADD loglog a b c",
                    "SELECT 9",
                    "SET elsewhere 1");

    @TempDir Path directory;

    @Test
    void killedAtAnyMoment_theLastSavedStateOrALaterOneIsThere() throws Exception {
        long seed = 20261127;
        Random random = new Random(seed);
        long saved = 0;
        long written = 0;
        for (int round = 0; round < ROUNDS; round++) {
            try (ServerProcess server = new ServerProcess(directory, READY, "--save", "");
                    Wire wire = new Wire(server.port());
                    Wire saver = new Wire(server.port())) {
                String found = wire.run("GET generation").replaceAll("^\\$\\d+\\||\\|$", "");
                long generation = found.startsWith("$-1") ? 0 : Long.parseLong(found);
                assertThat(generation)
                        .as("seed %d, round %d", seed, round)
                        .isBetween(saved, written);
                assertThat(wire.run("GET copy"))
                        .as("seed %d, round %d: one instant", seed, round)
                        .isEqualTo(wire.run("GET generation"));
                for (int i = 0; i < 2000; i++) {
                    wire.send("SET", "filler:" + i, "generation-" + written + "-filler-" + i);
                }
                for (int i = 0; i < 2000; i++) {
                    assertThat(wire.read()).isEqualTo("+OK|");
                }
                int writes = random.nextInt(400);
                int save = random.nextInt(400);
                for (int i = 0; i < writes; i++) {
                    wire.run("MULTI");
                    wire.run("SET generation " + (written + 1));
                    wire.run("SET copy " + (written + 1));
                    written++;
                    assertThat(wire.run("EXEC")).isEqualTo("*2|+OK|+OK|");
                    if (i == save / 2 && saver.run("SAVE").equals("+OK|")) {
                        saved = written;
                    }
                    if (i == save) {
                        saver.send("BGSAVE");
                    }
                }
                server.kill();
            }
        }
    }

    @Test
    void terminated_savesItsData_andRefusesADamagedFile() throws Exception {
        try (ServerProcess server = new ServerProcess(directory, READY, "--save", "3600 1")) {
            try (Wire wire = new Wire(server.port())) {
                wire.run("SET k v");
            }
            server.terminate();
            assertThat(server.exitStatus()).isZero();
            assertThat(server.logged())
                    .anyMatch(line -> line.contains("Saving the final RDB snapshot"))
                    .anyMatch(line -> line.contains("bye bye"));
        }
        Path file = directory.resolve("dump.rdb");
        try (ServerProcess server = new ServerProcess(directory, READY);
                Wire wire = new Wire(server.port())) {
            assertThat(wire.run("GET k")).isEqualTo("$1|v|");
        }
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 12] ^= 1;
        Files.write(file, bytes);
        try (ServerProcess server = new ServerProcess(directory, READY)) {
            assertThat(server.exitStatus()).isEqualTo(1);
            assertThat(server.logged().getLast())
                    .contains("Fatal error loading the DB, check server logs. Exiting.");
        }
    }

    @Test
    void whileMuchIsLoaded_clientsAreToldSo() throws Exception {
        try (ServerProcess server = new ServerProcess(directory, READY, "--save", "");
                Wire wire = new Wire(server.port())) {
            wire.run("DEBUG POPULATE 5000 key 100");
            assertThat(wire.run("SAVE")).isEqualTo("+OK|");
        }
        try (ServerProcess server =
                new ServerProcess(
                        directory,
                        "Server initialized",
                        "--save",
                        "",
                        "--key-load-delay",
                        "2000",
                        "--loading-process-events-interval-bytes",
                        "1024")) {
            try (Wire wire = new Wire(server.port())) {
                assertThat(wire.run("GET key:1"))
                        .isEqualTo("-LOADING Redis is loading the dataset in memory|");
                assertThat(wire.run("PING")).startsWith("-LOADING");
                assertThat(wire.run("INFO persistence"))
                        .contains("loading:1", "loading_total_bytes:", "loading_eta_seconds:");
                assertThat(wire.run("CONFIG SET key-load-delay 0")).isEqualTo("+OK|");
                assertThat(wire.run("BGSAVE")).startsWith("-LOADING");
                String reply = wire.run("GET key:1");
                while (reply.startsWith("-LOADING")) {
                    reply = wire.run("GET key:1");
                }
                assertThat(reply).startsWith("$100|");
                assertThat(wire.run("DBSIZE")).isEqualTo(":5000|");
            }
        }
    }

    @Test
    void filesOfRedis_areLoaded_andOursByIt() throws Exception {
        assumeTrue(RealRedis.isInstalled(), "skipped: no redis-server to exchange files with");
        String digest;
        try (ServerProcess server = new ServerProcess(directory, READY, "--save", "");
                Wire wire = new Wire(server.port())) {
            for (String line : DATA) {
                assertThat(wire.run(line)).as(line).doesNotStartWith("-");
            }
            digest = wire.run("DEBUG DIGEST");
            assertThat(wire.run("SAVE")).isEqualTo("+OK|");
        }
        try (RealRedis redis = RealRedis.start(directory)) {
            assertThat("+" + redis.call("DEBUG", "DIGEST") + "|").isEqualTo(digest);
            redis.call("SAVE");
        }
        try (ServerProcess server = new ServerProcess(directory, READY, "--save", "");
                Wire wire = new Wire(server.port())) {
            assertThat(wire.run("DEBUG DIGEST")).isEqualTo(digest);
        }
    }

    @Test
    void checkTool_saysWhatIsWrong() throws IOException {
        Path sound = directory.resolve("sound.rdb");
        byte[] empty = {'R', 'E', 'D', 'I', 'S', '0', '0', '1', '0', -1, 0, 0, 0, 0, 0, 0, 0, 0};
        Files.write(sound, empty);
        assertThat(CheckRdbRole.run("check", List.of(sound.toString()))).isZero();
        empty[9] = (byte) 200;
        Files.write(sound, empty);
        assertThat(CheckRdbRole.run("check", List.of(sound.toString()))).isEqualTo(1);
        assertThat(CheckRdbRole.run("check", List.of("/no/such/file"))).isEqualTo(1);
        assertThat(CheckRdbRole.run("check", List.of())).isEqualTo(1);
        assertThat(CheckRdbRole.run("check", List.of("--version"))).isZero();
    }
}
