package io.ferrite.spec;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The groups of commands that access rules speak of as {@code +@name}. A set of them is a {@code
 * long}, bit {@link #ordinal()} for each; the order here is the order in which Redis lists them.
 */
public enum AclCategory {
    KEYSPACE,
    READ,
    WRITE,
    SET,
    SORTEDSET,
    LIST,
    HASH,
    STRING,
    BITMAP,
    HYPERLOGLOG,
    GEO,
    STREAM,
    PUBSUB,
    ADMIN,
    FAST,
    SLOW,
    BLOCKING,
    DANGEROUS,
    CONNECTION,
    TRANSACTION,
    SCRIPTING,
    ARRAY;

    private static final AclCategory[] ALL = values();

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name as rules write it, without the {@code @}. */
    public String label() {
        return label;
    }

    public long bit() {
        return 1L << ordinal();
    }

    /** The category of this name in any case, or null; {@code all} is no category. */
    public static @Nullable AclCategory named(String name) {
        for (AclCategory category : ALL) {
            if (category.label.equalsIgnoreCase(name)) {
                return category;
            }
        }
        return null;
    }
}
