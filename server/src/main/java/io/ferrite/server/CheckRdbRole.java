package io.ferrite.server;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.durability.rdb.RdbCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** The role {@code check-rdb}: says whether a snapshot file is sound. */
final class CheckRdbRole {

    private CheckRdbRole() {}

    /** Runs with these words, one of which is to be a file's name; answers the exit status. */
    static int run(String program, List<String> words) {
        if (words.size() != 1) {
            StandardStreams.complain("Usage: " + program + " <rdb-file-name>\n");
            return 1;
        }
        String name = words.getFirst();
        if (name.equals("-v") || name.equals("--version")) {
            StandardStreams.print(program + " " + Product.version() + "\n");
            return 0;
        }
        return check(name, line -> StandardStreams.print(line + "\n")) ? 0 : 1;
    }

    private static boolean check(String name, Consumer<String> out) {
        RdbCheck check = new RdbCheck(System.currentTimeMillis(), out);
        byte[] path = Path.of(name).toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        try (DiskFile file =
                new SystemDisk()
                        .open(new String(path, StandardCharsets.ISO_8859_1), Disk.Mode.READ)) {
            return check.run(new DiskSource(file), name);
        } catch (IOException e) {
            out.accept("[offset 0] Checking RDB file " + name);
            StandardStreams.complain("Cannot open " + name + ": " + e.getMessage() + "\n");
            return false;
        }
    }
}
