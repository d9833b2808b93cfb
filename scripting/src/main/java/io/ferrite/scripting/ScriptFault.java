package io.ferrite.scripting;

/** A script that does not compile, or a library that cannot be loaded; the message says why. */
public final class ScriptFault extends Exception {

    private static final long serialVersionUID = 1L;

    public ScriptFault(String message) {
        super(message, null, false, false);
    }
}
