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

    /** {@code loadmodule PATH ARGUMENT...}. */
    default void loadModule(List<String> words) {
        throw new ConfigRefusal("loadmodule lines are refused: " + Inert.MODULES);
    }

    /** {@code sentinel ...}: the words after {@code sentinel}, in a Sentinel only. */
    default void sentinel(List<String> words, int line, String text) {
        throw new ConfigRefusal("sentinel directive while not in sentinel mode");
    }
}
