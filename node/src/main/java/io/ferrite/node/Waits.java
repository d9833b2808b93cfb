package io.ferrite.node;

import io.ferrite.engine.Blocking;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Session;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.ReplyWriter;
import java.util.function.Consumer;

/**
 * The clients that wait for keys, as far as one event loop looks after them: serving those whom its
 * units made ready, the deadlines of its own clients, and the ends of waits that nobody serves.
 * Used on that loop's thread only.
 */
public final class Waits {

    /** A client that waits for time to pass is looked at at least this often. */
    private static final long LOOK_AGAIN_MAX_MS = 60_000;

    private final Node node;
    private final int loop;
    private final ExecutionGate gate;
    private final Blocking blocking;
    private final Environment environment;
    private final ExecutionUnit unit;
    private final NativeReplyWriter scratch;
    private final CommandMeter meter;
    private final Deadlines deadlines;

    /**
     * @param unit the loop's own, that serves
     * @param scratch where it writes what nobody reads
     */
    Waits(Node node, int loop, ExecutionUnit unit, NativeReplyWriter scratch, CommandMeter meter) {
        this.node = node;
        this.loop = loop;
        this.gate = node.gate();
        this.blocking = node.engine().blocking();
        this.environment = node.environment();
        this.unit = unit;
        this.scratch = scratch;
        this.meter = meter;
        this.deadlines =
                new Deadlines(environment, loop, waiter -> end(waiter, waiter.onTimeout()));
    }

    /**
     * Takes what is needed beside the stripes held to serve those who wait in them, at the price of
     * letting go in between: nothing has been looked at yet.
     *
     * @return the stripes held now
     */
    long widen(long mask) {
        long held = mask;
        while (true) {
            long wanted = blocking.reach(held);
            if (wanted == held) {
                return held;
            }
            gate.leave(held);
            gate.enter(wanted);
            held = wanted;
        }
    }

    /** Serves clients whose keys the unit made ready, as far as the stripes held allow. */
    void serveReady(long held) {
        if (unit.hasReadyKeys()) {
            // After a command that took long it is later for them than it was for it.
            blocking.serve(unit, scratch, environment.nowMs(), held, this::served);
        }
    }

    private void served(Blocking.Waiter waiter, boolean rejected, boolean succeeded) {
        meter.served(waiter, rejected, succeeded, scratch.length());
    }

    /**
     * Serves those who are left: who need more stripes than the unit that made their keys ready, or
     * began to wait after it.
     */
    void serveLeft() {
        while (unit.hasReadyKeys()) {
            long held = unit.readyStripes();
            gate.enter(held);
            try {
                held = widen(held);
                serveReady(held);
            } finally {
                gate.leave(held);
            }
        }
    }

    /** The command just run may have left its client waiting for keys. */
    void begun(Session session) {
        Blocking.Waiter waiter = session.waiter();
        if (waiter != null) {
            deadlines.add(waiter);
            lookAgain(waiter);
        }
    }

    /** Some clients wait for time to pass: their command is run again then. */
    private void lookAgain(Blocking.Waiter waiter) {
        long atMs = waiter.lookAgainMs();
        if (atMs != Long.MAX_VALUE) {
            long delayMs = Math.clamp(atMs - environment.nowMs(), 1, LOOK_AGAIN_MAX_MS);
            environment.after(loop, delayMs, () -> look(waiter));
        }
    }

    private void look(Blocking.Waiter waiter) {
        node.dispatcher(loop)
                .runUnit(
                        node.internalSession(),
                        Blocking.stripeMask(waiter),
                        unit -> blocking.tryAgain(unit, waiter));
        if (waiter.session().waiter() == waiter) {
            lookAgain(waiter);
        }
    }

    /** A session of this loop waits no more. */
    public void ended(Session session) {
        Blocking.Waiter waiter = session.waiter();
        if (waiter != null) {
            deadlines.remove(waiter);
            session.setWaiter(null);
        }
    }

    /**
     * Counts a command whose wait somebody else ends, without success.
     *
     * @param error the line that the client is told, or null if it is an ordinary reply
     */
    public void countUnserved(Blocking.Waiter waiter, String error) {
        meter.unserved(waiter, error);
    }

    /**
     * Ends a wait without success; nothing happens when it has ended already.
     *
     * @param reply writes what the client is told; null when it is gone
     */
    public void end(Blocking.Waiter waiter, Consumer<ReplyWriter> reply) {
        end(waiter, reply, null);
    }

    /** Ends a wait with an error line; nothing happens when it has ended already. */
    public void end(Blocking.Waiter waiter, String error) {
        end(waiter, out -> out.error(error), error);
    }

    private void end(Blocking.Waiter waiter, Consumer<ReplyWriter> reply, String error) {
        long mask = Blocking.stripeMask(waiter);
        gate.enter(mask);
        boolean ended = !waiter.isDone();
        if (ended) {
            blocking.remove(waiter);
        }
        gate.leave(mask);
        if (ended) {
            waiter.request().close();
            if (reply != null) {
                meter.unserved(waiter, error);
                waiter.session().outbox().answer(reply);
            }
        }
    }
}
