package io.ferrite.base;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compared with a real server over random patterns in module spec, which may use one. */
final class GlobTest {

    private static boolean matches(String pattern, String text) {
        return Glob.of(pattern.getBytes(ISO_8859_1)).matches(text.getBytes(ISO_8859_1));
    }

    @ParameterizedTest
    @CsvSource({
        "'*',        abc,     true",
        "'*',        '',      false",
        "'**',       '',      false",
        "'',         '',      true",
        "'',         a,       false",
        "'a*',       a,       true",
        "'a**',      a,       true",
        "'*a',       a,       true",
        "'*a*',      a,       true",
        "'h?llo',    hello,   true",
        "'h?llo',    hllo,    false",
        "'h*llo',    heeello, true",
        "'h[ae]llo', hallo,   true",
        "'h[ae]llo', hillo,   false",
        "'h[^e]llo', hallo,   true",
        "'h[^e]llo', hello,   false",
        "'[a-c]',    b,       true",
        "'[c-a]',    b,       true",
        "'[z-a]',    m,       true",
        "'[a-]',     b,       false",
        "'[a-]',     '_',     true",
        "'[a-',      '-',     true",
        "'[a-',      a,       true",
        "'[ab',      b,       true",
        "'[',        '[',     false",
        "'[]',       a,       false",
        "'[]a]',     'a',     false",
        "'[^]',      a,       true",
        "'[^',       a,       true",
        "'[\\]]',    ']',     true",
        "'[\\',      '\\',    true",
        "'\\*',      '*',     true",
        "'\\*',      a,       false",
        "'a\\',      'a\\',   true",
        "'*ab*cd*',  xabxcdx, true",
        "'*ab*cd*',  xabxc,   false",
        "'*abab',    ababab,  true",
        "'a*ba',     aba,     true",
        "'ab*ba',    aba,     false",
        "'*?a',      a,       false",
        "'*[b]a',    bba,     true",
    })
    void pattern_matchesWhatItSays(String pattern, String text, boolean expected) {
        assertThat(matches(pattern, text)).isEqualTo(expected);
    }

    @Test
    void caseIsIgnoredWhenAsked_butNotForAnEscapedByteOfAClass() {
        assertThat(Glob.matches(bytes("hELLo"), bytes("Hello"), true)).isTrue();
        assertThat(Glob.matches(bytes("hELLo"), bytes("Hello"), false)).isFalse();
        assertThat(Glob.matches(bytes("[a-c]"), bytes("B"), true)).isTrue();
        assertThat(Glob.matches(bytes("[A-C]"), bytes("b"), true)).isTrue();
        assertThat(Glob.matches(bytes("[\\b]"), bytes("B"), true)).isFalse();
        assertThat(Glob.matches(bytes("\\B"), bytes("b"), true)).isTrue();
    }

    @Test
    void bytesFrom0x80_comeBeforeTheOthersInARange() {
        assertThat(matches("[a-\u00ff]", "b")).isFalse();
        assertThat(matches("[a-\u00ff]", "B")).isTrue();
        assertThat(matches("[\u0080-\u00ff]", "\u00a0")).isTrue();
        assertThat(matches("[\u0080-\u00ff]", "a")).isFalse();
    }

    @Test
    void partOfAnArray_isMatchedAlone() {
        byte[] text = bytes("xxabcxx");
        assertThat(Glob.of(bytes("a*c")).matches(text, 2, 3)).isTrue();
        assertThat(Glob.of(bytes("a*c")).matches(text, 2, 4)).isFalse();
    }

    @Test
    void onlyOneStarAlone_isOneStar() {
        assertThat(Glob.of(bytes("*")).isOneStar()).isTrue();
        assertThat(Glob.of(bytes("**")).isOneStar()).isFalse();
        assertThat(Glob.of(bytes("?")).isOneStar()).isFalse();
        assertThat(Glob.of(bytes("\\*")).isOneStar()).isFalse();
    }

    @Test
    void overlappingStars_areFast() {
        byte[] key = bytes("a".repeat(40));
        Glob glob = Glob.of(bytes("a*".repeat(20) + "b"));
        long start = System.nanoTime();
        for (int i = 0; i < 1000; i++) {
            assertThat(glob.matches(key)).isFalse();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*?", "[^", "a*", "\\", "[a-", "?*", "*"})
    @Timeout(5)
    void hugeHostilePatterns_areAnsweredAtOnce(String part) {
        String key = "a".repeat(50_000);
        String pattern = part.repeat(50_000);
        assertThat(matches(pattern, key)).isEqualTo(part.equals("*"));
        matches(pattern + "b", key);
        matches("*" + "a".repeat(25_000) + "b", key);
        matches("*".repeat(10), key);
    }

    @Test
    void asManyStarsAsTheReferenceBears_match_andOneMoreDoesNot() {
        String key = "a".repeat(2000);
        assertThat(matches("*a".repeat(1000), key)).isTrue();
        assertThat(matches("*a".repeat(1001), key)).isFalse();
        assertThat(matches("*a".repeat(1000) + "*", key)).isTrue();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
