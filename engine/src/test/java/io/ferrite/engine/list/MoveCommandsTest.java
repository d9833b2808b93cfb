package io.ferrite.engine.list;

import io.ferrite.engine.CommandFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MoveCommandsTest {

    private final CommandFixture redis = CommandFixture.create();

    @AfterEach
    void close() {
        redis.close();
    }

    @Test
    void move_takesFromOneEndAndPutsAtAnother() {
        redis.run("RPUSH a 1 2 3");
        redis.run("LMOVE a b LEFT RIGHT")
                .repliesBulk("1")
                .propagates("LMOVE a b LEFT RIGHT")
                .announces("rpush b", "lpop a");
        redis.run("lmove a b right left").repliesBulk("3").announces("lpush b", "rpop a");
        redis.run("RPOPLPUSH a b")
                .repliesBulk("2")
                .propagates("RPOPLPUSH a b")
                .announces("lpush b", "rpop a", "del a");
        redis.run("LRANGE b 0 -1").repliesArray("2", "3", "1");
        redis.run("LMOVE a b LEFT LEFT").repliesNil().hasNoEffects();
        redis.run("LMOVE a b LEFT UP").refuses("ERR syntax error");
    }

    @Test
    void move_withinOneList_rotatesIt() {
        redis.run("RPUSH a 1 2 3");
        redis.run("LMOVE a a LEFT RIGHT").repliesBulk("1").announces("rpush a", "lpop a");
        redis.run("LMOVE a a LEFT LEFT").repliesBulk("2");
        redis.run("LRANGE a 0 -1").repliesArray("2", "3", "1");
        redis.run("RPUSH one x");
        redis.run("RPOPLPUSH one one").repliesBulk("x").announces("lpush one", "rpop one");
        redis.run("LRANGE one 0 -1").repliesArray("x");
    }

    @Test
    void blockingMove_ofWhatIsThere_isPassedOnAsAPlainOne() {
        redis.run("RPUSH a 1 2");
        redis.run("BLMOVE a b right LEFT 0").repliesBulk("2").propagates("LMOVE a b right LEFT");
        redis.run("BRPOPLPUSH a b 0").repliesBulk("1").propagates("RPOPLPUSH a b");
    }

    @Test
    void moveMany_oneByOne_turnsThemRoundAtTheHead() {
        redis.run("RPUSH a 1 2 3 4 5");
        redis.run("RPUSH b x");
        redis.run("LMOVEM a b LEFT LEFT COUNT 3 OBO")
                .repliesArray("3", "2", "1")
                .propagates("MULTI", "LPOP a 3", "LPUSH b 1 2 3", "EXEC")
                .announces("lpush b", "lpop a");
        redis.run("LRANGE b 0 -1").repliesArray("3", "2", "1", "x");
        redis.run("LMOVEM a b RIGHT RIGHT COUNT 9 OBO")
                .repliesArray("5", "4")
                .announces("rpush b", "rpop a", "del a");
        redis.run("LRANGE b 0 -1").repliesArray("3", "2", "1", "x", "5", "4");
    }

    @Test
    void moveMany_asABlock_keepsTheirOrder() {
        redis.run("RPUSH a 1 2 3 4 5");
        redis.run("RPUSH b x");
        redis.run("LMOVEM a b LEFT LEFT EXACTLY 2 BULK")
                .repliesArray("1", "2")
                .propagates("MULTI", "LPOP a 2", "LPUSH b 2 1", "EXEC");
        redis.run("LMOVEM a b RIGHT RIGHT COUNT 2 BULK").repliesArray("4", "5");
        redis.run("LRANGE b 0 -1").repliesArray("1", "2", "x", "4", "5");
        redis.run("LMOVEM b b RIGHT LEFT COUNT 2 BULK").repliesArray("4", "5");
        redis.run("LRANGE b 0 -1").repliesArray("4", "5", "1", "2", "x");
    }

    @Test
    void moveMany_withoutANumber_movesOne_andExactly_allOrNone() {
        redis.run("RPUSH a 1 2");
        redis.run("LMOVEM a b LEFT LEFT").repliesArray("1");
        redis.run("LMOVEM a b LEFT LEFT EXACTLY 2 OBO").replies("*-1|").hasNoEffects();
        redis.run("LMOVEM none b LEFT LEFT").replies("*-1|").hasNoEffects();
        redis.run("LMOVEM a b LEFT LEFT COUNT 0 OBO").refuses("ERR count should be greater than 0");
        redis.run("LMOVEM a b LEFT LEFT COUNT 1").refuses("ERR syntax error");
        redis.run("LMOVEM a b LEFT LEFT COUNT 1 BOTH").refuses("ERR syntax error");
        redis.run("LMOVEM a b LEFT LEFT NEARLY 1 OBO").refuses("ERR syntax error");
    }
}
