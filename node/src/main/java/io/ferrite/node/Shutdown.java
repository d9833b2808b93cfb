package io.ferrite.node;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The end of the process: asked for by SHUTDOWN or a signal, delayed by followers that lag (up to
 * shutdown-timeout, unless NOW) and by what has to be saved. Thread-safe.
 *
 * <p>Steps registered with {@link #addStep} run in order on a background thread before the exit;
 * one that fails keeps the process alive, unless FORCE was given.
 */
public final class Shutdown {

    /** The options of SHUTDOWN. */
    public record Wish(boolean save, boolean noSave, boolean now, boolean force) {

        public static final Wish PLAIN = new Wish(false, false, false, false);

        Wish withoutSave() {
            return new Wish(false, true, now, force);
        }
    }

    /** Something to be done before the exit, such as writing a snapshot. */
    @FunctionalInterface
    public interface Step {
        /** Null when done; else a log line that says why the process must stay. */
        String run(Wish wish);
    }

    /** What the followers lack. Any thread. */
    public interface Lag {

        /** Whether all of them have everything. */
        boolean isNone();

        /** Asks them how far they are. */
        default void ask() {}

        /** Says in the log who lacks something. */
        default void report() {}
    }

    private static final long POLL_MS = 10;
    private static final String ERRORS = "ERR Errors trying to SHUTDOWN. Check logs.";

    private final Node node;
    private final List<Step> steps = new ArrayList<>();
    private final List<Consumer<String>> waiting = new ArrayList<>();
    private IntConsumer exit = status -> {};
    private Lag lag = () -> true;
    private boolean begun;

    /** A signal asked for the end, which begins with the next round of the cron. */
    private boolean asked;

    private boolean finishing;
    private long deadlineMs;
    private Wish wish = Wish.PLAIN;

    Shutdown(Node node) {
        this.node = node;
    }

    /** What ends the process, given its exit status. */
    public synchronized void onExit(IntConsumer exit) {
        this.exit = exit;
    }

    public synchronized void addStep(Step step) {
        steps.add(step);
    }

    public synchronized void waitFor(Lag followers) {
        lag = followers;
    }

    /**
     * Begins to shut down.
     *
     * @param onRefusal told, with an error line, when the process stays
     */
    public void begin(Wish wished, Consumer<String> onRefusal) {
        Wish wish = node.state().is(ServerState.LOADING) ? wished.withoutSave() : wished;
        long now = node.environment().nowMs();
        synchronized (this) {
            waiting.add(onRefusal);
            if (begun) {
                return;
            }
            begun = true;
            this.wish = wish;
            deadlineMs = now + node.shutdownTimeoutMs();
        }
        node.log().notice("User requested shutdown...");
        // What is acknowledged from here on would be in no snapshot.
        node.pause().begin(Pause.Purpose.SHUTDOWN, now, Long.MAX_VALUE, false);
        if (!wish.now() && deadlineMs > now && !lag.isNone()) {
            lag.ask();
            node.log().notice("Waiting for replicas before shutting down.");
            poll();
        } else {
            finish();
        }
    }

    /** A signal asks for the end. It begins unless {@link #abort} or a paused cron is faster. */
    public void ask(Wish wish) {
        synchronized (this) {
            if (asked || begun) {
                return;
            }
            asked = true;
        }
        node.environment().after(0, 1, () -> beginAsked(wish));
    }

    private void beginAsked(Wish wish) {
        synchronized (this) {
            if (!asked) {
                return;
            }
            if (!node.isCronPaused()) {
                asked = false;
            }
        }
        if (node.isCronPaused()) {
            node.environment().after(0, POLL_MS, () -> beginAsked(wish));
        } else {
            begin(wish, refusal -> {});
        }
    }

    private void poll() {
        synchronized (this) {
            if (!begun || finishing) {
                return;
            }
        }
        if (lag.isNone() || node.environment().nowMs() >= deadlineMs) {
            finish();
        } else {
            node.environment().after(0, POLL_MS, this::poll);
        }
    }

    private void finish() {
        synchronized (this) {
            finishing = true;
        }
        lag.report();
        node.state().set(ServerState.SHUTTING_DOWN, true);
        node.environment().background("shutdown", this::runSteps);
    }

    private void runSteps() {
        for (Step step : steps) {
            String refusal = step.run(wish);
            if (refusal == null) {
                continue;
            }
            node.log().warning(refusal);
            if (!wish.force()) {
                node.log()
                        .warning(
                                "Errors trying to shut down the server. Check the logs for more"
                                        + " information.");
                stay();
                return;
            }
        }
        exit.accept(0);
    }

    private void stay() {
        List<Consumer<String>> told;
        synchronized (this) {
            begun = false;
            finishing = false;
            told = new ArrayList<>(waiting);
            waiting.clear();
        }
        node.state().set(ServerState.SHUTTING_DOWN, false);
        node.pause().end(Pause.Purpose.SHUTDOWN);
        for (Consumer<String> client : told) {
            client.accept(ERRORS);
        }
        node.start(); // the cron ended itself
    }

    /** Calls a shutdown off that still waits for followers; false when there is none. */
    public boolean abort() {
        List<Consumer<String>> told;
        synchronized (this) {
            if (finishing || !begun && !asked) {
                return false;
            }
            asked = false;
            begun = false;
            told = new ArrayList<>(waiting);
            waiting.clear();
        }
        node.log().notice("Shutdown manually aborted.");
        node.pause().end(Pause.Purpose.SHUTDOWN);
        for (Consumer<String> client : told) {
            client.accept(ERRORS);
        }
        return true;
    }

    /** Ends the process without any of the steps: what there is must not be kept. */
    public void exitNow(int status) {
        exit.accept(status);
    }

    /** Whether the end has begun or was asked for. */
    public synchronized boolean isBegun() {
        return begun || asked;
    }

    /** How long followers are waited for still, or -1 when no shutdown is under way. */
    public synchronized long remainingMs(long nowMs) {
        return begun && !finishing ? Math.max(0, deadlineMs - nowMs) : -1;
    }
}
