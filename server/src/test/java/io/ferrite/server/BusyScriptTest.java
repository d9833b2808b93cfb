package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A script that takes too long: what others are told meanwhile, and how it ends. With one event
 * loop the script itself has to let it look after the others; with two they may be on either.
 */
final class BusyScriptTest {

    private static final String BUSY =
            "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN"
                    + " NOSAVE.";

    private static LiveServer server(String loops, String transport) throws IOException {
        return new LiveServer(
                "--io-threads", loops, "--io-transport", transport, "--busy-reply-threshold", "1");
    }

    private static void eval(TestClient client, String code) {
        client.raw("*3\r\n$4\r\nEVAL\r\n$" + code.length() + "\r\n" + code + "\r\n$1\r\n0\r\n");
    }

    private static void awaitBusy(TestClient client) {
        String answer;
        do {
            answer = client.text("PING");
        } while (answer.equals("PONG"));
        assertThat(answer).isEqualTo(BUSY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 epoll", "2 epoll", "1 nio"})
    void endlessScript_isKilled_byAnyClient(String how) throws IOException {
        String[] words = how.split(" ");
        try (LiveServer server = server(words[0], words[1]);
                TestClient runner = new TestClient(server.port());
                TestClient other = new TestClient(server.port())) {
            assertThat(other.text("SCRIPT KILL"))
                    .isEqualTo("-NOTBUSY No scripts in execution right now.");
            eval(runner, "while true do end");
            awaitBusy(other);
            assertThat(other.text("GET k")).isEqualTo(BUSY);
            assertThat(other.text("FUNCTION STATS")).isEqualTo(BUSY);
            assertThat(other.text("FUNCTION KILL")).isEqualTo(BUSY);
            assertThat(other.text("SHUTDOWN")).isEqualTo(BUSY);
            try (TestClient late = new TestClient(server.port())) {
                assertThat(late.text("PING")).isEqualTo(BUSY);
                assertThat(late.text("SCRIPT KILL")).isEqualTo("OK");
            }
            assertThat((String) runner.read())
                    .startsWith("-ERR Script killed by user with SCRIPT KILL. script: ");
            assertThat(runner.text("SET k v")).isEqualTo("OK");
            assertThat(other.text("GET k")).isEqualTo("v");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while true do pcall(function() while true do end end) end",
                "local f f = function() while true do pcall(f) end end f()",
                "while true do coroutine.wrap(function() while true do pcall(error) end end)() end",
                "while true do xpcall(function() while true do end end, function() while true do"
                        + " end end) end",
                "return ('a'):rep(1000000):gsub('(.-)(.-)(.-)b', '')",
                "return ('a'):rep(50000):find(('a*'):rep(50) .. 'b')"
            })
    void scriptThatWouldNotEnd_isKilled(String code) throws IOException {
        try (LiveServer server = server("1", "epoll");
                TestClient runner = new TestClient(server.port());
                TestClient other = new TestClient(server.port())) {
            eval(runner, code);
            awaitBusy(other);
            assertThat(other.text("SCRIPT KILL")).isEqualTo("OK");
            assertThat((String) runner.read()).contains("Script killed by user");
            assertThat(other.text("PING")).isEqualTo("PONG");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2"})
    void transactionBegunMeanwhile_isRefused_andTheScriptThatHasWrittenStays(String loops)
            throws IOException {
        try (LiveServer server = server(loops, "epoll");
                TestClient runner = new TestClient(server.port());
                TestClient other = new TestClient(server.port())) {
            // Ends by itself: nobody can end it.
            eval(
                    runner,
                    "redis.call('SET', 'k', 1) local n = 0 for i = 1, 1e8 do n = n + 1 end return"
                            + " n");
            awaitBusy(other);
            assertThat(other.text("SCRIPT KILL")).startsWith("-UNKILLABLE Sorry the script");
            assertThat(other.text("MULTI")).isEqualTo("OK");
            assertThat(other.text("GET k")).isEqualTo(BUSY);
            assertThat(runner.read()).isEqualTo(100_000_000L);
            assertThat(other.text("EXEC")).startsWith("-EXECABORT");
            assertThat(other.text("GET k")).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2"})
    void clientThatLeavesMeanwhile_isForgotten(String loops) throws IOException {
        try (LiveServer server = server(loops, "epoll");
                TestClient runner = new TestClient(server.port());
                TestClient other = new TestClient(server.port())) {
            try (TestClient watcher = new TestClient(server.port())) {
                watcher.run("WATCH a b c");
                eval(runner, "while true do end");
                awaitBusy(other);
            }
            awaitBusy(other);
            assertThat(other.text("SCRIPT KILL")).isEqualTo("OK");
            runner.read();
            assertThat(other.text("SET a 1")).isEqualTo("OK");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2"})
    void userDeletedWhileHisScriptRuns_isGoneWhenItEnds(String loops) throws IOException {
        try (LiveServer server = server(loops, "epoll");
                TestClient runner = new TestClient(server.port());
                TestClient other = new TestClient(server.port())) {
            other.run("ACL SETUSER bob on nopass +@all ~*");
            other.run("SET k 0");
            assertThat(runner.text("AUTH bob x")).isEqualTo("OK");
            eval(runner, "while true do redis.pcall('GET', 'k') end");
            awaitBusy(other);
            String answer = other.text("ACL DELUSER bob");
            assertThat(other.text("SCRIPT KILL")).isEqualTo("OK");
            if (answer.equals(BUSY)) {
                assertThat((String) runner.read()).contains("Script killed by user");
                assertThat(other.text("ACL DELUSER bob")).isEqualTo("1");
            } else {
                assertThat(answer).isEqualTo("1");
            }
            assertThatThrownBy(
                            () -> {
                                runner.read(); // what was on its way when he was deleted
                                runner.run("SET k 1");
                            })
                    .isInstanceOfAny(AssertionError.class, UncheckedIOException.class);
            assertThat(other.text("GET k")).isEqualTo("0");
            assertThat(other.text("CLIENT LIST")).doesNotContain("user=bob");
        }
    }

    @Test
    void functionThatStaysWithItsKeys_leavesOtherKeysToOthers() throws IOException {
        try (LiveServer server = server("2", "epoll");
                TestClient runner = new TestClient(server.port());
                TestClient other = new TestClient(server.port())) {
            String code =
                    "#!lua name=busy\nredis.register_function('spin', function(keys)"
                            + " redis.call('get', keys[1]) while true do end end)";
            other.raw(
                    "*3\r\n$8\r\nFUNCTION\r\n$4\r\nLOAD\r\n$"
                            + code.length()
                            + "\r\n"
                            + code
                            + "\r\n");
            assertThat(other.read()).isEqualTo("busy");
            runner.send("FCALL spin 1 k");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> other.text("GET k").startsWith("-BUSY"));
            int served = 0;
            for (int i = 0; i < 40; i++) {
                served += other.text("SET k" + i + " v").equals("OK") ? 1 : 0;
            }
            assertThat(served).isPositive();
            assertThat(other.text("FCALL spin 1 k1")).startsWith("-BUSY");
            assertThat(other.text("FUNCTION KILL")).isEqualTo("OK");
            assertThat(String.valueOf(runner.read())).contains("Script killed by user");
        }
    }
}
