package io.ferrite.module;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Where a module registers what it brings, while it is loaded. Good until {@code load} returns. */
public interface Setup {

    /** The words after the path: of {@code MODULE LOAD}, of {@code loadmodule}, after ARGS. */
    List<String> arguments();

    /**
     * What {@code CONFIG name value} of {@code MODULE LOADEX} said, by name as it stood there. A
     * module that never asks for it is refused if one of them is no {@link #parameter} of its own.
     */
    Map<String, String> settings();

    /**
     * Adds a command.
     *
     * @throws Refusal if there is one of this name
     */
    void command(CommandForm form, CommandCode code);

    /**
     * Adds a command that is nothing but a container of subcommands.
     *
     * @throws Refusal if there is a command of this name
     */
    void container(String name, String summary);

    /**
     * Adds a subcommand to a container of this module: {@code tally.admin reset k} is {@code reset}
     * of {@code tally.admin}. Counted are the words of the whole request, so its name is argument 1
     * and its arity at least 2.
     *
     * @throws Refusal if there is one of this name, or no such container
     */
    void subcommand(String container, CommandForm form, CommandCode code);

    /**
     * Adds a parameter of CONFIG; its full name has the module's and a dot in front. Its value is
     * at once what the configuration file or {@code MODULE LOADEX} says, or the standard.
     *
     * @param hears is told each value before it is in force, this first one too, and may refuse it
     *     with a {@link Refusal}; if several parameters are set together and another is refused, it
     *     is told the former value again. Called on any thread, one after the other; it is brief
     * @throws Refusal if there is one of this name, or the first value is refused
     */
    <T> Parameter<T> parameter(ParameterForm<T> form, Consumer<T> hears);

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
