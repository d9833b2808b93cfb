package io.ferrite.spec;

/**
 * What a command does to a key that it names. A set of them is an {@code int}, bit {@link
 * #ordinal()} for each; the order here is the order in which Redis lists them.
 *
 * <p>Exactly one of the first four is set: whether the key's value is read, read and written,
 * overwritten unseen, or removed unseen. The next four concern the user's data in it.
 */
public enum KeyFlag {
    RO("RO"),
    RW("RW"),
    OW("OW"),
    RM("RM"),
    /** Tells the caller what the value holds, or copies it elsewhere. */
    ACCESS("access"),
    UPDATE("update"),
    INSERT("insert"),
    DELETE("delete"),
    /** Looks like a key and is routed as one, but names none. */
    NOT_KEY("not_key"),
    /** The specification misses some keys. */
    INCOMPLETE("incomplete"),
    /** Some options make the command do less than the flags say. */
    VARIABLE_FLAGS("variable_flags");

    private final String shown;

    KeyFlag(String shown) {
        this.shown = shown;
    }

    /** How COMMAND INFO calls it. */
    public String shown() {
        return shown;
    }

    public int bit() {
        return 1 << ordinal();
    }
}
