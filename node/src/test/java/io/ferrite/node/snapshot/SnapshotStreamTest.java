package io.ferrite.node.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.durability.rdb.EntryWriter;
import io.ferrite.memory.Memory;
import io.ferrite.node.SimulatedNode;
import io.ferrite.store.Keyspace;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Who writes while a snapshot is made. */
final class SnapshotStreamTest {

    private static final int MEMBERS = 20_000;
    private static final int OTHERS = 400;

    /** Less than a tenth of what the sorted set takes. */
    private static final long LITTLE = 40_000;

    private final SimulatedDisk disk = new SimulatedDisk(SimulatedNode.DIRECTORY);

    /** How many more sorted sets there are, of 5,000 members, and hashes of as many fields. */
    private int large;

    private void fill(SimulatedNode node) {
        for (int i = 0; i < large; i++) {
            for (int k = 0; k < 5_000; k++) {
                node.run("ZADD large:" + i + " " + k + " member:" + k);
                node.run("HSET hash:" + i + " field:" + k + " v");
            }
        }
        for (int i = 0; i < MEMBERS; i++) {
            node.run("ZADD large " + i + " member:" + i);
        }
        for (int i = 0; i < OTHERS; i++) {
            node.run("SELECT " + i % 3);
            node.run("SET other:" + i + " before");
        }
        node.run("SELECT 0");
    }

    /** Made while the keys are written as {@code change} does it, after its first piece. */
    private static byte[] snapshot(
            SimulatedNode node, SnapshotStream stream, Consumer<SimulatedNode> change)
            throws IOException {
        assertThat(stream.begin(Map.of(), List.of(), true)).isTrue();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        boolean[] changed = new boolean[1];
        stream.produce(
                (address, length) -> {
                    byte[] bytes = new byte[length];
                    Memory.copyOut(address, bytes, 0, length);
                    all.write(bytes, 0, length);
                    if (!changed[0]) {
                        changed[0] = true;
                        change.accept(node);
                        assertThat(stream.handedOverBytes()).isBetween(1L, LITTLE);
                    }
                },
                () -> false);
        return all.toByteArray();
    }

    /** All keys but the large one. */
    private static void change(SimulatedNode node) {
        for (int i = 0; i < OTHERS; i++) {
            node.run("SELECT " + i % 3);
            node.run(i % 5 == 0 ? "DEL other:" + i : "SET other:" + i + " after");
            node.run("SET new:" + i + " v");
        }
    }

    @Test
    void keysThatWereHandedOver_countForThePace() throws IOException {
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).isTrue();
            for (int i = 0; i < OTHERS; i++) {
                node.run("SET other:" + i + " before");
            }
            SnapshotStream.Form form =
                    new SnapshotStream.Form(EntryWriter.AccessForm.NONE, true, true);
            SnapshotStream stream = new SnapshotStream(keyspace(node), node.node().gate(), form);
            assertThat(stream.begin(Map.of(), List.of(), true)).isTrue();
            long[] paced = new long[1];
            stream.produce(
                    (address, length) -> {},
                    new SnapshotStream.Pace() {
                        @Override
                        public boolean isUnwanted() {
                            return false;
                        }

                        @Override
                        public int stepKeys() {
                            return 1;
                        }

                        @Override
                        public void stepped(long keys) {
                            if (paced[0] == 0) {
                                node.run("FLUSHALL SYNC"); // the walk finds none of them any more
                            }
                            paced[0] += keys;
                        }
                    });
            assertThat(paced[0]).isEqualTo(OTHERS);
        }
    }

    /** Whether a snapshot and one as commands hold what there was before the changes. */
    private void checkUnder(Consumer<SimulatedNode> change) throws IOException {
        byte[] rdb;
        byte[] commands;
        String before;
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).isTrue();
            fill(node);
            before = node.digest();
            SnapshotStream.Form form =
                    new SnapshotStream.Form(EntryWriter.AccessForm.NONE, true, true);
            rdb =
                    snapshot(
                            node,
                            new SnapshotStream(keyspace(node), node.node().gate(), form),
                            change);
        }
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).isTrue();
            fill(node);
            long noTime = SnapshotStream.NO_TIME;
            commands =
                    snapshot(
                            node,
                            SnapshotStream.ofCommands(keyspace(node), node.node().gate(), noTime),
                            change);
        }
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).isTrue();
            run(node, commands);
            assertThat(node.digest()).isEqualTo(before);
        }
        disk.put(SimulatedNode.DIRECTORY + "/dump.rdb", rdb);
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).as(() -> String.join("\n", node.logged())).isTrue();
            assertThat(node.digest()).isEqualTo(before);
        }
    }

    @Test
    void aSnapshotThatIsNotWanted_leavesNothingFrozen() throws IOException {
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).isTrue();
            long before = used(node);
            fill(node);
            long noTime = SnapshotStream.NO_TIME;
            SnapshotStream stream =
                    SnapshotStream.ofCommands(keyspace(node), node.node().gate(), noTime);
            assertThat(stream.begin(Map.of(), List.of(), true)).isTrue();
            boolean[] changed = new boolean[1];
            stream.produce(
                    (address, length) -> {
                        node.run("ZADD large 1 new");
                        node.run("UNLINK large");
                        changed[0] = true;
                    },
                    () -> changed[0]);
            node.run("FLUSHALL SYNC");
            Keyspace keyspace = keyspace(node);
            for (int stripe = 0; stripe < keyspace.stripes(); stripe++) {
                while (keyspace.releaseSome(stripe, 1 << 20)) {
                    // goes on
                }
            }
            assertThat(used(node)).isLessThan(before + MEMBERS);
        }
    }

    private static void run(SimulatedNode node, byte[] commands) {
        String[] lines = new String(commands, StandardCharsets.ISO_8859_1).split("\r\n");
        for (int at = 0; at < lines.length; ) {
            String[] words = new String[Integer.parseInt(lines[at].substring(1))];
            for (int i = 0; i < words.length; i++) {
                words[i] = lines[at + 2 * i + 2];
            }
            at += 2 * words.length + 1;
            assertThat(node.call(words)).doesNotStartWith("-");
        }
    }

    @Test
    void whoWritesOtherKeys_doesNotWriteTheRestOfALargeOne() throws IOException {
        checkUnder(SnapshotStreamTest::change);
    }

    @Test
    void whoWritesTheLargeOneItself_doesNotWriteItsOldStateEither() throws IOException {
        checkUnder(node -> {
            for (int i = 0; i < MEMBERS; i += 7) {
                node.run("ZADD large " + (MEMBERS - i) + " member:" + i);
                node.run("ZREM large member:" + (i + 1));
                node.run("ZADD large 3.5 new:" + i);
            }
            change(node);
        });
    }

    @Test
    void severalLargeOnes_ofWhichNotAllCanBeFrozen_areAllThere() throws IOException {
        large = 5;
        checkUnder(node -> {
            for (int i = 0; i < large; i++) {
                node.run("ZADD large:" + i + " 1 new");
            }
            change(node);
        });
    }

    @Test
    void whoRemovesOrReplacesTheLargeOne_neither() throws IOException {
        checkUnder(node -> {
            node.run("PEXPIRE large 1000000");
            node.run("COPY large other:copy");
            node.run("RENAME large other:1");
            node.run("ZPOPMIN other:1 100");
            node.run("UNLINK other:1");
            node.run("ZADD large 1 one");
        });
    }

    private static long used(SimulatedNode node) {
        long sum = 0;
        for (int stripe = 0; stripe < keyspace(node).stripes(); stripe++) {
            sum += keyspace(node).slab(stripe).usedBytes();
        }
        return sum;
    }

    private static Keyspace keyspace(SimulatedNode node) {
        return node.node().engine().keyspace();
    }
}
