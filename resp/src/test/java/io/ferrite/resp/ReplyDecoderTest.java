package io.ferrite.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.resp.RespValue.ArrayOf;
import io.ferrite.resp.RespValue.Attributed;
import io.ferrite.resp.RespValue.BigNumber;
import io.ferrite.resp.RespValue.Bool;
import io.ferrite.resp.RespValue.Bulk;
import io.ferrite.resp.RespValue.Failure;
import io.ferrite.resp.RespValue.Int;
import io.ferrite.resp.RespValue.MapOf;
import io.ferrite.resp.RespValue.Nil;
import io.ferrite.resp.RespValue.PushOf;
import io.ferrite.resp.RespValue.Real;
import io.ferrite.resp.RespValue.SetOf;
import io.ferrite.resp.RespValue.Status;
import io.ferrite.resp.RespValue.Verbatim;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplyDecoderTest {

    /** Everything a server says, one of each, some within others. */
    private static final String STREAM =
            "+OK\r\n"
                    + "-ERR no\r\n"
                    + ":-5\r\n"
                    + "$3\r\n"
                    + "a\r\n\r\n"
                    + "$0\r\n\r\n"
                    + "$-1\r\n"
                    + "*-1\r\n"
                    + "*0\r\n"
                    + "_\r\n"
                    + "#t\r\n"
                    + ",1.5\r\n"
                    + ",inf\r\n"
                    + "(123456789012345678901234567890\r\n"
                    + "=7\r\n"
                    + "txt:abc\r\n"
                    + "!5\r\n"
                    + "ERR x\r\n"
                    + "%2\r\n"
                    + "+a\r\n"
                    + ":1\r\n"
                    + "$1\r\n"
                    + "b\r\n"
                    + "*2\r\n"
                    + ":1\r\n"
                    + "%0\r\n"
                    + "~1\r\n"
                    + "#f\r\n"
                    + ">2\r\n"
                    + "+message\r\n"
                    + "*1\r\n"
                    + "*1\r\n"
                    + ":9\r\n"
                    + "|1\r\n"
                    + "+ttl\r\n"
                    + ":3\r\n"
                    + "*2\r\n"
                    + ":1\r\n"
                    + "|1\r\n"
                    + "+x\r\n"
                    + "+y\r\n"
                    + ":2\r\n";

    private static final List<RespValue> VALUES =
            List.of(
                    new Status("OK"),
                    new Failure("ERR no"),
                    new Int(-5),
                    Bulk.of("a\r\n"),
                    Bulk.of(""),
                    Nil.BULK,
                    Nil.ARRAY,
                    new ArrayOf(List.of()),
                    Nil.NULL,
                    new Bool(true),
                    new Real(1.5, "1.5"),
                    new Real(Double.POSITIVE_INFINITY, "inf"),
                    new BigNumber("123456789012345678901234567890"),
                    new Verbatim("txt", "abc".getBytes(ISO_8859_1)),
                    new Failure("ERR x"),
                    new MapOf(
                            List.of(
                                    new Status("a"),
                                    new Int(1),
                                    Bulk.of("b"),
                                    new ArrayOf(List.of(new Int(1), new MapOf(List.of()))))),
                    new SetOf(List.of(new Bool(false))),
                    new PushOf(
                            List.of(
                                    new Status("message"),
                                    new ArrayOf(List.of(new ArrayOf(List.of(new Int(9))))))),
                    new Attributed(
                            List.of(new Status("ttl"), new Int(3)),
                            new ArrayOf(
                                    List.of(
                                            new Int(1),
                                            new Attributed(
                                                    List.of(new Status("x"), new Status("y")),
                                                    new Int(2))))));

    /**
     * Feeds the pieces one after the other, dropping what is consumed; the last item may be an
     * error.
     */
    static List<Object> decode(ReplyDecoder decoder, byte[]... pieces) {
        List<Object> seen = new ArrayList<>();
        byte[] left = {};
        for (byte[] piece : pieces) {
            byte[] bytes = new byte[left.length + piece.length];
            System.arraycopy(left, 0, bytes, 0, left.length);
            System.arraycopy(piece, 0, bytes, left.length, piece.length);
            long block = SharedSlab.take(Math.max(1, bytes.length), MemoryTag.CLIENT);
            Memory.copyIn(bytes, 0, block, bytes.length);
            int from = 0;
            int result;
            do {
                result = decoder.decode(block, from, bytes.length);
                from = decoder.consumed();
                if (result == ReplyDecoder.COMPLETE) {
                    seen.add(decoder.value());
                }
            } while (result == ReplyDecoder.COMPLETE);
            SharedSlab.give(block, Math.max(1, bytes.length), MemoryTag.CLIENT);
            if (result == ReplyDecoder.ERROR) {
                seen.add(decoder.error());
                return seen;
            }
            left = java.util.Arrays.copyOfRange(bytes, from, bytes.length);
        }
        return seen;
    }

    private static List<Object> decode(String... pieces) {
        byte[][] bytes = new byte[pieces.length][];
        for (int i = 0; i < pieces.length; i++) {
            bytes[i] = pieces[i].getBytes(ISO_8859_1);
        }
        return decode(new ReplyDecoder(), bytes);
    }

    @Test
    void replies_areTheSame_whereverTheBytesAreCut() {
        for (int cut = 0; cut <= STREAM.length(); cut++) {
            assertThat(decode(STREAM.substring(0, cut), STREAM.substring(cut)))
                    .as("cut at %d", cut)
                    .isEqualTo(VALUES);
        }
        String[] single = new String[STREAM.length()];
        for (int i = 0; i < single.length; i++) {
            single[i] = STREAM.substring(i, i + 1);
        }
        assertThat(decode(single)).isEqualTo(VALUES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\r\n",
                "\r\n",
                "+OK\n",
                ":\r\n",
                ":1x\r\n",
                ":99999999999999999999\r\n",
                "$-2\r\n",
                "$x\r\n",
                "$1073741824\r\n",
                "$1\r\nabc",
                "*-2\r\n",
                "*2147483647\r\n",
                "%-1\r\n",
                "_x\r\n",
                "#x\r\n",
                "#\r\n",
                ",\r\n",
                ",1.2.3\r\n",
                ",0x1p3\r\n",
                ",1e\r\n",
                ",.\r\n",
                ",1d\r\n",
                "(\r\n",
                "(1x\r\n",
                "=3\r\nabc\r\n",
                "=5\r\nabcde\r\n",
                "$?\r\n",
                "*?\r\n",
                "!-1\r\n",
                ",Infinity\r\n",
                "*1\r\n*1\r\nq\r\n"
            })
    void nonsense_isAnError(String bytes) {
        ReplyDecoder decoder = new ReplyDecoder();
        List<Object> seen = decode(decoder, bytes.getBytes(ISO_8859_1));
        assertThat(seen).hasSize(1).first().isInstanceOf(String.class);
        assertThat(decoder.decode(0, 0, 0)).as("and stays one").isEqualTo(ReplyDecoder.ERROR);
        decoder.reset();
        assertThat(decode(decoder, "+OK\r\n".getBytes(ISO_8859_1)))
                .containsExactly(new Status("OK"));
    }

    @Test
    void nesting_isBounded() {
        ReplyDecoder.Bounds bounds = new ReplyDecoder.Bounds(4, 100, 100, 100);
        assertThat(
                        decode(
                                new ReplyDecoder(bounds),
                                ("*1\r\n".repeat(4) + ":1\r\n").getBytes(ISO_8859_1)))
                .hasSize(1)
                .first()
                .isInstanceOf(ArrayOf.class);
        assertThat(decode(new ReplyDecoder(bounds), "*1\r\n".repeat(5).getBytes(ISO_8859_1)))
                .containsExactly("aggregates nested deeper than 4");
        assertThat(decode("*1\r\n".repeat(1_000_000)))
                .hasSize(1)
                .first()
                .isInstanceOf(String.class);
    }

    @Test
    void sizes_areBounded() {
        ReplyDecoder.Bounds bounds = new ReplyDecoder.Bounds(4, 10, 12, 3);
        assertThat(decode(new ReplyDecoder(bounds), bytes("$10\r\n0123456789\r\n"))).hasSize(1);
        assertThat(decode(new ReplyDecoder(bounds), bytes("$11\r\n")))
                .first()
                .isInstanceOf(String.class);
        assertThat(decode(new ReplyDecoder(bounds), bytes("*2\r\n*1\r\n:1\r\n:1\r\n"))).hasSize(1);
        assertThat(decode(new ReplyDecoder(bounds), bytes("*2\r\n*2\r\n")))
                .first()
                .isInstanceOf(String.class);
        assertThat(decode(new ReplyDecoder(bounds), bytes("+0123456789012345")))
                .first()
                .isInstanceOf(String.class);
    }

    @Test
    void whatAWriterWrites_isReadAsItWas() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            RespValue value = value(random, 4);
            try (NativeReplyWriter writer = new NativeReplyWriter()) {
                writer.setProtocol(3);
                value.writeTo(writer);
                assertThat(decode(new ReplyDecoder(), writer.toBytes()))
                        .as("seed %d", seed)
                        .containsExactly(value);
                writer.reset();
                writer.setProtocol(2);
                value.writeTo(writer);
                List<Object> seen = decode(new ReplyDecoder(), writer.toBytes());
                assertThat(seen).as("seed %d, in RESP2", seed).containsExactly(inResp2(value));
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    private static RespValue value(Random random, int depth) {
        int kind = random.nextInt(depth == 0 ? 9 : 14);
        return switch (kind) {
            case 0 -> new Status("status " + random.nextInt(100));
            case 1 -> new Failure("ERR " + random.nextInt(100));
            case 2 -> new Int(random.nextLong() >> random.nextInt(64));
            case 3 -> new Bulk(bytes(random, 2000));
            case 4 -> Nil.NULL;
            case 5 -> new Bool(random.nextBoolean());
            case 6 -> {
                double d = Double.longBitsToDouble(random.nextLong());
                d = Double.isNaN(d) ? 0.5 : d;
                yield new Real(d, io.ferrite.memory.codec.Real.toString(d));
            }
            case 7 -> new BigNumber(new java.math.BigInteger(200, random).toString());
            case 8 -> new Verbatim("txt", bytes(random, 50));
            case 9 -> new ArrayOf(values(random, depth, random.nextInt(5)));
            case 10 -> new SetOf(values(random, depth, random.nextInt(5)));
            case 11 -> new MapOf(values(random, depth, 2 * random.nextInt(3)));
            case 12 -> new PushOf(values(random, depth, 1 + random.nextInt(4)));
            default ->
                    new Attributed(
                            values(random, depth, 2 * random.nextInt(3)), value(random, depth - 1));
        };
    }

    private static byte[] bytes(Random random, int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static List<RespValue> values(Random random, int depth, int count) {
        List<RespValue> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(value(random, depth - 1));
        }
        return values;
    }

    /** What is left of a value for a client of the older protocol. */
    private static RespValue inResp2(RespValue value) {
        return switch (value) {
            case Status _, Failure _, Int _, Bulk _ -> value;
            case Bool bool -> new Int(bool.value() ? 1 : 0);
            case Real real -> Bulk.of(real.text());
            case BigNumber number -> Bulk.of(number.digits());
            case Verbatim text -> new Bulk(text.bytes());
            case Nil nil -> nil == Nil.ARRAY ? nil : Nil.BULK;
            case Attributed attributed -> inResp2(attributed.value());
            case ArrayOf _, SetOf _, MapOf _, PushOf _ ->
                    new ArrayOf(value.items().stream().map(ReplyDecoderTest::inResp2).toList());
        };
    }
}
