package io.ferrite.engine;

import io.ferrite.engine.acl.AccessCheck;
import io.ferrite.engine.tracking.Broadcasts;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.spec.KeyFinder;
import io.ferrite.spec.KeyRefs;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Keyspace;
import io.ferrite.store.ReadAhead;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One command, transaction or script while it runs: its arguments, the data it may touch, the
 * reply, the effects, and the instant it runs at. The gate has taken the stripes; nothing here
 * locks.
 *
 * <p>One per event loop, reused for every command. Not thread-safe.
 */
public final class ExecutionUnit {

    private final Engine engine;
    private final Effects effects;
    private final UnitStats stats = new UnitStats();

    /** Memory of this event loop for what outlives a command: queued and blocked requests. */
    private final Slab clientSlab;

    private final ReadAhead readAhead = new ReadAhead();
    private final Slice[] ahead = new Slice[ReadAhead.MAX];
    private final RandomGenerator random;
    private final Slice slice = new Slice();
    private long scratch;
    private int scratchBytes;

    private Session session;
    private Request request;
    private Command command;
    private ReplyWriter reply;
    private Database database;
    private int databaseIndex;
    private long nowMs;

    /** Inside EXEC or a script: nothing may block and locks are held already. */
    private boolean nested;

    /** The blocked client whose command this unit runs again, or null. */
    private Blocking.Waiter retrying;

    /** The command of this unit waits: it has written no reply. */
    private boolean blocked;

    /** The command that runs has replied an error without refusing. */
    private boolean failed;

    /** Messages for the blocked client that is served, to follow its answer. */
    private final List<byte[]> behindAnswer = new ArrayList<>(0);

    /** The stripes of all keys of the command, as far as somebody said. */
    private long commandStripes;

    private Object attachment;

    private final LinkedHashSet<Blocking.Place> readyKeys = new LinkedHashSet<>();
    private final AccessCheck accessCheck = new AccessCheck();
    private final KeyFinder keyFinder = new KeyFinder();
    private final KeyRefs keyRefs = new KeyRefs();

    /** Null where nobody is told of changes: while a file is loaded. */
    private Broadcasts broadcasts;

    /**
     * @param random what commands that draw by chance draw from; this unit's alone
     */
    public ExecutionUnit(Engine engine, Slab clientSlab, RandomGenerator random) {
        this.engine = engine;
        this.clientSlab = clientSlab;
        this.random = random;
        this.effects = new Effects(engine, this);
    }

    // --- run by the dispatcher -------------------------------------------------------------------

    /** Starts a unit for a session at an instant. */
    public void begin(Session session, ReplyWriter reply, long nowMs) {
        this.session = session;
        this.reply = reply;
        this.nowMs = nowMs;
        this.nested = false;
        this.blocked = false;
        this.retrying = null;
        selectDatabase(session.database());
        effects.begin();
    }

    /** Starts the next unit of the same session, database and instant. */
    public void beginNext() {
        effects.begin();
    }

    /** As {@link #begin}, to run a blocked client's command again on its behalf. */
    public void beginRetry(Blocking.Waiter waiter, ReplyWriter reply, long nowMs) {
        begin(waiter.session(), reply, nowMs);
        selectDatabase(waiter.database());
        retrying = waiter;
    }

    /**
     * Runs one command of the unit. A refusal becomes the reply.
     *
     * @return false when the command refused, or replied an error
     */
    public boolean run(Command command, Request request) {
        this.command = command;
        this.request = request;
        failed = false;
        effects.beginCommand();
        try {
            command.handler().run(this);
        } catch (CommandError refusal) {
            if (!effects.isEmpty()) {
                throw new IllegalStateException(
                        "a handler refuses before its first write: " + command.name(), refusal);
            }
            reply.error(refusal.getMessage());
            engine.errors().count(refusal.getMessage());
            track(command);
            return false;
        }
        effects.endCommand();
        track(command);
        return !failed;
    }

    /** The command that runs counts as failed, whatever it has done: it replied an error. */
    public void fail() {
        failed = true;
    }

    private void track(Command command) {
        if (session.has(Session.TRACKING) && command.isTracked()) {
            engine.tracking().remember(this, keyFinder, keyRefs);
        }
    }

    /** Publishes the unit's effects; the stripes are still held. */
    public void commit() {
        effects.commit();
        effects.report();
    }

    /** As {@link #commit} in a run of units, at whose end {@link #countRun} is called. */
    public void commitInRun() {
        effects.commit();
    }

    /** Counts the changes of a run's units; the stripes are still held. */
    public void countRun() {
        effects.report();
    }

    /** A view for the handler's own use; good until the next command. */
    public Slice slice() {
        return slice;
    }

    /** Off-heap room for a number or another short text; good until the next call. */
    public long scratch() {
        return scratch(64);
    }

    /** Off-heap room for {@code bytes}; good until the next call. */
    public long scratch(int bytes) {
        if (bytes > scratchBytes) {
            if (scratch != 0) {
                clientSlab.give(scratch, scratchBytes, MemoryTag.CLIENT);
            }
            scratch = clientSlab.take(bytes, MemoryTag.CLIENT);
            scratchBytes = bytes;
        }
        return scratch;
    }

    /** Whether a value may be refused for its length: not when the leader sent it. */
    public boolean mayRefuseLength() {
        return !session.has(Session.LEADER);
    }

    /** Marks what follows as part of a transaction or script. */
    public void setNested(boolean nested) {
        this.nested = nested;
    }

    public boolean isNested() {
        return nested;
    }

    /** Writes the following replies elsewhere, for scripts and for blocked clients. */
    public ReplyWriter exchangeReply(ReplyWriter other) {
        ReplyWriter before = reply;
        reply = other;
        return before;
    }

    /** Whether this unit runs a blocked client's command, which has no answer yet. */
    public boolean isServing(Session client) {
        return retrying != null && retrying.session() == client;
    }

    /** Keeps a message for the client that is served until it is answered. */
    public void sayBehindAnswer(byte[] message) {
        behindAnswer.add(message);
    }

    /** The messages that were kept, encoded, which the caller sends. */
    List<byte[]> takeBehindAnswer() {
        if (behindAnswer.isEmpty()) {
            return List.of();
        }
        List<byte[]> taken = List.copyOf(behindAnswer);
        behindAnswer.clear();
        return taken;
    }

    /** Whether the command that ran left its client waiting. */
    public boolean isBlocked() {
        return blocked;
    }

    /** Says which stripes the keys of the command lie in: what a client that blocks has to have. */
    public void setCommandStripes(long mask) {
        commandStripes = mask;
    }

    public long commandStripes() {
        return commandStripes;
    }

    /** Keys that somebody waits for and that changed, in the order in which they did. */
    LinkedHashSet<Blocking.Place> readyKeys() {
        return readyKeys;
    }

    /** Whether clients wait for keys that have changed; {@link Blocking#serve} is due. */
    public boolean hasReadyKeys() {
        return !readyKeys.isEmpty();
    }

    /** The stripes of the keys that have changed and that somebody waits for. */
    public long readyStripes() {
        return Blocking.stripesOf(readyKeys);
    }

    /** Where this unit's changes wait for clients in broadcast mode; null if nobody is told. */
    public Broadcasts broadcasts() {
        return broadcasts;
    }

    public void setBroadcasts(Broadcasts broadcasts) {
        this.broadcasts = broadcasts;
    }

    /** What the layer above keeps with this event loop's unit. */
    public Object attachment() {
        return attachment;
    }

    public void attach(Object attachment) {
        this.attachment = attachment;
    }

    // --- used by handlers ------------------------------------------------------------------------

    public Engine engine() {
        return engine;
    }

    public Session session() {
        return session;
    }

    public Command command() {
        return command;
    }

    public Request request() {
        return request;
    }

    public int argc() {
        return request.count();
    }

    /**
     * Argument {@code i}; 0 is the command's name. See {@link Request#arg} for how long it is good.
     */
    public Slice arg(int i) {
        return request.arg(i);
    }

    public ReplyWriter reply() {
        return reply;
    }

    public Effects effects() {
        return effects;
    }

    /** Chance, for commands whose answer is drawn. */
    public RandomGenerator random() {
        return random;
    }

    /** Milliseconds since the epoch, the same for the whole unit. */
    public long nowMs() {
        return nowMs;
    }

    public Keyspace keyspace() {
        return engine.keyspace();
    }

    public Database database() {
        return database;
    }

    public int databaseIndex() {
        return databaseIndex;
    }

    /** Makes another database current for the rest of this unit (the session's is not changed). */
    public void selectDatabase(int index) {
        databaseIndex = index;
        database = engine.keyspace().database(index);
    }

    /** Brings near what is looked at soon; for this unit's thread only. */
    public ReadAhead readAhead() {
        return readAhead;
    }

    /**
     * Brings the entries of keys near, of every {@code step}th argument from {@code first} on.
     *
     * @return the first argument of which this was not done any more
     */
    public int bringNear(int first, int step) {
        int count = 0;
        int i = first;
        for (; i < request.count() && count < ahead.length; i += step) {
            ahead[count++] = request.arg(i);
        }
        readAhead.keys(database, ahead, count);
        return i;
    }

    /** The slab that values of this key live in. */
    public Slab slab(Slice key) {
        return engine.keyspace().slab(engine.keyspace().stripeOf(key));
    }

    /** This event loop's slab for copies of requests; for its thread only. */
    public Slab clientSlab() {
        return clientSlab;
    }

    /** For asking what a user may do; for this unit's thread only. */
    public AccessCheck accessCheck() {
        return accessCheck;
    }

    public UnitStats stats() {
        return stats;
    }

    /**
     * The entry to read, or {@link Database#NONE}. Counts a hit or a miss, notes the access, and
     * removes the key if it has expired (a follower only hides it).
     */
    public long findRead(Slice key) {
        long entry = findUntouched(key);
        if (entry != Database.NONE
                && (!session.has(Session.NO_TOUCH) || command.name().equals("touch"))) {
            database.touch(entry);
        }
        return entry;
    }

    /** As {@link #findRead(Slice)}, but asking about the key does not count as an access to it. */
    public long findUntouched(Slice key) {
        long entry = findLive(key);
        if (entry != Database.NONE) {
            stats.hits++;
            return entry;
        }
        stats.misses++;
        if ((engine.notifyMask() & EventClass.KEY_MISS) != 0) {
            effects.notify(key, Event.KEY_MISS);
        }
        return entry;
    }

    /** As {@link #findRead(Slice)}, refusing an entry of another type. */
    public long findRead(Slice key, int type) {
        long entry = findRead(key);
        if (entry != Database.NONE && Entry.type(entry) != type) {
            throw CommandError.WRONG_TYPE;
        }
        return entry;
    }

    /**
     * The entry without counting or noting an access, or {@link Database#NONE} (also when expired).
     */
    public long peek(Slice key) {
        return findLive(key);
    }

    /**
     * The entry to change, or {@link Database#NONE}. A running snapshot has been handed the entry's
     * old state when this returns.
     */
    public long findWrite(Slice key) {
        long entry = findLive(database, databaseIndex, key, true);
        if (entry != Database.NONE) {
            if (!session.has(Session.NO_TOUCH)) {
                database.touch(entry);
            }
            database.aboutToChange(entry);
        }
        return entry;
    }

    /** As {@link #findWrite(Slice)}, in any database. */
    public long findWrite(int index, Slice key) {
        Database in = engine.keyspace().database(index);
        long entry = findLive(in, index, key, true);
        if (entry != Database.NONE) {
            in.aboutToChange(entry);
        }
        return entry;
    }

    /** As {@link #findWrite(Slice)}, refusing an entry of another type. */
    public long findWrite(Slice key, int type) {
        long entry = findWrite(key);
        if (entry != Database.NONE && Entry.type(entry) != type) {
            throw CommandError.WRONG_TYPE;
        }
        return entry;
    }

    /** The entry of a key that is kept on the heap; for rare use. */
    public long find(Database in, ByteKey key) {
        return in.find(slice(key));
    }

    /** A key that is kept on the heap, as {@link #slice()}; for rare use. */
    public Slice slice(ByteKey key) {
        byte[] bytes = key.bytes();
        long copy = scratch(Math.max(1, bytes.length));
        Memory.copyIn(bytes, 0, copy, bytes.length);
        return slice.set(copy, bytes.length);
    }

    private long findLive(Slice key) {
        return findLive(database, databaseIndex, key, false);
    }

    private long findLive(Database in, int index, Slice key, boolean toChange) {
        long entry = in.find(key);
        if (entry != Database.NONE
                && Entry.hasExpiry(entry)
                && Entry.expireAt(entry) < nowMs
                && isGone(in, index, key, toChange)) {
            entry = Database.NONE;
        }
        if (entry == Database.NONE && (engine.notifyMask() & EventClass.NEW) != 0) {
            effects.absent(index, key);
        }
        return entry;
    }

    /** What becomes of a key whose time has passed. */
    private boolean isGone(Database in, int index, Slice key, boolean toChange) {
        if (session.has(Session.LEADER)) {
            return false; // the leader's stream decides: to it the key is still there
        }
        // On a follower that clients may write to, what they make takes the place of what is
        // hidden.
        if (engine.isFollower() ? toChange : engine.mayExpire()) {
            engine.expireNow(this, in, index, key);
        }
        return true;
    }

    /** Returns to the outer command after nested ones ran: EXEC, a script. */
    public void resume(Command outer, Request outerRequest) {
        command = outer;
        request = outerRequest;
        effects.beginCommand();
        effects.instead();
    }

    /** Answers a container's HELP: the usual head, these lines and the usual end. */
    public void replyHelp(String container, String... lines) {
        reply.array(lines.length + 3);
        reply.status(container + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
        for (String line : lines) {
            reply.status(line);
        }
        reply.status("HELP");
        reply.status("    Print this help.");
    }

    /**
     * Refuses what needs more databases than one on a node of a cluster that has one.
     *
     * @param what the beginning of the refusal, such as {@code MOVE is}
     */
    public void requireDatabases(String what) {
        if (keyspace().isBySlot() && keyspace().databases() == 1) {
            throw CommandError.of("ERR " + what + " not allowed in cluster mode");
        }
    }

    /** Refuses unless the arguments from {@code first} on can all be kept as names. */
    public void requireNames(int first) {
        long bytes = 0;
        for (int i = first; i < request.count(); i++) {
            bytes += HeapBudget.NAME_BYTES + request.length(i);
        }
        HeapBudget.require(bytes);
    }

    /** Whether a command may wait here: not in a transaction, a script or on the leader's link. */
    public boolean mayBlock() {
        return !nested && !session.has(Session.LEADER);
    }

    /**
     * Leaves the client waiting until one of its keys has the type that is wanted, then runs the
     * command again, as often as it takes. Nothing may have been replied.
     *
     * @param keys positions of the keys to wait for among the arguments
     */
    public void blockOnKeys(int[] keys, Blocking.Wait wait) {
        blockOnKeys(keys, wait, request);
    }

    /**
     * As {@link #blockOnKeys(int[], Blocking.Wait)}, but what runs again is {@code again}: this
     * command in words that mean the same later.
     */
    public void blockOnKeys(int[] keys, Blocking.Wait wait, Request again) {
        if (retrying == null) { // else it keeps its place in the queues
            requireNames(1);
        }
        blocked = true;
        if (retrying == null) {
            engine.blocking().block(this, keys, wait, again);
        }
    }

    /**
     * The client that was left waiting is to be looked at again at this time, even if none of its
     * keys has changed.
     */
    public void lookAgain(long atMs) {
        Blocking.Waiter waiter = retrying == null ? session.waiter() : retrying;
        if (waiter != null) {
            waiter.lookAgainAt(atMs);
        }
    }

    /**
     * As {@link #blockOnKeys(int[], Blocking.Wait)}, for keys of one type, answering nil in the
     * end.
     */
    public void blockOnKeys(int[] keys, int type, long timeoutMs) {
        blockOnKeys(keys, new Blocking.Wait(type, false, timeoutMs, ReplyWriter::nilArray));
    }

    /**
     * Removes a key whatever its type; false when there was none. Says nothing about it to anybody.
     */
    public boolean delete(Slice key) {
        return database.delete(key);
    }
}
