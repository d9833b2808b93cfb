package io.ferrite.server;

import io.ferrite.base.disk.DiskFile;
import io.ferrite.durability.aof.AofCheck;
import io.ferrite.durability.rdb.RdbCheck;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The role {@code check-aof}: says whether an append-only file is sound, and repairs it. */
final class CheckAofRole {

    private CheckAofRole() {}

    /** Runs with these words, options and a file's name; answers the exit status. */
    static int run(String program, List<String> words) {
        String here = Path.of("").toAbsolutePath().toString();
        AofCheck check =
                new AofCheck(
                        new SystemDisk(), bytesOf(here), new Terminal(), CheckAofRole::snapshot);
        return check.run(program, words.stream().map(CheckAofRole::bytesOf).toList());
    }

    /** A name as the disk takes it: a character for each byte. */
    private static String bytesOf(String name) {
        return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static long snapshot(String path, DiskFile file) throws IOException {
        RdbCheck check =
                new RdbCheck(
                        System.currentTimeMillis(), line -> StandardStreams.print(line + "\n"));
        return check.run(new DiskSource(file), path) ? check.bytes() : -1;
    }

    private static final class Terminal implements AofCheck.Console {

        private final BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.ISO_8859_1));

        @Override
        public void print(String text) {
            StandardStreams.print(text);
        }

        @Override
        public String ask() {
            try {
                return in.readLine();
            } catch (IOException e) {
                return null;
            }
        }
    }
}
