package io.ferrite.node;

import io.ferrite.memory.Memory;
import io.ferrite.spec.CommandCatalog;
import io.ferrite.spec.CommandSpec;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The names that clients use for commands: those of the catalog but for what {@code rename-command}
 * changed. Changed before the first client only.
 */
public final class CommandNames {

    /** rename-command lines are shorter, and so are all names of ours. */
    private static final int NAME_MAX = 1024;

    private final CommandCatalog catalog;

    /**
     * Names in lower case whose meaning is another one than in the catalog; null values mean none.
     */
    private Map<String, CommandSpec> changed = Map.of();

    CommandNames(CommandCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Takes over renames.
     *
     * @param meanings names in lower case, each with the command it stands for, empty for none
     */
    public void change(Map<String, String> meanings) {
        Map<String, CommandSpec> specs = new HashMap<>();
        meanings.forEach((name, meaning) ->
                specs.put(name, meaning.isEmpty() ? null : catalog.find(meaning)));
        changed = specs;
    }

    /**
     * The command of this name in any case, or null. Allocates nothing unless there are renames.
     */
    public CommandSpec find(long address, int length) {
        return changed.isEmpty() ? catalog.find(address, length) : findChanged(address, length);
    }

    private CommandSpec findChanged(long address, int length) {
        if (length > NAME_MAX) {
            return null;
        }
        byte[] bytes = Memory.toBytes(address, length);
        String name = new String(bytes, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        return changed.containsKey(name) ? changed.get(name) : catalog.find(address, length);
    }
}
