package io.ferrite.module;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Where a module registers what it brings, while it is loaded. Good until {@code load} returns. */
public interface Setup {

    /** The words after the path: of {@code MODULE LOAD}, of {@code loadmodule}, after ARGS. */
    List<String> arguments();

    /** What {@code CONFIG name value} of {@code MODULE LOADEX} said, by name. */
    Map<String, String> settings();

    /**
     * Adds a command.
     *
     * @throws Refusal if there is one of this name
     */
    void command(CommandForm form, CommandCode code);

    /**
     * Adds a type of value. Its name stands in files for ever: nine letters, digits, - or _.
     *
     * @param version of the form that values have in files, 0 to 1023
     * @throws Refusal if there is a type of this name
     */
    ValueType type(String name, int version, ValueForm form);

    /**
     * Asks to hear of events on keys, whatever {@code notify-keyspace-events} says. The listener
     * runs while the command that changed the key does, on any thread: it is brief, and reaches
     * data by {@link Server#run} only.
     */
    void listen(Set<EventKind> kinds, Consumer<KeyEvent> listener);

    /** What outlives the load: the log, timers, work on data. */
    Server server();
}
