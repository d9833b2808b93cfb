package io.ferrite.node.replication;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.memory.Memory;
import io.ferrite.node.persistence.RdbLoader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A leader's copy of its data on its way into this server: first a file, so that a link that breaks
 * costs nothing, then the keyspace.
 */
final class ReceivedCopy {

    private final Disk disk;
    private final String path;
    private final DiskFile file;
    private String failure;
    private boolean moved;
    private volatile boolean unwanted;

    /**
     * @throws IOException if the file cannot be made
     */
    ReceivedCopy(Disk disk, String path) throws IOException {
        this.disk = disk;
        this.path = path;
        this.file = disk.open(path, Disk.Mode.CREATE);
    }

    /** Why the copy cannot be stored any further, or null. */
    String failure() {
        return failure;
    }

    void write(long address, int length) {
        write(Memory.buffer(address, length));
    }

    void write(byte[] bytes, int length) {
        write(ByteBuffer.wrap(bytes, 0, length));
    }

    private void write(ByteBuffer bytes) {
        if (failure != null) {
            return;
        }
        try {
            file.write(bytes);
        } catch (IOException e) {
            failure =
                    "Write error or short write writing to the DB dump file needed for"
                            + " MASTER <-> REPLICA synchronization: "
                            + e.getMessage();
        }
    }

    /** How many bytes came. */
    long size() {
        try {
            return file.size();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Nobody waits for it any more. Any thread. */
    void abandon() {
        unwanted = true;
    }

    boolean isUnwanted() {
        return unwanted;
    }

    /** Lasts under another name, that of nothing or of an older file. */
    void moveTo(String name) throws IOException {
        file.sync();
        disk.rename(path, name);
        moved = true;
        disk.syncDirectory(Disk.parent(name));
    }

    /** Closes the file and, if it was not moved, removes it. */
    void close() {
        try {
            file.close();
            if (!moved) {
                disk.delete(path);
            }
        } catch (IOException e) {
            // A file that nobody will look at is left behind; nothing depends on it.
            failure = e.getMessage();
        }
    }

    /**
     * Fills the keyspace, which must be empty and refuse clients. Not on an event loop.
     *
     * @return what the copy says about the whole
     */
    Map<String, byte[]> load(RdbLoader loader) throws IOException {
        file.seek(0);
        RdbLoader.Plan plan = new RdbLoader.Plan(false, false, 0);
        return loader.load(file, plan, this::isUnwanted).fields();
    }

    /** The database that the stream behind the copy begins in. */
    static int streamDatabase(Map<String, byte[]> fields) {
        byte[] text = fields.get("repl-stream-db");
        if (text == null) {
            return 0;
        }
        try {
            return Math.max(0, Integer.parseInt(new String(text, StandardCharsets.US_ASCII)));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
