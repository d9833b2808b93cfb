package io.ferrite.testkit.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Contents of a file: as programs see them, as they are on the disk, and the changes in between.
 * Not thread-safe; the disk's lock guards it.
 */
final class SimulatedFile {

    /** What a disk writes as a whole. */
    static final int SECTOR = 512;

    /** A change since the last sync: bytes at a place, or a new size if there are none. */
    private record Change(int at, byte[] bytes) {}

    private byte[] seen = new byte[0];
    private int size;
    private byte[] lasting = new byte[0];
    private final List<Change> changes = new ArrayList<>();

    int size() {
        return size;
    }

    byte[] contents() {
        return Arrays.copyOf(seen, size);
    }

    void write(int at, byte[] bytes) {
        int end = at + bytes.length;
        if (end > seen.length) {
            seen = Arrays.copyOf(seen, Math.max(end, seen.length * 2));
        }
        System.arraycopy(bytes, 0, seen, at, bytes.length);
        size = Math.max(size, end);
        changes.add(new Change(at, bytes.clone()));
    }

    int read(int at, byte[] into) {
        int length = Math.min(into.length, size - at);
        if (length <= 0) {
            return -1;
        }
        System.arraycopy(seen, at, into, 0, length);
        return length;
    }

    void truncate(int newSize) {
        if (newSize < size) {
            Arrays.fill(seen, newSize, size, (byte) 0);
            size = newSize;
            changes.add(new Change(newSize, null));
        }
    }

    void sync() {
        lasting = contents();
        changes.clear();
    }

    /** The power was cut: of what was not synced, chance decides what the disk got to. */
    void lose(Random random) {
        byte[] now = lasting;
        switch (random.nextInt(4)) {
            case 0 -> {} // nothing
            case 1 -> now = contents();
            case 2 -> now = firstOnes(random);
            default -> now = anySectors(random);
        }
        seen = now.clone();
        size = now.length;
        sync();
    }

    /** In order, up to some point, where a write is torn. */
    private byte[] firstOnes(Random random) {
        byte[] now = lasting;
        int whole = random.nextInt(changes.size() + 1);
        for (int i = 0; i < whole; i++) {
            now = applied(now, changes.get(i));
        }
        if (whole < changes.size() && changes.get(whole).bytes() != null) {
            Change torn = changes.get(whole);
            int part = random.nextInt(torn.bytes().length + 1);
            now = applied(now, new Change(torn.at(), Arrays.copyOf(torn.bytes(), part)));
        }
        return now;
    }

    /** Without order, each sector by itself; what was skipped before a later one reads as zeros. */
    private byte[] anySectors(Random random) {
        byte[] now = lasting;
        for (Change change : changes) {
            if (change.bytes() == null) {
                now = random.nextBoolean() ? applied(now, change) : now;
                continue;
            }
            int done = 0;
            while (done < change.bytes().length) {
                int at = change.at() + done;
                int length = Math.min(SECTOR - at % SECTOR, change.bytes().length - done);
                if (random.nextBoolean()) {
                    byte[] part = Arrays.copyOfRange(change.bytes(), done, done + length);
                    now = applied(now, new Change(at, part));
                }
                done += length;
            }
        }
        return now;
    }

    private static byte[] applied(byte[] before, Change change) {
        if (change.bytes() == null) {
            return Arrays.copyOf(before, Math.min(before.length, change.at()));
        }
        int end = change.at() + change.bytes().length;
        byte[] after = Arrays.copyOf(before, Math.max(before.length, end));
        System.arraycopy(change.bytes(), 0, after, change.at(), change.bytes().length);
        return after;
    }
}
