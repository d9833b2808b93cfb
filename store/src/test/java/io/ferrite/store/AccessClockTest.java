package io.ferrite.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AccessClockTest {

    private final StoreFixture store = StoreFixture.create(1, 1);
    private final AccessClock clock = store.keyspace().access();
    private long entry;

    @BeforeEach
    void aKeyIsMadeAtSecondHundred() {
        clock.setTime(100_000);
        store.put("k", "v");
        entry = store.keyspace().database(0).find(store.key("k"));
    }

    @AfterEach
    void everythingIsGivenBack() {
        store.close();
    }

    @Test
    void idleTime_isInSeconds_untilTouched() {
        clock.setTime(107_900);
        assertThat(clock.idleSeconds(entry)).isEqualTo(7);
        clock.touch(entry);
        assertThat(clock.idleSeconds(entry)).isZero();
        clock.setIdle(entry, 1000);
        assertThat(clock.idleSeconds(entry)).isEqualTo(1000);
    }

    @Test
    void lookingForAKey_isNoAccess() {
        clock.setTime(107_900);
        store.keyspace().database(0).find(store.key("k"));
        assertThat(clock.idleSeconds(entry)).isEqualTo(7);
    }

    @Test
    void theSecondsMayWrap() {
        clock.setTime(((1L << 24) - 1) * 1000);
        clock.touch(entry);
        clock.setTime(((1L << 24) + 4) * 1000);
        assertThat(clock.idleSeconds(entry)).isEqualTo(5);
    }

    @Test
    void frequency_growsLogarithmically_andDecaysByMinutes() {
        clock.configure(true, 10, 1);
        clock.setFrequency(entry, AccessClock.LFU_INITIAL);
        for (int i = 0; i < 1000; i++) {
            clock.touch(entry);
        }
        int frequency = clock.frequency(entry);
        // Redis' own table: a thousand hits at factor 10 make about 18.
        assertThat(frequency).isBetween(12, 26);
        clock.setTime(100_000 + 5 * 60_000);
        assertThat(clock.frequency(entry)).isEqualTo(frequency - 5);
        clock.configure(true, 10, 0);
        assertThat(clock.frequency(entry)).isEqualTo(frequency);
    }

    @Test
    void anOverwrittenKey_keepsItsFrequency_butNotItsIdleTime() {
        clock.configure(true, 10, 1);
        clock.setFrequency(entry, 77);
        store.put("k", "w");
        entry = store.keyspace().database(0).find(store.key("k"));
        assertThat(clock.frequency(entry)).isEqualTo(77);
        clock.configure(false, 10, 1);
        clock.setTime(500_000);
        store.put("k", "x");
        entry = store.keyspace().database(0).find(store.key("k"));
        assertThat(clock.idleSeconds(entry)).isZero();
    }
}
