package io.ferrite.server;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What {@code ps} shows of the process.
 *
 * <p>Linux reads the command line from the memory of the process itself, where the words of the
 * start lie one after the other. Overwriting them changes the title. The area cannot grow, so a
 * title is cut off at the length of the original command line; the rest is filled with zero bytes.
 * Addresses come from {@code /proc/self/stat}, the write goes through {@code /proc/self/mem}, so
 * that a wrong address is an error and no crash.
 */
final class ProcessTitle {
    private static final Path STAT = Path.of("/proc/self/stat");
    private static final Path MEMORY = Path.of("/proc/self/mem");
    private static final Path NAME = Path.of("/proc/self/comm");

    /** Position of arg_start in the line, counted from the field after the name (proc(5): 48). */
    private static final int ARG_START = 48 - 3;

    private static final int MAX_NAME = 15;

    private ProcessTitle() {}

    /**
     * Changes the title.
     *
     * @param title one byte per character
     * @throws IOException if the system does not allow it
     */
    static void set(String title) throws IOException {
        String stat = Files.readString(STAT, StandardCharsets.ISO_8859_1);
        // The second field is a name in parentheses that may hold anything, blanks too.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long start = Long.parseLong(fields[ARG_START]);
        long end = Long.parseLong(fields[ARG_START + 1]);
        if (start <= 0 || end <= start) {
            throw new IOException("the command line's place is not known");
        }
        byte[] bytes = title.getBytes(StandardCharsets.ISO_8859_1);
        // The last byte stays zero: otherwise the kernel takes what follows for part of the title.
        byte[] area = Arrays.copyOf(bytes, (int) (end - start));
        area[area.length - 1] = 0;
        try (RandomAccessFile memory = new RandomAccessFile(MEMORY.toFile(), "rw")) {
            memory.seek(start);
            memory.write(area);
        }
    }

    /** Changes the short name that {@code ps -e} and {@code pgrep} show, 15 bytes at most. */
    static void setName(String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        Files.write(NAME, Arrays.copyOf(bytes, Math.min(bytes.length, MAX_NAME)));
    }
}
