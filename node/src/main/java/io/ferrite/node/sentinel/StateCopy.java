package io.ferrite.node.sentinel;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A copy of the configuration file as a Sentinel last wrote it, with a number and a checksum. Its
 * form stands in docs/formats/sentinel-state.md:
 *
 * <pre>
 *   FERRITE-SENTINEL-STATE 1
 *   sequence 12              rises with every write
 *   bytes 1234               of the text behind the empty line
 *   crc32c 89abcdef          of "12\n" and the text
 *   (empty line)
 *   the text
 * </pre>
 *
 * Lies beside the configuration file, as {@code NAME.state}; where that directory can't be written,
 * in the working directory. A reader takes the valid one of the highest number.
 */
public final class StateCopy {

    private static final String MAGIC = "FERRITE-SENTINEL-STATE 1";
    private static final String SUFFIX = ".state";
    private static final int SIZE_MAX = 64 << 20;

    private final Disk disk;
    private final List<String> paths;
    private long sequence;

    StateCopy(Disk disk, String configFile, String directory, long sequence) {
        this.disk = disk;
        this.paths = paths(configFile, directory);
        this.sequence = sequence;
    }

    private static List<String> paths(String configFile, String directory) {
        List<String> paths = new ArrayList<>();
        paths.add(configFile + SUFFIX);
        String name = configFile.substring(configFile.lastIndexOf('/') + 1);
        String other = Disk.path(directory, name + SUFFIX);
        if (!paths.contains(other)) {
            paths.add(other);
        }
        return paths;
    }

    /** Writes the first copy that can be written; the reason if none can. */
    Optional<String> write(String text) {
        sequence++;
        byte[] bytes = encode(text, sequence).getBytes(StandardCharsets.ISO_8859_1);
        String reason = "";
        for (String path : paths) {
            try {
                replace(path, bytes);
                return Optional.empty();
            } catch (IOException e) {
                reason = reason.isEmpty() ? path + ": " + e.getMessage() : reason;
            }
        }
        return Optional.of(reason);
    }

    private void replace(String path, byte[] bytes) throws IOException {
        String temporary = path + ".new";
        try (DiskFile file = disk.open(temporary, Disk.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(bytes));
            file.sync();
        }
        disk.rename(temporary, path);
        disk.syncDirectory(Disk.parent(path));
    }

    /** What a copy holds. */
    public record Found(String path, long sequence, String text) {}

    /** The newest whole copy. */
    public static Optional<Found> read(Disk disk, String configFile, String directory) {
        Found best = null;
        for (String path : paths(configFile, directory)) {
            Optional<Found> found = readOne(disk, path);
            if (found.isPresent() && (best == null || found.get().sequence() > best.sequence())) {
                best = found.get();
            }
        }
        return Optional.ofNullable(best);
    }

    private static Optional<Found> readOne(Disk disk, String path) {
        try (DiskFile file = disk.open(path, Disk.Mode.READ)) {
            long size = file.size();
            if (size > SIZE_MAX) {
                return Optional.empty();
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {
                continue; // until the end
            }
            String content =
                    new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
            return decode(path, content);
        } catch (IOException e) {
            return Optional.empty(); // none there, or none to be read: the other one may do
        }
    }

    static String encode(String text, long sequence) {
        return MAGIC
                + "\nsequence "
                + sequence
                + "\nbytes "
                + text.length()
                + "\ncrc32c "
                + checksum(text, sequence)
                + "\n\n"
                + text;
    }

    private static String checksum(String text, long sequence) {
        CRC32C sum = new CRC32C();
        sum.update((sequence + "\n" + text).getBytes(StandardCharsets.ISO_8859_1));
        return Long.toHexString(sum.getValue());
    }

    static Optional<Found> decode(String path, String content) {
        int head = content.indexOf("\n\n");
        if (head < 0) {
            return Optional.empty();
        }
        String[] lines = content.substring(0, head).split("\n", -1);
        String text = content.substring(head + 2);
        boolean form =
                lines.length == 4
                        && lines[0].equals(MAGIC)
                        && lines[1].matches("sequence [0-9]{1,18}")
                        && lines[2].equals("bytes " + text.length());
        if (!form) {
            return Optional.empty();
        }
        long sequence = Long.parseLong(lines[1].substring("sequence ".length()));
        return lines[3].equals("crc32c " + checksum(text, sequence))
                ? Optional.of(new Found(path, sequence, text))
                : Optional.empty();
    }
}
