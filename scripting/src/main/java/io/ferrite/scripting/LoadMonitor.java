package io.ferrite.scripting;

/** The server around the code of a library while it is loaded. */
public interface LoadMonitor extends ScriptLog {

    /**
     * Asked every fraction of a millisecond.
     *
     * @return null, or the error that ends the loading
     */
    String interrupt();
}
