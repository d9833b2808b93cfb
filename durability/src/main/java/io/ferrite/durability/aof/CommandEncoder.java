package io.ferrite.durability.aof;

import io.ferrite.durability.rdb.Entries;
import io.ferrite.durability.rdb.GrowingSink;
import io.ferrite.durability.rdb.RdbOutput;
import io.ferrite.memory.Slab;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.HashCursor;
import io.ferrite.store.value.HashValue;
import io.ferrite.store.value.ListCursor;
import io.ferrite.store.value.ListValue;
import io.ferrite.store.value.SetCursor;
import io.ferrite.store.value.SetValue;
import io.ferrite.store.value.ZsetCursor;
import io.ferrite.store.value.ZsetValue;
import java.io.IOException;

/**
 * Writes entries of a keyspace as the commands that make them again: a base without snapshot format
 * (aof-use-rdb-preamble no). A collection takes several commands of at most {@value #ITEMS}
 * elements each, as Redis' own rewrite does, so that a load can answer in between.
 *
 * <p>As with the RDB's {@code EntryWriter}, a large value is written in steps, between which the
 * lock of its stripe need not be held as long as nobody changes it.
 */
public final class CommandEncoder implements AutoCloseable {

    /** Elements in one command. */
    private static final int ITEMS = 64;

    /** Commands in one step. */
    private static final int COMMANDS = 4;

    /** Bytes of a long string in one step. */
    private static final int PIECE = 1 << 18;

    private static final int NO_DATABASE = -1;

    private final CommandBytes out;

    /** For elements that have to be uncompressed or spelt. */
    private final Slab slab = new Slab();

    private final ListCursor list = new ListCursor();
    private final ZsetCursor zset = new ZsetCursor();
    private final StreamCommands stream;
    private int database = NO_DATABASE;
    private long entry;
    private boolean unfinished;

    /** How many elements, or bytes of a string, are written. */
    private long done;

    /** Where the walk of a hash or set stands. */
    private long place;

    public CommandEncoder(RdbOutput out) {
        this.out = new CommandBytes(out);
        this.stream = new StreamCommands(this.out);
    }

    /** The time that this begins with, as aof-timestamp-enabled wants it. */
    public void time(long second) throws IOException {
        byte[] line =
                ("#TS:" + second + "\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        out.raw(line);
    }

    /** A library of functions. */
    public void function(byte[] code) throws IOException {
        out.command(3).word("FUNCTION").word("LOAD").word(code);
    }

    /** The next entry says in which database it is, whatever was written last. */
    public void forgetDatabase() {
        database = NO_DATABASE;
    }

    /** The entry that is not whole yet, or 0. */
    public long open() {
        return unfinished ? entry : 0;
    }

    /** Begins an entry; says whether it is whole already. */
    public boolean begin(int inDatabase, long newEntry) throws IOException {
        if (unfinished) {
            throw new IllegalStateException("an entry is not whole yet");
        }
        if (inDatabase != database) {
            database = inDatabase;
            out.command(2).word("SELECT").number(inDatabase);
        }
        entry = newEntry;
        done = 0;
        place = 0;
        unfinished = true;
        if (Entry.type(entry) == Type.STREAM) {
            stream.begin(entry);
        }
        return step();
    }

    /** The entry that is not whole is, with the same value, to be read elsewhere from now on. */
    public void goOnWith(long sameEntry) {
        entry = sameEntry;
    }

    /** Writes some more of the entry; says whether it is whole now. */
    public boolean step() throws IOException {
        boolean whole =
                switch (Entry.type(entry)) {
                    case Type.STRING -> string();
                    case Type.STREAM -> stream.step();
                    case Type.MODULE -> module();
                    default -> collection();
                };
        if (!whole) {
            return false;
        }
        if (Entry.hasExpiry(entry)) {
            out.command(3).word("PEXPIREAT");
            key();
            out.number(Entry.expireAt(entry));
        }
        unfinished = false;
        return true;
    }

    /** Writes the rest of the entry, if there is one. */
    public void finish() throws IOException {
        while (unfinished) {
            step();
        }
    }

    private void key() throws IOException {
        out.word(Entry.keyAddress(entry), Entry.keyLength(entry));
    }

    /** Only its module knows what commands would make it: it is restored. */
    private boolean module() throws IOException {
        try (GrowingSink sink = new GrowingSink();
                RdbOutput payload = new RdbOutput(sink, true, 0)) {
            Entries.dump(payload, entry);
            out.command(5).word("RESTORE");
            key();
            out.number(0).word(sink.address(), Math.toIntExact(sink.length())).word("REPLACE");
        }
        return true;
    }

    private boolean string() throws IOException {
        if (done == 0) {
            out.command(3).word("SET");
            key();
            if (Entry.isInteger(entry)) {
                out.number(Entry.integer(entry));
                return true;
            }
            out.beginWord(Entry.valueLength(entry));
        }
        int length = (int) Math.min(PIECE, Entry.valueLength(entry) - done);
        out.piece(Entry.valueAddress(entry) + done, length);
        done += length;
        if (done < Entry.valueLength(entry)) {
            return false;
        }
        out.endWord();
        return true;
    }

    private boolean collection() throws IOException {
        long count = count();
        for (int i = 0; i < COMMANDS && done < count; i++) {
            items((int) Math.min(ITEMS, count - done));
        }
        return done == count;
    }

    private long count() {
        long root = Entry.root(entry);
        return switch (Entry.type(entry)) {
            case Type.LIST -> ListValue.length(root);
            case Type.HASH -> HashValue.count(root);
            case Type.SET -> SetValue.count(root);
            case Type.ZSET -> ZsetValue.count(root);
            default ->
                    throw new IllegalStateException(
                            "no commands for values of type " + Entry.type(entry));
        };
    }

    private void items(int items) throws IOException {
        long root = Entry.root(entry);
        switch (Entry.type(entry)) {
            case Type.LIST -> list(root, items);
            case Type.HASH -> hash(root, items);
            case Type.SET -> set(root, items);
            default -> zset(root, items);
        }
        done += items;
    }

    private void list(long root, int items) throws IOException {
        out.command(2L + items).word("RPUSH");
        key();
        list.open(slab, root, done, true);
        for (int i = 0; i < items && list.next(); i++) {
            out.item(list.item());
        }
        list.close();
    }

    private void hash(long root, int items) throws IOException {
        out.command(2L + 2L * items).word("HMSET");
        key();
        boolean timed = false;
        long before = place;
        try (HashCursor cursor = new HashCursor(slab, root).from(place)) {
            for (int i = 0; i < items && cursor.next(); i++) {
                out.item(cursor.field()).item(cursor.value());
                timed |= cursor.expireAt() != HashValue.NEVER;
            }
            place = cursor.place();
        }
        if (timed) {
            fieldTimes(root, before, items);
        }
    }

    private void fieldTimes(long root, long before, int items) throws IOException {
        try (HashCursor cursor = new HashCursor(slab, root).from(before)) {
            for (int i = 0; i < items && cursor.next(); i++) {
                if (cursor.expireAt() != HashValue.NEVER) {
                    out.command(6).word("HPEXPIREAT");
                    key();
                    out.number(cursor.expireAt()).word("FIELDS").number(1).item(cursor.field());
                }
            }
        }
    }

    private void set(long root, int items) throws IOException {
        out.command(2L + items).word("SADD");
        key();
        try (SetCursor cursor = new SetCursor(slab, root)) {
            if (done > 0) {
                cursor.from(place);
            }
            for (int i = 0; i < items && cursor.next(); i++) {
                out.item(cursor.item());
            }
            place = cursor.place();
        }
    }

    private void zset(long root, int items) throws IOException {
        out.command(2L + 2L * items).word("ZADD");
        key();
        zset.open(root, done, true);
        for (int i = 0; i < items && zset.next(); i++) {
            out.real(zset.score()).item(zset.member());
        }
    }

    @Override
    public void close() {
        list.close();
        slab.close();
        out.close();
    }
}
