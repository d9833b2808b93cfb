package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts and libraries made to do harm: one reply each, and nobody else is disturbed. */
final class HostileScriptsTest {

    private static LiveServer server;

    @BeforeAll
    static void start() throws IOException {
        server =
                new LiveServer(
                        "--script-memory-limit",
                        "16mb",
                        "--io-threads",
                        "2",
                        "--enable-debug-command",
                        "yes");
    }

    @AfterAll
    static void end() throws IOException {
        server.close();
    }

    private static void send(TestClient client, String... words) {
        StringBuilder out = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            int length = word.getBytes(StandardCharsets.ISO_8859_1).length;
            out.append('$').append(length).append("\r\n").append(word).append("\r\n");
        }
        client.raw(out.toString());
    }

    private static String run(TestClient client, String... words) {
        send(client, words);
        String reply = String.valueOf(client.read());
        assertThat(client.text("PING")).as("one reply to %s", words[1]).isEqualTo("PONG");
        return reply;
    }

    private static String text(String escaped) {
        return escaped.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // numbers beyond what is there
                "return {unpack({1,2,3}, -2, 2147483647)}|too many results to unpack",
                "return {unpack({1,2,3}, 0, 2147483647)}|too many results to unpack",
                "return {unpack({1,2,3}, -2147483648, -2)}|too many results to unpack",
                "return bit.tohex(65535, -2147483648)|0000FFFF",
                "return string.rep('x', 1e10)|not enough memory",
                "return string.format('%99999d', 1)|invalid format",
                "return struct.unpack('I4', 'abcd', 2147483647)|data string too short",
                "return struct.unpack('I4', 'ab')|data string too short",
                "return struct.pack('i33', 1)|integral size 33 is larger than limit of 32",
                "return struct.unpack('s', 'abc')|unfinished string in data",
                // what scripts share
                "getmetatable('').__index = function() return 1 end|Attempt to modify a readonly",
                "setmetatable(_G, {})|Attempt to modify a readonly table",
                "rawset(_G, 'x', 1)|Attempt to modify a readonly table",
                "redis.call = print|-ERR",
                "redis.call = redis.pcall|Attempt to modify a readonly table",
                "string.rep = nil|Attempt to modify a readonly table",
                "getmetatable(_G).__newindex = nil|Attempt to modify a readonly table",
                // what leads outside
                "os.execute('id')|-ERR",
                "return io.open('/etc/passwd')|nonexistent global variable 'io'",
                "require 'os'|nonexistent global variable 'require'",
                "dofile('/etc/passwd')|nonexistent global variable 'dofile'",
                "loadfile('/etc/passwd')|nonexistent global variable 'loadfile'",
                "package.loadlib('libc.so', '*')|nonexistent global variable 'package'",
                "debug.getregistry()|nonexistent global variable 'debug'",
                "return loadstring(string.dump(function() end))()|-ERR",
                "return loadstring('\\27Lua')()|-ERR",
                "newproxy(true)|nonexistent global variable 'newproxy'",
                "luajava.bindClass('java.lang.Runtime')|nonexistent global variable 'luajava'",
                // more than there is room for
                "local s = 'x' for i = 1, 40 do s = s .. s end|not enough memory",
                "local t = {} for i = 1, 1e9 do t[i] = i end|not enough memory",
                "local t = {} for i = 1, 1e7 do t[i] = function() return i end end|not enough",
                "local t = {} for i = 1, 9999 do t[i] = ('x'):rep(9999) end"
                        + " return #table.concat(t)|not enough memory",
                "for i = 1, 2000 do loadstring('return ' .. ('x'):rep(1000) .. i) end"
                        + " collectgarbage() return 'ok'|ok",
                "return tostring(loadstring('return ' .. ('('):rep(1000000)))|nil",
                "return tostring(loadstring('[' .. ('='):rep(1000000) .. '['))|nil",
                // patterns and libraries
                "return ('a'):rep(100000):find(('a?'):rep(300) .. ('a'):rep(300) .. 'b')|-ERR",
                "return #('x'):rep(1000000):gsub('%b()', '')|1000000",
                "return cjson.encode(('a'):rep(357913942))|not enough memory",
                "local t = {} for i = 1, 2000 do t = {t} end return cjson.encode(t)|excessive"
                        + " nesting",
                "return cjson.decode(('['):rep(1000000))|nested",
                "return cjson.encode({[1e9] = 1})|sparse",
                "return cmsgpack.unpack('\\221\\255\\255\\255\\255')|Missing bytes in input",
                "local t = {} t.t = t return #cmsgpack.pack(t)|49",
                // wrong calls
                "return redis.call('SET', unpack({}, 1, 7000))|must be strings or integers",
                "return redis.call()|Please specify at least one argument",
                "return redis.call('EVAL', 'return 1', '0')|not allowed from script",
                "redis.setresp(99)|RESP version must be 2 or 3",
                "redis.set_repl(-1)|Invalid replication flags",
                "redis.log(9, 'x')|Invalid debug level",
                "redis.acl_check_cmd(nil)|-ERR",
                // line ends
                "return redis.error_reply('x\\r\\n+OK\\r\\n$3\\r\\nfoo')|-ERR x  +OK  $3  foo",
                "return {err = 'a\\r\\n:1'}|-a  :1",
                "return {ok = 'a\\r\\n:1'}|a  :1",
                "return redis.status_reply('a\\r\\n:1')|a  :1",
                "error('a\\r\\nb')|a  b",
                "return redis.call('no\\r\\n+such')|Unknown Redis command"
            })
    void aScript_isAnsweredOnce(String script, String part) throws IOException {
        try (TestClient client = new TestClient(server.port())) {
            String reply = run(client, "EVAL", script, "0");
            assertThat(reply).contains(part);
            assertThat(run(client, "EVAL", "return ('x'):rep(3)", "0")).isEqualTo("xxx");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "EVAL|#!lua flags=\"a\\r\\n+OK\"\\nreturn 1|0|-ERR Invalid engine in script"
                        + " shebang",
                "EVAL|#!lua bad\\r\\n=x\\nreturn 1|0|-ERR Unknown lua shebang option",
                "EVAL|#!python\\nreturn 1|0|-ERR Unexpected engine in script shebang: #!python",
                "EVAL|return 1|5|-ERR Number of keys can't be greater than number of args",
                "EVAL|return 1|-1|-ERR Number of keys can't be negative",
                "EVALSHA||0|-NOSCRIPT",
                "EVALSHA|123456789|0|-NOSCRIPT",
                "EVALSHA|0123456789012345678901234567890123456789x|0|-NOSCRIPT",
                "EVAL_RO|return redis.call('SET', 'a', 1)|0|-ERR Write commands are not allowed",
                "FUNCTION|LOAD|#!|-ERR",
                "FUNCTION|LOAD|#!lua|-ERR",
                "FUNCTION|LOAD|#!lua name=a b\\nreturn 1|-ERR",
                "FUNCTION|LOAD|#!lua name=a\\r\\nb\\nreturn 1|-ERR",
                "FUNCTION|LOAD|#!lisp name=a\\n1|-ERR Engine 'lisp' not found",
                "FUNCTION|LOAD|#!lua name=a\\nredis.call('SET', 'a', 1)|-ERR Error registering",
                "FUNCTION|LOAD|#!lua name=a\\nlocal t = {} for i = 1, 1e9 do t[i] = i end|-ERR",
                "FUNCTION|LOAD|#!lua name=a\\nwhile true do end|-ERR Error registering",
                "FUNCTION|LOAD|#!lua name=a\\nfor i = 1, 1e6 do redis.register_function('f'..i,"
                        + " function() end) end|-ERR",
                "EVAL|return redis.call('SCRIPT', 'FLUSH')|0|-ERR This Redis command is not",
                "FUNCTION|RESTORE|garbage|-ERR DUMP payload version or checksum are wrong",
                "FUNCTION|RESTORE||-ERR DUMP payload version or checksum are wrong",
                "SCRIPT|DEBUG|SYNC|-ERR",
                "no\\r\\n+such|x|y|-ERR unknown command 'no  +such'"
            })
    void aCommandAboutScripts_isAnsweredOnce(String a, String b, String c, String start) {
        try (TestClient client = new TestClient(server.port())) {
            assertThat(run(client, text(a), text(b == null ? "" : b), text(c == null ? "" : c)))
                    .startsWith(start);
        }
    }

    @Test
    void aTableInItself_endsAtTheStacksLimit() {
        try (TestClient client = new TestClient(server.port())) {
            send(client, "EVAL", "local a = {} local b = {a} a[1] = b return a", "0");
            String line;
            do {
                line = client.line();
            } while (!line.startsWith("-"));
            assertThat(line).isEqualTo("-ERR reached lua stack limit");
            assertThat(client.text("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void aLibraryThatReloadsOrFlushesItself_isRefused() {
        try (TestClient client = new TestClient(server.port())) {
            String code =
                    "#!lua name=selfish\n"
                            + "redis.register_function('f', function(keys, args)"
                            + " return redis.pcall('FUNCTION', args[1], args[2]) end)";
            assertThat(run(client, "FUNCTION", "LOAD", "REPLACE", code)).isEqualTo("selfish");
            assertThat(run(client, "FCALL", "f", "0", "LOAD", code)).contains("not allowed from");
            assertThat(run(client, "FCALL", "f", "0", "FLUSH", "SYNC"))
                    .contains("not allowed from");
            assertThat(run(client, "FUNCTION", "DELETE", "selfish")).isEqualTo("OK");
        }
    }

    @Test
    void scriptsThatAreLoaded_endWhereTheHeapDoes_andAskingForManyIsAnswered() {
        try (TestClient client = new TestClient(server.port())) {
            String body = "--" + "x".repeat(4 << 20);
            long most = Runtime.getRuntime().maxMemory() / 2 / body.length() + 1;
            String answer = "";
            for (int i = 0; i < most && !answer.startsWith("-"); i++) {
                answer = run(client, "SCRIPT", "LOAD", body + i);
            }
            assertThat(answer).startsWith("-ERR not enough memory");
            assertThat(run(client, "SCRIPT", "FLUSH")).isEqualTo("OK");
            String[] words = new String[100_002];
            java.util.Arrays.fill(words, "0".repeat(40));
            words[0] = "SCRIPT";
            words[1] = "EXISTS";
            assertThat(run(client, words)).startsWith("[0, 0, 0").hasSize(300_000);
        }
    }

    @Test
    void aLoopOnAFollower_canBeEnded_andTheFullCopyComes(@TempDir Path own) throws IOException {
        try (LiveServer follower =
                        new LiveServer("--busy-reply-threshold", "50", "--dir", own.toString());
                TestClient leader = new TestClient(server.port());
                TestClient client = new TestClient(follower.port());
                TestClient other = new TestClient(follower.port())) {
            leader.run("SET before x");
            client.run("REPLICAOF 127.0.0.1 " + server.port());
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(client.text("GET before")).isEqualTo("x"));
            send(
                    client,
                    "EVAL_RO",
                    "while true do pcall(function() while true do end end) end",
                    "0");
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(other.text("PING")).startsWith("-BUSY"));
            leader.run("DEBUG CHANGE-REPL-ID");
            leader.run("CLIENT KILL TYPE replica");
            leader.run("SET after y");
            assertThat(other.text("SCRIPT KILL")).isEqualTo("OK");
            assertThat(String.valueOf(client.read())).contains("killed by user");
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(client.text("GET after")).isEqualTo("y"));
        }
    }

    @Test
    void manyScripts_areNotAllKept() {
        try (TestClient client = new TestClient(server.port())) {
            for (int i = 0; i < 1200; i++) {
                send(client, "EVAL", "return " + i, "0");
            }
            for (int i = 0; i < 1200; i++) {
                assertThat(client.read()).isEqualTo((long) i);
            }
            assertThat(Integer.parseInt(client.info("memory", "number_of_cached_scripts")))
                    .isLessThanOrEqualTo(520);
        }
    }
}
