package io.ferrite.engine;

import io.ferrite.engine.acl.Gatekeeper;
import io.ferrite.engine.tracking.Tracking;
import io.ferrite.memory.Slice;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandFlag;
import io.ferrite.store.Database;
import io.ferrite.store.Keyspace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * What all execution units of a process share: the data, the command table, channels, watched keys
 * and the few switches that decide how commands run.
 *
 * <p>Has no lock of its own. What concerns a key is touched under that key's stripe; the rest is
 * either immutable, volatile or a concurrent structure.
 */
public final class Engine {

    private final Keyspace keyspace;
    private final CommandTable commands;
    private final EffectSink sink;
    private final PubSub pubSub;
    private final Watches watches;
    private final Blocking blocking;
    private final Tracking tracking;
    private final Gatekeeper gatekeeper = new Gatekeeper();
    private final ErrorStats errors = new ErrorStats();
    private Predicate<ExecutionUnit> allFlushed = unit -> false;
    private final LongAdder changes = new LongAdder();

    private QueuedRunner queuedRunner = ExecutionUnit::run;
    private final LocalExpiries localExpiries = new LocalExpiries();
    private volatile boolean sharesIntegers = true;
    private volatile int notifyMask;

    /** The classes of events that anybody wants to hear of, clients or modules. */
    private volatile int eventMask;

    private volatile List<Listening> listening = List.of();
    private volatile boolean follower;
    private volatile boolean mayExpire = true;
    private volatile boolean lazyExpire = true;
    private volatile boolean lazyUserDelete = true;
    private volatile boolean lazyServerDelete = true;
    private volatile long stringMaxBytes = 512L << 20;
    private volatile EncodingLimits limits = EncodingLimits.DEFAULT;

    public Engine(Keyspace keyspace, CommandTable commands, EffectSink sink) {
        this.keyspace = keyspace;
        this.commands = commands;
        this.sink = sink;
        this.pubSub = new PubSub();
        this.watches = new Watches(keyspace.stripes());
        this.blocking = new Blocking(keyspace);
        this.tracking = new Tracking(keyspace);
    }

    public Keyspace keyspace() {
        return keyspace;
    }

    public CommandTable commands() {
        return commands;
    }

    public EffectSink sink() {
        return sink;
    }

    public PubSub pubSub() {
        return pubSub;
    }

    public Watches watches() {
        return watches;
    }

    public Blocking blocking() {
        return blocking;
    }

    /** Who is told of changes to what he has read. */
    public Tracking tracking() {
        return tracking;
    }

    /** Who may run what. */
    public Gatekeeper gatekeeper() {
        return gatekeeper;
    }

    public ErrorStats errors() {
        return errors;
    }

    /** Who wants to know that all data is gone; answers whether it replies later by itself. */
    public void onFlushAll(Predicate<ExecutionUnit> listener) {
        allFlushed = listener;
    }

    /** All data is gone; whether somebody else answers the client. Under all stripes. */
    public boolean allFlushed(ExecutionUnit unit) {
        return allFlushed.test(unit);
    }

    /** Changes since start: rdb_changes_since_last_save is the growth of this. */
    public long changes() {
        return changes.sum();
    }

    void addChanges(long more) {
        changes.add(more);
    }

    /** {@link EventClass} bits: what notify-keyspace-events or a module asks for. */
    public int notifyMask() {
        return eventMask;
    }

    /** What notify-keyspace-events asks for. */
    public void setNotifyMask(int mask) {
        // Without a place to send it to there is nothing to announce.
        notifyMask = (mask & (EventClass.KEYSPACE | EventClass.KEYEVENT)) == 0 ? 0 : mask;
        setEventMask();
    }

    private void setEventMask() {
        int mask = notifyMask;
        for (Listening one : listening) {
            mask |= one.classes;
        }
        eventMask = mask;
    }

    /** Hears of events on keys, in the unit that causes them and under the key's stripe. */
    @FunctionalInterface
    public interface EventListener {

        /**
         * Something happened to a key.
         *
         * @param eventClass one bit of {@link EventClass}
         */
        void event(int eventClass, byte[] name, int database, byte[] key);
    }

    private record Listening(int classes, EventListener listener) {}

    /** Tells a listener of events of these classes from now on. One thread at a time. */
    public void listen(int classes, EventListener listener) {
        List<Listening> more = new ArrayList<>(listening);
        more.add(new Listening(classes, listener));
        listening = List.copyOf(more);
        setEventMask();
    }

    /** Tells a listener nothing more. One thread at a time. */
    public void unlisten(EventListener listener) {
        List<Listening> fewer = new ArrayList<>(listening);
        fewer.removeIf(one -> one.listener == listener);
        listening = List.copyOf(fewer);
        setEventMask();
    }

    /** A follower hides expired keys and waits for its leader to remove them. */
    public boolean isFollower() {
        return follower;
    }

    public void setFollower(boolean follower) {
        this.follower = follower;
        localExpiries.clear();
    }

    /** Keys that this follower's own clients wrote. */
    public LocalExpiries localExpiries() {
        return localExpiries;
    }

    /**
     * Whether small integers count as shared (OBJECT REFCOUNT): not where each key's accesses are
     * to be told apart.
     */
    public boolean sharesIntegers() {
        return sharesIntegers;
    }

    public void setSharesIntegers(boolean shares) {
        sharesIntegers = shares;
    }

    /** Whether expired keys may be removed now; off while loading or when paused. */
    public boolean mayExpire() {
        return mayExpire;
    }

    public void setMayExpire(boolean mayExpire) {
        this.mayExpire = mayExpire;
    }

    /** proto-max-bulk-len: no string grows beyond it. */
    public long stringMaxBytes() {
        return stringMaxBytes;
    }

    public void setStringMaxBytes(long bytes) {
        stringMaxBytes = bytes;
    }

    /** Up to where compact encodings are used. */
    public EncodingLimits limits() {
        return limits;
    }

    public void setLimits(EncodingLimits limits) {
        this.limits = limits;
    }

    public boolean lazyExpire() {
        return lazyExpire;
    }

    public void setLazyExpire(boolean lazy) {
        lazyExpire = lazy;
    }

    /** lazyfree-lazy-user-del: DEL behaves as UNLINK. */
    public boolean lazyUserDelete() {
        return lazyUserDelete;
    }

    public void setLazyUserDelete(boolean lazy) {
        lazyUserDelete = lazy;
    }

    public boolean lazyServerDelete() {
        return lazyServerDelete;
    }

    public void setLazyServerDelete(boolean lazy) {
        lazyServerDelete = lazy;
    }

    /**
     * Runs a queued command when EXEC says so, and counts it; or answers an error in its place, for
     * rights and memory may have changed.
     */
    public interface QueuedRunner {
        void run(ExecutionUnit unit, Command command, Request request);
    }

    public void setQueuedRunner(QueuedRunner runner) {
        queuedRunner = runner;
    }

    public void runQueued(ExecutionUnit unit, Command command, Request request) {
        queuedRunner.run(unit, command, request);
    }

    /** A key changed in this unit: watchers may not execute, blocked clients may look again. */
    void keyTouched(ExecutionUnit unit, int database, Slice key) {
        keyTouched(unit, database, key, false);
    }

    void keyTouched(ExecutionUnit unit, int database, Slice key, boolean goesAway) {
        if (follower && !goesAway && isByClient(unit)) {
            localExpiries.note(database, key);
        }
        int stripe = keyspace.stripeOf(key);
        if (tracking.isOn()) {
            tracking.changed(unit, stripe, key);
        }
        if (!watches.isEmpty(stripe)) {
            watches.touched(
                    stripe,
                    database,
                    key,
                    () -> goesAway || keyspace.database(database).find(key) == Database.NONE);
        }
        if (blocking.anyIn(stripe)) {
            blocking.ready(unit, stripe, database, key);
        }
    }

    /** PFCOUNT, which only remembers what it counted, makes no key a follower's own. */
    private static boolean isByClient(ExecutionUnit unit) {
        Command command = unit.command();
        return !unit.session().has(Session.LEADER)
                && (command == null || command.is(CommandFlag.WRITE));
    }

    /** Blocked clients may look at a key again. */
    void wake(ExecutionUnit unit, int database, Slice key) {
        int stripe = keyspace.stripeOf(key);
        if (blocking.anyIn(stripe)) {
            blocking.ready(unit, stripe, database, key);
        }
    }

    /** Publishes a keyspace event in the forms that are switched on. */
    void publishEvent(int database, Slice key, int eventClass, byte[] event) {
        byte[] keyBytes = key.toBytes();
        for (Listening one : listening) {
            if ((one.classes & eventClass) != 0) {
                one.listener.event(eventClass, event, database, keyBytes);
            }
        }
        int mask = notifyMask;
        if ((mask & eventClass) == 0) {
            return;
        }
        if ((mask & EventClass.KEYSPACE) != 0) {
            pubSub.publish(PubSub.join("__keyspace@" + database + "__:", keyBytes), event);
        }
        if ((mask & EventClass.KEYEVENT) != 0) {
            pubSub.publish(PubSub.join("__keyevent@" + database + "__:", event), keyBytes);
        }
    }

    /**
     * Removes a key whose time has come, tells followers and listeners. Runs under the key's
     * stripe; not a change of the command that met the key.
     */
    public void expireNow(ExecutionUnit unit, Database database, int databaseIndex, Slice key) {
        announceExpired(unit, databaseIndex, key);
        database.delete(key);
    }

    /**
     * Tells followers and listeners of a key that expires; its entry is removed right afterwards.
     */
    public void announceExpired(ExecutionUnit unit, int databaseIndex, Slice key) {
        announce(unit, databaseIndex, key, Event.EXPIRED, lazyExpire);
        unit.stats().expired++;
    }

    /** Removes a key to make room, likewise. */
    public void evictNow(
            ExecutionUnit unit, Database database, int databaseIndex, Slice key, boolean lazy) {
        announce(unit, databaseIndex, key, Event.EVICTED, lazy);
        unit.stats().evicted++;
        database.delete(key);
    }

    /** The key may lie inside the entry that goes away, so everything is said before that. */
    private void announce(
            ExecutionUnit unit, int databaseIndex, Slice key, Event event, boolean lazy) {
        unit.effects().also(databaseIndex, 2).word(lazy ? "UNLINK" : "DEL").arg(key);
        keyTouched(unit, databaseIndex, key, true);
        unit.effects().notify(databaseIndex, key, event);
    }
}
