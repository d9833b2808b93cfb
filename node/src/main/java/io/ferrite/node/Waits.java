package io.ferrite.node;

import io.ferrite.engine.Blocking;
import io.ferrite.engine.Session;
import io.ferrite.resp.ReplyWriter;
import java.util.function.Consumer;

/**
 * The clients of one event loop that wait for keys: their deadlines, and the ends of waits that
 * nobody serves. Used on that loop's thread only.
 */
public final class Waits {

    /** A client that waits for time to pass is looked at at least this often. */
    private static final long LOOK_AGAIN_MAX_MS = 60_000;

    private final Node node;
    private final int loop;
    private final ExecutionGate gate;
    private final Blocking blocking;
    private final CommandMeter meter;
    private final Deadlines deadlines;

    Waits(Node node, int loop, CommandMeter meter) {
        this.node = node;
        this.loop = loop;
        this.gate = node.gate();
        this.blocking = node.engine().blocking();
        this.meter = meter;
        this.deadlines =
                new Deadlines(node.environment(), loop, waiter -> end(waiter, waiter.onTimeout()));
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
            long delayMs = Math.clamp(atMs - node.environment().nowMs(), 1, LOOK_AGAIN_MAX_MS);
            node.environment().after(loop, delayMs, () -> look(waiter));
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
