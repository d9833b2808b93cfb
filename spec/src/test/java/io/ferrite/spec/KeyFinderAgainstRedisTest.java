package io.ferrite.spec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Keys and their flags as found here, and as a redis-server finds them (COMMAND GETKEYSANDFLAGS).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KeyFinderAgainstRedisTest {

    /** Calls, told apart by bars and line ends. */
    private static final String WELL_FORMED =
            """
            GET k | SET k v | SET k v GET | SET k get | SET k v EX 1 gEt | MSET a 1 b 2
            MSET a 1 b | DEL a b c | EVAL s 2 a b c | EVAL s 0 | EVAL s 0 a | EVAL s 3 a b
            EVAL s -1 a | FCALL f 1 a | FCALL_RO f 0 | SORT k | SORT k STORE d
            SORT k BY w_* GET # STORE d STORE e | SORT k LIMIT STORE 2 | SORT k BY STORE
            SORT k STORE | SORT_RO k GET x | MIGRATE h 1 k 0 10 | MIGRATE h 1  0 10 KEYS a b
            MEMORY USAGE k | MIGRATE h 1 k 0 10 KEYS a | MIGRATE h 1  0 10 AUTH KEYS KEYS a
            MIGRATE h 1  0 10 AUTH2 u KEYS COPY KEYS a b | OBJECT ENCODING k
            ZUNIONSTORE d 2 a b | ZUNIONSTORE d 2 a | ZUNION 2 a b WEIGHTS 1 2
            ZINTERCARD 2 a b LIMIT 1 | LMPOP 2 a b LEFT | BLMPOP 0 1 a LEFT
            BZMPOP 0 2 a b MIN | BLPOP a b 0 | BITOP AND d a b | BITFIELD k
            BITFIELD k GET u8 0 | BITFIELD k SET u8 0 1 | BITFIELD k OVERFLOW WRAP
            BITFIELD k GET u8 | XREAD STREAMS a b 0 0 | XREAD STREAMS a
            XREAD COUNT 1 BLOCK 0 STREAMS a 0 | XREADGROUP GROUP g c STREAMS a >
            XINFO STREAM k | XGROUP CREATE k g $ | PFCOUNT a b | PFMERGE d a b
            GEORADIUS k 1 2 3 m | GEORADIUS k 1 2 3 m STORE d | WATCH a b
            GEORADIUSBYMEMBER k m 3 m STOREDIST d | GEOSEARCHSTORE d s FROMMEMBER m
            RENAME a b | COPY a b | LMOVE a b LEFT LEFT | SMOVE a b m | PING x | PFMERGE d
            RESTORE k 0 v | DUMP k | SSUBSCRIBE a b | SPUBLISH c m | PUBLISH c m
            CONFIG GET x | TOUCH a b | UNLINK a | SCAN 0
            """;

    private static final long SEED = Long.getLong("ferrite.seed", 20261121);

    private static final String NO_KEYS = "ERR The command has no key arguments";

    /**
     * Later versions look for these keys with more care than 7.0 does: STREAMS after well-formed
     * options only, of several STORE the last one only. SINTERSTORE's flags were corrected; ZRANK
     * and ZREVRANK take more arguments.
     */
    private static final Set<String> CHANGED =
            Set.of(
                    "xread",
                    "xreadgroup",
                    "georadius",
                    "georadiusbymember",
                    "sinterstore",
                    "zrank",
                    "zrevrank");

    private static final String[] WORDS = {
        "k1",
        "k2",
        "k3",
        "",
        "0",
        "1",
        "2",
        "3",
        "-1",
        "01",
        "2abc",
        " 2",
        "+1",
        "99999999999",
        "STORE",
        "store",
        "STOREDIST",
        "LIMIT",
        "GET",
        "BY",
        "STREAMS",
        "GROUP",
        "COUNT",
        "BLOCK",
        "NOACK",
        "KEYS",
        "AUTH",
        "AUTH2",
        "COPY",
        "REPLACE",
        "SET",
        "INCRBY",
        "OVERFLOW",
        "WRAP",
        "u8",
        "WEIGHTS",
        "AGGREGATE",
        "SUM",
        "NX",
        "EX",
        "PX",
        "KEEPTTL",
        "LEFT",
        "MIN",
        "MATCH",
        "*",
        "m",
        "10",
        "ASC"
    };

    private RealRedis redis;
    private final KeyFinder finder = new KeyFinder();
    private final KeyRefs refs = new KeyRefs();

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        assumeTrue(RealRedis.isInstalled(), "needs redis-server");
        redis = RealRedis.start(directory);
    }

    @AfterAll
    void stop() throws IOException {
        if (redis != null) {
            redis.close();
        }
    }

    @Test
    void wellFormedCalls_haveTheKeysThatRedisFinds() throws IOException {
        for (String call : WELL_FORMED.split(" \\| |\n")) {
            compare(List.of(call.split(" ")));
        }
    }

    @Test
    void callsOfRandomWords_haveTheKeysThatRedisFinds() throws IOException {
        Random random = new Random(SEED);
        List<CommandSpec> specs = new ArrayList<>();
        for (Object info : (List<?>) redis.call("COMMAND", "LIST")) {
            CommandSpec spec = CommandCatalog.load().find(text(info));
            if (spec != null && spec.mayHaveKeys() && !CHANGED.contains(spec.name())) {
                specs.add(spec);
            }
        }
        assertThat(specs).hasSizeGreaterThan(150);
        for (int round = 0; round < 20_000; round++) {
            CommandSpec spec = specs.get(random.nextInt(specs.size()));
            List<String> words = new ArrayList<>(List.of(spec.name().split("\\|")));
            int count = Math.abs(spec.arity()) + (spec.arity() < 0 ? random.nextInt(8) : 0);
            while (words.size() < count) {
                words.add(WORDS[random.nextInt(WORDS.length)]);
            }
            if (!isMisread(words)) {
                compare(words);
            }
        }
    }

    /**
     * Whether the reference takes SORT's destination for an option too, and so may miss the one
     * that the command then uses: a way around access rules, not to be followed.
     */
    private static boolean isMisread(List<String> words) {
        for (int i = 2; i + 1 < words.size() && words.getFirst().equals("sort"); i++) {
            if (words.get(i).equalsIgnoreCase("store")
                    && List.of("STORE", "BY", "GET", "LIMIT")
                            .contains(words.get(i + 1).toUpperCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }

    private void compare(List<String> words) throws IOException {
        List<Object> call = new ArrayList<>(List.of("COMMAND", "GETKEYSANDFLAGS"));
        call.addAll(words);
        Object theirs = redis.call(call.toArray());
        assertThat(ours(words)).as("seed %d: %s", SEED, words).isEqualTo(described(theirs));
    }

    private static String described(Object reply) {
        if (reply instanceof RealRedis.RealError error) {
            return error.text();
        }
        StringBuilder keys = new StringBuilder();
        for (Object one : (List<?>) reply) {
            List<?> pair = (List<?>) one;
            keys.append('<').append(text(pair.get(0))).append('>');
            for (Object flag : (List<?>) pair.get(1)) {
                keys.append(text(flag)).append(' ');
            }
        }
        return keys.toString();
    }

    private static CommandSpec named(String name) {
        return Objects.requireNonNull(CommandCatalog.load().find(name), name);
    }

    private String ours(List<String> words) {
        CommandSpec spec = named(words.getFirst());
        if (spec.isContainer()) {
            spec = named(words.get(0) + "|" + words.get(1));
        }
        if (!spec.mayHaveKeys()) {
            return NO_KEYS;
        }
        if (!spec.accepts(words.size())) {
            return "ERR Invalid number of arguments specified for command";
        }
        try (TestArgs args = TestArgs.of(words)) {
            int count = finder.find(spec, args, refs);
            if (count < 0) {
                return "ERR Invalid arguments specified for command";
            }
            assertThat(refs.count()).isEqualTo(count);
        }
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < refs.count(); i++) {
            keys.append('<').append(words.get(refs.position(i))).append('>');
            for (KeyFlag flag : KeyFlag.values()) {
                if ((refs.flags(i) & flag.bit()) != 0) {
                    keys.append(flag.shown()).append(' ');
                }
            }
        }
        return keys.toString();
    }

    private static String text(Object value) {
        return value instanceof byte[] bytes ? new String(bytes, ISO_8859_1) : value.toString();
    }
}
