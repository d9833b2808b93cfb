package io.ferrite.node.replication;

import io.ferrite.durability.rdb.KeyspaceTarget;
import io.ferrite.durability.rdb.RdbInput;
import io.ferrite.durability.rdb.RdbLimits;
import io.ferrite.durability.rdb.RdbReader;
import io.ferrite.durability.rdb.RdbSource;
import io.ferrite.memory.Memory;
import io.ferrite.node.ExecutionGate;
import io.ferrite.store.Keyspace;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A leader's copy of its data on its way into this server: first a file, so that a link that breaks
 * costs nothing, then the keyspace.
 */
final class ReceivedCopy {

    private static final int PART = 64 << 10;

    private final Path file;
    private final RandomAccessFile out;
    private final byte[] part = new byte[PART];
    private String failure;
    private volatile boolean unwanted;

    /**
     * @throws IOException if the file cannot be made
     */
    ReceivedCopy(Path file) throws IOException {
        this.file = file;
        this.out = new RandomAccessFile(file.toFile(), "rw");
        out.setLength(0);
    }

    /** Why the copy cannot be stored any further, or null. */
    String failure() {
        return failure;
    }

    void write(long address, int length) {
        for (int done = 0; done < length; done += PART) {
            int size = Math.min(PART, length - done);
            Memory.copyOut(address + done, part, 0, size);
            write(part, size);
        }
    }

    void write(byte[] bytes, int length) {
        if (failure != null) {
            return;
        }
        try {
            out.write(bytes, 0, length);
        } catch (IOException e) {
            failure =
                    "Write error or short write writing to the DB dump file needed for"
                            + " MASTER <-> REPLICA synchronization: "
                            + e.getMessage();
        }
    }

    /** Nobody waits for it any more. Any thread. */
    void abandon() {
        unwanted = true;
    }

    boolean isUnwanted() {
        return unwanted;
    }

    /** Closes and removes the file. */
    void close() {
        try {
            out.close();
            Files.deleteIfExists(file);
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
    Map<String, byte[]> load(Keyspace keyspace, ExecutionGate gate, RdbLimits limits)
            throws IOException {
        out.seek(0);
        KeyspaceTarget target =
                new KeyspaceTarget(keyspace, (code, length) -> {}, Long.MIN_VALUE, false);
        GatedTarget gated = new GatedTarget(target, keyspace, gate);
        try (RdbInput input = new RdbInput();
                RdbReader reader = new RdbReader(input.open(source()), gated, limits, true)) {
            reader.read();
        } finally {
            gated.release();
        }
        return target.fields();
    }

    private RdbSource source() throws IOException {
        long total = out.length();
        return new RdbSource() {
            private long left = total;

            @Override
            public int read(long target, int length) throws IOException {
                if (unwanted) {
                    throw new IOException("not wanted any more");
                }
                int size = out.read(part, 0, Math.min(length, PART));
                if (size > 0) {
                    Memory.copyIn(part, 0, target, size);
                    left -= size;
                }
                return size;
            }

            @Override
            public long remaining() {
                return left; // asked for every string: no call of the system
            }
        };
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
