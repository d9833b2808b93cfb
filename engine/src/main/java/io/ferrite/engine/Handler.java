package io.ferrite.engine;

/**
 * What a command does. Runs inside one {@link ExecutionUnit}: alone on the keys it named, at one
 * fixed instant, with every side effect going through {@link ExecutionUnit#effects()}.
 */
@FunctionalInterface
public interface Handler {

    /**
     * Runs the command and writes exactly one reply (or none, if the session waits for one that
     * comes later). Refuses by throwing {@link CommandError} before its first write.
     */
    void run(ExecutionUnit unit);
}
