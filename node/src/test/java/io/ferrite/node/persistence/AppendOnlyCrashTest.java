package io.ferrite.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.durability.aof.AofCheck;
import io.ferrite.node.SimulatedNode;
import io.ferrite.node.config.PersistenceOptions;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The power goes at every step of writing, rewriting, switching files and cleaning up: what was
 * acknowledged with appendfsync always is there afterwards, and nothing that never was.
 */
final class AppendOnlyCrashTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20261127L);

    /** How often the power goes at each step: by hand hundreds of times. */
    private static final int ROUNDS = Integer.getInteger("ferrite.rounds", 1);

    private static final int WRITES = 3;

    /** What a run had confirmed when the power went. */
    private static final class Run {
        private int acknowledged;
        private int tried;
        private boolean finished;
    }

    private static SimulatedNode node(SimulatedDisk disk, boolean always) {
        SimulatedNode node = new SimulatedNode(disk);
        node.call("CONFIG", "SET", "save", "", "appendfsync", always ? "always" : "everysec");
        node.settings().put(PersistenceOptions.APPENDONLY, Boolean.TRUE);
        return node;
    }

    private static SimulatedNode started(SimulatedDisk disk, String what) {
        SimulatedNode node = node(disk, true);
        assertThat(node.start()).as(() -> what + "\n" + String.join("\n", node.logged())).isTrue();
        return node;
    }

    /** Counts up a key and keeps a list as long; stops at the first write that is not confirmed. */
    private static boolean write(SimulatedNode node, Run run) {
        for (int i = 0; i < WRITES; i++) {
            run.tried++;
            node.run("MULTI");
            node.run("INCR count");
            node.run("RPUSH list " + run.tried);
            boolean done = node.run("EXEC").startsWith("*2") && node.isAcknowledged();
            if (!done) {
                return false;
            }
            run.acknowledged = run.tried;
        }
        return true;
    }

    private static Run run(SimulatedDisk disk, Run run, boolean plain) {
        try (SimulatedNode node = node(disk, true)) {
            node.call("CONFIG", "SET", "aof-use-rdb-preamble", plain ? "no" : "yes");
            if (!node.start() || !write(node, run)) {
                return run;
            }
            node.run("BGREWRITEAOF");
            if (!write(node, run)) {
                return run;
            }
            node.run("CONFIG SET appendonly no");
            node.run("CONFIG SET appendonly yes");
            node.runFor(300);
            // Until the first base is in place nothing is promised.
            if (!node.run("INFO persistence").contains("aof_last_bgrewrite_status:ok")
                    || !write(node, run)) {
                return run;
            }
            node.run("BGREWRITEAOF");
            run.finished = write(node, run) && !disk.isOff();
        }
        return run;
    }

    private static long count(SimulatedNode node) {
        String reply = node.run("GET count");
        return reply.equals("$-1\r\n") ? 0 : Long.parseLong(reply.split("\r\n")[1]);
    }

    private static void check(SimulatedDisk disk, Run run, String what) {
        try (SimulatedNode node = started(disk, what)) {
            long count = count(node);
            assertThat(count).as(what).isBetween((long) run.acknowledged, (long) run.tried);
            assertThat(node.run("LLEN list")).as(what).isEqualTo(":" + count + "\r\n");
        }
    }

    @Test
    void withoutACut_theRunEnds() {
        SimulatedDisk disk = new SimulatedDisk(SimulatedNode.DIRECTORY);
        Run run = run(disk, new Run(), false);
        assertThat(run.finished).as("%d of %d", run.acknowledged, run.tried).isTrue();
        assertThat(disk.operations()).isLessThan(300);
    }

    private static void everyCut(boolean plain, int seeds) {
        for (int seed = 0; seed < seeds; seed++) {
            for (int cut = 0; ; cut++) {
                SimulatedDisk disk = new SimulatedDisk(SimulatedNode.DIRECTORY);
                disk.cutAt(cut);
                Run run = run(disk, new Run(), plain);
                if (run.finished) {
                    break;
                }
                Random random = new Random(SEED + seed * 1000L + cut);
                String what = "seed " + (SEED + seed) + ", power cut before operation " + cut;
                disk.restart(random);
                check(disk, run, what);
                // The start after a crash may be cut off as well, and so may the one after that.
                disk.cutAt(disk.operations() + random.nextInt(8));
                try (SimulatedNode again = node(disk, true)) {
                    again.start();
                }
                disk.restart(random);
                check(disk, run, what + ", and another one at the start");
            }
        }
    }

    @Test
    void powerCutAnywhere_keepsWhatWasAcknowledged() {
        everyCut(false, ROUNDS);
    }

    @Test
    void powerCutAnywhere_keepsWhatWasAcknowledged_withPlainBases() {
        everyCut(true, ROUNDS);
    }

    @Test
    void withASyncEverySecond_aPowerCutLosesTwoSecondsAtMost() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(SEED + seed);
            SimulatedDisk disk = new SimulatedDisk(SimulatedNode.DIRECTORY);
            int writtenBefore = 0;
            try (SimulatedNode node = node(disk, false)) {
                assertThat(node.start()).isTrue();
                int steps = 20 + random.nextInt(60);
                for (int i = 1; i <= steps; i++) {
                    node.run("INCR count");
                    node.runFor(100);
                    writtenBefore = Math.max(0, i - 20);
                }
            }
            disk.restart(random);
            repair(disk);
            try (SimulatedNode node = started(disk, "seed " + (SEED + seed))) {
                assertThat(count(node))
                        .as("seed %d", SEED + seed)
                        .isGreaterThanOrEqualTo(writtenBefore);
            }
        }
    }

    /**
     * A block that was never written in the midst of what was: the start refuses, the tool helps.
     */
    private static void repair(SimulatedDisk disk) {
        try (SimulatedNode node = node(disk, false)) {
            if (node.start()) {
                return;
            }
            assertThat(node.logged().getLast()).startsWith("Bad file format reading the append");
        }
        AofCheck.Console yes =
                new AofCheck.Console() {
                    @Override
                    public void print(String text) {}

                    @Override
                    public String ask() {
                        return "y";
                    }
                };
        AofCheck check =
                new AofCheck(
                        disk,
                        SimulatedNode.DIRECTORY + "/appendonlydir",
                        yes,
                        (path, file) -> file.size());
        assertThat(check.run("check-aof", List.of("--fix", "appendonly.aof.manifest"))).isZero();
    }

    @Test
    void aFullDiskAtAnyMoment_losesNothingThatWasAcknowledged() {
        for (int space = 0; space < 3000; space += 101) {
            SimulatedDisk disk = new SimulatedDisk(SimulatedNode.DIRECTORY);
            Run run = new Run();
            try (SimulatedNode node = started(disk, "empty")) {
                disk.leaveSpace(space);
                boolean all = write(node, run);
                node.run("BGREWRITEAOF");
                all = all && write(node, run);
                disk.leaveSpace(1 << 20);
                node.runFor(120_000);
                assertThat(node.run("SET k v")).as("space %d", space).isEqualTo("+OK\r\n");
                assertThat(all || run.acknowledged < 2 * WRITES).isTrue();
            }
            check(disk, run, "space " + space);
        }
    }
}
