package io.ferrite.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.testkit.disk.PowerCutException;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** nodes.conf while the power fails. */
final class NodesConfTest {

    private static final String DIRECTORY = "/data";

    private static NodesConf conf(SimulatedDisk disk, String unique) {
        return new NodesConf(disk, DIRECTORY, "nodes.conf", unique);
    }

    private static String version(int number) {
        return "version " + number + " " + "x".repeat(100 + 37 * number % 3000) + " end\n";
    }

    private static int number(String text) {
        assertThat(text).as("whole or nothing").matches("version \\d+ x+ end\n");
        return Integer.parseInt(text.split(" ")[1]);
    }

    @Test
    void whereverThePowerIsCut_aWholeFileIsLeft_noOlderThanTheLastThatWasToLast()
            throws IOException {
        for (int cut = 1; cut < 80; cut++) {
            for (int seed = 1; seed <= 10; seed++) {
                cutAndLook(cut, new Random(1000L * cut + seed), "cut " + cut + ", seed " + seed);
            }
        }
    }

    private static void cutAndLook(int cut, Random random, String what) throws IOException {
        SimulatedDisk disk = new SimulatedDisk(DIRECTORY);
        NodesConf conf = conf(disk, "1");
        assertThat(conf.lock()).isTrue();
        conf.write(version(1), true);
        disk.cutAt(disk.operations() + cut);
        int lasting = 1;
        int begun = 1;
        try {
            while (begun < 100) {
                int how = random.nextInt(6);
                begun++;
                if (how == 0) {
                    conf.settle(version(begun));
                } else {
                    conf.write(version(begun), how < 3);
                }
                lasting = how < 3 ? begun : lasting;
            }
        } catch (PowerCutException expected) {
            // what this is about
        }
        disk.restart(random);
        NodesConf after = conf(disk, "2");
        assertThat(after.lock()).as(what).isTrue();
        assertThat(number(after.read())).as(what).isBetween(lasting, begun);
        after.settle(version(begun + 1));
        assertThat(number(after.read())).as(what).isEqualTo(begun + 1);
    }

    /** What was settled may be word for word what was there before: no record succeeds it then. */
    @Test
    void whatIsAsItWasBefore_hasNoSuccessors_whereverThePowerIsCut() throws IOException {
        for (int cut = 1; cut < 12; cut++) {
            for (int seed = 1; seed <= 10; seed++) {
                SimulatedDisk disk = new SimulatedDisk(DIRECTORY);
                NodesConf conf = conf(disk, "1");
                assertThat(conf.lock()).isTrue();
                conf.write(version(1), true);
                conf.write(version(2), false);
                conf.write(version(3), true);
                disk.cutAt(disk.operations() + cut);
                boolean settled = false;
                try {
                    conf.settle(version(1));
                    settled = true;
                    conf.write(version(1), true);
                } catch (PowerCutException expected) {
                    // what this is about
                }
                disk.restart(new Random(seed));
                NodesConf after = conf(disk, "2");
                assertThat(after.lock()).isTrue();
                int found = number(after.read());
                String what = "cut " + cut + ", seed " + seed;
                assertThat(found).as(what).isIn(settled ? List.of(1) : List.of(1, 3));
            }
        }
    }

    @Test
    void savesThatLast_waitForTheDiskOnce_andTakeNoOtherNames() throws IOException {
        SimulatedDisk disk = new SimulatedDisk(DIRECTORY);
        NodesConf conf = conf(disk, "1");
        assertThat(conf.lock()).isTrue();
        conf.write(version(1), true);
        conf.write(version(2), false);
        conf.write(version(3), true);
        long before = disk.operations();
        for (int i = 4; i < 14; i++) {
            conf.write(version(i), true);
        }
        assertThat(disk.operations() - before).isLessThanOrEqualTo(20); // a write and a sync each
        String longOne = "version 14 " + "x".repeat(100_000) + " end\n";
        conf.write(longOne, true);
        assertThat(conf.read()).isEqualTo(longOne);
    }

    @Test
    void whatWasSavedInHaste_isThereAfterAKill_andBeforeLongForGood() throws IOException {
        SimulatedDisk disk = new SimulatedDisk(DIRECTORY);
        NodesConf conf = conf(disk, "1");
        assertThat(conf.lock()).isTrue();
        conf.write(version(1), true);
        conf.write(version(2), false);
        assertThat(conf.isLate()).isTrue();

        NodesConf after = conf(disk, "2");
        after.lock();
        assertThat(number(after.read())).isEqualTo(2);
        assertThat(after.isLate()).isTrue();
        after.settle(version(3));
        assertThat(after.isLate()).isFalse();
        assertThat(disk.list(DIRECTORY)).containsExactly("nodes.conf");
    }

    @Test
    void whatWasSavedInHaste_succeedsNoOtherFile() throws IOException {
        SimulatedDisk disk = new SimulatedDisk(DIRECTORY);
        NodesConf conf = conf(disk, "1");
        assertThat(conf.lock()).isTrue();
        conf.write(version(1), true);
        conf.write(version(2), false);
        disk.put("/data/nodes.conf", version(7).getBytes(StandardCharsets.ISO_8859_1));

        NodesConf after = conf(disk, "2");
        after.lock();
        assertThat(number(after.read())).isEqualTo(7);
    }

    @Test
    void aDiskThatIsFull_leavesTheFormerFile() throws IOException {
        SimulatedDisk disk = new SimulatedDisk(DIRECTORY);
        NodesConf conf = conf(disk, "1");
        assertThat(conf.lock()).isTrue();
        conf.write(version(1), true);
        disk.leaveSpace(50);
        try {
            conf.write(version(2), true);
            throw new AssertionError("there was room");
        } catch (IOException expected) {
            assertThat(number(new String(disk.contents("/data/nodes.conf")))).isEqualTo(1);
            assertThat(disk.list(DIRECTORY)).containsExactly("nodes.conf");
        }
    }
}
