package io.ferrite.module;

/**
 * A module: one class of a jar, named in its {@code META-INF/services/io.ferrite.module.Module},
 * with a public constructor without parameters. It is made anew each time the jar is loaded, by a
 * class loader of its own.
 *
 * <p>What its code throws is an error reply, or a line in the log where nobody waits for a reply;
 * never the end of the server.
 */
public interface Module {

    /** The name by which MODULE LIST and MODULE UNLOAD know it: letters, digits, - and _. */
    String name();

    /** A number for MODULE LIST. */
    int version();

    /**
     * Registers what the module brings. What it has registered is there once this returns.
     *
     * @throws Refusal if it cannot be used; the reason is logged, and nothing stays registered
     */
    void load(Setup setup);

    /**
     * The module goes: what it started itself, such as threads, has to end. No more of its code is
     * called afterwards but by itself.
     *
     * @throws Refusal if it must stay
     */
    default void unload() {}
}
