package io.ferrite.durability.rdb;

import java.io.IOException;

/** What was read is no RDB data, or none that can be loaded here. Says why, and where. */
public final class RdbRefusal extends IOException {

    private static final long serialVersionUID = 1;

    /** What is wrong with it. */
    public enum Kind {
        /** It does not begin as an RDB does, or its version is not known. */
        HEADER,
        /** It is sound, but this server cannot hold it. */
        DATASET,
        /** The checksum at its end is wrong. */
        CHECKSUM,
        /** Anything else. */
        DAMAGE
    }

    private final Kind kind;
    private final String reason;
    private final long position;

    public RdbRefusal(String reason, long position) {
        this(Kind.DAMAGE, reason, position);
    }

    public RdbRefusal(Kind kind, String reason, long position) {
        super(reason + " at offset " + position);
        this.kind = kind;
        this.reason = reason;
        this.position = position;
    }

    public Kind kind() {
        return kind;
    }

    /** The message without the place. */
    public String reason() {
        return reason;
    }

    /** How many bytes had been read. */
    public long position() {
        return position;
    }
}
