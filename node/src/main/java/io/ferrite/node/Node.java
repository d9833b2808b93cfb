package io.ferrite.node;

import io.ferrite.coordination.log.CommandLog;
import io.ferrite.engine.Command;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.EffectSink;
import io.ferrite.engine.Engine;
import io.ferrite.engine.Outbox;
import io.ferrite.engine.Session;
import io.ferrite.node.config.Settings;
import io.ferrite.node.log.Log;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandCatalog;
import java.util.function.Consumer;

/**
 * A whole server over an {@link Environment}: the data, the gate, one dispatcher per event loop and the
 * services around them. Opens no socket and starts no thread by itself.
 */
public final class Node {

    private final NodeParts parts;
    private final Environment environment;
    private final ServerState state = new ServerState();
    private final Engine engine;
    private final ExecutionGate gate;
    private final Dispatcher[] dispatchers;
    private final Cron[] crons;
    private final Admission admission;
    private final ClientRegistry clients = new ClientRegistry();
    private final Pause pause = new Pause(state);
    private final Monitors monitors;
    private final Session internalSession;
    private final Shutdown shutdown = new Shutdown(this);

    private volatile long slowNanos = Long.MAX_VALUE;
    private volatile MemoryLimit memoryLimit = (dispatcher, session, command) -> null;
    private volatile String diskError = "";

    /**
     * @param families binds the commands; those of the node itself are bound in addition
     */
    public Node(NodeParts parts, Consumer<CommandTable.Builder> families) {
        this.parts = parts;
        this.environment = parts.environment();
        CommandTable.Builder table = CommandTable.builder(CommandCatalog.load());
        families.accept(table);
        NodeCommands.register(table, this);
        this.engine = new Engine(parts.keyspace(), table.build(), new LogSink(parts.commandLog()));
        this.gate = new ExecutionGate(parts.keyspace().stripes());
        this.admission = new Admission(this);
        this.monitors = new Monitors(state, environment);
        this.internalSession = new Session(new NoOutbox(), "", "", environment.nowMs());
        this.dispatchers = new Dispatcher[environment.loops()];
        this.crons = new Cron[environment.loops()];
        for (int i = 0; i < dispatchers.length; i++) {
            dispatchers[i] = new Dispatcher(this, i, parts.memory().newSlab());
            crons[i] = new Cron(this, i);
        }
    }

    /** Begins the work that time brings. The event loops run. */
    public void start() {
        engine.keyspace().access().setTime(environment.nowMs());
        for (Cron cron : crons) {
            cron.start();
        }
    }

    public Shutdown shutdown() {
        return shutdown;
    }

    /** Everything this node was made of. */
    public NodeParts parts() {
        return parts;
    }

    public Settings settings() {
        return parts.settings();
    }

    public Log log() {
        return parts.log();
    }

    /** The session of units that no client asked for. */
    Session internalSession() {
        return internalSession;
    }

    /** Runs an action about once a second on an event loop. Before {@link #start} only. */
    void everySecond(int loop, Runnable action) {
        crons[loop].everySecond(action);
    }

    /** The log of effects as the engine sees it. */
    private record LogSink(CommandLog log) implements EffectSink {
        @Override
        public boolean active() {
            return log.isActive();
        }

        @Override
        public long append(int database, long address, int length, int databaseAfter) {
            return log.append(database, address, length, databaseAfter);
        }
    }

    /** Nobody listens to what units of our own reply. */
    private static final class NoOutbox implements Outbox {
        @Override
        public void push(byte[] message) {}

        @Override
        public void answer(Consumer<ReplyWriter> reply) {}

        @Override
        public void run(Runnable action) {
            action.run();
        }

        @Override
        public void close(boolean flush) {}

        @Override
        public long pendingBytes() {
            return 0;
        }
    }

    public Environment environment() {
        return environment;
    }

    public ServerState state() {
        return state;
    }

    public Engine engine() {
        return engine;
    }

    public ExecutionGate gate() {
        return gate;
    }

    /** The dispatcher of an event loop; for that loop's thread only. */
    public Dispatcher dispatcher(int loop) {
        return dispatchers[loop];
    }

    Admission admission() {
        return admission;
    }

    public ClientRegistry clients() {
        return clients;
    }

    public Pause pause() {
        return pause;
    }

    public Monitors monitors() {
        return monitors;
    }

    MemoryLimit memoryLimit() {
        return memoryLimit;
    }

    void setMemoryLimit(MemoryLimit limit) {
        memoryLimit = limit;
    }

    /** Why writes are refused while {@link ServerState#DISK_ERROR} is on. */
    String diskError() {
        return diskError;
    }

    boolean enoughReplicas() {
        return true;
    }

    /** Commands that take at least this long are looked at by {@link #slow}. */
    long slowNanos() {
        return slowNanos;
    }

    public void setSlowNanos(long nanos) {
        slowNanos = nanos;
    }

    /** A command took long: slow log and latency events. */
    void slow(Session session, Command command, Request request, long nanos) {}
}
