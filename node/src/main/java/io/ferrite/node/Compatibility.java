package io.ferrite.node;

/** What clients that look are told about the server they talk to. */
public final class Compatibility {

    /** The version of Redis whose commands and replies this server gives. */
    public static final String REDIS_VERSION = "7.2.4";

    private Compatibility() {}
}
