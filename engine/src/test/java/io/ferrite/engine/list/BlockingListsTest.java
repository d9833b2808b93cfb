package io.ferrite.engine.list;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that wait for lists, how they are served and what followers see of it. */
final class BlockingListsTest {

    private static final String SYNTAX = "ERR syntax error";

    private final CommandFixture redis = CommandFixture.create();
    private final CommandFixture.Client first = redis.client();
    private final CommandFixture.Client second = redis.client();
    private final CommandFixture.Client third = redis.client();

    @AfterEach
    void everybodyIsServedOrGone() {
        for (CommandFixture.Client client : new CommandFixture.Client[] {first, second, third}) {
            if (client.isWaiting()) {
                client.timeOut();
            }
        }
        assertThat(redis.engine().blocking().count()).isZero();
        for (int stripe = 0; stripe < redis.engine().keyspace().stripes(); stripe++) {
            assertThat(redis.engine().blocking().anyIn(stripe)).isFalse();
            assertThat(redis.engine().blocking().keys(stripe)).isZero();
        }
        redis.close();
    }

    @Test
    void popOfWhatIsThere_waitsForNothing_andIsPassedOnAsAPlainPop() {
        redis.run("RPUSH l a b c");
        redis.run("BLPOP none l 0").repliesArray("l", "a").propagates("LPOP l").announces("lpop l");
        redis.run("BRPOP l 0").repliesArray("l", "c").propagates("RPOP l");
        redis.run("BLMPOP 0 2 none l LEFT COUNT 9")
                .replies("*2|$1|l|*1|$1|b|")
                .propagates("LPOP l 1")
                .announces("lpop l", "del l");
    }

    @Test
    void manyPop_takesFromTheFirstListWithElements() {
        redis.run("RPUSH l a b c");
        redis.run("LMPOP 2 none l RIGHT COUNT 2")
                .replies("*2|$1|l|*2|$1|c|$1|b|")
                .propagates("RPOP l 2");
        redis.run("LMPOP 1 none LEFT").replies("*-1|").hasNoEffects();
        redis.run("LMPOP 0 l LEFT").refuses("ERR numkeys should be greater than 0");
        redis.run("LMPOP x l LEFT").refuses("ERR numkeys should be greater than 0");
        redis.run("LMPOP 2147483648 l LEFT").refuses(SYNTAX);
        redis.run("LMPOP 9223372036854775807 l LEFT").refuses(SYNTAX);
        redis.run("BLMPOP 0 0 l LEFT").refuses("ERR numkeys should be greater than 0");
        redis.run("LMPOP 1 l LEFT COUNT 0").refuses("ERR count should be greater than 0");
        redis.run("LMPOP 1 l LEFT COUNT 1 COUNT 1").refuses(SYNTAX);
        redis.run("LMPOP 1 l").refuses("ERR wrong number of arguments for 'lmpop' command");
        redis.run("LMPOP 2 l LEFT").refuses(SYNTAX);
    }

    @Test
    void timeout_isJudgedBeforeAnythingElse() {
        redis.run("SET s v");
        redis.run("BLPOP s -1").refuses("ERR timeout is negative");
        redis.run("BLPOP s nan").refuses("ERR timeout is not a float or out of range");
        redis.run("BLPOP s x").refuses("ERR timeout is not a float or out of range");
        redis.run("BLPOP s inf").refuses("ERR timeout is out of range");
        redis.run("BLPOP s 1e308").refuses("ERR timeout is out of range");
        redis.run("BLPOP s 9223372036854775807").refuses("ERR timeout is out of range");
        redis.run("BLPOP s 9223372036854775").refuses("ERR timeout is out of range");
        redis.run("BLMOVE s d LEFT LEFT -0.5").refuses("ERR timeout is negative");
    }

    @Test
    void pushed_goesToWhoeverCameFirst_andFollowersSeeAPushAndAPop() {
        first.waits("BLPOP l 0");
        second.waits("BRPOP l 0");
        third.waits("BLPOP l 0");

        redis.run("RPUSH l a b")
                .repliesInteger(2)
                .propagates("RPUSH l a b", "LPOP l", "RPOP l")
                .announces("rpush l", "lpop l", "rpop l", "del l");

        assertThat(first.answer()).isEqualTo("*2|$1|l|$1|a|");
        assertThat(second.answer()).isEqualTo("*2|$1|l|$1|b|");
        assertThat(third.isWaiting()).isTrue();
    }

    @Test
    void oneOfSeveralKeys_servesOnce() {
        first.waits("BLPOP a b a 0");
        redis.run("RPUSH b 1").propagates("RPUSH b 1", "LPOP b");
        assertThat(first.answer()).isEqualTo("*2|$1|b|$1|1|");
        redis.run("RPUSH a 2").propagates("RPUSH a 2");
        redis.run("LLEN a").repliesInteger(1);
    }

    @Test
    void waitEnds_withNilArray_whateverTheCommand() {
        first.waits("BLPOP l 0.01");
        first.timeOut();
        assertThat(first.answer()).isEqualTo("*-1|");
        second.waits("BLMOVE l d LEFT LEFT 10");
        second.timeOut();
        assertThat(second.answer()).isEqualTo("*-1|");
        redis.run("RPUSH l a");
        redis.run("LLEN l").repliesInteger(1);
    }

    @Test
    void keyOfAnotherType_leavesThemWaiting_whileAnErrorElsewhereEndsIt() {
        first.waits("BLPOP l 0");
        redis.run("SET l v").propagates("SET l v");
        assertThat(first.isWaiting()).isTrue();
        redis.run("DEL l");
        redis.run("RPUSH l a");
        assertThat(first.answer()).isEqualTo("*2|$1|l|$1|a|");

        second.waits("BLMOVE l d LEFT LEFT 0");
        redis.run("SET d v");
        redis.run("RPUSH l x").propagates("RPUSH l x");
        assertThat(second.answer())
                .isEqualTo("-WRONGTYPE Operation against a key holding the wrong kind of value|");
        redis.run("LRANGE l 0 -1").repliesArray("x");
    }

    @Test
    void listThatIsGoneAgain_servesNobody() {
        first.waits("BLPOP l 0");
        redis.run("MULTI");
        transaction("RPUSH l a", "DEL l", "RPUSH l b");
        assertThat(first.answer()).isEqualTo("*2|$1|l|$1|b|");
        second.waits("BLPOP l 0");
        transaction("RPUSH l a", "LPOP l");
        assertThat(second.isWaiting()).isTrue();
    }

    private void transaction(String... lines) {
        redis.run("DISCARD");
        redis.run("MULTI");
        for (String line : lines) {
            redis.queue(line);
        }
        redis.run("EXEC");
    }

    @Test
    void insideATransaction_nobodyWaits() {
        redis.run("MULTI");
        redis.queue("BLPOP l 0");
        redis.queue("BLMOVE l d LEFT LEFT 0");
        redis.queue("BRPOPLPUSH l d 0");
        redis.queue("BLMPOP 0 1 l LEFT");
        redis.queue("BLMOVEM l d LEFT LEFT 0");
        redis.run("EXEC").replies("*5|*-1|$-1|$-1|*-1|*-1|");
    }

    @Test
    void served_movesOn_andServesWhoWaitsForTheTarget() {
        first.waits("BLMOVE a b LEFT RIGHT 0");
        second.waits("BRPOPLPUSH b c 0");
        third.waits("BLPOP c 0");
        redis.run("LPUSH a x")
                .propagates("LPUSH a x", "LMOVE a b LEFT RIGHT", "RPOPLPUSH b c", "LPOP c");
        assertThat(first.answer()).isEqualTo("$1|x|");
        assertThat(second.answer()).isEqualTo("$1|x|");
        assertThat(third.answer()).isEqualTo("*2|$1|c|$1|x|");
        redis.run("DBSIZE").repliesInteger(0);
    }

    @Test
    void circle_comesToAnEnd() {
        first.waits("BRPOPLPUSH a b 0");
        second.waits("BRPOPLPUSH b a 0");
        redis.run("RPUSH a x");
        assertThat(first.answer()).isEqualTo("$1|x|");
        assertThat(second.answer()).isEqualTo("$1|x|");
        redis.run("LRANGE a 0 -1").repliesArray("x");

        third.waits("BRPOPLPUSH self self 0");
        redis.run("RPUSH self y");
        redis.run("LRANGE self 0 -1").repliesArray("y");
    }

    @Test
    void keyThatComesFromElsewhere_isReadyAsWell() {
        first.waits("BLPOP l 0");
        redis.run("RPUSH other a");
        redis.run("RENAME other l");
        assertThat(first.answer()).isEqualTo("*2|$1|l|$1|a|");

        first.waits("BLPOP l 0");
        redis.run("RPUSH other b");
        redis.run("COPY other l");
        assertThat(first.answer()).isEqualTo("*2|$1|l|$1|b|");

        first.waits("BLPOP l 0");
        redis.run("SELECT 1");
        redis.run("RPUSH l c");
        assertThat(first.isWaiting()).isTrue();
        redis.run("MOVE l 0");
        assertThat(first.answer()).isEqualTo("*2|$1|l|$1|c|");

        first.waits("BLPOP l 0");
        redis.run("RPUSH l d");
        redis.run("SWAPDB 0 1");
        assertThat(first.answer()).isEqualTo("*2|$1|l|$1|d|");
    }

    @Test
    void flushing_leavesThemWaiting() {
        first.waits("BLPOP l 0");
        redis.run("RPUSH other a");
        redis.run("FLUSHALL");
        assertThat(first.isWaiting()).isTrue();
        redis.run("RPUSH l a");
        assertThat(first.isWaiting()).isFalse();
    }

    @Test
    void exactNumber_isWaitedFor_whileOthersBehindAreServed() {
        first.waits("BLMOVEM l d LEFT RIGHT 0 EXACTLY 3 BULK");
        redis.run("RPUSH l a b").propagates("RPUSH l a b");
        assertThat(first.isWaiting()).isTrue();
        redis.run("RPUSH l c")
                .propagates("RPUSH l c", "MULTI", "LPOP l 3", "RPUSH d a b c", "EXEC");
        assertThat(first.answer()).isEqualTo("*3|$1|a|$1|b|$1|c|");
    }

    @Test
    void nilIsOneThing_inTheNewerProtocol() {
        try (CommandFixture redis3 = CommandFixture.resp3()) {
            CommandFixture.Client client = redis3.client();
            client.waits("BLMPOP 1 1 l LEFT");
            client.timeOut();
            assertThat(client.answer()).isEqualTo("_|");
            redis3.run("LPOP none 1").replies("_|");
        }
    }
}
