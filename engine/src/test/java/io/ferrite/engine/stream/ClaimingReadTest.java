package io.ferrite.engine.stream;

import io.ferrite.engine.CommandFixture;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** XREADGROUP CLAIM: a consumer takes over what others have left pending for too long. */
final class ClaimingReadTest {

    private static final String READ = "XREADGROUP GROUP g ";

    private final CommandFixture redis = CommandFixture.create();

    @BeforeEach
    void add() {
        redis.run("XADD s 1-0 f a");
        redis.run("XADD s 2-0 f b");
        redis.run("XGROUP CREATE s g 0");
    }

    @AfterEach
    void close() {
        redis.close();
    }

    private static String entry(int id, String value, int idle, int deliveries) {
        return "*4|$3|" + id + "-0|*2|$1|f|$1|" + value + "|:" + idle + "|:" + deliveries + "|";
    }

    private static String reply(String... entries) {
        return "*1|*2|$1|s|*" + entries.length + "|" + String.join("", entries);
    }

    @Test
    void pendingEntriesComeFirst_thenNewOnes() {
        redis.run(READ + "one COUNT 1 STREAMS s >");
        redis.advance(Duration.ofMillis(100));
        redis.run(READ + "two CLAIM 50 STREAMS s >")
                .replies(reply(entry(1, "a", 100, 1), entry(2, "b", 0, 0)))
                .propagates(
                        "MULTI",
                        "XCLAIM s g two 0 1-0 TIME %d RETRYCOUNT 2 FORCE JUSTID LASTID 1-0"
                                .formatted(redis.nowMs()),
                        "XCLAIM s g two 0 2-0 TIME %d RETRYCOUNT 1 FORCE JUSTID LASTID 2-0"
                                .formatted(redis.nowMs()),
                        "EXEC");
    }

    @Test
    void idleForTooShortATime_isLeftAlone() {
        redis.run(READ + "one STREAMS s >");
        redis.advance(Duration.ofMillis(99));
        redis.run(READ + "two CLAIM 100 STREAMS s >").replies("*-1|");
        redis.advance(Duration.ofMillis(1));
        redis.run(READ + "two CLAIM 100 COUNT 1 STREAMS s >").replies(reply(entry(1, "a", 100, 1)));
        redis.run(READ + "two CLAIM 9223372036854775807 STREAMS s >").replies("*-1|");
    }

    @Test
    void countIsThatOfBothTogether_andTheLongestIdleComeFirst() {
        redis.run("XADD s 3-0 f c");
        redis.run(READ + "one COUNT 1 STREAMS s >");
        redis.advance(Duration.ofMillis(10));
        redis.run(READ + "one COUNT 1 STREAMS s >");
        redis.advance(Duration.ofMillis(10));
        redis.run("XCLAIM s g one 0 1-0 JUSTID"); // delivered anew: 2-0 has been idle for longer
        redis.advance(Duration.ofMillis(10));
        redis.run(READ + "two CLAIM 5 COUNT 2 STREAMS s >")
                .replies(reply(entry(2, "b", 20, 1), entry(1, "a", 10, 1)));
        redis.run(READ + "two CLAIM 5 COUNT 2 STREAMS s >").replies(reply(entry(3, "c", 0, 0)));
    }

    @Test
    void withoutAcknowledgement_newEntriesAreNotPending_claimedOnesAre() {
        redis.run(READ + "one COUNT 1 STREAMS s >");
        redis.advance(Duration.ofMillis(100));
        redis.run(READ + "two NOACK CLAIM 50 STREAMS s >")
                .replies(reply(entry(1, "a", 100, 1), entry(2, "b", 0, 0)));
        redis.run("XACK s g 1-0 2-0").repliesInteger(1);
    }

    @Test
    void ownHistory_isReadAsEver() {
        redis.run(READ + "one STREAMS s >");
        redis.run(READ + "one CLAIM 1000 STREAMS s 1")
                .replies("*1|*2|$1|s|*1|*2|$3|2-0|*2|$1|f|$1|b|");
    }

    @Test
    void entriesThatAreGone_areNotClaimed() {
        redis.run(READ + "one STREAMS s >");
        redis.run("XDEL s 1-0");
        redis.advance(Duration.ofMillis(100));
        redis.run(READ + "two CLAIM 50 STREAMS s >").replies(reply(entry(2, "b", 100, 1)));
    }

    @Test
    void timesAreJudged() {
        for (String bad : new String[] {"test", "5.5", "+10", "-0", "10/2"}) {
            redis.run(READ + "one CLAIM " + bad + " STREAMS s >")
                    .refuses("ERR min-idle-time is not an integer or out of range");
        }
        redis.run(READ + "one CLAIM -10 STREAMS s >")
                .refuses("ERR min-idle-time must be a positive integer");
        redis.run("XREAD CLAIM 10 STREAMS s 0")
                .refuses(
                        "ERR The CLAIM option is only supported by XREADGROUP. You called XREAD"
                                + " instead.");
    }
}
