package io.ferrite.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SliceTest {

    private static final int ROOM = 64;

    private Slab slab;
    private long block;

    @BeforeEach
    void take() {
        slab = TestMemory.leakChecked();
        block = slab.take(ROOM, MemoryTag.OTHER);
    }

    @AfterEach
    void give() {
        slab.give(block, ROOM, MemoryTag.OTHER);
        slab.close();
    }

    private Slice slice(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        Memory.copyIn(bytes, 0, block, bytes.length);
        return new Slice(block, bytes.length);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                -1,
                9,
                10,
                -10,
                99999,
                Integer.MAX_VALUE,
                Integer.MIN_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE - 1,
                Long.MIN_VALUE,
                Long.MIN_VALUE + 1,
                1_000_000_000_000_000_000L,
            })
    void everyInteger_isReadBack(long value) {
        Slice slice = slice(Long.toString(value));
        assertThat(slice.isLong()).isTrue();
        assertThat(slice.longValue()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+1",
                "01",
                "-0",
                "-01",
                "00",
                " 1",
                "1 ",
                "1.0",
                "1e3",
                "0x1",
                "12a",
                "--1",
                "1-",
                "9223372036854775808",
                "-9223372036854775809",
                "18446744073709551616",
                "99999999999999999999",
                "-99999999999999999999",
                "100000000000000000000000",
            })
    void whatIsNoStrictInteger_isRefused(String text) {
        assertThat(slice(text).isLong()).isFalse();
    }

    @Test
    void doubles_areReadStrictly() {
        assertThat(slice("2.5").toDouble()).isEqualTo(2.5);
        assertThat(slice("2.5 ").toDouble()).isNaN();
    }

    @Test
    void words_areCompared_ignoringTheirCase() {
        assertThat(slice("KeepTtl").isWord("KEEPTTL")).isTrue();
        assertThat(slice("KeepTt").isWord("KEEPTTL")).isFalse();
        assertThat(slice("KeepTtx").isWord("KEEPTTL")).isFalse();
        assertThat(slice("[").isWord("{")).isFalse();
        assertThat(slice("").isWord("")).isTrue();
    }

    @Test
    void theHash_isOfTheBytesPointedTo() {
        Slice slice = slice("one");
        long one = slice.hash();
        assertThat(one).isEqualTo(Hash.of("one".getBytes(StandardCharsets.US_ASCII)));
        slice("two");
        assertThat(slice.set(block, 3).hash()).isNotEqualTo(one);
    }
}
