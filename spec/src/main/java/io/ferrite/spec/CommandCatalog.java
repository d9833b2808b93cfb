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
 * Every command there is, whether or not a given process runs it. Immutable: any thread may use it.
 *
 * <p>Loading is a few hundred constructor calls on constants; nothing is read or parsed.
 */
public final class CommandCatalog {

    private static final class Holder {
        static final CommandCatalog CATALOG = new CommandCatalog();
    }

    private final NameIndex topLevel;
    private final List<CommandSpec> all;
    private final Map<String, CommandSpec> byFullName;

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
        return topLevel.find(address, length);
    }

    /**
     * The command or subcommand of this full name in any case, such as {@code config|get}; or null.
     */
    public @Nullable CommandSpec find(String fullName) {
        CommandSpec exact = byFullName.get(fullName);
        return exact != null ? exact : byFullName.get(fullName.toLowerCase(Locale.ROOT));
    }

    /** Commands and subcommands; the place of each is its {@link CommandSpec#id}. */
    public Collection<CommandSpec> all() {
        return all;
    }

    public CommandSpec get(int id) {
        return all.get(id);
    }

    /** Commands without subcommands, in order of name: what COMMAND lists. */
    public Collection<CommandSpec> commands() {
        return topLevel.all();
    }

    /** How many, subcommands among them. */
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
