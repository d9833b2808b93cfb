package io.ferrite.module;

/** Work that is to come. A module that has some cannot be unloaded. Any thread. */
public interface Timer {

    /** The work does not come; false if it has begun already. */
    boolean cancel();
}
