package io.ferrite.store.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.StoreFixture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class EvictionChooserTest {

    private static final int KEYS = 2_000;

    private final StoreFixture store = StoreFixture.create(2, 8);
    private final EvictionChooser chooser =
            new EvictionChooser(store.keyspace(), new SplittableRandom(7));

    @AfterEach
    void everythingIsGivenBack() {
        store.close();
    }

    /** Key i was used at second i; the even ones expire, the first ones last. */
    private void fill(boolean lfu) {
        store.keyspace().access().configure(lfu, 1, 1);
        for (int i = 0; i < KEYS; i++) {
            store.keyspace().access().setTime(lfu ? 0 : i * 1000L);
            Database database = store.keyspace().database(i / 2 % 2);
            store.put(database, "k" + i, "v", false);
            Slice key = store.key("k" + i);
            if (i % 2 == 0) {
                database.setExpire(key, database.find(key), 10_000_000 - i);
            }
            if (lfu) {
                store.keyspace().access().setFrequency(database.find(key), 200 * i / KEYS);
            }
        }
        store.keyspace().access().setTime(lfu ? 0 : KEYS * 1000L);
    }

    /** Evicts a tenth; answers the numbers of the keys. */
    private List<Integer> evictSome(EvictionPolicy policy) {
        chooser.setPolicy(policy);
        List<Integer> gone = new ArrayList<>();
        while (gone.size() < KEYS / 10) {
            chooser.sample(chooser.pickStripe(), 5);
            EvictionChooser.Victim victim = chooser.take();
            if (victim == null) {
                continue;
            }
            String text = new String(victim.key(), StandardCharsets.ISO_8859_1);
            Database database = store.keyspace().database(victim.database());
            long entry = database.find(store.key(text));
            assertThat(entry).isNotEqualTo(Database.NONE);
            assertThat(chooser.isEligible(entry)).isTrue();
            assertThat(policy.isAllKeys() || Entry.hasExpiry(entry)).isTrue();
            database.delete(store.key(text));
            gone.add(Integer.parseInt(text.substring(1)));
        }
        return gone;
    }

    @ParameterizedTest
    @EnumSource(
            value = EvictionPolicy.class,
            names = {"ALLKEYS_LRU", "VOLATILE_LRU", "ALLKEYS_LFU", "VOLATILE_LFU"})
    void theLeastUsedGoFirst_byAndLarge(EvictionPolicy policy) {
        fill(policy.isLfu());
        List<Integer> gone = evictSome(policy);
        double mean = gone.stream().mapToInt(i -> i).average().orElseThrow();
        // By chance it would be half of the keys, at the very best a twentieth.
        assertThat(mean).isLessThan(KEYS / 6.0);
        assertThat(gone.stream().anyMatch(i -> i % 2 == 1)).isEqualTo(policy.isAllKeys());
    }

    @Test
    void ttl_takesTheNextToExpire_ofTheStripesDrawn() {
        fill(false);
        List<Integer> gone = evictSome(EvictionPolicy.VOLATILE_TTL);
        assertThat(gone.stream().mapToInt(i -> i).min().orElseThrow()).isGreaterThan(KEYS * 3 / 4);
    }

    @ParameterizedTest
    @EnumSource(
            value = EvictionPolicy.class,
            names = {"ALLKEYS_RANDOM", "VOLATILE_RANDOM"})
    void random_takesAny(EvictionPolicy policy) {
        fill(false);
        double mean = evictSome(policy).stream().mapToInt(i -> i).average().orElseThrow();
        assertThat(mean).isBetween(KEYS * 0.4, KEYS * 0.6);
    }

    @Test
    void nothingEligible_noStripeIsNamed() {
        chooser.setPolicy(EvictionPolicy.ALLKEYS_LRU);
        assertThat(chooser.pickStripe()).isEqualTo(-1);
        store.put("k", "v");
        assertThat(chooser.pickStripe()).isNotNegative();
        chooser.setPolicy(EvictionPolicy.VOLATILE_TTL);
        assertThat(chooser.pickStripe()).isEqualTo(-1);
        chooser.setPolicy(EvictionPolicy.NOEVICTION);
        assertThat(chooser.pickStripe()).isEqualTo(-1);
        assertThat(chooser.take()).isNull();
    }
}
