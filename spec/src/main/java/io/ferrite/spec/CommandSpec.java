package io.ferrite.spec;

import io.ferrite.memory.Slice;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One command, or one subcommand of a container command. There is one object for each; compare by
 * identity. Immutable once the catalog is loaded.
 */
public final class CommandSpec {

    private final String name;
    private final int id;
    private final int arity;
    private final long flags;
    private final long aclCategories;
    private final KeySet keys;
    private final KeyProcedure procedure;
    private final @Nullable CommandSpec parent;
    private NameIndex subcommands = NameIndex.EMPTY;
    private volatile @Nullable CommandDocs docs;
    private final @Nullable String module;

    CommandSpec(
            String name,
            int id,
            int arity,
            long flags,
            long aclCategories,
            KeySet keys,
            KeyProcedure procedure,
            @Nullable CommandSpec parent) {
        this.name = name;
        this.id = id;
        this.arity = arity;
        this.flags = flags;
        this.aclCategories = aclCategories;
        this.keys = keys;
        this.procedure = procedure;
        this.parent = parent;
        this.module = null;
    }

    /** A command of a module. */
    CommandSpec(
            String name,
            int id,
            int arity,
            long flags,
            long aclCategories,
            KeySet keys,
            CommandDocs docs,
            String module,
            @Nullable CommandSpec parent) {
        this.name = name;
        this.id = id;
        this.arity = arity;
        this.flags = flags;
        this.aclCategories = aclCategories;
        this.keys = keys;
        this.procedure = KeyProcedure.NONE;
        this.parent = parent;
        this.docs = docs;
        this.module = module;
    }

    /** The module that brought the command; null for those of the server. */
    public @Nullable String module() {
        return module;
    }

    /**
     * The full name in lower case; a subcommand's has its container's before it: {@code
     * client|list}.
     */
    public String name() {
        return name;
    }

    /** The name without the container's. */
    public String lastName() {
        return parent == null ? name : name.substring(parent.name.length() + 1);
    }

    /**
     * Dense, from 0 to {@link CommandCatalog#count} exclusive, and below {@link CommandCatalog#ids}
     * for those of modules; not the same in every version.
     */
    public int id() {
        return id;
    }

    /**
     * The exact number of arguments, the name among them; if negative, the least number, negated.
     */
    public int arity() {
        return arity;
    }

    public boolean accepts(int arguments) {
        return arity >= 0 ? arguments == arity : arguments >= -arity;
    }

    /** A set of {@link CommandFlag}. */
    public long flags() {
        return flags;
    }

    public boolean is(CommandFlag flag) {
        return (flags & 1L << flag.ordinal()) != 0;
    }

    /** A set of {@link AclCategory}. */
    public long aclCategories() {
        return aclCategories;
    }

    public boolean in(AclCategory category) {
        return (aclCategories & category.bit()) != 0;
    }

    /** The container of a subcommand; null for others. */
    public @Nullable CommandSpec parent() {
        return parent;
    }

    public boolean isContainer() {
        return !subcommands.isEmpty();
    }

    /** The subcommand of this name in any case, or null. */
    public @Nullable CommandSpec subcommand(Slice name) {
        return subcommands.find(name.address(), name.length());
    }

    public @Nullable CommandSpec subcommand(long address, int length) {
        return subcommands.find(address, length);
    }

    /** In order of name. */
    public Collection<CommandSpec> subcommands() {
        return subcommands.all();
    }

    void setSubcommands(List<CommandSpec> specs) {
        subcommands = new NameIndex(specs);
    }

    /** Not to be changed. */
    public KeySpec[] keySpecs() {
        return keys.specs();
    }

    /** Whether some arguments of some call may be keys. */
    public boolean mayHaveKeys() {
        return keys.namesKeys() || procedure != KeyProcedure.NONE;
    }

    KeySet keys() {
        return keys;
    }

    KeyProcedure procedure() {
        return procedure;
    }

    /** The old description of keys by one triple; all zero when no key is at a fixed position. */
    public int firstKey() {
        return keys.legacy().first();
    }

    /** Counted from the end when negative: -1 is the last argument. */
    public int lastKey() {
        return keys.legacy().last();
    }

    public int step() {
        return keys.legacy().step();
    }

    public CommandDocs docs() {
        CommandDocs made = docs;
        if (made == null) {
            made = CommandDocsData.of(id);
            docs = made;
        }
        return made;
    }

    public String group() {
        return docs().group();
    }

    public String since() {
        return docs().since();
    }

    public String summary() {
        return docs().summary();
    }

    public @Nullable String complexity() {
        return docs().complexity();
    }

    @Override
    public String toString() {
        return name;
    }
}
