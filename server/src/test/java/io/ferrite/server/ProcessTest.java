package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.node.config.Choices;
import io.ferrite.node.log.Log;
import io.ferrite.node.log.LogLevel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the process does with the system around it. */
final class ProcessTest {
    private final List<String> logged = new ArrayList<>();
    private final Log log =
            new Log((l, text, message) -> logged.add(message), () -> 0, 1, LogLevel.DEBUG, 'M');

    @TempDir Path directory;

    @Test
    void title_isWhatTheSystemShows() throws IOException {
        ProcessTitle.set("ferrite-server *:6379");

        String shown = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.US_ASCII);
        assertThat(shown.replace("\0", "")).isEqualTo("ferrite-server *:6379");
    }

    @Test
    void pidFile_holdsTheProcessId_untilTheEnd() throws IOException {
        Path file = directory.resolve("the.pid");

        PidFile pidFile = PidFile.write(file, log);

        assertThat(file).hasContent(Long.toString(ProcessHandle.current().pid()));
        pidFile.remove();
        assertThat(file).doesNotExist();
    }

    @Test
    void pidFileThatCannotBeWritten_isOnlyALogLine() {
        PidFile.write(directory.resolve("no/such"), log);

        assertThat(logged).containsExactly("Failed to write PID file: No such file or directory");
    }

    /** Receives datagrams, which Java cannot, and prints them. */
    private Process receiver(Path socket, int count) throws IOException {
        boolean python = Files.isExecutable(Path.of("/usr/bin/python3"));
        assumeTrue(python, "skipped: no /usr/bin/python3 to receive datagrams");
        String program =
                """
                import socket, sys
                s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                s.bind(sys.argv[1])
                print('bound', flush=True)
                for i in range(int(sys.argv[2])):
                    print(s.recv(9999), flush=True)
                """;
        Process process =
                new ProcessBuilder(
                                "/usr/bin/python3",
                                "-c",
                                program,
                                socket.toString(),
                                Integer.toString(count))
                        .start();
        assertThat(process.inputReader().readLine()).isEqualTo("bound");
        return process;
    }

    @Test
    void systemd_isToldThatTheServerLoadsAndIsReady() throws IOException {
        Path socket = directory.resolve("notify");
        Process receiver = receiver(socket, 3);
        try {
            Supervision supervision =
                    Supervision.begin(
                            Choices.Supervision.AUTO,
                            Map.of("NOTIFY_SOCKET", socket.toString()),
                            log);
            supervision.ready();
            supervision.stopping();

            assertThat(supervision.isOn()).isTrue();
            assertThat(receiver.inputReader().lines())
                    .containsExactly(
                            "b'STATUS=Ferrite is loading...\\n'",
                            "b'STATUS=Ready to accept connections\\nREADY=1\\n'",
                            "b'STOPPING=1\\n'");
        } finally {
            receiver.destroyForcibly();
        }
    }

    @Test
    void systemdWithoutSocket_isALogLine_andTheServerGoesOn() {
        Supervision supervision = Supervision.begin(Choices.Supervision.SYSTEMD, Map.of(), log);
        supervision.ready();

        assertThat(supervision.isOn()).isFalse();
        assertThat(logged).containsExactly("systemd supervision error: NOTIFY_SOCKET not found!");
    }

    @Test
    void systemdThatDoesNotListen_isALogLine() {
        Map<String, String> environment =
                Map.of("NOTIFY_SOCKET", directory.resolve("nobody").toString());

        assertThat(Supervision.begin(Choices.Supervision.SYSTEMD, environment, log).isOn())
                .isFalse();
        assertThat(logged)
                .containsExactly(
                        "systemd supervision error: sd_notify: sendto: No such file or directory");
    }

    @Test
    void systemsLog_getsPriorityIdentAndMessage() throws Exception {
        Path socket = directory.resolve("log");
        Process receiver = receiver(socket, 1);
        try {
            Syslog.to("redis", Choices.SyslogFacility.LOCAL3, socket.toString())
                    .trySend(LogLevel.WARNING, "hello");

            long pid = ProcessHandle.current().pid();
            assertThat(receiver.inputReader().readLine())
                    .isEqualTo("b'<156>redis[" + pid + "]: hello'");
        } finally {
            receiver.destroyForcibly();
        }
    }
}
