package io.ferrite.node.slots;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.coordination.cluster.SlotSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Which slots keys are coming of, on the disk beside nodes.conf: a node that dies in the middle of
 * an import finds there, when it starts again, what keys are nobody's. One thread at a time.
 */
final class ImportsFile {

    private final Disk disk;
    private final String path;

    /** What the file says, as far as this process wrote it. */
    private SlotSet written = SlotSet.EMPTY;

    ImportsFile(Disk disk, String directory, String nodesConf) {
        this.disk = disk;
        this.path = Disk.path(directory, nodesConf + ".imports");
    }

    /** The slots of imports that had not ended; none where there is no file. */
    SlotSet read() throws IOException {
        if (!disk.exists(path)) {
            return SlotSet.EMPTY;
        }
        try (DiskFile file = disk.open(path, Disk.Mode.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
            while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {
                // goes on
            }
            written = parse(new String(bytes.array(), StandardCharsets.US_ASCII));
            return written;
        }
    }

    /** What can't be read says nothing: then nothing is removed. */
    static SlotSet parse(String text) {
        SlotSet slots = SlotSet.EMPTY;
        for (String range : text.strip().split(" ")) {
            if (range.matches("\\d{1,5}(-\\d{1,5})?")) {
                int dash = range.indexOf('-');
                int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
                int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
                if (first <= last && last < SlotSet.SLOTS) {
                    slots = slots.plus(SlotSet.EMPTY.withRange(first, last));
                }
            }
        }
        return slots;
    }

    /** Returns when the file says this, also after the machine lost its power. */
    void write(SlotSet slots) throws IOException {
        if (slots.equals(written)) {
            return;
        }
        String temporary = path + ".tmp";
        try (DiskFile file = disk.open(temporary, Disk.Mode.CREATE)) {
            String line = slots + "\n";
            file.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
            file.sync();
        }
        disk.rename(temporary, path);
        disk.syncDirectory(Disk.parent(path));
        written = slots;
    }
}
