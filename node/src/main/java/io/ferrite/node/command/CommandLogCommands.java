package io.ferrite.node.command;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.node.Node;
import io.ferrite.node.NotableCommands;
import io.ferrite.node.NotableCommands.Kind;
import io.ferrite.node.SlowLog;
import io.ferrite.resp.ReplyWriter;
import java.util.List;

/** SLOWLOG and COMMANDLOG: commands that were slow, or whose request or reply was large. */
final class CommandLogCommands {

    private static final CommandError COUNT_RANGE =
            CommandError.of("ERR count should be greater than or equal to -1");
    private static final CommandError BAD_TYPE =
            CommandError.of(
                    "ERR type should be one of the following: slow, large-request, large-reply");

    private final NotableCommands notable;

    private CommandLogCommands(Node node) {
        this.notable = node.notable();
    }

    static void register(CommandTable.Builder table, Node node) {
        CommandLogCommands commands = new CommandLogCommands(node);
        table.bind("SLOWLOG|GET", LockPlan.NONE, commands::slowlogGet)
                .bind("SLOWLOG|LEN", LockPlan.NONE, unit -> commands.length(unit, Kind.SLOW))
                .bind("SLOWLOG|RESET", LockPlan.NONE, unit -> commands.reset(unit, Kind.SLOW))
                .bind("SLOWLOG|HELP", LockPlan.NONE, CommandLogCommands::slowlogHelp)
                .bind("COMMANDLOG|GET", LockPlan.NONE, commands::get)
                .bind("COMMANDLOG|LEN", LockPlan.NONE, unit -> commands.length(unit, kind(unit, 2)))
                .bind(
                        "COMMANDLOG|RESET",
                        LockPlan.NONE,
                        unit -> commands.reset(unit, kind(unit, 2)))
                .bind("COMMANDLOG|HELP", LockPlan.NONE, CommandLogCommands::help);
    }

    private static Kind kind(ExecutionUnit unit, int argument) {
        Slice word = unit.arg(argument);
        if (word.isWord("SLOW")) {
            return Kind.SLOW;
        }
        if (word.isWord("LARGE-REQUEST")) {
            return Kind.LARGE_REQUEST;
        }
        if (word.isWord("LARGE-REPLY")) {
            return Kind.LARGE_REPLY;
        }
        throw BAD_TYPE;
    }

    /** SLOWLOG GET [count]. */
    private void slowlogGet(ExecutionUnit unit) {
        if (unit.argc() > 3) {
            throw CommandError.arity("slowlog|get");
        }
        show(unit, notable.log(Kind.SLOW).newest(unit.argc() == 3 ? count(unit) : 10));
    }

    /** COMMANDLOG GET count type [RECENCY | MAGNITUDE]. */
    private void get(ExecutionUnit unit) {
        if (unit.argc() > 5) {
            throw CommandError.arity("commandlog|get");
        }
        long count = count(unit);
        SlowLog log = notable.log(kind(unit, 3));
        boolean magnitude = unit.argc() == 5 && unit.arg(4).isWord("MAGNITUDE");
        if (unit.argc() == 5 && !magnitude && !unit.arg(4).isWord("RECENCY")) {
            throw CommandError.SYNTAX;
        }
        show(unit, magnitude ? log.largest(count) : log.newest(count));
    }

    private static long count(ExecutionUnit unit) {
        long count = Numbers.integer(unit.arg(2), COUNT_RANGE);
        if (count < -1) {
            throw COUNT_RANGE;
        }
        return count;
    }

    private static void show(ExecutionUnit unit, List<SlowLog.Entry> entries) {
        ReplyWriter reply = unit.reply();
        reply.array(entries.size());
        for (SlowLog.Entry entry : entries) {
            reply.array(6);
            reply.integer(entry.id());
            reply.integer(entry.unixSeconds());
            reply.integer(entry.value());
            reply.array(entry.arguments().size());
            for (byte[] argument : entry.arguments()) {
                reply.bulk(argument);
            }
            reply.bulk(entry.client());
            reply.bulk(entry.name());
        }
    }

    private void length(ExecutionUnit unit, Kind kind) {
        unit.reply().integer(notable.log(kind).size());
    }

    private void reset(ExecutionUnit unit, Kind kind) {
        notable.log(kind).reset();
        unit.reply().ok();
    }

    private static void slowlogHelp(ExecutionUnit unit) {
        unit.replyHelp(
                "SLOWLOG",
                "GET [<count>]",
                "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
                "    Entries are made of:",
                "    id, timestamp, time in microseconds, arguments array, client IP and port,",
                "    client name",
                "LEN",
                "    Return the length of the slowlog.",
                "RESET",
                "    Reset the slowlog.");
    }

    private static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "COMMANDLOG",
                "GET <count> (SLOW|LARGE-REQUEST|LARGE-REPLY) [RECENCY|MAGNITUDE]",
                "    Show that many commands, -1 for all: the newest, or the slowest or largest.",
                "    Each with id, timestamp, microseconds or bytes, arguments, address, name.",
                "LEN (SLOW|LARGE-REQUEST|LARGE-REPLY)",
                "    Show how many newest commands are kept.",
                "RESET (SLOW|LARGE-REQUEST|LARGE-REPLY)",
                "    Forget them.");
    }
}
