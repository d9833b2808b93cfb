package io.ferrite.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The decoder and a redis-server read the same bytes: what the server answers must be what follows
 * from the requests that the decoder found. Not compared: a NUL inside a line, for whose end Redis
 * waits and this decoder does not.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RequestDecoderAgainstRedisTest {

    private RealRedis redis;
    private RealRedis locked;

    @BeforeAll
    void start(@TempDir Path first, @TempDir Path second) throws IOException {
        assumeTrue(RealRedis.isInstalled(), "needs redis-server");
        redis = RealRedis.start(first);
        locked = RealRedis.start(second);
        locked.call("CONFIG", "SET", "requirepass", "secret");
    }

    @AfterAll
    void stop() throws IOException {
        if (redis != null) {
            redis.close();
        }
        if (locked != null) {
            locked.close();
        }
    }

    static List<String> streams() {
        return List.of(
                "*3000000000\r\n",
                "*2147483648\r\n",
                "*99999999999999999999\r\n",
                "*1x\r\n",
                "*\r\n",
                "*-\r\n",
                "*-0\r\n",
                "*01\r\n",
                "*+1\r\n",
                "* 1\r\n",
                "*-1x\r\n",
                "*-99999999999999999999\r\n",
                "*-9223372036854775808\r\n",
                "*-1\r\n",
                "*0\r\n",
                "*-10\r\n*1\r\n$4\r\nPING\r\n",
                "\r\nPING\r\n",
                "\n\nPING\n",
                "   \r\nPING\r\n",
                "*2\r\n$4\r\nECHO\r\n$2000000000\r\n",
                "*1\r\n$-10\r\n",
                "*1\r\n$-1\r\n",
                "*1\r\n$blabla\r\n",
                "*1\r\n$+3\r\n",
                "*1\r\n$03\r\n",
                "*1\r\n$4294967299\r\n",
                "*1\r\n$\r\n",
                "*1\r\n$536870913\r\n",
                "*1\r\nfooz\r\n",
                "*1\r\n\r\n",
                "*1\r\n\n4\r\n",
                "*1\r\n\u00e9\r\n",
                "*1\r\n*1\r\n",
                "*1\r\n$4\rXPINGXX*1\r\n$4\r\nPING\r\n",
                "*1\r\n$4\r\nPINGxxPING\r\n",
                "*" + "1".repeat(70_000),
                "*1\r\n$" + "1".repeat(70_000),
                "x".repeat(70_000),
                "ECHO " + "x".repeat(60_000) + "\r\n",
                "PING\r\r\n",
                "PING\rx\r\n",
                "\rPING\r\n",
                "ECHO a\u000bb\r\n",
                "ECHO \"a\"\f\r\n",
                "set \"\"\"test-key\"\"\" test-value\r\n",
                "ECHO 'a\\'b' \r\n",
                "ECHO 'a\\b'\r\n",
                "ECHO \"\\xZZ\\q\\\\\"\r\n",
                "ECHO \"\\x4\"\r\n",
                "ECHO \"\\x4g\"\r\n",
                "ECHO \"\\xfF\\x00\"\r\n",
                "ECHO \\x41\r\n",
                "ECHO \"\"\r\n",
                "ECHO ''\r\n",
                "ECHO \"\\\r\n",
                "ECHO a\"b c\"\r\n",
                "%1\r\n",
                ",nan\r\n",
                "(999\r\n",
                "~1\r\n");
    }

    @ParameterizedTest
    @MethodSource("streams")
    void hostileBytes_areAnsweredAsRedisDoes(String stream) throws IOException {
        byte[] bytes = stream.getBytes(ISO_8859_1);
        assertThat(expected(bytes, true)).isEqualTo(RawExchange.answer(redis, bytes));
    }

    static List<String> unauthenticatedStreams() {
        return List.of(
                "*100\r\n",
                "*11\r\n",
                "*1\r\n$100000000\r\n",
                "*1\r\n$16385\r\n",
                "*2147483648\r\n",
                "*10\r\n" + "$1\r\na\r\n".repeat(10),
                "*1\r\n$16384\r\n" + "x".repeat(16384) + "\r\n",
                "*1\r\n$2000000000\r\n");
    }

    @ParameterizedTest
    @MethodSource("unauthenticatedStreams")
    void largeRequests_areRefusedBeforeAuthentication(String stream) throws IOException {
        byte[] bytes = stream.getBytes(ISO_8859_1);
        String expected = expected(bytes, false);
        String answer =
                RawExchange.answer(locked, (stream + "AUTH secret\r\n").getBytes(ISO_8859_1));
        if (expected.contains("Protocol error")) {
            assertThat(answer).isEqualTo(expected);
        } else {
            assertThat(answer).doesNotContain("Protocol error").endsWith("\r\n+OK\r\n");
        }
    }

    @Test
    void linesAtRandom_areSplitAsRedisDoes() throws IOException {
        long seed = Long.getLong("ferrite.fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        String alphabet = "\"\"''\\\\ \t\u000b\rxnbrta4fF0g\u00e9";
        for (int i = 0; i < 1_000; i++) {
            StringBuilder line = new StringBuilder("ECHO ");
            for (int j = random.nextInt(14); j > 0; j--) {
                line.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            byte[] bytes = line.append("\r\n").toString().getBytes(ISO_8859_1);
            assertThat(expected(bytes, true))
                    .as("seed %d, line <%s>", seed, line)
                    .isEqualTo(RawExchange.answer(redis, bytes));
        }
    }

    /** The answers that follow from what the decoder makes of these bytes. */
    private static String expected(byte[] bytes, boolean authenticated) {
        try (DecoderFixture wire = new DecoderFixture();
                NativeReplyWriter reply = new NativeReplyWriter()) {
            wire.authenticated(authenticated);
            wire.onRequest(request -> answer(request, reply));
            for (String seen : wire.decode(new byte[][] {bytes})) {
                if (seen.startsWith("-")) {
                    reply.error("ERR " + seen.substring(1));
                }
            }
            return new String(reply.toBytes(), ISO_8859_1);
        }
    }

    private static void answer(Request request, ReplyWriter reply) {
        String name = request.arg(0).toString();
        switch (name.toUpperCase(Locale.ROOT)) {
            case "PING" -> {
                if (request.count() == 1) {
                    reply.pong();
                } else {
                    reply.bulk(request.arg(1));
                }
            }
            case "ECHO" -> {
                if (request.count() == 2) {
                    reply.bulk(request.arg(1));
                } else {
                    reply.error("ERR wrong number of arguments for 'echo' command");
                }
            }
            default -> {
                StringBuilder arguments = new StringBuilder();
                for (int i = 1; i < request.count(); i++) {
                    arguments.append('\'').append(request.arg(i)).append("' ");
                }
                reply.error(
                        "ERR unknown command '"
                                + name
                                + "', with args beginning with: "
                                + arguments);
            }
        }
    }
}
