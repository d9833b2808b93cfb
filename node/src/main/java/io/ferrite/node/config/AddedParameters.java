package io.ferrite.node.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The parameters of modules that one server has now, by name. Reading is for any thread; {@link
 * ConfigService} adds and removes.
 */
final class AddedParameters {

    /** Of all servers of the process; a name stays secret once it was. */
    private static final ConcurrentSkipListSet<String> SECRET = new ConcurrentSkipListSet<>();

    /** Replaced whole. */
    private volatile Map<String, AddedParameter<?>> all = Map.of();

    /** Whether a parameter's value must not be shown. */
    static boolean isSecret(String name) {
        return SECRET.contains(Words.lowerCase(name));
    }

    Optional<AddedParameter<?>> find(String name) {
        return Optional.ofNullable(all.get(Words.lowerCase(name)));
    }

    /** By name. */
    Map<String, AddedParameter<?>> all() {
        return all;
    }

    /** False if there is one of the name. */
    boolean add(AddedParameter<?> parameter) {
        String name = Words.lowerCase(parameter.name());
        Map<String, AddedParameter<?>> more = new TreeMap<>(all);
        if (more.putIfAbsent(name, parameter) != null) {
            return false;
        }
        if (parameter.is(Option.Mark.SENSITIVE)) {
            SECRET.add(name);
        }
        all = more;
        return true;
    }

    void remove(Collection<? extends AddedParameter<?>> gone) {
        Map<String, AddedParameter<?>> fewer = new TreeMap<>(all);
        fewer.values().removeAll(gone);
        all = fewer;
    }

    /** Those that a pattern finds, with their values. */
    void collect(NameGlob glob, Map<String, String> found) {
        all.forEach((name, parameter) -> {
            if (!parameter.is(Option.Mark.HIDDEN) && glob.matches(name)) {
                found.put(name, parameter.render());
            }
        });
    }

    /** The lines of a configuration file, by the word they begin with. */
    Map<String, List<String>> lines() {
        Map<String, List<String>> lines = new TreeMap<>();
        all.forEach((name, parameter) -> lines.put(name, new ArrayList<>(parameter.lines())));
        return lines;
    }
}
