package io.ferrite.node.command;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.node.ClientLink;
import io.ferrite.node.Node;
import io.ferrite.node.config.Choices;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.module.LoadedModule;
import io.ferrite.resp.ReplyWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * MODULE and its subcommands. What can be loaded is a Java jar; whoever may load one is told that
 * it did not work, with the reason in the log.
 */
public final class ModuleCommands {

    private static final CommandError FORBIDDEN =
            CommandError.of(
                    "ERR MODULE command not allowed. If the enable-module-command option is set to"
                        + " \"local\", you can run it from a local connection, otherwise you need"
                        + " to set this option in the configuration file, and then restart the"
                        + " server.");

    private static final CommandError FAILED =
            CommandError.of("ERR Error loading the extension. Please check the server logs.");

    private final Node node;

    private ModuleCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        ModuleCommands commands = new ModuleCommands(node);
        table.bind("MODULE|LIST", LockPlan.NONE, commands::list)
                .bind("MODULE|LOAD", LockPlan.ALL, commands::load)
                .bind("MODULE|LOADEX", LockPlan.ALL, commands::loadEx)
                .bind("MODULE|UNLOAD", LockPlan.ALL, commands::unload)
                .bind("MODULE|HELP", LockPlan.NONE, ModuleCommands::help);
    }

    private void requirePermission(ExecutionUnit unit) {
        boolean local = unit.session().outbox() instanceof ClientLink link && link.isLocal();
        Choices.ProtectedAction allowed = node.settings().get(ServerOptions.ENABLE_MODULE_COMMAND);
        if (allowed == Choices.ProtectedAction.NO
                || allowed == Choices.ProtectedAction.LOCAL && !local) {
            throw FORBIDDEN;
        }
    }

    private void list(ExecutionUnit unit) {
        Collection<LoadedModule> modules = node.modules().all();
        unit.reply().array(modules.size());
        modules.forEach(module -> describe(module, unit.reply()));
    }

    static void describe(LoadedModule module, ReplyWriter reply) {
        reply.map(4);
        reply.bulk("name");
        reply.bulk(module.name());
        reply.bulk("ver");
        reply.integer(module.version());
        reply.bulk("path");
        reply.bulk(text(module.path()));
        reply.bulk("args");
        reply.array(module.arguments().size());
        module.arguments().forEach(argument -> reply.bulk(text(argument)));
    }

    private static byte[] text(String word) {
        return word.getBytes(StandardCharsets.UTF_8);
    }

    private static String word(ExecutionUnit unit, int i) {
        return new String(unit.arg(i).toBytes(), StandardCharsets.UTF_8);
    }

    /** MODULE LOAD path [argument ...]. */
    private void load(ExecutionUnit unit) {
        requirePermission(unit);
        load(unit, words(unit, 3), Map.of());
    }

    private static List<String> words(ExecutionUnit unit, int from) {
        List<String> words = new ArrayList<>();
        for (int i = from; i < unit.argc(); i++) {
            words.add(word(unit, i));
        }
        return words;
    }

    private void load(ExecutionUnit unit, List<String> arguments, Map<String, String> settings) {
        unit.requireNames(2);
        if (!node.modules().load(word(unit, 2), arguments, settings)) {
            throw FAILED;
        }
        unit.reply().ok();
    }

    /** MODULE LOADEX path [CONFIG name value ...] [ARGS argument ...]. */
    private void loadEx(ExecutionUnit unit) {
        requirePermission(unit);
        Map<String, String> settings = new LinkedHashMap<>();
        for (int i = 3; i < unit.argc(); i++) {
            if (unit.arg(i).isWord("ARGS")) {
                load(unit, words(unit, i + 1), settings);
                return;
            }
            if (!unit.arg(i).isWord("CONFIG") || i + 2 >= unit.argc()) {
                node.log().notice("CONFIG specified incorrect values");
                throw FAILED;
            }
            settings.put(word(unit, i + 1), word(unit, i + 2));
            i += 2;
        }
        load(unit, List.of(), settings);
    }

    private void unload(ExecutionUnit unit) {
        requirePermission(unit);
        String name = word(unit, 2);
        String stays = node.modules().unload(name);
        if (stays != null) {
            node.log().warning("Error unloading module " + name + ": " + stays);
            throw CommandError.of("ERR Error unloading module: " + stays);
        }
        unit.reply().ok();
    }

    private static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "MODULE",
                "LIST",
                "    Return a list of loaded modules.",
                "LOAD <path> [<arg> ...]",
                "    Load a module library from <path>, passing to it any optional arguments.",
                "LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
                "    Load a module library from <path>, while passing it module configurations and"
                        + " optional arguments.",
                "UNLOAD <name>",
                "    Unload a module.");
    }
}
