package io.ferrite.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.log.LogLevel;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogWriterTest {
    private static final long PATIENCE_MS = 20_000;

    @TempDir Path directory;

    private static void log(LogWriter writer, String text) {
        writer.append(LogLevel.NOTICE, text, text);
    }

    private static String lines(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    @Test
    void lines_areAppendedInOrder_toWhatTheFileHeld() throws IOException {
        Path file = directory.resolve("x.log");
        Files.writeString(file, "before\n");
        try (LogWriter writer = new LogWriter()) {
            writer.useFile(file);
            for (int i = 0; i < 1000; i++) {
                log(writer, i + "\n");
            }
            writer.flush(PATIENCE_MS);
            assertThat(lines(file)).startsWith("before\n0\n1\n").endsWith("\n999\n");
        }
    }

    @Test
    void fileThatWasMovedAway_isOpenedAnew() throws IOException {
        Path file = directory.resolve("x.log");
        try (LogWriter writer = new LogWriter()) {
            writer.useFile(file);
            log(writer, "one\n");
            writer.flush(PATIENCE_MS);
            Files.move(file, directory.resolve("x.log.1"));
            log(writer, "two\n");
            writer.flush(PATIENCE_MS);
        }
        assertThat(lines(file)).isEqualTo("two\n");
        assertThat(lines(directory.resolve("x.log.1"))).isEqualTo("one\n");
    }

    @Test
    void bytesOfAClient_comeOutAsTheyCameIn() throws IOException {
        Path file = directory.resolve("x.log");
        try (LogWriter writer = new LogWriter()) {
            writer.useFile(file);
            log(writer, "\u00c3\u00a9\n");
        }
        assertThat(lines(file)).isEqualTo("\u00c3\u00a9\n");
    }

    /** A named pipe that nobody reads stands for a disk that hangs. */
    @Test
    void slowDisk_costsLinesAndNotTime_andTheLossIsReported() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        String line = "x".repeat(1 << 16) + "\n";
        try (LogWriter writer = new LogWriter()) {
            writer.useFile(pipe);
            int offered = 4 * LogWriter.MAX_QUEUED_CHARS / line.length();
            for (int i = 0; i < offered; i++) {
                log(writer, line);
            }
            assertThat(writer.dropped()).isPositive();
            long kept = offered - writer.dropped();
            try (FileInputStream reader = new FileInputStream(pipe.toFile())) {
                byte[] some = reader.readNBytes((int) (kept * line.length()));
                assertThat(some).hasSize((int) (kept * line.length()));
                // What follows the kept lines is the report of the lost ones, or a new line.
                log(writer, "# after\n");
                assertThat(reader.readNBytes(2)).isEqualTo("# ".getBytes(US_ASCII));
            }
        }
    }

    @Test
    void directoryThatIsGone_losesLines_andTheyAreCounted() {
        try (LogWriter writer = new LogWriter()) {
            writer.useFile(directory.resolve("no/such/x.log"));
            log(writer, "x\n");
            writer.flush(PATIENCE_MS);
            assertThat(writer.dropped()).isEqualTo(1);
        }
    }
}
