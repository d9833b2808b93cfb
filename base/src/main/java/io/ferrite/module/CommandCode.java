package io.ferrite.module;

/**
 * What a command does. Runs alone on the keys that its form names, at one fixed instant, on any
 * thread. Writes exactly one reply, or {@link Call#block}s its client and sees to the reply later.
 */
@FunctionalInterface
public interface CommandCode {

    /** Runs the command. What it throws becomes an error reply. */
    void run(Call call);
}
