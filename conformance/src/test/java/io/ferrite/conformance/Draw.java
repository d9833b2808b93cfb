package io.ferrite.conformance;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Random arguments, a good part of them hostile. A server must refuse those or get them right; none
 * asks for more than a few kilobytes of memory when it is taken seriously.
 */
final class Draw {

    private static final String[] KEYS = {"a", "b", "c", "key:1", "key:2", "\0bin\r\n\u00ff", ""};

    private static final String[] INTEGERS = {
        "0",
        "1",
        "-1",
        "2",
        "-2",
        "3",
        "7",
        "10",
        "-10",
        "100",
        "127",
        "128",
        "255",
        "256",
        "9999",
        "10000",
        "32767",
        "32768",
        "65535",
        "2147483647",
        "-2147483648",
        "2147483648",
        "4294967295",
        "4294967296",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775806",
        "-9223372036854775807"
    };

    private static final String[] NOT_INTEGERS = {
        "",
        " 1",
        "1 ",
        "+1",
        "01",
        "-0",
        "0x10",
        "1e3",
        "nan",
        "inf",
        "-inf",
        "1.5",
        "abc",
        "-",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551615",
        "18446744073709551616",
        "1\0",
        "--1",
        "1-",
        "99999999999999999999999999"
    };

    private static final String[] REALS = {
        "0",
        "1",
        "-1",
        "0.1",
        "-0.1",
        "1.5",
        "3.0",
        "1e3",
        "1E-3",
        ".5",
        "5.",
        "1e10",
        "10.25",
        "0.000001",
        "123456789.123456789",
        "1e17",
        "-1e-5",
        "100",
        "2.5e0",
        "+3"
    };

    private static final String[] ODD_REALS = {
        "nan",
        "inf",
        "-inf",
        "+inf",
        "infinity",
        "1e400",
        "-1e400",
        "1e5000",
        "1e-400",
        "1e-5000",
        "0x1p10",
        "0x10",
        "1e",
        "e1",
        "1.5.5",
        "",
        " 1",
        "1 ",
        "-",
        ".",
        "1,5",
        "1e+",
        "NaN(1)",
        "1e308",
        "-1e308",
        "4.9e-324",
        "0x1p1023",
        "1_000",
        "1d",
        "1f"
    };

    private static final int[] LENGTHS = {
        0, 1, 2, 5, 10, 20, 21, 43, 44, 45, 63, 64, 65, 127, 128, 254, 255, 256, 257, 500, 1000,
        4000
    };

    private final RandomGenerator random;

    Draw(RandomGenerator random) {
        this.random = random;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    String oneOf(String... words) {
        return words[random.nextInt(words.length)];
    }

    <T> T oneOf(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    String key() {
        return oneOf(KEYS);
    }

    static List<String> keys() {
        return List.of(KEYS);
    }

    /** Bytes of any kind and of lengths at which encodings change. */
    String value() {
        return switch (below(8)) {
            case 0, 1 -> integer();
            case 2 -> real();
            case 3 -> oneOf("", "x", "hello", "foobar", "ohmytext", "mynewtext");
            case 4 -> bytes(LENGTHS[below(LENGTHS.length)], 256);
            default -> bytes(LENGTHS[below(LENGTHS.length)], 4);
        };
    }

    /** So many bytes out of the first {@code kinds} from the letter a on, or of all. */
    String bytes(int length, int kinds) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < length; i++) {
            out.append((char) (kinds == 256 ? below(256) : 'a' + below(kinds)));
        }
        return out.toString();
    }

    /** A number in most cases a server accepts, large ones too. */
    String integer() {
        return oneIn(12)
                ? oneOf(NOT_INTEGERS)
                : oneIn(3) ? oneOf(INTEGERS) : Integer.toString(below(60) - 20);
    }

    /** As {@link #integer}, small as a rule. */
    String small() {
        return oneIn(15) ? integer() : Integer.toString(below(12) - 4);
    }

    /** A position in a string: in the first few thousand bytes, or out of all bounds. */
    String offset() {
        return oneIn(10)
                ? oneOf("-1", "2147483647", "4294967295", "9223372036854775807", "1.0", "", "x")
                : Integer.toString(below(oneIn(4) ? 3000 : 70));
    }

    String real() {
        return oneIn(8)
                ? oneOf(ODD_REALS)
                : oneIn(3) ? Integer.toString(below(2000) - 1000) : oneOf(REALS);
    }

    /** Seconds from now that are over long after the test, or refused, or over already. */
    String seconds() {
        return oneIn(5)
                ? oneOf(
                        "0",
                        "-1",
                        "9223372036854775807",
                        "-9223372036854775808",
                        "9223372036854775",
                        "9223372036854776",
                        "-9223372036854776",
                        "x",
                        "1.5",
                        "",
                        "-100")
                : Integer.toString(1000 + below(100_000));
    }

    String milliseconds() {
        return oneIn(5)
                ? oneOf(
                        "0",
                        "-1",
                        "9223372036854775807",
                        "-9223372036854775808",
                        "9223372036854770000",
                        "x",
                        "",
                        "-100")
                : Integer.toString(1_000_000 + below(100_000_000));
    }

    /** A moment far in the future, or refused. */
    String atSeconds() {
        return oneIn(4)
                ? oneOf("0", "-1", "9223372036854775807", "9223372036854776", "x")
                : Long.toString(4_000_000_000L + below(1000));
    }

    String atMilliseconds() {
        return oneIn(4)
                ? oneOf("0", "-1", "9223372036854775807", "x")
                : Long.toString(4_000_000_000_000L + below(1_000_000));
    }

    /**
     * A moment that is over; where a command would keep the key, the servers' cleaning would show.
     */
    String past() {
        return oneOf("1", "1000000000");
    }

    String pattern() {
        return oneIn(3)
                ? oneOf(
                        "*",
                        "",
                        "?",
                        "a*",
                        "key:*",
                        "key:[12]",
                        "key:[^1]",
                        "[",
                        "[a-",
                        "\\",
                        "**",
                        "k??:1",
                        "[z-a]",
                        "*\\",
                        "[^",
                        "*[",
                        "a\\*")
                : bytes(below(5), 3).replace('a', '*').replace('b', '?');
    }

    /** The word in some mixture of cases. */
    String anyCase(String word) {
        return switch (below(4)) {
            case 0 -> word.toLowerCase(java.util.Locale.ROOT);
            case 1 -> word.substring(0, 1) + word.substring(1).toLowerCase(java.util.Locale.ROOT);
            default -> word;
        };
    }
}
