package io.ferrite.net;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * An event loop that can look after its connections while something occupies it: what occupies it
 * calls {@link #serveMeanwhile} now and then.
 *
 * <p>Meanwhile connections are read and new ones taken in, but no action that was handed to the
 * loop runs: it would find the loop in the middle of something. Such actions run later, in their
 * order. All of it is for the loop's own thread.
 */
final class ServingLoop extends SingleThreadIoEventLoop {

    private static final long TASKS_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Set<Connection> connections = new LinkedHashSet<>();
    private final ArrayDeque<Runnable> late = new ArrayDeque<>(0);
    private boolean meanwhile;
    private boolean lateQueued;

    ServingLoop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory factory) {
        super(parent, executor, factory);
    }

    void opened(Connection connection) {
        connections.add(connection);
    }

    void closed(Connection connection) {
        connections.remove(connection);
    }

    /** Runs an action of the program's, or keeps it until the loop is its own again. */
    void perform(Runnable action) {
        if (meanwhile) {
            late.add(action);
        } else {
            action.run();
        }
    }

    boolean isMeanwhile() {
        return meanwhile;
    }

    /** Takes in new connections, and presents what has come on those that allow it. */
    void serveMeanwhile() {
        if (meanwhile) {
            return;
        }
        meanwhile = true;
        try {
            runAllTasks(TASKS_NANOS);
            List<Connection> some = new ArrayList<>(connections);
            for (Connection connection : some) {
                connection.look();
            }
        } finally {
            meanwhile = false;
            if (!late.isEmpty() && !lateQueued) {
                lateQueued = true;
                execute(this::performLate);
            }
        }
    }

    private void performLate() {
        lateQueued = false;
        while (!meanwhile) {
            Runnable action = late.poll();
            if (action == null) {
                return;
            }
            action.run();
        }
    }
}
