package io.ferrite.engine.sort;

import io.ferrite.engine.CommandFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SortCommandTest {

    private final CommandFixture redis = CommandFixture.create();

    @AfterEach
    void close() {
        redis.close();
    }

    @Test
    void numbersAreSorted_byTheirValue_andTextsWithAlpha() {
        redis.run("RPUSH l 10 9 -1 1.5 1e1");
        redis.run("SORT l").repliesArray("-1", "1.5", "9", "10", "1e1").hasNoEffects();
        redis.run("SORT l DESC").repliesArray("1e1", "10", "9", "1.5", "-1");
        redis.run("SORT l ALPHA").repliesArray("-1", "1.5", "10", "1e1", "9");
        redis.run("SORT_RO l LIMIT 1 2").repliesArray("1.5", "9");
        redis.run("RPUSH l x");
        redis.run("SORT l").refuses("ERR One or more scores can't be converted into double");
        redis.run("SORT none").repliesArray();
        redis.run("SET s v");
        redis.run("SORT s")
                .refuses("WRONGTYPE Operation against a key holding the wrong kind of value");
    }

    @Test
    void limitsBeyondAllBounds_areCut() {
        redis.run("RPUSH l 0 1 2");
        redis.run("SORT_RO l BY a LIMIT 2 9223372036854775807").repliesArray("2");
        redis.run("SORT_RO l LIMIT 2 2147483647").repliesArray("2");
        redis.run("SORT_RO l BY a LIMIT -9223372036854775808 2").repliesArray("0", "1");
        redis.run("SORT_RO l LIMIT 9223372036854775807 1").repliesArray();
        redis.run("SORT_RO l LIMIT 1 -5").repliesArray("1", "2");
        redis.run("SORT_RO l BY a DESC LIMIT 1 1").repliesArray("1");
        redis.run("SORT_RO l LIMIT x 1").refuses("ERR value is not an integer or out of range");
        redis.run("SORT_RO l STORE d").refuses("ERR syntax error");
    }

    @Test
    void othersGiveTheOrder_andWhatIsReplied() {
        redis.run("RPUSH l 1 2 3");
        redis.run("MSET w_1 3 w_2 1 o_1 one o_3 three");
        redis.run("SORT l BY w_*").repliesArray("3", "2", "1");
        redis.run("SORT l BY w_* GET # GET o_* GET fixed")
                .replies("*9|$1|3|$5|three|$-1|$1|2|$-1|$-1|$1|1|$3|one|$-1|");
        redis.run("SORT l BY nosort GET o_*").replies("*3|$3|one|$-1|$5|three|");
        redis.run("SORT l BY o_*").refuses("ERR One or more scores can't be converted into double");
        redis.run("SORT l BY o_* ALPHA").repliesArray("2", "1", "3");
    }

    @Test
    void storedResult_replacesAnyKey_andNothingRemovesIt() {
        redis.run("RPUSH l 3 1 2");
        redis.run("SET d v EX 100");
        redis.run("SORT l STORE d")
                .repliesInteger(3)
                .propagates("SORT l STORE d")
                .announces("sortstore d");
        redis.run("LRANGE d 0 -1").repliesArray("1", "2", "3");
        redis.run("TTL d").repliesInteger(-1);
        redis.run("OBJECT ENCODING d").repliesBulk("listpack");
        redis.run("SORT l GET none_* STORE d").repliesInteger(3);
        redis.run("LRANGE d 0 -1").repliesArray("", "", "");
        redis.run("SORT none STORE d").repliesInteger(0).announces("keymiss none", "del d");
        redis.run("SORT none STORE d").repliesInteger(0).hasNoEffects();
        redis.run("SORT l STORE l").repliesInteger(3);
        redis.run("LRANGE l 0 -1").repliesArray("1", "2", "3");
    }

    @Test
    void setsAndSortedSets_areSortedToo() {
        redis.run("SADD s 3 1 2");
        redis.run("SORT s").repliesArray("1", "2", "3");
        redis.run("SORT s BY nosort STORE d").repliesInteger(3);
        redis.run("LRANGE d 0 -1").repliesArray("1", "2", "3");
        redis.run("SADD words b a c");
        redis.run("SORT words ALPHA DESC").repliesArray("c", "b", "a");
        redis.run("ZADD z 1 c 2 b 3 a");
        redis.run("SORT z ALPHA").repliesArray("a", "b", "c");
        redis.run("SORT z BY nosort").repliesArray("c", "b", "a");
        redis.run("SORT z BY nosort DESC LIMIT 0 2").repliesArray("a", "b");
    }
}
