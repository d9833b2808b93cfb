package io.ferrite.node;

import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.info.InfoReport;
import io.ferrite.node.log.LogLevel;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the log says when the process is made to crash: by a signal or by DEBUG. */
public final class CrashReport {

    /** What a shell sees of a process that a signal ended. */
    private static final int SIGNAL_STATUS = 128;

    public static final int ABORT = 6;
    public static final int SEGMENTATION_FAULT = 11;

    private CrashReport() {}

    /** Writes the report, unless crash-log-enabled is off, and ends the process. Any thread. */
    public static void crash(Node node, int signal) {
        if (node.settings().get(ServerOptions.CRASH_LOG_ENABLED)) {
            node.log()
                    .raw(
                            LogLevel.WARNING,
                            "\n\n"
                                    + "=== FERRITE BUG REPORT START: Cut & paste starting from here"
                                    + " ===\n");
            node.log()
                    .warning(
                            "Ferrite "
                                    + node.process().version()
                                    + " crashed by signal: "
                                    + signal);
            node.log().raw(LogLevel.WARNING, text(node));
        }
        node.shutdown().exitNow(SIGNAL_STATUS + signal);
    }

    private static String text(Node node) {
        StringBuilder text = new StringBuilder("\n------ STACK TRACE ------\n");
        Map<String, StackTraceElement[]> byName = new TreeMap<>();
        Thread.getAllStackTraces().forEach((thread, trace) -> byName.put(thread.getName(), trace));
        byName.forEach((name, trace) -> {
            text.append(name).append(":\n");
            for (StackTraceElement element : trace) {
                text.append("    ").append(element).append('\n');
            }
        });
        text.append("\n------ INFO OUTPUT ------\n");
        text.append(InfoReport.of(node, List.of("everything")).replace("\r\n", "\n"));
        text.append(
                "\n=== FERRITE BUG REPORT END. Make sure to include from START to END. ===\n\n");
        return text.toString();
    }
}
