package io.ferrite.node;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * The end of the process: asked for by SHUTDOWN or a signal, delayed by what has to be finished first.
 * Thread-safe.
 */
public final class Shutdown {

    private final Node node;
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile IntConsumer exit = status -> {};

    Shutdown(Node node) {
        this.node = node;
    }

    /** What ends the process, given its exit status. */
    public void onExit(IntConsumer exit) {
        this.exit = exit;
    }

    /** Begins to shut down; does not return an answer to anybody when it succeeds. */
    public void begin() {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        node.log().warning("User requested shutdown...");
        node.state().set(ServerState.SHUTTING_DOWN, true);
        node.environment().background("shutdown", this::finish);
    }

    private void finish() {
        exit.accept(0);
    }

    public boolean isBegun() {
        return begun.get();
    }
}
