package io.ferrite.node;

import io.ferrite.engine.Blocking;
import io.ferrite.engine.Command;
import io.ferrite.engine.Session;
import io.ferrite.engine.UnitStats;
import io.ferrite.resp.Request;

/**
 * Takes the time of what one event loop executes: calls and failures by command, the slow log, the
 * turns of the loop. The clock is read once where one command ends and the next begins. For its
 * loop's thread only.
 */
final class CommandMeter {

    private final Node node;
    private final UnitStats unitStats;
    private final CommandStats stats;
    private final SlotMeter slots;
    private final TurnStats turns = new TurnStats();
    private long turnNanos;

    /** Up to here the time is accounted for. */
    private long lastNanos;

    /** The time of the last command that a client sent. */
    private long lastTook;

    private final int loop;

    /**
     * @param stats where commands are counted; may be that of another dispatcher of the same loop
     * @param slots likewise, what the commands of slots cost
     */
    CommandMeter(Node node, int loop, UnitStats unitStats, CommandStats stats, SlotMeter slots) {
        this.node = node;
        this.loop = loop;
        this.unitStats = unitStats;
        this.stats = stats;
        this.slots = slots;
    }

    SlotMeter slots() {
        return slots;
    }

    CommandStats stats() {
        return stats;
    }

    TurnStats turns() {
        return turns;
    }

    /** A read batch begins. */
    void tick() {
        turnNanos = node.environment().nanos();
        lastNanos = turnNanos;
        turns.begin(unitStats.commands);
    }

    /** A read batch is over. */
    void tock() {
        turns.end(unitStats.commands, lastNanos - turnNanos);
    }

    private long lap() {
        long now = node.environment().nanos();
        long took = now - lastNanos;
        lastNanos = now;
        return took;
    }

    private void count(Session session, Command command, Request request, long took) {
        stats.called(command.index(), took);
        unitStats.commands++;
        if (took >= node.slowNanos()) {
            node.slow(session, command, request, took);
        }
    }

    /** Whether a command succeeded, apart from its time. */
    void outcome(Command command, boolean succeeded) {
        if (!succeeded) {
            stats.failed[command.index()]++;
        }
    }

    /**
     * Shows a client's command to whoever looks: the logs of large ones, the audit log, MONITOR.
     *
     * @param written bytes of its reply
     */
    void show(Session session, Command command, Request request, long written) {
        if (node.hotKeys().isActive() && !session.has(Session.BLOCKED)) {
            long bytes = request.receivedBytes() + written;
            node.hotKeys().used(loop, session, command, request, lastTook, bytes);
        }
        node.notable().sizes(session, command, request, written);
        showNested(session, command, request);
    }

    /** As {@link #show}, a command of a transaction or script. */
    void showNested(Session session, Command command, Request request) {
        node.audit().ran(session, command, request);
        if (node.state().is(ServerState.MONITORED)) {
            node.monitors().feed(session, command, request);
        }
    }

    /** A command was refused before it ran. */
    void rejected(Command command) {
        stats.rejected[command.index()]++;
    }

    /**
     * A client's command is over.
     *
     * @param waits its client waits now: it counts when it is served
     * @param written bytes of its reply
     */
    void ended(
            Session session,
            Command command,
            Request request,
            boolean succeeded,
            boolean waits,
            long written) {
        long took = lap();
        lastTook = took;
        turns.commandNanos += took;
        if (!waits) {
            count(session, command, request, took);
            outcome(command, succeeded);
            slots.ended(session, command, request, took, written);
        }
    }

    /**
     * A command inside another one is over; its time is that one's too.
     *
     * @param written bytes of its reply
     */
    void endedWithin(
            Session session,
            Command command,
            Request request,
            boolean succeeded,
            long took,
            long written) {
        if (node.hotKeys().isActive() && !session.has(Session.SCRIPT)) {
            long bytes = request.receivedBytes() + written;
            node.hotKeys().used(loop, session, command, request, took, bytes);
        }
        count(session, command, request, took);
        outcome(command, succeeded);
    }

    /** A run of commands is over: its time goes to each of them in equal parts. */
    void endedRun(Session session, Command[] commands, Request last, int length) {
        long took = lap();
        turns.commandNanos += took;
        long each = took / length;
        for (int i = 0; i < length; i++) {
            stats.called(commands[i].index(), each);
        }
        slots.runEnded(length, each);
        unitStats.commands += length;
        if (took >= node.slowNanos()) {
            node.slow(session, commands[length - 1], last, took);
        }
    }

    /** A command that waited was served: its time is that of the run that served it. */
    void served(Blocking.Waiter waiter, boolean rejected, boolean succeeded, long written) {
        long took = lap();
        if (rejected) {
            rejected(waiter.command());
        } else {
            count(waiter.session(), waiter.command(), waiter.request(), took);
            slots.served(waiter, took, written);
            outcome(waiter.command(), succeeded);
        }
    }

    /**
     * A command's wait ended without success.
     *
     * @param error the line that the client is told, or null if it is an ordinary reply
     */
    void unserved(Blocking.Waiter waiter, String error) {
        stats.called(waiter.command().index(), 0);
        unitStats.commands++;
        outcome(waiter.command(), error == null);
        if (error != null) {
            node.engine().errors().count(error);
        }
    }
}
