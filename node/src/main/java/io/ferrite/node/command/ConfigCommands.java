package io.ferrite.node.command;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.node.ClientLink;
import io.ferrite.node.Node;
import io.ferrite.node.ServerState;
import io.ferrite.node.config.ConfigService;
import java.util.Map;
import java.util.Optional;

/** CONFIG: {@link ConfigService} for clients. */
public final class ConfigCommands {

    private final Node node;

    private ConfigCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        ConfigCommands commands = new ConfigCommands(node);
        table.bind("CONFIG|GET", LockPlan.NONE, commands::get)
                .bind("CONFIG|SET", LockPlan.NONE, commands::set)
                .bind("CONFIG|REWRITE", LockPlan.NONE, commands::rewrite)
                .bind("CONFIG|RESETSTAT", LockPlan.NONE, commands::resetstat)
                .bind("CONFIG|HELP", LockPlan.NONE, ConfigCommands::help);
    }

    private ConfigService service() {
        return node.parts().config();
    }

    private void get(ExecutionUnit unit) {
        Map<String, String> found = service().get(Arguments.texts(unit, 2));
        unit.reply().map(found.size());
        found.forEach((name, value) -> {
            unit.reply().bulk(name);
            unit.reply().bulk(value);
        });
    }

    private void set(ExecutionUnit unit) {
        ClientLink link = ClientLink.of(unit.session());
        ConfigService.Caller caller =
                new ConfigService.Caller(
                        link != null && link.isLocal(), node.state().is(ServerState.LOADING));
        answer(unit, service().set(Arguments.texts(unit, 2), caller));
    }

    private void rewrite(ExecutionUnit unit) {
        answer(unit, service().rewrite());
    }

    private static void answer(ExecutionUnit unit, Optional<String> refusal) {
        if (refusal.isPresent()) {
            throw CommandError.of(refusal.get());
        }
        unit.reply().ok();
    }

    private void resetstat(ExecutionUnit unit) {
        service().resetStatistics();
        unit.reply().ok();
    }

    private static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "CONFIG",
                "GET <pattern> [<pattern> ...]",
                "    Show the parameters whose names match, with their values.",
                "SET <directive> <value> [<directive> <value> ...]",
                "    Change parameters, all of them or none.",
                "RESETSTAT",
                "    Begin the counters of INFO anew.",
                "REWRITE",
                "    Write the parameters in use into the configuration file.");
    }
}
