package io.ferrite.coordination.sentinel;

/** What is known of host names. Asking never waits: who does not know yet finds out meanwhile. */
@FunctionalInterface
public interface Names {

    /** Knows no names. */
    Names NONE = host -> null;

    /** The address in numbers that a name stands for, or null. */
    String ip(String host);
}
