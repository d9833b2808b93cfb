package io.ferrite.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.index.HashIndex;
import io.ferrite.store.value.HashValue;
import io.ferrite.store.value.PackedLimits;
import io.ferrite.store.value.SetLimits;
import io.ferrite.store.value.SetValue;
import io.ferrite.store.value.Values;
import io.ferrite.store.value.ZsetValue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReadAheadTest {

    private static final PackedLimits PACKED = new PackedLimits(128, 64);

    private final StoreFixture store = StoreFixture.create(1, 4, Values.operations());
    private final Database database = store.keyspace().database(0);
    private final Slab texts = new Slab();
    private final List<Slice> taken = new ArrayList<>();

    @AfterEach
    void everythingIsGivenBack() {
        for (Slice slice : taken) {
            texts.give(slice.address(), slice.length(), MemoryTag.OTHER);
        }
        texts.close();
        store.close();
    }

    /** A text of its own, not longer than it says: the checked memory sees who reads beyond. */
    private Slice text(String text) {
        long address = texts.take(text.length(), MemoryTag.OTHER);
        for (int i = 0; i < text.length(); i++) {
            Memory.putByte(address + i, text.charAt(i));
        }
        taken.add(new Slice(address, text.length()));
        return taken.getLast();
    }

    private Slab slabOf(Slice key) {
        return store.keyspace().slab(store.keyspace().stripeOf(key));
    }

    private void putHash(String name, int fields) {
        Slice key = text(name);
        Slab slab = slabOf(key);
        long root = HashValue.create(slab);
        for (int i = 0; i < fields; i++) {
            Slice field = store.value("field" + i);
            long at = field.address();
            root = HashValue.set(slab, root, at, field.length(), at, field.length(), PACKED);
        }
        database.putRoot(key, Type.HASH, HashValue.encoding(root), root);
    }

    private void putSet(String name, int members) {
        Slice key = text(name);
        Slab slab = slabOf(key);
        long root = members > 128 ? SetValue.createTable(slab) : SetValue.createListpack(slab);
        for (int i = 0; i < members; i++) {
            Slice member = store.value("member" + i);
            SetLimits limits = new SetLimits(512, 128, 64);
            root = SetValue.add(slab, root, member.address(), member.length(), limits);
        }
        database.putRoot(key, Type.SET, SetValue.encoding(root), root);
    }

    private void putZset(String name, boolean large) {
        Slice key = text(name);
        Slab slab = slabOf(key);
        long root = large ? ZsetValue.createLarge(slab) : ZsetValue.create(slab);
        database.putRoot(key, Type.ZSET, ZsetValue.encoding(root), root);
    }

    @Test
    void onlyALargeCollectionHasAnIndex() {
        store.put("string", "value");
        putHash("small hash", 3);
        putHash("large hash", 300);
        putSet("small set", 3);
        putSet("large set", 300);
        putZset("small zset", false);
        putZset("large zset", true);

        for (String name : List.of("none", "string", "small hash", "small set", "small zset")) {
            assertThat(database.indexOf(text(name))).as(name).isZero();
        }
        assertThat(HashIndex.count(database.indexOf(text("large hash")))).isEqualTo(300);
        assertThat(HashIndex.count(database.indexOf(text("large set")))).isEqualTo(300);
        assertThat(HashIndex.count(database.indexOf(text("large zset")))).isZero();
    }

    @Test
    void whatIsAskedForMayBeMissingOrOfAnyType() {
        store.put("string", "value");
        putHash("large hash", 300);
        putHash("small hash", 3);
        putZset("large zset", true);
        Slice[] keys = {
            text("large hash"),
            text("large hash"),
            text("none"),
            text("string"),
            text("small hash"),
            text("large zset"),
            text("large hash")
        };
        Slice[] elements = {
            text("field7"), text("no field"), text("x"), text("x"), text("field1"), text(""), null
        };
        ReadAhead ahead = new ReadAhead();

        ahead.keys(database, keys, keys.length);
        ahead.elements(database, keys, elements, keys.length);

        assertThat(store.get("string")).isEqualTo("value");
        assertThat(HashIndex.count(database.indexOf(keys[0]))).isEqualTo(300);
    }
}
