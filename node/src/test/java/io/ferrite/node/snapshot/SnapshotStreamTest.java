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
import org.junit.jupiter.api.Test;

/** Who writes while a snapshot is made. */
final class SnapshotStreamTest {

    private static final int MEMBERS = 20_000;
    private static final int OTHERS = 400;

    /** Less than a tenth of what the sorted set takes. */
    private static final long LITTLE = 40_000;

    private final SimulatedDisk disk = new SimulatedDisk(SimulatedNode.DIRECTORY);

    private static void fill(SimulatedNode node) {
        for (int i = 0; i < MEMBERS; i++) {
            node.run("ZADD large " + i + " member:" + i);
        }
        for (int i = 0; i < OTHERS; i++) {
            node.run("SELECT " + i % 3);
            node.run("SET other:" + i + " before");
        }
        node.run("SELECT 0");
    }

    /** Made while all keys but the large one are written, after its first piece. */
    private static byte[] snapshot(SimulatedNode node, SnapshotStream stream) throws IOException {
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
                        change(node);
                        assertThat(stream.handedOverBytes()).isBetween(1L, LITTLE);
                    }
                },
                () -> false);
        return all.toByteArray();
    }

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

    @Test
    void whoWritesOtherKeys_doesNotWriteTheRestOfALargeOne() throws IOException {
        byte[] rdb;
        String before;
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).isTrue();
            fill(node);
            before = node.digest();
            SnapshotStream.Form form =
                    new SnapshotStream.Form(EntryWriter.AccessForm.NONE, true, true);
            rdb = snapshot(node, new SnapshotStream(keyspace(node), node.node().gate(), form));
        }
        disk.put(SimulatedNode.DIRECTORY + "/dump.rdb", rdb);
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).as(() -> String.join("\n", node.logged())).isTrue();
            assertThat(node.digest()).isEqualTo(before);
        }
    }

    @Test
    void asCommandsToo() throws IOException {
        byte[] commands;
        String before;
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).isTrue();
            fill(node);
            before = node.digest();
            long noTime = SnapshotStream.NO_TIME;
            commands =
                    snapshot(
                            node,
                            SnapshotStream.ofCommands(keyspace(node), node.node().gate(), noTime));
        }
        try (SimulatedNode node = new SimulatedNode(disk)) {
            assertThat(node.start()).isTrue();
            String[] lines = new String(commands, StandardCharsets.ISO_8859_1).split("\r\n");
            for (int at = 0; at < lines.length; ) {
                String[] words = new String[Integer.parseInt(lines[at].substring(1))];
                for (int i = 0; i < words.length; i++) {
                    words[i] = lines[at + 2 * i + 2];
                }
                at += 2 * words.length + 1;
                assertThat(node.call(words)).doesNotStartWith("-");
            }
            assertThat(node.digest()).isEqualTo(before);
        }
    }

    private static Keyspace keyspace(SimulatedNode node) {
        return node.node().engine().keyspace();
    }
}
