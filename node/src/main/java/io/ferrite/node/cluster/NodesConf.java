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
 * nodes.conf on the disk: this process' alone, and whole at any moment.
 *
 * <p>Each save writes another file, makes it last, and gives it the name: whoever dies in between
 * leaves the former one. The lock that keeps a second process away is on the file that has the name
 * and is taken before the file gets it.
 *
 * <p>A save that need not outlive the machine goes into a file beside, which costs no wait for the
 * disk: it says of which nodes.conf it is the successor, and has a checksum. A start takes it if it
 * is whole and succeeds the one that is there. Before long somebody saves for good.
 *
 * <p>One thread at a time, each under the lock of this.
 */
final class NodesConf {

    private static final Pattern HEAD =
            Pattern.compile("after ([0-9a-f]{8}) checksum ([0-9a-f]{8})\n");

    private final Disk disk;
    private final String path;
    private final String latePath;
    private final String temporary;

    /** The file that has the name, open for its lock. */
    private DiskFile locked;

    /** The checksum of what it holds. */
    private String base = "";

    /** Whether something newer stands beside. */
    private boolean late;

    /**
     * @param unique keeps the temporary file apart from other processes'
     */
    NodesConf(Disk disk, String directory, String name, String unique) {
        this.disk = disk;
        this.path = Disk.path(directory, name);
        this.latePath = path + ".late";
        this.temporary = path + ".tmp-" + unique;
    }

    /** Takes the file for this process, made if it is not there; false if somebody has it. */
    synchronized boolean lock() throws IOException {
        if (!disk.exists(path)) {
            disk.open(path, Disk.Mode.APPEND).close();
        }
        locked = disk.open(path, Disk.Mode.CHANGE);
        return locked.tryLock();
    }

    /** What was saved last, empty where nothing was. */
    synchronized String read() throws IOException {
        String text = content(locked);
        base = checksum(text);
        if (disk.exists(latePath)) {
            try (DiskFile file = disk.open(latePath, Disk.Mode.READ)) {
                String newer = successor(content(file));
                late = newer != null;
                return late ? newer : text;
            }
        }
        return text;
    }

    /** What a file beside holds, or null where it is not whole or not nodes.conf's successor. */
    private String successor(String text) {
        Matcher head = HEAD.matcher(text);
        if (!head.lookingAt() || !head.group(1).equals(base)) {
            return null;
        }
        String body = text.substring(head.end());
        return head.group(2).equals(checksum(body)) ? body : null;
    }

    private static String content(DiskFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
        while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {
            // goes on
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    /** Whether there is something that does not outlive the machine. */
    synchronized boolean isLate() {
        return late;
    }

    /**
     * Returns when this is what a start finds.
     *
     * @param durable whether also one after the machine lost its power
     */
    synchronized void write(String text, boolean durable) throws IOException {
        if (durable) {
            writeDurably(text);
        } else {
            writeLate(text);
        }
    }

    private void writeDurably(String text) throws IOException {
        DiskFile next = disk.open(temporary, Disk.Mode.CREATE);
        try {
            next.tryLock();
            next.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
            next.sync(); // a name that stands for nothing is worse than an old file
            disk.rename(temporary, path);
            if (late) {
                disk.delete(latePath);
            }
            disk.syncDirectory(Disk.parent(path));
        } catch (IOException e) {
            next.close();
            disk.delete(temporary);
            throw e;
        }
        DiskFile former = locked;
        locked = next;
        if (former != null) {
            former.close();
        }
        base = checksum(text);
        late = false;
    }

    private void writeLate(String text) throws IOException {
        String all = "after " + base + " checksum " + checksum(text) + "\n" + text;
        try (DiskFile next = disk.open(temporary, Disk.Mode.CREATE)) {
            next.write(ByteBuffer.wrap(all.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            disk.delete(temporary);
            throw e;
        }
        disk.rename(temporary, latePath);
        late = true;
    }
}
