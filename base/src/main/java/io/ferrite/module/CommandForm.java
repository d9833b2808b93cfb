package io.ferrite.module;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a command is, apart from its code: what clients, access rules and the server know before it
 * runs.
 *
 * @param name in lower case, up to 24 characters; by custom the module's name, a dot and a word
 * @param arity the exact number of arguments, the name among them; if negative, the least, negated
 * @param flags what it does
 * @param keys where its keys stand; a command may touch no other, unless {@link Flag#ALL_KEYS}
 * @param categories of access rules, without the {@code @}, besides those that follow from the
 *     flags
 * @param summary one sentence for COMMAND DOCS
 */
public record CommandForm(
        String name,
        int arity,
        Set<Flag> flags,
        List<Keys> keys,
        Set<String> categories,
        String summary) {

    /** What a command does and where it may run. */
    public enum Flag {
        /** May change data; exclusive with {@link #READONLY}. */
        WRITE,
        /** Reads data and changes none. */
        READONLY,
        /** Refused when memory is over its limit. */
        DENYOOM,
        /** For operators. */
        ADMIN,
        /** Time does not grow with the data. */
        FAST,
        /** Not from scripts. */
        NOSCRIPT,
        /** May leave its client waiting. */
        BLOCKING,
        /** Runs while the dataset is loaded. */
        LOADING,
        /** Runs on a follower that has lost its leader. */
        STALE,
        /** May call commands on keys that it does not name: runs alone in the whole server. */
        ALL_KEYS
    }

    /** What happens to a key. */
    public enum Access {
        READ,
        /** Read and changed. */
        UPDATE,
        /** Replaced unseen. */
        OVERWRITE,
        DELETE
    }

    /**
     * Keys at fixed places.
     *
     * @param first the argument that is the first key; the command's name is 0
     * @param last the last key; counted from the end if negative, -1 is the last argument
     * @param step from one key to the next
     */
    public record Keys(int first, int last, int step, Access access) {}

    public CommandForm {
        flags = Set.copyOf(flags);
        keys = List.copyOf(keys);
        categories = Set.copyOf(categories);
    }

    /** A command without flags, keys and categories. */
    public static CommandForm of(String name, int arity) {
        return new CommandForm(name, arity, Set.of(), List.of(), Set.of(), "");
    }

    /** The same with these flags. */
    public CommandForm with(Flag... more) {
        Set<Flag> all = EnumSet.noneOf(Flag.class);
        all.addAll(flags);
        all.addAll(List.of(more));
        return new CommandForm(name, arity, all, keys, categories, summary);
    }

    /** The same with these keys too. */
    public CommandForm keys(int first, int last, int step, Access access) {
        List<Keys> all = new ArrayList<>(keys);
        all.add(new Keys(first, last, step, access));
        return new CommandForm(name, arity, flags, all, categories, summary);
    }

    /** The same with a key at one place. */
    public CommandForm key(int at, Access access) {
        return keys(at, at, 1, access);
    }

    /** The same in these categories. */
    public CommandForm in(String... more) {
        return new CommandForm(name, arity, flags, keys, Set.of(more), summary);
    }

    /** The same with a summary. */
    public CommandForm says(String text) {
        return new CommandForm(name, arity, flags, keys, categories, text);
    }
}
