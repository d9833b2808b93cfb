package io.ferrite.engine.string;

import io.ferrite.engine.CommandFixture;
import org.junit.jupiter.api.Test;

final class StringCommandsTest {

    private static final String TOO_LONG =
            "ERR string exceeds maximum allowed size (proto-max-bulk-len)";

    private final CommandFixture redis = CommandFixture.create();

    @Test
    void append_makesAndLengthens() {
        redis.run("APPEND k ab").repliesInteger(2).propagates("APPEND k ab").announces("append k");
        redis.run("APPEND k cd").repliesInteger(4);
        redis.run("GET k").repliesBulk("abcd");
        redis.run("STRLEN k").repliesInteger(4);
        redis.run("STRLEN no").repliesInteger(0);
    }

    @Test
    void setrange_fillsTheGapWithZeros() {
        redis.run("SETRANGE k 3 ab").repliesInteger(5).announces("setrange k");
        redis.run("GET k").repliesBulk("\0\0\0ab");
        redis.call("SETRANGE", "k", "9", "").repliesInteger(5).hasNoEffects();
        redis.call("SETRANGE", "no", "9", "").repliesInteger(0).hasNoEffects();
        redis.run("EXISTS no").repliesInteger(0);
    }

    @Test
    void setrange_refusesWhatNoStringCanHold() {
        redis.run("SETRANGE k -1 a").refuses("ERR offset is out of range");
        for (String offset :
                new String[] {"9223372036854775807", "4294967295", "2147483647", "536870912"}) {
            redis.run("SETRANGE k " + offset + " a").refuses(TOO_LONG);
        }
        redis.engine().setStringMaxBytes(10);
        redis.run("SETRANGE k 9 ab").refuses(TOO_LONG);
        redis.run("SETRANGE k 9 a").repliesInteger(10);
        redis.run("APPEND k a").refuses(TOO_LONG);
        redis.run("SET k 12345678901").refuses(TOO_LONG);
        redis.run("MSET a 1 b 12345678901").refuses(TOO_LONG);
    }

    @Test
    void getrange_takesAnyBounds() {
        redis.run("SET k 12345");
        redis.run("GETRANGE k 1 3").repliesBulk("234");
        redis.run("GETRANGE k -2 -1").repliesBulk("45");
        redis.run("GETRANGE k -9223372036854775808 9223372036854775807").repliesBulk("12345");
        redis.run("GETRANGE k 3 1").repliesBulk("");
        redis.run("GETRANGE k -1 -5").repliesBulk("");
        redis.run("SUBSTR k 9 10").repliesBulk("");
        redis.run("GETRANGE no 0 -1").repliesBulk("");
    }

    @Test
    void mget_answersNilForWhatIsNoString() {
        redis.run("SET a 1");
        redis.run("MGET a b a").replies("*3|$1|1|$-1|$1|1|");
    }

    @Test
    void mset_setsAll_lastOneWins() {
        redis.run("MSET a 1 b 2 a 3")
                .repliesOk()
                .propagates("MSET a 1 b 2 a 3")
                .announces("set a", "set b", "set a");
        redis.run("MGET a b").repliesArray("3", "2");
        redis.run("MSET a 1 b").refuses("ERR wrong number of arguments for 'mset' command");
    }

    @Test
    void msetnx_setsAllOrNone() {
        redis.run("MSETNX x1 xxx x1 yyy").repliesInteger(1);
        redis.run("GET x1").repliesBulk("yyy");
        redis.run("MSETNX a 1 x1 2").repliesInteger(0).hasNoEffects();
        redis.run("EXISTS a").repliesInteger(0);
    }

    @Test
    void msetex_isPassedOnAsSets() {
        long at = redis.nowMs() + 10_000;
        redis.run("MSETEX 2 a 1 b 2 EX 10")
                .repliesInteger(1)
                .propagates("MULTI", "SET a 1 PXAT " + at, "SET b 2 PXAT " + at, "EXEC")
                .announces("set a", "expire a", "set b", "expire b");
        redis.run("MSETEX 2 a 3 c 4 NX").repliesInteger(0).hasNoEffects();
        redis.run("MSETEX 2 a 3 c 4 XX").repliesInteger(0).hasNoEffects();
        redis.run("MSETEX 2 a 3 b 4 XX KEEPTTL").repliesInteger(1);
        redis.run("TTL a").repliesInteger(10);
        redis.run("MSETEX 1 a 5").repliesInteger(1).propagates("SET a 5");
        redis.run("TTL a").repliesInteger(-1);
    }

    @Test
    void msetex_refusals() {
        String bad = "ERR invalid numkeys value or out of range";
        redis.run("MSETEX 0 a 1").refuses(bad);
        redis.run("MSETEX x a 1").refuses(bad);
        redis.run("MSETEX 9223372036854775807 a 1").refuses(bad);
        redis.run("MSETEX 2 a 1").refuses("ERR syntax error");
        redis.run("MSETEX 1 a 1 NX XX").refuses("ERR syntax error");
        redis.run("MSETEX 1 a 1 IFEQ x").refuses("ERR syntax error");
        redis.run("MSETEX 1 a 1 EX 0").refuses("ERR invalid expire time in 'msetex' command");
    }

    @Test
    void setex_isPassedOnWithAMoment() {
        long at = redis.nowMs() + 10_000;
        redis.run("SETEX k 10 v").repliesOk().propagates("SET k v PXAT " + at);
        redis.run("PSETEX k 10000 v").propagates("SET k v PXAT " + at);
        redis.run("SETEX k 0 v").refuses("ERR invalid expire time in 'setex' command");
        redis.run("PSETEX k -1 v").refuses("ERR invalid expire time in 'psetex' command");
    }

    @Test
    void getex_changesTheExpiryOnly() {
        redis.run("SET k v");
        redis.run("GETEX k").repliesBulk("v").hasNoEffects();
        redis.run("GETEX k EX 10")
                .repliesBulk("v")
                .propagates("PEXPIREAT k " + (redis.nowMs() + 10_000))
                .announces("expire k");
        redis.run("GETEX k PERSIST").propagates("PERSIST k").announces("persist k");
        redis.run("GETEX k PERSIST").repliesBulk("v").hasNoEffects();
        redis.run("GETEX k PXAT 1").repliesBulk("v").propagates("UNLINK k").announces("del k");
        redis.run("GETEX k EX 0").repliesNil();
        redis.run("GETEX k PERSIST EX 1").refuses("ERR syntax error");
        redis.run("GETEX k KEEPTTL").refuses("ERR syntax error");
    }

    @Test
    void lcs_findsTheCommonPart() {
        redis.run("MSET a ohmytext b mynewtext");
        redis.run("LCS a b").repliesBulk("mytext");
        redis.run("LCS a b LEN").repliesInteger(6);
        redis.run("LCS a b IDX")
                .replies("*4|$7|matches|*2|*2|*2|:4|:7|*2|:5|:8|*2|*2|:2|:3|*2|:0|:1|$3|len|:6|");
        redis.run("LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN")
                .replies("*4|$7|matches|*1|*3|*2|:4|:7|*2|:5|:8|:4|$3|len|:6|");
        redis.run("LCS a no").repliesBulk("");
        redis.run("LCS a b LEN IDX")
                .refuses("ERR If you want both the length and indexes, please just use IDX.");
        redis.engine().setStringMaxBytes(100);
        redis.run("LCS a b")
                .refuses(
                        "ERR Insufficient memory, transient memory for LCS exceeds"
                                + " proto-max-bulk-len");
    }

    @Test
    void misses_areAnnounced() {
        redis.run("GET no").announces("keymiss no");
        redis.run("EXISTS no").announces("keymiss no");
        redis.run("GETDEL no").announces("keymiss no");
        redis.run("SETNX k v").announces("set k");
        redis.run("INCR no").announces("incrby no");
    }
}
