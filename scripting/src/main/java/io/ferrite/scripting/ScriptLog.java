package io.ferrite.scripting;

/** Where {@code redis.log} goes. */
public interface ScriptLog {

    /** Whether a line of this level, 0 (debug) to 3 (warning), is logged at all. */
    boolean logs(int level);

    void log(int level, String line);
}
