package io.ferrite.engine.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandFixture;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HashCommandsTest {

    private final CommandFixture redis = CommandFixture.create();

    @AfterEach
    void close() {
        redis.close();
    }

    private void fill(String key, int count) {
        for (int i = 0; i < count; i++) {
            redis.run("HSET " + key + " field:" + i + " value:" + i);
        }
    }

    @Test
    void fieldsAreSet_readAndDeleted() {
        redis.run("HSET h a 1 b x a 2")
                .repliesInteger(2)
                .propagates("HSET h a 1 b x a 2")
                .announces("hset h");
        redis.run("HSET h a 3").repliesInteger(0).announces("hset h");
        redis.run("HGET h a").repliesBulk("3");
        redis.run("HGET h x").repliesNil();
        redis.run("HMGET h a x b").replies("*3|$1|3|$-1|$1|x|");
        redis.run("HMGET none a").replies("*1|$-1|");
        redis.run("HGETALL h").repliesArray("a", "3", "b", "x");
        redis.run("HKEYS h").repliesArray("a", "b");
        redis.run("HVALS h").repliesArray("3", "x");
        redis.run("HLEN h").repliesInteger(2);
        redis.run("HSTRLEN h b").repliesInteger(1);
        redis.run("HSTRLEN h none").repliesInteger(0);
        redis.run("HEXISTS h a").repliesInteger(1);
        redis.run("HDEL h none").repliesInteger(0).hasNoEffects();
        redis.run("HDEL h a b c").repliesInteger(2).announces("hdel h", "del h");
        redis.run("EXISTS h").repliesInteger(0);
        redis.run("HGETALL h").replies("*0|");
    }

    @Test
    void wrongNumbersOfArguments_areRefused() {
        redis.run("HSET h a").refuses("ERR wrong number of arguments for 'hset' command");
        redis.run("HSET h a 1 b").refuses("ERR wrong number of arguments for 'hset' command");
        redis.run("HMSET h a 1 b").refuses("ERR wrong number of arguments for 'hmset' command");
        redis.run("HMSET h a 1").repliesOk().propagates("HMSET h a 1");
        redis.run("SET k v");
        redis.run("HSET k a 1")
                .refuses("WRONGTYPE Operation against a key holding the wrong kind of value");
    }

    @Test
    void formIsNamedAsInRedis() {
        fill("h", 512);
        redis.run("OBJECT ENCODING h").repliesBulk("listpack");
        redis.run("HSET h more 1").repliesInteger(1);
        redis.run("OBJECT ENCODING h").repliesBulk("hashtable");
        redis.run("HSET t f " + "x".repeat(65));
        redis.run("OBJECT ENCODING t").repliesBulk("hashtable");
        redis.run("COPY h u").repliesInteger(1);
        redis.run("HLEN u").repliesInteger(513);
        redis.run("HGET u field:77").repliesBulk("value:77");
    }

    @Test
    void onlyAnAbsentField_isSetByHsetnx() {
        redis.run("HSETNX h a 1").repliesInteger(1).announces("hset h");
        redis.run("HSETNX h a 2").repliesInteger(0).hasNoEffects();
        redis.run("HGET h a").repliesBulk("1");
    }

    @Test
    void counters_addAndRefuse() {
        redis.run("HINCRBY h n 5").repliesInteger(5).announces("hincrby h");
        redis.run("HINCRBY h n -7").repliesInteger(-2).propagates("HINCRBY h n -7");
        redis.run("HINCRBY h n x").refuses("ERR value is not an integer or out of range");
        redis.run("HSET h s text");
        redis.run("HINCRBY h s 1").refuses("ERR hash value is not an integer");
        redis.run("HINCRBYFLOAT h s 1").refuses("ERR hash value is not a float");
        redis.run("HINCRBYFLOAT h n x").refuses("ERR value is not a valid float");
        redis.run("HINCRBYFLOAT h n inf").refuses("ERR value is NaN or Infinity");
        redis.run("HINCRBY h n 9223372036854775807").repliesInteger(9223372036854775805L);
        redis.run("HINCRBY h n 9").refuses("ERR increment or decrement would overflow");
        redis.run("HINCRBYFLOAT h f 10.5")
                .repliesBulk("10.5")
                .propagates("HSET h f 10.5")
                .announces("hincrbyfloat h");
        redis.run("HINCRBYFLOAT h f 0.1").repliesBulk("10.6");
    }

    @Test
    void randomFields_areDifferentOrNot() {
        fill("h", 600);
        for (int count : new int[] {1, 10, 300, 599, 600, 900}) {
            String[] parts = redis.run("HRANDFIELD h " + count).reply().split("\\|");
            Set<String> seen = new HashSet<>();
            for (int i = 2; i < parts.length; i += 2) {
                assertThat(seen.add(parts[i])).isTrue();
            }
            assertThat(seen).hasSize(Math.min(count, 600));
        }
        redis.run("HSET one f v");
        redis.run("HRANDFIELD one").repliesBulk("f");
        redis.run("HRANDFIELD one 2 WITHVALUES").repliesArray("f", "v");
        redis.run("HRANDFIELD one -2 WITHVALUES").repliesArray("f", "v", "f", "v");
        redis.run("HRANDFIELD none 2").replies("*0|");
        redis.run("HRANDFIELD none").repliesNil();
        redis.run("HRANDFIELD one 1 FOO").refuses("ERR syntax error");
        redis.run("HRANDFIELD one -9223372036854770000 WITHVALUES")
                .refuses("ERR value is out of range");
        redis.run("HRANDFIELD one -9223372036854775808")
                .refuses(
                        "ERR value is out of range, value must between -9223372036854775807 and"
                                + " 9223372036854775807");
    }

    @Test
    void scan_tellsOfEachField() {
        redis.run("HSET h a 1 b 2");
        redis.run("HSCAN h 0").replies("*2|$1|0|*4|$1|a|$1|1|$1|b|$1|2|");
        redis.run("HSCAN h 0 MATCH b NOVALUES").replies("*2|$1|0|*1|$1|b|");
        fill("t", 1000);
        Set<String> seen = new HashSet<>();
        String cursor = "0";
        do {
            String[] parts =
                    redis.run("HSCAN t " + cursor + " NOVALUES COUNT 50").reply().split("\\|");
            cursor = parts[2];
            for (int i = 5; i < parts.length; i += 2) {
                seen.add(parts[i]);
            }
        } while (!cursor.equals("0"));
        assertThat(seen).hasSize(1000);
    }

    @Test
    void resp3_repliesMapsAndPairs() {
        try (CommandFixture three = CommandFixture.resp3()) {
            three.run("HSET h a 1");
            three.run("HGETALL h").replies("%1|$1|a|$1|1|");
            three.run("HGETALL none").replies("%0|");
            three.run("HRANDFIELD h 3 WITHVALUES").replies("*1|*2|$1|a|$1|1|");
            three.run("HRANDFIELD h -2 WITHVALUES").replies("*2|*2|$1|a|$1|1|*2|$1|a|$1|1|");
        }
    }
}
