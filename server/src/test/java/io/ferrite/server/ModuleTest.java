package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrite.example.TallyModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules, with the example of docs/modules.md. */
final class ModuleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String UNKNOWN = "-ERR unknown command 'TALLY.GET'";

    @TempDir static Path folder;
    private static String jar;

    @BeforeAll
    static void packTheExample() throws IOException {
        jar = folder.resolve("tally.jar").toString();
        try (OutputStream file = Files.newOutputStream(Path.of(jar));
                JarOutputStream out = new JarOutputStream(file)) {
            out.putNextEntry(new JarEntry("META-INF/services/io.ferrite.module.Module"));
            out.write(TallyModule.class.getName().getBytes(StandardCharsets.UTF_8));
            for (String name : List.of("TallyModule.class", "TallyModule$Form.class")) {
                out.putNextEntry(new JarEntry("io/ferrite/example/" + name));
                try (InputStream in = TallyModule.class.getResourceAsStream(name)) {
                    in.transferTo(out);
                }
            }
        }
    }

    private static LiveServer server(String... more) throws IOException {
        String[] words = new String[4 + more.length];
        System.arraycopy(
                new String[] {"--enable-module-command", "yes", "--enable-debug-command", "yes"},
                0,
                words,
                0,
                4);
        System.arraycopy(more, 0, words, 4, more.length);
        return new LiveServer(words);
    }

    @Test
    void commands_areThereWhileTheModuleIs() throws IOException {
        try (LiveServer server = server();
                TestClient client = new TestClient(server.port())) {
            assertThat(client.text("TALLY.GET k 0")).startsWith(UNKNOWN);
            assertThat(client.text("MODULE LOAD " + jar + " typeless")).isEqualTo("OK");
            assertThat(client.run("MODULE LIST"))
                    .isEqualTo(
                            List.of(
                                    List.of(
                                            "name",
                                            "tally",
                                            "ver",
                                            1L,
                                            "path",
                                            jar,
                                            "args",
                                            List.of("typeless"))));
            assertThat(client.text("INFO modules")).contains("module:name=tally,ver=1,api=1");
            assertThat(client.run("TALLY.HEARD")).isEqualTo(0L);
            assertThat(client.text("MODULE LOAD " + jar)).startsWith("-ERR Error loading");
            assertThat(client.text("MODULE UNLOAD tally")).isEqualTo("OK");
            assertThat(client.text("TALLY.GET k 0")).startsWith(UNKNOWN);
            assertThat(client.text("MODULE UNLOAD tally"))
                    .isEqualTo("-ERR Error unloading module: no such module with that name");
            assertThat(client.text("MODULE LOADEX " + jar + " CONFIG a b ARGS refuse"))
                    .startsWith("-ERR Error loading");
            assertThat(client.text("MODULE LOAD " + jar + ".not")).startsWith("-ERR Error loading");
            assertThat(client.run("MODULE LIST")).isEqualTo(List.of());
        }
    }

    @Test
    void whoMayNotUseTheCommand_loadsNothing() throws IOException {
        try (LiveServer server = new LiveServer();
                TestClient client = new TestClient(server.port())) {
            assertThat(client.text("MODULE LOAD " + jar))
                    .startsWith("-ERR MODULE command not allowed.");
            assertThat(client.text("MODULE UNLOAD tally"))
                    .startsWith("-ERR MODULE command not allowed.");
        }
    }

    @Test
    void loadmodule_andItsLineAfterARewrite(@TempDir Path own) throws IOException {
        Path file = own.resolve("ferrite.conf");
        Files.writeString(file, "loadmodule " + jar + " a \"b c\"\n", StandardCharsets.UTF_8);
        try (LiveServer server = new LiveServer(file.toString(), "--dir", own.toString());
                TestClient client = new TestClient(server.port())) {
            assertThat(client.run("TALLY.ADD k 0 5")).isEqualTo(5L);
            assertThat(client.text("CONFIG REWRITE")).isEqualTo("OK");
            assertThat(Files.readString(file)).contains("loadmodule " + jar + " a \"b c\"\n");
            assertThat(client.text("MODULE UNLOAD tally"))
                    .startsWith("-ERR MODULE command not allowed");
        }
    }

    @Test
    void subcommands_areCommandsOfTheirOwn() throws IOException {
        try (LiveServer server = server();
                TestClient client = new TestClient(server.port())) {
            client.text("ACL SETUSER some on nopass ~* +@read -tally.admin|limit +tally.add");
            client.run("MODULE LOAD " + jar);
            client.text("ACL SETUSER one on nopass ~in:* +tally.admin|reset");
            client.run("TALLY.ADD in:1 2 7");
            assertThat(client.run("TALLY.ADMIN reset in:1")).isEqualTo(3L);
            assertThat(client.run("tally.admin LIMIT")).isEqualTo(Long.MAX_VALUE);
            assertThat(client.run("TALLY.GET in:1 2")).isEqualTo(0L);
            assertThat(client.text("TALLY.ADMIN"))
                    .isEqualTo("-ERR wrong number of arguments for 'tally.admin' command");
            assertThat(client.text("TALLY.ADMIN reset"))
                    .isEqualTo("-ERR wrong number of arguments for 'tally.admin|reset' command");
            assertThat(client.text("TALLY.ADMIN nosuch"))
                    .isEqualTo("-ERR unknown subcommand 'nosuch'. Try TALLY.ADMIN HELP.");
            assertThat(client.text("TALLY.ADMIN|RESET in:1")).startsWith("-ERR unknown command");
            assertThat(client.text("COMMAND INFO tally.admin|reset"))
                    .startsWith("[[tally.admin|reset, 3, [write, module], 2, 2, 1,");
            assertThat(client.text("COMMAND INFO tally.admin")).contains("tally.admin|limit");
            assertThat(client.text("COMMAND GETKEYS tally.admin reset a")).isEqualTo("[a]");
            assertThat(client.text("INFO commandstats"))
                    .contains("cmdstat_tally.admin|reset:calls=1");
            client.run("AUTH one x");
            assertThat(client.run("TALLY.ADMIN RESET in:1")).isEqualTo(3L);
            assertThat(client.text("TALLY.ADMIN RESET out")).startsWith("-NOPERM");
            assertThat(client.text("TALLY.ADMIN LIMIT"))
                    .startsWith("-NOPERM")
                    .contains("tally.admin|limit");
        }
    }

    @Test
    void parameters_areThoseOfConfig(@TempDir Path own) throws IOException {
        Path file = own.resolve("ferrite.conf");
        String lines = "tally.strict yes\nloadmodule " + jar + " typeless\ntally.room 2mb\n";
        Files.writeString(file, lines, StandardCharsets.UTF_8);
        String[] words = {
            file.toString(), "--dir", own.toString(), "--enable-module-command", "yes"
        };
        try (LiveServer server = new LiveServer(words);
                TestClient client = new TestClient(server.port())) {
            assertThat(client.text("CONFIG GET tally.strict")).isEqualTo("[tally.strict, yes]");
            assertThat(client.text("CONFIG GET Tally.R*")).isEqualTo("[tally.room, 2097152]");
            assertThat(client.text("CONFIG GET tally.*"))
                    .contains("tally.limit, 9223372036854775807");
            assertThat(client.text("CONFIG SET tally.limit 8 TALLY.MODE wild")).isEqualTo("OK");
            assertThat(client.text("CONFIG GET tally.mode")).isEqualTo("[tally.mode, Wild]");
            assertThat(client.run("TALLY.ADMIN LIMIT")).isEqualTo(8L);
            String failed = "-ERR CONFIG SET failed (possibly related to argument 'tally.";
            assertThat(client.text("CONFIG SET hz 50 tally.limit 6 tally.mode x"))
                    .isEqualTo(
                            failed
                                    + "mode') - argument(s) must be one of the following: calm,"
                                    + " Wild");
            assertThat(client.text("CONFIG SET tally.limit 7"))
                    .isEqualTo(failed + "limit') - the limit must be even");
            assertThat(client.text("CONFIG SET tally.limit -2"))
                    .startsWith(failed + "limit') - argument must be between 0 and 92233720");
            assertThat(client.text("CONFIG SET tally.strict maybe"))
                    .isEqualTo(failed + "strict') - argument must be 'yes' or 'no'");
            assertThat(client.text("CONFIG SET tally.room 1mb"))
                    .isEqualTo(failed + "room') - can't set immutable config");
            assertThat(client.text("CONFIG SET tally.nosuch 1"))
                    .startsWith("-ERR Unknown option or number of arguments for CONFIG SET");
            assertThat(client.run("TALLY.ADMIN LIMIT")).isEqualTo(8L);
            assertThat(client.text("CONFIG GET hz")).isEqualTo("[hz, 10]");
            client.run("CONFIG SET slowlog-log-slower-than 0");
            client.run("CONFIG SET tally.secret abc");
            assertThat(client.text("SLOWLOG GET")).doesNotContain("abc");
            assertThat(client.text("CONFIG REWRITE")).isEqualTo("OK");
            assertThat(Files.readString(file))
                    .contains("tally.strict yes\n", "tally.room 2mb\n", "tally.limit 8\n")
                    .contains("tally.mode \"Wild\"\n", "tally.secret \"abc\"\n");
        }
        try (LiveServer server = new LiveServer(words);
                TestClient client = new TestClient(server.port())) {
            assertThat(client.run("TALLY.ADMIN LIMIT")).isEqualTo(8L);
            assertThat(client.text("MODULE UNLOAD tally")).isEqualTo("OK");
            assertThat(client.text("CONFIG GET tally.*")).isEqualTo("[]");
            assertThat(client.text("CONFIG SET tally.limit 8")).startsWith("-ERR Unknown option");
            assertThat(client.text("CONFIG REWRITE")).isEqualTo("OK");
            String load = "MODULE LOADEX " + jar;
            String failed = "-ERR Error loading";
            assertThat(client.text(load + " CONFIG tally.nosuch 1 ARGS typeless"))
                    .startsWith(failed);
            assertThat(client.text(load + " CONFIG tally.limit 3 ARGS typeless"))
                    .startsWith(failed);
            assertThat(client.text(load + " CONFIG tally.limit 4 CONFIG tally.strict yes"))
                    .isEqualTo("OK");
            assertThat(client.run("TALLY.ADMIN LIMIT")).isEqualTo(4L);
            assertThat(client.text("TALLY.ADD k 0 -1")).startsWith("-ERR not so much");
        }
        assertThat(Files.readString(file)).doesNotContain("\ntally.").doesNotContain("loadmodule");
    }

    @Test
    void aParameterThatNobodyHas_endsTheStart(@TempDir Path own) throws IOException {
        Path file = own.resolve("ferrite.conf");
        Files.writeString(file, "other.limit 1\n", StandardCharsets.UTF_8);
        assertThatThrownBy(() -> new LiveServer(file.toString(), "--dir", own.toString()))
                .hasMessageContaining("Module Configuration detected without loadmodule");
    }

    @Test
    void commandsOfModules_areKnownWhereverCommandsAre() throws IOException {
        try (LiveServer server = server();
                TestClient client = new TestClient(server.port())) {
            client.text("ACL SETUSER reader on nopass ~in:* +@read");
            client.run("MODULE LOAD " + jar);
            String info = client.text("COMMAND INFO tally.add");
            assertThat(info).startsWith("[[tally.add, 4, [write, denyoom, module, fast], 1, 1, 1,");
            assertThat(info).contains("[@write, @fast]");
            assertThat(client.text("COMMAND DOCS tally.add"))
                    .contains("Adds to a counter of a tally.")
                    .contains("module, tally");
            assertThat(client.text("COMMAND LIST FILTERBY MODULE tally")).contains("tally.spread");
            assertThat(client.text("COMMAND GETKEYS tally.spread a b")).isEqualTo("[a, b]");
            assertThat(client.text("ACL CAT read")).contains("tally.get");
            assertThat(client.run("MULTI")).isEqualTo("OK");
            assertThat(client.text("TALLY.ADD in:1 1 7")).isEqualTo("QUEUED");
            assertThat(client.text("TALLY.AFTER 1 x")).isEqualTo("QUEUED");
            assertThat(client.text("EXEC")).startsWith("[7, -ERR Blocking module command");
            client.raw(
                    "*5\r\n$4\r\nEVAL\r\n$45\r\n"
                            + "return redis.call('tally.add', KEYS[1], 0, 1)\r\n"
                            + "$1\r\n1\r\n$4\r\nin:1\r\n$1\r\nx\r\n");
            assertThat(client.read()).isEqualTo(1L);
            assertThat(client.text("TALLY.ALL in:1")).isEqualTo("[0, 1, 1, 7]");
            client.run("AUTH reader x");
            assertThat(client.run("TALLY.GET in:1 1")).isEqualTo(7L);
            assertThat(client.text("TALLY.GET out 1")).startsWith("-NOPERM No permissions");
            assertThat(client.text("TALLY.ADD in:1 1 1")).startsWith("-NOPERM");
            assertThat(client.text("TALLY.SPREAD in:1 in:2")).startsWith("-NOPERM");
            assertThat(client.text("INFO commandstats")).startsWith("-NOPERM");
            client.run("AUTH default x");
            assertThat(client.text("INFO commandstats")).contains("cmdstat_tally.add:calls=2");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'',-ERR module 'tally': ArithmeticException: as told",
        "refuse,-BUSY as told",
        "deep,-ERR module 'tally': StackOverflowError",
        "late,-ERR module 'tally': IllegalStateException: after a change",
        "beyond,-ERR module 'tally': IndexOutOfBoundsException",
        "readonly,-ERR module 'tally': IllegalStateException: this value was found to be read",
        "other,-ERR module 'tally': IllegalArgumentException: a key that",
        "call,-ERR a module's command called 'set' on a key",
        "half,-ERR module 'tally': no whole reply",
        "twice,-ERR module 'tally': IllegalStateException: more than one reply",
        "stale,-ERR module 'tally': IllegalStateException: this value is good no more",
        "none,-ERR module 'tally': no whole reply"
    })
    void whatAModulesCodeThrows_isAnErrorReply(String how, String error) throws IOException {
        try (LiveServer server = server("--io-threads", "1");
                TestClient client = new TestClient(server.port())) {
            client.run("MODULE LOAD " + jar);
            client.run("TALLY.ADD k 0 1");
            assertThat(client.text(("TALLY.FAIL k " + how).trim())).startsWith(error);
            assertThat(client.text("PING")).isEqualTo("PONG");
            assertThat(server.node().engine().keyspace().database(0).size()).isLessThan(2);
        }
    }

    @Test
    void valuesOfModules_areValuesLikeOthers(@TempDir Path own) throws IOException {
        try (LiveServer server = server("--dir", own.toString());
                TestClient client = new TestClient(server.port())) {
            client.run("MODULE LOAD " + jar);
            client.run("TALLY.ADD k 3 -9");
            client.run("SET s x");
            assertThat(client.text("TALLY.GET s 0")).startsWith("-WRONGTYPE");
            assertThat(client.text("GET k")).startsWith("-WRONGTYPE");
            assertThat(client.text("TYPE k")).isEqualTo("tally-obj");
            assertThat(client.text("SCAN 0 COUNT 100 TYPE tally-OBJ")).isEqualTo("[0, [k]]");
            assertThat(client.text("OBJECT ENCODING k")).isEqualTo("raw");
            assertThat((Long) client.run("MEMORY USAGE k")).isGreaterThan(32);
            assertThat(client.run("COPY k c")).isEqualTo(1L);
            client.run("TALLY.ADD c 3 1");
            assertThat(client.text("TALLY.ALL k")).isEqualTo("[0, 0, 1, 0, 2, 0, 3, -9]");
            assertThat(client.run("TALLY.GET c 3")).isEqualTo(-8L);
            assertThat(client.text("RENAME c d")).isEqualTo("OK");
            assertThat(client.run("EXPIRE d 1000")).isEqualTo(1L);
            String digest = client.text("DEBUG DIGEST");
            assertThat(client.text("DEBUG RELOAD")).isEqualTo("OK");
            assertThat(client.text("DEBUG DIGEST")).isEqualTo(digest);
            String dump = client.text("DUMP k");
            client.raw(
                    "*4\r\n$7\r\nRESTORE\r\n$1\r\nr\r\n$1\r\n0\r\n$"
                            + dump.length()
                            + "\r\n"
                            + dump
                            + "\r\n");
            assertThat(client.read()).isEqualTo("OK");
            assertThat(client.run("TALLY.GET r 3")).isEqualTo(-9L);
            assertThat(client.text("TALLY.SPREAD r h")).isEqualTo("4");
            assertThat(client.text("HGET h 3")).isEqualTo("-9");
            assertThat(client.run("TALLY.DROP r")).isEqualTo(1L);
            assertThat(client.run("UNLINK k d")).isEqualTo(2L);
            assertThat(client.run("EXISTS k d r")).isEqualTo(0L);
            assertThat(client.text("MODULE UNLOAD tally"))
                    .isEqualTo(
                            "-ERR Error unloading module: the module exports one or more"
                                    + " module-side data types, can't unload");
        }
    }

    @Test
    void timersEventsAndWaitingClients() throws IOException {
        try (LiveServer server = server();
                TestClient client = new TestClient(server.port());
                TestClient other = new TestClient(server.port())) {
            client.run("MODULE LOAD " + jar + " typeless");
            client.run("SET a b");
            client.run("LPUSH l b");
            assertThat(client.run("TALLY.HEARD")).isEqualTo(1L);
            assertThat(client.text("TALLY.AFTER 5 hello")).isEqualTo("hello");
            client.run("TALLY.TICK 5 t");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(client.text("GET t")).isEqualTo("ticked"));
            Object id = other.run("CLIENT ID");
            other.send("TALLY.AFTER 600000 never");
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(client.text("MODULE UNLOAD tally"))
                                    .contains("the module has blocked clients."));
            assertThat(client.run("CLIENT UNBLOCK " + id + " ERROR")).isEqualTo(1L);
            assertThat(other.text("PING")).startsWith("-UNBLOCKED client unblocked");
            assertThat(other.read()).isEqualTo("PONG");
            assertThat(client.text("MODULE UNLOAD tally")).contains("the module holds timer");
        }
    }

    @Test
    void followersAndFiles_haveWhatModulesDid(@TempDir Path one, @TempDir Path two)
            throws IOException, InterruptedException {
        try (ServerProcess leader =
                        new ServerProcess(
                                one,
                                "Ready to accept",
                                "--loadmodule",
                                jar,
                                "--appendonly",
                                "yes",
                                "--aof-use-rdb-preamble",
                                "no");
                TestClient client = new TestClient(leader.port())) {
            client.run("TALLY.ADD before 0 1");
            try (ServerProcess follower =
                            new ServerProcess(
                                    two,
                                    "Ready to accept",
                                    "--loadmodule",
                                    jar,
                                    "--replicaof",
                                    "127.0.0.1 " + leader.port());
                    TestClient reader = new TestClient(follower.port())) {
                await().atMost(PATIENCE)
                        .untilAsserted(() ->
                                assertThat(reader.info("replication", "master_link_status"))
                                        .isEqualTo("up"));
                client.run("TALLY.ADD after 2 3");
                client.run("TALLY.SPREAD after hash");
                client.run("TALLY.TICK 1 ticked");
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(reader.text("GET ticked")).isEqualTo("ticked"));
                assertThat(reader.run("TALLY.GET before 0")).isEqualTo(1L);
                assertThat(reader.run("TALLY.GET after 2")).isEqualTo(3L);
                assertThat(reader.text("HGET hash 2")).isEqualTo("3");
                assertThat(reader.text("TALLY.ADD after 2 3")).startsWith("-READONLY");
            }
            client.run("BGREWRITEAOF");
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(client.info("persistence", "aof_rewrite_in_progress"))
                                    .isEqualTo("0"));
            client.run("TALLY.ADD after 2 4");
            leader.terminate();
            leader.exitStatus();
        }
        try (ServerProcess again =
                        new ServerProcess(
                                one,
                                "Ready to accept",
                                "--loadmodule",
                                jar,
                                "--appendonly",
                                "yes");
                TestClient client = new TestClient(again.port())) {
            assertThat(client.run("TALLY.GET after 2")).isEqualTo(7L);
            assertThat(client.run("TALLY.GET before 0")).isEqualTo(1L);
        }
    }
}
