package io.ferrite.durability.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.durability.rdb.RdbFixture.Kept;
import io.ferrite.memory.Slab;
import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.ListValue;
import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RdbFileTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20240917L);
    private static final long LATER = 4_000_000_000_000L;

    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    /** Two databases: texts (some with an expiry), integers, lists small and large. */
    private byte[] file(Random random, Map<String, Object> expected) throws IOException {
        try (GrowingSink sink = new GrowingSink();
                RdbOutput out = new RdbOutput(sink, true, RdbWriter.COMPRESS_UP_TO)) {
            RdbWriter writer = new RdbWriter(out);
            writer.header();
            writer.aux("redis-ver", "7.2.4");
            writer.aux("redis-bits", 64);
            writer.aux("ctime", 1_700_000_000L);
            writer.aux("used-mem", 5_000_000_000L);
            writer.aux("repl-stream-db", 0);
            writer.aux("repl-id", "0123456789abcdef0123456789abcdef01234567");
            writer.aux("repl-offset", 42);
            writer.aux("aof-base", 0);
            for (int database : new int[] {0, 9}) {
                writer.database(database, 60, 10);
                for (int i = 0; i < 20; i++) {
                    key(writer, random, database, i, expected);
                }
            }
            writer.end();
            return RdbFixture.bytes(sink);
        }
    }

    private void key(
            RdbWriter writer, Random random, int database, int i, Map<String, Object> expected)
            throws IOException {
        byte[] name = RdbFixture.ascii("key:" + i);
        long key = RdbFixture.off(slab, name);
        if (i % 5 == 0) {
            writer.expiry(LATER + i);
        }
        if (i % 3 == 0) {
            long value = random.nextLong() >> random.nextInt(64);
            writer.integer(key, name.length, value);
            expected.put(database + ":key:" + i, Long.toString(value));
        } else if (i % 3 == 1) {
            byte[] text = new byte[i == 4 ? 3_000_000 : random.nextInt(100)];
            random.nextBytes(text);
            long value = RdbFixture.off(slab, text);
            long offset = writer.string(key, name.length, value, text.length);
            while (offset != 0) {
                offset = writer.stringStep(value, text.length, offset);
            }
            RdbFixture.give(slab, value, text.length);
            expected.put(database + ":key:" + i, RdbFixture.text(text));
        } else {
            List<byte[]> elements = new ArrayList<>();
            for (int n = 1 + random.nextInt(200); n > 0; n--) {
                elements.add(RdbFixture.ascii("element " + random.nextInt(50)));
            }
            ListSettings settings = new ListSettings(-1, 1, 1 << 20);
            long root = RdbFixture.list(slab, elements, settings);
            long node = writer.list(key, name.length, root);
            while (node != 0) {
                node = writer.listStep(node);
            }
            ListValue.free(slab, root);
            expected.put(database + ":key:" + i, elements.stream().map(RdbFixture::text).toList());
        }
        RdbFixture.give(slab, key, name.length);
    }

    @Test
    void whatIsWritten_isReadAgain_howeverItIsCut() throws IOException {
        Map<String, Object> expected = new LinkedHashMap<>();
        byte[] file = file(new Random(SEED), expected);
        for (int step : new int[] {7, 1000, 1 << 20}) {
            Kept kept = RdbFixture.load(slab, file, step, step == 1000);
            assertThat(kept.keys).isEqualTo(expected);
            assertThat(kept.aux).containsEntry("repl-offset", "42").hasSize(8);
            assertThat(kept.expiries).hasSize(8).containsEntry("0:key:15", LATER + 15);
        }
    }

    @Test
    void theRealTools_acceptWhatIsWritten(@TempDir Path directory) throws Exception {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        Map<String, Object> expected = new LinkedHashMap<>();
        Path file = directory.resolve("dump.rdb");
        Files.write(file, file(new Random(SEED), expected));
        String check = RealRedis.program("redis-check-rdb").orElseThrow().toString();
        Process process =
                new ProcessBuilder(check, file.toString()).redirectErrorStream(true).start();
        String said = RdbFixture.text(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
        try (RealRedis redis = RealRedis.start(directory)) {
            for (Map.Entry<String, Object> entry : expected.entrySet()) {
                String[] name = entry.getKey().split(":", 2);
                redis.call("SELECT", name[0]);
                if (entry.getValue() instanceof String text) {
                    assertThat(RdbFixture.text((byte[]) redis.call("GET", name[1])))
                            .isEqualTo(text);
                } else {
                    List<String> there = new ArrayList<>();
                    for (Object e : (List<?>) redis.call("LRANGE", name[1], 0, -1)) {
                        there.add(RdbFixture.text((byte[]) e));
                    }
                    assertThat(there).isEqualTo(entry.getValue());
                }
            }
            assertThat(redis.call("PEXPIRETIME", "key:15")).isEqualTo(LATER + 15);
        }
    }

    @Test
    void whatRedisWrites_isRead(@TempDir Path directory) throws IOException {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        try (RealRedis redis = RealRedis.start(directory)) {
            redis.call("SET", "text", "v".repeat(1000), "PXAT", LATER);
            redis.call("SET", "number", "-77");
            redis.call("CONFIG", "SET", "list-max-listpack-size", 4);
            redis.call("CONFIG", "SET", "list-compress-depth", 1);
            redis.call("SELECT", 3);
            for (int i = 0; i < 100; i++) {
                redis.call("RPUSH", "list", "an element that repeats itself " + i % 3);
            }
            redis.call(
                    "FUNCTION",
                    "LOAD",
                    "#!lua name=f\nredis.register_function('f', function() end)");
            assertThat(redis.call("SAVE")).isEqualTo("OK");
        }
        Kept kept =
                RdbFixture.load(slab, Files.readAllBytes(directory.resolve("dump.rdb")), 999, true);
        assertThat(kept.keys)
                .containsEntry("0:number", "-77")
                .containsEntry("0:text", "v".repeat(1000));
        assertThat(kept.expiries).containsEntry("0:text", LATER);
        assertThat((List<?>) kept.keys.get("3:list")).hasSize(100);
        assertThat(kept.skipped).hasSize(1);
        assertThat(kept.aux).containsEntry("redis-ver", "7.0.15");
    }

    @Test
    void aWrongChecksum_isRefused_andNoneIsAccepted() throws IOException {
        byte[] file = file(new Random(SEED), new LinkedHashMap<>());
        file[20] ^= 1;
        assertThatThrownBy(() -> RdbFixture.load(slab, file, 1 << 20, true))
                .isInstanceOf(RdbRefusal.class);
        file[20] ^= 1;
        java.util.Arrays.fill(file, file.length - 8, file.length, (byte) 0);
        RdbFixture.load(slab, file, 1 << 20, true);
    }

    @Test
    void foreignHeaders_areRefused() {
        for (String header :
                new String[] {"", "REDIS", "RODIS0010", "REDIS0013", "REDIS00x1", "REDIS0000"}) {
            assertThatThrownBy(() ->
                            RdbFixture.load(
                                    slab, RdbFixture.ascii(header + "\u00ff12345678"), 9, true))
                    .as(header)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void hostileOpcodes_areRefusedWithTheirPosition() throws IOException {
        String head = "REDIS0011";
        String huge = "\u0081\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff";
        String[] bodies = {
            "\u00fe" + huge,
            "\u00fe\u0080\u0080\0\0\0",
            "\u00f4\u0080\0\0\u0040\0\0\0",
            "\u00f4" + huge + "\0\0",
            "\u00fa" + huge,
            "\u00fa\001a" + huge,
            "\u00f9",
            "\u00f8\u0081\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
            "\u00f5" + huge,
            "\u00f6",
            "\u00c8",
            "\007\001k",
            "\000" + huge,
            "\001\001k" + huge,
            "\022\001k" + huge,
            "\022\001k\001\002\u00c3\001" + huge,
            "\u00f7\001\002\001\011"
        };
        for (String body : bodies) {
            assertThatThrownBy(() ->
                            RdbFixture.load(
                                    slab,
                                    RdbFixture.ascii(head + body + "\u00ff12345678"),
                                    99,
                                    true))
                    .as(body)
                    .isInstanceOf(IOException.class);
            assertThat(slab.usedBytes()).isZero();
        }
        // A claim about the number of keys is only a claim.
        RdbFixture.load(
                slab,
                RdbFixture.resealed(RdbFixture.ascii(head + "\u00fb" + huge + "\0\u00ff12345678")),
                99,
                true);
    }

    @Test
    void damagedFiles_areRefused_orLoad() throws IOException {
        byte[] good = file(new Random(SEED), new LinkedHashMap<>());
        int end = Math.min(good.length, 4000);
        byte[] head = java.util.Arrays.copyOf(good, end + 9);
        head[end] = (byte) 0xFF;
        for (int round = 0; round < 5000; round++) {
            Random random = new Random(SEED + round);
            byte[] bytes = head.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bytes[random.nextInt(end)] = (byte) random.nextInt(256);
            }
            try {
                RdbFixture.load(
                        slab, RdbFixture.resealed(bytes), 1 + random.nextInt(5000), round % 2 == 0);
            } catch (IOException refused) {
                // One of the two allowed outcomes.
            }
            assertThat(slab.usedBytes()).as("seed %d", SEED + round).isZero();
        }
    }
}
