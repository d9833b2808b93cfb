package io.ferrite.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a command that a module brings.
 *
 * @param name in lower case, of 1 to {@link #LONGEST} visible characters
 * @param container the command of the same module whose subcommand it is; null for none
 * @param flags a set of {@link CommandFlag}
 * @param categories a set of {@link AclCategory}
 * @param module whose it is
 */
public record AddedCommand(
        String name,
        @Nullable String container,
        int arity,
        long flags,
        long categories,
        List<KeySpec> keys,
        String module,
        String summary) {

    /** The longest name. */
    public static final int LONGEST = NameIndex.LONGEST;

    /**
     * Keys at fixed places.
     *
     * @param flags a set of {@link KeyFlag}
     * @param last counted from the end if negative
     */
    public static KeySpec keysAt(int flags, int first, int last, int step) {
        return KeySpec.at(flags, first, last >= 0 ? last - first : last, step, 0, null);
    }

    /** With the container's before it, as in {@code config|get}. */
    String fullName() {
        return container == null ? name : container + "|" + name;
    }

    CommandSpec spec(int id, @Nullable CommandSpec parent) {
        KeySet set = keys.isEmpty() ? KeySet.NONE : new KeySet(keys.toArray(KeySpec[]::new));
        CommandDocs docs =
                new CommandDocs(
                        "module", "", summary, null, List.of(), null, null, List.of(), List.of(),
                        List.of());
        long all = flags | CommandFlag.MODULE.bit();
        return new CommandSpec(fullName(), id, arity, all, categories, set, docs, module, parent);
    }
}
