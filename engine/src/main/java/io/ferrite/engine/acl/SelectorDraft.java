package io.ferrite.engine.acl;

import io.ferrite.spec.AclCategory;
import io.ferrite.spec.CommandCatalog;
import io.ferrite.spec.CommandSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A {@link Selector} in the making: rules are applied to it one by one. */
final class SelectorDraft {

    private static final CommandCatalog CATALOG = CommandCatalog.load();

    boolean allKeys;
    boolean allChannels;
    boolean allCommands;
    boolean future;
    final long[] commands;

    /** Access by pattern. */
    final Map<String, Integer> keys = new LinkedHashMap<>();

    final Set<String> channels = new LinkedHashSet<>();

    /** The command rules since the last one about all commands, each with whether it allows. */
    private final Map<String, Boolean> rules = new LinkedHashMap<>();

    private final Map<Integer, List<String>> firstArguments = new HashMap<>();

    /** No permissions but, if so set, for channels. */
    SelectorDraft(boolean allChannels) {
        this.allChannels = allChannels;
        this.commands = new long[(CATALOG.ids() >> 6) + 1];
    }

    SelectorDraft(Selector from, long[] commands, Map<Integer, List<String>> firstArguments) {
        this.allKeys = from.allKeys;
        this.allChannels = from.allChannels;
        this.allCommands = from.allCommands;
        this.future = from.future;
        this.commands = commands.clone();
        from.keys.forEach(pattern -> keys.put(pattern.text(), pattern.access()));
        from.channels.forEach(pattern -> channels.add(pattern.text()));
        firstArguments.forEach((id, list) -> this.firstArguments.put(id, new ArrayList<>(list)));
        if (!from.rules().isEmpty()) {
            for (String rule : from.rules().split(" ")) {
                rules.put(rule.substring(1), rule.charAt(0) == '+');
            }
        }
    }

    Map<Integer, List<String>> copyOfFirstArguments() {
        Map<Integer, List<String>> copy = new HashMap<>();
        firstArguments.forEach((id, list) -> copy.put(id, List.copyOf(list)));
        return Map.copyOf(copy);
    }

    /** The command rules in order, separated by blanks. */
    String rules() {
        StringBuilder out = new StringBuilder();
        rules.forEach((rule, allows) -> {
            if (!out.isEmpty()) {
                out.append(' ');
            }
            out.append(allows ? '+' : '-').append(rule);
        });
        return out.toString();
    }

    /**
     * Applies one rule.
     *
     * @throws RuleError if there is no such rule; nothing has changed then
     */
    void apply(String rule) {
        switch (Rules.lowerCase(rule)) {
            case "allkeys", "~*" -> setAllKeys(true);
            case "resetkeys" -> setAllKeys(false);
            case "allchannels", "&*" -> setAllChannels(true);
            case "resetchannels" -> setAllChannels(false);
            case "allcommands", "+@all" -> setAllCommands(true);
            case "nocommands", "-@all" -> setAllCommands(false);
            default -> applyOther(rule);
        }
    }

    private void applyOther(String rule) {
        switch (rule.isEmpty() ? 0 : rule.charAt(0)) {
            case '~' -> addKeys(rule.substring(1), Selector.READ | Selector.WRITE);
            case '%' -> addKeysWithAccess(rule);
            case '&' -> addChannels(rule.substring(1));
            case '+', '-' -> {
                boolean allow = rule.charAt(0) == '+';
                String name = rule.substring(1);
                if (name.startsWith("@")) {
                    category(name, allow);
                } else if (allow) {
                    allow(name);
                } else {
                    deny(name);
                }
            }
            default -> throw new RuleError(RuleError.Kind.SYNTAX);
        }
    }

    private void setAllKeys(boolean all) {
        allKeys = all;
        keys.clear();
    }

    void setAllChannels(boolean all) {
        allChannels = all;
        channels.clear();
    }

    private void setAllCommands(boolean all) {
        Arrays.fill(commands, all ? -1L : 0L);
        allCommands = all;
        future = all;
        rules.clear();
        firstArguments.clear();
    }

    // --- keys and channels -----------------------------------------------------------------------

    /** {@code %R~pattern}, {@code %W~pattern}, {@code %RW~pattern}, in any case and order. */
    private void addKeysWithAccess(String rule) {
        requireSomeKeys();
        int access = 0;
        int at = 1;
        while (at < rule.length() && rule.charAt(at) != '~') {
            int more =
                    switch (rule.charAt(at)) {
                        case 'R', 'r' -> Selector.READ;
                        case 'W', 'w' -> Selector.WRITE;
                        default -> 0;
                    };
            if (more == 0 || (access & more) != 0) {
                throw new RuleError(RuleError.Kind.SYNTAX);
            }
            access |= more;
            at++;
        }
        if (access == 0 || at == rule.length()) {
            throw new RuleError(RuleError.Kind.SYNTAX);
        }
        addKeys(rule.substring(at + 1), access);
    }

    private void addKeys(String pattern, int access) {
        requireSomeKeys();
        if (Rules.hasSpaces(pattern)) {
            throw new RuleError(RuleError.Kind.SYNTAX);
        }
        keys.merge(pattern, access, (a, b) -> a | b);
    }

    private void requireSomeKeys() {
        if (allKeys) {
            throw new RuleError(RuleError.Kind.PATTERN_AFTER_ALL);
        }
    }

    private void addChannels(String pattern) {
        if (allChannels) {
            throw new RuleError(RuleError.Kind.CHANNEL_AFTER_ALL);
        }
        if (Rules.hasSpaces(pattern)) {
            throw new RuleError(RuleError.Kind.SYNTAX);
        }
        channels.add(pattern);
    }

    // --- commands --------------------------------------------------------------------------------

    private void category(String name, boolean allow) {
        AclCategory category = AclCategory.named(name.substring(1));
        if (category == null) {
            throw new RuleError(RuleError.Kind.UNKNOWN);
        }
        note(name, allow);
        for (CommandSpec spec : CATALOG.all()) {
            if (spec.in(category)) {
                change(spec, allow);
            }
        }
    }

    private void allow(String name) {
        int bar = name.lastIndexOf('|');
        if (bar < 0) {
            CommandSpec spec = require(name);
            change(spec, true);
            note(spec.name(), true);
            return;
        }
        CommandSpec spec = require(name.substring(0, bar));
        if (spec.parent() != null) {
            throw new RuleError(RuleError.Kind.FIRST_ARGUMENT_OF_SUBCOMMAND);
        }
        String rest = name.substring(bar + 1);
        if (rest.isEmpty() || Rules.hasSpaces(rest)) {
            throw new RuleError(RuleError.Kind.SYNTAX);
        }
        if (spec.isContainer()) {
            change(require(name), true);
        } else {
            allowFirstArgument(spec.id(), rest);
        }
        note(name, true);
    }

    private void deny(String name) {
        CommandSpec spec = require(name);
        change(spec, false);
        note(spec.name(), false);
    }

    private static CommandSpec require(String name) {
        CommandSpec spec = CATALOG.find(Rules.lowerCase(name));
        if (spec == null) {
            throw new RuleError(RuleError.Kind.UNKNOWN);
        }
        return spec;
    }

    /** Sets the bit of a command, and those of its subcommands. */
    private void change(CommandSpec spec, boolean allow) {
        setBit(spec.id(), allow);
        firstArguments.remove(spec.id());
        for (CommandSpec subcommand : spec.subcommands()) {
            setBit(subcommand.id(), allow);
        }
    }

    private void setBit(int id, boolean allow) {
        if (allow) {
            commands[id >> 6] |= 1L << id;
        } else {
            commands[id >> 6] &= ~(1L << id);
            allCommands = false;
        }
    }

    private void allowFirstArgument(int id, String argument) {
        List<String> list = firstArguments.computeIfAbsent(id, unused -> new ArrayList<>());
        if (list.stream().noneMatch(argument::equalsIgnoreCase)) {
            list.add(argument);
        }
    }

    /**
     * Makes the permissions anew from their rules: other commands exist now. A rule about one that
     * is gone stays, without effect.
     */
    void renew() {
        Map<String, Boolean> kept = new LinkedHashMap<>(rules);
        setAllCommands(future);
        kept.forEach((rule, allows) -> {
            try {
                applyOther((allows ? "+" : "-") + rule);
            } catch (RuleError gone) {
                rules.put(rule, allows);
            }
        });
    }

    /**
     * Keeps a rule for descriptions, at the end, because later rules win; what it makes pointless
     * goes: the same rule from before, and those about its subcommands.
     */
    private void note(String name, boolean allow) {
        String rule = Rules.lowerCase(name);
        rules.remove(rule);
        if (rule.indexOf('|') < 0) {
            String prefix = rule + "|";
            rules.keySet().removeIf(old -> old.startsWith(prefix));
        }
        rules.put(rule, allow);
    }
}
