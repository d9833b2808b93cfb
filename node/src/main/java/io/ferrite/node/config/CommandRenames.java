package io.ferrite.node.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** The commands that {@code rename-command} lines renamed or took away. */
public final class CommandRenames {
    private final Predicate<String> isCommand;

    /** Names in lower case: the name a client sends to the command it means; empty for none. */
    private final Map<String, String> meanings = new LinkedHashMap<>();

    /**
     * No renames.
     *
     * @param isCommand whether a name, in lower case, is one of a command in the table
     */
    public CommandRenames(Predicate<String> isCommand) {
        this.isCommand = isCommand;
    }

    void renameCommand(String from, String to) {
        String command = meaning(Words.lowerCase(from));
        if (command.isEmpty()) {
            throw new ConfigRefusal("No such command in rename-command");
        }
        meanings.put(Words.lowerCase(from), "");
        if (to.isEmpty()) {
            return;
        }
        if (!meaning(Words.lowerCase(to)).isEmpty()) {
            throw new ConfigRefusal("Target command name already exists");
        }
        meanings.put(Words.lowerCase(to), command);
    }

    private String meaning(String name) {
        String meaning = meanings.get(name);
        if (meaning != null) {
            return meaning;
        }
        return isCommand.test(name) ? name : "";
    }

    /** Every name whose meaning changed: to another command, or to none (empty). */
    public Map<String, String> meanings() {
        return Map.copyOf(meanings);
    }
}
