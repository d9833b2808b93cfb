package io.ferrite.node.cluster;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * nodes.conf on the disk: this process' alone, and whole at any moment.
 *
 * <p>Each save writes another file, makes it last, and gives it the name: whoever dies in between
 * leaves the former one. The lock that keeps a second process away is on the file that has the name
 * and is taken before the file gets it.
 *
 * <p>That costs two waits for the disk. Where many saves follow each other they go into a file
 * beside ({@link NodesJournal}), with one wait, or none where it need not outlive the machine. A
 * start takes the newest of them that succeeds the nodes.conf which is there. Before long somebody
 * {@linkplain #settle settles} it, and the file beside is gone.
 *
 * <p>One thread at a time, each under the lock of this.
 */
final class NodesConf {

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

    /** What this process writes beside; null before it does. */
    private @Nullable NodesJournal journal;

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
        base = NodesJournal.checksum(text);
        if (disk.exists(latePath)) {
            try (DiskFile file = disk.open(latePath, Disk.Mode.READ)) {
                String newer = NodesJournal.newest(content(file), base);
                late = newer != null;
                return late ? newer : text;
            }
        }
        return text;
    }

    private static String content(DiskFile file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
        while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {
            // goes on
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }

    /** Whether there is something that nodes.conf itself does not say. */
    synchronized boolean isLate() {
        return late;
    }

    /**
     * Returns when this is what a start finds.
     *
     * @param durable whether also one after the machine lost its power
     */
    synchronized void write(String text, boolean durable) throws IOException {
        if (journal == null && durable || journal != null && !journal.hasRoomFor(text)) {
            settle(text);
            return;
        }
        if (journal == null) {
            journal = NodesJournal.create(disk, latePath, base, text.length());
        }
        journal.write(text, durable);
        late = true;
    }

    /** Returns when nodes.conf itself says this, also after the machine lost its power. */
    synchronized void settle(String text) throws IOException {
        if (NodesJournal.checksum(text).equals(base)) {
            forgetJournal(); // or its records would succeed this one, too
            disk.syncDirectory(Disk.parent(path));
            return;
        }
        DiskFile next = disk.open(temporary, Disk.Mode.CREATE);
        try {
            next.tryLock();
            next.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
            next.sync(); // a name that stands for nothing is worse than an old file
            disk.rename(temporary, path);
            disk.syncDirectory(Disk.parent(path)); // before what it replaces is gone
            forgetJournal();
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
        base = NodesJournal.checksum(text);
    }

    private void forgetJournal() throws IOException {
        if (journal != null) {
            journal.close();
            journal = null;
        }
        if (disk.exists(latePath)) {
            disk.delete(latePath);
        }
        late = false;
    }
}
