package io.ferrite.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Slice;
import io.ferrite.store.snapshot.SnapshotSink;
import io.ferrite.store.snapshot.SnapshotWalk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TwinTest {

    private final StoreFixture store = StoreFixture.create(2, 4);
    private final Keyspace keyspace = store.keyspace();

    @AfterEach
    void everythingIsGivenBack() {
        store.close();
    }

    private void putInto(Keyspace into, int database, String name, String value) {
        Slice key = store.key(name);
        Slice bytes = store.value(value);
        into.database(database).putString(key, bytes.address(), bytes.length(), false);
    }

    private static SnapshotSink sink(StringBuilder seen) {
        return (database, entry, urgent) -> {
            Slice key = new Slice(Entry.keyAddress(entry), Entry.keyLength(entry));
            seen.append(key).append(';');
            return true;
        };
    }

    private static void run(SnapshotWalk walk) {
        while (!walk.step(10, Long.MAX_VALUE)) {
            // goes on
        }
    }

    @Test
    void aTwinsDataTakesThePlaceOfTheOld() {
        for (int i = 0; i < 100; i++) {
            store.put("old" + i, "x".repeat(i * 10));
        }
        Keyspace twin = keyspace.twin();
        for (int i = 0; i < 200; i++) {
            putInto(twin, 0, "new" + i, "value " + i);
        }
        putInto(twin, 1, "other", "y");
        Slice key = store.key("new7");
        Database filled = twin.database(0);
        filled.setExpire(key, filled.find(key), 5000);

        assertThat(keyspace.mayTakeOver(twin)).isTrue();
        keyspace.takeOver(twin);

        assertThat(store.get("old1")).isNull();
        assertThat(store.get("new199")).isEqualTo("value 199");
        assertThat(keyspace.database(0).size()).isEqualTo(200);
        assertThat(keyspace.database(0).volatileCount()).isEqualTo(1);
        assertThat(keyspace.database(1).size()).isEqualTo(1);
        assertThat(twin.database(0).size()).isZero();
        assertThat(twin.database(0).volatileCount()).isZero();
    }

    @Test
    void aTwinThatIsNotWantedIsGivenBack() {
        Keyspace twin = keyspace.twin();
        for (int i = 0; i < 100; i++) {
            putInto(twin, 0, "k" + i, "v".repeat(200));
        }
        twin.close();
        assertThat(keyspace.database(0).size()).isZero();
    }

    @Test
    void aWalkThatBeganBeforeTheTwin_seesTheOldData() {
        store.put("old", "1");
        StringBuilder seen = new StringBuilder();
        SnapshotSink sink = sink(seen);
        SnapshotWalk walk = keyspace.startWalk(sink);
        Keyspace twin = keyspace.twin();
        putInto(twin, 0, "new", "2");

        assertThat(keyspace.mayTakeOver(twin)).isTrue();
        keyspace.takeOver(twin);
        run(walk);

        assertThat(seen).hasToString("old;");
        assertThat(store.get("new")).isEqualTo("2");
    }

    @Test
    void aWalkThatBeganAfterTheTwin_isWaitedFor() {
        store.put("old", "1");
        Keyspace twin = keyspace.twin();
        putInto(twin, 0, "new", "2");
        StringBuilder seen = new StringBuilder();
        SnapshotWalk walk = keyspace.startWalk(sink(seen));

        assertThat(keyspace.mayTakeOver(twin)).isFalse();
        run(walk);
        assertThat(keyspace.mayTakeOver(twin)).isTrue();
        keyspace.takeOver(twin);

        StringBuilder next = new StringBuilder();
        run(keyspace.startWalk(sink(next)));
        assertThat(seen).hasToString("old;");
        assertThat(next).hasToString("new;");
    }
}
