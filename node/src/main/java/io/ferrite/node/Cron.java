package io.ferrite.node;

import io.ferrite.engine.Engine;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.FieldExpiry;
import io.ferrite.engine.LocalExpiries;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Keyspace;
import java.util.ArrayList;
import java.util.List;

/**
 * Work that time brings: keys that expire, clocks, pauses that end. One per event loop; each looks
 * after the tables of the stripes that are its own by number, in units so small that a stripe is
 * never held for long.
 */
final class Cron {

    /**
     * Between two rounds. A key is gone at most this long, and the round itself, after its time.
     */
    private static final long PERIOD_MS = 10;

    /** Keys, or fields of hashes, removed under a stripe before it is let go. */
    private static final int EXPIRE_BATCH = 64;

    /** Elements freed under a stripe before it is let go. */
    private static final int RELEASE_BATCH = 512;

    /**
     * So much work is done at a time; then the loop looks after its clients, and goes on if more is
     * due. A million keys that expire at once are gone soon, and no client waits for them long.
     */
    private static final long BUDGET_NANOS = 500_000;

    private static final long NEVER = Long.MIN_VALUE;

    private final Node node;
    private final Dispatcher dispatcher;
    private final int loop;
    private final Slice key = new Slice();
    private final List<Runnable> everySecond = new ArrayList<>();
    private long nextSecondMs;
    private long nextSampleMs;
    private int nextStripe;

    /** When what expires now began to; none is under way at {@link #NEVER}. */
    private long expiringSince = NEVER;

    /** It has taken so long already that it was noted. */
    private boolean expiryNoted;

    /** A slice of work is scheduled beside the rounds. */
    private boolean goingOn;

    Cron(Node node, int loop) {
        this.node = node;
        this.loop = loop;
        this.dispatcher = node.dispatcher(loop);
    }

    void start() {
        node.environment().after(loop, PERIOD_MS, this::round);
    }

    /** Runs with this loop's rounds, about once a second. */
    void everySecond(Runnable action) {
        everySecond.add(action);
    }

    private void round() {
        if (node.state().is(ServerState.SHUTTING_DOWN)) {
            return;
        }
        long began = node.environment().nanos();
        long nowMs = node.environment().nowMs();
        boolean sampled = false;
        if (loop == 0) {
            node.engine().keyspace().access().setTime(nowMs);
            node.pause().tick(nowMs);
            if (nowMs >= nextSampleMs) {
                nextSampleMs = nowMs + Rates.PERIOD_MS;
                node.sampleRates(nowMs);
                sampled = true;
            }
        }
        if (nowMs >= nextSecondMs) {
            nextSecondMs = nowMs + 1000;
            for (Runnable action : everySecond) {
                action.run();
            }
            tidy();
        }
        if (isWorking()) {
            node.memoryLimit().tick(dispatcher);
        }
        if (loop == 0 && dispatcher.cachingClients().isFull()) {
            dispatcher.cachingClients().giveUpKeys();
        }
        if (!goingOn) {
            slice();
        }
        node.parts().commandLog().announce();
        dispatcher.meter().turns().cron(node.environment().nanos() - began, sampled);
        node.environment().after(loop, PERIOD_MS, this::round);
    }

    private boolean isWorking() {
        return !node.isCronPaused() && !node.state().is(ServerState.LOADING);
    }

    /** Some of the work; schedules more if there is. */
    private void slice() {
        goingOn = false;
        if (node.state().is(ServerState.SHUTTING_DOWN)) {
            return;
        }
        long began = node.environment().nanos();
        long expired = dispatcher.unit().stats().expired;
        boolean left = isWorking() && expire(node.environment().nowMs());
        if (expiringSince == NEVER && dispatcher.unit().stats().expired != expired) {
            expiringSince = began;
        }
        left |= release();
        if (expiringSince != NEVER && !(left && expiryNoted)) {
            measureExpiry(left);
        }
        if (left) {
            goingOn = true;
            // A timer, as the loop looks at its sockets before it runs the next one.
            node.environment().after(loop, 0, this::slice);
        }
    }

    /**
     * How long all that was due took to go, with what it held, between the clients' commands: noted
     * in the end, and once before if it takes long.
     */
    private void measureExpiry(boolean goesOn) {
        long ms = (node.environment().nanos() - expiringSince) / 1_000_000;
        long threshold = node.settings().get(ServerOptions.LATENCY_MONITOR_THRESHOLD);
        boolean notable = threshold > 0 && ms >= threshold;
        if (notable) {
            node.latency().add("expire-cycle", ms, node.environment().nowMs());
        }
        expiryNoted = goesOn && notable;
        if (!goesOn) {
            expiringSince = NEVER;
        }
    }

    /** Takes in the blocks of this loop's stripes that were given back from other stripes. */
    private void tidy() {
        Keyspace keyspace = node.engine().keyspace();
        for (int i = loop; i < keyspace.stripes(); i += node.environment().loops()) {
            Slab slab = keyspace.slab(i);
            if (slab.hasReturned()) {
                dispatcher.runUnit(node.internalSession(), 1L << i, _ -> slab.tidy());
            }
        }
    }

    /**
     * Frees what was too much to free at once: large values, flushed tables. True when something is
     * left.
     */
    private boolean release() {
        Keyspace keyspace = node.engine().keyspace();
        long end = node.environment().nanos() + BUDGET_NANOS;
        for (int i = loop; i < keyspace.stripes(); i += node.environment().loops()) {
            int stripe = i;
            while (keyspace.pendingReleases(stripe) > 0) {
                dispatcher.runUnit(
                        node.internalSession(),
                        1L << stripe,
                        unit -> keyspace.releaseSome(stripe, RELEASE_BATCH));
                if (node.environment().nanos() > end) {
                    return true;
                }
            }
        }
        return false;
    }

    /** True when something is left that is due. */
    private boolean expire(long nowMs) {
        Engine engine = node.engine();
        if (engine.isFollower() && loop == 0 && node.activeExpire()) {
            expireLocally(engine.localExpiries());
        }
        if (!node.activeExpire()
                || engine.isFollower()
                || !engine.mayExpire()
                || node.pause().holdsWrites(nowMs)) {
            return false;
        }
        Keyspace keyspace = engine.keyspace();
        long end = node.environment().nanos() + BUDGET_NANOS;
        int stripes = keyspace.stripes();
        int loops = node.environment().loops();
        // Goes on where the last round's budget ended, so that no stripe starves.
        for (int i = 0; i < stripes; i++) {
            int stripe = (nextStripe + i) % stripes;
            if (stripe % loops == loop && !expireStripe(stripe, nowMs, end)) {
                nextStripe = stripe;
                return true;
            }
        }
        nextStripe = 0;
        return false;
    }

    /** Looks at some of the keys that this follower's own clients wrote. */
    private void expireLocally(LocalExpiries own) {
        int most = Math.min(EXPIRE_BATCH, own.count()); // none of them twice
        for (int i = 0; i < most; i++) {
            LocalExpiries.Place place = own.next();
            if (place == null) {
                return;
            }
            Slice name = dispatcher.unit().slice(place.key());
            dispatcher.runUnit(
                    node.internalSession(),
                    1L << node.engine().keyspace().stripeOf(name),
                    unit -> {
                        Database database = unit.keyspace().database(place.database());
                        long entry = database.find(name);
                        if (entry == Database.NONE || !Entry.hasExpiry(entry)) {
                            own.forget(place);
                        } else if (Entry.isExpired(entry, unit.nowMs())) {
                            unit.engine().expireNow(unit, database, place.database(), name);
                            own.forget(place);
                        }
                    });
        }
    }

    /** False when the budget is used up. */
    private boolean expireStripe(int stripe, long nowMs, long endNanos) {
        Keyspace keyspace = node.engine().keyspace();
        boolean[] more = {isDue(keyspace, stripe, nowMs)};
        while (more[0]) {
            more[0] = false;
            dispatcher.runUnit(
                    node.internalSession(),
                    1L << stripe,
                    unit -> more[0] = expireSome(unit, keyspace, stripe, nowMs));
            if (node.environment().nanos() > endNanos) {
                return !more[0];
            }
        }
        return true;
    }

    private static boolean isDue(Keyspace keyspace, int stripe, long nowMs) {
        for (int i = 0; i < keyspace.databases(); i++) {
            if (keyspace.database(i).nextExpiryOfStripe(stripe) < nowMs) {
                return true;
            }
        }
        return false;
    }

    /** True when the batch was full, so that there may be more. */
    private boolean expireSome(ExecutionUnit unit, Keyspace keyspace, int stripe, long nowMs) {
        unit.effects().apart();
        int left = EXPIRE_BATCH;
        for (int i = 0; i < keyspace.databases(); i++) {
            Database database = keyspace.database(i);
            if (database.nextExpiryOfStripe(stripe) >= nowMs) {
                continue;
            }
            int index = i;
            for (int table = stripe; table < keyspace.tables(); table += keyspace.stripes()) {
                if (database.nextExpiry(table) < nowMs) {
                    left -=
                            database.expireSome(
                                    table, nowMs, left, entry -> announce(unit, index, entry));
                }
                left -= expireFields(unit, index, table, nowMs, left);
                if (left <= 0) {
                    return true;
                }
            }
            database.settleNextExpiry(stripe);
        }
        return false;
    }

    private int expireFields(ExecutionUnit unit, int index, int table, long nowMs, int most) {
        Database database = unit.keyspace().database(index);
        int removed = 0;
        while (removed < most && database.nextFieldExpiry(table) < nowMs) {
            long entry = database.nextFieldToExpire(table);
            key.set(Entry.keyAddress(entry), Entry.keyLength(entry));
            int more = FieldExpiry.removeDue(unit, index, key, entry, most - removed);
            if (more == 0) {
                break; // the unit's clock is behind that of the round
            }
            removed += more;
        }
        return removed;
    }

    private void announce(ExecutionUnit unit, int database, long entry) {
        key.set(Entry.keyAddress(entry), Entry.keyLength(entry));
        node.engine().announceExpired(unit, database, key);
    }
}
