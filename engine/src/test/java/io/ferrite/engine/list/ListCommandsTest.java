package io.ferrite.engine.list;

import io.ferrite.engine.CommandFixture;
import io.ferrite.engine.EncodingLimits;
import io.ferrite.store.value.ListSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ListCommandsTest {

    private static final String WRONG_TYPE =
            "WRONGTYPE Operation against a key holding the wrong kind of value";
    private static final String NOT_INTEGER = "ERR value is not an integer or out of range";
    private static final String LOWEST =
            "ERR value is out of range, value must between -9223372036854775807 and"
                    + " 9223372036854775807";

    private final CommandFixture redis = CommandFixture.create();

    @AfterEach
    void close() {
        redis.close();
    }

    @Test
    void push_addsEachElementAtItsEnd_andCountsThem() {
        redis.run("RPUSH l a b 3")
                .repliesInteger(3)
                .propagates("RPUSH l a b 3")
                .announces("rpush l");
        redis.run("LPUSH l x y").repliesInteger(5).propagates("LPUSH l x y").announces("lpush l");
        redis.run("LRANGE l 0 -1").repliesArray("y", "x", "a", "b", "3").hasNoEffects();
    }

    @Test
    void pushx_needsAList() {
        redis.run("LPUSHX l a").repliesInteger(0).hasNoEffects().announces();
        redis.run("RPUSH l a");
        redis.run("RPUSHX l b c").repliesInteger(3).propagates("RPUSHX l b c").announces("rpush l");
    }

    @Test
    void everyCommand_refusesAKeyOfAnotherType() {
        redis.run("SET s v");
        for (String line :
                new String[] {
                    "LPUSH s a",
                    "RPUSHX s a",
                    "LPOP s",
                    "RPOP s 2",
                    "LLEN s",
                    "LRANGE s 0 1",
                    "LINDEX s 0",
                    "LSET s 0 a",
                    "LINSERT s BEFORE a b",
                    "LREM s 0 a",
                    "LTRIM s 0 1",
                    "LPOS s a",
                    "LMOVE s d LEFT LEFT",
                    "RPOPLPUSH s d",
                    "LMPOP 1 s LEFT",
                    "BLPOP s 0",
                    "BLMOVE s d LEFT LEFT 0",
                    "BLMPOP 0 1 s LEFT",
                    "LMOVEM s d LEFT LEFT"
                }) {
            redis.run(line).refuses(WRONG_TYPE);
        }
        redis.run("RPUSH l a");
        redis.run("LMOVE l s LEFT LEFT").refuses(WRONG_TYPE);
        redis.run("LLEN l").repliesInteger(1);
    }

    @Test
    void pop_takesOne_andRemovesTheKeyWithTheLast() {
        redis.run("RPUSH l a 2");
        redis.run("LPOP l").repliesBulk("a").propagates("LPOP l").announces("lpop l");
        redis.run("RPOP l").repliesBulk("2").propagates("RPOP l").announces("rpop l", "del l");
        redis.run("LPOP l").repliesNil().hasNoEffects();
        redis.run("EXISTS l").repliesInteger(0);
    }

    @Test
    void popWithCount_answersAnArray_inTheOrderTaken() {
        redis.run("RPUSH l a b c d");
        redis.run("RPOP l 2").repliesArray("d", "c").propagates("RPOP l 2");
        redis.run("LPOP l 0").repliesArray().hasNoEffects();
        redis.run("LPOP l 9223372036854775807").repliesArray("a", "b").announces("lpop l", "del l");
        redis.run("LPOP l 1").replies("*-1|");
        redis.run("LPOP l -1").refuses("ERR value is out of range, must be positive");
        redis.run("LPOP l x").refuses("ERR value is out of range, must be positive");
        redis.run("LPOP l 1 2").refuses("ERR wrong number of arguments for 'lpop' command");
    }

    @Test
    void range_takesPositionsFromEitherEnd_howeverFarOut() {
        redis.run("RPUSH l a b c");
        redis.run("LRANGE l -2 100").repliesArray("b", "c");
        redis.run("LRANGE l 2 1").repliesArray();
        redis.run("LRANGE l -9223372036854775808 9223372036854775807").repliesArray("a", "b", "c");
        redis.run("LRANGE l 9223372036854775807 -9223372036854775808").repliesArray();
        redis.run("LRANGE none 0 x").refuses(NOT_INTEGER);
        redis.run("LINDEX l -1").repliesBulk("c");
        redis.run("LINDEX l 3").repliesNil();
        redis.run("LINDEX l -9223372036854775808").repliesNil();
        redis.run("LINDEX none x").repliesNil();
    }

    @Test
    void set_replacesAnElementThatIsThere() {
        redis.run("LSET l 0 x").refuses("ERR no such key");
        redis.run("RPUSH l a b");
        redis.run("LSET l -1 z").repliesOk().propagates("LSET l -1 z").announces("lset l");
        redis.run("LSET l 2 z").refuses("ERR index out of range");
        redis.run("LSET l -3 z").refuses("ERR index out of range");
        redis.run("LRANGE l 0 -1").repliesArray("a", "z");
    }

    @Test
    void insert_looksForThePivotFromTheHead() {
        redis.run("LINSERT l BEFORE a x").repliesInteger(0);
        redis.run("RPUSH l a 12 a");
        redis.run("LINSERT l before a x").repliesInteger(4).announces("linsert l");
        redis.run("LINSERT l AFTER 12 y").repliesInteger(5);
        redis.run("LINSERT l AFTER none y").repliesInteger(-1).hasNoEffects().announces();
        redis.run("LINSERT l BESIDE a y").refuses("ERR syntax error");
        redis.run("LRANGE l 0 -1").repliesArray("x", "a", "12", "y", "a");
    }

    @Test
    void remove_goesFromTheEndThatTheSignNames() {
        redis.run("RPUSH l a b a c a");
        redis.run("LREM l -2 a").repliesInteger(2).propagates("LREM l -2 a").announces("lrem l");
        redis.run("LRANGE l 0 -1").repliesArray("a", "b", "c");
        redis.run("LREM l 0 none").repliesInteger(0).hasNoEffects();
        redis.run("LREM l -9223372036854775808 a").refuses(LOWEST);
        redis.run("LREM l 1 b");
        redis.run("LREM l 5 c");
        redis.run("LREM l 0 a").repliesInteger(1).announces("lrem l", "del l");
    }

    @Test
    void trim_announcesItselfAlways_butIsPassedOnOnlyIfSomethingWent() {
        redis.run("RPUSH l a b c d");
        redis.run("LTRIM l 0 -1").repliesOk().hasNoEffects().announces("ltrim l");
        redis.run("LTRIM l 1 -2").repliesOk().propagates("LTRIM l 1 -2");
        redis.run("LRANGE l 0 -1").repliesArray("b", "c");
        redis.run("LTRIM l 9223372036854775807 -9223372036854775808")
                .repliesOk()
                .announces("ltrim l", "del l");
        redis.run("LTRIM l 0 0").repliesOk().hasNoEffects().announces();
    }

    @Test
    void pos_findsByRankCountAndLength() {
        redis.run("RPUSH l a b c 1 2 3 c c");
        redis.run("LPOS l c").repliesInteger(2);
        redis.run("LPOS l c RANK -1").repliesInteger(7);
        redis.run("LPOS l c RANK 4").repliesNil();
        redis.run("LPOS l c COUNT 0").replies("*3|:2|:6|:7|");
        redis.run("LPOS l c COUNT 2 RANK -2").replies("*2|:6|:2|");
        redis.run("LPOS l c MAXLEN 2").repliesNil();
        redis.run("LPOS l 3 MAXLEN 6 COUNT 1").replies("*1|:5|");
        redis.run("LPOS none c COUNT 1").repliesArray();
        redis.run("LPOS l c RANK 0")
                .refuses(
                        "ERR RANK can't be zero: use 1 to start from the first match, 2 from the"
                                + " second ... or use negative to start from the end of the list");
        redis.run("LPOS l c RANK -9223372036854775808").refuses(LOWEST);
        redis.run("LPOS l c COUNT -1").refuses("ERR COUNT can't be negative");
        redis.run("LPOS l c MAXLEN -1").refuses("ERR MAXLEN can't be negative");
        redis.run("LPOS l c COUNT").refuses("ERR syntax error");
    }

    @Test
    void encoding_followsTheLimits_andGoesBackAtHalfOfThem() {
        limit(4);
        redis.run("RPUSH l 1 2 3 4");
        redis.run("OBJECT ENCODING l").repliesBulk("listpack");
        redis.run("RPUSH l 5");
        redis.run("OBJECT ENCODING l").repliesBulk("quicklist");
        redis.run("RPOP l");
        redis.run("OBJECT ENCODING l").repliesBulk("quicklist");
        redis.run("RPOP l 2");
        redis.run("OBJECT ENCODING l").repliesBulk("listpack");
        redis.run("LRANGE l 0 -1").repliesArray("1", "2");
    }

    @Test
    void longLists_answerAsShortOnes_whateverTheirBlocks() {
        for (int fill : new int[] {1, 3, -1}) {
            limit(fill);
            redis.run("DEL l");
            for (int i = 0; i < 500; i++) {
                redis.run("RPUSH l element-number-" + i).repliesInteger(i + 1);
            }
            redis.run("LINDEX l 250").repliesBulk("element-number-250");
            redis.run("LSET l 250 x").repliesOk();
            redis.run("LINSERT l AFTER x y").repliesInteger(501);
            redis.run("LRANGE l 249 252")
                    .repliesArray("element-number-249", "x", "y", "element-number-251");
            redis.run("LREM l 0 y").repliesInteger(1);
            redis.run("LTRIM l 249 251").repliesOk();
            redis.run("LRANGE l 0 -1")
                    .repliesArray("element-number-249", "x", "element-number-251");
        }
    }

    @Test
    void elementThatNoBlockHolds_isKeptByItself() {
        EncodingLimits now = EncodingLimits.DEFAULT;
        redis.engine()
                .setLimits(
                        new EncodingLimits(
                                new ListSettings(-2, 1, 100),
                                now.hash(),
                                now.set(),
                                now.zset(),
                                now.hllSparseBytes(),
                                now.stream()));
        String large = "x".repeat(9000);
        redis.call("RPUSH", "l", "a", large, "b").repliesInteger(3);
        redis.run("LPOS l b").repliesInteger(2);
        redis.run("LMOVE l l RIGHT LEFT").repliesBulk("b");
        redis.run("RPOP l").repliesBulk(large);
        redis.run("LRANGE l 0 -1").repliesArray("b", "a");
    }

    private void limit(int fill) {
        EncodingLimits now = EncodingLimits.DEFAULT;
        redis.engine()
                .setLimits(
                        new EncodingLimits(
                                new ListSettings(fill, 0, ListSettings.MAX_PLAIN_THRESHOLD),
                                now.hash(),
                                now.set(),
                                now.zset(),
                                now.hllSparseBytes(),
                                now.stream()));
    }
}
