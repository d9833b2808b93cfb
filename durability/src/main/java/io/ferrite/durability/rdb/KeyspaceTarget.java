package io.ferrite.durability.rdb;

import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.AccessClock;
import io.ferrite.store.Database;
import io.ferrite.store.Keyspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Fills a keyspace from an RDB. Whoever lets it read holds all stripes, or keeps everybody else
 * out.
 *
 * <p>A leader drops keys whose time has passed already; a follower keeps them, as its leader will
 * tell it to delete them. A key that comes twice is refused unless duplicates are allowed.
 */
public final class KeyspaceTarget implements RdbTarget {

    /** Takes the code of function libraries. */
    @FunctionalInterface
    public interface FunctionSink {
        void function(long code, int length) throws IOException;
    }

    /** Hears of keys that are dropped because their time has passed. */
    @FunctionalInterface
    public interface Dropped {
        void dropped(int database, Slice key);
    }

    private final Keyspace keyspace;
    private final FunctionSink functions;
    private final long dropExpiredBefore;
    private final boolean duplicatesAllowed;
    private final Map<String, byte[]> fields = new LinkedHashMap<>();
    private Database database;
    private long loaded;
    private long expired;
    private long empty;
    private final List<KeyspaceTarget> parts = new ArrayList<>();
    private Dropped dropped = (index, key) -> {};

    /**
     * @param dropExpiredBefore keys whose time is before this (milliseconds since 1970) are
     *     dropped; {@link Long#MIN_VALUE} to keep all
     */
    public KeyspaceTarget(
            Keyspace keyspace,
            FunctionSink functions,
            long dropExpiredBefore,
            boolean duplicatesAllowed) {
        this.keyspace = keyspace;
        this.functions = functions;
        this.dropExpiredBefore = dropExpiredBefore;
        this.duplicatesAllowed = duplicatesAllowed;
        this.database = keyspace.database(0);
    }

    /**
     * One that fills the same keyspace beside it, for another thread: what it counts and who hears
     * of dropped keys is in common. The fields must not change while it is in use.
     */
    public KeyspaceTarget part() {
        KeyspaceTarget part =
                new KeyspaceTarget(keyspace, functions, dropExpiredBefore, duplicatesAllowed);
        part.dropped = dropped;
        parts.add(part);
        return part;
    }

    /** Tells who wants to know of keys that are dropped. */
    public KeyspaceTarget tell(Dropped who) {
        dropped = who;
        return this;
    }

    /** The number of the database that keys belong to now. */
    public int databaseIndex() {
        return database.index();
    }

    /** How many keys were stored. */
    public long loaded() {
        return sum(loaded, KeyspaceTarget::loaded);
    }

    /** How many keys were dropped because their time had passed. */
    public long expired() {
        return sum(expired, KeyspaceTarget::expired);
    }

    /** How many keys were passed over because their collections were empty. */
    public long empty() {
        return sum(empty, KeyspaceTarget::empty);
    }

    /** What other threads count may be a little behind until they have ended. */
    private long sum(long own, ToLongFunction<KeyspaceTarget> count) {
        long sum = own;
        for (KeyspaceTarget part : parts) {
            sum += count.applyAsLong(part);
        }
        return sum;
    }

    /** What the RDB said about the whole: {@code repl-id}, {@code repl-offset} and others. */
    public Map<String, byte[]> fields() {
        return fields;
    }

    @Override
    public void aux(String name, byte[] value) {
        fields.put(name, value);
    }

    @Override
    public void selectDatabase(long index) throws IOException {
        if (index < 0 || index >= keyspace.databases()) {
            throw unfit(
                    "FATAL: Data file was created with a Redis server configured to handle more"
                            + " than "
                            + keyspace.databases()
                            + " databases. Exiting");
        }
        database = keyspace.database((int) index);
    }

    private static RdbRefusal unfit(String reason) {
        return new RdbRefusal(RdbRefusal.Kind.DATASET, reason, 0);
    }

    @Override
    public void expectKeys(long keys, long volatileKeys) {
        // The index grows in small steps: nothing is gained by knowing, and nothing lost by a lie.
    }

    @Override
    public Slab slabOf(Slice key) {
        return keyspace.slab(keyspace.stripeOf(key));
    }

    @Override
    public void put(Slice key, RdbValue value, RdbKeyFacts facts) throws IOException {
        if (facts.expires() && facts.expireAtMs() < dropExpiredBefore) {
            expired++;
            dropped.dropped(database.index(), key);
            return;
        }
        if (!duplicatesAllowed && database.find(key) != Database.NONE) {
            throw unfit("RDB has duplicated key '" + key + "' in DB " + database.index());
        }
        long entry = Entries.store(database, key, value);
        if (facts.expires()) {
            entry = database.setExpire(key, entry, Math.max(0, facts.expireAtMs()));
        }
        AccessClock access = keyspace.access();
        if (access.isLfu() && facts.frequency() != RdbKeyFacts.NONE) {
            access.setFrequency(entry, facts.frequency());
        } else if (!access.isLfu() && facts.idleSeconds() != RdbKeyFacts.NONE) {
            access.setIdle(entry, facts.idleSeconds());
        }
        loaded++;
    }

    @Override
    public void function(long code, int length) throws IOException {
        functions.function(code, length);
    }

    @Override
    public void emptyKeySkipped(Slice key) {
        empty++;
    }
}
