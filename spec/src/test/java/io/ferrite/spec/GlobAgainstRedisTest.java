package io.ferrite.spec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.base.Glob;
import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Glob patterns as KEYS and COMMAND LIST of a redis-server understand them. Here because base has
 * no server to compare with, and spec is next to it.
 */
final class GlobAgainstRedisTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20261121);

    @TempDir Path directory;

    @Test
    void randomPatterns_selectTheKeysThatRedisSelects() throws IOException {
        assumeTrue(RealRedis.isInstalled(), "needs redis-server");
        Random random = new Random(SEED);
        try (RealRedis redis = RealRedis.start(directory)) {
            Set<String> keys = new HashSet<>();
            keys.add("");
            while (keys.size() < 400) {
                keys.add(text(random, "aabbcAB-^]\\*?\u0000\u0080\u00ff", 7));
            }
            for (String key : keys) {
                redis.call("SET", key.getBytes(ISO_8859_1), "v");
            }
            for (int i = 0; i < 8000; i++) {
                String pattern = text(random, "aabbcAB***??[[[]]^--\\\\\u0080\u00ff", 9);
                Set<String> theirs = texts(redis.call("KEYS", pattern.getBytes(ISO_8859_1)));
                Glob glob = Glob.of(pattern.getBytes(ISO_8859_1));
                Set<String> ours = new TreeSet<>();
                for (String key : keys) {
                    if (glob.isOneStar() || glob.matches(key.getBytes(ISO_8859_1))) {
                        ours.add(key);
                    }
                }
                assertThat(ours).as("seed %d, pattern %s", SEED, pattern).isEqualTo(theirs);
            }
        }
    }

    @Test
    void randomPatternsWithoutCase_selectTheNamesThatRedisSelects() throws IOException {
        assumeTrue(RealRedis.isInstalled(), "needs redis-server");
        Random random = new Random(SEED);
        try (RealRedis redis = RealRedis.start(directory)) {
            Set<String> names = texts(redis.call("COMMAND", "LIST"));
            for (int i = 0; i < 2000; i++) {
                String pattern = text(random, "sSeEtTgG*****??[[]]^-\\|", 7);
                Object reply = redis.call("COMMAND", "LIST", "FILTERBY", "PATTERN", pattern);
                Glob glob = Glob.of(pattern.getBytes(ISO_8859_1), true);
                Set<String> ours = new TreeSet<>();
                for (String name : names) {
                    if (glob.matches(name.getBytes(ISO_8859_1))) {
                        ours.add(name);
                    }
                }
                assertThat(ours).as("seed %d, pattern %s", SEED, pattern).isEqualTo(texts(reply));
            }
        }
    }

    private static String text(Random random, String alphabet, int longest) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(longest + 1); left > 0; left--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static Set<String> texts(Object reply) {
        List<String> texts = new ArrayList<>();
        for (Object one : (List<?>) reply) {
            texts.add(new String((byte[]) one, ISO_8859_1));
        }
        return new TreeSet<>(texts);
    }
}
