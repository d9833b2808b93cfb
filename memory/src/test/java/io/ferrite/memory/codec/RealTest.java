package io.ferrite.memory.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RealTest {

    @ParameterizedTest
    @CsvSource({
        "0x0.0p0, 0",
        "-0x0.0p0, -0",
        "NaN, nan",
        "Infinity, inf",
        "-Infinity, -inf",
        "0x1.8p1, 3",
        "-0x1.91eb851eb851fp1, -3.14",
        "0x1.999999999999ap-4, 0.1",
        "0x1.92p6, 100.5",
        "0x1.e240c9fbe76c9p16, 123456.789",
        "0x1.8000000000001p1, 3.0000000000000004",
        "0x1.18b54f22aeb03p50, 1234567890123456.7",
        "0x1.9c511dc3a41dfp-30, 1.5e-9",
        "0x1.0c6f7a0b5ed8dp-20, 0.000001",
        "0x1.ad7f29abcaf48p-24, 1e-7",
        "0x1.02e85be180b74p-13, 1.2345678901234567e-4",
        "0x1.0p53, 9007199254740992",
        "0x1.0p62, 4611686018427387904",
        "-0x1.0p62, -4611686018427387904",
        "0x1.0000000000001p62, 4611686018427389000",
        "0x1.0p63, 9223372036854776000",
        "0x1.b1ae4d6e2ef5p69, 1e+21",
        "0x1.46c4f94f99599p83, 1.2345e+25",
        "0x1.7e43c8800759cp996, 1e+300",
        "0x1.fffffffffffffp1023, 1.7976931348623157e+308",
        "0x1.0p-1022, 2.2250738585072014e-308",
        "0x0.0000000000001p-1022, 5e-324",
    })
    void number_isWrittenAsRedisDoes(String number, String text) {
        assertThat(Real.toString(Double.parseDouble(number))).isEqualTo(text);
    }

    @Test
    void oneDigitTooMany_isWrittenWhereRedisDoes() {
        // Java finds 6.10399749566951E-210, which is as near; Grisu2 does not.
        assertThat(Real.toString(-0x1.00dce3ccec346p-695)).isEqualTo("-6.103997495669509e-210");
    }

    @Test
    void everyNumber_readsBackAsItself() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            double value =
                    i % 2 == 0
                            ? Double.longBitsToDouble(random.nextLong())
                            : random.nextInt(2_000_000) / Math.pow(10, random.nextInt(12));
            if (!Double.isFinite(value)) {
                continue;
            }
            String text = Real.toString(value);
            assertThat(Double.parseDouble(text)).as("seed %d: %s", seed, text).isEqualTo(value);
            assertThat(text.length()).isLessThanOrEqualTo(Real.MAX_LENGTH);
        }
    }
}
