package io.ferrite.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.store.snapshot.SnapshotWalk;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Databases against sorted maps, through everything that can happen to a key, while snapshot walks
 * are on their way: each must tell of exactly what there was when it began.
 */
final class DatabaseFuzzTest {

    private static final int DATABASES = 3;
    private static final int TABLES = 8;

    private record Value(String text, long expireAt) {}

    /** A walk, what it has told of, and what it must. */
    private static final class Walk {
        private final Map<String, Value> told = new HashMap<>();
        private Map<String, Value> expected;
        private SnapshotWalk walk;
        private boolean abandoned;
        private String partial = "";
    }

    private SplittableRandom random;
    private StoreFixture store;
    private Keyspace keyspace;
    private List<TreeMap<String, Value>> model;
    private final List<Walk> walks = new ArrayList<>();
    private long now = 1_000_000;
    private int keys;
    private int snapshots;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void agreesWithSortedMaps_andEverySnapshotIsOneInstant(long seed) {
        random = new SplittableRandom(seed);
        ValueOperations[] values = new ValueOperations[Type.COUNT];
        values[Type.LIST] = new CountedValue();
        store = StoreFixture.create(DATABASES, TABLES, values);
        keyspace = store.keyspace();
        model = new ArrayList<>();
        for (int i = 0; i < DATABASES; i++) {
            model.add(new TreeMap<>());
        }
        keys = 1 << random.nextInt(3, 13);
        for (int step = 0; step < 30_000; step++) {
            int drawn = random.nextInt(1000);
            if (drawn < 990) {
                change(random.nextInt(DATABASES), drawn % 17);
            } else {
                rare();
            }
            stepWalks();
            if (step % 5_000 == 4_999) {
                compare();
            }
        }
        compare();
        assertThat(snapshots).as("walks that came to their end").isGreaterThan(3);
        store.close();
    }

    private String aKey() {
        int number = random.nextInt(keys);
        return number % 50 == 0 ? "long".repeat(70 + number % 7) + number : "key:" + number;
    }

    private String aText() {
        return switch (random.nextInt(6)) {
            case 0 -> Integer.toString(random.nextInt());
            case 1 -> Long.toString(random.nextLong() >>> random.nextInt(64));
            case 2 -> "0" + random.nextInt(100);
            case 3 -> "x".repeat(random.nextInt(60));
            case 4 -> "y".repeat(random.nextInt(300)) + random.nextInt();
            default -> "z".repeat(random.nextInt(3000));
        };
    }

    private void change(int db, int what) {
        String key = aKey();
        Database database = keyspace.database(db);
        TreeMap<String, Value> map = model.get(db);
        Value before = map.get(key);
        long entry = database.find(store.key(key));
        assertThat(entry != Database.NONE).isEqualTo(before != null);
        switch (what) {
            case 0, 1, 2, 3 -> put(database, map, key, before);
            case 4 -> append(database, map, key, before);
            case 5 -> setRange(database, map, key, before);
            case 6, 7, 8 -> {
                assertThat(database.delete(store.key(key))).isEqualTo(before != null);
                map.remove(key);
            }
            case 9, 10 -> {
                if (before != null) {
                    long at = now + random.nextInt(1000);
                    database.setExpire(store.key(key), entry, at);
                    map.put(key, new Value(before.text, at));
                }
            }
            case 11 -> {
                if (before != null) {
                    database.clearExpire(store.key(key), entry);
                    map.put(key, new Value(before.text, -1));
                }
            }
            case 12, 13 -> transfer(db, key, before, entry, what == 12);
            case 14 -> putCollection(database, map, key);
            case 15 -> changeCollection(database, map, key, before);
            default -> {
                now += random.nextInt(20);
                expire(random.nextInt(DATABASES));
            }
        }
    }

    private void put(Database database, TreeMap<String, Value> map, String key, Value before) {
        boolean keep = random.nextBoolean();
        String text = aText();
        store.put(database, key, text, keep);
        map.put(key, new Value(text, keep && before != null ? before.expireAt : -1));
    }

    private void append(Database database, TreeMap<String, Value> map, String key, Value before) {
        if (before == null || before.text.startsWith("1:")) {
            return;
        }
        Slice more = store.value(aText());
        String text = before.text + more;
        Slice bytes = store.key(key);
        database.append(bytes, database.find(bytes), more.address(), more.length());
        map.put(key, new Value(text, before.expireAt));
    }

    private void setRange(Database database, TreeMap<String, Value> map, String key, Value before) {
        if (before != null && before.text.startsWith("1:")) {
            return;
        }
        int offset = random.nextInt(400);
        Slice piece = store.value("piece" + random.nextInt(100));
        StringBuilder text = new StringBuilder(before == null ? "" : before.text);
        text.setLength(Math.max(text.length(), offset + piece.length()));
        text.replace(offset, offset + piece.length(), piece.toString());
        Slice bytes = store.key(key);
        database.setRange(bytes, database.find(bytes), offset, piece.address(), piece.length());
        map.put(key, new Value(text.toString(), before == null ? -1 : before.expireAt));
    }

    /** RENAME and MOVE, or COPY. */
    private void transfer(int db, String key, Value before, long entry, boolean keep) {
        int toDb = random.nextInt(DATABASES);
        String toKey = aKey();
        if (before == null || db == toDb && toKey.equals(key)) {
            return;
        }
        Database target = keyspace.database(toDb);
        Slice to = new Slice(store.value(toKey).address(), toKey.length());
        if (keep) {
            target.delete(to);
            keyspace.database(db).copy(entry, target, to);
        } else {
            keyspace.database(db).move(store.key(key), entry, target, to);
            model.get(db).remove(key);
        }
        model.get(toDb).put(toKey, before);
    }

    private void putCollection(Database database, TreeMap<String, Value> map, String key) {
        Slice bytes = store.key(key);
        long number = random.nextInt(1000);
        long root =
                CountedValue.create(
                        keyspace.slab(keyspace.stripeOf(bytes)), number, random.nextInt(3000));
        database.putRoot(bytes, Type.LIST, Encoding.QUICKLIST, root);
        map.put(key, new Value("1:" + number, -1));
    }

    private void changeCollection(
            Database database, TreeMap<String, Value> map, String key, Value before) {
        if (before != null && before.text.startsWith("1:")) {
            long entry = database.findForWrite(store.key(key));
            long number = random.nextInt(1000);
            Memory.putLong(Entry.root(entry), number);
            map.put(key, new Value("1:" + number, before.expireAt));
        }
    }

    private void expire(int db) {
        TreeSet<String> due = new TreeSet<>();
        model.get(db).forEach((key, value) -> addIfDue(due, key, value));
        TreeSet<String> told = new TreeSet<>();
        for (int table = 0; table < TABLES; table++) {
            keyspace.database(db)
                    .expireSome(
                            table,
                            now,
                            Integer.MAX_VALUE,
                            entry -> {
                                assertThat(Entry.expireAt(entry)).isLessThan(now);
                                told.add(StoreFixture.keyText(entry));
                            });
        }
        assertThat(told).isEqualTo(due);
        due.forEach(model.get(db)::remove);
    }

    private void addIfDue(TreeSet<String> due, String key, Value value) {
        if (value.expireAt >= 0 && value.expireAt < now) {
            due.add(key);
        }
    }

    private void rare() {
        switch (random.nextInt(12)) {
            case 0 -> flush(random.nextInt(DATABASES));
            case 1, 2, 3 -> {
                int a = random.nextInt(DATABASES);
                int b = random.nextInt(DATABASES);
                keyspace.swap(a, b);
                TreeMap<String, Value> first = model.get(a);
                model.set(a, model.get(b));
                model.set(b, first);
            }
            case 4, 5, 6 -> keyspace.releaseSome(random.nextInt(keyspace.stripes()), 700);
            case 7 -> walks.forEach(this::maybeAbandon);
            default -> begin();
        }
    }

    private void flush(int db) {
        for (int table = 0; table < TABLES; table++) {
            keyspace.database(db).clear(table);
        }
        model.get(db).clear();
    }

    private void maybeAbandon(Walk walk) {
        if (random.nextInt(4) == 0) {
            walk.abandoned = true;
            walk.walk.abandon();
        }
    }

    private void begin() {
        Walk walk = new Walk();
        walk.walk = keyspace.startWalk((db, entry, urgent) -> tell(walk, db, entry, urgent));
        assertThat(walk.walk == null).isEqualTo(walks.size() == Keyspace.MAX_WALKS);
        if (walk.walk != null) {
            walk.expected = new HashMap<>();
            for (int db = 0; db < DATABASES; db++) {
                String prefix = db + "/";
                model.get(db).forEach((key, value) -> walk.expected.put(prefix + key, value));
            }
            walks.add(walk);
        }
    }

    private boolean tell(Walk walk, int db, long entry, boolean urgent) {
        assertThat(walk.abandoned).isFalse();
        String key = db + "/" + StoreFixture.keyText(entry);
        // A collection comes in two pieces, if there is time.
        if (!urgent && Entry.type(entry) == Type.LIST && !walk.partial.equals(key)) {
            walk.partial = key;
            return false;
        }
        Value value = new Value(StoreFixture.text(entry), Entry.expireAt(entry));
        assertThat(walk.told.put(key, value)).as("told of %s before", key).isNull();
        return true;
    }

    private void stepWalks() {
        for (Iterator<Walk> i = walks.iterator(); i.hasNext(); ) {
            Walk walk = i.next();
            if (random.nextInt(6) == 0
                    && walk.walk.step(random.nextInt(1, 30), random.nextInt(1, 10_000))) {
                i.remove();
                if (!walk.abandoned) {
                    assertThat(walk.told).isEqualTo(walk.expected);
                    snapshots++;
                }
            }
        }
    }

    private void compare() {
        for (int db = 0; db < DATABASES; db++) {
            Database database = keyspace.database(db);
            Map<String, Value> found = new TreeMap<>();
            long cursor = 0;
            do {
                cursor =
                        database.scan(
                                cursor,
                                10,
                                entry ->
                                        found.put(
                                                StoreFixture.keyText(entry),
                                                new Value(
                                                        StoreFixture.text(entry),
                                                        Entry.expireAt(entry))));
            } while (cursor != 0);
            assertThat(found).isEqualTo(model.get(db));
            assertThat(database.size()).isEqualTo(found.size());
            assertThat(database.volatileCount())
                    .isEqualTo(found.values().stream().filter(v -> v.expireAt >= 0).count());
            for (String key : found.keySet()) {
                assertThat(store.get(database, key)).isEqualTo(found.get(key).text);
            }
        }
    }
}
