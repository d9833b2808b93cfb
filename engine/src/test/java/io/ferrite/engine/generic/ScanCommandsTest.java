package io.ferrite.engine.generic;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandFixture;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ScanCommandsTest {

    private final CommandFixture redis = CommandFixture.create();

    /** The keys of an encoded reply from its {@code first} array on. */
    private static Set<String> keys(String reply, int first) {
        String[] lines = reply.split("\\|", -1); // the last key may be empty
        Set<String> keys = new HashSet<>();
        for (int i = first + 2; i < lines.length - 1; i += 2) {
            keys.add(lines[i]);
        }
        return keys;
    }

    private Set<String> scanAll(String options) {
        Set<String> all = new HashSet<>();
        String cursor = "0";
        do {
            String reply = redis.run("SCAN " + cursor + options).reply();
            cursor = reply.split("\\|")[2];
            all.addAll(keys(reply, 3));
        } while (!cursor.equals("0"));
        return all;
    }

    @Test
    void scan_tellsOfEveryKey() {
        for (int i = 0; i < 1000; i++) {
            redis.run("SET key:" + i + " v");
        }
        assertThat(scanAll("")).hasSize(1000);
        assertThat(scanAll(" COUNT 100")).hasSize(1000);
        assertThat(scanAll(" MATCH key:11*")).hasSize(11);
        assertThat(scanAll(" TYPE string COUNT 9223372036854775807")).hasSize(1000);
        assertThat(scanAll(" TYPE list COUNT 1000")).isEmpty();
        assertThat(scanAll(" TYPE nosuch COUNT 1000")).isEmpty();
    }

    @Test
    void anyNumber_isACursor() {
        redis.run("SET k v");
        redis.run("SCAN 18446744073709551615").hasNoEffects();
        redis.run("SCAN 9223372036854775808").hasNoEffects();
        redis.run("SCAN 18446744073709551616").refuses("ERR invalid cursor");
        redis.run("SCAN -1").refuses("ERR invalid cursor");
        redis.run("SCAN x").refuses("ERR invalid cursor");
    }

    @Test
    void scan_refusesBadOptions() {
        redis.run("SCAN 0 COUNT 0").refuses("ERR syntax error");
        redis.run("SCAN 0 COUNT x").refuses("ERR value is not an integer or out of range");
        redis.run("SCAN 0 MATCH").refuses("ERR syntax error");
        redis.run("SCAN 0 NOVALUES").refuses("ERR syntax error");
    }

    @Test
    void expiredKeys_areNotShown_andScanRemovesThem() {
        redis.run("SET a v PX 10");
        redis.run("SET b v");
        redis.advance(Duration.ofMillis(11));
        redis.run("KEYS *").repliesArray("b").hasNoEffects();
        redis.run("SCAN 0 COUNT 100").propagates("UNLINK a").notifies("expired", "a");
        redis.run("DBSIZE").repliesInteger(1);
    }

    @Test
    void endsOfSeveralKeys_areNoTransaction() {
        redis.run("SET a v PX 10");
        redis.run("SET b v PX 10");
        redis.advance(Duration.ofMillis(11));
        assertThat(redis.run("SCAN 0 COUNT 100").passedOn())
                .containsExactlyInAnyOrder("UNLINK a", "UNLINK b");
        redis.run("SET a v PX 10");
        redis.run("SET b v PX 10");
        redis.advance(Duration.ofMillis(11));
        assertThat(redis.run("RANDOMKEY").repliesNil().passedOn())
                .containsExactlyInAnyOrder("UNLINK a", "UNLINK b");
    }

    @Test
    void keys_matchAPattern() {
        redis.run("SET foo v");
        redis.run("SET far v");
        redis.run("SET bar v");
        assertThat(keys(redis.run("KEYS f*").reply(), 0)).containsExactlyInAnyOrder("foo", "far");
        redis.run("KEYS nothing").replies("*0|");
        redis.call("SET", "", "v");
        assertThat(keys(redis.run("KEYS *").reply(), 0)).hasSize(4);
    }

    @Test
    void randomKey_isFair() {
        redis.run("RANDOMKEY").repliesNil();
        for (int i = 0; i < 20; i++) {
            redis.run("SET key:" + i + " v");
        }
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < 4000; i++) {
            seen.merge(redis.run("RANDOMKEY").reply(), 1, Integer::sum);
        }
        // 200 expected of each; a deviation of 100 is more than seven standard deviations
        assertThat(seen).hasSize(20);
        assertThat(seen.values()).allMatch(times -> times > 100 && times < 300);
    }

    @Test
    void randomKey_removesExpiredOnes_orEndsItsSearch() {
        redis.run("SET a v PX 10");
        redis.advance(Duration.ofMillis(11));
        redis.engine().setMayExpire(false);
        redis.run("RANDOMKEY").repliesBulk("a").hasNoEffects();
        redis.engine().setMayExpire(true);
        redis.run("RANDOMKEY").repliesNil().propagates("UNLINK a");
    }
}
