package io.ferrite.node.config;

import java.util.List;

/**
 * Lines of a configuration file that are no parameters. Each method takes its line or throws {@link
 * ConfigRefusal}.
 */
public interface Directives {

    /** {@code rename-command FROM TO}; an empty name takes the command away. */
    void renameCommand(String from, String to);

    /** {@code user NAME RULE...}: the words after {@code user}. */
    void user(List<String> words);

    /** {@code loadmodule PATH ARGUMENT...}: the words after {@code loadmodule}. */
    default void loadModule(List<String> words) {
        throw new ConfigRefusal("modules are for servers that hold data");
    }

    /** {@code MODULE.PARAMETER VALUE}: what a module that is to be loaded is told. */
    default void moduleParameter(String name, String value) {
        throw new ConfigRefusal("modules are for servers that hold data");
    }

    /** {@code sentinel ...}: the words after {@code sentinel}, in a Sentinel only. */
    default void sentinel(List<String> words, int line, String text) {
        throw new ConfigRefusal("sentinel directive while not in sentinel mode");
    }
}
