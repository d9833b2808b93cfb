package io.ferrite.durability.aof;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The directory that the parts of an append-only file lie in, and its manifest.
 *
 * <p>The manifest changes in one step: written beside, synced, renamed, and the directory synced.
 * So a file that it names is on the disk with all that was synced before, whatever happens when.
 *
 * @param home the server's directory
 * @param directory the path of the directory
 * @param name what the files' names begin with (appendfilename)
 */
public record AofDirectory(Disk disk, String home, String directory, String name) {

    private static final int MANIFEST_MOST = 16 << 20;

    public static AofDirectory of(Disk disk, String home, String directoryName, String name) {
        return new AofDirectory(disk, home, Disk.path(home, directoryName), name);
    }

    public String path(String file) {
        return Disk.path(directory, file);
    }

    public String path(AofPart part) {
        return path(part.name());
    }

    public String manifestName() {
        return name + ".manifest";
    }

    /** What is appended while the first base is still being made. */
    public String temporaryIncrement() {
        return path("temp-" + name + ".incr");
    }

    /** Where versions before Redis 7 kept everything in one file. */
    public String singleFile() {
        return Disk.path(home, name);
    }

    /** Reads the manifest; there is none is an empty one. */
    public AofManifest load() throws IOException, ManifestFault {
        String path = path(manifestName());
        if (!disk.exists(path)) {
            return AofManifest.EMPTY;
        }
        return AofManifest.parse(readText(disk, path));
    }

    /** A small file's bytes as characters. */
    static String readText(Disk disk, String path) throws IOException {
        try (DiskFile file = disk.open(path, Disk.Mode.READ)) {
            long size = file.size();
            if (size > MANIFEST_MOST) {
                throw new IOException("File too large");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            while (bytes.hasRemaining() && file.read(bytes) > 0) {
                continue;
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
        }
    }

    /** Replaces the manifest; when it fails, the message says what did, and the old one holds. */
    public void store(AofManifest manifest) throws IOException {
        String temporary = "temp-" + manifestName();
        String path = path(temporary);
        DiskFile file =
                doing(
                        "Can't open the AOF manifest file " + temporary,
                        () -> disk.open(path, Disk.Mode.CREATE));
        try (file) {
            byte[] bytes = manifest.text().getBytes(StandardCharsets.ISO_8859_1);
            doing(
                    "Error trying to write the temporary AOF manifest file " + temporary,
                    () -> {
                        file.write(ByteBuffer.wrap(bytes));
                        return null;
                    });
            doing(
                    "Fail to fsync the temp AOF file " + temporary,
                    () -> {
                        file.sync();
                        return null;
                    });
        }
        // A list must not last before the names of the files that it lists.
        syncNames();
        doing(
                "Error trying to rename the temporary AOF manifest file "
                        + temporary
                        + " into "
                        + manifestName(),
                () -> {
                    disk.rename(path, path(manifestName()));
                    return null;
                });
        syncNames();
    }

    private void syncNames() throws IOException {
        doing(
                "Fail to fsync AOF directory " + directory,
                () -> {
                    disk.syncDirectory(directory);
                    return null;
                });
    }

    /** Makes the directory, whose name is to last, if it is not there. */
    public void make() throws IOException {
        if (!disk.exists(directory)) {
            disk.makeDirectory(directory);
            disk.syncDirectory(Disk.parent(directory));
        } else {
            disk.makeDirectory(directory);
        }
    }

    private interface Step<T> {
        T run() throws IOException;
    }

    private static <T> T doing(String what, Step<T> step) throws IOException {
        try {
            return step.run();
        } catch (IOException e) {
            throw new IOException(what + ": " + e.getMessage(), e);
        }
    }
}
