package io.ferrite.node.config;

/**
 * A configuration value that is not taken, with the reason a user reads. Expected, so it has no
 * stack trace; the text is part of the protocol (CONFIG SET) and of the start-up error block.
 */
public final class ConfigRefusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ConfigRefusal(String reason) {
        super(reason, null, false, false);
    }
}
