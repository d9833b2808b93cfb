package io.ferrite.simulation.replication;

/** Something that must hold does not. */
public final class Violation extends RuntimeException {

    private static final long serialVersionUID = 1;

    Violation(String text) {
        super(text);
    }

    static void unless(boolean holds, String text, Object... words) {
        if (!holds) {
            throw new Violation(String.format(java.util.Locale.ROOT, text, words));
        }
    }
}
