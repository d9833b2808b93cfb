package io.ferrite.node.module;

import io.ferrite.node.config.Words;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a module is told by names while it is loaded: by MODULE LOADEX, which goes first, and by the
 * configuration file, for all modules together. What is taken is gone from there.
 */
final class ModuleSettings {

    /** As they were written, for the module's own use. */
    private final Map<String, String> written;

    /** Of these, what nobody has taken, by names in lower case. */
    private final Map<String, String> own = new LinkedHashMap<>();

    private final Map<String, String> shared;

    /**
     * Settings of one load.
     *
     * @param shared of the file; changed
     */
    ModuleSettings(Map<String, String> written, Map<String, String> shared) {
        this.written = Map.copyOf(written);
        this.shared = shared;
        written.forEach((name, value) -> own.put(Words.lowerCase(name), value));
    }

    Map<String, String> written() {
        return written;
    }

    /** What is said of a parameter, by its full name; null if nothing is. */
    @Nullable String take(String name) {
        String lower = Words.lowerCase(name);
        String said = own.remove(lower);
        if (said != null) {
            return said;
        }
        return shared.containsKey(lower) ? shared.remove(lower) : null;
    }

    /** What MODULE LOADEX said and nobody has taken; null if that is nothing. */
    @Nullable String left() {
        return own.isEmpty() ? null : String.join(", ", new TreeSet<>(own.keySet()));
    }
}
