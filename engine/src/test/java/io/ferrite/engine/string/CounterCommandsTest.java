package io.ferrite.engine.string;

import io.ferrite.engine.CommandFixture;
import org.junit.jupiter.api.Test;

final class CounterCommandsTest {

    private static final String NOT_INTEGER = "ERR value is not an integer or out of range";

    private final CommandFixture redis = CommandFixture.create();

    @Test
    void missingKey_countsFromZero() {
        redis.run("INCR k").repliesInteger(1).propagates("INCR k").announces("incrby k");
        redis.run("DECR k").repliesInteger(0);
        redis.run("INCRBY k 10").repliesInteger(10);
        redis.run("DECRBY k -5").repliesInteger(15);
        redis.run("OBJECT ENCODING k").repliesBulk("int");
    }

    @Test
    void expiry_survivesCounting() {
        redis.run("SET k 1 EX 100");
        redis.run("INCR k");
        redis.run("INCRBYFLOAT k 0.5");
        redis.run("TTL k").repliesInteger(100);
    }

    @Test
    void ends_ofTheRange() {
        redis.run("SET k 9223372036854775807");
        redis.run("INCR k").refuses("ERR increment or decrement would overflow");
        redis.run("DECRBY k -1").refuses("ERR increment or decrement would overflow");
        redis.run("DECRBY k -9223372036854775808").refuses("ERR decrement would overflow");
        redis.run("SET k -9223372036854775808");
        redis.run("DECR k").refuses("ERR increment or decrement would overflow");
        redis.run("INCR k").repliesInteger(-9223372036854775807L);
    }

    @Test
    void textThatIsNoInteger_isRefused() {
        redis.run("SET k 01");
        redis.run("INCR k").refuses(NOT_INTEGER);
        redis.call("SET", "k", " 1");
        redis.run("INCR k").refuses(NOT_INTEGER);
        redis.run("INCRBY n 1.5").refuses(NOT_INTEGER);
    }

    @Test
    void integerAsText_isCounted() {
        redis.run("APPEND k 1");
        redis.run("APPEND k 0");
        redis.run("OBJECT ENCODING k").repliesBulk("raw");
        redis.run("INCR k").repliesInteger(11);
        redis.run("OBJECT ENCODING k").repliesBulk("int");
    }

    @Test
    void fractions_arePassedOnAsTheirSum() {
        redis.run("SET k 10.50");
        redis.run("INCRBYFLOAT k 0.1")
                .repliesBulk("10.6")
                .propagates("SET k 10.6 KEEPTTL")
                .announces("incrbyfloat k");
        redis.run("INCRBYFLOAT k 5.0e3").repliesBulk("5010.60000000000000009");
        redis.run("INCRBYFLOAT k nan").refuses("ERR value is not a valid float");
        redis.run("INCRBYFLOAT k inf").refuses("ERR increment would produce NaN or Infinity");
        redis.run("SET k abc");
        redis.run("INCRBYFLOAT k inf").refuses("ERR value is not a valid float");
    }

    @Test
    void increx_answersValueAndDifference() {
        redis.run("INCREX k")
                .replies("*2|:1|:1|")
                .propagates("SET k 1 KEEPTTL")
                .announces("incrby k");
        redis.run("INCREX k BYINT 9").replies("*2|:10|:9|");
        redis.run("INCREX k BYFLOAT 0.5")
                .replies("*2|$4|10.5|$3|0.5|")
                .propagates("SET k 10.5 KEEPTTL")
                .announces("incrbyfloat k");
        redis.run("INCREX k").refuses(NOT_INTEGER);
    }

    @Test
    void increx_keepsWithinBounds() {
        redis.run("INCREX k UBOUND 5 BYINT 6").replies("*2|:0|:0|").hasNoEffects();
        redis.run("EXISTS k").repliesInteger(0);
        redis.run("INCREX k UBOUND 5 BYINT 6 SATURATE").replies("*2|:5|:5|");
        redis.run("INCREX k LBOUND 0 BYINT -9 SATURATE").replies("*2|:0|:-5|");
        redis.run("SET k 9223372036854775807");
        redis.run("INCREX k").replies("*2|:9223372036854775807|:0|").hasNoEffects();
        redis.run("INCREX k SATURATE").replies("*2|:9223372036854775807|:0|");
        redis.run("INCREX k LBOUND 2 UBOUND 1").refuses("ERR LBOUND can't be greater than UBOUND");
    }

    @Test
    void increx_limitsARate() {
        long at = redis.nowMs() + 60_000;
        redis.run("INCREX k EX 60 ENX UBOUND 2")
                .replies("*2|:1|:1|")
                .propagates("SET k 1 PXAT " + at)
                .announces("incrby k", "expire k");
        redis.advance(java.time.Duration.ofSeconds(1));
        redis.run("INCREX k EX 60 ENX UBOUND 2").replies("*2|:2|:1|");
        redis.run("PEXPIRETIME k").repliesInteger(at);
        redis.run("INCREX k EX 60 ENX UBOUND 2").replies("*2|:2|:0|").hasNoEffects();
        redis.run("INCREX k PERSIST").announces("incrby k", "persist k").propagates("SET k 3");
        redis.run("TTL k").repliesInteger(-1);
        redis.run("INCREX k ENX").refuses("ERR ENX flag requires an expiration");
        redis.run("INCREX k PERSIST ENX").refuses("ERR syntax error");
        redis.run("INCREX k BYINT").refuses("ERR syntax error");
        redis.run("INCREX k EX 0").refuses("ERR invalid expire time in 'increx' command");
    }
}
