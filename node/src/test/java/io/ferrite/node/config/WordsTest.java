package io.ferrite.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class WordsTest {

    @Test
    void quotedWord_splitsIntoItself_whateverItsBytes() {
        long seed = 20261121;
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            StringBuilder word = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                word.append((char) random.nextInt(256));
            }
            assertThat(Words.split("x " + Words.quote(word.toString()) + " y"))
                    .as("seed %d, round %d", seed, i)
                    .containsExactly("x", word.toString(), "y");
        }
    }

    @Test
    void randomLine_splitsOrIsRefused_butNeverFails() {
        long seed = 7;
        Random random = new Random(seed);
        String alphabet = "ab \"'\\x4\n\t\0";
        for (int i = 0; i < 100_000; i++) {
            StringBuilder line = new StringBuilder();
            for (int n = random.nextInt(10); n > 0; n--) {
                line.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            Words.split(line.toString());
        }
    }

    @Test
    void patterns_matchAsGlobsInAnyCase() {
        assertThat(NameGlob.matches("h?sh-[a-m]*", "HASH-max-x")).isTrue();
        assertThat(NameGlob.matches("h[^a]sh", "hash")).isFalse();
        assertThat(NameGlob.matches("a\\*b", "a*b")).isTrue();
        assertThat(NameGlob.matches("a\\*b", "axb")).isFalse();
        assertThat(NameGlob.matches("*", "")).isTrue();
        assertThat(NameGlob.matches("a*", "b")).isFalse();
        assertThat(NameGlob.matches("[a", "a")).isTrue();
    }

    @Test
    void memory_isRenderedWithTheLargestUnitThatDividesIt() {
        assertThat(Numbers.renderMemory(0)).isEqualTo("0");
        assertThat(Numbers.renderMemory(1500)).isEqualTo("1500");
        assertThat(Numbers.renderMemory(2048)).isEqualTo("2kb");
        assertThat(Numbers.renderMemory(200L << 20)).isEqualTo("200mb");
        assertThat(Numbers.renderMemory(3L << 30)).isEqualTo("3gb");
        assertThat(Numbers.renderMemory(-1)).isEqualTo("18446744073709551615");
    }
}
