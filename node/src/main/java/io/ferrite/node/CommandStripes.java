package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.Session;
import io.ferrite.engine.Watches;
import io.ferrite.memory.Slice;
import io.ferrite.resp.Request;
import io.ferrite.spec.KeyFinder;
import io.ferrite.spec.KeyRefs;
import io.ferrite.store.Keyspace;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * Which stripes a command needs, by the keys that it names. One per event loop, used on that loop's
 * thread only; allocates nothing.
 */
final class CommandStripes {

    private static final long FUNCTIONS = 1;

    private final ExecutionGate gate;
    private final Keyspace keyspace;
    private final BiPredicate<Command, Request> scripts;
    private final KeyRefs keys = new KeyRefs();
    private final KeyFinder finder = new KeyFinder();
    private final Slice keySlice = new Slice();

    /**
     * @param scripts whether what a command runs is known to stay with the keys that it names
     */
    CommandStripes(ExecutionGate gate, Keyspace keyspace, BiPredicate<Command, Request> scripts) {
        this.gate = gate;
        this.keyspace = keyspace;
        this.scripts = scripts;
    }

    /** The stripes that a command needs, as a mask. */
    long of(Session session, Command command, Request request) {
        return switch (command.locks()) {
            case NONE -> 0;
            case ALL -> gate.all();
            case SCRIPT -> script(command, request);
            case WATCHED -> watched(session);
            case QUEUED -> queued(session);
            case KEYS -> named(command, request);
        };
    }

    /** The stripes of the keys that a session watches. */
    static long watched(Session session) {
        long mask = 0;
        for (Watches.Watched watched : session.watched()) {
            mask |= 1L << watched.stripe();
        }
        return mask;
    }

    /** Whether any key that a command names passes a test. */
    boolean anyKey(Command command, Request request, Predicate<Slice> test) {
        int found = finder.find(command.spec(), request, keys);
        for (int i = 0; i < found; i++) {
            int position = keys.position(i);
            if (test.test(keySlice.set(request.address(position), request.length(position)))) {
                return true;
            }
        }
        return false;
    }

    /**
     * One that names no key takes all: others have to hear of it when it takes too long. There is
     * one interpreter for functions: who calls one holds the first stripe besides.
     */
    private long script(Command command, Request request) {
        long mask = scripts.test(command, request) ? named(command, request) : 0;
        if (mask == 0) {
            return gate.all();
        }
        return command.name().startsWith("fcall") ? mask | FUNCTIONS : mask;
    }

    private long named(Command command, Request request) {
        int found = finder.find(command.spec(), request, keys);
        if (found < 0) {
            // The handler will most likely refuse; if it doesn't (PFMERGE of no source), all are
            // safe.
            return gate.all();
        }
        long mask = 0;
        for (int i = 0; i < found; i++) {
            int position = keys.position(i);
            keySlice.set(request.address(position), request.length(position));
            mask |= 1L << keyspace.stripeOf(keySlice);
        }
        return mask;
    }

    private long queued(Session session) {
        long mask = watched(session);
        List<Command> commands = session.queuedCommands();
        for (int i = 0; i < commands.size(); i++) {
            mask |= of(session, commands.get(i), session.queued().get(i));
        }
        return mask;
    }
}
