package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.Session;

/** maxmemory: makes room before a command that would take more, or refuses it. */
interface MemoryLimit {

    /** Null when the command may run; else the error line. Called outside any stripe. */
    String admit(Dispatcher dispatcher, Session session, Command command);
}
