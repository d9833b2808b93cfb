package io.ferrite.module;

import java.time.Duration;
import java.util.function.Consumer;

/** The server around a module. Any thread may use it, until the module is unloaded. */
public interface Server {

    /** A line in the server's log, marked with the module's name. */
    void log(String line);

    /**
     * Runs work on data, soon, alone in the whole server, in one database. What it throws is
     * logged.
     */
    void run(int database, Consumer<Data> work);

    /** As {@link #run}, once, after a while. */
    Timer after(Duration delay, int database, Consumer<Data> work);
}
