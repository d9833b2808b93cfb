package io.ferrite.engine.server;

import io.ferrite.base.Glob;
import io.ferrite.engine.ArgReader;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.memory.Args;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.spec.AclCategory;
import io.ferrite.spec.CommandSpec;
import io.ferrite.spec.KeyFinder;
import io.ferrite.spec.KeyRefs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * COMMAND: what commands there are. It tells of those only that this process runs, whatever else
 * the catalog knows.
 */
public final class CommandCommands {

    private static final CommandError NO_SUCH_COMMAND =
            CommandError.of("ERR Invalid command specified");
    private static final CommandError NO_KEYS =
            CommandError.of("ERR The command has no key arguments");
    private static final CommandError WRONG_COUNT =
            CommandError.of("ERR Invalid number of arguments specified for command");
    private static final CommandError WRONG_ARGUMENTS =
            CommandError.of("ERR Invalid arguments specified for command");

    private CommandCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("COMMAND", LockPlan.NONE, CommandCommands::infoOfAll)
                .bind("COMMAND|COUNT", LockPlan.NONE, CommandCommands::count)
                .bind("COMMAND|DOCS", LockPlan.NONE, CommandCommands::docs)
                .bind("COMMAND|GETKEYS", LockPlan.NONE, unit -> keys(unit, false))
                .bind("COMMAND|GETKEYSANDFLAGS", LockPlan.NONE, unit -> keys(unit, true))
                .bind("COMMAND|HELP", LockPlan.NONE, CommandCommands::help)
                .bind("COMMAND|INFO", LockPlan.NONE, CommandCommands::info)
                .bind("COMMAND|LIST", LockPlan.NONE, CommandCommands::list);
    }

    // --- which commands --------------------------------------------------------------------------

    private static boolean runs(CommandTable table, CommandSpec spec) {
        if (table.of(spec) != null) {
            return true;
        }
        for (CommandSpec sub : spec.subcommands()) {
            if (table.of(sub) != null) {
                return true;
            }
        }
        return false;
    }

    /** Those of {@code specs} that run here, in their order. */
    static List<CommandSpec> running(CommandTable table, Iterable<CommandSpec> specs) {
        List<CommandSpec> running = new ArrayList<>();
        for (CommandSpec spec : specs) {
            if (runs(table, spec)) {
                running.add(spec);
            }
        }
        return running;
    }

    private static List<CommandSpec> running(ExecutionUnit unit) {
        CommandTable table = unit.engine().commands();
        return running(table, table.catalog().commands());
    }

    /** The command or subcommand of a full name such as {@code config|get}, or null. */
    private static CommandSpec named(ExecutionUnit unit, Slice name) {
        CommandTable table = unit.engine().commands();
        CommandSpec spec = table.catalog().find(name.toString());
        return spec != null && runs(table, spec) ? spec : null;
    }

    // --- handlers --------------------------------------------------------------------------------

    static void count(ExecutionUnit unit) {
        unit.reply().integer(running(unit).size());
    }

    static void infoOfAll(ExecutionUnit unit) {
        List<CommandSpec> specs = running(unit);
        CommandReplies replies = new CommandReplies(unit);
        unit.reply().array(specs.size());
        specs.forEach(replies::info);
    }

    static void info(ExecutionUnit unit) {
        if (unit.argc() == 2) {
            infoOfAll(unit);
            return;
        }
        CommandReplies replies = new CommandReplies(unit);
        unit.reply().array(unit.argc() - 2);
        for (int i = 2; i < unit.argc(); i++) {
            CommandSpec spec = named(unit, unit.arg(i));
            if (spec == null) {
                unit.reply().nil();
            } else {
                replies.info(spec);
            }
        }
    }

    static void docs(ExecutionUnit unit) {
        List<CommandSpec> specs = new ArrayList<>();
        if (unit.argc() == 2) {
            specs = running(unit);
        }
        for (int i = 2; i < unit.argc(); i++) {
            CommandSpec spec = named(unit, unit.arg(i));
            if (spec != null) {
                specs.add(spec);
            }
        }
        CommandReplies replies = new CommandReplies(unit);
        unit.reply().map(specs.size());
        for (CommandSpec spec : specs) {
            unit.reply().bulk(spec.name());
            replies.docs(spec);
        }
    }

    static void list(ExecutionUnit unit) {
        Predicate<CommandSpec> filter = filter(unit);
        List<String> names = new ArrayList<>();
        for (CommandSpec spec : running(unit)) {
            if (filter.test(spec)) {
                names.add(spec.name());
            }
            for (CommandSpec sub : running(unit.engine().commands(), spec.subcommands())) {
                if (filter.test(sub)) {
                    names.add(sub.name());
                }
            }
        }
        unit.reply().array(names.size());
        names.forEach(unit.reply()::bulk);
    }

    /** [FILTERBY MODULE name | ACLCAT category | PATTERN pattern] */
    private static Predicate<CommandSpec> filter(ExecutionUnit unit) {
        ArgReader args = new ArgReader(unit, 2);
        Predicate<CommandSpec> filter = spec -> true;
        while (args.hasNext()) {
            if (!args.take("FILTERBY", 1) || args.remaining() != 2) {
                throw CommandError.SYNTAX;
            }
            if (args.take("MODULE")) {
                String module = args.next().toString();
                filter = spec -> module.equals(spec.module());
            } else if (args.take("ACLCAT")) {
                AclCategory category = AclCategory.named(args.next().toString());
                filter = spec -> category != null && spec.in(category);
            } else if (args.take("PATTERN")) {
                Glob glob = Glob.of(args.next().toBytes(), true);
                filter = spec -> glob.matches(spec.name().getBytes(StandardCharsets.US_ASCII));
            } else {
                throw CommandError.SYNTAX;
            }
        }
        return filter;
    }

    /** The call that COMMAND GETKEYS is asked about, as arguments of its own. */
    private record Call(Request request) implements Args {

        private static final int FIRST = 2;

        @Override
        public int count() {
            return request.count() - FIRST;
        }

        @Override
        public long address(int i) {
            return request.address(i + FIRST);
        }

        @Override
        public int length(int i) {
            return request.length(i + FIRST);
        }
    }

    private static void keys(ExecutionUnit unit, boolean withFlags) {
        Call call = new Call(unit.request());
        CommandTable table = unit.engine().commands();
        CommandSpec spec = table.catalog().find(call.address(0), call.length(0));
        if (spec != null && spec.isContainer() && call.count() > 1) {
            spec = spec.subcommand(call.address(1), call.length(1));
        }
        if (spec == null || !runs(table, spec)) {
            throw NO_SUCH_COMMAND;
        }
        if (!spec.mayHaveKeys()) {
            throw NO_KEYS;
        }
        if (!spec.accepts(call.count())) {
            throw WRONG_COUNT;
        }
        KeyRefs keys = new KeyRefs();
        int count = new KeyFinder().find(spec, call, keys);
        if (count < 0) {
            throw WRONG_ARGUMENTS;
        }
        ReplyWriter reply = unit.reply();
        CommandReplies replies = new CommandReplies(unit);
        reply.array(count);
        for (int i = 0; i < count; i++) {
            int key = keys.position(i);
            if (withFlags) {
                reply.array(2);
            }
            reply.bulk(call.address(key), call.length(key));
            if (withFlags) {
                replies.keyFlags(keys.flags(i));
            }
        }
    }

    static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "COMMAND",
                "(no subcommand)",
                "    Describe all commands.",
                "COUNT",
                "    Return the number of commands.",
                "DOCS [<command-name> ...]",
                "    Return the documentation of these commands, or of all.",
                "GETKEYS <full-command>",
                "    Return the keys of a command with its arguments.",
                "GETKEYSANDFLAGS <full-command>",
                "    Return the keys of a command with its arguments, and what happens to them.",
                "INFO [<command-name> ...]",
                "    Describe these commands, or all.",
                "LIST [FILTERBY (MODULE <module-name>|ACLCAT <category>|PATTERN <pattern>)]",
                "    Return the names of all commands, or of those that pass the filter.");
    }
}
