package io.ferrite.engine.string;

import io.ferrite.engine.CommandFixture;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SetCommandTest {

    private static final String WRONG_TYPE =
            "WRONGTYPE Operation against a key holding the wrong kind of value";

    private final CommandFixture redis = CommandFixture.create();

    @Test
    void plainSet_isPassedOnAsItCame() {
        redis.run("SET k v").repliesOk().propagates("SET k v").announces("set k");
        redis.run("GET k").repliesBulk("v").hasNoEffects();
    }

    @Test
    void newValue_endsTheExpiry_unlessItIsKept() {
        redis.run("SET k v EX 100");
        redis.run("SET k w KEEPTTL").propagates("SET k w KEEPTTL");
        redis.run("TTL k").repliesInteger(100);
        redis.run("SET k x");
        redis.run("TTL k").repliesInteger(-1);
    }

    @Test
    void everyKindOfExpiry_isPassedOnAsAMoment() {
        String at = " PXAT " + (redis.nowMs() + 5000);
        redis.run("SET k v EX 5").propagates("SET k v" + at).announces("set k", "expire k");
        redis.run("SET k v PX 5000").propagates("SET k v" + at);
        redis.run("SET k v PXAT " + (redis.nowMs() + 5000)).propagates("SET k v" + at);
        redis.run("SET k v EXAT " + (redis.nowMs() / 1000 + 5)).repliesOk();
        redis.run("TTL k").repliesInteger(5);
    }

    @Test
    void momentInThePast_isSet_andTheKeyIsGoneForWhoLooks() {
        redis.run("SET k v PXAT 1").repliesOk().propagates("SET k v PXAT 1");
        redis.run("GET k").repliesNil().propagates("UNLINK k").notifies("expired", "k");
    }

    @Test
    void existence_isACondition() {
        redis.run("SET k v XX").repliesNil().hasNoEffects();
        redis.run("SET k v NX").repliesOk().propagates("SET k v NX");
        redis.run("SET k w NX").repliesNil().hasNoEffects();
        redis.run("SET k w XX").repliesOk();
        redis.run("GET k").repliesBulk("w");
    }

    @Test
    void oldValue_isAnswered_evenWhereNothingIsSet() {
        redis.run("SET k v GET").repliesNil().propagates("SET k v");
        redis.run("SET k w GET").repliesBulk("v");
        redis.run("SET k x NX GET").repliesBulk("w").hasNoEffects();
        redis.run("SET k x XX GET EX 10")
                .repliesBulk("w")
                .propagates("SET k x PXAT " + (redis.nowMs() + 10_000));
    }

    @Test
    void value_isACondition() {
        redis.run("SET k v IFEQ v").repliesNil().hasNoEffects();
        redis.run("SET k v IFNE x").repliesOk().propagates("SET k v");
        redis.run("SET k w IFEQ x").repliesNil().hasNoEffects();
        redis.run("SET k w IFEQ v").repliesOk().propagates("SET k w");
        redis.run("SET k x IFNE w GET").repliesBulk("w").hasNoEffects();
        redis.run("SET n 12");
        redis.run("SET n 13 IFEQ 12").repliesOk();
        redis.run("SET n 14 IFEQ 013").repliesNil();
    }

    @Test
    void digest_isACondition() {
        redis.call("SET", "k", "Hello world");
        redis.run("SET k v IFDEQ 0000000000000000").repliesNil().hasNoEffects();
        redis.run("SET k v IFDNE b6acb9d84a38ff74").repliesNil().hasNoEffects();
        redis.run("SET k v IFDEQ B6ACB9D84A38FF74").repliesOk().propagates("SET k v");
        redis.run("SET no v IFDEQ b6acb9d84a38ff74").repliesNil();
        redis.run("SET no v IFDNE b6acb9d84a38ff74").repliesOk();
        redis.run("SET k v IFDEQ abc").refuses("ERR must be exactly 16 hexadecimal characters");
    }

    @Test
    void badOptions_areRefused() {
        redis.run("SET k v NX XX").refuses("ERR syntax error");
        redis.run("SET k v IFEQ").refuses("ERR syntax error");
        redis.run("SET k v IFEQ a NX").refuses("ERR syntax error");
        redis.run("SET k v EX").refuses("ERR syntax error");
        redis.run("SET k v EX 1 PX 1").refuses("ERR syntax error");
        redis.run("SET k v EX 1 KEEPTTL").refuses("ERR syntax error");
        redis.run("SET k v EX x").refuses("ERR value is not an integer or out of range");
        for (String amount : new String[] {"0", "-1", "9223372036854775807"}) {
            redis.run("SET k v EX " + amount).refuses("ERR invalid expire time in 'set' command");
        }
        redis.run("SET k v PX 9223372036854775807")
                .refuses("ERR invalid expire time in 'set' command");
    }

    @Test
    void expiredValue_saysSoBeforeTheNewOneComes() {
        redis.run("SET k v PX 10");
        redis.advance(Duration.ofMillis(11));
        redis.run("SET k w").repliesOk().announces("expired k", "set k");
        redis.run("SET k v PX 10");
        redis.advance(Duration.ofMillis(11));
        redis.run("SET k w XX").repliesNil();
    }

    @Test
    void getdel_takesTheValueAway() {
        redis.run("SET k v");
        redis.run("GETDEL k").repliesBulk("v").propagates("DEL k").announces("del k");
        redis.run("GETDEL k").repliesNil().hasNoEffects();
    }

    @Test
    void getset_isPassedOnAsSet() {
        redis.run("GETSET k v").repliesNil().propagates("SET k v");
        redis.run("GETSET k w").repliesBulk("v").propagates("SET k w").announces("set k");
    }

    @Test
    void delex_deletesOnCondition() {
        redis.run("SET k v");
        redis.run("DELEX k IFEQ x").repliesInteger(0).hasNoEffects();
        redis.run("DELEX k IFNE v").repliesInteger(0).hasNoEffects();
        redis.run("DELEX k IFEQ v").repliesInteger(1).propagates("DEL k").announces("del k");
        redis.run("DELEX k").repliesInteger(0);
        redis.run("SET k v");
        redis.run("DELEX k").repliesInteger(1).propagates("DEL k");
        redis.run("DELEX k IFEQ").refuses("ERR syntax error");
        redis.run("DELEX k NX v").refuses("ERR syntax error");
        redis.run("DELEX k IFDEQ 12").refuses("ERR must be exactly 16 hexadecimal characters");
    }

    @Test
    void delifeq_deletesAnEqualValue() {
        redis.run("SET k 10");
        redis.run("DELIFEQ k 1").repliesInteger(0).hasNoEffects();
        redis.run("DELIFEQ k 10").repliesInteger(1).propagates("DEL k");
        redis.run("DELIFEQ k 10").repliesInteger(0);
    }

    @Test
    void digest_isThatOfTheText() {
        redis.call("SET", "k", "Hello world");
        redis.run("DIGEST k").repliesBulk("b6acb9d84a38ff74");
        redis.run("DIGEST nokey").repliesNil();
        redis.run("SET n 12");
        redis.run("APPEND t 1");
        redis.run("APPEND t 2");
        redis.run("DIGEST n").repliesBulk(redis.run("DIGEST t").reply().split("\\|")[1]);
    }

    @Test
    void collections_areRefused() {
        if (redis.engine().commands().of("rpush") == null) {
            return; // this build has no lists yet
        }
        redis.run("RPUSH l a");
        redis.run("GET l").refuses(WRONG_TYPE);
        redis.run("SET l v GET").refuses(WRONG_TYPE);
        redis.run("SET l v IFEQ a").refuses(WRONG_TYPE);
        redis.run("DELEX l IFEQ a").refuses(WRONG_TYPE);
        redis.run("DIGEST l").refuses(WRONG_TYPE);
        redis.run("INCREX l").refuses(WRONG_TYPE);
        redis.run("DELEX l").repliesInteger(1);
    }
}
