package io.ferrite.engine.hyperloglog;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandFixture;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HyperLogLogCommandsTest {

    private static final String NOT_ONE = "WRONGTYPE Key is not a valid HyperLogLog string value.";
    private static final String CORRUPT = "INVALIDOBJ Corrupted HLL object detected";

    /** The header of a sparse one with a stale estimate. */
    private static final String HEADER = "HYLL\u0001\0\0\0\0\0\0\0\0\0\0\u0080";

    private final CommandFixture redis = CommandFixture.create();

    @Test
    void pfadd_makesTheKey_evenWithoutElements() {
        redis.run("PFADD k").repliesInteger(1).propagates("PFADD k").announces("pfadd k");
        redis.run("PFADD k").repliesInteger(0).hasNoEffects().notifiesNothing();
        redis.run("GET k").repliesBulk(HEADER + "\u007f\u00ff");
        redis.run("PFCOUNT k").repliesInteger(0);
        redis.run("OBJECT ENCODING k").repliesBulk("raw");
    }

    @Test
    void pfadd_countsOnlyWhatRaisesARegister() {
        redis.run("PFADD k a b c d e f g").repliesInteger(1);
        redis.run("PFADD k a g").repliesInteger(0).hasNoEffects();
        redis.run("PFCOUNT k").repliesInteger(7);
        redis.run("PFDEBUG ENCODING k").replies("+sparse|");
    }

    @Test
    void pfcount_keepsItsEstimate_andSaysSo() {
        redis.run("PFADD k a b c");
        redis.run("PFCOUNT k").repliesInteger(3).propagates("PFCOUNT k").notifiesNothing();
        redis.run("PFCOUNT k").repliesInteger(3).hasNoEffects();
        assertThat(redis.run("GET k").reply()).contains("HYLL\u0001\0\0\0\u0003\0\0\0\0\0\0\0");
        redis.run("PFADD j c d");
        redis.run("PFCOUNT k j no").repliesInteger(4).hasNoEffects();
        redis.run("PFCOUNT no").repliesInteger(0).hasNoEffects();
    }

    @Test
    void pfmerge_takesTheUnion() {
        redis.run("PFADD a x y z");
        redis.run("PFADD b z w");
        redis.run("PFMERGE d a b no")
                .repliesOk()
                .propagates("PFMERGE d a b no")
                .announces("keymiss d", "keymiss no", "pfadd d");
        redis.run("PFCOUNT d").repliesInteger(4);
        redis.run("PFDEBUG TODENSE a").repliesInteger(1).propagates("PFDEBUG TODENSE a");
        redis.run("PFDEBUG TODENSE a").repliesInteger(0).hasNoEffects();
        redis.run("PFMERGE d a");
        redis.run("PFDEBUG ENCODING d").replies("+dense|");
        redis.run("PFCOUNT d").repliesInteger(4);
        redis.run("STRLEN d").repliesInteger(12304);
    }

    @Test
    void sparse_turnsDense_whenItGetsTooLong() {
        for (int i = 0; i < 3000; i++) {
            redis.run("PFADD k " + i);
        }
        redis.run("PFDEBUG ENCODING k").replies("+dense|");
        redis.run("PFCOUNT k");
        long estimate = Long.parseLong(redis.run("PFCOUNT k").reply().replaceAll("[:|]", ""));
        assertThat(estimate).isBetween(2950L, 3050L);
    }

    @Test
    void merged_isTheSame_whateverTheOrder() {
        Random random = new Random(3);
        for (int round = 0; round < 40; round++) {
            redis.run("DEL a b c all");
            for (int i = 0; i < 20 + round * 20; i++) {
                String element = Integer.toString(random.nextInt(2000));
                redis.run("PFADD " + "abc".charAt(i % 3) + " " + element);
                redis.run("PFADD all " + element);
            }
            redis.run("PFMERGE d a b c");
            assertThat(redis.run("PFCOUNT d").reply()).isEqualTo(redis.run("PFCOUNT all").reply());
            String registers = redis.run("PFDEBUG GETREG all").reply();
            assertThat(redis.run("PFDEBUG GETREG d").reply()).isEqualTo(registers);
            redis.run("DEL d");
        }
    }

    @Test
    void pfdebug_showsTheRuns() {
        redis.run("PFADD k");
        redis.run("PFDEBUG DECODE k").repliesBulk("Z:16384");
        redis.run("PFDEBUG DECODE no").refuses("ERR The specified key does not exist");
        redis.run("PFDEBUG WHAT k").refuses("ERR Unknown PFDEBUG subcommand 'WHAT'");
        redis.run("PFDEBUG TODENSE k");
        redis.run("PFDEBUG DECODE k").refuses("ERR HLL encoding is not sparse");
        redis.run("PFSELFTEST").repliesOk();
    }

    @Test
    void whatIsNone_isRefused() {
        for (String value :
                new String[] {
                    "",
                    "12",
                    "HYLL",
                    "HYLX\u0001" + HEADER.substring(5),
                    HEADER.replace("\u0001", "\u0002"),
                    HEADER.replace("\u0001", "\0")
                }) {
            redis.call("SET", "k", value);
            redis.run("PFADD k a").refuses(NOT_ONE);
            redis.run("PFCOUNT k").refuses(NOT_ONE);
            redis.run("PFCOUNT k k").refuses(NOT_ONE);
            redis.run("PFMERGE d k").refuses(NOT_ONE);
            redis.run("PFDEBUG GETREG k").refuses(NOT_ONE);
        }
        redis.run("RPUSH l a");
        redis.run("PFADD l a")
                .refuses("WRONGTYPE Operation against a key holding the wrong kind of value");
    }

    @Test
    void damagedRuns_areRefused() {
        String[] bodies = {
            "",
            "\u007f",
            "\u007f\u00ff\0",
            "\u007f\u00fe",
            "\u007f\u00ff\u0080",
            "\u007f\u00ff".repeat(131073) + "\u0080",
            "\0".repeat(16385),
            "\u0083".repeat(4097)
        };
        for (String body : bodies) {
            redis.call("SET", "k", HEADER + body);
            redis.run("PFADD k a").refuses(CORRUPT);
            redis.run("PFCOUNT k").refuses(CORRUPT);
            redis.run("PFCOUNT k k").refuses(CORRUPT);
            redis.run("PFMERGE d k").refuses(CORRUPT);
            redis.run("PFDEBUG TODENSE k").refuses(CORRUPT);
        }
        redis.call("SET", "k", HEADER + "\u0040\0".repeat(16384));
        redis.run("PFADD k a b c").repliesInteger(1);
        redis.run("PFCOUNT k").repliesInteger(3);
    }

    @Test
    void anyMutation_isAnsweredOrRefused() {
        long seed = 5;
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            redis.run("PFADD k " + i);
        }
        String reply = redis.run("GET k").reply();
        byte[] sound =
                reply.substring(reply.indexOf('|') + 1, reply.length() - 1)
                        .getBytes(StandardCharsets.ISO_8859_1);
        byte[] key = {'m'};
        for (int round = 0; round < 3000; round++) {
            byte[] bad = sound.clone();
            for (int left = 1 + random.nextInt(3); left > 0; left--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            redis.call("SET".getBytes(StandardCharsets.US_ASCII), key, bad);
            for (String command :
                    new String[] {
                        "PFCOUNT m",
                        "PFADD m " + round,
                        "PFCOUNT m k",
                        "PFDEBUG DECODE m",
                        "PFMERGE d m",
                        "PFDEBUG TODENSE m",
                        "PFCOUNT m"
                    }) {
                String answer = redis.run(command).reply();
                if (answer.startsWith("-")) {
                    assertThat(answer)
                            .as("seed " + seed)
                            .isIn(
                                    "-" + NOT_ONE + "|",
                                    "-" + CORRUPT + "|",
                                    "-ERR HLL encoding is not sparse|");
                }
            }
        }
    }
}
