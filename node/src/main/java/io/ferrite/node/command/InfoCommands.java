package io.ferrite.node.command;

import io.ferrite.engine.Command;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.node.LatencyMonitor;
import io.ferrite.node.Node;
import io.ferrite.node.StatsReport;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.info.InfoReport;
import io.ferrite.resp.ReplyWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the server tells of itself: INFO, SLOWLOG and LATENCY. */
public final class InfoCommands {

    private final Node node;

    private InfoCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        InfoCommands commands = new InfoCommands(node);
        CommandLogCommands.register(table, node);
        table.bind("INFO", LockPlan.NONE, commands::info)
                .bind("LATENCY|LATEST", LockPlan.NONE, commands::latest)
                .bind("LATENCY|HISTORY", LockPlan.NONE, commands::history)
                .bind("LATENCY|RESET", LockPlan.NONE, commands::latencyReset)
                .bind("LATENCY|GRAPH", LockPlan.NONE, commands::graph)
                .bind("LATENCY|DOCTOR", LockPlan.NONE, commands::doctor)
                .bind("LATENCY|HISTOGRAM", LockPlan.NONE, commands::histogram)
                .bind("LATENCY|HELP", LockPlan.NONE, InfoCommands::latencyHelp);
    }

    private void info(ExecutionUnit unit) {
        List<String> words = new ArrayList<>();
        for (int i = 1; i < unit.argc(); i++) {
            words.add(unit.arg(i).toString().toLowerCase(Locale.ROOT));
        }
        String text = InfoReport.of(node, words);
        unit.reply().verbatim("txt", text.getBytes(StandardCharsets.ISO_8859_1));
    }

    // --- LATENCY ---------------------------------------------------------------------------------

    private void latest(ExecutionUnit unit) {
        ReplyWriter reply = unit.reply();
        List<String> names = node.latency().names();
        long token = reply.deferredArray();
        int shown = 0;
        for (String name : names) {
            LatencyMonitor.Series series = node.latency().series(name);
            if (series == null) {
                continue;
            }
            LatencyMonitor.Spike last = series.spikes().getLast();
            reply.array(4);
            reply.bulk(name);
            reply.integer(last.unixSeconds());
            reply.integer(last.ms());
            reply.integer(series.worstMs());
            shown++;
        }
        reply.finishArray(token, shown);
    }

    private void history(ExecutionUnit unit) {
        LatencyMonitor.Series series = node.latency().series(unit.arg(2).toString());
        if (series == null) {
            unit.reply().emptyArray();
            return;
        }
        unit.reply().array(series.spikes().size());
        for (LatencyMonitor.Spike spike : series.spikes()) {
            unit.reply().array(2);
            unit.reply().integer(spike.unixSeconds());
            unit.reply().integer(spike.ms());
        }
    }

    private void latencyReset(ExecutionUnit unit) {
        if (unit.argc() == 2) {
            unit.reply().integer(node.latency().resetAll());
            return;
        }
        int reset = 0;
        for (int i = 2; i < unit.argc(); i++) {
            reset += node.latency().reset(unit.arg(i).toString()) ? 1 : 0;
        }
        unit.reply().integer(reset);
    }

    private void graph(ExecutionUnit unit) {
        String event = unit.arg(2).toString();
        LatencyMonitor.Series series = node.latency().series(event);
        if (series == null) {
            throw CommandError.of("ERR No samples available for event '" + event + "'");
        }
        String text = LatencyGraph.of(event, series, node.environment().nowMs() / 1000);
        unit.reply().verbatim("txt", text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void doctor(ExecutionUnit unit) {
        Map<String, LatencyMonitor.Series> events = new TreeMap<>();
        for (String name : node.latency().names()) {
            LatencyMonitor.Series series = node.latency().series(name);
            if (series != null) {
                events.put(name, series);
            }
        }
        String text =
                LatencyDoctor.of(
                        events,
                        node.latencyThresholdMs(),
                        node.settings().get(ServerOptions.SLOWLOG_LOG_SLOWER_THAN),
                        unit.nowMs() / 1000);
        unit.reply().verbatim("txt", text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void histogram(ExecutionUnit unit) {
        List<Command> all = node.engine().commands().all();
        long token = unit.reply().deferred();
        int shown = 0;
        if (unit.argc() == 2) {
            for (Command command : all) {
                shown += histogram(unit.reply(), command);
            }
        }
        for (int i = 2; i < unit.argc(); i++) {
            String word = unit.arg(i).toString().toLowerCase(Locale.ROOT);
            for (Command command : all) {
                String name = command.name();
                if (name.equals(word) || name.startsWith(word + "|")) {
                    shown += histogram(unit.reply(), command);
                }
            }
        }
        unit.reply().finishMap(token, shown);
    }

    /** The line of a command, if it was called; how many lines that are. */
    private int histogram(ReplyWriter reply, Command command) {
        StatsReport.Calls calls = node.report().of(command);
        if (calls.calls() == 0) {
            return 0;
        }
        reply.bulk(command.name());
        reply.map(2);
        reply.bulk("calls");
        reply.integer(calls.calls());
        reply.bulk("histogram_usec");
        long[] histogram = calls.histogram();
        long map = reply.deferred();
        long seen = 0;
        int pairs = 0;
        for (int i = 0; i < histogram.length; i++) {
            if (histogram[i] != 0) {
                seen += histogram[i];
                reply.integer(1L << i);
                reply.integer(seen);
                pairs++;
            }
        }
        reply.finishMap(map, pairs);
        return 1;
    }

    private static void latencyHelp(ExecutionUnit unit) {
        unit.replyHelp(
                "LATENCY",
                "DOCTOR",
                "    Return a human readable latency analysis report.",
                "GRAPH <event>",
                "    Return an ASCII latency graph for the <event> class.",
                "HISTORY <event>",
                "    Return time-latency samples for the <event> class.",
                "LATEST",
                "    Return the latest latency samples for all events.",
                "RESET [<event> ...]",
                "    Reset latency data of one or more <event> classes.",
                "    (default: reset all data for all event classes)",
                "HISTOGRAM [COMMAND ...]",
                "    Return a cumulative distribution of commands latencies in the format of a"
                        + " histogram.");
    }
}
