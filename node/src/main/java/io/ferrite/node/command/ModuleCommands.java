package io.ferrite.node.command;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.node.ClientLink;
import io.ferrite.node.Node;
import io.ferrite.node.config.Choices;
import io.ferrite.node.config.ServerOptions;

/**
 * MODULE and its subcommands. No module can be loaded yet: the list is empty, and whoever may load
 * one is told that it did not work, with the reason in the log.
 */
public final class ModuleCommands {

    private static final CommandError FORBIDDEN =
            CommandError.of(
                    "ERR MODULE command not allowed. If the enable-module-command option is set to"
                        + " \"local\", you can run it from a local connection, otherwise you need"
                        + " to set this option in the configuration file, and then restart the"
                        + " server.");

    private final Node node;

    private ModuleCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        ModuleCommands commands = new ModuleCommands(node);
        table.bind("MODULE|LIST", LockPlan.NONE, unit -> unit.reply().array(0))
                .bind("MODULE|LOAD", LockPlan.NONE, commands::load)
                .bind("MODULE|LOADEX", LockPlan.NONE, commands::load)
                .bind("MODULE|UNLOAD", LockPlan.NONE, commands::unload)
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

    private void load(ExecutionUnit unit) {
        requirePermission(unit);
        node.log().warning("Module not loaded: this version of Ferrite has no modules");
        throw CommandError.of("ERR Error loading the extension. Please check the server logs.");
    }

    private void unload(ExecutionUnit unit) {
        requirePermission(unit);
        throw CommandError.of("ERR Error unloading module: no such module with that name");
    }

    private static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "MODULE",
                "LIST",
                "    Return a list of loaded modules.",
                "LOAD <path> [<arg> ...]",
                "    Load a module library from <path>, passing to it any optional arguments.",
                "LOADEX <path> [[CONFIG NAME VALUE]...] [ARGS ...]",
                "    Load a module library from <path>, while passing it module configurations and"
                        + " optional arguments.",
                "UNLOAD <name>",
                "    Unload a module.");
    }
}
