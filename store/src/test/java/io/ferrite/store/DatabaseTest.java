package io.ferrite.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DatabaseTest {

    private final StoreFixture store = StoreFixture.create(2, 4);
    private final Database database = store.keyspace().database(0);

    @AfterEach
    void everythingIsGivenBack() {
        store.close();
    }

    @Test
    void aStringIsFoundUnderItsKey_untilDeleted() {
        store.put("name", "Alice");
        assertThat(store.get("name")).isEqualTo("Alice");
        assertThat(store.get("nam")).isNull();
        assertThat(database.delete(store.key("name"))).isTrue();
        assertThat(database.delete(store.key("name"))).isFalse();
        assertThat(store.get("name")).isNull();
    }

    @Test
    void theEncodingIsWhatRedisSays() {
        store.put("i", "12345");
        store.put("e", "x".repeat(44));
        store.put("r", "x".repeat(45));
        store.put("long", "x".repeat(5000));
        store.put("zero", "012");
        assertThat(store.encoding("i")).isEqualTo("int");
        assertThat(store.encoding("e")).isEqualTo("embstr");
        assertThat(store.encoding("r")).isEqualTo("raw");
        assertThat(store.encoding("long")).isEqualTo("raw");
        assertThat(store.encoding("zero")).isEqualTo("embstr");
        assertThat(store.get("long")).hasSize(5000);
    }

    @Test
    void appendGoesThroughAllForms() {
        StringBuilder expected = new StringBuilder("7");
        store.put("k", "7");
        for (int i = 0; i < 300; i++) {
            Slice key = store.key("k");
            Slice more = store.value("abc" + i);
            database.append(key, database.find(key), more.address(), more.length());
            expected.append("abc").append(i);
            assertThat(store.get("k")).isEqualTo(expected.toString());
        }
        assertThat(store.encoding("k")).isEqualTo("raw");
    }

    @Test
    void setRangeBeyondTheEnd_fillsWithZeros() {
        Slice key = store.key("k");
        Slice more = store.value("end");
        database.setRange(key, database.find(key), 5, more.address(), 3);
        assertThat(store.get("k")).isEqualTo("\0\0\0\0\0end");
    }

    @Test
    void keysWhoseTimeHasPassed_go_andNoOthers() {
        for (int i = 0; i < 2000; i++) {
            store.put("k" + i, "v" + i);
            Slice key = store.key("k" + i);
            database.setExpire(key, database.find(key), 1000 + (i * 7919 % 2000));
        }
        assertThat(database.volatileCount()).isEqualTo(2000);
        Set<Long> seen = new HashSet<>();
        for (int table = 0; table < 4; table++) {
            database.expireSome(
                    table,
                    2000,
                    10_000,
                    entry -> {
                        assertThat(Entry.expireAt(entry)).isLessThan(2000);
                        seen.add(Entry.expireAt(entry));
                    });
        }
        assertThat(seen).hasSize(1000);
        assertThat(database.size()).isEqualTo(1000);
    }

    @Test
    void aLongKey_isAKeyLikeAnyOther() {
        for (int length : new int[] {253, 254, 255, 256, 1000, 70_000}) {
            String key = "k".repeat(length);
            store.put(key, "v" + length);
            assertThat(store.get(key)).isEqualTo("v" + length);
            assertThat(Entry.keyLength(database.find(store.key(key)))).isEqualTo(length);
        }
        assertThat(database.size()).isEqualTo(6);
    }

    @Test
    void sixteenBytesAndThirtyTwo_takeFiftySix() {
        store.put("0123456789abcdef", "v".repeat(32));
        long entry = database.find(store.key("0123456789abcdef"));
        assertThat(Entry.bytes(entry)).isEqualTo(56);
        assertThat(Slab.roundUp(56)).isEqualTo(56);
    }

    @Test
    void aStringThatIsMadeByARange_takesNoMoreThanOneThatIsSet() {
        Slice key = store.key("k");
        Slice last = store.value("x");
        long ranged = database.setRange(key, Database.NONE, 100_000, last.address(), 1);
        assertThat(Entry.bytes(ranged)).isLessThan(100_000 * 9 / 8 + 64);
    }

    @Test
    void aLargeString_growsInPlaces_withLittleToSpare() {
        Slice key = store.key("k");
        Slice piece = store.value("p".repeat(100_000));
        for (int i = 1; i <= 50; i++) {
            long entry = database.append(key, database.find(key), piece.address(), 100_000);
            assertThat(Entry.valueLength(entry)).isEqualTo(i * 100_000);
            if (i > 20) {
                assertThat(Entry.bytes(entry)).isLessThan(i * 100_000 * 5 / 4 + 64);
            }
        }
        assertThat(store.get("k")).isEqualTo("p".repeat(5_000_000));
    }

    @Test
    void aFlushedDatabase_isEmptyAtOnce_andFreedInSteps() {
        for (int i = 0; i < 5_000; i++) {
            store.put("k" + i, "v".repeat(i % 300));
        }
        for (int table = 0; table < 4; table++) {
            database.clear(table);
        }
        assertThat(database.size()).isZero();
        assertThat(store.get("k1")).isNull();
        assertThat(store.keyspace().pendingReleases()).isEqualTo(4);
        assertThat(store.keyspace().pendingObjects()).isEqualTo(5_000);
        Slab slab = store.keyspace().slab(0);
        long before = slab.blocks(MemoryTag.ENTRY);
        assertThat(store.keyspace().releaseSome(0, 100)).isTrue();
        assertThat(slab.blocks(MemoryTag.ENTRY)).isEqualTo(before - 100);
        while (store.keyspace().releaseSome(0, 100)) {
            assertThat(slab.blocks(MemoryTag.ENTRY)).isGreaterThanOrEqualTo(before - 100 - 100);
            before = slab.blocks(MemoryTag.ENTRY) + 100;
        }
        assertThat(slab.usedBytes()).isZero();
        while (store.keyspace().releaseSome(1, 100)) {
            // the other stripe
        }
        assertThat(store.keyspace().pendingObjects()).isZero();
        assertThat(store.keyspace().freedObjects()).isEqualTo(5_000);
    }

    @Test
    void aMovedKey_takesItsExpiryAlong() {
        store.put("a", "x".repeat(1_000));
        Slice from = store.key("a");
        database.setExpire(from, database.find(from), 5_000);
        Database other = store.keyspace().database(1);
        Slice to = store.value("b".repeat(300));
        database.move(from, database.find(from), other, to);
        assertThat(database.size()).isZero();
        assertThat(database.volatileCount()).isZero();
        assertThat(other.volatileCount()).isEqualTo(1);
        assertThat(Entry.expireAt(other.find(to))).isEqualTo(5_000);
        assertThat(store.get(other, "b".repeat(300))).isEqualTo("x".repeat(1_000));
    }

    @Test
    void bySlot_keysOfOneHashTagShareATable() {
        try (Slab slab = new Slab();
                Keyspace cluster =
                        new Keyspace(
                                new KeyspaceSettings(
                                        1,
                                        16_384,
                                        true,
                                        new Slab[] {slab},
                                        new ValueOperations[Type.COUNT],
                                        1))) {
            Database slots = cluster.database(0);
            for (int i = 0; i < 100; i++) {
                slots.putInteger(store.key("{user}" + i), i, false);
            }
            int slot = cluster.tableOf(store.key("user"));
            assertThat(slot).isEqualTo(5474);
            assertThat(slots.size(slot)).isEqualTo(100);
            assertThat(slots.size()).isEqualTo(100);
            Set<Long> seen = new HashSet<>();
            long cursor = 0;
            do {
                cursor = slots.scan(cursor, 10, entry -> seen.add(Entry.integer(entry)));
            } while (cursor != 0);
            assertThat(seen).hasSize(100);
        }
    }
}
