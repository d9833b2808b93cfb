package io.ferrite.spec;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every command there is, whether or not a given process runs it. Any thread may use it; what was
 * there at the start stays, and commands of modules come and go ({@link #add}).
 *
 * <p>Loading is a few hundred constructor calls on constants; nothing is read or parsed.
 */
public final class CommandCatalog {

    private static final class Holder {
        static final CommandCatalog CATALOG = new CommandCatalog();
    }

    /** How many commands of modules there can be. */
    public static final int ROOM = 256;

    private final NameIndex topLevel;
    private final List<CommandSpec> all;
    private final Map<String, CommandSpec> byFullName;

    /**
     * Commands of modules: looked at where no other has the name. Replaced whole.
     *
     * @param all subcommands among them
     */
    private record Added(NameIndex topLevel, List<CommandSpec> all) {

        static Added of(List<CommandSpec> all) {
            List<CommandSpec> top = all.stream().filter(spec -> spec.parent() == null).toList();
            return new Added(new NameIndex(top), List.copyOf(all));
        }
    }

    private volatile Added added = Added.of(List.of());

    private CommandCatalog() {
        Builder builder = new Builder();
        CommandData.addTo(builder);
        this.all = Collections.unmodifiableList(builder.all);
        this.topLevel = new NameIndex(builder.endOfContainers());
        this.byFullName = HashMap.newHashMap(all.size());
        for (CommandSpec spec : all) {
            byFullName.put(spec.name(), spec);
        }
    }

    public static CommandCatalog load() {
        return Holder.CATALOG;
    }

    /** The command (not subcommand) of this name in any case, or null. Allocates nothing. */
    public @Nullable CommandSpec find(long address, int length) {
        CommandSpec found = topLevel.find(address, length);
        return found != null ? found : added.topLevel.find(address, length);
    }

    /**
     * The command or subcommand of this full name in any case, such as {@code config|get}; or null.
     */
    public @Nullable CommandSpec find(String fullName) {
        CommandSpec exact = byFullName.get(fullName);
        if (exact == null) {
            String lower = fullName.toLowerCase(Locale.ROOT);
            exact = byFullName.get(lower);
            return exact != null ? exact : addedOf(lower);
        }
        return exact;
    }

    private @Nullable CommandSpec addedOf(String name) {
        for (CommandSpec spec : added.all()) {
            if (spec.name().equals(name)) {
                return spec;
            }
        }
        return null;
    }

    /** Commands and subcommands: those of {@link #count} by their ids, then those of modules. */
    public Collection<CommandSpec> all() {
        return with(all, added.all());
    }

    private static List<CommandSpec> with(List<CommandSpec> specs, List<CommandSpec> more) {
        if (more.isEmpty()) {
            return specs;
        }
        List<CommandSpec> both = new ArrayList<>(specs);
        both.addAll(more);
        return both;
    }

    /**
     * Adds commands of a module, containers before their subcommands, which get ids from {@link
     * #count} on, below {@link #ids}. Either all are added or none.
     *
     * @return false if one of the names is taken or there is no more room
     */
    public synchronized boolean add(List<AddedCommand> commands, List<CommandSpec> made) {
        List<CommandSpec> now = new ArrayList<>(added.all());
        boolean[] used = new boolean[ROOM];
        now.forEach(spec -> used[spec.id() - count()] = true);
        for (AddedCommand command : commands) {
            int free = 0;
            while (free < ROOM && used[free]) {
                free++;
            }
            String name = command.fullName();
            boolean taken =
                    find(name) != null || now.stream().anyMatch(spec -> spec.name().equals(name));
            if (taken || free == ROOM) {
                made.clear();
                return false;
            }
            used[free] = true;
            CommandSpec spec = command.spec(count() + free, named(made, command.container()));
            made.add(spec);
            now.add(spec);
        }
        for (CommandSpec container : made) {
            container.setSubcommands(
                    made.stream().filter(spec -> spec.parent() == container).toList());
        }
        added = Added.of(now);
        return true;
    }

    private static @Nullable CommandSpec named(List<CommandSpec> specs, @Nullable String name) {
        for (CommandSpec spec : specs) {
            if (spec.name().equals(name)) {
                return spec;
            }
        }
        return null;
    }

    /** Takes commands of a module away. */
    public synchronized void remove(List<CommandSpec> gone) {
        List<CommandSpec> now = new ArrayList<>(added.all());
        now.removeAll(gone);
        added = Added.of(now);
    }

    /** One more than the highest id that any command may have. */
    public int ids() {
        return count() + ROOM;
    }

    public CommandSpec get(int id) {
        return all.get(id);
    }

    /** Commands without subcommands, in order of name: what COMMAND lists. */
    public Collection<CommandSpec> commands() {
        return with(topLevel.all(), added.topLevel.all());
    }

    /** How many there are at the start, subcommands among them. */
    public int count() {
        return all.size();
    }

    /** What the generated {@code CommandData} calls: each command, after it its subcommands. */
    static final class Builder {

        private final List<CommandSpec> all = new ArrayList<>(512);
        private final List<CommandSpec> commands = new ArrayList<>(384);
        private final List<CommandSpec> subcommands = new ArrayList<>();
        private @Nullable CommandSpec container;

        void command(
                String name,
                int arity,
                long flags,
                long categories,
                KeySet keys,
                KeyProcedure procedure) {
            endContainer();
            container =
                    new CommandSpec(
                            name, all.size(), arity, flags, categories, keys, procedure, null);
            all.add(container);
            commands.add(container);
        }

        void subcommand(
                String fullName,
                int arity,
                long flags,
                long categories,
                KeySet keys,
                KeyProcedure procedure) {
            CommandSpec spec =
                    new CommandSpec(
                            fullName,
                            all.size(),
                            arity,
                            flags,
                            categories,
                            keys,
                            procedure,
                            container);
            all.add(spec);
            subcommands.add(spec);
        }

        private void endContainer() {
            if (container != null && !subcommands.isEmpty()) {
                container.setSubcommands(List.copyOf(subcommands));
                subcommands.clear();
            }
        }

        private List<CommandSpec> endOfContainers() {
            endContainer();
            return List.copyOf(commands);
        }
    }
}
