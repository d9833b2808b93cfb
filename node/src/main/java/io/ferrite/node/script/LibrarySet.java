package io.ferrite.node.script;

import io.ferrite.engine.CommandError;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Libraries whose functions have different names, in any case. Does not change: others are made
 * from it.
 */
final class LibrarySet {

    static final LibrarySet EMPTY = new LibrarySet(Map.of(), Map.of());

    private final Map<String, FunctionLibrary> libraries;
    private final Map<String, FunctionLibrary.Function> functions;

    private LibrarySet(
            Map<String, FunctionLibrary> libraries,
            Map<String, FunctionLibrary.Function> functions) {
        this.libraries = libraries;
        this.functions = functions;
    }

    Collection<FunctionLibrary> libraries() {
        return libraries.values();
    }

    FunctionLibrary library(String name) {
        return libraries.get(name);
    }

    /** The function of this name, in any case, or null. */
    FunctionLibrary.Function function(String name) {
        return functions.get(key(name));
    }

    int functionCount() {
        return functions.size();
    }

    private static String key(String function) {
        return function.toLowerCase(Locale.ROOT);
    }

    LibrarySet without(String name) {
        FunctionLibrary gone = libraries.get(name);
        if (gone == null) {
            return this;
        }
        Map<String, FunctionLibrary> some = new LinkedHashMap<>(libraries);
        Map<String, FunctionLibrary.Function> others = new HashMap<>(functions);
        some.remove(name);
        for (String function : gone.functions().keySet()) {
            others.remove(key(function));
        }
        return new LibrarySet(some, others);
    }

    /**
     * These and one more, whose name is new here.
     *
     * @throws CommandError if it has a function whose name is taken
     */
    LibrarySet with(FunctionLibrary library) {
        Map<String, FunctionLibrary> more = new LinkedHashMap<>(libraries);
        Map<String, FunctionLibrary.Function> all = new HashMap<>(functions);
        more.put(library.name(), library);
        for (FunctionLibrary.Function function : library.functions().values()) {
            if (all.putIfAbsent(key(function.name()), function) != null) {
                throw CommandError.of("ERR Function " + function.name() + " already exists");
            }
        }
        return new LibrarySet(more, all);
    }

    /**
     * These and all of another set.
     *
     * @param replace libraries of the other set take the place of those with their names
     * @throws CommandError if a name is taken
     */
    LibrarySet joined(LibrarySet other, boolean replace) {
        LibrarySet result = this;
        for (FunctionLibrary library : other.libraries()) {
            if (libraries.containsKey(library.name()) && !replace) {
                throw CommandError.of("ERR Library " + library.name() + " already exists");
            }
            result = result.without(library.name());
        }
        for (FunctionLibrary library : other.libraries()) {
            result = result.with(library);
        }
        return result;
    }

    long heapBytes() {
        long bytes = 0;
        for (FunctionLibrary library : libraries.values()) {
            bytes += library.heapBytes();
        }
        return bytes;
    }
}
