package io.ferrite.store.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class StreamIdTest {

    @Test
    void texts_areUnsigned() {
        long[] numbers = {0, 1, 9, 10, 99, 1_700_000_000_000L, Long.MAX_VALUE, Long.MIN_VALUE, -1};
        try (Slab slab = new Slab()) {
            long at = slab.take(StreamId.MAX_TEXT, MemoryTag.OTHER);
            for (long ms : numbers) {
                for (long seq : numbers) {
                    int length = StreamId.write(ms, seq, at);
                    String text = new String(Memory.toBytes(at, length), StandardCharsets.US_ASCII);
                    assertThat(text)
                            .isEqualTo(Long.toUnsignedString(ms) + "-" + Long.toUnsignedString(seq))
                            .isEqualTo(new StreamId(ms, seq).toString());
                }
            }
            slab.give(at, StreamId.MAX_TEXT, MemoryTag.OTHER);
        }
    }

    @Test
    void neighbours_carry_andTheEndsAreSaid() {
        StreamId id = new StreamId(5, StreamId.MAX);
        assertThat(id.increment()).isTrue();
        assertThat(id).hasToString("6-0");
        assertThat(id.decrement()).isTrue();
        assertThat(id).hasToString("5-18446744073709551615");
        assertThat(id.setMax().increment()).isFalse();
        assertThat(id.isZero()).isTrue();
        assertThat(id.decrement()).isFalse();
        assertThat(id.isMax()).isTrue();
        assertThat(new StreamId(0, 0).increment()).isTrue();
    }

    @Test
    void order_isThatOfNumbersWithoutASign() {
        assertThat(StreamId.compare(1, 0, -1, 0)).isNegative();
        assertThat(StreamId.compare(3, -1, 3, 5)).isPositive();
        assertThat(StreamId.compare(3, 5, 3, 5)).isZero();
    }
}
