package io.ferrite.engine.generic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandFixture;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs that were made to hurt: patterns, cursors, counts, lengths and moments. */
final class HostileInputsTest {

    /** Far more than any of these takes, far less than exponential time would. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private final CommandFixture redis = CommandFixture.create();

    private void finishesSoon(Runnable action) {
        long start = System.nanoTime();
        action.run();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
    }

    @Test
    void nestedStars_takeNoExponentialTime() {
        redis.run("SET " + "a".repeat(40) + " v");
        finishesSoon(() -> {
            redis.run("KEYS " + "a*".repeat(20) + "b").replies("*0|");
            redis.run("SCAN 0 COUNT 100 MATCH " + "a*".repeat(20) + "b").replies("*2|$1|0|*0|");
        });
    }

    @Test
    void longPatterns_takeNoStackAndLinearTime() {
        redis.run("SET " + "a".repeat(50_000) + " v");
        String[] patterns = {
            "*?".repeat(50_000),
            "[^".repeat(50_000),
            "x\\",
            "[a-",
            "[z-a]",
            "*".repeat(50_000) + "b"
        };
        for (String pattern : patterns) {
            finishesSoon(() -> redis.call("KEYS", pattern).replies("*0|"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SCAN 0 COUNT 0",
                "SCAN 0 COUNT -1",
                "SCAN 0 COUNT 9223372036854775808",
                "SCAN 18446744073709551616",
                "SCAN -1",
                "SCAN 0x10",
                "SCAN 1e3",
                "COPY a b DB 16",
                "COPY a b DB -1",
                "COPY a b DB 2147483648",
                "COPY a a DB 0",
                "MOVE a 16",
                "MOVE a -9223372036854775808",
                "SWAPDB 0 16",
                "SWAPDB -1 0",
                "SELECT 2147483648",
                "SELECT -1",
                "SETRANGE a 9223372036854775807 A",
                "SETRANGE a 2147483647 A",
                "SETRANGE a 536870912 A",
                "SETRANGE a 4294967295 A",
                "SETRANGE a -1 A",
                "SETRANGE a 2147483640 AAAAAAAAAA",
                "DECRBY a -9223372036854775808",
                "INCRBYFLOAT a nan",
                "INCRBYFLOAT a inf",
                "INCRBYFLOAT a 1e5000",
                "INCRBYFLOAT a 1e-5000",
                "INCRBYFLOAT a 0x1p99999",
                "SET a v EX 9223372036854775807",
                "SET a v PX 9223372036854775807",
                "SET a v EXAT 9223372036854775807",
                "EXPIRE a 9223370399119966",
                "EXPIRE a 9223372036854776",
                "EXPIRE a 18446744073709561",
                "EXPIRE a -9223372036854776",
                "PEXPIRE a 9223372036854770000",
                "GETEX a EX 9223372036854775807",
                "GETEX a PX -1",
                "LCS a b MINMATCHLEN 9223372036854775808"
            })
    void outOfAllBounds_isRefusedAndChangesNothing(String line) {
        redis.run("SET a 10");
        assertThat(redis.run(line).hasNoEffects().reply()).startsWith("-ERR ");
        redis.run("GET a").repliesBulk("10");
        redis.run("TTL a").repliesInteger(-1);
    }

    @Test
    void extremesThatAreLegal_areTaken() {
        redis.run("SET a 10");
        redis.run("GETRANGE a -9223372036854775808 9223372036854775807").repliesBulk("10");
        redis.run("SET a v PXAT 9223372036854775807").repliesOk();
        redis.run("EXPIRETIME a").repliesInteger(9223372036854776L);
        redis.run("PEXPIRETIME a").repliesInteger(9223372036854775807L);
        redis.run("PEXPIREAT a -9223372036854770000").repliesInteger(1);
        redis.run("EXISTS a").repliesInteger(0);
        redis.run("LCS a b MINMATCHLEN -9223372036854775808 IDX");
        redis.run("LCS a b MINMATCHLEN 9223372036854775807 IDX");
    }

    @Test
    void oneScan_looksAtALimitedNumberOfKeys() {
        for (int i = 0; i < 300; i++) {
            redis.run("SET key:" + i + " v");
        }
        String reply = redis.run("SCAN 0 COUNT 9223372036854775807").reply();
        assertThat(reply).startsWith("*2|$1|0|*300|");
        for (String cursor : new String[] {"1", "77", "9223372036854775808", "123456789012345"}) {
            finishesSoon(() -> redis.run("SCAN " + cursor + " MATCH *11*").hasNoEffects());
        }
    }

    @Test
    void keysOfEveryByte_areKeptApart() {
        for (int b = 0; b < 256; b++) {
            redis.call("SET", Character.toString(b), "v" + b).repliesOk();
        }
        for (int b = 0; b < 256; b++) {
            redis.call("GET", Character.toString(b)).repliesBulk("v" + b);
            redis.call("RENAME", Character.toString(b), "\0" + (char) b).repliesOk();
        }
        redis.run("DBSIZE").repliesInteger(256);
        redis.call("KEYS", "\0?").replies(redis.call("KEYS", "*").reply());
    }
}
