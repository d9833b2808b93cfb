package io.ferrite.memory.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.TestMemory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a number and what is not was asked of a redis-server 7.0 (ZADD, INCRBYFLOAT). */
final class RealParserTest {

    private static <T> T withText(String text, Function<Slice, T> action) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Slab slab = TestMemory.leakChecked()) {
            long block = slab.take(bytes.length, MemoryTag.OTHER);
            Memory.copyIn(bytes, 0, block, bytes.length);
            T result = action.apply(new Slice(block, bytes.length));
            slab.give(block, bytes.length, MemoryTag.OTHER);
            return result;
        }
    }

    private static double parse(String text) {
        return withText(text, slice -> RealParser.parse(slice.address(), slice.length()));
    }

    private static BigDecimal parseLong(String text) {
        return withText(text, slice -> LongDouble.parse(slice.address(), slice.length()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "-",
                "+",
                " 5",
                "5 ",
                "1e",
                "1e+",
                "e5",
                "nan",
                "-nan",
                "infinit",
                "inff",
                "0x",
                "0x.",
                "0x1p",
                "0x1p+",
                "x1",
                "1x1",
                "--5",
                "+-5",
                "1..2",
                "1.2.3",
                "1e5.0",
                "12d",
                "1f",
                "0x1g",
                "1_0",
                "1e400",
                "-1e400",
                "1e-400",
                "0x1p5000",
                "0x1p-5000",
                "٣",
                "1\u0000",
                "Inf\u0000",
                "1e99999999999999",
                "\t1",
            })
    void whatIsNoNumber_isRefused(String text) {
        assertThat(parse(text)).isNaN();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, -0.0",
        "00012, 12",
        ".5, .5",
        "5., 5",
        "+5, 5",
        "-.5e1, -5",
        "1e5, 1e5",
        "1E+5, 1e5",
        "0e-999, 0",
        "0x10, 16",
        "0X1P+3, 8",
        "0x.8, .5",
        "0x1.8p1, 3",
        "-0xAp-1, -5",
        "0x0p9999, 0",
        "1e-320, 1e-320",
        "4.9e-324, 4.9e-324",
        "1.7976931348623157e308, 1.7976931348623157e308",
        "123456789012345678, 123456789012345678",
        "9007199254740993, 9007199254740992",
        "9223372036854775807, 9223372036854775807",
        "3.1000000000000001, 3.1",
        "1e22, 1e22",
        "1e23, 1e23",
        "0.1, 0.1",
        "100000000000000000000000000000000, 1e32",
        "0.000000000000000000000000000000000000000001, 1e-42",
    })
    void whatIsANumber_isTheNearestDouble(String text, String expected) {
        assertThat(parse(text)).isEqualTo(Double.parseDouble(expected));
    }

    @Test
    void infinities_areNumbers_inAnyCase() {
        assertThat(parse("inf")).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(parse("-INF")).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(parse("+InFiniTy")).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void randomNumbers_areReadAsJavaReadsThem() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 50_000; i++) {
            double value =
                    switch (i % 4) {
                        case 0 -> Double.longBitsToDouble(random.nextLong());
                        case 1 -> random.nextInt(1_000_000) / 1000.0;
                        case 2 -> random.nextDouble();
                        default -> random.nextLong() / 100.0;
                    };
            if (Double.isFinite(value)) {
                String text = Double.toString(value);
                assertThat(parse(text)).as(text).isEqualTo(value);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1234567.1, 0, 1234567.10000000000002274",
        "1234567.1, 0.1, 1234567.20000000000004547",
        "123456789012.1, 0.1, 123456789012.20000000298023224",
        "100.3, 0, 100.3",
        "1e20, 0.1, 100000000000000000000",
        "0.1, 0.2, 0.3",
        "-0, 0, 0",
        "5e-20, 0, 0",
        "3.0, 0.1, 3.1",
        "1e-5, 0.1, 0.10001",
        "0x10, 0.1, 16.1",
        "10.123456789012345678, 0.1, 10.22345678901234568",
        "-1.5, 1.5, 0",
        "5.0e3, -200, 4800",
    })
    void sumsOfLongDoubles_areTheTextThatRedisGives(String a, String b, String sum) {
        assertThat(LongDouble.toString(LongDouble.add(parseLong(a), parseLong(b)))).isEqualTo(sum);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "inf",
                "nan",
                "1e5000",
                "1e-5000",
                " 1",
                "1 ",
                "0x",
                "1d",
                "--1",
                "1e999999999"
            })
    void whatIsNoFiniteLongDouble_isRefused(String text) {
        assertThat(parseLong(text)).isNull();
    }

    @Test
    void theRangeOfLongDoubles_isWiderThanThatOfDoubles() {
        assertThat(parseLong("1e4931")).isNotNull();
        assertThat(LongDouble.toString(parseLong("1e4931")))
                .startsWith("10000000000000000000060189493");
        assertThat(parseLong("1.19e4932")).isNull();
        assertThat(parseLong("1e-4950")).isNotNull();
        assertThat(parseLong("1e-4952")).isNull();
        assertThat(LongDouble.add(parseLong("1e4932"), parseLong("1e4932"))).isNull();
    }
}
