package io.ferrite.testkit.disk;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.base.disk.MissingFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A disk in memory whose power can be cut before any of its operations. What was not synced is then
 * lost, kept, torn or kept out of order, as chance has it; so are names whose directory was not
 * synced. Any thread.
 *
 * <p>A test runs its work once to count the {@link #operations}, then again and again, each time
 * with the power cut at another one ({@link #cutAt}), {@link #restart}s and looks at what is left.
 */
public final class SimulatedDisk implements Disk {

    /** A change of names since the last sync of their directory. */
    private record Naming(String from, String to, SimulatedFile file) {

        boolean concerns(String directory) {
            return from != null && Disk.parent(from).equals(directory)
                    || to != null && Disk.parent(to).equals(directory);
        }

        void apply(Map<String, SimulatedFile> names) {
            if (from != null) {
                names.remove(from, file);
            }
            if (to != null) {
                names.put(to, file);
            }
        }
    }

    /** What stands for a directory among the names. */
    private final SimulatedFile directoryMark = new SimulatedFile();

    private Map<String, SimulatedFile> names = new HashMap<>();
    private Map<String, SimulatedFile> lasting = new HashMap<>();
    private final List<Naming> namings = new ArrayList<>();
    private long operations;
    private long cutAt = Long.MAX_VALUE;
    private boolean off;
    private long space = Long.MAX_VALUE;
    private String syncFailure;
    private String writeFailure;

    /** An empty disk with one directory, besides the root, that lasts. */
    public SimulatedDisk(String directory) {
        names.put("/", directoryMark);
        names.put(directory, directoryMark);
        lasting.putAll(names);
    }

    // -----------------------------------------------------------------------------------------
    // what a test does to it

    /** How many operations that change something there were so far. */
    public synchronized long operations() {
        return operations;
    }

    /** Cuts the power when that many operations were done; the next one has no effect, or half. */
    public synchronized void cutAt(long operation) {
        cutAt = operation;
    }

    public synchronized boolean isOff() {
        return off;
    }

    /** Cuts the power if it was not cut, and switches on again: chance decides what is left. */
    public synchronized void restart(Random random) {
        Map<String, SimulatedFile> found = new HashMap<>(lasting);
        int mode = random.nextInt(3);
        for (Naming naming : namings) {
            if (mode == 1 || mode == 2 && random.nextBoolean()) {
                naming.apply(found);
            }
        }
        namings.clear();
        names = found;
        lasting = new HashMap<>(found);
        for (SimulatedFile file : found.values()) {
            if (file != directoryMark) {
                file.lose(random);
            }
        }
        off = false;
        cutAt = Long.MAX_VALUE;
        space = Long.MAX_VALUE;
        syncFailure = null;
        writeFailure = null;
    }

    /** From now on there is room for so many bytes more. */
    public synchronized void leaveSpace(long bytes) {
        space = bytes;
    }

    /** From now on every sync fails with this text; null for none. */
    public synchronized void failSyncs(String message) {
        syncFailure = message;
    }

    /** From now on every write fails with this text; null for none. */
    public synchronized void failWrites(String message) {
        writeFailure = message;
    }

    /** What a file holds, or null if there is none. */
    public synchronized byte[] contents(String path) {
        SimulatedFile file = names.get(path);
        return file == null ? null : file.contents();
    }

    /** Makes a file that lasts. */
    public synchronized void put(String path, byte[] bytes) {
        SimulatedFile file = new SimulatedFile();
        file.write(0, bytes);
        file.sync();
        names.put(path, file);
        lasting.put(path, file);
    }

    // -----------------------------------------------------------------------------------------
    // what the program does to it

    /** Counts an operation; throws if there is no power for it. */
    private void operation() throws IOException {
        if (off || operations >= cutAt) {
            off = true;
            throw new PowerCutException();
        }
        operations++;
    }

    private void needPower() throws IOException {
        if (off) {
            throw new PowerCutException();
        }
    }

    private SimulatedFile find(String path) throws IOException {
        SimulatedFile file = names.get(path);
        if (file == null) {
            throw new MissingFileException();
        }
        return file;
    }

    private void change(Naming naming) {
        naming.apply(names);
        namings.add(naming);
    }

    private void checkParent(String path) throws IOException {
        if (names.get(Disk.parent(path)) != directoryMark) {
            throw new MissingFileException();
        }
    }

    @Override
    public synchronized DiskFile open(String path, Mode mode) throws IOException {
        needPower();
        boolean writes = mode == Mode.CREATE || mode == Mode.APPEND;
        SimulatedFile file = names.get(path);
        if (file == null && writes) {
            operation();
            checkParent(path);
            file = new SimulatedFile();
            change(new Naming(null, path, file));
        } else if (mode == Mode.CREATE) {
            operation();
            find(path).truncate(0);
        }
        if (find(path) == directoryMark) {
            throw new IOException("Is a directory");
        }
        return new Opened(file, mode);
    }

    @Override
    public synchronized boolean exists(String path) {
        return names.containsKey(path);
    }

    @Override
    public synchronized long size(String path) throws IOException {
        needPower();
        return find(path).size();
    }

    @Override
    public synchronized List<String> list(String directory) throws IOException {
        needPower();
        find(directory);
        List<String> found = new ArrayList<>();
        for (String path : names.keySet()) {
            if (!path.equals("/") && Disk.parent(path).equals(directory)) {
                found.add(path.substring(path.lastIndexOf('/') + 1));
            }
        }
        return found;
    }

    @Override
    public synchronized void makeDirectory(String path) throws IOException {
        operation();
        SimulatedFile there = names.get(path);
        if (there == directoryMark) {
            return;
        }
        if (there != null) {
            throw new IOException("File exists");
        }
        checkParent(path);
        change(new Naming(null, path, directoryMark));
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        operation();
        SimulatedFile file = find(from);
        checkParent(to);
        if (names.get(to) == directoryMark) {
            throw new IOException("Is a directory");
        }
        change(new Naming(from, to, file));
    }

    @Override
    public synchronized boolean delete(String path) throws IOException {
        operation();
        SimulatedFile file = names.get(path);
        if (file == null) {
            return false;
        }
        if (file == directoryMark && !list(path).isEmpty()) {
            throw new IOException("Directory not empty");
        }
        change(new Naming(path, null, file));
        return true;
    }

    @Override
    public synchronized void syncDirectory(String directory) throws IOException {
        operation();
        find(directory);
        if (syncFailure != null) {
            throw new IOException(syncFailure);
        }
        for (Naming naming : List.copyOf(namings)) {
            if (naming.concerns(directory)) {
                naming.apply(lasting);
                namings.remove(naming);
            }
        }
    }

    private final class Opened implements DiskFile {
        private final SimulatedFile file;
        private final Mode mode;
        private int position;
        private boolean closed;

        Opened(SimulatedFile file, Mode mode) {
            this.file = file;
            this.mode = mode;
        }

        private void checkOpen() throws IOException {
            if (closed) {
                throw new IOException("Bad file descriptor");
            }
            needPower();
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            synchronized (SimulatedDisk.this) {
                checkOpen();
                if (mode == Mode.READ) {
                    throw new IOException("Bad file descriptor");
                }
                boolean torn = operations >= cutAt;
                int length = torn ? bytes.remaining() / 2 : bytes.remaining();
                length = (int) Math.min(length, space);
                boolean full = !torn && length < bytes.remaining();
                if (writeFailure == null && length > 0) {
                    byte[] copy = new byte[length];
                    bytes.get(copy);
                    int at = mode == Mode.APPEND ? file.size() : position;
                    file.write(at, copy);
                    position = at + length;
                    space -= space == Long.MAX_VALUE ? 0 : length;
                }
                operation();
                if (writeFailure != null) {
                    throw new IOException(writeFailure);
                }
                if (full) {
                    throw new IOException("No space left on device");
                }
            }
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            synchronized (SimulatedDisk.this) {
                int length = read(into, position);
                position += Math.max(0, length);
                return length;
            }
        }

        @Override
        public int read(ByteBuffer into, long at) throws IOException {
            synchronized (SimulatedDisk.this) {
                checkOpen();
                byte[] bytes = new byte[into.remaining()];
                int length = file.read((int) at, bytes);
                if (length > 0) {
                    into.put(bytes, 0, length);
                }
                return length;
            }
        }

        @Override
        public long position() throws IOException {
            synchronized (SimulatedDisk.this) {
                checkOpen();
                return mode == Mode.APPEND ? file.size() : position;
            }
        }

        @Override
        public void seek(long newPosition) throws IOException {
            synchronized (SimulatedDisk.this) {
                checkOpen();
                position = (int) newPosition;
            }
        }

        @Override
        public long size() throws IOException {
            synchronized (SimulatedDisk.this) {
                checkOpen();
                return file.size();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (SimulatedDisk.this) {
                checkOpen();
                operation();
                file.truncate((int) size);
                position = Math.min(position, file.size());
            }
        }

        @Override
        public void sync() throws IOException {
            synchronized (SimulatedDisk.this) {
                checkOpen();
                operation();
                if (syncFailure != null) {
                    throw new IOException(syncFailure);
                }
                file.sync();
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
