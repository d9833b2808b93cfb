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

    private static final KeySpec[] NO_KEYS = {};

    private final String name;
    private final int id;
    private final int arity;
    private final long flags;
    private final long aclCategories;
    private final KeySpec[] keySpecs;
    private final KeyProcedure procedure;
    private final @Nullable CommandSpec parent;
    private final LegacyKeys legacy;
    private final boolean plain;
    private final boolean named;
    private NameIndex subcommands = NameIndex.EMPTY;
    private volatile @Nullable CommandDocs docs;

    CommandSpec(
            String name,
            int id,
            int arity,
            long flags,
            long aclCategories,
            KeySpec @Nullable [] keySpecs,
            KeyProcedure procedure,
            @Nullable CommandSpec parent) {
        this.name = name;
        this.id = id;
        this.arity = arity;
        this.flags = flags;
        this.aclCategories = aclCategories;
        this.keySpecs = keySpecs == null ? NO_KEYS : keySpecs;
        this.procedure = procedure;
        this.parent = parent;
        this.legacy = LegacyKeys.of(this.keySpecs);
        this.plain = isPlain(this.keySpecs);
        this.named = namesKeys(this.keySpecs);
    }

    private static boolean isPlain(KeySpec[] specs) {
        return specs.length == 1
                && specs[0].isPlain()
                && !specs[0].has(KeyFlag.NOT_KEY)
                && !specs[0].has(KeyFlag.INCOMPLETE)
                && !specs[0].has(KeyFlag.VARIABLE_FLAGS)
                && (specs[0].a() >= 0 || specs[0].c() == 0);
    }

    private static boolean namesKeys(KeySpec[] specs) {
        for (KeySpec spec : specs) {
            if (!spec.has(KeyFlag.NOT_KEY)) {
                return true;
            }
        }
        return false;
    }

    /** The full name in lower case; a subcommand's has its container's before it: {@code client|list}. */
    public String name() {
        return name;
    }

    /** The name without the container's. */
    public String lastName() {
        return parent == null ? name : name.substring(parent.name.length() + 1);
    }

    /** Dense, from 0 to {@link CommandCatalog#count} exclusive; not the same in every version. */
    public int id() {
        return id;
    }

    /** The exact number of arguments, the name among them; if negative, the least number, negated. */
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
        return keySpecs;
    }

    /** Whether some arguments of some call may be keys. */
    public boolean mayHaveKeys() {
        return named || procedure != KeyProcedure.NONE;
    }

    /** At least one specification finds real keys. */
    boolean namesKeys() {
        return named;
    }

    /** One specification with fixed positions and fixed flags says all. */
    boolean isPlain() {
        return plain;
    }

    KeyProcedure procedure() {
        return procedure;
    }

    /** The old description of keys by one triple; all zero when no key is at a fixed position. */
    public int firstKey() {
        return legacy.first();
    }

    /** Counted from the end when negative: -1 is the last argument. */
    public int lastKey() {
        return legacy.last();
    }

    public int step() {
        return legacy.step();
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
