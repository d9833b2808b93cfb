package io.ferrite.node.log;

import java.util.ArrayList;
import java.util.List;

/**
 * What a server shows when it starts: a picture with version, mode, port and process id, or one
 * line with mode and port. Harnesses look for {@code Port: N} and {@code PID: N} in the picture.
 */
public final class Banner {
    private static final List<String> PICTURE =
            List.of(
                    "                 _______",
                    "            _.-''       ''-._",
                    "         .-'   ___________   '-.",
                    "       .'    /            /|    '.",
                    "      /     /  +--+--+   / |      \\",
                    "     |     /___|__|__|__/  |       |",
                    "     |    |    |  |  |  |  |       |",
                    "     |    | Fe |--+--|  | /        |",
                    "      \\   |____|_____|__|/        /",
                    "       '.                       .'",
                    "         '-._               _.-'",
                    "             ''-._______.-''");
    private static final int TEXT_COLUMN = 42;
    private static final int FIRST_TEXT_LINE = 3;

    private Banner() {}

    /**
     * Logs the picture or the line.
     *
     * @param mode standalone, cluster or sentinel
     * @param picture whether the log is a terminal's or {@code always-show-logo} is set
     */
    public static void show(
            Log log, boolean picture, String version, String mode, int port, long pid) {
        if (picture) {
            log.raw(LogLevel.NOTICE, picture(version, mode, port, pid));
        } else {
            log.notice("Running mode=" + mode + ", port=" + port + ".");
        }
    }

    static String picture(String version, String mode, int port, long pid) {
        List<String> lines = new ArrayList<>(PICTURE);
        write(lines, 0, "Ferrite " + version + " 64 bit");
        write(lines, 2, "Running in " + mode + " mode");
        write(lines, 3, "Port: " + port);
        write(lines, 4, "PID: " + pid);
        return String.join("\n", lines) + "\n\n";
    }

    private static void write(List<String> lines, int at, String text) {
        int line = FIRST_TEXT_LINE + at;
        String old = lines.get(line);
        lines.set(line, old + " ".repeat(TEXT_COLUMN - old.length()) + text);
    }
}
