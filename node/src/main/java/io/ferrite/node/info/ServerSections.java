package io.ferrite.node.info;

import io.ferrite.engine.Session;
import io.ferrite.node.Compatibility;
import io.ferrite.node.Node;
import io.ferrite.node.module.LoadedModule;
import io.ferrite.node.ProcessFacts;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.TlsOptions;
import java.util.Locale;

/** Sections about the process, its clients and its files. */
final class ServerSections {

    private ServerSections() {}

    static void modules(Node node, InfoText out) {
        for (LoadedModule module : node.modules().all()) {
            out.put(
                    "module",
                    "name="
                            + module.name()
                            + ",ver="
                            + module.version()
                            + ",api=1,filters=0,usedby=[],using=[],options=[]");
        }
    }

    static void server(Node node, InfoText out) {
        ProcessFacts process = node.process();
        long nowMs = node.environment().nowMs();
        long upSeconds = (nowMs - node.startedMs()) / 1000;
        out.put("redis_version", Compatibility.REDIS_VERSION)
                .put("server_name", "ferrite")
                .put("ferrite_version", process.version())
                .put("redis_git_sha1", "00000000")
                .put("redis_git_dirty", 0)
                .put("redis_build_id", "0")
                .put("redis_mode", node.mode())
                .put("os", process.system())
                .put("arch_bits", 64)
                .put("monotonic_clock", "POSIX clock_gettime")
                .put("multiplexing_api", process.transport())
                .put("atomicvar_api", "java")
                .put("gcc_version", "0.0.0")
                .put("process_id", process.pid())
                .put("process_supervised", node.settings().render(ServerOptions.SUPERVISED))
                .put("run_id", node.runId())
                .put("tcp_port", port(node))
                .put("server_time_usec", nowMs * 1000)
                .put("uptime_in_seconds", upSeconds)
                .put("uptime_in_days", upSeconds / 86400)
                .put("hz", node.settings().get(ServerOptions.HZ))
                .put("configured_hz", node.settings().get(ServerOptions.HZ))
                .put("lru_clock", nowMs / 1000 & 0xFFFFFF)
                .put("executable", process.executable())
                .put("config_file", node.parts().config().configFile())
                .put("io_threads_active", node.environment().loops() > 1);
        long exitMs = node.shutdown().remainingMs(nowMs);
        if (exitMs >= 0) {
            out.put("shutdown_in_milliseconds", exitMs);
        }
    }

    private static long port(Node node) {
        long port = node.settings().get(NetworkOptions.PORT);
        return port != 0 ? port : node.settings().get(TlsOptions.TLS_PORT);
    }

    static void clients(Node node, InfoText out) {
        int subscribed = 0;
        int watching = 0;
        long watchedKeys = 0;
        int replicas = 0;
        for (Session session : node.clients().all()) {
            subscribed += session.has(Session.SUBSCRIBED) ? 1 : 0;
            watching += session.watched().isEmpty() ? 0 : 1;
            replicas += session.has(Session.REPLICA) ? 1 : 0;
        }
        int blockingKeys = 0;
        int blockingKeysOrGone = 0;
        for (int stripe = 0; stripe < node.gate().count(); stripe++) {
            watchedKeys += node.engine().watches().size(stripe);
            blockingKeys += node.engine().blocking().keys(stripe);
            blockingKeysOrGone += node.engine().blocking().keysOrGone(stripe);
        }
        out.put("connected_clients", node.clients().size() - replicas)
                .put(
                        "cluster_connections",
                        node.cluster() == null ? 0 : node.cluster().connections())
                .put("maxclients", node.settings().get(NetworkOptions.MAXCLIENTS))
                .put("client_recent_max_input_buffer", 0)
                .put("client_recent_max_output_buffer", 0)
                .put("blocked_clients", node.blockedClients())
                .put("tracking_clients", node.engine().tracking().clients())
                .put("pubsub_clients", subscribed)
                .put("watching_clients", watching)
                .put("clients_in_timeout_table", 0)
                .put("total_watched_keys", watchedKeys)
                .put("total_blocking_keys", blockingKeys)
                .put("total_blocking_keys_on_nokey", blockingKeysOrGone)
                .put("paused_reason", node.pause().reason())
                .put("paused_actions", node.pause().kind())
                .put(
                        "paused_timeout_milliseconds",
                        node.pause().remainingMs(node.environment().nowMs()));
    }

    static void cpu(Node node, InfoText out) {
        ProcessFacts process = node.process();
        String system = seconds(process.systemMicros());
        String user = seconds(process.userMicros());
        out.put("used_cpu_sys", system)
                .put("used_cpu_user", user)
                .put("used_cpu_sys_children", "0.000000")
                .put("used_cpu_user_children", "0.000000")
                .put("used_cpu_sys_main_thread", system)
                .put("used_cpu_user_main_thread", user);
    }

    private static String seconds(long micros) {
        return String.format(Locale.ROOT, "%d.%06d", micros / 1_000_000, micros % 1_000_000);
    }
}
