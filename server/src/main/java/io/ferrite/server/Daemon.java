package io.ferrite.server;

import io.ferrite.memory.os.Posix;
import io.ferrite.node.log.Log;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Going to the background.
 *
 * <p>A Java process cannot fork. The process that was started therefore starts itself once more,
 * with the same words and a mark in the environment, and waits until that child says through its
 * standard output that it serves; then it ends with status 0. The child makes a session of its own
 * and, once it is up, lets go of its standard streams: closing them makes the JDK point them to
 * {@code /dev/null}. If the child ends before it is up, so does the parent, with status 1.
 */
final class Daemon {
    private static final String MARK = "FERRITE_IN_BACKGROUND";

    /** A control character, which no log line has. */
    private static final char READY = 6;

    /** How much of the words of a child that fails is shown. */
    private static final int MAX_SHOWN = 64 << 10;

    private Daemon() {}

    /** Whether this process is the child that goes on in the background. */
    static boolean isChild() {
        return System.getenv(MARK) != null;
    }

    /**
     * Starts the child and waits for it.
     *
     * @param standardInput what was read from standard input for the configuration
     * @return the status to exit with
     */
    static int spawn(byte[] standardInput, Log log) {
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(ownCommand()).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put(MARK, "1");
            Process child = builder.start();
            try (OutputStream in = child.getOutputStream()) {
                in.write(standardInput);
            }
            return waitUntilUp(child);
        } catch (IOException e) {
            log.warning("Can't go to the background: " + e.getMessage());
            return 1;
        }
    }

    /** Reads until the ready mark; if it never comes, shows what the child said instead. */
    private static int waitUntilUp(Process child) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (InputStream out = child.getInputStream()) {
            for (int b = out.read(); b >= 0; b = out.read()) {
                if (b == READY) {
                    return 0;
                }
                if (said.size() < MAX_SHOWN) {
                    said.write(b);
                }
            }
        }
        StandardStreams.complain(said.toString(StandardCharsets.ISO_8859_1));
        return 1;
    }

    /** The command that started this process, word by word. */
    private static List<String> ownCommand() throws IOException {
        byte[] bytes = Files.readAllBytes(Path.of("/proc/self/cmdline"));
        // The words of a command line are in the platform's encoding; the JDK turns them back.
        String text = new String(bytes, StandardCharsets.UTF_8);
        List<String> words = new ArrayList<>(List.of(text.split("\0", -1)));
        words.removeLast(); // after the last zero byte
        words.set(0, ProcessHandle.current().info().command().orElse(words.getFirst()));
        return words;
    }

    /** In the child, at its start: leaves the session of the terminal. */
    static void detach(Log log) {
        try {
            Posix.newSession();
        } catch (Posix.PosixError e) {
            log.warning("The server stays in the session it was started from: " + e.getMessage());
        }
    }

    /** In the child, once it serves: lets the parent end and lets go of the standard streams. */
    static void ready() {
        StandardStreams.print(String.valueOf(READY));
        StandardStreams.release();
    }
}
