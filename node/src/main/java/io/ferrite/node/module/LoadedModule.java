package io.ferrite.node.module;

import io.ferrite.engine.Engine;
import io.ferrite.module.Refusal;
import io.ferrite.node.config.AddedParameter;
import io.ferrite.spec.CommandSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A module that is there, and what it has registered. Counts are for any thread. */
public final class LoadedModule {

    private final String name;
    private final int version;
    private final String path;
    private final List<String> arguments;
    private final ModuleSource.Opened opened;

    final List<CommandSpec> commands = new ArrayList<>();
    final List<String> types = new ArrayList<>();
    final List<AddedParameter<?>> parameters = new ArrayList<>();
    final List<Engine.EventListener> listeners = new ArrayList<>();

    /** Timers that are still to come. */
    final AtomicInteger timers = new AtomicInteger();

    /** Clients that wait for an answer of this module. */
    final AtomicInteger waiting = new AtomicInteger();

    private volatile boolean gone;

    LoadedModule(
            String name,
            int version,
            String path,
            List<String> arguments,
            ModuleSource.Opened opened) {
        this.name = name;
        this.version = version;
        this.path = path;
        this.arguments = List.copyOf(arguments);
        this.opened = opened;
    }

    public String name() {
        return name;
    }

    public int version() {
        return version;
    }

    public String path() {
        return path;
    }

    public List<String> arguments() {
        return arguments;
    }

    ModuleSource.Opened opened() {
        return opened;
    }

    /** Whether it was unloaded: none of its code may be called any more. */
    boolean isGone() {
        return gone;
    }

    void leave() {
        gone = true;
    }

    /**
     * Runs code of a module, and answers what it has thrown; null if it ended well. Whatever that
     * is, it is the module's fault, and ends nothing but what it was called for.
     */
    static @Nullable Throwable guard(Runnable code) {
        try {
            code.run();
            return null;
        } catch (Throwable thrown) {
            if (thrown instanceof OutOfMemoryError full) {
                throw full; // concerns everybody
            }
            return thrown;
        }
    }

    /** As {@link #guard}, with what the code answers. */
    static <T> T supply(Supplier<T> code) throws ModuleSource.Unusable {
        List<T> made = new ArrayList<>(1);
        Throwable thrown = guard(() -> made.add(code.get()));
        if (thrown != null) {
            throw new ModuleSource.Unusable(describe(thrown));
        }
        return made.getFirst();
    }

    /** In one line, for a reply or the log. */
    static String describe(Throwable thrown) {
        String message = thrown.getMessage();
        String text =
                thrown instanceof Refusal && message != null
                        ? message
                        : message == null
                                ? thrown.getClass().getSimpleName()
                                : thrown.getClass().getSimpleName() + ": " + message;
        return text.replaceAll("[\\r\\n]+", " ");
    }

    /** The error line for a client whose command ended with this. */
    String errorLine(Throwable thrown) {
        return thrown instanceof Refusal
                ? withCode(describe(thrown))
                : "ERR module '" + name + "': " + describe(thrown);
    }

    /** The line with a code in front. */
    static String withCode(String line) {
        int space = line.indexOf(' ');
        String code = space < 0 ? line : line.substring(0, space);
        boolean coded = !code.isEmpty();
        for (int i = 0; i < code.length(); i++) {
            coded &= code.charAt(i) >= 'A' && code.charAt(i) <= 'Z';
        }
        return coded ? line : "ERR " + line;
    }
}
