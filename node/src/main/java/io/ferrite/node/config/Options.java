package io.ferrite.node.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of all parameters, by name. */
public final class Options {
    private static final List<Option<?>> ALL = gather();
    private static final Map<String, Option<?>> BY_NAME = index();

    private Options() {}

    private static List<Option<?>> gather() {
        List<Option<?>> all = new ArrayList<>();
        all.addAll(NetworkOptions.rows());
        all.addAll(TlsOptions.rows());
        all.addAll(ServerOptions.rows());
        all.addAll(MemoryOptions.rows());
        all.addAll(ReplicationOptions.rows());
        all.addAll(PersistenceOptions.rows());
        all.addAll(ClusterOptions.rows());
        return List.copyOf(all);
    }

    private static Map<String, Option<?>> index() {
        Map<String, Option<?>> byName = new LinkedHashMap<>();
        for (Option<?> option : ALL) {
            add(byName, option.name(), option);
            for (String alias : option.aliases()) {
                add(byName, alias, option);
            }
        }
        return byName;
    }

    private static void add(Map<String, Option<?>> byName, String name, Option<?> option) {
        if (byName.put(name, option) != null) {
            throw new IllegalStateException("two parameters are called " + name);
        }
    }

    /** Every parameter once. */
    public static List<Option<?>> all() {
        return ALL;
    }

    /** The parameter of this name or alias, in any case of letters. */
    public static Optional<Option<?>> find(String name) {
        return Optional.ofNullable(BY_NAME.get(Words.lowerCase(name)));
    }

    /** Names and aliases, each with its parameter, in a fixed order. */
    static Map<String, Option<?>> byName() {
        return BY_NAME;
    }

    /** A length for arrays that are indexed by {@link Option#index}. */
    static int size() {
        return Math.max(ALL.size(), Option.count());
    }
}
