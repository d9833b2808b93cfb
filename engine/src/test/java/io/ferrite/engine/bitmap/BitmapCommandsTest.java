package io.ferrite.engine.bitmap;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandFixture;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BitmapCommandsTest {

    private static final String BAD_OFFSET = "ERR bit offset is not an integer or out of range";
    private static final String BAD_BIT = "ERR bit is not an integer or out of range";
    private static final String BAD_TYPE =
            "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported"
                    + " but i64 is.";

    private final CommandFixture redis = CommandFixture.create();

    @Test
    void setbit_growsTheString_andRepliesWhatWas() {
        redis.run("SETBIT k 9 1")
                .repliesInteger(0)
                .propagates("SETBIT k 9 1")
                .announces("setbit k");
        redis.run("GET k").repliesBulk("\0@");
        redis.run("SETBIT k 9 1").repliesInteger(1).hasNoEffects().notifiesNothing();
        redis.run("SETBIT k 9 0").repliesInteger(1).announces("setbit k");
        redis.run("SETBIT k 17 0").repliesInteger(0).announces("setbit k");
        redis.run("STRLEN k").repliesInteger(3);
        redis.run("OBJECT ENCODING k").repliesBulk("raw");
    }

    @Test
    void setbit_worksOnTheDigitsOfANumber() {
        redis.run("SET k 1");
        redis.run("GETBIT k 2").repliesInteger(1);
        redis.run("SETBIT k 6 1").repliesInteger(0);
        redis.run("GET k").repliesBulk("3");
    }

    @Test
    void bitOffsets_haveBounds() {
        for (String bad : new String[] {"-1", "4294967296", "9223372036854775807", "x", "#1", ""}) {
            redis.call("SETBIT", "k", bad, "1").refuses(BAD_OFFSET);
            redis.call("GETBIT", "k", bad).refuses(BAD_OFFSET);
        }
        redis.run("SETBIT k 0 2").refuses(BAD_BIT);
        redis.run("SETBIT k 0 -1").refuses(BAD_BIT);
        redis.run("SETBIT k 0 x").refuses(BAD_BIT);
        redis.run("GETBIT k 4294967295").repliesInteger(0);
        redis.run("RPUSH l a");
        redis.run("SETBIT l 0 1")
                .refuses("WRONGTYPE Operation against a key holding the wrong kind of value");
    }

    @Test
    void bitcount_takesRangesOfBytesAndBits() {
        redis.run("SET k foobar");
        redis.run("BITCOUNT k").repliesInteger(26);
        redis.run("BITCOUNT k 0 0").repliesInteger(4);
        redis.run("BITCOUNT k 1 1 BYTE").repliesInteger(6);
        redis.run("BITCOUNT k 5 30 BIT").repliesInteger(17);
        redis.run("BITCOUNT k -9223372036854775808 9223372036854775807 BIT").repliesInteger(26);
        redis.run("BITCOUNT k -1 -2").repliesInteger(0);
        redis.run("BITCOUNT no").repliesInteger(0);
        redis.run("BITCOUNT k 0").refuses("ERR syntax error");
        redis.run("BITCOUNT k 0 1 HELLO").refuses("ERR syntax error");
        redis.run("BITCOUNT k 0 1 BIT 2").refuses("ERR syntax error");
        redis.run("BITCOUNT k a b").refuses("ERR value is not an integer or out of range");
    }

    @Test
    void bitpos_findsTheFirst() {
        redis.call("SET", "k", "\u00ff\u00f0\0");
        redis.run("BITPOS k 0").repliesInteger(12);
        redis.run("BITPOS k 1 2").repliesInteger(-1);
        redis.run("BITPOS k 1 9 9 BIT").repliesInteger(9);
        redis.run("BITPOS k 0 0 0").repliesInteger(-1);
        redis.run("BITPOS k 1 9223372036854775807 -9223372036854775808 BIT").repliesInteger(-1);
        redis.call("SET", "f", "\u00ff\u00ff");
        redis.run("BITPOS f 0").repliesInteger(16);
        redis.run("BITPOS f 0 1").repliesInteger(16);
        redis.run("BITPOS f 0 0 -1").repliesInteger(-1);
        redis.run("BITPOS no 0").repliesInteger(0);
        redis.run("BITPOS no 1").repliesInteger(-1);
        redis.run("BITPOS k 2").refuses("ERR The bit argument must be 1 or 0.");
        redis.run("BITPOS k 1 0 1 HELLO").refuses("ERR syntax error");
    }

    @Test
    void bitfield_readsWritesAndCounts() {
        redis.run("BITFIELD k SET u8 0 255 GET u4 4 INCRBY u8 #1 10 GET i4 0")
                .replies("*4|:0|:15|:10|:-1|")
                .announces("setbit k");
        redis.run("BITFIELD k OVERFLOW SAT INCRBY i64 0 9223372036854775807");
        redis.run("BITFIELD k OVERFLOW SAT INCRBY i64 0 9223372036854775807")
                .replies("*1|:9223372036854775807|");
        redis.run("BITFIELD k OVERFLOW FAIL INCRBY i64 0 1").replies("*1|$-1|").hasNoEffects();
        redis.run("BITFIELD k SET u2 0 5").replies("*1|:1|");
        redis.run("BITFIELD k SET i1 0 0 SET i1 0 1 GET i1 0").replies("*3|:0|:0|:-1|");
        redis.run("BITFIELD k").replies("*0|").hasNoEffects();
        redis.run("BITFIELD_RO k GET u8 1000").replies("*1|:0|");
        redis.run("BITFIELD_RO k GET u8 0 SET u8 0 1")
                .refuses("ERR BITFIELD_RO only supports the GET subcommand");
    }

    @Test
    void bitfield_growsWithoutAWrite_andSaysSo() {
        redis.run("BITFIELD k OVERFLOW FAIL SET u8 8 256")
                .replies("*1|$-1|")
                .propagates("BITFIELD k OVERFLOW FAIL SET u8 8 256")
                .notifiesNothing();
        redis.run("STRLEN k").repliesInteger(2);
    }

    @Test
    void bitfield_refusals() {
        for (String type : new String[] {"u64", "i0", "i65", "u", "x8", "i8x", "I8", ""}) {
            redis.call("BITFIELD", "k", "GET", type, "0").refuses(BAD_TYPE);
        }
        redis.run("BITFIELD k SET i64 9223372036854775807 1").refuses(BAD_OFFSET);
        redis.run("BITFIELD k SET u63 #9223372036854775807 1").refuses(BAD_OFFSET);
        redis.run("BITFIELD k INCRBY u8 #2305843009213693952 1").refuses(BAD_OFFSET);
        redis.run("BITFIELD k INCRBY u8 #4294967296 1").refuses(BAD_OFFSET);
        redis.run("BITFIELD k GET u8").refuses("ERR syntax error");
        redis.run("BITFIELD k OVERFLOW MAYBE").refuses("ERR Invalid OVERFLOW type specified");
        redis.run("BITFIELD k SET u8 0 x").refuses("ERR value is not an integer or out of range");
    }

    @Test
    void overflow_agreesWithWideNumbers() {
        long seed = 7;
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            boolean signed = random.nextBoolean();
            int width = 1 + random.nextInt(signed ? 64 : 63);
            long raw = random.nextLong() >> random.nextInt(64);
            long base = signed ? raw << 64 - width >> 64 - width : raw << 64 - width >>> 64 - width;
            long step = random.nextLong() >> random.nextInt(64);
            BigInteger sum = BigInteger.valueOf(base).add(BigInteger.valueOf(step));
            BigInteger low = signed ? BigInteger.TWO.pow(width - 1).negate() : BigInteger.ZERO;
            BigInteger high =
                    BigInteger.TWO.pow(signed ? width - 1 : width).subtract(BigInteger.ONE);
            boolean fits = sum.compareTo(low) >= 0 && sum.compareTo(high) <= 0;
            assertThat(Overflow.fits(base, step, width, signed)).as("seed " + seed).isEqualTo(fits);
            if (!fits) {
                BigInteger wrapped = sum.subtract(low).mod(BigInteger.TWO.pow(width)).add(low);
                assertThat(Overflow.WRAP.limit(base, step, width, signed))
                        .isEqualTo(wrapped.longValueExact());
                assertThat(Overflow.SAT.limit(base, step, width, signed))
                        .isEqualTo((sum.signum() > 0 ? high : low).longValueExact());
            }
        }
    }

    @Test
    void bitop_combines_andReplaces() {
        redis.call("SET", "a", "\u000f\u00ff");
        redis.call("SET", "b", "\u0033");
        redis.call("SET", "c", "\u0055\u0001");
        redis.run("SET d x EX 100");
        redis.run("BITOP AND d a b c")
                .repliesInteger(2)
                .propagates("BITOP AND d a b c")
                .announces("set d");
        redis.run("GET d").repliesBulk("\u0001\0");
        redis.run("TTL d").repliesInteger(-1);
        redis.run("OBJECT ENCODING d").repliesBulk("raw");
        redis.run("BITOP ONE d a b c").propagates("SET d \u0068\u00fe");
        redis.run("BITOP DIFF d none a").repliesInteger(2);
        redis.run("BITOP DIFF d none gone").repliesInteger(0).propagates("DEL d");
        redis.run("BITOP DIFF d none gone").hasNoEffects();
        assertThat(bitop("OR")).isEqualTo("\u007f\u00ff");
        assertThat(bitop("XOR")).isEqualTo("\u0069\u00fe");
        assertThat(bitop("DIFF")).isEqualTo("\u0008\u00fe");
        assertThat(bitop("DIFF1")).isEqualTo("\u0070\0");
        assertThat(bitop("ANDOR")).isEqualTo("\u0007\u0001");
        assertThat(bitop("ONE")).isEqualTo("\u0068\u00fe");
        redis.run("BITOP NOT a a").repliesInteger(2);
        redis.run("GET a").repliesBulk("\u00f0\0");
    }

    private String bitop(String operation) {
        redis.run("BITOP " + operation + " d a b c").repliesInteger(2);
        return redis.run("GET d").reply().substring(3, 5);
    }

    @Test
    void bitop_ofNothing_removesTheTarget() {
        redis.run("SET d x");
        redis.run("BITOP OR d no none").repliesInteger(0).notifies("del", "d");
        redis.run("EXISTS d").repliesInteger(0);
        redis.run("BITOP OR d no").repliesInteger(0).hasNoEffects();
        redis.run("BITOP NOT d a b")
                .refuses("ERR BITOP NOT must be called with a single source key.");
        redis.run("BITOP DIFF d a")
                .refuses("ERR BITOP DIFF must be called with at least two source keys.");
        redis.run("BITOP NAND d a b").refuses("ERR syntax error");
        redis.run("SET n 12");
        redis.run("BITOP OR d n").repliesInteger(2);
        redis.run("GET d").repliesBulk("12");
    }

    @Test
    void ranges_agreeWithBitByBit() {
        long seed = 11;
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            byte[] value = new byte[1 + random.nextInt(60)];
            if (random.nextInt(3) > 0) {
                random.nextBytes(value);
            } else if (random.nextBoolean()) {
                java.util.Arrays.fill(value, (byte) -1);
            }
            redis.call("SET".getBytes(US_ASCII), "k".getBytes(US_ASCII), value);
            int start = random.nextInt(value.length * 8);
            int end = start + random.nextInt(value.length * 8 - start);
            int bit = random.nextInt(2);
            long count = 0;
            long position = -1;
            for (int i = end; i >= start; i--) {
                int at = value[i >> 3] >> (7 - (i & 7)) & 1;
                count += at;
                position = at == bit ? i : position;
            }
            String range = start + " " + end + " BIT";
            redis.run("BITCOUNT k " + range).repliesInteger(count);
            redis.run("BITPOS k " + bit + " " + range).repliesInteger(position);
        }
    }
}
