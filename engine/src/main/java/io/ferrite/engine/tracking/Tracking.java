package io.ferrite.engine.tracking;

import io.ferrite.engine.ByteKey;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.HeapBudget;
import io.ferrite.engine.Session;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.spec.KeyFinder;
import io.ferrite.spec.KeyRefs;
import io.ferrite.store.Keyspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;

/**
 * Tells clients of changes to what they have read, or to whatever has a prefix (CLIENT TRACKING).
 *
 * <p>What was read is kept for each stripe and touched under that stripe only, as the keys
 * themselves are: who reads a key and who changes it meet there. A client is told through its
 * outbox, behind the reply of what it runs at that moment. Clients and prefixes are concurrent
 * structures that are replaced whole.
 */
public final class Tracking {

    private static final Prefix[] NO_PREFIXES = {};
    private static final Session[] NOBODY = {};

    /** Keys given up at a time to get below the limit. */
    private static final int EFFORT = 100;

    private final TrackingTable[] tables;
    private final ClientSlots slots;
    private final AtomicLong keys = new AtomicLong();
    private final ConcurrentHashMap<Long, Session> clients = new ConcurrentHashMap<>();
    private final AtomicReference<Prefix[]> prefixes = new AtomicReference<>(NO_PREFIXES);
    private volatile LongFunction<Session> finder = id -> null;
    private volatile long mostKeys;

    /** Somebody has asked for messages; stays on, as what was read then is still remembered. */
    private volatile boolean on;

    public Tracking(Keyspace keyspace) {
        tables = new TrackingTable[keyspace.stripes()];
        for (int i = 0; i < tables.length; i++) {
            tables[i] = new TrackingTable(keyspace.slab(i));
        }
        slots = new ClientSlots(tables);
    }

    /** A prefix and the clients that are told of every key with it. Never changes. */
    record Prefix(ByteKey prefix, Session[] clients) {

        boolean fits(Slice key) {
            byte[] bytes = prefix.bytes();
            return bytes.length <= key.length()
                    && Memory.equal(key.address(), bytes, 0, bytes.length);
        }

        boolean fits(byte[] key) {
            byte[] bytes = prefix.bytes();
            return bytes.length <= key.length
                    && Arrays.equals(bytes, 0, bytes.length, key, 0, bytes.length);
        }
    }

    /** How to find any connected client by its number: where messages are redirected to. */
    public void findClientsBy(LongFunction<Session> finder) {
        this.finder = finder;
    }

    /** tracking-table-max-keys; 0 for no limit. */
    public void setMostKeys(long most) {
        mostKeys = most;
    }

    /** Whether anybody ever asked for messages. */
    public boolean isOn() {
        return on;
    }

    public int clients() {
        return clients.size();
    }

    public long keys() {
        return keys.get();
    }

    public long items() {
        long sum = 0;
        for (TrackingTable table : tables) {
            sum += table.items();
        }
        return sum;
    }

    public int prefixCount() {
        return prefixes.get().length;
    }

    Prefix[] prefixes() {
        return prefixes.get();
    }

    // --- who wants to know -----------------------------------------------------------------------

    /** From now on a client is told as it wishes, instead of how it was. On its own thread. */
    public void enable(Session session, ClientTracking wish) {
        ClientTracking before = session.tracking();
        List<ByteKey> had = before == null ? List.of() : before.prefixes();
        session.setTracking(wish);
        if (session.trackingSlot() == Session.NEVER_TRACKED) {
            int slot = slots.take(session);
            session.setTrackingSlot(slot < 0 ? Session.WITHOUT_SLOT : slot);
        }
        session.set(Session.TRACKING);
        clients.put(session.id(), session);
        for (ByteKey prefix : wish.prefixes()) {
            if (!had.contains(prefix)) {
                HeapBudget.take(HeapBudget.of(prefix));
                prefixes.updateAndGet(all -> with(all, prefix, session));
            }
        }
        on = true;
    }

    /** A client is gone. On its own thread. */
    public void forget(Session session) {
        disable(session);
        if (session.trackingSlot() >= 0) {
            slots.give(session.trackingSlot());
            session.setTrackingSlot(Session.NEVER_TRACKED);
        }
    }

    /**
     * A client is told of nothing more. What it has read is still remembered, should it ask again.
     * On its own thread.
     */
    public void disable(Session session) {
        ClientTracking wish = session.tracking();
        if (wish == null) {
            return;
        }
        session.clear(Session.TRACKING);
        session.setTracking(null);
        clients.remove(session.id());
        for (ByteKey prefix : wish.prefixes()) {
            HeapBudget.give(HeapBudget.of(prefix));
            prefixes.updateAndGet(all -> without(all, prefix, session));
        }
    }

    private static Prefix[] with(Prefix[] all, ByteKey wanted, Session session) {
        List<Prefix> changed = new ArrayList<>(Arrays.asList(all));
        int at = 0;
        while (at < all.length && all[at].prefix().compareTo(wanted) < 0) {
            at++;
        }
        boolean known = at < all.length && all[at].prefix().equals(wanted);
        Session[] old = known ? all[at].clients() : NOBODY;
        Session[] more = Arrays.copyOf(old, old.length + 1);
        more[old.length] = session;
        if (known) {
            changed.set(at, new Prefix(wanted, more));
        } else {
            changed.add(at, new Prefix(wanted, more));
        }
        return changed.toArray(NO_PREFIXES);
    }

    private static Prefix[] without(Prefix[] all, ByteKey given, Session session) {
        List<Prefix> changed = new ArrayList<>(all.length);
        for (Prefix prefix : all) {
            if (!prefix.prefix().equals(given)) {
                changed.add(prefix);
                continue;
            }
            List<Session> left = new ArrayList<>(Arrays.asList(prefix.clients()));
            left.remove(session);
            if (!left.isEmpty()) {
                changed.add(new Prefix(given, left.toArray(NOBODY)));
            }
        }
        return changed.toArray(NO_PREFIXES);
    }

    // --- what was read ---------------------------------------------------------------------------

    /**
     * A command that only reads has run for a client that tracks: its keys are remembered. Under
     * their stripes.
     */
    public void remember(ExecutionUnit unit, KeyFinder finder, KeyRefs refs) {
        Session session = unit.session();
        ClientTracking wish = session.tracking();
        if (wish == null || !wish.remembers()) {
            return;
        }
        if (unit.command().hasSingleKey()) {
            remember(unit, unit.arg(1), session);
            return;
        }
        int found = finder.find(unit.command().spec(), unit.request(), refs);
        for (int i = 0; i < found; i++) {
            remember(unit, unit.arg(refs.position(i)), session);
        }
    }

    /** Brings near what a read of this key will look at; the answer says nothing. */
    public long ahead(Keyspace keyspace, Slice key) {
        return tables[keyspace.stripeOf(key)].ahead(key);
    }

    private void remember(ExecutionUnit unit, Slice key, Session session) {
        int stripe = unit.keyspace().stripeOf(key);
        if (tables[stripe].remember(key, session.trackingSlot(), session.id())) {
            keys.incrementAndGet();
            if (isFull()) {
                limit(unit, stripe);
            }
        }
    }

    /** Whether more keys are remembered than should be. */
    public boolean isFull() {
        long most = mostKeys;
        return most > 0 && keys.get() > most;
    }

    /** Gives up some keys of a stripe, which is held, and says so to those who have read them. */
    public void limit(ExecutionUnit unit, int stripe) {
        TrackingTable table = tables[stripe];
        for (int i = 0; i < EFFORT && isFull(); i++) {
            Slice key = table.any(unit.random().nextInt());
            if (key == null) {
                return;
            }
            byte[] bytes = key.toBytes();
            TrackingTable.Readers readers = table.take(key);
            keys.decrementAndGet();
            tell(unit, readers, Invalidation.ofKey(bytes), false);
        }
    }

    // --- what changed ----------------------------------------------------------------------------

    /** A key changed, or goes away. Under its stripe. */
    public void changed(ExecutionUnit unit, int stripe, Slice key) {
        Prefix[] all = prefixes.get();
        if (all.length != 0 && unit.broadcasts() != null) {
            unit.broadcasts().add(all, key, unit.session());
        }
        TrackingTable.Readers readers = tables[stripe].take(key);
        if (readers != null) {
            keys.decrementAndGet();
            tell(unit, readers, Invalidation.ofKey(key.toBytes()), true);
            if (readers.otherKey() != null) {
                tell(unit, readers, Invalidation.ofKey(readers.otherKey()), false);
            }
        }
    }

    /**
     * Everything is another. Under all stripes.
     *
     * @param unit what did it, or null
     */
    public void allChanged(ExecutionUnit unit) {
        if (!on) {
            return;
        }
        Invalidation all = Invalidation.ofAll();
        for (Session client : clients.values()) {
            ClientTracking wish = client.tracking();
            if (wish != null) {
                send(unit, client, wish, all);
            }
        }
        for (TrackingTable table : tables) {
            keys.addAndGet(-table.keys());
            table.clear();
        }
    }

    /**
     * @param changed whether the unit's client changed the key, instead of that it is only given up
     */
    private void tell(
            ExecutionUnit unit,
            TrackingTable.Readers readers,
            Invalidation message,
            boolean changed) {
        for (long left = readers.slots(); left != 0; left &= left - 1) {
            tell(unit, slots.owner(Long.numberOfTrailingZeros(left)), message, changed);
        }
        for (long reader : readers.clients()) {
            tell(unit, clients.get(reader), message, changed);
        }
    }

    private void tell(ExecutionUnit unit, Session client, Invalidation message, boolean changed) {
        ClientTracking wish = client == null ? null : client.tracking();
        boolean told =
                wish != null
                        && !wish.is(ClientTracking.BCAST)
                        && !(changed && wish.is(ClientTracking.NOLOOP) && client == unit.session());
        if (told) {
            send(unit, client, wish, message);
        }
    }

    /**
     * @param unit what runs meanwhile, or null
     */
    void send(ExecutionUnit unit, Session client, ClientTracking wish, Invalidation message) {
        if (wish.redirect() == 0) {
            if (client.protocol() > 2) {
                push(unit, client, message.push());
            }
            return;
        }
        Session other = finder.apply(wish.redirect());
        if (other == null) {
            wish.setBroken();
            if (client.protocol() > 2) {
                push(unit, client, Invalidation.broken(wish.redirect()));
            }
        } else if (other.protocol() > 2) {
            push(unit, other, message.push());
        } else if (other.has(Session.SUBSCRIBED)) {
            push(unit, other, message.message());
        }
    }

    private static void push(ExecutionUnit unit, Session client, byte[] message) {
        if (unit != null && unit.isServing(client)) {
            unit.sayBehindAnswer(message);
        } else {
            client.outbox().push(message);
        }
    }
}
