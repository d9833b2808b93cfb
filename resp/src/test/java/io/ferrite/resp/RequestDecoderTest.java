package io.ferrite.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as Redis understands them, wherever their bytes are cut. */
final class RequestDecoderTest {

    private final DecoderFixture wire = new DecoderFixture();

    @AfterEach
    void close() {
        wire.close();
    }

    static List<String> streams() {
        return RequestSamples.ALL;
    }

    @ParameterizedTest
    @MethodSource("streams")
    void requestsAreTheSame_whereverTheBytesAreCut(String stream) {
        List<String> whole = wire.decode(stream);
        assertThat(whole).noneMatch(s -> s.startsWith("-"));
        for (int cut = 0; cut <= stream.length(); cut++) {
            assertThat(wire.decode(stream.substring(0, cut), stream.substring(cut)))
                    .as("cut at %d", cut)
                    .isEqualTo(whole);
        }
        assertThat(wire.decode(stream.split(""))).as("byte by byte").isEqualTo(whole);
    }

    @Test
    void wordsOfALine_areUnquotedAsRedisDoes() {
        assertThat(wire.decode(streams().getLast()))
                .containsExactly("[SET][a b][c'd][ef][A\n\"][]", "[GET][x]");
    }

    @Test
    void everyByte_canBeAnArgument() {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 256; i++) {
            all.append((char) i);
        }
        assertThat(wire.decode("*1\r\n$256\r\n" + all + "\r\n")).containsExactly("[" + all + "]");
    }

    @Test
    void nothingToExecute_isPassedOver() {
        for (String nothing : List.of("\r\n", "\n", " \r\n", "*0\r\n", "*-1\r\n", "*-10\r\n")) {
            assertThat(wire.decode(nothing + "*1\r\n$4\r\nPING\r\n" + nothing + "PING\r\n"))
                    .containsExactly("[PING]", "[PING]");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*3000000000\r\n",
                "*2147483648\r\n",
                "*99999999999999999999\r\n",
                "*9223372036854775808\r\n",
                "*1x\r\n",
                "*\r\n",
                "*-\r\n",
                "*-0\r\n",
                "*01\r\n",
                "*+1\r\n",
                "* 1\r\n",
                "*-99999999999999999999\r\n"
            })
    void badCount_isAnInvalidMultibulkLength(String bytes) {
        assertThat(wire.decode(bytes)).containsExactly("-Protocol error: invalid multibulk length");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$2000000000",
                "$-10",
                "$-1",
                "$blabla",
                "$+3",
                "$03",
                "$4294967299",
                "$",
                "$-0",
                "$ 1"
            })
    void badLength_isAnInvalidBulkLength(String header) {
        assertThat(wire.decode("*3\r\n$3\r\nSET\r\n$1\r\nx\r\n" + header + "\r\n"))
                .containsExactly("-Protocol error: invalid bulk length");
    }

    @Test
    void somethingElseThanABulk_isNamed() {
        assertThat(wire.decode("*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n"))
                .containsExactly("-Protocol error: expected '$', got 'f'");
        assertThat(wire.decode("*1\r\n*1\r\n$4\r\nPING\r\n"))
                .containsExactly("-Protocol error: expected '$', got '*'");
    }

    @Test
    void linesWithoutEnd_areRefusedAt64K() {
        assertThat(wire.decode("*" + "1".repeat(70_000)))
                .containsExactly("-Protocol error: too big mbulk count string");
        assertThat(wire.decode("*1\r\n$" + "1".repeat(70_000)))
                .containsExactly("-Protocol error: too big bulk count string");
        assertThat(wire.decode("x".repeat(70_000)))
                .containsExactly("-Protocol error: too big inline request");
    }

    @Test
    void lineOf64K_isTaken_oneByteMoreIsNot() {
        String longest = "x".repeat(Limits.MAX_LINE_BYTES - 1);
        assertThat(wire.decode(longest + "\r\n")).containsExactly("[" + longest + "]");
        assertThat(wire.decode("xx" + longest)).hasSize(1);
        assertThat(wire.decode("xx" + longest + "\r\n"))
                .containsExactly("-Protocol error: too big inline request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "set \"\"\"test-key\"\"\" test-value\r\n",
                "get \"a\r\n",
                "get 'a\r\n",
                "get \"a\"b\r\n",
                "get 'a'b\r\n",
                "get \"a\\\r\n",
                "get a\0b\r\n"
            })
    void badQuotes_areUnbalanced(String line) {
        assertThat(wire.decode(line))
                .containsExactly("-Protocol error: unbalanced quotes in request");
    }

    @Test
    void withoutAuthentication_onlySmallRequestsAreTaken() {
        wire.authenticated(false);
        assertThat(wire.decode("*10\r\n" + "$1\r\na\r\n".repeat(10))).hasSize(1);
        assertThat(wire.decode("*11\r\n"))
                .containsExactly("-Protocol error: unauthenticated multibulk length");
        assertThat(wire.decode("*1\r\n$16384\r\n" + "x".repeat(16384) + "\r\n")).hasSize(1);
        assertThat(wire.decode("*1\r\n$16385\r\n"))
                .containsExactly("-Protocol error: unauthenticated bulk length");
        wire.authenticated(true);
    }

    @Test
    void limitOnBulks_holdsAtTheByte() {
        wire.limits().maxBulkBytes(1 << 20);
        assertThat(wire.decode("*1\r\n$1048576\r\n")).isEmpty();
        assertThat(wire.decode("*1\r\n$1048577\r\n"))
                .containsExactly("-Protocol error: invalid bulk length");
    }

    @Test
    void bytesThatWereRead_areNotReadAgain() {
        int count = 1_000_000;
        int perPiece = 9_000;
        byte[] argument = "$1\r\na\r\n".getBytes(ISO_8859_1);
        byte[] header = ("*" + count + "\r\n").getBytes(ISO_8859_1);
        int size = header.length + count * argument.length;
        long buffer = SharedSlab.take(size, MemoryTag.CLIENT);
        Memory.copyIn(header, 0, buffer, header.length);
        RequestDecoder decoder = wire.decoder();
        Request request = wire.request();
        int filled = header.length;
        assertThat(decoder.decode(buffer, 0, filled, request)).isEqualTo(RequestDecoder.INCOMPLETE);
        for (int i = 0; i < count; i++) {
            Memory.copyIn(argument, 0, buffer + filled, argument.length);
            filled += argument.length;
            if (i % perPiece == 0 && i + 1 < count) {
                assertThat(decoder.decode(buffer, 0, filled, request))
                        .isEqualTo(RequestDecoder.INCOMPLETE);
                Memory.fill(buffer, filled, (byte) '?');
            }
        }
        assertThat(decoder.decode(buffer, 0, filled, request)).isEqualTo(RequestDecoder.COMPLETE);
        assertThat(decoder.consumed()).isEqualTo(size);
        assertThat(request.count()).isEqualTo(count);
        assertThat(request.address(count - 1)).isEqualTo(buffer + size - 3);
        assertThat(request.length(count - 1)).isEqualTo(1);
        SharedSlab.give(buffer, size, MemoryTag.CLIENT);
        assertThat(wire.decode("*1\r\n$4\r\nPING\r\n")).containsExactly("[PING]");
        assertThat(request.heldBytes()).as("the large table is not kept").isLessThan(10_000);
    }

    @ParameterizedTest
    @MethodSource("streams")
    void readBuffer_isNotChanged_soThatARequestCanBeDecodedAgain(String stream) {
        byte[] bytes = stream.getBytes(ISO_8859_1);
        long buffer = SharedSlab.take(bytes.length, MemoryTag.CLIENT);
        Memory.copyIn(bytes, 0, buffer, bytes.length);
        int from = 0;
        while (from < bytes.length) {
            int first = wire.decoder().decode(buffer, from, bytes.length, wire.request());
            byte[][] arguments = arguments(wire.request());
            int end = wire.decoder().consumed();
            wire.decoder().reset();
            assertThat(wire.decoder().decode(buffer, from, bytes.length, wire.request()))
                    .isEqualTo(first);
            assertThat(arguments(wire.request())).isDeepEqualTo(arguments);
            assertThat(wire.decoder().consumed()).isEqualTo(end);
            from = end;
        }
        assertThat(Memory.toBytes(buffer, bytes.length)).isEqualTo(bytes);
        SharedSlab.give(buffer, bytes.length, MemoryTag.CLIENT);
    }

    private static byte[][] arguments(Request request) {
        byte[][] arguments = new byte[request.count()][];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = request.arg(i).toBytes();
        }
        return arguments;
    }

    @Test
    void completeRequest_needsNothing() {
        wire.decode("*2\r\n$4\r\nECHO\r\n$100\r\n", "x".repeat(100) + "\r\n");
        assertThat(wire.decoder().needed()).isZero();
    }

    @Test
    void needed_isWhatTheBulkLacks() {
        wire.decode("*2\r\n$4\r\nECHO\r\n$1000\r\nabc");
        assertThat(wire.decoder().needed()).isEqualTo(999);
        assertThat(wire.decoder().isMidway()).isTrue();
    }

    @Test
    void announcedArguments_takeNoMemoryUntilTheyCome() {
        wire.decode("*2147483647\r\n$1\r\na\r\n");
        assertThat(wire.request().heldBytes()).isLessThanOrEqualTo(256);
    }

    @Test
    void errorOfLatinBytes_keepsTheByte() {
        assertThat(wire.decode("*1\r\n\u00e9\r\n"))
                .containsExactly("-Protocol error: expected '$', got '\u00e9'");
        assertThat("\u00e9".getBytes(ISO_8859_1)).hasSize(1);
    }
}
