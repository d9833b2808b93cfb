package io.ferrite.node.cluster;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * nodes.conf on the disk: this process' alone, and whole at any moment.
 *
 * <p>Each save writes another file, makes it last, and gives it the name: whoever dies in between
 * leaves the former one. The lock that keeps a second process away is on the file that has the name
 * and is taken before the file gets it.
 */
final class NodesConf {

    private final Disk disk;
    private final String path;
    private final String temporary;

    /** The file that has the name, open for its lock. */
    private DiskFile locked;

    /**
     * @param unique keeps the temporary file apart from other processes'
     */
    NodesConf(Disk disk, String directory, String name, String unique) {
        this.disk = disk;
        this.path = Disk.path(directory, name);
        this.temporary = path + ".tmp-" + unique;
    }

    /** Takes the file for this process, made if it is not there; false if somebody has it. */
    boolean lock() throws IOException {
        if (!disk.exists(path)) {
            disk.open(path, Disk.Mode.APPEND).close();
        }
        locked = disk.open(path, Disk.Mode.CHANGE);
        return locked.tryLock();
    }

    /** What the file holds, empty where it is new. */
    String read() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(locked.size()));
        while (bytes.hasRemaining() && locked.read(bytes, bytes.position()) >= 0) {
            // goes on
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }

    /**
     * Returns when the file holds this.
     *
     * @param durable whether that survives the machine
     */
    void write(String text, boolean durable) throws IOException {
        DiskFile next = disk.open(temporary, Disk.Mode.CREATE);
        try {
            next.tryLock();
            next.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
            next.sync(); // a name that stands for nothing is worse than an old file
            disk.rename(temporary, path);
            if (durable) {
                disk.syncDirectory(Disk.parent(path));
            }
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
    }
}
