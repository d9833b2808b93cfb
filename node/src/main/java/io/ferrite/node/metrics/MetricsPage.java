package io.ferrite.node.metrics;

import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.engine.Command;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SlabGroup;
import io.ferrite.node.Node;
import io.ferrite.node.ProcessFacts;
import io.ferrite.node.StatsReport;
import io.ferrite.node.info.InfoReport;
import io.ferrite.store.Database;
import io.ferrite.store.Keyspace;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The page {@code /metrics}. Its names are a promise: docs/metrics.md lists them. Any thread; reads
 * counters as of a moment ago and takes no lock of the data.
 */
public final class MetricsPage {

    /** Fields of INFO that are shown as they are: name here, field there, type, help. */
    private static final String[][] FIELDS = {
        {"uptime_seconds", "uptime_in_seconds", "gauge", "Seconds since the start."},
        {"connected_clients", "connected_clients", "gauge", "Clients connected."},
        {"blocked_clients", "blocked_clients", "gauge", "Clients that wait for keys."},
        {"tracking_clients", "tracking_clients", "gauge", "Clients that cache keys."},
        {"max_clients", "maxclients", "gauge", "Clients that may connect."},
        {"connections_total", "total_connections_received", "counter", "Connections accepted."},
        {"rejected_connections_total", "rejected_connections", "counter", "Connections refused."},
        {"evicted_clients_total", "evicted_clients", "counter", "Clients closed for memory."},
        {"processed_commands_total", "total_commands_processed", "counter", "Commands run."},
        {"input_bytes_total", "total_net_input_bytes", "counter", "Bytes read from clients."},
        {"output_bytes_total", "total_net_output_bytes", "counter", "Bytes sent to clients."},
        {"keyspace_hits_total", "keyspace_hits", "counter", "Keys looked for and found."},
        {"keyspace_misses_total", "keyspace_misses", "counter", "Keys looked for in vain."},
        {"expired_keys_total", "expired_keys", "counter", "Keys removed after their time."},
        {"evicted_keys_total", "evicted_keys", "counter", "Keys removed to make room."},
        {"tracked_keys", "tracking_total_keys", "gauge", "Keys that clients may cache."},
        {"pubsub_channels", "pubsub_channels", "gauge", "Channels somebody listens to."},
        {"pubsub_patterns", "pubsub_patterns", "gauge", "Patterns somebody listens to."},
        {"snapshots_total", "total_forks", "counter", "Walks over all data that were begun."},
        {"full_syncs_total", "sync_full", "counter", "Followers that got all data."},
        {"partial_syncs_total", "sync_partial_ok", "counter", "Followers that went on."},
        {"memory_used_bytes", "used_memory", "gauge", "Bytes of data and buffers, exactly."},
        {"memory_peak_bytes", "used_memory_peak", "gauge", "The most that was ever used."},
        {"memory_resident_bytes", "used_memory_rss", "gauge", "Bytes resident in memory."},
        {"memory_max_bytes", "maxmemory", "gauge", "The limit; 0 for none."},
        {"rdb_unsaved_changes", "rdb_changes_since_last_save", "gauge", "Changes since a save."},
        {"rdb_save_in_progress", "rdb_bgsave_in_progress", "gauge", "1 while a file is saved."},
        {"rdb_last_save_timestamp_seconds", "rdb_last_save_time", "gauge", "When it was saved."},
        {"aof_enabled", "aof_enabled", "gauge", "1 if an append-only file is written."},
        {"aof_rewrite_in_progress", "aof_rewrite_in_progress", "gauge", "1 while it is."},
        {"aof_size_bytes", "aof_current_size", "gauge", "Bytes of the append-only file."},
        {"loading", "loading", "gauge", "1 while data is loaded."},
        {"connected_followers", "connected_slaves", "gauge", "Followers of this server."},
        {"replication_offset_bytes", "master_repl_offset", "gauge", "Where the log ends."},
        {"replication_backlog_bytes", "repl_backlog_histlen", "gauge", "How much of it is kept."},
        {"leader_last_io_seconds", "master_last_io_seconds_ago", "gauge", "A follower's silence."},
        {"cluster_enabled", "cluster_enabled", "gauge", "1 for a node of a cluster."},
    };

    private static final List<String> SECTIONS =
            List.of(
                    "server",
                    "clients",
                    "memory",
                    "persistence",
                    "stats",
                    "replication",
                    "cluster");

    private final Node node;
    private final MetricsText out = new MetricsText();

    private MetricsPage(Node node) {
        this.node = node;
    }

    /** The whole page. */
    public static String of(Node node) {
        MetricsPage page = new MetricsPage(node);
        page.build();
        page.info();
        page.commands();
        page.errors();
        page.memory();
        page.keys();
        page.process();
        return page.out.toString();
    }

    private void build() {
        out.family("ferrite_build_info", "gauge", "Always 1; the version is its label.")
                .sample(1, "version", node.process().version());
    }

    private void info() {
        Map<String, String> fields = fields(node, SECTIONS);
        for (String[] row : FIELDS) {
            String value = fields.get(row[1]);
            if (value != null) {
                out.family("ferrite_" + row[0], row[2], row[3]).sample(Double.parseDouble(value));
            }
        }
        out.family("ferrite_leader", "gauge", "1 if the server leads, 0 if it follows.")
                .sample("master".equals(fields.get("role")) ? 1 : 0);
        String link = fields.get("master_link_status");
        if (link != null) {
            out.family("ferrite_leader_link_up", "gauge", "1 while a follower hears its leader.")
                    .sample("up".equals(link) ? 1 : 0);
        }
        ok(
                "rdb_last_save_ok",
                "1 unless the last file could not be saved.",
                fields,
                "rdb_last_bgsave_status");
        ok(
                "aof_last_write_ok",
                "1 unless the file cannot be written.",
                fields,
                "aof_last_write_status");
        followers(fields);
        if (node.cluster() != null) {
            cluster(node.cluster().view());
        }
    }

    private void ok(String name, String help, Map<String, String> fields, String field) {
        String value = fields.get(field);
        if (value != null) {
            out.family("ferrite_" + name, "gauge", help).sample(value.equals("ok") ? 1 : 0);
        }
    }

    /** How far each follower lags, as the lines {@code slaveN} tell. */
    private void followers(Map<String, String> fields) {
        out.family("ferrite_follower_lag_bytes", "gauge", "What a follower has not confirmed.");
        long end = Long.parseLong(fields.getOrDefault("master_repl_offset", "0"));
        for (int i = 0; fields.get("slave" + i) != null; i++) {
            Map<String, String> line = new HashMap<>();
            for (String pair : fields.get("slave" + i).split(",")) {
                String[] both = pair.split("=", 2);
                line.put(both[0], both.length > 1 ? both[1] : "");
            }
            long offset = Long.parseLong(line.getOrDefault("offset", "0"));
            String name = line.get("ip") + ":" + line.get("port");
            out.sample(Math.max(0, end - offset), "follower", name);
        }
    }

    private void cluster(ClusterView view) {
        out.family("ferrite_cluster_ok", "gauge", "1 if this node's cluster serves all slots.")
                .sample(view.isOk() ? 1 : 0);
        out.family("ferrite_cluster_nodes", "gauge", "Nodes that this one knows, itself included.")
                .sample(view.nodeCount());
        out.family("ferrite_cluster_masters", "gauge", "Masters with slots.").sample(view.size());
        out.family("ferrite_cluster_epoch", "gauge", "The cluster's current epoch.")
                .sample(view.currentEpoch());
        out.family("ferrite_cluster_slots", "gauge", "Slots that this node serves as a master.")
                .sample(view.self().slots().size());
    }

    /** INFO's fields by name. */
    static Map<String, String> fields(Node node, List<String> sections) {
        Map<String, String> fields = new HashMap<>();
        for (String line : InfoReport.of(node, sections).split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        return fields;
    }

    /** A command appears with its first call, so that the page stays short. */
    private void commands() {
        Map<String, StatsReport.Calls> used = new HashMap<>();
        for (Command command : node.engine().commands().all()) {
            StatsReport.Calls calls = node.report().of(command);
            if (calls.calls() + calls.rejected() > 0) {
                used.put(command.name(), calls);
            }
        }
        List<String> names = used.keySet().stream().sorted().toList();
        out.family("ferrite_command_failures_total", "counter", "Commands that ran and refused.");
        names.forEach(name -> out.sample(used.get(name).failed(), "command", name));
        out.family("ferrite_command_rejections_total", "counter", "Commands not let run.");
        names.forEach(name -> out.sample(used.get(name).rejected(), "command", name));
        out.family("ferrite_command_seconds", "histogram", "How long commands took.");
        names.forEach(name -> histogram(name, used.get(name)));
    }

    private void histogram(String name, StatsReport.Calls calls) {
        long[] buckets = calls.histogram();
        long sum = 0;
        for (int i = 0; i < buckets.length - 1; i++) {
            sum += buckets[i];
            // The same buckets for every command: 1 us, 4 us, ... 17 s.
            if (i % 2 == 0 && i <= 24) {
                String below = String.format(Locale.ROOT, "%.6f", 1.024e-6 * (1L << i));
                out.sampleOf("_bucket", sum, "command", name, "le", below);
            }
        }
        out.sampleOf("_bucket", calls.calls(), "command", name, "le", "+Inf");
        out.sampleOf("_sum", calls.micros() / 1e6, "command", name);
        out.sampleOf("_count", calls.calls(), "command", name);
    }

    private void errors() {
        out.family("ferrite_error_replies_total", "counter", "Errors replied, by their code.");
        node.engine().errors().snapshot().forEach((code, count) -> out.sample(count, "code", code));
    }

    private void memory() {
        SlabGroup memory = node.parts().memory();
        out.family("ferrite_memory_bytes", "gauge", "Bytes used off-heap, by what they are for.");
        for (MemoryTag tag : MemoryTag.values()) {
            out.sample(memory.usedBytes(tag), "tag", tag.name().toLowerCase(Locale.ROOT));
        }
        out.family("ferrite_memory_held_bytes", "gauge", "Address space of the allocator.")
                .sample(memory.heldBytes());
    }

    private void keys() {
        Keyspace keyspace = node.engine().keyspace();
        out.family("ferrite_keys", "gauge", "Keys, by database that has any.");
        for (int i = 0; i < keyspace.databases(); i++) {
            Database database = keyspace.database(i);
            long size = 0;
            for (int stripe = 0; stripe < keyspace.stripes(); stripe++) {
                size += database.sizeOfStripe(stripe);
            }
            if (size > 0 || i == 0) {
                out.sample(size, "database", String.valueOf(i));
            }
        }
    }

    private void process() {
        ProcessFacts process = node.process();
        out.family("ferrite_cpu_seconds_total", "counter", "Processor time, by mode.")
                .sample(process.userMicros() / 1e6, "mode", "user")
                .sample(process.systemMicros() / 1e6, "mode", "system");
        out.family("ferrite_java_heap_used_bytes", "gauge", "Bytes of the Java heap in use.")
                .sample(process.heapBytes());
        Map<String, ProcessFacts.Collections> collections = process.collections();
        out.family("ferrite_gc_collections_total", "counter", "Garbage collections.");
        collections.forEach((name, gc) -> out.sample(gc.count(), "collector", name));
        out.family("ferrite_gc_seconds_total", "counter", "Time that they took.");
        collections.forEach((name, gc) -> out.sample(gc.millis() / 1e3, "collector", name));
    }
}
