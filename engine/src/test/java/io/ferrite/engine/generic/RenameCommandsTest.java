package io.ferrite.engine.generic;

import io.ferrite.engine.CommandFixture;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RenameCommandsTest {

    private final CommandFixture redis = CommandFixture.create();

    @Test
    void renamedKey_takesValueAndExpiryAlong() {
        redis.run("SET a v PX 5000");
        redis.run("RENAME a b")
                .repliesOk()
                .propagates("RENAME a b")
                .notifies("rename_from", "a")
                .notifies("rename_to", "b");
        redis.run("GET b").repliesBulk("v");
        redis.run("PTTL b").repliesInteger(5000);
        redis.run("EXISTS a").repliesInteger(0);
    }

    @Test
    void target_isReplaced_andItsExpiryWithIt() {
        redis.run("SET a v");
        redis.run("SET b w EX 100");
        redis.run("RENAME a b").repliesOk();
        redis.run("TTL b").repliesInteger(-1);
        redis.run("DBSIZE").repliesInteger(1);
    }

    @Test
    void renamenx_leavesATargetAlone() {
        redis.run("SET a v");
        redis.run("SET b w");
        redis.run("RENAMENX a b").repliesInteger(0).hasNoEffects().notifiesNothing();
        redis.run("GET b").repliesBulk("w");
        redis.run("RENAMENX a c").repliesInteger(1).propagates("RENAMENX a c");
    }

    @Test
    void sameName_changesNothing() {
        redis.run("SET a v");
        redis.run("RENAME a a").repliesOk().hasNoEffects();
        redis.run("RENAMENX a a").repliesInteger(0).hasNoEffects();
        redis.run("RENAME no no").refuses("ERR no such key");
        redis.run("RENAMENX no b").refuses("ERR no such key");
    }

    @Test
    void expiredTarget_doesNotStandInTheWay() {
        redis.run("SET a v");
        redis.run("SET b w PX 10");
        redis.advance(Duration.ofMillis(11));
        redis.run("RENAMENX a b")
                .repliesInteger(1)
                .propagates("MULTI", "UNLINK b", "RENAMENX a b", "EXEC");
    }

    @Test
    void copy_duplicatesValueAndExpiry() {
        redis.run("SET a 12 PX 5000");
        redis.run("COPY a b").repliesInteger(1).propagates("COPY a b").notifies("copy_to", "b");
        redis.run("APPEND b x").repliesInteger(3);
        redis.run("GET a").repliesBulk("12");
        redis.run("PTTL b").repliesInteger(5000);
        redis.run("COPY a b").repliesInteger(0).hasNoEffects();
        redis.run("COPY a b REPLACE").repliesInteger(1);
        redis.run("GET b").repliesBulk("12");
    }

    @Test
    void copy_toAnotherDatabase() {
        redis.run("SET a v");
        redis.run("COPY a a DB 3").repliesInteger(1).propagates("COPY a a DB 3");
        redis.run("SELECT 3");
        redis.run("GET a").repliesBulk("v");
    }

    @Test
    void copy_refusals() {
        redis.run("COPY a a").refuses("ERR source and destination objects are the same");
        redis.run("COPY a b DB 16").refuses("ERR DB index is out of range");
        redis.run("COPY a b DB x").refuses("ERR value is not an integer or out of range");
        redis.run("COPY a b DB 99999999999")
                .refuses(
                        "ERR value is out of range, value must between -2147483648 and"
                                + " 2147483647");
        redis.run("COPY a b DB").refuses("ERR syntax error");
        redis.run("COPY a b").repliesInteger(0).hasNoEffects();
    }

    @Test
    void move_takesAKeyToAnotherDatabase() {
        redis.run("SET a v EX 10");
        redis.run("MOVE a 1")
                .repliesInteger(1)
                .propagates("MOVE a 1")
                .notifies("move_from", "a")
                .notifies("move_to", "a");
        redis.run("EXISTS a").repliesInteger(0);
        redis.run("SET a w");
        redis.run("MOVE a 1").repliesInteger(0).hasNoEffects();
        redis.run("SELECT 1");
        redis.run("GET a").repliesBulk("v");
        redis.run("TTL a").repliesInteger(10);
        redis.run("MOVE a 1").refuses("ERR source and destination objects are the same");
    }

    @Test
    void newKeys_areAnnounced_whenAskedFor() {
        redis.engine()
                .setNotifyMask(
                        io.ferrite.engine.EventClass.ALL
                                | io.ferrite.engine.EventClass.NEW
                                | io.ferrite.engine.EventClass.KEYEVENT);
        redis.run("SET a v").announces("new a", "set a");
        redis.run("SET a w").announces("set a");
        redis.run("RENAME a b").announces("new b", "rename_from a", "rename_to b");
    }
}
