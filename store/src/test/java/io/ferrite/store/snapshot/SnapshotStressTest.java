package io.ferrite.store.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Keyspace;
import io.ferrite.store.KeyspaceSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Walks while threads write, each under the stripe of its key, as the gate will have it. */
final class SnapshotStressTest {

    private static final int STRIPES = 4;
    private static final int TABLES = 16;
    private static final int DATABASES = 2;
    private static final int KEYS = 3_000;
    private static final int WALKS = 40;

    private final Slab[] slabs = new Slab[STRIPES];
    private final ReentrantLock[] locks = new ReentrantLock[STRIPES];
    private final Map<String, Long> model = new ConcurrentHashMap<>();
    private final AtomicBoolean enough = new AtomicBoolean();
    private Keyspace keyspace;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void everyWalkTellsOfOneInstant_underManyWriters(long seed) throws Exception {
        for (int i = 0; i < STRIPES; i++) {
            slabs[i] = new Slab();
            locks[i] = new ReentrantLock();
        }
        keyspace = new Keyspace(KeyspaceSettings.ofStrings(DATABASES, TABLES, slabs));
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                SplittableRandom random = new SplittableRandom(seed * 100 + i);
                writers.add(threads.submit(() -> write(random)));
            }
            Future<?> walker = threads.submit(() -> walk(new SplittableRandom(seed)));
            walker.get(120, TimeUnit.SECONDS);
            for (Future<?> writer : writers) {
                writer.get(120, TimeUnit.SECONDS);
            }
        } finally {
            enough.set(true);
        }
        keyspace.close();
        for (Slab slab : slabs) {
            assertThat(slab.usedBytes()).isZero();
            slab.close();
        }
    }

    private void write(SplittableRandom random) {
        Slab own = new Slab();
        long at = own.take(64, MemoryTag.OTHER);
        Slice key = new Slice();
        while (!enough.get()) {
            int db = random.nextInt(DATABASES);
            int number = random.nextInt(KEYS);
            Memory.putLong(at, number);
            key.set(at, 8);
            if (random.nextInt(3_000) == 0) {
                flush(db, random.nextInt(TABLES), key);
                continue;
            }
            ReentrantLock lock = locks[keyspace.stripeOf(key)];
            lock.lock();
            try {
                change(random, key, at, db, number);
            } finally {
                lock.unlock();
            }
        }
        own.give(at, 64, MemoryTag.OTHER);
        own.close();
    }

    private void change(SplittableRandom random, Slice key, long at, int db, int number) {
        Database database = keyspace.database(db);
        String name = db + "/" + number;
        int drawn = random.nextInt(10);
        if (drawn < 5) {
            long value = random.nextLong();
            database.putInteger(key, value, true);
            model.put(name, value);
        } else if (drawn < 8) {
            database.delete(key);
            model.remove(name);
        } else if (database.find(key) != Database.NONE) {
            Database other = keyspace.database(1 - db);
            database.move(key, database.find(key), other, key);
            model.put((1 - db) + "/" + number, model.remove(name));
        }
        keyspace.releaseSome(keyspace.stripeOf(key), 20);
    }

    /** One table only, under its stripe: the walk may be on its way through another. */
    private void flush(int db, int table, Slice key) {
        ReentrantLock lock = locks[keyspace.stripeOfTable(table)];
        lock.lock();
        try {
            keyspace.database(db).clear(table);
            for (int number = 0; number < KEYS; number++) {
                Memory.putLong(key.address(), number);
                key.set(key.address(), 8);
                if (keyspace.tableOf(key) == table) {
                    model.remove(db + "/" + number);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void walk(SplittableRandom random) {
        for (int i = 0; i < WALKS; i++) {
            Map<String, Long> told = new ConcurrentHashMap<>();
            Map<String, Long> expected;
            SnapshotWalk walk;
            lockAll();
            try {
                expected = new HashMap<>(model);
                walk = keyspace.startWalk((db, entry, urgent) -> tell(told, db, entry));
            } finally {
                unlockAll();
            }
            boolean done = false;
            while (!done) {
                ReentrantLock lock = locks[walk.stripe()];
                lock.lock();
                try {
                    done = walk.step(random.nextInt(1, 20), Long.MAX_VALUE);
                } finally {
                    lock.unlock();
                }
            }
            assertThat(told).isEqualTo(expected);
        }
        enough.set(true);
    }

    private static boolean tell(Map<String, Long> told, int db, long entry) {
        String name = db + "/" + Memory.getLong(Entry.keyAddress(entry));
        assertThat(told.put(name, Entry.integer(entry))).isNull();
        return true;
    }

    private void lockAll() {
        for (ReentrantLock lock : locks) {
            lock.lock();
        }
    }

    private void unlockAll() {
        for (ReentrantLock lock : locks) {
            lock.unlock();
        }
    }
}
