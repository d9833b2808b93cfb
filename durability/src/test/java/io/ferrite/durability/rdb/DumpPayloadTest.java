package io.ferrite.durability.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.memory.Slab;
import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.ListValue;
import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DumpPayloadTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20240917L);

    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    private interface Dump {
        void to(RdbOutput out) throws IOException;
    }

    private static byte[] dump(Dump dump) throws IOException {
        try (GrowingSink sink = new GrowingSink();
                RdbOutput out = new RdbOutput(sink, true, Integer.MAX_VALUE)) {
            dump.to(out);
            return RdbFixture.bytes(sink);
        }
    }

    private byte[] dumpString(byte[] text) throws IOException {
        long a = RdbFixture.off(slab, text);
        byte[] dump = dump(out -> DumpPayload.ofString(out, a, text.length));
        RdbFixture.give(slab, a, text.length);
        return dump;
    }

    private byte[] dumpList(List<byte[]> elements, ListSettings settings) throws IOException {
        long root = RdbFixture.list(slab, elements, settings);
        byte[] dump = dump(out -> DumpPayload.ofList(out, root));
        ListValue.free(slab, root);
        return dump;
    }

    /** The value in a payload, or null where it is refused. */
    private Object restored(byte[] payload) {
        long a = RdbFixture.off(slab, payload);
        RdbValue value = new RdbValue();
        try (RdbInput in = new RdbInput()) {
            if (!DumpPayload.isSound(a, payload.length, true)) {
                return null;
            }
            DumpPayload.read(in, a, payload.length, slab, RdbLimits.DEFAULT, value);
            return RdbFixture.plain(slab, value);
        } catch (IOException e) {
            return null;
        } finally {
            value.free();
            RdbFixture.give(slab, a, payload.length);
        }
    }

    private static byte[] word(Random random) {
        if (random.nextInt(3) == 0) {
            return RdbFixture.ascii(Long.toString(random.nextLong() >> random.nextInt(64)));
        }
        byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 5000 : 60)];
        int alphabet = random.nextBoolean() ? 4 : 256;
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(alphabet);
        }
        return bytes;
    }

    @Test
    void strings_dumpToTheBytesOfRedis_andBack(@TempDir Path directory) throws IOException {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        Random random = new Random(SEED);
        try (RealRedis redis = RealRedis.start(directory)) {
            for (int round = 0; round < 1000; round++) {
                byte[] text = word(random);
                redis.call("SET", "k", text);
                byte[] theirs = (byte[]) redis.call("DUMP", "k");
                String what = "seed " + SEED + " round " + round;
                assertThat(dumpString(text)).as(what).isEqualTo(theirs);
                assertThat(restored(theirs)).as(what).isEqualTo(RdbFixture.text(text));
            }
        }
    }

    @Test
    void lists_areRestoredThere_andTheirsHere(@TempDir Path directory) throws IOException {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        try (RealRedis redis = RealRedis.start(directory)) {
            for (int round = 0; round < 60; round++) {
                Random random = new Random(SEED + round);
                ListSettings settings =
                        new ListSettings(random.nextInt(12) - 5, random.nextInt(3), 1 << 20);
                redis.call("CONFIG", "SET", "list-max-listpack-size", settings.fill());
                redis.call("CONFIG", "SET", "list-compress-depth", settings.compressDepth());
                List<byte[]> elements = new ArrayList<>();
                redis.call("DEL", "k", "r");
                for (int i = 1 + random.nextInt(random.nextInt(4) == 0 ? 2000 : 60); i > 0; i--) {
                    elements.add(word(random));
                    redis.call("RPUSH", "k", elements.getLast());
                }
                List<String> expected = elements.stream().map(RdbFixture::text).toList();
                String what = "seed " + (SEED + round) + " " + settings;
                byte[] theirs = (byte[]) redis.call("DUMP", "k");
                assertThat(restored(theirs)).as(what).isEqualTo(expected);
                byte[] ours = dumpList(elements, settings);
                assertThat(redis.call("RESTORE", "r", 0, ours)).as(what).isEqualTo("OK");
                List<String> there = new ArrayList<>();
                for (Object element : (List<?>) redis.call("LRANGE", "r", 0, -1)) {
                    there.add(RdbFixture.text((byte[]) element));
                }
                assertThat(there).as(what).isEqualTo(expected);
            }
        }
    }

    @Test
    void smallLists_dumpToTheBytesOfRedis(@TempDir Path directory) throws IOException {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        Random random = new Random(SEED);
        try (RealRedis redis = RealRedis.start(directory)) {
            for (int round = 0; round < 300; round++) {
                List<byte[]> elements = new ArrayList<>();
                redis.call("DEL", "k");
                for (int i = 1 + random.nextInt(30); i > 0; i--) {
                    byte[] element = word(random);
                    if (element.length < 100) {
                        elements.add(element);
                        redis.call("RPUSH", "k", element);
                    }
                }
                if (!elements.isEmpty()) {
                    assertThat(dumpList(elements, ListSettings.DEFAULT))
                            .as("seed %d round %d", SEED, round)
                            .isEqualTo((byte[]) redis.call("DUMP", "k"));
                }
            }
        }
    }

    @Test
    void oldForms_ofLists_areRead() throws IOException {
        // Type 1: element by element. Type 10: a ziplist of "a" and 1. Type 14: a list of one of
        // these.
        byte[] ziplist = {
            14, 0, 0, 0, 13 - 2, 0, 0, 0, 2, 0, 0, 1, 'a', 3, (byte) 0xF2, (byte) 0xFF
        };
        ziplist[0] = (byte) ziplist.length;
        ziplist[4] = 13;
        assertThat(
                        restored(
                                payload(out -> {
                                    out.putByte(RdbType.LIST);
                                    out.putLength(2);
                                    out.putString("a");
                                    out.putString("1");
                                })))
                .isEqualTo(List.of("a", "1"));
        assertThat(
                        restored(
                                payload(out -> {
                                    out.putByte(RdbType.LIST_ZIPLIST);
                                    out.putLength(ziplist.length);
                                    out.putBytes(ziplist);
                                })))
                .isEqualTo(List.of("a", "1"));
        assertThat(
                        restored(
                                payload(out -> {
                                    out.putByte(RdbType.LIST_QUICKLIST);
                                    out.putLength(2);
                                    for (int i = 0; i < 2; i++) {
                                        out.putLength(ziplist.length);
                                        out.putBytes(ziplist);
                                    }
                                })))
                .isEqualTo(List.of("a", "1", "a", "1"));
    }

    private static byte[] payload(Dump content) throws IOException {
        return dump(out -> {
            content.to(out);
            out.putShort(9);
            out.putLong(out.checksum());
            out.flush();
        });
    }

    @Test
    void emptyAndForeignValues_areRefused() throws IOException {
        assertThat(
                        restored(
                                payload(out -> {
                                    out.putByte(RdbType.LIST_QUICKLIST_2);
                                    out.putLength(0);
                                })))
                .isNull();
        assertThat(restored(payload(out -> out.putByte(RdbType.MODULE_2)))).isNull();
        assertThat(restored(payload(out -> out.putByte(77)))).isNull();
        assertThat(
                        restored(
                                payload(out -> {
                                    out.putByte(RdbType.STRING);
                                    out.putString("x");
                                    out.putByte(0);
                                })))
                .isNull();
        assertThat(restored(new byte[0])).isNull();
        byte[] newer =
                payload(out -> {
                    out.putByte(RdbType.STRING);
                    out.putString("x");
                });
        newer[newer.length - 10] = (byte) 0xFF;
        assertThat(restored(RdbFixture.resealed(newer))).isNull();
    }

    @Test
    void damagedPayloads_areRefused_orGiveAWorkingValue() throws IOException {
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            Random random = new Random(SEED + round);
            List<byte[]> elements = new ArrayList<>();
            for (int i = 1 + random.nextInt(12); i > 0; i--) {
                elements.add(word(random));
            }
            byte[] payload = dumpList(elements, new ListSettings(3, random.nextInt(2), 200));
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                payload[random.nextInt(payload.length - 10)] = (byte) random.nextInt(256);
            }
            if (restored(RdbFixture.resealed(payload)) != null) {
                accepted++;
            }
            assertThat(slab.usedBytes()).as("seed %d", SEED + round).isZero();
        }
        assertThat(accepted).as("seed %d", SEED).isPositive();
    }
}
