package io.ferrite.engine;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.store.encoding.ListpackItem;
import java.util.ArrayList;
import java.util.List;

/**
 * What one execution unit did to the data: which keys changed, what to tell followers and files,
 * whom to notify. Handlers say it with one call per change; {@link #commit} hands it on once, in
 * order, while the stripes are still held.
 *
 * <p>A command that changed something is passed on as it was received unless its handler describes
 * other commands ({@link #command}) or forbids it ({@link #keepLocal}).
 *
 * <p>One per event loop, reused; no object is made for an effect.
 */
public final class Effects {

    private final Engine engine;
    private final NativeReplyWriter out = new NativeReplyWriter(1 << 12);
    private final ExecutionUnit unit;

    /** Changes of the whole unit, and of the command that runs now. */
    private long unitChanges;

    private long commandChanges;

    /** Changes of this unit and those before it that the engine has not been told of. */
    private long uncounted;

    /** Commands encoded so far in {@link #out}; its first one runs in {@link #firstDatabase}. */
    private int entries;

    private int firstDatabase;
    private int lastDatabase;

    /** The one entry so far stands for itself and is where it was received, not in {@link #out}. */
    private long received;

    private int receivedBytes;
    private boolean rewritten;
    private boolean local;
    private boolean active;

    /** Whatever is done is done elsewhere already. */
    private boolean allLocal;

    /** The session asked for a transaction. */
    private boolean grouped;

    /** What the unit does, such as the removal of expired keys, is no transaction. */
    private boolean apart;

    /** Who is told what the commands from here on do. */
    private boolean tellsFiles;

    private boolean tellsFollowers;

    /** Where the entry begins that only some are told of; -1 for none. */
    private int partFrom;

    private final PartialRuns parts = new PartialRuns();

    private long lastOffset;

    private long loggedBytes;

    /** Keys that the current command looked for in vain; kept only while somebody wants to know. */
    private final List<Place> absent = new ArrayList<>();

    private record Place(int database, ByteKey key) {}

    Effects(Engine engine, ExecutionUnit unit) {
        this.engine = engine;
        this.unit = unit;
    }

    /** A new unit begins. */
    void begin() {
        unitChanges = 0;
        commandChanges = 0;
        entries = 0;
        received = 0;
        rewritten = false;
        local = false;
        grouped = false;
        apart = false;
        tell(true, true);
        partFrom = -1;
        parts.clear();
        active = wanted();
        if (out.length() != 0) {
            out.reset();
        }
    }

    private boolean wanted() {
        return engine.sink().active() && !allLocal;
    }

    /** Nothing that any unit does from now on is passed on: it comes from a file. */
    public void keepAllLocal() {
        allLocal = true;
    }

    /** The commands from here on are one transaction, whatever they say about {@link #apart}. */
    public void group() {
        grouped = true;
    }

    /** Whatever number of changes this unit makes, nobody has to see them as one. */
    public void apart() {
        apart = true;
    }

    /** Who is told of the commands from here on. */
    public void tell(boolean files, boolean followers) {
        tellsFiles = files;
        tellsFollowers = followers;
    }

    void beginCommand() {
        // Asked under the stripes: whoever begins to read the log holds them all at that moment,
        // and a
        // unit that had asked before would change data without saying so.
        active = wanted() && (tellsFiles || tellsFollowers);
        if (!absent.isEmpty()) {
            absent.clear();
        }
        commandChanges = 0;
        rewritten = false;
        local = false;
    }

    /** Whether nothing has been changed by the command that runs now. */
    public boolean isEmpty() {
        return commandChanges == 0;
    }

    public long changes() {
        return commandChanges;
    }

    /** The whole unit's number of changes so far. */
    public long unitChanges() {
        return unitChanges;
    }

    /** {@code key} in the current database changed, which is announced as {@code event}. */
    public void changed(Slice key, Event event) {
        changed(unit.databaseIndex(), key, event);
    }

    public void changed(int database, Slice key, Event event) {
        touched(database, key);
        notify(database, key, event);
    }

    /** As {@link #changed}, for a change that has no event of its own (or had it already). */
    public void touched(Slice key) {
        touched(unit.databaseIndex(), key);
    }

    public void touched(int database, Slice key) {
        commandChanges++;
        unitChanges++;
        if (!absent.isEmpty() && absent.remove(new Place(database, ByteKey.of(key)))) {
            notify(database, key, Event.NEW);
        }
        engine.keyTouched(unit, database, key);
    }

    /**
     * Something changed in a key's value that those who watch the key do not care for, such as what
     * a group has read. Counts as {@link #count} does.
     */
    public void changedWithin(Slice key, Event event) {
        count(1);
        notify(key, event);
    }

    /** Clients who wait for a key may look again, although nobody else is told of a change. */
    public void wake(Slice key) {
        engine.wake(unit, unit.databaseIndex(), key);
    }

    /**
     * If the command changes this key, it is a new one: there was none, or what was there goes
     * first. To be called where {@link EventClass#NEW} is asked for.
     */
    void absent(int database, Slice key) {
        Place place = new Place(database, ByteKey.of(key));
        if (!absent.contains(place)) {
            absent.add(place);
        }
    }

    /** A key is about to be replaced as a whole: its successor is announced as new. */
    public void replaced(int database, Slice key) {
        if ((engine.notifyMask() & EventClass.NEW) != 0) {
            absent(database, key);
        }
    }

    /** Counts changes beyond the one that {@link #changed} counts: elements of one command. */
    public void count(long more) {
        commandChanges += more;
        unitChanges += more;
    }

    /** Announces an event on a key without saying that it changed. */
    public void notify(int database, Slice key, Event event) {
        if ((engine.notifyMask() & event.eventClass()) != 0) {
            engine.publishEvent(database, key, event.eventClass(), event.bytes());
        }
    }

    /** Announces an event of a module on a key in the current database. */
    public void notify(Slice key, byte[] event) {
        if ((engine.notifyMask() & EventClass.MODULE) != 0) {
            engine.publishEvent(unit.databaseIndex(), key, EventClass.MODULE, event);
        }
    }

    public void notify(Slice key, Event event) {
        notify(unit.databaseIndex(), key, event);
    }

    /** This command is not passed on as received; what replaces it follows, or nothing does. */
    public Effects instead() {
        rewritten = true;
        return this;
    }

    /** Whether anybody is told; if not, what is said costs little and goes nowhere. */
    public boolean isWanted() {
        return active;
    }

    /** What this command did concerns this server only. */
    public void keepLocal() {
        rewritten = true;
        local = true;
    }

    /**
     * Describes one command for followers and files: {@code words} arguments follow by {@link
     * #word}, {@link #arg} and {@link #number}. Implies {@link #instead}.
     */
    public Effects command(int words) {
        rewritten = true;
        return also(unit.databaseIndex(), words);
    }

    /** As {@link #command}, in addition to the command as received and in any database. */
    public Effects also(int database, int words) {
        if (active) {
            entry(database);
            out.array(words);
        }
        return this;
    }

    public Effects word(String word) {
        if (active) {
            out.bulk(word);
        }
        return this;
    }

    public Effects arg(Slice slice) {
        if (active) {
            out.bulk(slice.address(), slice.length());
        }
        return this;
    }

    public Effects arg(long address, int length) {
        if (active) {
            out.bulk(address, length);
        }
        return this;
    }

    public Effects arg(byte[] bytes) {
        if (active) {
            out.bulk(bytes);
        }
        return this;
    }

    public Effects arg(ListpackItem item) {
        return item.isInteger() ? number(item.integer()) : arg(item.address(), item.length());
    }

    public Effects number(long value) {
        if (active) {
            out.bulkNumber(value);
        }
        return this;
    }

    private void entry(int database) {
        endPart();
        if (received != 0) {
            out.raw(received, receivedBytes);
            received = 0;
        }
        if (entries == 0) {
            firstDatabase = database;
        } else if (database != lastDatabase) {
            out.array(2);
            out.bulk("SELECT");
            out.bulkNumber(database);
        }
        lastDatabase = database;
        entries++;
        partFrom = tellsFiles && tellsFollowers ? -1 : out.length();
    }

    private void endPart() {
        if (partFrom < 0) {
            return;
        }
        if (tellsFiles) {
            parts.forFiles(out, partFrom);
        } else {
            parts.forFollowers(out, partFrom);
        }
        partFrom = -1;
    }

    /** The command that ran is over: unless it was rewritten, it stands for itself. */
    void endCommand() {
        if (commandChanges != 0 && !rewritten && active && unit.command().isWrite()) {
            verbatim();
        }
        endPart();
    }

    /** Passes the current command on as received although it may not have changed any key. */
    public void verbatim() {
        rewritten = true;
        if (!active) {
            return;
        }
        Request request = unit.request();
        long encoded = unit.isNested() ? 0 : request.encodedBytes();
        boolean first = entries == 0;
        entry(unit.databaseIndex());
        if (first && encoded > 0 && encoded <= Integer.MAX_VALUE) {
            received = request.base();
            receivedBytes = (int) encoded;
            return;
        }
        out.array(request.count());
        for (int i = 0; i < request.count(); i++) {
            out.bulk(request.address(i), request.length(i));
        }
    }

    /** Tells the engine how many changes there were since it was last told. */
    void report() {
        if (uncounted != 0) {
            engine.addChanges(uncounted);
            uncounted = 0;
        }
    }

    /**
     * Hands the unit's effects on, but for their number, which {@link #report} tells. Runs under
     * the unit's stripes.
     */
    void commit() {
        uncounted += unitChanges;
        if (entries == 0) {
            return;
        }
        boolean wrapped = entries > 1 && (grouped || !apart);
        if (wrapped) {
            wrap();
        }
        long from = received != 0 ? received : out.address();
        int length = received != 0 ? receivedBytes : out.length();
        lastOffset =
                parts.isEmpty()
                        ? engine.sink().append(firstDatabase, from, length, lastDatabase)
                        : engine.sink()
                                .append(
                                        firstDatabase,
                                        from,
                                        length,
                                        lastDatabase,
                                        parts.passedOver(wrapped ? MULTI.length : 0));
        loggedBytes += length;
    }

    /** How much this loop has handed on so far. */
    public long loggedBytes() {
        return loggedBytes;
    }

    /** The log's offset after this loop's latest effect: what WAIT waits for. */
    public long lastOffset() {
        return lastOffset;
    }

    private static final byte[] MULTI = {
        '*', '1', '\r', '\n', '$', '5', '\r', '\n', 'M', 'U', 'L', 'T', 'I', '\r', '\n'
    };
    private static final byte[] EXEC = {
        '*', '1', '\r', '\n', '$', '4', '\r', '\n', 'E', 'X', 'E', 'C', '\r', '\n'
    };

    private void wrap() {
        int length = out.length();
        out.raw(EXEC);
        out.raw(MULTI);
        long start = out.address();
        // Both words were appended so that there is room; now the entries move behind the first.
        Memory.copy(start, start + MULTI.length, length);
        Memory.copyIn(MULTI, 0, start, MULTI.length);
        Memory.copyIn(EXEC, 0, start + MULTI.length + length, EXEC.length);
    }
}
