package io.ferrite.engine.set;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandFixture;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SetCommandsTest {

    private final CommandFixture redis = CommandFixture.create();

    @AfterEach
    void close() {
        redis.close();
    }

    /** The bulk strings of an array or set reply, whatever their order. */
    private static Set<String> members(CommandFixture.Result result) {
        String[] parts = result.reply().split("\\|");
        Set<String> members = new HashSet<>();
        for (int i = 2; i < parts.length; i += 2) {
            assertThat(members.add(parts[i])).isTrue();
        }
        return members;
    }

    private void fill(String key, int from, int to) {
        for (int i = from; i < to; i++) {
            redis.run("SADD " + key + " member:" + i);
        }
    }

    @Test
    void membersAreAdded_countedAndRemoved() {
        redis.run("SADD s a b a").repliesInteger(2).propagates("SADD s a b a").announces("sadd s");
        redis.run("SADD s a").repliesInteger(0).hasNoEffects().notifiesNothing();
        redis.run("SISMEMBER s b").repliesInteger(1);
        redis.run("SMISMEMBER s a x").replies("*2|:1|:0|");
        redis.run("SMISMEMBER none a x").replies("*2|:0|:0|");
        redis.run("SREM s x").repliesInteger(0).hasNoEffects();
        redis.run("SREM s a b").repliesInteger(2).announces("srem s", "del s");
        redis.run("EXISTS s").repliesInteger(0);
        redis.run("SCARD s").repliesInteger(0);
    }

    @Test
    void formIsNamedAsInRedis() {
        redis.run("SADD s 1 2 3");
        redis.run("OBJECT ENCODING s").repliesBulk("intset");
        redis.run("SADD s x");
        redis.run("OBJECT ENCODING s").repliesBulk("listpack");
        fill("s", 0, 130);
        redis.run("OBJECT ENCODING s").repliesBulk("hashtable");
        redis.run("SCARD s").repliesInteger(134);
    }

    @Test
    void otherTypesAreRefused() {
        redis.run("SET k v");
        String wrong = "WRONGTYPE Operation against a key holding the wrong kind of value";
        redis.run("SADD s a");
        redis.run("SADD k a").refuses(wrong);
        redis.run("SINTER s k").refuses(wrong);
        redis.run("SINTER none k").refuses(wrong);
        redis.run("SMOVE s k a").refuses(wrong);
        redis.run("SMOVE none k a").repliesInteger(0);
        redis.run("SSCAN k 0").refuses(wrong);
    }

    @Test
    void poppedMember_isPassedOnAsSrem() {
        redis.run("SADD s a");
        redis.run("SPOP s").repliesBulk("a").propagates("SREM s a").announces("spop s", "del s");
        redis.run("SPOP s").repliesNil().hasNoEffects();
        redis.run("SADD s 5 6 7");
        CommandFixture.Result result = redis.run("SPOP s 2");
        String[] parts = result.reply().split("\\|");
        result.propagates("SREM s " + parts[2] + " " + parts[4]).announces("spop s");
        redis.run("SPOP s 0").replies("*0|").hasNoEffects();
        redis.run("SPOP s 9223372036854775807").propagates("UNLINK s").announces("spop s", "del s");
        redis.run("SPOP s -1").refuses("ERR value is out of range, must be positive");
        redis.run("SPOP s 1 2").refuses("ERR syntax error");
    }

    @Test
    void poppingMost_leavesASmallSet() {
        fill("s", 0, 2000);
        Set<String> popped = members(redis.run("SPOP s 1990"));
        assertThat(popped).hasSize(1990);
        redis.run("OBJECT ENCODING s").repliesBulk("listpack");
        Set<String> left = members(redis.run("SMEMBERS s"));
        assertThat(left).hasSize(10).doesNotContainAnyElementsOf(popped);
        fill("t", 0, 2000);
        CommandFixture.Result result = redis.run("SPOP t 1100");
        assertThat(members(result)).hasSize(1100);
        assertThat(result.passedOn()).hasSize(4); // MULTI, 1024, 76, EXEC
        redis.run("SCARD t").repliesInteger(900);
    }

    @Test
    void randomMembers_areDifferentOrNot() {
        fill("s", 0, 500);
        for (int count : new int[] {1, 10, 200, 499, 500, 1000}) {
            assertThat(members(redis.run("SRANDMEMBER s " + count))).hasSize(Math.min(count, 500));
        }
        assertThat(redis.run("SRANDMEMBER s -700").reply()).startsWith("*700|");
        redis.run("SADD one a");
        redis.run("SRANDMEMBER one -3").repliesArray("a", "a", "a");
        redis.run("SRANDMEMBER one -2000000000").refuses("ERR value is out of range");
        redis.run("SRANDMEMBER one -4611686018427387903").refuses("ERR value is out of range");
        redis.run("SRANDMEMBER one -9223372036854775808")
                .refuses(
                        "ERR value is out of range, value must between -9223372036854775807 and"
                                + " 9223372036854775807");
        redis.run("SRANDMEMBER none").repliesNil();
        redis.run("SRANDMEMBER none 3").replies("*0|");
    }

    @Test
    void memberMoves_withTheEventsOfBoth() {
        redis.run("SADD a x");
        redis.run("SMOVE a b x")
                .repliesInteger(1)
                .propagates("SMOVE a b x")
                .announces("srem a", "del a", "sadd b");
        redis.run("SMOVE b b x").repliesInteger(1).hasNoEffects();
        redis.run("SMOVE b c y").repliesInteger(0).hasNoEffects();
        redis.run("SADD c x");
        redis.run("SMOVE b c x").repliesInteger(1).announces("srem b", "del b");
    }

    @Test
    void algebra_ofSmallAndLargeSets() {
        fill("a", 0, 300);
        fill("b", 200, 500);
        redis.run("SADD c member:250 member:1 7");
        redis.run("SINTER a b c").repliesArray("member:250");
        redis.run("SINTER a none").replies("*0|");
        assertThat(members(redis.run("SUNION a b c"))).hasSize(501);
        assertThat(members(redis.run("SDIFF a b"))).hasSize(200);
        assertThat(members(redis.run("SDIFF c a"))).isEqualTo(Set.of("7"));
        redis.run("SDIFF a a").replies("*0|");
        assertThat(members(redis.run("SDIFF a c c c c c c c"))).hasSize(298);
        redis.run("SINTERCARD 2 a b").repliesInteger(100);
        redis.run("SINTERCARD 2 a b LIMIT 7").repliesInteger(7);
        redis.run("SUNIONCARD 3 a b c").repliesInteger(501);
        redis.run("SUNIONCARD 3 a b c LIMIT 400").repliesInteger(400);
        redis.run("SDIFFCARD 2 a b").repliesInteger(200);
        redis.run("SINTERCARD 3 a b")
                .refuses("ERR Number of keys can't be greater than number of args");
        redis.run("SINTERCARD 0 a").refuses("ERR numkeys should be greater than 0");
        redis.run("SINTERCARD 4294967297 a")
                .refuses("ERR Number of keys can't be greater than number of args");
    }

    @Test
    void results_areStoredOrTheKeyIsDeleted() {
        redis.run("SADD a 1 2 3");
        redis.run("SADD b 2 3 4");
        redis.run("SINTERSTORE d a b").repliesInteger(2).announces("sinterstore d");
        redis.run("OBJECT ENCODING d").repliesBulk("intset");
        redis.run("SUNIONSTORE d a b d").repliesInteger(4).announces("sunionstore d");
        redis.run("SDIFFSTORE d a b").repliesInteger(1).announces("sdiffstore d");
        redis.run("SDIFFSTORE d a a").repliesInteger(0).announces("del d");
        redis.run("SDIFFSTORE d a a").repliesInteger(0).hasNoEffects();
        redis.run("SET k v");
        redis.run("SINTERSTORE k a b").repliesInteger(2);
        redis.run("TYPE k").replies("+set|");
        redis.run("SINTERSTORE a a b").repliesInteger(2);
        redis.run("SMEMBERS a").repliesArray("2", "3");
    }

    @Test
    void scan_tellsOfEachMember() {
        redis.run("SADD s 1 2 3");
        redis.run("SSCAN s 0").replies("*2|$1|0|*3|$1|1|$1|2|$1|3|");
        redis.run("SSCAN s 0 MATCH 2").replies("*2|$1|0|*1|$1|2|");
        redis.run("SSCAN s x").refuses("ERR invalid cursor");
        redis.run("SSCAN none 0 FOO").replies("*2|$1|0|*0|");
        redis.run("SSCAN s 0 NOVALUES").refuses("ERR NOVALUES option can only be used in HSCAN");
        fill("t", 0, 1000);
        Set<String> seen = new HashSet<>();
        String cursor = "0";
        do {
            String[] parts = redis.run("SSCAN t " + cursor + " COUNT 50").reply().split("\\|");
            cursor = parts[2];
            for (int i = 5; i < parts.length; i += 2) {
                seen.add(parts[i]);
            }
        } while (!cursor.equals("0"));
        assertThat(seen).hasSize(1000);
    }

    @Test
    void resp3_repliesSets() {
        try (CommandFixture three = CommandFixture.resp3()) {
            three.run("SADD s 1 2");
            three.run("SMEMBERS s").replies("~2|$1|1|$1|2|");
            three.run("SMEMBERS none").replies("~0|");
            three.run("SINTER s s").replies("~2|$1|1|$1|2|");
            three.run("SRANDMEMBER s 5").replies("*2|$1|1|$1|2|");
            three.run("SPOP s 5").replies("~2|$1|1|$1|2|");
            assertThat(Arrays.asList(three.run("SPOP s").reply())).containsExactly("_|");
        }
    }
}
