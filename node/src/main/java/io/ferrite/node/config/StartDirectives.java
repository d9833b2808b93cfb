package io.ferrite.node.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Collects the lines of a start-up configuration that are no parameters. */
public final class StartDirectives implements Directives {

    private final CommandRenames renames;
    private final UserLines users = new UserLines();
    private final List<List<String>> modules = new ArrayList<>();
    private final Map<String, String> moduleParameters = new LinkedHashMap<>();

    /**
     * Nothing collected.
     *
     * @param isCommand whether a name, in lower case, is one of a command in the table
     */
    public StartDirectives(Predicate<String> isCommand) {
        this.renames = new CommandRenames(isCommand);
    }

    @Override
    public void renameCommand(String from, String to) {
        renames.renameCommand(from, to);
    }

    @Override
    public void user(List<String> words) {
        users.add(words);
    }

    @Override
    public void loadModule(List<String> words) {
        modules.add(List.copyOf(words));
    }

    @Override
    public void moduleParameter(String name, String value) {
        moduleParameters.put(name, value);
    }

    /** What modules are told, by the full names of parameters in lower case. */
    public Map<String, String> moduleParameters() {
        return moduleParameters;
    }

    /** The {@code loadmodule} lines, in order: a path and arguments each. */
    public List<List<String>> modules() {
        return modules;
    }

    public CommandRenames renames() {
        return renames;
    }

    public UserLines users() {
        return users;
    }
}
