package io.ferrite.testkit.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.base.disk.MissingFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SimulatedDiskTest {

    private static final byte[] OLD = "old".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NEW = new byte[2000];

    private final SimulatedDisk disk = new SimulatedDisk("/data");

    private static void replace(Disk disk, boolean carefully) throws IOException {
        try (DiskFile file = disk.open("/data/temp", Disk.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(NEW));
            if (carefully) {
                file.sync();
            }
        }
        disk.rename("/data/temp", "/data/file");
        disk.syncDirectory("/data");
    }

    /**
     * All that a file can hold after a power cut anywhere, in any fashion: lengths, -1 for none.
     */
    private static Set<Integer> outcomes(boolean carefully) throws IOException {
        Set<Integer> lengths = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            for (int cut = 0; ; cut++) {
                SimulatedDisk disk = new SimulatedDisk("/data");
                disk.put("/data/file", OLD);
                disk.cutAt(cut);
                boolean done = false;
                try {
                    replace(disk, carefully);
                    done = true;
                } catch (PowerCutException expected) {
                    assertTrue(disk.isOff());
                }
                disk.restart(new Random(seed));
                byte[] left = disk.contents("/data/file");
                lengths.add(left == null ? -1 : left.length);
                if (done) {
                    break;
                }
            }
        }
        return lengths;
    }

    @Test
    void aFileThatIsSyncedBeforeItIsRenamed_isOldOrNew() throws IOException {
        assertEquals(Set.of(OLD.length, NEW.length), outcomes(true));
    }

    @Test
    void withoutSync_anythingMayBeLeft() throws IOException {
        Set<Integer> lengths = outcomes(false);
        assertTrue(lengths.size() > 2 && lengths.contains(0), lengths::toString);
    }

    @Test
    void aFullDisk_takesWhatFits_andSaysSo() throws IOException {
        disk.leaveSpace(100);
        DiskFile file = disk.open("/data/a", Disk.Mode.CREATE);
        IOException full =
                assertThrows(IOException.class, () -> file.write(ByteBuffer.wrap(new byte[300])));
        assertEquals("No space left on device", full.getMessage());
        assertEquals(100, file.size());
    }

    @Test
    void aDeletedFile_canBeReadByWhoHasItOpen() throws IOException {
        disk.put("/data/a", OLD);
        DiskFile file = disk.open("/data/a", Disk.Mode.READ);
        assertTrue(disk.delete("/data/a"));
        assertNull(disk.contents("/data/a"));
        ByteBuffer read = ByteBuffer.allocate(10);
        assertEquals(3, file.read(read));
        assertArrayEquals(OLD, Arrays.copyOf(read.array(), 3));
        assertEquals(-1, file.read(read));
        assertThrows(MissingFileException.class, () -> disk.open("/data/a", Disk.Mode.READ));
    }
}
