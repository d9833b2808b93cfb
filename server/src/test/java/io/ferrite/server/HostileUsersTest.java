package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user with rights to some keys alone tries, to get at others. */
final class HostileUsersTest {

    private static LiveServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new LiveServer();
        try (TestClient client = new TestClient(server.port())) {
            client.run("SET secret word");
            client.run("RPUSH secrets word");
            client.run("RPUSH ok 1 2");
            client.run("GEOADD okgeo 1 1 m");
            client.run("XADD okstream 1-1 f v");
            client.run("XADD secretstream 1-1 f word");
            client.run("XGROUP CREATE okstream g 0");
            client.run("XGROUP CREATE secretstream g 0");
            client.run("ACL SETUSER limited on nopass ~ok* &ok* +@all");
            client.run("ACL SETUSER reader on nopass %R~* +@all");
            client.run("ACL SETUSER plain on nopass ~ok* +@all -@admin -@dangerous");
        }
    }

    @AfterAll
    static void end() throws IOException {
        server.close();
    }

    private static TestClient as(String user) {
        TestClient client = new TestClient(server.port());
        assertThat(client.text("AUTH " + user + " x")).isEqualTo("OK");
        return client;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SORT_RO secret",
                "SORT ok BY secret_*",
                "SORT ok GET secret_*",
                "SORT ok STORE ok2 STORE secret",
                "SORT ok STORE BY STORE secret",
                "GEORADIUS okgeo 0 0 1 km STORE ok STOREDIST secret",
                "GEOSEARCHSTORE secret okgeo FROMLONLAT 0 0 BYRADIUS 1 km",
                "XREAD STREAMS okstream secretstream 0 0",
                "XREAD COUNT 1 STREAMS secretstream 0",
                "XREADGROUP GROUP g STREAMS STREAMS okstream secretstream > >",
                "EVAL return(redis.call('GET','secret')) 1 ok",
                "EVAL return(redis.call('GET','secret')) 0",
                "EVAL return(redis.call('GET',KEYS[1])) 1 secret",
                "COPY secret ok DB 1",
                "COPY ok stolen DB 1",
                "MOVE secret 1",
                "RENAME ok secret",
                "RENAME secret ok",
                "RENAMENX ok secret",
                "OBJECT ENCODING secret",
                "MEMORY USAGE secret",
                "DUMP secret",
                "RESTORE secret 0 x REPLACE",
                "WATCH secret",
                "TYPE secret",
                "EXISTS secret",
                "TOUCH secret",
                "UNLINK secret",
                "EXPIRE secret 1",
                "MIGRATE 127.0.0.1 1 secret 0 100",
                "MIGRATE 127.0.0.1 1  0 100 KEYS ok secret",
                "LMPOP 2 ok secrets LEFT",
                "BLMPOP 1 2 ok secrets LEFT",
                "BLPOP ok secrets 0",
                "ZUNIONSTORE ok 1 secret",
                "ZUNION 2 ok secret",
                "SINTERCARD 2 ok secret",
                "PFMERGE ok secret",
                "PFCOUNT ok secret",
                "BITOP AND ok secret",
                "LCS ok secret",
                "SMOVE secret ok a",
                "LMOVE secrets ok LEFT LEFT",
                "BITFIELD secret GET u8 0",
                "SUBSTR secret 0 1",
                "MSET ok 1 secret 2",
                "MSETNX ok 1 secret 2",
                "MGET ok secret",
                "SET secret x GET",
                "GETEX secret",
                "PUBLISH secret x",
                "SPUBLISH secret x",
                "SUBSCRIBE secret",
                "PSUBSCRIBE *",
                "PSUBSCRIBE o*",
                "SSUBSCRIBE secret"
            })
    void keysAndChannelsOfOthers_areOutOfReach(String command) {
        try (TestClient client = as("limited")) {
            client.raw(encode(command.split(" ")));
            String reply = String.valueOf(client.read());
            assertThat(reply).startsWith("-").contains("ermission");
            assertThat(client.text("PING")).isEqualTo("PONG");
            client.run("AUTH default x");
            assertThat(client.text("GET secret")).isEqualTo("word");
            assertThat(client.text("LRANGE secrets 0 -1")).isEqualTo("[word]");
        }
    }

    private static String encode(String... words) {
        StringBuilder out = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            out.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return out.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET x 5",
                "GETSET x 5",
                "SET x 5 GET",
                "INCR x",
                "GETDEL x",
                "GETEX x PERSIST",
                "BITFIELD x SET u8 0 1",
                "SORT ok STORE x",
                "COPY secret x",
                "EVAL return(redis.call('SET','x',1)) 0",
                "RESTORE x 0 x",
                "SUNIONSTORE x ok"
            })
    void whoMayOnlyRead_writesNothing(String command) {
        try (TestClient client = as("reader")) {
            client.raw(encode(command.split(" ")));
            assertThat(String.valueOf(client.read())).startsWith("-").contains("ermission");
            assertThat(client.text("EXISTS x")).isEqualTo("0");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "MONITOR",
                "SLOWLOG GET",
                "COMMANDLOG GET 1 slow",
                "CLIENT LIST",
                "HOTKEYS GET",
                "SWAPDB 0 1",
                "CLUSTER FLUSHSLOTS",
                "KEYS *",
                "DEBUG OBJECT ok",
                "CONFIG GET *",
                "ACL LIST",
                "ACL LOG",
                "LATENCY HISTORY command",
                "REPLICAOF NO ONE",
                "MODULE LIST",
                "FLUSHALL",
                "SORT ok",
                "INFO"
            })
    void whatShowsEverything_isForOperators(String command) {
        try (TestClient client = as("plain")) {
            String name = command.split(" ")[0].toLowerCase(Locale.ROOT);
            assertThat(client.text(command))
                    .startsWith("-NOPERM User plain has no permissions to run the '" + name);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "%RW,Syntax error",
        "%,Syntax error",
        "%R,Syntax error",
        "%~x,Syntax error",
        "%RWX~x,Syntax error",
        "(,Unmatched parenthesis",
        "(%R),Syntax error",
        "+@nosuch,Unknown command or category name in ACL",
        "+get|,Syntax error",
        "-config|set|x,Unknown command or category name in ACL",
        "+config|set|x,Allowing first-arg of a subcommand is not supported",
        "+nosuch,Unknown command or category name in ACL",
        "#123,The password hash must be exactly 64 characters",
        "<nosuch,The password you are trying to remove from the user does not exist",
        "nosuch,Syntax error"
    })
    void wrongRules_areRefused_andMakeNobody(String rule, String error) {
        try (TestClient client = new TestClient(server.port())) {
            assertThat(client.text("ACL SETUSER made on nopass " + rule + " +@all"))
                    .startsWith("-ERR")
                    .contains(error);
            assertThat(client.run("ACL GETUSER made")).isNull();
        }
    }

    @Test
    void manyRulesAndSelectors_areTakenOrRefused_atOnce() {
        try (TestClient client = new TestClient(server.port())) {
            String many = " ~k".repeat(20_000);
            assertThat(client.text("ACL SETUSER many on" + many)).isEqualTo("OK");
            String selectors = " (~s +get)".repeat(2_000).replace("(~s +get)", "(~s)");
            assertThat(client.text("ACL SETUSER many on" + selectors)).isEqualTo("OK");
            assertThat(client.text("PING")).isEqualTo("PONG");
            assertThat(client.text("ACL DELUSER many")).isEqualTo("1");
        }
    }

    @Test
    void lineEndsInNames_stayInTheirLine() {
        try (TestClient client = new TestClient(server.port())) {
            client.raw(encode("AUTH", "a\r\n+OK", "b"));
            assertThat(client.read())
                    .isEqualTo("-WRONGPASS invalid username-password pair or user is disabled.");
            client.raw(encode("ACL", "SETUSER", "a\r\nuser b on nopass", "on"));
            assertThat(String.valueOf(client.read())).startsWith("-ERR");
            client.raw(encode("ACL", "DRYRUN", "default", "no\r\n+such", "x"));
            assertThat(String.valueOf(client.read())).startsWith("-ERR").doesNotContain("\n");
            client.raw(encode("ACL", "CAT", "no\r\n+such"));
            assertThat(String.valueOf(client.read())).startsWith("-ERR").doesNotContain("\n");
            assertThat(client.text("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void whoGuessesPasswords_isAnsweredLaterEachTime() {
        try (TestClient client = new TestClient(server.port());
                TestClient other = new TestClient(server.port())) {
            other.run("ACL SETUSER guarded on >pw +@all");
            client.raw("AUTH guarded x\r\n".repeat(16));
            for (int i = 0; i < 16; i++) {
                assertThat(String.valueOf(client.read())).startsWith("-WRONGPASS");
            }
            long before = System.nanoTime();
            client.raw(
                    "AUTH guarded x\r\nHELLO 3 AUTH nobody x\r\nAUTH x y\r\nAUTH guarded pw\r\n");
            assertThat(other.text("PING")).isEqualTo("PONG");
            for (int i = 0; i < 3; i++) {
                assertThat(String.valueOf(client.read())).startsWith("-WRONGPASS");
            }
            assertThat(System.nanoTime() - before).isGreaterThan(3 * 200_000_000L);
            assertThat(client.read()).isEqualTo("OK");
            assertThat(client.text("AUTH guarded x")).startsWith("-WRONGPASS");
            assertThat(client.text("ACL WHOAMI")).isEqualTo("guarded");
            assertThat(other.text("INFO errorstats")).contains("errorstat_WRONGPASS");
        }
    }

    @Test
    void guessesInATransaction_areAnsweredOnce() {
        try (TestClient client = new TestClient(server.port())) {
            client.run("MULTI");
            client.raw("AUTH limited2 x\r\n".repeat(40) + "EXEC\r\n");
            for (int i = 0; i < 40; i++) {
                assertThat(client.read()).isEqualTo("QUEUED");
            }
            assertThat(String.valueOf(client.read()).split("WRONGPASS")).hasSize(41);
            assertThat(client.text("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void passwordsOfAnyLength_areJudged() {
        try (TestClient client = new TestClient(server.port())) {
            client.raw(encode("AUTH", "limited", "x".repeat(1 << 20)));
            assertThat(client.read()).isEqualTo("OK"); // he needs none
            client.run("AUTH default x");
            client.run("ACL SETUSER closed on >pw");
            client.raw(encode("AUTH", "closed", "x".repeat(1 << 20)));
            assertThat(String.valueOf(client.read())).startsWith("-WRONGPASS");
            client.run("MULTI");
            assertThat(client.text("AUTH closed pw")).isEqualTo("QUEUED");
            assertThat(client.text("EXEC")).isEqualTo("[OK]");
            assertThat(client.text("ACL WHOAMI")).startsWith("-NOPERM");
            byte[] utf = "closed".getBytes(StandardCharsets.UTF_16);
            client.raw(encode("AUTH", new String(utf, StandardCharsets.ISO_8859_1), "pw"));
            assertThat(String.valueOf(client.read())).startsWith("-WRONGPASS");
        }
    }
}
