package io.ferrite.spec;

/**
 * All key specifications of a command, and what follows from them. Commands with the same
 * specifications share one object, so that it is worked out once.
 */
final class KeySet {

    static final KeySet NONE = new KeySet();

    private final KeySpec[] specs;
    private final LegacyKeys legacy;
    private final boolean plain;
    private final boolean named;

    KeySet(KeySpec... specs) {
        this.specs = specs;
        this.legacy = LegacyKeys.of(specs);
        this.plain = isPlain(specs);
        this.named = namesKeys(specs);
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

    KeySpec[] specs() {
        return specs;
    }

    LegacyKeys legacy() {
        return legacy;
    }

    /** One specification with fixed positions and fixed flags says all. */
    boolean isPlain() {
        return plain;
    }

    /** At least one specification finds real keys. */
    boolean namesKeys() {
        return named;
    }
}
