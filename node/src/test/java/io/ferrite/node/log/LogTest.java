package io.ferrite.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class LogTest {
    private final List<String> lines = new ArrayList<>();
    private final Log log =
            new Log(
                    (level, text, message) -> lines.add(text),
                    () ->
                            LocalDateTime.of(2026, 11, 21, 6, 0, 31, 111_000_000)
                                    .toInstant(ZoneOffset.UTC)
                                    .toEpochMilli(),
                    11984,
                    LogLevel.NOTICE,
                    'M');

    @Test
    void line_hasPidRoleTimeMarkAndText() {
        log.notice("Server initialized");
        log.role('S');
        log.warning("x");

        assertThat(lines)
                .containsExactly(
                        "11984:M 21 Nov 2026 06:00:31.111 * Server initialized\n",
                        "11984:S 21 Nov 2026 06:00:31.111 # x\n");
    }

    @Test
    void level_decidesWhatIsKept_atOnce() {
        log.verbose("no");
        log.level(LogLevel.DEBUG);
        log.debug("yes");
        log.level(LogLevel.NOTHING);
        log.warning("no");

        assertThat(lines).hasSize(1).first().asString().contains(" . yes");
    }

    @Test
    void controlCharacters_cannotForgeALine() {
        log.notice("a\n1:M 21 Nov b\u007f\u001b[0m");

        assertThat(lines.getFirst()).endsWith("* a\\x0a1:M 21 Nov b\\x7f\\x1b[0m\n");
    }

    @Test
    void longMessage_isCutOff() {
        log.notice("x".repeat(5000));

        assertThat(lines.getFirst()).endsWith("* " + "x".repeat(Log.MAX_MESSAGE) + "\n");
    }

    @Test
    void dates_areThoseOfTheCalendar() {
        DateTimeFormatter format =
                DateTimeFormatter.ofPattern("dd MMM yyyy HH:mm:ss.SSS", Locale.ENGLISH);
        LocalDate end = LocalDate.of(2105, 1, 1);
        for (LocalDate day = LocalDate.of(1969, 12, 1); day.isBefore(end); day = day.plusDays(1)) {
            LocalDateTime time = day.atTime(23, 59, 58, 7_000_000);
            StringBuilder out = new StringBuilder();
            LogTime.append(out, time.toInstant(ZoneOffset.UTC).toEpochMilli());
            assertThat(out).hasToString(format.format(time));
        }
    }

    @Test
    void banner_showsPortAndPidAsHarnessesLookForThem() {
        Banner.show(log, true, "1.0", "standalone", 7000, 123);
        log.notice(LogLines.SERVER_INITIALIZED);

        Pattern harness = Pattern.compile(" PID: 123.*Server initialized", Pattern.DOTALL);
        assertThat(harness.matcher(String.join("", lines)).find()).isTrue();
        assertThat(lines.getFirst()).contains("Port: 7000\n").contains(" PID: 123\n");
    }

    @Test
    void withoutPicture_modeAndPortAreOneLine() {
        Banner.show(log, false, "1.0", "standalone", 7000, 123);

        assertThat(lines.getFirst()).endsWith("* Running mode=standalone, port=7000.\n");
    }

    @Test
    void linesThatToolsWaitFor() {
        assertThat(LogLines.readyToAccept("tcp")).isEqualTo("Ready to accept connections tcp");
        assertThat(LogLines.failedListening(21111, "tcp"))
                .isEqualTo("Failed listening on port 21111 (tcp), aborting.");
        assertThat(LogLines.BYE).contains("ready to exit, bye bye");
    }
}
