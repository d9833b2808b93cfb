package io.ferrite.engine.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandFixture;
import io.ferrite.engine.EncodingLimits;
import io.ferrite.store.value.PackedLimits;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields of hashes that expire, in the small form and in the large. */
final class FieldTimesTest {

    private final CommandFixture redis = CommandFixture.create();

    @AfterEach
    void close() {
        redis.close();
    }

    private void large(boolean large) {
        EncodingLimits d = EncodingLimits.DEFAULT;
        PackedLimits none = new PackedLimits(0, 64);
        redis.engine()
                .setLimits(
                        new EncodingLimits(
                                d.list(),
                                large ? none : d.hash(),
                                d.set(),
                                d.zset(),
                                d.hllSparseBytes(),
                                d.stream()));
    }

    private void after(long ms) {
        redis.advance(Duration.ofMillis(ms));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void timeIsSet_toldAndEnds(boolean large) {
        large(large);
        redis.run("HSET h a 1 b 2 c 3");
        redis.run("HPEXPIRE h 1000 FIELDS 3 a b x")
                .replies("*3|:1|:1|:-2|")
                .propagates("HPEXPIREAT h " + (redis.nowMs() + 1000) + " FIELDS 2 a b")
                .announces("hexpire h");
        redis.run("OBJECT ENCODING h").repliesBulk(large ? "hashtable" : "listpackex");
        redis.run("HPTTL h FIELDS 3 a c x").replies("*3|:1000|:-1|:-2|").hasNoEffects();
        redis.run("HTTL h FIELDS 1 a").replies("*1|:1|");
        redis.run("HPEXPIRETIME h FIELDS 1 b").replies("*1|:" + (redis.nowMs() + 1000) + "|");
        redis.run("HEXPIRETIME h FIELDS 1 b")
                .replies("*1|:" + (redis.nowMs() + 1000 + 999) / 1000 + "|");
        after(1000);
        redis.run("HGET h a").repliesBulk("1"); // at the very millisecond it still lives
        after(1);
        redis.run("HLEN h").repliesInteger(3);
        redis.run("HGET h a").repliesNil().propagates("HDEL h a").announces("hexpired h");
        redis.run("HGETALL h").repliesArray("c", "3").hasNoEffects();
        redis.run("HKEYS h").repliesArray("c");
        redis.run("HVALS h").repliesArray("3");
        redis.run("HSCAN h 0").replies("*2|$1|0|*2|$1|c|$1|3|");
        redis.run("HLEN h").repliesInteger(2);
        redis.run("HRANDFIELD h 5").repliesArray("c").propagates("HDEL h b");
        redis.run("HLEN h").repliesInteger(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lastFieldThatExpires_takesTheHashWithIt(boolean large) {
        large(large);
        redis.run("HSET h a 1");
        redis.run("HPEXPIRE h 1 FIELDS 1 a");
        after(2);
        redis.run("EXISTS h").repliesInteger(1);
        redis.run("HMGET h a b").replies("*2|$-1|$-1|").announces("hexpired h", "del h");
        redis.run("EXISTS h").repliesInteger(0);
    }

    @ParameterizedTest
    @CsvSource({"NX,0,1", "XX,1,0", "GT,1,0", "LT,0,1"})
    void conditionDecides(String condition, int ofTimed, int ofLasting) {
        redis.run("HSET h timed 1 lasting 2");
        redis.run("HPEXPIRE h 1000 FIELDS 1 timed");
        redis.run("HPEXPIRE h 2000 " + condition + " FIELDS 2 timed lasting")
                .replies("*2|:" + ofTimed + "|:" + ofLasting + "|");
        redis.run("HPEXPIRE h 1000 LT FIELDS 1 timed").replies("*1|:" + ofTimed + "|");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void timeThatHasPassed_deletesAtOnce(boolean large) {
        large(large);
        redis.run("HSET h a 1 b 2 c 3");
        redis.run("HPEXPIREAT h 1 FIELDS 2 a b")
                .replies("*2|:2|:2|")
                .propagates("MULTI", "HDEL h a", "HDEL h b", "EXEC")
                .announces("hdel h");
        redis.run("HEXPIREAT h 0 FIELDS 2 c x")
                .replies("*2|:2|:-2|")
                .propagates("HDEL h c")
                .announces("hdel h", "del h");
        redis.run("EXISTS h").repliesInteger(0);
        redis.run("HEXPIRE none 10 FIELDS 2 a b").replies("*2|:-2|:-2|").hasNoEffects();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void setEndsATime_countersKeepIt(boolean large) {
        large(large);
        redis.run("HSET h a 1 b 2");
        redis.run("HPEXPIRE h 5000 FIELDS 2 a b");
        redis.run("HINCRBY h a 5").repliesInteger(6).propagates("HINCRBY h a 5");
        redis.run("HINCRBYFLOAT h a 0.5")
                .repliesBulk("6.5")
                .propagates(
                        "MULTI",
                        "HSET h a 6.5",
                        "HPEXPIREAT h " + (redis.nowMs() + 5000) + " FIELDS 1 a",
                        "EXEC");
        redis.run("HSET h b 3").repliesInteger(0);
        redis.run("HPTTL h FIELDS 2 a b").replies("*2|:5000|:-1|");
        after(5001);
        redis.run("HINCRBY h a 1")
                .repliesInteger(1)
                .propagates("MULTI", "HDEL h a", "HINCRBY h a 1", "EXEC")
                .announces("hexpired h", "hincrby h");
        redis.run("HPTTL h FIELDS 1 a").replies("*1|:-1|");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void persist_letsAFieldLast(boolean large) {
        large(large);
        redis.run("HSET h a 1 b 2");
        redis.run("HPEXPIRE h 10 FIELDS 1 a");
        redis.run("HPERSIST h FIELDS 3 a b x")
                .replies("*3|:1|:-1|:-2|")
                .propagates("HPERSIST h FIELDS 3 a b x")
                .announces("hpersist h");
        redis.run("HPERSIST h FIELDS 1 a").replies("*1|:-1|").hasNoEffects();
        after(11);
        redis.run("HGET h a").repliesBulk("1");
    }

    @Test
    void getex_givesATimeOrEndsIt() {
        redis.run("HSET h a 1 b 2 c 3");
        redis.run("HGETEX h FIELDS 2 a x").replies("*2|$1|1|$-1|").hasNoEffects();
        redis.run("HGETEX h PX 100 FIELDS 2 a x")
                .replies("*2|$1|1|$-1|")
                .propagates("HPEXPIREAT h " + (redis.nowMs() + 100) + " FIELDS 1 a")
                .announces("hexpire h");
        redis.run("HGETEX h PERSIST FIELDS 2 a b")
                .repliesArray("1", "2")
                .propagates("HPERSIST h FIELDS 1 a");
        redis.run("HGETEX h PERSIST FIELDS 1 a").repliesArray("1").hasNoEffects();
        redis.run("HGETEX h PXAT 1 FIELDS 3 a b c")
                .repliesArray("1", "2", "3")
                .propagates("MULTI", "HDEL h a", "HDEL h b", "HDEL h c", "EXEC")
                .announces("hdel h", "del h");
        redis.run("HGETEX h EX 5 FIELDS 1 a").replies("*1|$-1|").hasNoEffects();
    }

    @Test
    void setex_setsAllOrNone() {
        redis.run("HSETEX h FXX FIELDS 1 a 1").repliesInteger(0).hasNoEffects();
        redis.run("HSETEX h EX 10 FNX FIELDS 2 a 1 b 2")
                .repliesInteger(1)
                .propagates("HSETEX h PXAT " + (redis.nowMs() + 10_000) + " FNX FIELDS 2 a 1 b 2")
                .announces("hset h", "hexpire h");
        redis.run("HSETEX h FNX FIELDS 2 c 1 b 2").repliesInteger(0).hasNoEffects();
        redis.run("HSETEX h KEEPTTL FXX FIELDS 1 a 9")
                .repliesInteger(1)
                .propagates("HSETEX h KEEPTTL FXX FIELDS 1 a 9");
        redis.run("HPTTL h FIELDS 1 a").replies("*1|:10000|");
        redis.run("HSETEX other FIELDS 1 d 9").propagates("HSET other d 9");
        redis.run("HSETEX plain KEEPTTL FIELDS 1 d 9").propagates("HSET plain d 9");
        redis.run("HSETEX h FIELDS 1 a 9").repliesInteger(1);
        redis.run("HPTTL h FIELDS 1 a").replies("*1|:-1|");
        redis.run("HSETEX h PX 0 FIELDS 2 a 1 b 2")
                .repliesInteger(1)
                .propagates("MULTI", "HDEL h a", "HDEL h b", "EXEC")
                .announces("hset h", "hdel h", "del h");
    }

    @Test
    void getdel_takesFieldsOut() {
        redis.run("HSET h a 1 b 2");
        redis.run("HGETDEL h FIELDS 3 a x a")
                .replies("*3|$1|1|$-1|$-1|")
                .propagates("HDEL h a")
                .announces("hdel h");
        redis.run("HGETDEL h FIELDS 1 b").repliesArray("2").announces("hdel h", "del h");
        redis.run("HGETDEL h FIELDS 1 b").replies("*1|$-1|").hasNoEffects();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "HEXPIRE h x FIELDS 1 a;ERR value is not an integer or out of range",
                "HEXPIRE h -1 FIELDS 1 a;ERR invalid expire time, must be >= 0",
                "HEXPIRE h 281474976710 FIELDS 1 a;ERR invalid expire time in 'hexpire' command",
                "HPEXPIREAT h 70368744177664 FIELDS 1 a;"
                        + "ERR invalid expire time in 'hpexpireat' command",
                "HEXPIRE h 1 FIELD 1 a;"
                        + "ERR Mandatory argument FIELDS is missing or not at the right position",
                "HEXPIRE h 1 FIELDS 0 a;ERR Parameter `numFields` should be greater than 0",
                "HEXPIRE h 1 FIELDS 2 a;"
                        + "ERR The `numfields` parameter must match the number of arguments",
                "HTTL h FIELDS 0 a;ERR Number of fields must be a positive integer",
                "HTTL s FIELDS 1 a;"
                        + "WRONGTYPE Operation against a key holding the wrong kind of value",
                "HSETEX h NX FIELDS 1 a b;ERR unknown argument: NX",
                "HSETEX h FNX FXX FIELDS 1 a b;"
                        + "ERR Only one of FXX or FNX arguments can be specified",
                "HSETEX h EX 1 KEEPTTL FIELDS 1 a b;ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL"
                        + " arguments can be specified",
                "HSETEX h FIELDS 2 a b c;ERR wrong number of arguments for 'hsetex' command",
                "HSETEX h FIELDS 0 a b;ERR invalid number of fields",
                "HGETEX h PXAT 1 FIELDS;ERR wrong number of arguments for 'hgetex' command",
            })
    void badCallIsRefused(String call, String refusal) {
        redis.run("HSET h a 1");
        redis.run("SET s v");
        redis.run(call).refuses(refusal);
    }

    @Test
    void follower_hidesAndKeeps() {
        redis.run("HSET h a 1 b 2");
        redis.run("HPEXPIRE h 10 FIELDS 1 a");
        redis.engine().setFollower(true);
        after(11);
        redis.run("HGET h a").repliesNil().hasNoEffects();
        redis.run("HEXISTS h a").repliesInteger(0);
        redis.run("HRANDFIELD h 3").repliesArray("b");
        redis.run("HRANDFIELD h").repliesBulk("b");
        redis.run("HLEN h").repliesInteger(2);
        redis.engine().setFollower(false);
    }

    @Test
    void timesGoWithTheirHash() {
        redis.run("HSET h a 1 b 2");
        redis.run("HPEXPIRE h 10 FIELDS 1 a");
        redis.run("RENAME h g");
        redis.run("COPY g c");
        redis.run("MOVE c 1");
        redis.run("HPTTL g FIELDS 2 a b").replies("*2|:10|:-1|");
        assertThat(redis.engine().keyspace().database(0).timedCount()).isEqualTo(1);
        assertThat(redis.engine().keyspace().database(1).timedCount()).isEqualTo(1);
        redis.run("EXPIRE g 100"); // the entry moves
        redis.run("HDEL g a");
        assertThat(redis.engine().keyspace().database(0).timedCount()).isZero();
        redis.run("FLUSHALL");
        assertThat(redis.engine().keyspace().database(1).timedCount()).isZero();
    }

    @Test
    void sortLooksAtFieldsThatLive() {
        redis.run("HSET w_1 v 5");
        redis.run("HSET w_2 v 3");
        redis.run("HPEXPIRE w_1 10 FIELDS 1 v");
        redis.run("RPUSH l 1 2");
        redis.run("SORT l BY w_*->v").repliesArray("2", "1");
        after(11);
        redis.run("SORT l BY w_*->v GET w_*->v").replies("*2|$-1|$1|3|");
        redis.run("EXISTS w_1").repliesInteger(0);
    }
}
