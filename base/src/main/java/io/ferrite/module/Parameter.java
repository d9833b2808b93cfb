package io.ferrite.module;

/** A parameter of CONFIG that a module has added. Any thread. */
public interface Parameter<T> {

    /** Its full name, {@code tally.limit}. */
    String name();

    /** The value in force. */
    T value();
}
