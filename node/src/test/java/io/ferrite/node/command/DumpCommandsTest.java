package io.ferrite.node.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DumpCommandsTest {

    /** What redis-server 7.0.15 answers to DUMP of {@code hello}. */
    private static final String HELLO = "\0\5hello\n\0cr\u00dfve4 \n";

    private static final String WRONG_FOOTER = "ERR DUMP payload version or checksum are wrong";

    private final List<String> refused = new ArrayList<>();
    private boolean skipsChecksums;
    private final CommandFixture redis =
            CommandFixture.with(table ->
                    DumpCommands.register(
                            table,
                            () -> skipsChecksums,
                            failure -> refused.add(failure.getMessage())));

    /** The payload of a reply of DUMP, one character for each byte. */
    private String dump(String key) {
        String reply = redis.run("DUMP " + key).reply();
        int start = reply.indexOf('|') + 1;
        // The fixture shows line ends as bars; no payload here has any.
        return reply.substring(start, reply.length() - 1);
    }

    @Test
    void value_comesBackAsItWas() {
        for (String value :
                new String[] {"hello", "12345", "-7", "x".repeat(300), "ab".repeat(40)}) {
            redis.run("SET k " + value);
            redis.call("RESTORE", "copy", "0", dump("k"), "REPLACE")
                    .repliesOk()
                    .notifies("restore", "copy");
            redis.run("GET copy").repliesBulk(value);
        }
        redis.run("DUMP nokey").repliesNil().hasNoEffects();
    }

    @Test
    void payloadOfRedis_isRead() {
        redis.call("RESTORE", "k", "0", HELLO).repliesOk();
        redis.run("GET k").repliesBulk("hello");
    }

    @Test
    void wrongChecksum_isTakenOnlyIfThatIsWanted() {
        String other = HELLO.replace("hello", "hallo");
        redis.call("RESTORE", "k", "0", other).refuses(WRONG_FOOTER);
        skipsChecksums = true;
        redis.call("RESTORE", "k", "0", other).repliesOk();
        redis.run("GET k").repliesBulk("hallo");
        redis.call("RESTORE", "k2", "0", HELLO.replace('\n', '\u00ff')).refuses(WRONG_FOOTER);
    }

    @Test
    void damagedPayload_isToldInTheLog() {
        skipsChecksums = true;
        redis.call("RESTORE", "k", "0", "\t\2\0\u00ff\t\0\0\0\0\0\0\0\0\0")
                .refuses("ERR Bad data format");
        assertThat(refused).singleElement().asString().startsWith("Zipmap integrity check failed");
    }

    @Test
    void timeToLive_isPassedOnAsAMoment() {
        long at = redis.nowMs() + 5000;
        redis.call("RESTORE", "k", "5000", HELLO)
                .repliesOk()
                .propagates("RESTORE k " + at + " " + HELLO + " ABSTTL");
        redis.run("PTTL k").repliesInteger(5000);
        redis.call("RESTORE", "k", "" + at, HELLO, "ABSTTL", "REPLACE")
                .propagates("RESTORE k " + at + " " + HELLO + " ABSTTL REPLACE");
    }

    @Test
    void momentInThePast_onlyRemoves() {
        redis.call("RESTORE", "k", "1", HELLO, "ABSTTL").repliesOk().hasNoEffects();
        redis.run("SET k v");
        redis.call("RESTORE", "k", "1", HELLO, "ABSTTL", "REPLACE")
                .repliesOk()
                .propagates("UNLINK k")
                .notifies("del", "k");
        redis.run("EXISTS k").repliesInteger(0);
    }

    @Test
    void accessClock_canBeGiven() {
        redis.call("RESTORE", "k", "0", HELLO, "IDLETIME", "100").repliesOk();
        redis.advance(Duration.ofSeconds(5));
        redis.run("OBJECT IDLETIME k").repliesInteger(105);
        redis.engine().keyspace().access().configure(true, 10, 0);
        redis.call("RESTORE", "f", "0", HELLO, "FREQ", "77").repliesOk();
        redis.run("OBJECT FREQ f").repliesInteger(77);
    }

    @Test
    void refusals() {
        redis.run("SET k v");
        redis.call("RESTORE", "k", "0", HELLO).refuses("BUSYKEY Target key name already exists.");
        redis.call("RESTORE", "n", "-1", HELLO).refuses("ERR Invalid TTL value, must be >= 0");
        redis.call("RESTORE", "n", "x", HELLO)
                .refuses("ERR value is not an integer or out of range");
        redis.call("RESTORE", "n", "0", "").refuses(WRONG_FOOTER);
        redis.call("RESTORE", "n", "0", HELLO.replace('h', 'j')).refuses(WRONG_FOOTER);
        redis.call("RESTORE", "n", "0", HELLO, "IDLETIME", "-1")
                .refuses("ERR Invalid IDLETIME value, must be >= 0");
        redis.call("RESTORE", "n", "0", HELLO, "FREQ", "256")
                .refuses("ERR Invalid FREQ value, must be >= 0 and <= 255");
        redis.call("RESTORE", "n", "0", HELLO, "IDLETIME", "1", "FREQ", "1")
                .refuses("ERR syntax error");
        assertThat(redis.run("DBSIZE").reply()).isEqualTo(":1|");
    }
}
