package io.ferrite.engine;

import io.ferrite.spec.CommandCatalog;
import io.ferrite.spec.CommandSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Every command that this process can run, found by specification. Those of modules come and go:
 * whoever finds a specification in the catalog finds its command here.
 */
public final class CommandTable {

    private final CommandCatalog catalog;
    private final Command[] bySpecId;
    private final int atStart;

    /** Replaced whole. */
    private volatile List<Command> commands;

    private CommandTable(CommandCatalog catalog, Map<CommandSpec, Command> bound) {
        this.catalog = catalog;
        this.bySpecId = new Command[catalog.ids()];
        for (Command command : bound.values()) {
            bySpecId[command.spec().id()] = command;
        }
        this.commands = List.copyOf(bound.values());
        this.atStart = commands.size();
    }

    /**
     * Binds a command of a module. Its specification is in the catalog already, so whoever meets it
     * at this moment is told that there is no such command.
     */
    public void add(CommandSpec spec, LockPlan locks, Handler handler) {
        Command command = new Command(spec, handler, locks, atStart + spec.id() - catalog.count());
        List<Command> more = new ArrayList<>(commands);
        more.add(command);
        bySpecId[spec.id()] = command;
        commands = List.copyOf(more);
    }

    /** Takes a command of a module away; who holds it already still can run it. */
    public void remove(CommandSpec spec) {
        List<Command> fewer = new ArrayList<>(commands);
        fewer.remove(bySpecId[spec.id()]);
        bySpecId[spec.id()] = null;
        commands = List.copyOf(fewer);
    }

    /** One more than the highest {@link Command#index} that there may be. */
    public int indexes() {
        return atStart + CommandCatalog.ROOM;
    }

    public CommandCatalog catalog() {
        return catalog;
    }

    /** The command of a specification, or null when this process does not run it. */
    public Command of(CommandSpec spec) {
        return bySpecId[spec.id()];
    }

    /** The command with this full lower-case name, or null. */
    public Command of(String name) {
        CommandSpec spec = catalog.find(name);
        return spec == null ? null : of(spec);
    }

    /** All commands, subcommands as entries of their own, by index. */
    public List<Command> all() {
        return commands;
    }

    public static Builder builder(CommandCatalog catalog) {
        return new Builder(catalog);
    }

    /** Collects the bindings of every family; refuses an unknown name and a second handler. */
    public static final class Builder {

        private final CommandCatalog catalog;
        private final Map<CommandSpec, Command> bound = new LinkedHashMap<>();

        private Builder(CommandCatalog catalog) {
            this.catalog = catalog;
        }

        /** Binds a command whose stripes follow from its key specification. */
        public Builder bind(String name, Handler handler) {
            return bind(name, LockPlan.KEYS, handler);
        }

        /**
         * Binds {@code name} (subcommands as {@code "client|list"}; any case).
         *
         * @throws IllegalStateException if the specification is missing or already has a handler
         */
        public Builder bind(String name, LockPlan locks, Handler handler) {
            CommandSpec spec = catalog.find(name.toLowerCase(java.util.Locale.ROOT));
            if (spec == null) {
                throw new IllegalStateException("no specification for command " + name);
            }
            Command command = new Command(spec, handler, locks, bound.size());
            if (bound.putIfAbsent(spec, command) != null) {
                throw new IllegalStateException("two handlers for command " + name);
            }
            return this;
        }

        /** Binds {@code name} to another handler than it has. */
        public Builder rebind(String name, LockPlan locks, Handler handler) {
            CommandSpec spec = catalog.find(name.toLowerCase(java.util.Locale.ROOT));
            if (bound.remove(spec) == null) {
                throw new IllegalStateException("no handler yet for command " + name);
            }
            return bind(name, locks, handler);
        }

        /** Takes away every command whose specification does not pass. */
        public Builder keepOnly(Predicate<CommandSpec> passes) {
            bound.keySet().removeIf(passes.negate());
            return this;
        }

        public CommandTable build() {
            Map<CommandSpec, Command> numbered = new LinkedHashMap<>();
            for (Command command : bound.values()) {
                CommandSpec spec = command.spec();
                Handler handler = command.handler();
                numbered.put(spec, new Command(spec, handler, command.locks(), numbered.size()));
            }
            return new CommandTable(catalog, numbered);
        }

        /** Names bound so far, for completeness tests. */
        public List<String> names() {
            List<String> names = new ArrayList<>();
            for (CommandSpec spec : bound.keySet()) {
                names.add(spec.name());
            }
            return names;
        }
    }
}
