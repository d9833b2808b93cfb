package io.ferrite.module;

/** A type of value that a module has registered. */
public interface ValueType {

    /** Its name in files; what TYPE answers. */
    String name();
}
