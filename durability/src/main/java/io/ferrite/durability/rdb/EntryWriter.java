package io.ferrite.durability.rdb;

import io.ferrite.store.AccessClock;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import java.io.IOException;

/**
 * Writes entries of a keyspace, one after the other, in whatever order of databases they come.
 *
 * <p>A large value is written in steps of a bounded size: {@link #begin} and {@link #step} say
 * whether the entry is whole. Until then the caller sees to it that neither the entry nor its value
 * changes, or {@link #finish}es it before: the lock of its stripe need not be held between the
 * steps.
 */
public final class EntryWriter {

    /** What is said about the use of keys. */
    public enum AccessForm {
        NONE,
        IDLE,
        FREQUENCY
    }

    private static final int NO_DATABASE = -1;

    private final RdbWriter writer;
    private final AccessClock clock;
    private final AccessForm form;
    private int database = NO_DATABASE;
    private long entry;
    private long cursor;

    public EntryWriter(RdbWriter writer, AccessClock clock, AccessForm form) {
        this.writer = writer;
        this.clock = clock;
        this.form = form;
    }

    /** Announces a database's sizes; entries of another may still come. */
    public void database(int index, long keys, long volatileKeys) throws IOException {
        database = index;
        writer.database(index, keys, volatileKeys);
    }

    /** The next entry says in which database it is, whatever was written last. */
    public void forgetDatabase() {
        database = NO_DATABASE;
    }

    /** The entry that is not whole yet, or 0. */
    public long open() {
        return cursor == 0 ? 0 : entry;
    }

    /** Begins an entry; says whether it is whole already. */
    public boolean begin(int inDatabase, long newEntry) throws IOException {
        if (cursor != 0) {
            throw new IllegalStateException("an entry is not whole yet");
        }
        if (inDatabase != database) {
            database = inDatabase;
            writer.selectDatabase(inDatabase);
        }
        entry = newEntry;
        if (Entry.type(entry) == Type.STREAM) {
            writer.streamActivity(Entry.root(entry));
        }
        if (Entry.hasExpiry(entry)) {
            writer.expiry(Entry.expireAt(entry));
        }
        switch (form) {
            case IDLE -> writer.idle(clock.idleSeconds(entry));
            case FREQUENCY -> writer.frequency(clock.frequency(entry));
            default -> {}
        }
        cursor = beginValue(Entry.keyAddress(entry), Entry.keyLength(entry));
        return cursor == 0;
    }

    private long beginValue(long key, int keyLength) throws IOException {
        return switch (Entry.type(entry)) {
            case Type.STRING -> {
                if (Entry.isInteger(entry)) {
                    writer.integer(key, keyLength, Entry.integer(entry));
                    yield 0;
                }
                yield writer.string(
                        key, keyLength, Entry.valueAddress(entry), Entry.valueLength(entry));
            }
            case Type.LIST -> writer.list(key, keyLength, Entry.root(entry));
            case Type.HASH -> writer.hash(key, keyLength, Entry.root(entry));
            case Type.SET -> writer.set(key, keyLength, Entry.root(entry));
            case Type.ZSET -> writer.zset(key, keyLength, Entry.root(entry));
            case Type.STREAM -> writer.stream(key, keyLength, Entry.root(entry));
            case Type.MODULE -> {
                writer.module(key, keyLength, Entry.root(entry));
                yield 0;
            }
            default -> throw unknownType();
        };
    }

    /** The entry that is not whole is, with the same value, to be read elsewhere from now on. */
    public void goOnWith(long sameEntry) {
        entry = sameEntry;
    }

    /** Writes some more of the entry; says whether it is whole now. */
    public boolean step() throws IOException {
        cursor =
                switch (Entry.type(entry)) {
                    case Type.STRING ->
                            writer.stringStep(
                                    Entry.valueAddress(entry), Entry.valueLength(entry), cursor);
                    case Type.LIST -> writer.listStep(cursor);
                    case Type.HASH -> writer.hashStep(Entry.root(entry), cursor);
                    case Type.SET -> writer.setStep(Entry.root(entry), cursor);
                    case Type.ZSET -> writer.zsetStep(Entry.root(entry), cursor);
                    case Type.STREAM -> writer.streamStep();
                    default -> throw unknownType();
                };
        return cursor == 0;
    }

    /** Writes the rest of the entry, if there is one. */
    public void finish() throws IOException {
        while (cursor != 0) {
            step();
        }
    }

    /** Writes an entry as a whole. */
    public void write(int inDatabase, long newEntry) throws IOException {
        begin(inDatabase, newEntry);
        finish();
    }

    private IllegalStateException unknownType() {
        return new IllegalStateException("no RDB form for values of type " + Entry.type(entry));
    }

    /** The form that goes with how the keyspace counts accesses while memory is bounded. */
    public static AccessForm formFor(boolean lru, boolean lfu) {
        return lfu ? AccessForm.FREQUENCY : lru ? AccessForm.IDLE : AccessForm.NONE;
    }
}
