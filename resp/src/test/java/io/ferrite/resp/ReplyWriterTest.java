package io.ferrite.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.memory.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every reply, byte for byte, in both protocols, with every amount of room that is too little. */
final class ReplyWriterTest {

    /** What a method writes in each protocol. */
    record Case(String name, Consumer<ReplyWriter> call, String resp2, String resp3) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case same(String name, Consumer<ReplyWriter> call, String bytes) {
        return new Case(name, call, bytes, bytes);
    }

    private static void withMemory(String text, Consumer<Slice> use) {
        long room = SharedSlab.take(Math.max(1, text.length()), MemoryTag.OTHER);
        Memory.copyIn(text.getBytes(ISO_8859_1), 0, room, text.length());
        use.accept(new Slice(room, text.length()));
        SharedSlab.give(room, Math.max(1, text.length()), MemoryTag.OTHER);
    }

    static List<Case> cases() {
        List<Case> all = new ArrayList<>();
        addConstants(all);
        addHeaders(all);
        addStrings(all);
        addNumbers(all);
        return all;
    }

    private static void addConstants(List<Case> all) {
        all.add(same("ok", ReplyWriter::ok, "+OK\r\n"));
        all.add(same("pong", ReplyWriter::pong, "+PONG\r\n"));
        all.add(same("queued", ReplyWriter::queued, "+QUEUED\r\n"));
        all.add(same("status", w -> w.status("hello"), "+hello\r\n"));
        all.add(same("status with lines", w -> w.status("a\r\nb"), "+a  b\r\n"));
        all.add(same("status bytes", w -> w.status(bytes("a\nb\n")), "+a b\r\n"));
        all.add(same("error", w -> w.error("ERR no \u00e9"), "-ERR no \u00e9\r\n"));
        all.add(same("error with lines", w -> w.error("ERR a\r\n+OK\r\n"), "-ERR a  +OK\r\n"));
        all.add(same("error bytes", w -> w.error(bytes("ERR a\rb")), "-ERR a b\r\n"));
        all.add(new Case("true", w -> w.bool(true), ":1\r\n", "#t\r\n"));
        all.add(new Case("false", w -> w.bool(false), ":0\r\n", "#f\r\n"));
        all.add(new Case("nil", ReplyWriter::nil, "$-1\r\n", "_\r\n"));
        all.add(new Case("nilArray", ReplyWriter::nilArray, "*-1\r\n", "_\r\n"));
        all.add(same("emptyBulk", ReplyWriter::emptyBulk, "$0\r\n\r\n"));
        all.add(same("emptyArray", ReplyWriter::emptyArray, "*0\r\n"));
    }

    private static void addHeaders(List<Case> all) {
        all.add(new Case("map", w -> w.map(700), "*1400\r\n", "%700\r\n"));
        all.add(new Case("set", w -> w.set(7), "*7\r\n", "~7\r\n"));
        all.add(new Case("push", w -> w.push(3), "*3\r\n", ">3\r\n"));
        all.add(same("raw", w -> w.raw(bytes("+raw\r\n")), "+raw\r\n"));
        all.add(
                same(
                        "raw native",
                        w -> withMemory(":5\r\n", s -> w.raw(s.address(), 4)),
                        ":5\r\n"));
        all.add(
                new Case(
                        "bigNumber",
                        w -> w.bigNumber("-12345678901234567890123"),
                        "$24\r\n-12345678901234567890123\r\n",
                        "(-12345678901234567890123\r\n"));
    }

    private static void addStrings(List<Case> all) {
        for (int length : new int[] {0, 1, 9, 10, 99, 100, 1023, 1024, 70_000}) {
            String text = "x".repeat(length);
            String bulk = "$" + length + "\r\n" + text + "\r\n";
            String verbatim = "=" + (length + 4) + "\r\ntxt:" + text + "\r\n";
            all.add(same("bulk bytes " + length, w -> w.bulk(bytes(text)), bulk));
            all.add(same("bulk text " + length, w -> w.bulk(text), bulk));
            all.add(same("bulk slice " + length, w -> withMemory(text, w::bulk), bulk));
            all.add(
                    same(
                            "bulk in parts " + length,
                            w -> {
                                w.beginBulk(length);
                                w.raw(bytes(text));
                                w.endBulk();
                            },
                            bulk));
            all.add(
                    new Case(
                            "verbatim bytes " + length,
                            w -> w.verbatim("txt", bytes(text)),
                            bulk,
                            verbatim));
            all.add(
                    new Case(
                            "verbatim text " + length,
                            w -> w.verbatim("txt", text),
                            bulk,
                            verbatim));
            all.add(
                    new Case(
                            "verbatim native " + length,
                            w -> withMemory(text, s -> w.verbatim("txt", s.address(), s.length())),
                            bulk,
                            verbatim));
        }
    }

    private static void addNumbers(List<Case> all) {
        for (long n :
                new long[] {
                    0,
                    1,
                    -1,
                    9,
                    10,
                    99,
                    100,
                    999,
                    1023,
                    1024,
                    9999,
                    10_000,
                    Integer.MAX_VALUE,
                    -100,
                    999_999_999_999_999_999L,
                    1_000_000_000_000_000_000L,
                    Long.MAX_VALUE,
                    Long.MIN_VALUE,
                    Long.MIN_VALUE + 1
                }) {
            String digits = Long.toString(n);
            all.add(same("integer " + n, w -> w.integer(n), ":" + digits + "\r\n"));
            all.add(
                    same(
                            "bulkNumber " + n,
                            w -> w.bulkNumber(n),
                            "$" + digits.length() + "\r\n" + digits + "\r\n"));
            if (n >= 0) {
                all.add(same("array " + n, w -> w.array(n), "*" + digits + "\r\n"));
            }
        }
        for (double d :
                new double[] {
                    0,
                    -0.0,
                    3,
                    3.5,
                    -1e-9,
                    1e300,
                    Double.NaN,
                    Double.NEGATIVE_INFINITY,
                    -2.2250738585072014e-308
                }) {
            String text = io.ferrite.memory.codec.Real.toString(d);
            all.add(
                    new Case(
                            "real " + d,
                            w -> w.real(d),
                            "$" + text.length() + "\r\n" + text + "\r\n",
                            "," + text + "\r\n"));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void reply_isTheSameBytes_howeverLittleRoomThereIs(Case c) {
        for (int protocol = 2; protocol <= 3; protocol++) {
            String expected = protocol == 2 ? c.resp2 : c.resp3;
            for (int room = 1; room <= 80; room++) {
                try (TightReplyWriter writer = new TightReplyWriter(protocol, room)) {
                    c.call.accept(writer);
                    c.call.accept(writer);
                    assertThat(writer.text()).as("room %d", room).isEqualTo(expected + expected);
                }
            }
        }
    }

    @Test
    void enoughRoom_isNotAskedForAgain() {
        try (TightReplyWriter writer = new TightReplyWriter(2, 1 << 12)) {
            for (Case c : cases()) {
                long mark = writer.mark();
                if (c.resp2.length() < 1500) {
                    c.call.accept(writer);
                }
                writer.rewind(mark);
            }
            assertThat(writer.moves).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 10, 11, 99, 100, 999, 1000, 12_345})
    void headerWrittenAfterwards_fits(int count) {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < count; i++) {
            body.append(':').append(i).append("\r\n");
        }
        for (int protocol = 2; protocol <= 3; protocol++) {
            try (TightReplyWriter writer = new TightReplyWriter(protocol, 1)) {
                writer.ok();
                long token = writer.deferredArray();
                for (int i = 0; i < count; i++) {
                    writer.integer(i);
                }
                writer.finishArray(token, count);
                writer.ok();
                assertThat(writer.text()).isEqualTo("+OK\r\n*" + count + "\r\n" + body + "+OK\r\n");
            }
        }
    }

    @Test
    void headersWrittenAfterwards_nest() {
        try (TightReplyWriter writer = new TightReplyWriter(3, 1)) {
            long outer = writer.deferred();
            for (int i = 0; i < 11; i++) {
                long inner = writer.deferred();
                for (int j = 0; j < i * 10; j++) {
                    writer.nil();
                }
                writer.finishSet(inner, i * 10);
                writer.ok();
            }
            writer.finishMap(outer, 11);
            StringBuilder expected = new StringBuilder("%11\r\n");
            for (int i = 0; i < 11; i++) {
                expected.append('~').append(i * 10).append("\r\n");
                expected.append("_\r\n".repeat(i * 10)).append("+OK\r\n");
            }
            assertThat(writer.text()).isEqualTo(expected.toString());
        }
    }

    @Test
    void rewinding_undoesWhatWasWritten_evenAfterAMove() {
        try (TightReplyWriter writer = new TightReplyWriter(2, 5)) {
            writer.ok();
            long mark = writer.mark();
            assertThat(writer.wroteSince(mark)).isFalse();
            writer.array(3);
            writer.bulk("x".repeat(5000));
            assertThat(writer.wroteSince(mark)).isTrue();
            writer.rewind(mark);
            writer.error("ERR no");
            assertThat(writer.text()).isEqualTo("+OK\r\n-ERR no\r\n");
        }
    }

    @Test
    void ownMemory_growsAndIsGivenBack() {
        long before = SharedSlab.usedBytes();
        try (NativeReplyWriter writer = new NativeReplyWriter()) {
            assertThat(writer.heldBytes()).isZero();
            for (int i = 0; i < 10_000; i++) {
                writer.bulk("0123456789");
            }
            assertThat(new String(writer.toBytes(), ISO_8859_1))
                    .isEqualTo("$10\r\n0123456789\r\n".repeat(10_000));
            writer.reset();
            writer.ok();
            assertThat(writer.length()).isEqualTo(5);
        }
        assertThat(SharedSlab.usedBytes()).isEqualTo(before);
    }
}
