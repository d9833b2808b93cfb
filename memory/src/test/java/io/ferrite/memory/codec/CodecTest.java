package io.ferrite.memory.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CodecTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20240917L);
    private final Slab slab = new Slab();

    @AfterEach
    void nothingLeaks() {
        assertThat(slab.usedBytes()).isZero();
        slab.close();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private long in(byte[] bytes) {
        long a = slab.take(Math.max(1, bytes.length), MemoryTag.OTHER);
        Memory.copyIn(bytes, 0, a, bytes.length);
        return a;
    }

    private void give(long a, int length) {
        slab.give(a, Math.max(1, length), MemoryTag.OTHER);
    }

    @Test
    void crc64_hasTheKnownCheckValue() {
        byte[] check = ascii("123456789");
        assertThat(Crc64.update(0, check, 0, 9)).isEqualTo(0xe9c6d914c4b8d9caL);
        long a = in(check);
        assertThat(Crc64.update(0, a, 9)).isEqualTo(0xe9c6d914c4b8d9caL);
        give(a, 9);
    }

    @Test
    void crc64_ofParts_equalsCrc64OfTheWhole() {
        Random random = new Random(SEED);
        byte[] bytes = new byte[1000];
        random.nextBytes(bytes);
        long a = in(bytes);
        long whole = Crc64.update(0, bytes, 0, bytes.length);
        for (int cut = 0; cut <= bytes.length; cut += 7) {
            long crc = Crc64.update(Crc64.update(0, a, cut), a + cut, bytes.length - cut);
            assertThat(crc).as("seed %d cut %d", SEED, cut).isEqualTo(whole);
        }
        give(a, bytes.length);
    }

    @Test
    void crc16_hasTheKnownCheckValue() {
        assertThat(Crc16.of(ascii("123456789"), 0, 9)).isEqualTo(0x31c3);
    }

    @Test
    void slot_isOfTheTagOnly_whenThereIsOne() {
        assertThat(slot("foo")).isEqualTo(12182);
        assertThat(slot("{user1000}.following")).isEqualTo(slot("user1000"));
        assertThat(slot("foo{{bar}}zap")).isEqualTo(slot("{bar"));
        assertThat(slot("foo{bar}{zap}")).isEqualTo(slot("bar"));
        assertThat(slot("foo{}{bar}")).isNotEqualTo(slot("bar")).isEqualTo(plain("foo{}{bar}"));
        assertThat(slot("foo{bar")).isEqualTo(plain("foo{bar"));
        assertThat(slot("")).isZero();
    }

    @Test
    void slot_isTheSame_whetherBytesAreTakenOneByOneOrEightAtATime() {
        Random random = new Random(SEED);
        String alphabet = "ab{}";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder key = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                key.append(alphabet.charAt(random.nextInt(4)));
            }
            slot(key.toString());
        }
    }

    private static int plain(String key) {
        return Crc16.of(ascii(key), 0, key.length()) & 16383;
    }

    private int slot(String key) {
        byte[] bytes = ascii(key);
        long a = in(bytes);
        int slot = HashSlot.of(a, bytes.length);
        assertThat(HashSlot.of(bytes)).isEqualTo(slot);
        give(a, bytes.length);
        return slot;
    }

    @Test
    void compressedBytes_comeBackUnchanged() {
        Random random = new Random(SEED);
        for (int round = 0; round < 3000; round++) {
            byte[] bytes = new byte[random.nextInt(round % 50 == 0 ? 40_000 : 300)];
            int alphabet = 1 + random.nextInt(8);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) random.nextInt(alphabet);
            }
            roundTrip(bytes, "seed " + SEED + " round " + round);
        }
    }

    private void roundTrip(byte[] bytes, String what) {
        int capacity = bytes.length + 64;
        long source = in(bytes);
        long packed = slab.take(capacity, MemoryTag.OTHER);
        long restored = slab.take(Math.max(1, bytes.length), MemoryTag.OTHER);
        int length = Lzf.compress(source, bytes.length, packed, capacity);
        if (bytes.length > 0) {
            assertThat(length).as(what).isPositive();
            assertThat(Lzf.decompress(packed, length, restored, bytes.length))
                    .as(what)
                    .isEqualTo(bytes.length);
            assertThat(Memory.toBytes(restored, bytes.length)).as(what).isEqualTo(bytes);
            if (bytes.length > 4) {
                int exact = Lzf.compress(source, bytes.length, packed, bytes.length - 4);
                assertThat(exact).as(what).isLessThanOrEqualTo(bytes.length - 4);
            }
        }
        give(source, bytes.length);
        slab.give(packed, capacity, MemoryTag.OTHER);
        give(restored, bytes.length);
    }

    @Test
    void aDamagedBlock_isRefused_orStaysInBounds() {
        Random random = new Random(SEED);
        long target = slab.take(512, MemoryTag.OTHER);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            long source = in(bytes);
            int capacity = random.nextInt(512);
            int length = Lzf.decompress(source, bytes.length, target, capacity);
            assertThat(length).as("seed %d round %d", SEED, round).isBetween(-1, capacity);
            give(source, bytes.length);
        }
        slab.give(target, 512, MemoryTag.OTHER);
    }

    @Test
    void aRepetition_isPackedAsRedisPacksIt() {
        // 40 times "a", as redis-server 7.0 stores it: one literal run, then one long reference.
        byte[] bytes = ascii("a".repeat(40));
        long source = in(bytes);
        long packed = slab.take(64, MemoryTag.OTHER);
        int length = Lzf.compress(source, bytes.length, packed, bytes.length - 4);
        assertThat(Memory.toBytes(packed, length))
                .isEqualTo(new byte[] {1, 'a', 'a', (byte) 0xE0, 27, 0, 1, 'a', 'a'});
        give(source, bytes.length);
        slab.give(packed, 64, MemoryTag.OTHER);
    }

    @Test
    void numbers_areReadAndWrittenExactly_andOnlyInTheirOneSpelling() {
        Random random = new Random(SEED);
        long[] edges = {0, 1, -1, 9, 10, -10, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1};
        long a = slab.take(32, MemoryTag.OTHER);
        for (int i = 0; i < 10_000; i++) {
            long v = i < edges.length ? edges[i] : random.nextLong() >> random.nextInt(64);
            if (i >= 100 && i < 400) {
                // Around every power of ten, where the number of digits changes.
                v = (long) Math.pow(10, (i - 100) / 16) + (i % 8 - 4);
                v = i % 16 < 8 ? v : -v;
            }
            int length = Decimal.write(v, a);
            assertThat(Decimal.length(v)).isEqualTo(length);
            assertThat(new String(Memory.toBytes(a, length), StandardCharsets.ISO_8859_1))
                    .isEqualTo(Long.toString(v));
            long parsed = Decimal.parse(a, length);
            assertThat(parsed).isEqualTo(v);
            assertThat(Decimal.isNumber(a, length, parsed)).isTrue();
        }
        String[] refused = {
            "",
            "-",
            "-0",
            "00",
            "01",
            "+1",
            " 1",
            "1 ",
            "1x",
            "0x10",
            "1e3",
            "9223372036854775808",
            "-9223372036854775809",
            "99999999999999999999",
            "18446744073709551616",
            "--1",
            "\0"
        };
        for (String text : refused) {
            Memory.copyIn(ascii(text), 0, a, text.length());
            long parsed = Decimal.parse(a, text.length());
            assertThat(Decimal.isNumber(a, text.length(), parsed)).as(text).isFalse();
        }
        slab.give(a, 32, MemoryTag.OTHER);
    }
}
