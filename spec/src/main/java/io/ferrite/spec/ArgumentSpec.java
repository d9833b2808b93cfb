package io.ferrite.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One argument of a command, or a group of arguments, as COMMAND DOCS describes it.
 *
 * @param display what to call it in a syntax line, when that is not its name
 * @param token the word that stands before it (or, for a pure token, is it); null if none
 * @param keySpec which key specification finds it; -1 if none
 * @param flags a set of {@link #OPTIONAL}, {@link #MULTIPLE}, {@link #MULTIPLE_TOKEN}
 * @param arguments what a ONEOF or BLOCK consists of; empty for others
 */
public record ArgumentSpec(
        String name,
        Type type,
        @Nullable String display,
        int keySpec,
        @Nullable String token,
        @Nullable String since,
        @Nullable String deprecatedSince,
        int flags,
        List<ArgumentSpec> arguments) {

    public static final int OPTIONAL = 1;
    public static final int MULTIPLE = 2;

    /** Where it is repeated, its token is repeated with it. */
    public static final int MULTIPLE_TOKEN = 4;

    /** What kind of text an argument is. */
    public enum Type {
        STRING("string"),
        INTEGER("integer"),
        DOUBLE("double"),
        KEY("key"),
        PATTERN("pattern"),
        UNIX_TIME("unix-time"),
        PURE_TOKEN("pure-token"),
        ONEOF("oneof"),
        BLOCK("block");

        private final String shown;

        Type(String shown) {
            this.shown = shown;
        }

        public String shown() {
            return shown;
        }
    }

    public boolean isOptional() {
        return (flags & OPTIONAL) != 0;
    }

    public boolean isMultiple() {
        return (flags & MULTIPLE) != 0;
    }

    public boolean repeatsToken() {
        return (flags & MULTIPLE_TOKEN) != 0;
    }

    /** Whether it consists of other arguments. */
    public boolean isGroup() {
        return type == Type.ONEOF || type == Type.BLOCK;
    }
}
