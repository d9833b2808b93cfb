package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.EffectSink;
import io.ferrite.engine.Engine;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slab;
import io.ferrite.resp.Request;
import io.ferrite.store.Keyspace;

/**
 * A whole server over an {@link Environment}: the data, the gate, one dispatcher per event loop and the
 * services around them. Opens no socket and starts no thread by itself.
 */
public final class Node {

    private final Environment environment;
    private final ServerState state = new ServerState();
    private final Engine engine;
    private final ExecutionGate gate;
    private final Dispatcher[] dispatchers;
    private final Admission admission;
    private final ClientRegistry clients = new ClientRegistry();
    private final Pause pause = new Pause(state);
    private final Monitors monitors;

    private volatile long slowNanos = Long.MAX_VALUE;
    private volatile MemoryLimit memoryLimit = (dispatcher, session, command) -> null;
    private volatile String diskError = "";

    public Node(
            Environment environment,
            Keyspace keyspace,
            CommandTable commands,
            EffectSink sink,
            java.util.function.Supplier<Slab> clientSlabs) {
        this.environment = environment;
        this.engine = new Engine(keyspace, commands, sink);
        this.gate = new ExecutionGate(keyspace.stripes());
        this.admission = new Admission(this);
        this.monitors = new Monitors(state, environment);
        this.dispatchers = new Dispatcher[environment.loops()];
        for (int i = 0; i < dispatchers.length; i++) {
            dispatchers[i] = new Dispatcher(this, i, clientSlabs.get());
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
