package io.ferrite.durability.rdb;

import java.io.IOException;

/** What was read is no RDB data, or none that can be loaded here. Says why, and where. */
public final class RdbRefusal extends IOException {

    private static final long serialVersionUID = 1;

    private final long position;

    public RdbRefusal(String reason, long position) {
        super(reason + " at offset " + position);
        this.position = position;
    }

    /** How many bytes had been read. */
    public long position() {
        return position;
    }
}
