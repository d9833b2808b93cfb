package io.ferrite.durability.rdb;

import io.ferrite.memory.Slab;
import io.ferrite.store.value.ModuleValue;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How values of modules' types stand in files: one list for the process, which modules change as
 * they come and go. Any thread.
 */
public final class ModuleForms {

    /** The form of one type. Several threads use it at once, for different values. */
    public interface Form {

        /** Writes the parts of a value. */
        void save(ModuleParts out, long root) throws IOException;

        /** Reads parts, as this version of them has them, into an empty value. */
        void load(ModuleParts in, int version, Slab slab, long root) throws IOException;
    }

    private static volatile Map<String, Form> forms = Map.of();

    private ModuleForms() {}

    /** Registers a type's form; false if there is one. */
    public static synchronized boolean add(String name, Form form) {
        Map<String, Form> more = new HashMap<>(forms);
        if (more.putIfAbsent(name, form) != null) {
            return false;
        }
        forms = Map.copyOf(more);
        return true;
    }

    public static synchronized void remove(String name) {
        Map<String, Form> fewer = new HashMap<>(forms);
        fewer.remove(name);
        forms = Map.copyOf(fewer);
    }

    static @Nullable Form of(long type) {
        return forms.get(ModuleValue.name(type));
    }
}
