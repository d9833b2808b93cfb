package io.ferrite.scripting;

import java.util.List;

/** Takes the functions that a library registers while it is loaded. */
public interface FunctionSink {

    /**
     * A function is registered.
     *
     * @param description null if there is none
     * @param flags as they were spelled
     * @param reference what to run it by
     * @return null, or why it is refused
     */
    String add(String name, String description, List<String> flags, int reference);

    /** Whether there is such a flag, in any case. */
    boolean isFlag(String flag);
}
