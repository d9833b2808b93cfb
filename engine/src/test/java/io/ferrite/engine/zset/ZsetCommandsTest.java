package io.ferrite.engine.zset;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandFixture;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ZsetCommandsTest {

    private final CommandFixture redis = CommandFixture.create();
    private final CommandFixture resp3 = CommandFixture.resp3();

    @AfterEach
    void nothingLeaks() {
        redis.close();
        resp3.close();
    }

    @Test
    void added_members_areCounted_announced_andPassedOn() {
        redis.run("ZADD z 1 a 2 b 1 a")
                .repliesInteger(2)
                .propagates("ZADD z 1 a 2 b 1 a")
                .announces("zadd z");
        redis.run("ZADD z 2 b").repliesInteger(0).hasNoEffects().notifiesNothing();
        redis.run("ZADD z CH 3 b 4 c").repliesInteger(2);
        redis.run("ZADD z GT CH 1 b").repliesInteger(0).hasNoEffects();
        redis.run("ZADD z NX 9 b").repliesInteger(0).hasNoEffects();
        redis.run("ZADD n XX 1 a").repliesInteger(0).hasNoEffects();
        redis.run("ZRANGE z 0 -1 WITHSCORES").repliesArray("a", "1", "b", "3", "c", "4");
    }

    @Test
    void increment_repliesTheScore_orNilIfKeptFromIt() {
        redis.run("ZADD z INCR 1.5 a").repliesBulk("1.5").announces("zincr z");
        redis.run("ZADD z NX INCR 1 a").repliesNil().hasNoEffects();
        redis.run("ZADD z LT INCR 1 a").repliesNil().hasNoEffects();
        redis.run("ZINCRBY z inf a").repliesBulk("inf").propagates("ZINCRBY z inf a");
        redis.run("ZINCRBY z -inf a").refuses("ERR resulting score is not a number (NaN)");
        resp3.run("ZINCRBY z 2.5 a").replies(",2.5|");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 300})
    void ranksFarBeyondEitherEnd_areThoseOfNobody(int members) {
        for (int i = 0; i < members; i++) {
            redis.run("ZADD z " + i + " member-" + i);
        }
        String beyond = " z " + Long.MAX_VALUE + " " + Long.MIN_VALUE;
        redis.run("ZREMRANGEBYRANK" + beyond).repliesInteger(0).hasNoEffects();
        redis.run("ZRANGE" + beyond).repliesArray();
        redis.run("ZREVRANGE" + beyond).repliesArray();
        redis.run("ZRANGESTORE to" + beyond).repliesInteger(0);
        redis.run("ZCARD z").repliesInteger(members);
        redis.run("ZREMRANGEBYRANK z " + Long.MIN_VALUE + " " + Long.MAX_VALUE)
                .repliesInteger(members);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "ZADD z nan m;ERR value is not a valid float",
                "ZADD z 1;ERR wrong number of arguments for 'zadd' command",
                "ZADD z NX XX 1 a;ERR XX and NX options at the same time are not compatible",
                "ZADD z GT NX 1 a;"
                        + "ERR GT, LT, and/or NX options at the same time are not compatible",
                "ZADD z INCR 1 a 2 b;ERR INCR option supports a single increment-element pair",
                "ZRANGE z 0 -1 LIMIT 0 1;ERR syntax error, LIMIT is only supported in combination"
                        + " with either BYSCORE or BYLEX",
                "ZRANGE z [a [b BYLEX WITHSCORES;ERR syntax error, WITHSCORES not supported in"
                        + " combination with BYLEX",
                "ZRANGEBYLEX z a b;ERR min or max not valid string range item",
                "ZCOUNT z 1 nan;ERR min or max is not a float",
                "ZUNION 9223372036854775807 k;ERR syntax error",
                "ZUNION 0 k;ERR at least 1 input key is needed for 'zunion' command",
                "ZINTERSTORE zz 1443677133621497600 asdf;ERR syntax error",
                "ZINTERCARD 1 k LIMIT -1;ERR LIMIT can't be negative",
                "ZMPOP 0 k MIN;ERR numkeys should be greater than 0",
                "BZMPOP 0 2147483648 k MIN;ERR syntax error",
                "ZRANDMEMBER z -9223372036854775808 WITHSCORES;ERR value is out of range, value"
                        + " must between -9223372036854775807 and 9223372036854775807",
                "ZPOPMIN z -1;ERR value is out of range, must be positive",
                "ZSCAN z x;ERR invalid cursor"
            })
    void whatCannotBe_isRefused(String command, String error) {
        redis.run("ZADD z 1 m");
        redis.run(command).refuses(error);
    }

    @Test
    void anotherType_isRefused() {
        redis.run("SET s v");
        String wrong = "WRONGTYPE Operation against a key holding the wrong kind of value";
        for (String command :
                new String[] {
                    "ZADD s 1 a", "ZREM s a", "ZRANGE s 0 1", "ZUNION 1 s", "ZPOPMIN s", "ZSCAN s 0"
                }) {
            redis.run(command).refuses(wrong);
        }
    }

    @Test
    void ranges_goByRank_score_andText_eitherWay() {
        redis.run("ZADD z 1 a 2 b 3 c 4 d");
        redis.run("ZRANGE z 1 2").repliesArray("b", "c");
        redis.run("ZRANGE z 0 1 REV").repliesArray("d", "c");
        redis.run("ZRANGE z (1 3 BYSCORE").repliesArray("b", "c");
        redis.run("ZRANGE z +inf 2 BYSCORE REV LIMIT 1 1").repliesArray("c");
        redis.run("ZREVRANGEBYSCORE z (4 -inf WITHSCORES LIMIT 0 1").repliesArray("c", "3");
        redis.run("ZRANGE z (inf (-inf BYSCORE LIMIT 0 9223372036854775807").repliesArray();
        redis.run("ZRANGE z -9223372036854775808 9223372036854775807")
                .repliesArray("a", "b", "c", "d");
        redis.run("ZADD l 0 a 0 b 0 c");
        redis.run("ZRANGEBYLEX l [a (c").repliesArray("a", "b");
        redis.run("ZREVRANGEBYLEX l + (a").repliesArray("c", "b");
        redis.run("ZLEXCOUNT l - +").repliesInteger(3);
        resp3.run("ZADD z 1 a");
        resp3.run("ZRANGE z 0 -1 WITHSCORES").replies("*1|*2|$1|a|,1|");
    }

    @Test
    void lastMember_takesTheKeyWithIt() {
        redis.run("ZADD z 1 a 2 b");
        redis.run("ZREM z a b c")
                .repliesInteger(2)
                .announces("zrem z", "del z")
                .propagates("ZREM z a b c");
        redis.run("EXISTS z").repliesInteger(0);
        redis.run("ZADD z 1 a 2 b");
        redis.run("ZREMRANGEBYSCORE z -inf 1").repliesInteger(1).announces("zremrangebyscore z");
        redis.run("ZPOPMAX z").repliesArray("b", "2").announces("zpopmax z", "del z");
    }

    @Test
    void popOfMany_isPassedOnAsAPop() {
        redis.run("ZADD z 1 a 2 b 3 c");
        redis.run("ZMPOP 2 none z MAX COUNT 2")
                .replies("*2|$1|z|*2|*2|$1|c|$1|3|*2|$1|b|$1|2|")
                .propagates("ZPOPMAX z 2")
                .announces("zpopmax z");
        redis.run("ZMPOP 1 none MIN").replies("*-1|").hasNoEffects();
    }

    @Test
    void waitingClient_isServed_firstComeFirstServed() {
        CommandFixture.Client first = redis.client().waits("BZPOPMIN k z 0");
        CommandFixture.Client second = redis.client().waits("BZMPOP 0 1 z MAX COUNT 5");
        redis.run("ZADD z 1 a 2 b 3 c")
                .propagates("ZADD z 1 a 2 b 3 c", "ZPOPMIN z", "ZPOPMAX z 2");
        assertThat(first.answer()).isEqualTo("*3|$1|z|$1|a|$1|1|");
        assertThat(second.answer()).isEqualTo("*2|$1|z|*2|*2|$1|c|$1|3|*2|$1|b|$1|2|");
        redis.client().waits("BZPOPMAX z 0").timeOut();
    }

    @Test
    void sets_areCombined_withWeights() {
        redis.run("ZADD a 1 x 2 y");
        redis.run("ZADD b 10 y 20 z");
        redis.run("SADD s x z");
        redis.run("ZUNION 2 a b WITHSCORES").repliesArray("x", "1", "y", "12", "z", "20");
        redis.run("ZADD zero 0 m 2 n").repliesInteger(2);
        redis.run("ZUNION 1 zero WEIGHTS -1 WITHSCORES").repliesArray("n", "-2", "m", "-0");
        redis.run("ZINTER 2 zero zero WEIGHTS -1 -1 WITHSCORES").repliesArray("n", "-4", "m", "-0");
        redis.run("ZUNION 3 a b s AGGREGATE COUNT WITHSCORES")
                .repliesArray("x", "2", "y", "2", "z", "2");
        redis.run("ZINTER 2 a s WEIGHTS 2 3 WITHSCORES").repliesArray("x", "5");
        redis.run("ZDIFF 2 a s").repliesArray("y");
        redis.run("ZINTERCARD 2 a b").repliesInteger(1);
        redis.run("ZUNIONSTORE d 2 a b AGGREGATE MAX").repliesInteger(3).announces("zunionstore d");
        redis.run("ZUNIONSTORE e 2 a b AGGREGATE COUNT")
                .repliesInteger(3)
                .propagates("MULTI", "DEL e", "ZADD e 1 x 1 z 2 y", "EXEC");
        redis.run("ZINTERSTORE d 2 a none").repliesInteger(0).notifies("del", "d");
        redis.run("ZRANGESTORE d a 0 0").repliesInteger(1).announces("zrangestore d");
        redis.run("ZUNIONSTORE d 2 a b WEIGHTS nan inf").refuses("ERR weight value is not a float");
    }

    @Test
    void rank_mayComeWithItsScore() {
        redis.run("ZADD z 1 a 2.5 b");
        redis.run("ZRANK z b").repliesInteger(1);
        redis.run("ZREVRANK z b WITHSCORE").replies("*2|:0|$3|2.5|");
        redis.run("ZRANK z c WITHSCORE").replies("*-1|");
        redis.run("ZMSCORE z a c").replies("*2|$1|1|$-1|");
    }

    @Test
    void scan_ofALargeSet_findsAllMembers() {
        StringBuilder add = new StringBuilder("ZADD z");
        for (int i = 0; i < 1000; i++) {
            add.append(' ').append(i).append(" m").append(i);
        }
        redis.run(add.toString());
        redis.run("OBJECT ENCODING z").repliesBulk("skiplist");
        Set<String> seen = new HashSet<>();
        String cursor = "0";
        do {
            String[] lines = redis.run("ZSCAN z " + cursor + " COUNT 50").reply().split("\\|");
            cursor = lines[2];
            for (int i = 5; i < lines.length; i += 4) {
                seen.add(lines[i]);
            }
        } while (!cursor.equals("0"));
        assertThat(seen).hasSize(1000);
        redis.run("ZSCAN none 0").replies("*2|$1|0|*0|");
    }

    @Test
    void zscan_tellsMembersWithoutScores_ifAsked() {
        redis.run("ZADD z 1 a 2 b 3 bb");
        redis.run("ZSCAN z 0 NOSCORES").replies("*2|$1|0|*3|$1|a|$1|b|$2|bb|");
        redis.run("ZSCAN z 0 MATCH b* NOSCORES COUNT 5").replies("*2|$1|0|*2|$1|b|$2|bb|");
        redis.run("ZSCAN z 0 MATCH b*").replies("*2|$1|0|*4|$1|b|$1|2|$2|bb|$1|3|");
        redis.run("ZSCAN z 0 NOVALUES").refuses("ERR syntax error");
    }

    @Test
    void zscan_withOneStar_tellsAnEmptyMemberToo() {
        redis.call("ZADD", "z", "1", "", "2", "a");
        redis.run("ZSCAN z 0 MATCH * NOSCORES").replies("*2|$1|0|*2|$0||$1|a|");
        redis.run("ZSCAN z 0 MATCH ** NOSCORES").replies("*2|$1|0|*1|$1|a|");
    }

    @Test
    void negativeZero_losesItsSignInASmallSet() {
        redis.run("ZADD z -0 a -0.0 b");
        redis.run("ZRANGE z 0 -1 WITHSCORES").repliesArray("a", "0", "b", "0");
        redis.run("ZUNIONSTORE t 1 z WEIGHTS -1");
        redis.run("ZRANGE t 0 -1 WITHSCORES").repliesArray("a", "0", "b", "0");
    }
}
