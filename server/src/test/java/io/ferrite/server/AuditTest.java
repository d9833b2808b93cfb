package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the audit log says, and what it never says. */
final class AuditTest {

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private LiveServer server;
    private Wire client;

    @BeforeEach
    void start() throws IOException {
        server = new LiveServer();
        client = server.connect();
        client.run("ACL SETUSER alice on >secret ~a:* +get +auth");
        server.node().audit().useSink((level, text, message) -> lines.add(message));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void loginsAndDenials_areTold() throws IOException {
        client.run("AUTH alice wrong");
        client.run("AUTH alice secret");
        client.run("GET a:1");
        client.run("GET b:1");
        client.run("SET a:1 x");

        assertThat(lines).hasSize(4);
        assertThat(lines.get(0))
                .startsWith("{\"time\":\"20")
                .contains("\"event\":\"login-failed\",\"user\":\"default\"")
                .endsWith("\"as\":\"alice\"}");
        assertThat(lines.get(1)).contains("\"event\":\"login\",\"user\":\"alice\"");
        assertThat(lines.get(2)).endsWith("\"why\":\"key\",\"object\":\"b:1\"}");
        assertThat(lines.get(3)).endsWith("\"why\":\"command\",\"object\":\"set\"}");
    }

    @Test
    void administration_isTold_withoutWhatIsSecret_inTransactionsToo() throws IOException {
        client.run("CONFIG SET maxmemory 100mb");
        client.run("CONFIG SET requirepass hidden");
        client.run("AUTH hidden");
        client.run("ACL SETUSER bob on >hidden");
        client.run("SET k hidden");
        client.run("MULTI");
        client.run("CONFIG SET hz 20");
        client.run("EXEC");

        assertThat(lines)
                .anyMatch(line -> line.endsWith("[\"CONFIG\",\"SET\",\"maxmemory\",\"100mb\"]}"))
                .anyMatch(line -> line.contains("[\"ACL\",\"SETUSER\",\"bob\",\"(redacted)\""))
                .anyMatch(line -> line.endsWith("[\"CONFIG\",\"SET\",\"hz\",\"20\"]}"))
                .noneMatch(line -> line.contains("hidden"));
    }

    @Test
    void theFile_isChangedByWhoMayChangeProtectedParameters(@TempDir Path directory)
            throws IOException {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        assertThat(client.run("CONFIG SET audit-log-file " + first)).contains("protected");
        try (LiveServer open = new LiveServer("--enable-protected-configs", "yes")) {
            Wire admin = open.connect();
            assertThat(admin.run("CONFIG SET audit-log-file " + first)).isEqualTo("+OK|");
            assertThat(admin.run("CONFIG SET hz 20")).isEqualTo("+OK|");
            assertThat(admin.run("CONFIG SET audit-log-file " + directory))
                    .contains("Can't open the audit log " + directory);
            assertThat(admin.run("CONFIG SET audit-log-file " + second)).isEqualTo("+OK|");
            assertThat(admin.run("CONFIG SET hz 30")).isEqualTo("+OK|");
            assertThat(admin.call("CONFIG", "SET", "audit-log-file", "")).isEqualTo("+OK|");
            assertThat(admin.run("CONFIG SET hz 40")).isEqualTo("+OK|");
        }
        // Who writes may get to lines behind the change of the file only.
        assertThat(Files.readString(first) + Files.readString(second))
                .contains("\"hz\",\"20\"")
                .contains("\"hz\",\"30\"")
                .doesNotContain("\"hz\",\"40\"");
        assertThat(Files.readString(second)).contains("\"hz\",\"30\"");
    }

    @Test
    void aNameWithLineEndsAndQuotes_staysOneLine() throws IOException {
        client.call("AUTH", "x\"\r\ny\u0001", "p");

        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst()).endsWith("\"as\":\"x\\\"\\u000d\\u000ay\\u0001\"}");
    }
}
