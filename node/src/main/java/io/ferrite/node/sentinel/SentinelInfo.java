package io.ferrite.node.sentinel;

import io.ferrite.coordination.sentinel.Master;
import io.ferrite.coordination.sentinel.SentinelState;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.node.info.InfoReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** INFO of a Sentinel: some of a server's sections, and its own. */
final class SentinelInfo {

    private static final List<String> SECTIONS = List.of("server", "clients", "cpu", "stats");
    private static final Set<String> ALL = Set.of("default", "all", "everything");

    private SentinelInfo() {}

    static String of(SentinelService service, ExecutionUnit unit) {
        List<String> chosen = new ArrayList<>();
        boolean own = unit.argc() == 1;
        boolean all = unit.argc() == 1;
        for (int i = 1; i < unit.argc(); i++) {
            String word = unit.arg(i).toString().toLowerCase(Locale.ROOT);
            all |= ALL.contains(word);
            own |= word.equals("sentinel");
            if (SECTIONS.contains(word)) {
                chosen.add(word);
            }
        }
        List<String> sections = all ? SECTIONS : chosen;
        StringBuilder text = new StringBuilder();
        if (!sections.isEmpty()) {
            text.append(InfoReport.of(service.node(), sections));
        }
        if (own || all) {
            text.append(text.isEmpty() ? "" : "\r\n");
            section(service, text);
        }
        return text.toString();
    }

    private static void section(SentinelService service, StringBuilder out) {
        SentinelState state = service.state();
        long tiltSeconds = state.tilt() ? (service.nowMs() - state.tiltSinceMs()) / 1000 : -1;
        out.append("# Sentinel\r\n");
        line(out, "sentinel_masters", state.masters().size());
        line(out, "sentinel_tilt", state.tilt() ? 1 : 0);
        line(out, "sentinel_tilt_since_seconds", tiltSeconds);
        line(out, "sentinel_total_tilt", state.tilts());
        line(out, "sentinel_running_scripts", service.errands().running());
        line(out, "sentinel_scripts_queue_length", service.errands().jobs().size());
        line(out, "sentinel_webhooks_queue_length", service.errands().webhooks().length());
        line(out, "sentinel_webhooks_dropped", service.errands().webhooks().dropped());
        line(out, "sentinel_simulate_failure_flags", state.failures().bits());
        int number = 0;
        for (Master master : state.masters().values()) {
            String status =
                    master.objectivelyDown() ? "odown" : master.self().down() ? "sdown" : "ok";
            out.append("master").append(number++);
            out.append(":name=").append(master.name());
            out.append(",status=").append(status);
            out.append(",address=");
            out.append(master.address().announced(state.global().announceHostnames()));
            out.append(':').append(master.address().port());
            out.append(",slaves=").append(master.replicas().size());
            out.append(",sentinels=").append(master.voters()).append("\r\n");
        }
    }

    private static void line(StringBuilder out, String name, long value) {
        out.append(name).append(':').append(value).append("\r\n");
    }
}
