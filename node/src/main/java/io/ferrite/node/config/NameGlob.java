package io.ferrite.node.config;

import io.ferrite.base.Glob;
import java.nio.charset.StandardCharsets;

/** Patterns of parameter and file names, in any case of letters. See {@link Glob}. */
final class NameGlob {

    private final Glob glob;

    private NameGlob(Glob glob) {
        this.glob = glob;
    }

    static NameGlob of(String pattern) {
        return new NameGlob(Glob.of(pattern.getBytes(StandardCharsets.UTF_8), true));
    }

    /** Whether the text has a character that makes it more than a name. */
    static boolean isPattern(String text) {
        return text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0;
    }

    /** One question; make a NameGlob for more. */
    static boolean matches(String pattern, String name) {
        return of(pattern).matches(name);
    }

    boolean matches(String name) {
        return glob.isOneStar() || glob.matches(name.getBytes(StandardCharsets.UTF_8));
    }
}
