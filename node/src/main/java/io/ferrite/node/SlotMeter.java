package io.ferrite.node;

import io.ferrite.engine.Blocking;
import io.ferrite.engine.Command;
import io.ferrite.engine.Effects;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.HashSlot;
import io.ferrite.node.cluster.ClusterService;
import io.ferrite.node.cluster.Redirections;
import io.ferrite.resp.Request;
import io.ferrite.spec.KeyFinder;
import io.ferrite.spec.KeyRefs;

/**
 * Counts for one event loop what the commands of each slot cost. Switched off it costs a look at
 * {@link SlotLoad#isOn}; switched on, a few additions a command and no allocation. For its loop's
 * thread only; sums are read by any, which may be a moment old.
 */
final class SlotMeter {

    private static final int NONE = -1;

    /** {@code *1\r\n$5\r\nmulti\r\n}: whoever ends a transaction began it. */
    private static final int MULTI_BYTES = 15;

    /** {@code *3\r\n$8\r\nsmessage\r\n}. */
    private static final int SHARD_MESSAGE_BYTES = 18;

    private final Node node;
    private final Effects effects;

    /** Where is counted: here, or with the one that this stands in for. */
    private final SlotMeter book;

    /** Null until something is counted for the first time. */
    private long[] cells;

    private final KeyFinder finder = new KeyFinder();
    private final KeyRefs keys = new KeyRefs();

    // The command that is being executed.
    private boolean counting;
    private int slot;
    private long bytesIn;
    private long loggedBefore;
    private boolean inScript;

    /** Slots of the commands of a run. */
    private final int[] runSlots = new int[BatchRun.MAX];

    /**
     * @param standsInFor another one of the same loop, or null
     */
    SlotMeter(Node node, Effects effects, SlotMeter standsInFor) {
        this.node = node;
        this.effects = effects;
        this.book = standsInFor == null ? this : standsInFor;
    }

    private boolean isOn() {
        ClusterService cluster = node.cluster();
        return cluster != null && cluster.slotLoad().isOn();
    }

    long get(int cell) {
        long[] now = cells;
        return now == null ? 0 : now[cell];
    }

    private void add(int to, SlotLoad.Metric metric, long amount) {
        if (book.cells == null) {
            book.cells = SlotLoad.cells();
        }
        book.cells[to * SlotLoad.METRICS + metric.ordinal()] += amount;
    }

    // --- one command -----------------------------------------------------------------------------

    /** A client's command was judged and begins. */
    void begins(Redirections redirections, Session session, Command command, Request request) {
        counting = isOn();
        if (!counting) {
            return;
        }
        loggedBefore = effects.loggedBytes();
        inScript = false;
        bytesIn = request.wireBytes();
        boolean exec = command.name().equals("exec");
        if (command.hasSingleKey()) {
            slot = request.arg(1).slot();
        } else if (session.has(Session.LEADER | Session.IMPORT)) {
            slot = exec ? slotOfQueue(session) : slotOf(command, request);
        } else {
            slot = redirections.slotOfJudged();
        }
        if (exec) {
            bytesIn += MULTI_BYTES;
            for (int i = 0; i < session.queued().size(); i++) {
                bytesIn += session.queued().get(i).wireBytes();
            }
        }
    }

    private int slotOf(Command command, Request request) {
        if (!command.spec().mayHaveKeys() || finder.find(command.spec(), request, keys) <= 0) {
            return NONE;
        }
        int position = keys.position(0);
        return HashSlot.of(request.address(position), request.length(position));
    }

    private int slotOfQueue(Session session) {
        int found = NONE;
        for (int i = 0; found == NONE && i < session.queued().size(); i++) {
            found = slotOf(session.queuedCommands().get(i), session.queued().get(i));
        }
        return found;
    }

    /**
     * A script touches keys of a slot. Its own time is that slot's, unless it touches others too.
     */
    void touchedByScript(int touched) {
        if (!counting || touched < 0) {
            return;
        }
        if (!inScript && slot == NONE) {
            slot = touched;
        } else if (slot != touched) {
            slot = NONE;
        }
        inScript = true;
    }

    /**
     * The command is over, or its client waits now: then it counts when it is served.
     *
     * @param written bytes of its reply
     */
    void ended(Session session, Command command, Request request, long nanos, long written) {
        if (!counting || slot == NONE) {
            return;
        }
        add(slot, SlotLoad.Metric.CPU_NANOS, nanos);
        add(slot, SlotLoad.Metric.BYTES_IN, bytesIn);
        long out = session.has(Session.LEADER) ? 0 : written;
        if (command.name().equals("spublish") && request.count() == 3) {
            out += messages(request.arg(1), request.arg(2));
        }
        add(slot, SlotLoad.Metric.BYTES_OUT, out);
        toFollowers(slot);
    }

    /** What the listeners of a shard channel were sent. */
    private long messages(Slice channel, Slice message) {
        int listeners = node.engine().pubSub().shardListeners(channel.toBytes());
        return (long) listeners * (SHARD_MESSAGE_BYTES + bulk(channel) + bulk(message));
    }

    private static long bulk(Slice words) {
        return 1 + Integer.toString(words.length()).length() + 2 + words.length() + 2;
    }

    private void toFollowers(int of) {
        long logged = effects.loggedBytes();
        if (logged != loggedBefore) {
            long bytes = (logged - loggedBefore) * node.replication().followerCount();
            add(of, SlotLoad.Metric.BYTES_OUT, bytes);
            loggedBefore = logged;
        }
    }

    /** A command that waited was served. */
    void served(Blocking.Waiter waiter, long nanos, long written) {
        if (!isOn()) {
            return;
        }
        int of = slotOf(waiter.command(), waiter.request());
        if (of != NONE) {
            add(of, SlotLoad.Metric.CPU_NANOS, nanos);
            add(of, SlotLoad.Metric.BYTES_IN, waiter.request().wireBytes());
            add(of, SlotLoad.Metric.BYTES_OUT, written);
            toFollowers(of);
        }
    }

    // --- a run of commands -----------------------------------------------------------------------

    /** A run begins; whether its commands are to be told. */
    boolean runBegins() {
        counting = isOn();
        loggedBefore = effects.loggedBytes();
        return counting;
    }

    /** A command of a run is over. */
    void inRun(int position, Session session, Slice key, Request request, long written) {
        int of = key.slot();
        runSlots[position] = of;
        add(of, SlotLoad.Metric.BYTES_IN, request.wireBytes());
        add(of, SlotLoad.Metric.BYTES_OUT, session.has(Session.LEADER) ? 0 : written);
        toFollowers(of);
    }

    /** A run is over: its time goes to each command in equal parts. */
    void runEnded(int length, long nanosEach) {
        if (counting) {
            for (int i = 0; i < length; i++) {
                add(runSlots[i], SlotLoad.Metric.CPU_NANOS, nanosEach);
            }
        }
    }
}
