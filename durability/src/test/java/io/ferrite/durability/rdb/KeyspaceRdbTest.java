package io.ferrite.durability.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.AccessClock;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Keyspace;
import io.ferrite.store.KeyspaceSettings;
import io.ferrite.store.Type;
import io.ferrite.store.ValueOperations;
import io.ferrite.store.value.ListOperations;
import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.ListValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A whole keyspace to bytes and back. */
final class KeyspaceRdbTest {

    private static final long SEED = Long.getLong("ferrite.seed", 20240917L);
    private static final long NOW = 1_700_000_000_000L;

    private final Slab a = new Slab();
    private final Slab b = new Slab();
    private final Slab spare = new Slab();

    @AfterEach
    void nothingLeaks() {
        for (Slab slab : List.of(a, b, spare)) {
            assertThat(slab.usedBytes()).isZero();
            slab.close();
        }
    }

    private Keyspace keyspace(int tables) {
        ValueOperations[] values = new ValueOperations[Type.COUNT];
        values[Type.LIST] = new ListOperations();
        Keyspace keyspace =
                new Keyspace(new KeyspaceSettings(4, tables, false, new Slab[] {a, b}, values, 1));
        keyspace.access().setTime(NOW);
        return keyspace;
    }

    private void fill(Keyspace keyspace, Random random) {
        for (int i = 0; i < 500; i++) {
            byte[] name = RdbFixture.ascii("k" + random.nextInt(400));
            long keyAddress = RdbFixture.off(spare, name);
            Slice key = new Slice(keyAddress, name.length);
            Database database = keyspace.database(random.nextInt(3));
            byte[] text = new byte[random.nextInt(i % 100 == 0 ? 3_000_000 : 400)];
            random.nextBytes(text);
            long value = RdbFixture.off(spare, text);
            long entry =
                    switch (random.nextInt(3)) {
                        case 0 -> database.putString(key, value, text.length, false);
                        case 1 -> database.putInteger(key, random.nextLong(), false);
                        default -> putList(keyspace, database, key, random);
                    };
            if (random.nextInt(3) == 0) {
                database.setExpire(key, entry, NOW + random.nextInt(100_000) - 10_000);
            }
            RdbFixture.give(spare, value, text.length);
            RdbFixture.give(spare, keyAddress, name.length);
        }
    }

    private long putList(Keyspace keyspace, Database database, Slice key, Random random) {
        List<byte[]> elements = new ArrayList<>();
        for (int n = 1 + random.nextInt(300); n > 0; n--) {
            elements.add(RdbFixture.ascii("element " + random.nextInt(50)));
        }
        Slab slab = keyspace.slab(keyspace.stripeOf(key));
        long root = RdbFixture.list(slab, elements, new ListSettings(-1, 1, 1 << 20));
        return database.putRoot(key, Type.LIST, ListValue.encoding(root), root);
    }

    private static void forEach(Keyspace keyspace, EntryVisitor visitor) throws IOException {
        for (int index = 0; index < keyspace.databases(); index++) {
            List<Long> entries = new ArrayList<>();
            long cursor = 0;
            do {
                cursor = keyspace.database(index).scan(cursor, 100, entries::add);
            } while (cursor != 0);
            for (long entry : entries.stream().distinct().toList()) {
                visitor.visit(index, entry);
            }
        }
    }

    private interface EntryVisitor {
        void visit(int database, long entry) throws IOException;
    }

    private byte[] written(Keyspace keyspace, EntryWriter.AccessForm form) throws IOException {
        try (GrowingSink sink = new GrowingSink();
                RdbOutput out = new RdbOutput(sink, true, RdbWriter.COMPRESS_UP_TO)) {
            RdbWriter writer = new RdbWriter(out);
            writer.header();
            EntryWriter entries = new EntryWriter(writer, keyspace.access(), form);
            forEach(keyspace, entries::write);
            writer.end();
            return RdbFixture.bytes(sink);
        }
    }

    private Map<String, Object> contents(Keyspace keyspace, long after) throws IOException {
        Map<String, Object> contents = new TreeMap<>();
        forEach(
                keyspace,
                (index, entry) -> {
                    if (!Entry.hasExpiry(entry) || Entry.expireAt(entry) >= after) {
                        String name = index + ":" + RdbFixture.text(Entry.keyBytes(entry));
                        contents.put(name, Entry.expireAt(entry) + "=" + value(entry));
                    }
                });
        return contents;
    }

    private String value(long entry) {
        if (Entry.isInteger(entry)) {
            return Long.toString(Entry.integer(entry));
        }
        if (Entry.type(entry) == Type.LIST) {
            return RdbFixture.elements(spare, Entry.root(entry)).toString();
        }
        return RdbFixture.text(
                io.ferrite.memory.Memory.toBytes(
                        Entry.valueAddress(entry), Entry.valueLength(entry)));
    }

    private static KeyspaceTarget load(Keyspace keyspace, byte[] rdb, long dropBefore)
            throws IOException {
        KeyspaceTarget target =
                new KeyspaceTarget(keyspace, (code, length) -> {}, dropBefore, false);
        try (RdbInput in = new RdbInput()) {
            in.open(new RdbFixture.HeapSource(rdb, 5000, false));
            try (RdbReader reader = new RdbReader(in, target, RdbLimits.DEFAULT, true)) {
                reader.read();
            }
        }
        return target;
    }

    @Test
    void aKeyspace_comesBackWhole() throws IOException {
        try (Keyspace from = keyspace(8);
                Keyspace to = keyspace(2)) {
            fill(from, new Random(SEED));
            byte[] rdb = written(from, EntryWriter.AccessForm.NONE);
            Map<String, Object> expected = contents(from, 0);
            KeyspaceTarget target = load(to, rdb, Long.MIN_VALUE);
            assertThat(contents(to, 0)).as("seed %d", SEED).isEqualTo(expected);
            assertThat(target.loaded()).isEqualTo(expected.size());
        }
    }

    @Test
    void keysWhoseTimeHasPassed_areDroppedByALeader() throws IOException {
        try (Keyspace from = keyspace(4);
                Keyspace to = keyspace(4)) {
            fill(from, new Random(SEED));
            KeyspaceTarget target = load(to, written(from, EntryWriter.AccessForm.NONE), NOW);
            assertThat(contents(to, 0)).as("seed %d", SEED).isEqualTo(contents(from, NOW));
            assertThat(target.expired()).isPositive();
        }
    }

    @Test
    void idleTimesAndFrequencies_comeBack() throws IOException {
        try (Keyspace from = keyspace(2);
                Keyspace to = keyspace(2)) {
            from.access().setTime(NOW - 90_000);
            fill(from, new Random(SEED));
            from.access().setTime(NOW);
            load(to, written(from, EntryWriter.AccessForm.IDLE), Long.MIN_VALUE);
            AccessClock clock = to.access();
            forEach(to, (index, entry) -> assertThat(clock.idleSeconds(entry)).isEqualTo(90));
        }
        try (Keyspace from = keyspace(2);
                Keyspace to = keyspace(2)) {
            for (Keyspace keyspace : List.of(from, to)) {
                keyspace.access().configure(true, 10, 1);
            }
            fill(from, new Random(SEED));
            forEach(from, (index, entry) -> from.access().setFrequency(entry, 77));
            load(to, written(from, EntryWriter.AccessForm.FREQUENCY), Long.MIN_VALUE);
            forEach(to, (index, entry) -> assertThat(to.access().frequency(entry)).isEqualTo(77));
        }
    }

    @Test
    void aKeyThatComesTwice_isRefused() throws IOException {
        byte[] rdb =
                RdbFixture.resealed(
                        RdbFixture.ascii("REDIS0010\0\001a\001b\0\001a\001c\u00ff12345678"));
        try (Keyspace to = keyspace(2)) {
            assertThatThrownBy(() -> load(to, rdb, Long.MIN_VALUE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("duplicated");
        }
    }

    @Test
    void aDatabaseThatThereIsNot_isRefused() {
        byte[] rdb = RdbFixture.resealed(RdbFixture.ascii("REDIS0010\u00fe\004\u00ff12345678"));
        try (Keyspace to = keyspace(2)) {
            assertThatThrownBy(() -> load(to, rdb, Long.MIN_VALUE)).isInstanceOf(IOException.class);
        }
    }
}
