package io.ferrite.engine.transaction;

import io.ferrite.engine.CommandFixture;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** WATCH of keys that are past their expiry but were not removed yet. */
final class StaleWatchTest {

    private final CommandFixture redis = CommandFixture.create();

    private void expired(String key) {
        redis.engine().setMayExpire(false);
        redis.run("SET " + key + " v PX 1");
        redis.advance(Duration.ofMillis(2));
    }

    /** MULTI and EXEC of nothing: an empty reply when nothing that is watched changed. */
    private CommandFixture.Result exec() {
        redis.run("MULTI");
        return redis.run("EXEC");
    }

    @Test
    void endOfAStaleKey_isNoChange() {
        expired("k");
        redis.run("WATCH k");
        redis.engine().setMayExpire(true);
        redis.run("DEL k").repliesInteger(0);
        exec().replies("*0|");
    }

    @Test
    void newValueAfterThat_isAChange() {
        expired("k");
        redis.run("WATCH k");
        redis.engine().setMayExpire(true);
        redis.run("SET k w");
        exec().replies("*-1|");
    }

    @Test
    void flush_changesOnlyWhatWasThere() {
        expired("k");
        redis.run("WATCH k no");
        redis.run("FLUSHALL");
        exec().replies("*0|");
        redis.run("SET k v");
        redis.run("WATCH k");
        redis.run("FLUSHDB");
        exec().replies("*-1|");
    }

    @Test
    void swap_ofStaleKeys_isNoChange() {
        expired("k");
        redis.run("WATCH k");
        redis.run("SWAPDB 0 1");
        exec().replies("*0|");
        // Now the stale key comes in place of none, and goes again.
        redis.run("WATCH k");
        redis.run("SWAPDB 0 1");
        exec().replies("*0|");
        redis.run("WATCH k");
        redis.run("SELECT 1");
        redis.run("SET k v");
        redis.run("SELECT 0");
        redis.run("SWAPDB 0 1");
        exec().replies("*-1|");
    }

    @Test
    void keyThatExpiresMeanwhile_isAChange() {
        redis.run("SET k v PX 10");
        redis.run("WATCH k");
        redis.advance(Duration.ofMillis(11));
        exec().replies("*-1|");
    }
}
