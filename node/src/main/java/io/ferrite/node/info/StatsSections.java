package io.ferrite.node.info;

import io.ferrite.engine.Command;
import io.ferrite.engine.PubSub;
import io.ferrite.engine.UnitStats;
import io.ferrite.engine.tracking.Tracking;
import io.ferrite.node.Node;
import io.ferrite.node.ServerStats;
import io.ferrite.node.StatsReport;
import io.ferrite.node.TurnStats;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.store.Database;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Sections of counters. */
final class StatsSections {

    private StatsSections() {}

    static void stats(Node node, InfoText out) {
        ServerStats stats = node.stats();
        UnitStats units = node.report().units();
        TurnStats turns = node.report().turns();
        out.put("total_connections_received", stats.connections.sum())
                .put("total_commands_processed", units.commands)
                .put("instantaneous_ops_per_sec", node.rates().operations())
                .put("total_net_input_bytes", stats.inputBytes.sum())
                .put("total_net_output_bytes", stats.outputBytes.sum())
                .put("total_net_repl_input_bytes", stats.replicationInputBytes.sum())
                .put("total_net_repl_output_bytes", stats.replicationOutputBytes.sum())
                .put("instantaneous_input_kbps", node.rates().inputBytes() / 1024.0)
                .put("instantaneous_output_kbps", node.rates().outputBytes() / 1024.0)
                .put("instantaneous_input_repl_kbps", 0.0)
                .put("instantaneous_output_repl_kbps", 0.0)
                .put("rejected_connections", stats.rejectedConnections.sum())
                .put("sync_full", stats.fullSyncs.sum())
                .put("sync_partial_ok", stats.partialSyncs.sum())
                .put("sync_partial_err", stats.partialSyncsRefused.sum())
                .put("expired_subkeys", units.expiredFields)
                .put("expired_keys", units.expired)
                .put("expired_stale_perc", 0.0)
                .put("expired_time_cap_reached_count", stats.expiredStripeBudgets.sum())
                .put("expire_cycle_cpu_milliseconds", 0)
                .put("evicted_keys", units.evicted)
                .put("evicted_clients", stats.evictedClients.sum())
                .put("evicted_scripts", node.scripting().evictedScripts())
                .put("total_eviction_exceeded_time", 0)
                .put("current_eviction_exceeded_time", 0)
                .put("keyspace_hits", units.hits)
                .put("keyspace_misses", units.misses);
        Tracking tracking = node.engine().tracking();
        channels(node.engine().pubSub(), out);
        out.put("latest_fork_usec", 0)
                .put("total_forks", stats.snapshots.sum())
                .put("migrate_cached_sockets", node.migrate().links().cached())
                .put("slave_expires_tracked_keys", node.engine().localExpiries().count())
                .put("active_defrag_hits", 0)
                .put("active_defrag_misses", 0)
                .put("active_defrag_key_hits", 0)
                .put("active_defrag_key_misses", 0)
                .put("total_active_defrag_time", 0)
                .put("current_active_defrag_time", 0)
                .put("tracking_total_keys", tracking.keys())
                .put("tracking_total_items", tracking.items())
                .put("tracking_total_prefixes", tracking.prefixCount())
                .put("unexpected_error_replies", stats.unexpectedErrors.sum())
                .put("total_error_replies", node.engine().errors().total())
                .put("dump_payload_sanitizations", stats.dumpChecks.sum())
                .put("total_reads_processed", stats.reads.sum())
                .put("total_writes_processed", stats.writes.sum())
                .put("io_threaded_reads_processed", stats.reads.sum())
                .put("io_threaded_writes_processed", stats.writes.sum())
                .put("client_query_buffer_limit_disconnections", stats.queryLimitDisconnects.sum())
                .put(
                        "client_output_buffer_limit_disconnections",
                        stats.outputLimitDisconnects.sum())
                .put("reply_buffer_shrinks", 0)
                .put("reply_buffer_expands", 0)
                .put("eventloop_cycles", turns.turns)
                .put("eventloop_duration_sum", turns.nanos / 1000)
                .put("eventloop_duration_cmd_sum", turns.commandNanos / 1000)
                .put("instantaneous_eventloop_cycles_per_sec", node.rates().turns())
                .put("instantaneous_eventloop_duration_usec", node.rates().microsPerTurn())
                .put("acl_access_denied_auth", stats.deniedAuth.sum())
                .put("acl_access_denied_cmd", stats.deniedCommand.sum())
                .put("acl_access_denied_key", stats.deniedKey.sum())
                .put("acl_access_denied_channel", stats.deniedChannel.sum())
                .put("acl_access_denied_tls_cert", stats.deniedCertificate.sum());
    }

    /** How the event loops do their work. */
    static void debug(Node node, InfoText out) {
        TurnStats turns = node.report().turns();
        out.put("eventloop_duration_aof_sum", 0)
                .put("eventloop_duration_cron_sum", turns.cronNanos / 1000)
                .put("eventloop_duration_max", turns.longestNanos / 1000)
                .put("eventloop_cmd_per_cycle_max", turns.mostCommands);
    }

    private static void channels(PubSub pubSub, InfoText out) {
        out.put("pubsub_channels", pubSub.channelCount())
                .put("pubsub_patterns", pubSub.patternCount())
                .put("pubsubshard_channels", pubSub.shardChannelCount());
    }

    static void commandStats(Node node, InfoText out) {
        for (Command command : byName(node)) {
            StatsReport.Calls calls = node.report().of(command);
            if (calls.calls() + calls.rejected() == 0) {
                continue;
            }
            double perCall = calls.calls() == 0 ? 0 : (double) calls.micros() / calls.calls();
            out.put(
                    "cmdstat_" + command.name(),
                    String.format(
                            Locale.ROOT,
                            "calls=%d,usec=%d,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d",
                            calls.calls(),
                            calls.micros(),
                            perCall,
                            calls.rejected(),
                            calls.failed()));
        }
    }

    private static List<Command> byName(Node node) {
        return node.engine().commands().all().stream()
                .sorted(Comparator.comparing(Command::name))
                .toList();
    }

    static void errorStats(Node node, InfoText out) {
        node.engine()
                .errors()
                .snapshot()
                .forEach((code, count) -> out.put("errorstat_" + code, "count=" + count));
    }

    static void latencyStats(Node node, InfoText out) {
        if (!node.settings().get(ServerOptions.LATENCY_TRACKING)) {
            return;
        }
        List<Double> percentiles =
                node.settings().get(ServerOptions.LATENCY_TRACKING_INFO_PERCENTILES);
        for (Command command : byName(node)) {
            StatsReport.Calls calls = node.report().of(command);
            if (calls.calls() == 0) {
                continue;
            }
            StringBuilder line = new StringBuilder();
            for (double percentile : percentiles) {
                line.append(line.isEmpty() ? "p" : ",p").append(plain(percentile)).append('=');
                line.append(String.format(Locale.ROOT, "%.3f", calls.percentile(percentile)));
            }
            out.put("latency_percentiles_usec_" + command.name(), line.toString());
        }
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    static void keyspace(Node node, InfoText out) {
        for (int i = 0; i < node.engine().keyspace().databases(); i++) {
            Database database = node.engine().keyspace().database(i);
            long keys = database.size();
            if (keys != 0) {
                out.put(
                        "db" + i,
                        "keys="
                                + keys
                                + ",expires="
                                + database.volatileCount()
                                + ",avg_ttl=0,subexpiry="
                                + database.timedCount());
            }
        }
    }
}
