package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.Session;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.memory.SlabGroup;
import io.ferrite.memory.Slice;
import io.ferrite.node.config.MemoryOptions;
import io.ferrite.node.config.Option;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.spec.CommandFlag;
import io.ferrite.store.Database;
import io.ferrite.store.Keyspace;
import io.ferrite.store.eviction.EvictionChooser;
import io.ferrite.store.eviction.EvictionPolicy;
import java.util.SplittableRandom;

/**
 * maxmemory: before a command that may take memory, makes room by the policy, or refuses the
 * command.
 *
 * <p>Each event loop has a chooser of its own and evicts on its own thread, each key as a unit
 * under that key's stripe; no stripe is held when a command is admitted.
 */
final class MemoryLimit {

    private static final String OUT_OF_MEMORY =
            "OOM command not allowed when used memory > 'maxmemory'.";

    /**
     * One command evicts no longer than this at the usual tenacity; the cron and the next commands
     * go on.
     */
    private static final long USUAL_NANOS = 500_000;

    private static final int USUAL_TENACITY = 10;
    private static final int NO_BOUND = 100;

    /** Elements freed under a stripe before it is let go. */
    private static final int RELEASE_BATCH = 512;

    /** What {@link #apply} reads. */
    static final Option<?>[] OPTIONS = {
        MemoryOptions.MAXMEMORY,
        MemoryOptions.MAXMEMORY_POLICY,
        MemoryOptions.MAXMEMORY_SAMPLES,
        MemoryOptions.MAXMEMORY_EVICTION_TENACITY,
        MemoryOptions.LFU_LOG_FACTOR,
        MemoryOptions.LFU_DECAY_TIME,
        MemoryOptions.LAZYFREE_LAZY_EVICTION,
        ReplicationOptions.REPLICA_IGNORE_MAXMEMORY
    };

    private final Node node;
    private final EvictionChooser[] choosers;
    private volatile long limit;
    private volatile boolean lazy;
    private volatile int samples;
    private volatile long budgetNanos = USUAL_NANOS;
    private volatile boolean ignored;

    MemoryLimit(Node node) {
        this.node = node;
        choosers = new EvictionChooser[node.environment().loops()];
        for (int i = 0; i < choosers.length; i++) {
            SplittableRandom random = new SplittableRandom(node.environment().nanos() + i);
            choosers[i] = new EvictionChooser(node.engine().keyspace(), random);
        }
    }

    /** Takes the settings into use. */
    void apply(Settings settings) {
        limit = settings.get(MemoryOptions.MAXMEMORY);
        lazy = settings.get(MemoryOptions.LAZYFREE_LAZY_EVICTION);
        samples = settings.getInt(MemoryOptions.MAXMEMORY_SAMPLES);
        budgetNanos = budget(settings.getInt(MemoryOptions.MAXMEMORY_EVICTION_TENACITY));
        ignored = settings.get(ReplicationOptions.REPLICA_IGNORE_MAXMEMORY);
        EvictionPolicy policy =
                EvictionPolicy.valueOf(settings.get(MemoryOptions.MAXMEMORY_POLICY).name());
        for (int i = 0; i < choosers.length; i++) {
            EvictionChooser chooser = choosers[i];
            node.environment().onLoop(i, () -> chooser.setPolicy(policy));
        }
        node.engine()
                .keyspace()
                .access()
                .configure(
                        policy.isLfu(),
                        settings.getInt(MemoryOptions.LFU_LOG_FACTOR),
                        settings.getInt(MemoryOptions.LFU_DECAY_TIME));
        boolean byAccess = policy.isLfu() || policy.isLru();
        node.engine().setSharesIntegers(limit == 0 || !byAccess);
        node.state().set(ServerState.MEMORY_LIMITED, limit > 0);
        if (limit == 0) {
            for (int i = 0; i < choosers.length; i++) {
                Dispatcher dispatcher = node.dispatcher(i);
                node.environment().onLoop(i, () -> dispatcher.setOutOfMemory(false));
            }
        }
    }

    /**
     * Up to the usual tenacity in steps of 50 us, above it by 15 % a step, at 100 without bound.
     */
    static long budget(int tenacity) {
        if (tenacity >= NO_BOUND) {
            return Long.MAX_VALUE;
        }
        return tenacity <= USUAL_TENACITY
                ? USUAL_NANOS / USUAL_TENACITY * tenacity
                : (long) (USUAL_NANOS * Math.pow(1.15, tenacity - (double) USUAL_TENACITY));
    }

    /**
     * Null when the command may run; else the error line. Called outside any stripe.
     *
     * @param flags by which the command is judged
     */
    String admit(Dispatcher dispatcher, Session session, Command command, long flags) {
        dispatcher.setOutOfMemory(false);
        if (!isExceeded() || ignored && node.engine().isFollower()) {
            return null;
        }
        if (evict(dispatcher)) {
            return null;
        }
        dispatcher.setOutOfMemory(true);
        return refuses(session, command, flags) ? OUT_OF_MEMORY : null;
    }

    private static boolean refuses(Session session, Command command, long flags) {
        if ((flags & CommandFlag.DENYOOM.bit()) != 0) {
            return true;
        }
        if (!command.name().equals("exec")) {
            return false;
        }
        for (Command queued : session.queuedCommands()) {
            if (queued.is(CommandFlag.DENYOOM)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What counts against maxmemory: not the log that followers read, which deletions make grow.
     */
    boolean isExceeded() {
        SlabGroup memory = node.parts().memory();
        long buffers = node.clientEviction().bufferBytes();
        if (memory.usedAtMost() + SharedSlab.group().usedAtMost() + buffers <= limit) {
            return false; // asked before every write: far from the limit, a few loads say so
        }
        return node.usedMemory() - memory.usedBytes(MemoryTag.LOG) > limit;
    }

    /**
     * Evicts until there is room or the time is up; false when there is no key left that may go.
     */
    boolean evict(Dispatcher dispatcher) {
        // A script that takes long may hold the stripes; it changes as much as it wants anyway.
        if (node.pause().holdsWrites(node.environment().nowMs()) || node.gate().isAnyOvertime()) {
            return true;
        }
        EvictionChooser chooser = choosers[dispatcher.loop()];
        long began = node.environment().nanos();
        while (isExceeded()) {
            // What is queued to be freed counts as used still: first that, then another key.
            if (!releaseSome() && !evictOne(dispatcher, chooser)) {
                return false;
            }
            if (node.environment().nanos() - began > budgetNanos) {
                return true;
            }
        }
        return true;
    }

    /** Frees some of what was removed before; false when there is nothing. */
    private boolean releaseSome() {
        Keyspace keyspace = node.engine().keyspace();
        for (int stripe = 0; stripe < keyspace.stripes(); stripe++) {
            if (keyspace.pendingReleases(stripe) > 0) {
                node.gate().enterOne(stripe);
                keyspace.releaseSome(stripe, RELEASE_BATCH);
                node.gate().leaveOne(stripe);
                return true;
            }
        }
        return false;
    }

    private boolean evictOne(Dispatcher dispatcher, EvictionChooser chooser) {
        // Keys that were drawn may be gone since: a few attempts, then there are too few to matter.
        for (int attempt = 0; attempt < 16; attempt++) {
            int stripe = chooser.pickStripe();
            if (stripe < 0) {
                return false;
            }
            node.gate().enterOne(stripe);
            chooser.sample(stripe, samples);
            node.gate().leaveOne(stripe);
            EvictionChooser.Victim victim = chooser.take();
            if (victim != null && remove(dispatcher, chooser, victim)) {
                return true;
            }
        }
        return false;
    }

    private boolean remove(
            Dispatcher dispatcher, EvictionChooser chooser, EvictionChooser.Victim victim) {
        byte[] bytes = victim.key();
        long copy = dispatcher.unit().scratch(Math.max(1, bytes.length));
        Memory.copyIn(bytes, 0, copy, bytes.length);
        Slice key = new Slice(copy, bytes.length);
        boolean[] removed = {false};
        dispatcher.runUnit(
                node.internalSession(),
                1L << node.engine().keyspace().stripeOf(key),
                unit -> {
                    Database database = unit.keyspace().database(victim.database());
                    long entry = database.find(key);
                    if (entry != Database.NONE && chooser.isEligible(entry)) {
                        unit.engine().evictNow(unit, database, victim.database(), key, lazy);
                        removed[0] = true;
                    }
                });
        return removed[0];
    }

    /** Work for an idle moment of an event loop: gets below a limit that was lowered. */
    void tick(Dispatcher dispatcher) {
        if (node.state().is(ServerState.MEMORY_LIMITED)
                && isExceeded()
                && !(ignored && node.engine().isFollower())) {
            evict(dispatcher);
        }
    }
}
