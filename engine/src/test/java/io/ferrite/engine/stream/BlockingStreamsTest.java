package io.ferrite.engine.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BlockingStreamsTest {

    private static final String NO_GROUP =
            "-NOGROUP No such key 's' or consumer group 'g' in XREADGROUP with GROUP option|";

    private final CommandFixture redis = CommandFixture.create();
    private final CommandFixture.Client waiting = redis.client();

    @AfterEach
    void close() {
        redis.close();
    }

    private void waitInGroup() {
        redis.run("XGROUP CREATE s g $ MKSTREAM");
        redis.run("XGROUP CREATECONSUMER s g c");
        waiting.waits("XREADGROUP GROUP g c BLOCK 0 STREAMS s >");
    }

    @Test
    void aReader_isGivenWhatComes_afterTheEndThatItSaw() {
        redis.run("XADD s 1-1 f v");
        waiting.waits("XREAD BLOCK 0 STREAMS s $");
        redis.run("XTRIM s MAXLEN 0");
        assertThat(waiting.isWaiting()).isTrue();
        redis.run("XADD s 2-1 f w");
        assertThat(waiting.answer()).isEqualTo("*1|*2|$1|s|*1|*2|$3|2-1|*2|$1|f|$1|w|");
    }

    @Test
    void aReader_waitsForAStream_whateverElseTheKeyBecomes() {
        waiting.waits("XREAD COUNT 1 BLOCK 0 STREAMS none s $ $");
        redis.run("LPUSH s x");
        redis.run("DEL s");
        redis.run("XGROUP CREATE s g $ MKSTREAM");
        assertThat(waiting.isWaiting()).isTrue();
        redis.run("XADD s 0-1 f v");
        assertThat(waiting.answer()).isEqualTo("*1|*2|$1|s|*1|*2|$3|0-1|*2|$1|f|$1|v|");
    }

    @Test
    void consumers_areServedInTheirOrder() {
        waitInGroup();
        CommandFixture.Client second = redis.client();
        second.run("XREADGROUP GROUP g d BLOCK 0 STREAMS s >");
        redis.run("XADD s 1-1 f v")
                .propagates(
                        "XADD s 1-1 f v",
                        "XCLAIM s g c 0 1-1 TIME %d RETRYCOUNT 1 FORCE JUSTID LASTID 1-1"
                                .formatted(redis.nowMs()));
        assertThat(waiting.answer()).isEqualTo("*1|*2|$1|s|*1|*2|$3|1-1|*2|$1|f|$1|v|");
        assertThat(second.isWaiting()).isTrue();
        redis.run("XADD s 1-2 f v");
        assertThat(second.answer()).isEqualTo("*1|*2|$1|s|*1|*2|$3|1-2|*2|$1|f|$1|v|");
    }

    @Test
    void theEndOfTheGroup_isSaid() {
        waitInGroup();
        redis.run("XGROUP DESTROY s g");
        assertThat(waiting.answer()).isEqualTo(NO_GROUP);
    }

    @Test
    void theEndOfTheKey_isSaid() {
        waitInGroup();
        redis.run("DEL s");
        assertThat(waiting.answer()).isEqualTo(NO_GROUP);
    }

    @Test
    void anotherType_isSaid() {
        waitInGroup();
        redis.run("SET s x");
        assertThat(waiting.answer())
                .isEqualTo("-WRONGTYPE Operation against a key holding the wrong kind of value|");
    }

    @Test
    void aStreamUnderTheOldName_mayServe() {
        waitInGroup();
        redis.run("XGROUP CREATE t g 0 MKSTREAM");
        redis.run("XADD t 5-5 f v");
        redis.run("RENAME t s");
        assertThat(waiting.answer()).isEqualTo("*1|*2|$1|s|*1|*2|$3|5-5|*2|$1|f|$1|v|");
    }

    @Test
    void whatIsSetBack_servesNobody_untilSomethingComes() {
        redis.run("XADD s 1-1 f v");
        waitInGroup();
        redis.run("XGROUP SETID s g 0");
        assertThat(waiting.isWaiting()).isTrue();
        redis.run("XADD s 2-1 f w");
        assertThat(waiting.answer())
                .isEqualTo("*1|*2|$1|s|*2|*2|$3|1-1|*2|$1|f|$1|v|*2|$3|2-1|*2|$1|f|$1|w|");
    }

    @Test
    void aTimeout_repliesNothing() {
        waiting.waits("XREAD BLOCK 10 STREAMS s 0");
        waiting.timeOut();
        assertThat(waiting.answer()).isEqualTo("*-1|");
    }
}
