package io.ferrite.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.HashSlot;
import io.ferrite.store.expiry.ExpiryHeap;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A keyspace with a table for each hash slot. */
final class SlotTablesTest {

    private static final long SEED = 77;
    private static final int STRIPES = 4;

    private final Slab[] slabs = new Slab[STRIPES];
    private final Slab scratch = new Slab();
    private final Random random = new Random(SEED);
    private final Keyspace keyspace;
    private final Database database;
    private final long bytes = scratch.take(64, MemoryTag.OTHER);

    SlotTablesTest() {
        for (int i = 0; i < STRIPES; i++) {
            slabs[i] = new Slab();
        }
        keyspace =
                new Keyspace(
                        new KeyspaceSettings(
                                1,
                                HashSlot.COUNT,
                                true,
                                slabs,
                                new ValueOperations[Type.COUNT],
                                1));
        database = keyspace.database(0);
    }

    @AfterEach
    void nothingIsLeft() {
        keyspace.close();
        scratch.give(bytes, 64, MemoryTag.OTHER);
        for (Slab slab : slabs) {
            assertThat(slab.usedBytes()).isZero();
        }
    }

    private Slice key(String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        Memory.copyIn(ascii, 0, bytes, ascii.length);
        return new Slice(bytes, ascii.length);
    }

    private void put(String text) {
        Slice key = key(text);
        database.putInteger(key, 7, false);
    }

    @Test
    void aTableHoldsTheKeysOfItsSlot_andCountsThem() {
        Map<Integer, Integer> expected = new HashMap<>();
        for (int i = 0; i < 5000; i++) {
            String name = "{" + random.nextInt(300) + "}" + i;
            put(name);
            expected.merge(HashSlot.of(name.getBytes(StandardCharsets.US_ASCII)), 1, Integer::sum);
        }
        long sum = 0;
        for (int slot = 0; slot < HashSlot.COUNT; slot++) {
            assertThat(database.size(slot)).isEqualTo(expected.getOrDefault(slot, 0).longValue());
            int[] told = {0};
            long cursor = 0;
            int table = slot;
            do {
                cursor = database.scanTable(table, cursor, 1000, entry -> told[0]++);
            } while (cursor != 0);
            assertThat(told[0]).isEqualTo(expected.getOrDefault(slot, 0));
            sum += told[0];
        }
        assertThat(sum).isEqualTo(database.size());
    }

    @Test
    void whatIsDrawn_isAnyKey() {
        for (int i = 0; i < 200; i++) {
            put("k" + i);
        }
        Set<String> drawn = new HashSet<>();
        for (int i = 0; i < 5000; i++) {
            int stripe = random.nextInt(STRIPES);
            long size = database.sizeOfStripe(stripe);
            long entry =
                    database.randomOfStripe(stripe, random.nextLong(size), false, random::nextLong);
            assertThat(entry).isNotEqualTo(Database.NONE);
            drawn.add(new String(Entry.keyBytes(entry), StandardCharsets.US_ASCII));
        }
        assertThat(drawn).as("seed %s", SEED).hasSize(200);
    }

    @Test
    void numbersOfAStripe_fallIntoItsTables_eachOnce() {
        for (int i = 0; i < 1000; i++) {
            put("k" + i);
            if (i % 3 == 0) {
                Slice key = key("k" + i);
                database.setExpire(key, database.find(key), 1000 + i);
            }
        }
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            long volatiles = database.volatileCountOfStripe(stripe);
            for (long number = 0; number < volatiles; number++) {
                long entry = database.randomOfStripe(stripe, number, true, random::nextLong);
                assertThat(Entry.hasExpiry(entry)).isTrue();
            }
            assertThat(database.randomOfStripe(stripe, volatiles, true, random::nextLong))
                    .isEqualTo(Database.NONE);
        }
    }

    @Test
    void theNextExpiryOfAStripe_isNeverLaterThanItIs() {
        for (int round = 0; round < 3000; round++) {
            String name = "k" + random.nextInt(100);
            put(name);
            Slice key = key(name);
            long entry = database.find(key);
            switch (random.nextInt(4)) {
                case 0 -> database.clearExpire(key, entry);
                case 1 -> database.delete(key);
                default -> database.setExpire(key, entry, random.nextInt(100_000));
            }
            int stripe = random.nextInt(STRIPES);
            if (random.nextInt(5) == 0) {
                database.settleNextExpiry(stripe);
                assertThat(database.nextExpiryOfStripe(stripe)).isEqualTo(earliest(stripe));
            }
            assertThat(database.nextExpiryOfStripe(stripe)).isLessThanOrEqualTo(earliest(stripe));
        }
    }

    private long earliest(int stripe) {
        long next = ExpiryHeap.NEVER;
        for (int table = stripe; table < keyspace.tables(); table += STRIPES) {
            next = Math.min(next, database.nextExpiry(table));
        }
        return next;
    }
}
