package io.ferrite.store;

import static org.assertj.core.api.Assertions.assertThat;

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
    void keysWithAnExpiry_goInTheOrderOfTheirTimes() {
        for (int i = 0; i < 2000; i++) {
            store.put("k" + i, "v" + i);
            Slice key = store.key("k" + i);
            database.setExpire(key, database.find(key), 1000 + (i * 7919 % 2000));
        }
        assertThat(database.volatileCount()).isEqualTo(2000);
        Set<Long> seen = new HashSet<>();
        for (int table = 0; table < 4; table++) {
            long[] last = {0};
            database.expireSome(
                    table,
                    2000,
                    10_000,
                    entry -> {
                        assertThat(Entry.expireAt(entry)).isGreaterThanOrEqualTo(last[0]);
                        last[0] = Entry.expireAt(entry);
                        seen.add(last[0]);
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
}
