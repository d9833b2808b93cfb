package io.ferrite.engine.generic;

import io.ferrite.engine.CommandFixture;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ExpiryCommandsTest {

    private final CommandFixture redis = CommandFixture.create();

    @Test
    void relativeExpiry_isPassedOnAsAMoment() {
        redis.run("SET k v");
        redis.run("EXPIRE k 10")
                .repliesInteger(1)
                .propagates("PEXPIREAT k " + (redis.nowMs() + 10_000))
                .notifies("expire", "k");
        redis.run("TTL k").repliesInteger(10);
    }

    @Test
    void expiredKey_countsAsMissing_andItsEndIsPassedOn() {
        redis.run("SET k v PX 100");
        redis.advance(Duration.ofMillis(100)); // at exactly 100 the key still lives
        redis.run("GET k").repliesBulk("v").hasNoEffects();
        redis.advance(Duration.ofMillis(1));
        redis.run("GET k").repliesNil().propagates("UNLINK k").notifies("expired", "k");
    }

    @Test
    void momentInThePast_removesTheKey() {
        redis.run("SET k v");
        redis.run("PEXPIREAT k 1").repliesInteger(1).propagates("UNLINK k").notifies("del", "k");
        redis.run("EXISTS k").repliesInteger(0);
    }

    @Test
    void conditionsThatExclude_areRefused() {
        redis.run("SET k v");
        redis.run("EXPIRE k 10 NX GT")
                .refuses("ERR NX and XX, GT or LT options at the same time are not compatible");
        redis.run("EXPIRE k 10 GT LT")
                .refuses("ERR GT and LT options at the same time are not compatible");
        redis.run("EXPIRE k 9223372036854775807")
                .refuses("ERR invalid expire time in 'expire' command");
    }

    @Test
    void greaterThan_neverAppliesToAKeyThatLivesForEver() {
        redis.run("SET k v");
        redis.run("EXPIRE k 10 GT").repliesInteger(0).hasNoEffects();
        redis.run("EXPIRE k 10 LT").repliesInteger(1);
        redis.run("EXPIRE k 20 GT").repliesInteger(1);
        redis.run("EXPIRE k 15 GT").repliesInteger(0);
    }
}
