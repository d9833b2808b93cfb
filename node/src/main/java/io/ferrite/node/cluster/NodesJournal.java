package io.ferrite.node.cluster;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The file beside nodes.conf that holds what was saved since that was written: made once, its size
 * and name then stay, so that what is to outlive the machine waits for one write to the disk.
 *
 * <pre>
 *   three records of equal room, each:  after BASE number N length L checksum C\n  text  whatever
 * </pre>
 *
 * <p>The checksum is that of number and text: a new head may be torn over an old record.
 *
 * <p>Neither the newest record nor the newest of those that outlive the machine is written over: so
 * whoever dies in a write, process or machine, leaves the one that counts. The one that counts is
 * the whole one with the highest number that is the successor of the nodes.conf which is there.
 */
final class NodesJournal {

    private static final Pattern HEAD =
            Pattern.compile(
                    "after ([0-9a-f]{8}) number (\\d{1,18}) length (\\d{1,9})"
                            + " checksum ([0-9a-f]{8})\n");

    private static final int RECORDS = 3;
    private static final int LONGEST_HEAD = 128;
    private static final int LEAST_ROOM = 4096;

    private final Disk disk;
    private final String path;
    private final DiskFile file;
    private final String base;
    private final int room;
    private long number;

    /** The place of the newest record, and of the newest that outlives the machine; -1 for none. */
    private int newest = -1;

    private int lasting = -1;

    /** Whether the file's name and size outlive the machine. */
    private boolean named;

    private NodesJournal(Disk disk, String path, DiskFile file, String base, int room) {
        this.disk = disk;
        this.path = path;
        this.file = file;
        this.base = base;
        this.room = room;
    }

    /**
     * A new file, which says nothing yet.
     *
     * @param base the checksum of the nodes.conf that its records succeed
     * @param bytes about how long texts are
     */
    static NodesJournal create(Disk disk, String path, String base, int bytes) throws IOException {
        int room = Math.max(LEAST_ROOM, 2 * (bytes + LONGEST_HEAD));
        DiskFile file = disk.open(path, Disk.Mode.CREATE);
        try {
            file.write(ByteBuffer.allocate(RECORDS * room));
        } catch (IOException e) {
            file.close();
            disk.delete(path);
            throw e;
        }
        return new NodesJournal(disk, path, file, base, room);
    }

    /** The newest text in a file that succeeds a nodes.conf of this checksum, or null. */
    static String newest(String content, String base) {
        int room = content.length() / RECORDS;
        long highest = -1;
        String newest = null;
        for (int i = 0; i < RECORDS; i++) {
            String record = content.substring(i * room, (i + 1) * room);
            Matcher head = HEAD.matcher(record);
            if (!head.lookingAt() || !head.group(1).equals(base)) {
                continue;
            }
            long number = Long.parseLong(head.group(2));
            long end = head.end() + Long.parseLong(head.group(3));
            if (number <= highest || end > room) {
                continue;
            }
            String text = record.substring(head.end(), (int) end);
            if (head.group(4).equals(checksum(number + " " + text))) {
                highest = number;
                newest = text;
            }
        }
        return newest;
    }

    static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    boolean hasRoomFor(String text) {
        return text.length() + LONGEST_HEAD <= room;
    }

    /** Saves a text, for which there is room; see {@link NodesConf#write}. */
    void write(String text, boolean durable) throws IOException {
        int place = 0;
        while (place == newest || place == lasting) {
            place++;
        }
        number++;
        String head =
                "after %s number %d length %d checksum %s\n"
                        .formatted(base, number, text.length(), checksum(number + " " + text));
        file.seek((long) place * room);
        file.write(ByteBuffer.wrap((head + text).getBytes(StandardCharsets.ISO_8859_1)));
        newest = place;
        if (durable) {
            file.sync();
            if (!named) {
                disk.syncDirectory(Disk.parent(path));
                named = true;
            }
            lasting = place;
        }
    }

    void close() throws IOException {
        file.close();
    }
}
