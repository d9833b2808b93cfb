package io.ferrite.memory.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Xxh3Test {

    private static long hash(byte[] bytes) {
        try (Slab slab = new Slab()) {
            int size = Math.max(1, bytes.length);
            long at = slab.take(size, MemoryTag.OTHER);
            Memory.copyIn(bytes, 0, at, bytes.length);
            long hash = Xxh3.of(at, bytes.length);
            slab.give(at, size, MemoryTag.OTHER);
            return hash;
        }
    }

    /** The vectors that the algorithm's author publishes, one for each way to go by length. */
    @ParameterizedTest
    @CsvSource({
        "0, 2d06800538d394c2",
        "1, c44bdff4074eecdb",
        "6, 27b56a84cd2d7325",
        "12, a713daf0dfbb77e7",
        "24, a3fe70bf9d3510eb",
        "48, 397da259ecba1f11",
        "80, bcdefbbb2c47c90a",
        "195, cd94217ee362ec3a",
        "403, cdeb804d65c6dea4",
        "512, 617e49599013cb6b",
        "2048, dd59e2c3a5f038e0",
        "2240, 6e73a90539cf2948",
        "2367, cb37aeb9e5d361ed"
    })
    void publishedVectors_areMet(int length, String expected) {
        byte[] bytes = new byte[length];
        long state = 2654435761L;
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (state >>> 56);
            state *= 0x9E3779B185EBCA8DL;
        }
        assertThat(Long.toHexString(hash(bytes))).isEqualTo(expected);
    }

    @Test
    void text_hasTheDigestThatClientsCompute() {
        assertThat(Long.toHexString(hash("abc".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo("78af5f94892f3950");
        assertThat(Long.toHexString(hash("Hello world".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo("b6acb9d84a38ff74");
    }
}
