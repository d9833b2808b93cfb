package io.ferrite.node.sentinel;

import io.ferrite.coordination.sentinel.Address;
import io.ferrite.coordination.sentinel.Effect;
import io.ferrite.coordination.sentinel.GlobalSettings;
import io.ferrite.coordination.sentinel.Input;
import io.ferrite.coordination.sentinel.SentinelState;
import io.ferrite.coordination.sentinel.Timing;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.Session;
import io.ferrite.node.log.LogLevel;
import io.ferrite.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** What a Sentinel is told: commands that change what it does. */
final class SentinelOrders {

    private static final CommandError BAD_QUORUM = CommandError.of("ERR Invalid quorum");
    private static final CommandError BAD_PORT = CommandError.of("ERR Invalid port");
    private static final CommandError BAD_FAILURE =
            CommandError.of("ERR Unknown failure simulation specified");
    private static final CommandError ONLY_GET_AND_SET =
            CommandError.of(
                    "ERR Only SENTINEL CONFIG GET <param> [<param> <param> ...]/ SET <param>"
                            + " <value> [<param> <value> ...] are supported.");

    private final Supplier<SentinelService> service;

    SentinelOrders(Supplier<SentinelService> service) {
        this.service = service;
    }

    void register(CommandTable.Builder table) {
        SentinelCommands.bind(table, "MONITOR", this::monitor);
        SentinelCommands.bind(table, "REMOVE", this::remove);
        SentinelCommands.bind(table, "RESET", this::reset);
        SentinelCommands.bind(table, "FAILOVER", this::failOver);
        SentinelCommands.bind(table, "SET", this::set);
        SentinelCommands.bind(table, "CONFIG", this::config);
        SentinelCommands.bind(table, "FLUSHCONFIG", this::flush);
        SentinelCommands.bind(table, "DEBUG", this::debug);
        SentinelCommands.bind(table, "SIMULATE-FAILURE", this::simulateFailure);
    }

    private void order(ExecutionUnit unit, LongFunction<Input> question) {
        answer(unit.reply(), service.get().ask(question));
    }

    private static void answer(ReplyWriter reply, Effect.Outcome outcome) {
        switch (outcome) {
            case Effect.Outcome.Ok _ -> reply.ok();
            case Effect.Outcome.Refused refused -> throw CommandError.of(refused.line());
            case Effect.Outcome.Count count -> reply.integer(count.number());
            case Effect.Outcome.Opinion _ ->
                    throw new IllegalStateException("an order led to an opinion");
        }
    }

    private void monitor(ExecutionUnit unit) {
        String name = unit.arg(2).toString();
        String host = unit.arg(3).toString();
        long quorum = Numbers.integer(unit.arg(5), BAD_QUORUM);
        long port = Numbers.integer(unit.arg(4), BAD_PORT);
        LongFunction<Input> order = ticket -> new Input.Monitor(ticket, name, host, port, quorum);
        boolean byName = service.get().state().global().resolveHostnames() && !Address.isIp(host);
        if (!byName || !unit.mayBlock()) {
            order(unit, order);
            return;
        }
        // Nobody else waits while the name is looked up.
        Session session = unit.session();
        session.set(Session.BLOCKED);
        service.get()
                .names()
                .prepare(
                        host,
                        () -> {
                            Effect.Outcome outcome = service.get().ask(order);
                            session.outbox().answer(reply -> late(reply, outcome));
                        });
    }

    private static void late(ReplyWriter reply, Effect.Outcome outcome) {
        if (outcome instanceof Effect.Outcome.Refused refused) {
            reply.error(refused.line());
        } else {
            reply.ok();
        }
    }

    private void remove(ExecutionUnit unit) {
        String name = unit.arg(2).toString();
        order(unit, ticket -> new Input.Remove(ticket, name));
    }

    private void reset(ExecutionUnit unit) {
        String pattern = unit.arg(2).toString();
        order(unit, ticket -> new Input.Reset(ticket, pattern));
    }

    private void failOver(ExecutionUnit unit) {
        String name = unit.arg(2).toString();
        order(unit, ticket -> new Input.FailOver(ticket, name));
    }

    private void set(ExecutionUnit unit) {
        String name = unit.arg(2).toString();
        List<String> words = words(unit, 3);
        List<String> unusable = new ArrayList<>();
        for (String word : words) {
            if (word.startsWith("/") && !service.get().world().isExecutable(word)
                    || !word.startsWith("/") && isScriptPath(words, word)) {
                unusable.add(word);
            }
        }
        order(unit, ticket -> new Input.Change(ticket, name, words, unusable));
    }

    /** A path that is seen from the working directory is judged only where one is asked for. */
    private boolean isScriptPath(List<String> words, String word) {
        int at = words.indexOf(word);
        boolean script = at > 0 && words.get(at - 1).toLowerCase(Locale.ROOT).endsWith("-script");
        return script && !service.get().world().isExecutable(word);
    }

    private static List<String> words(ExecutionUnit unit, int from) {
        List<String> words = new ArrayList<>();
        for (int i = from; i < unit.argc(); i++) {
            words.add(unit.arg(i).toString());
        }
        return words;
    }

    private void flush(ExecutionUnit unit) {
        order(unit, Input.Flush::new);
    }

    // --- SENTINEL CONFIG -------------------------------------------------------------------------

    private void config(ExecutionUnit unit) {
        if (unit.arg(2).isWord("SET") && unit.argc() >= 5) {
            configSet(unit);
        } else if (unit.arg(2).isWord("GET")) {
            new SentinelCommands(service).configGet(unit);
        } else {
            throw ONLY_GET_AND_SET;
        }
    }

    /** All values are judged before any is set. */
    private void configSet(ExecutionUnit unit) {
        List<String> words = words(unit, 3);
        GlobalSettings settings = service.get().state().global();
        LogLevel level = null;
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < words.size(); i += 2) {
            String option = words.get(i);
            String name = option.toLowerCase(Locale.ROOT);
            if (!isGlobal(name)) {
                throw CommandError.of(
                        "ERR Invalid argument '" + option + "' to SENTINEL CONFIG SET");
            }
            if (!seen.add(name)) {
                throw CommandError.of(
                        "ERR Duplicate argument '" + option + "' to SENTINEL CONFIG SET");
            }
            if (i + 1 == words.size()) {
                throw CommandError.of("ERR Missing argument '" + option + "' value");
            }
            String value = words.get(i + 1);
            if (name.equals("loglevel")) {
                level = level(option, value);
            } else {
                settings = set(settings, name, option, value);
            }
        }
        GlobalSettings changed = settings;
        LogLevel wanted = level;
        order(unit, ticket -> new Input.ChangeGlobal(ticket, changed));
        if (wanted != null) {
            service.get().node().log().level(wanted);
        }
    }

    private static boolean isGlobal(String name) {
        return switch (name) {
            case "announce-ip",
                    "sentinel-user",
                    "sentinel-pass",
                    "resolve-hostnames",
                    "announce-port",
                    "announce-hostnames",
                    "loglevel" ->
                    true;
            default -> false;
        };
    }

    private static CommandError invalid(String option, String value) {
        return CommandError.of(
                "ERR Invalid value '" + value + "' to SENTINEL CONFIG SET '" + option + "'");
    }

    private static LogLevel level(String option, String value) {
        for (LogLevel level : LogLevel.values()) {
            if (level.name().equalsIgnoreCase(value)) {
                return level;
            }
        }
        throw invalid(option, value);
    }

    private static GlobalSettings set(
            GlobalSettings settings, String name, String option, String value) {
        return switch (name) {
            case "announce-ip" -> settings.withAnnounceIp(value);
            case "sentinel-user" -> settings.withSentinelUser(value);
            case "sentinel-pass" -> settings.withSentinelPass(value);
            case "announce-port" -> settings.withAnnouncePort(port(option, value));
            case "resolve-hostnames" -> settings.withResolveHostnames(yes(option, value));
            case "announce-hostnames" -> settings.withAnnounceHostnames(yes(option, value));
            default -> throw new IllegalStateException("no such setting: " + name);
        };
    }

    private static boolean yes(String option, String value) {
        if (!value.equalsIgnoreCase("yes") && !value.equalsIgnoreCase("no")) {
            throw invalid(option, value);
        }
        return value.equalsIgnoreCase("yes");
    }

    private static int port(String option, String value) {
        if (!value.matches("0|[1-9][0-9]{0,4}") || Integer.parseInt(value) > Address.PORT_MAX) {
            throw invalid(option, value);
        }
        return Integer.parseInt(value);
    }

    // --- for tests -------------------------------------------------------------------------------

    private void debug(ExecutionUnit unit) {
        Timing timing = service.get().state().timing();
        if (unit.argc() == 2) {
            unit.reply().map(Timing.Name.values().length);
            for (Timing.Name name : Timing.Name.values()) {
                unit.reply().bulk(name.text());
                unit.reply().bulkNumber(timing.get(name));
            }
            return;
        }
        String refusal = null;
        for (int i = 2; i < unit.argc() && refusal == null; i += 2) {
            String option = unit.arg(i).toString();
            Timing.Name name = Timing.Name.of(option);
            if (name == null || i + 1 == unit.argc()) {
                refusal =
                        "ERR Unknown option or number of arguments for SENTINEL DEBUG '"
                                + option
                                + "'";
                break;
            }
            String value = unit.arg(i + 1).toString();
            if (!value.matches("[1-9][0-9]{0,17}")) {
                refusal =
                        "ERR Invalid argument '" + value + "' for SENTINEL DEBUG '" + option + "'";
                break;
            }
            timing = timing.with(name, Long.parseLong(value));
        }
        // Those before a bad one stay changed, as in Redis.
        Timing changed = timing;
        Effect.Outcome outcome =
                service.get().ask(ticket -> new Input.ChangeTiming(ticket, changed));
        if (refusal != null) {
            throw CommandError.of(refusal);
        }
        answer(unit.reply(), outcome);
    }

    private void simulateFailure(ExecutionUnit unit) {
        boolean election = false;
        boolean promotion = false;
        boolean help = false;
        boolean bad = false;
        for (int i = 2; i < unit.argc() && !help && !bad; i++) {
            if (unit.arg(i).isWord("CRASH-AFTER-ELECTION")) {
                election = true;
                warn("being successfully elected as failover leader");
            } else if (unit.arg(i).isWord("CRASH-AFTER-PROMOTION")) {
                promotion = true;
                warn("promoting the selected replica to master");
            } else if (unit.arg(i).isWord("HELP")) {
                help = true;
            } else {
                bad = true;
            }
        }
        SentinelState.SimulatedFailures failures =
                new SentinelState.SimulatedFailures(election, promotion);
        Effect.Outcome outcome =
                service.get().ask(ticket -> new Input.SimulateFailures(ticket, failures));
        if (bad) {
            throw BAD_FAILURE;
        }
        if (help) {
            unit.reply().array(2);
            unit.reply().bulk("crash-after-election");
            unit.reply().bulk("crash-after-promotion");
        } else {
            answer(unit.reply(), outcome);
        }
    }

    private void warn(String when) {
        service.get()
                .node()
                .log()
                .warning("Failure simulation: this Sentinel will crash after " + when);
    }
}
