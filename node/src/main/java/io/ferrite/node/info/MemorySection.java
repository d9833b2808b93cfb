package io.ferrite.node.info;

import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SlabGroup;
import io.ferrite.node.ClientType;
import io.ferrite.node.Node;
import io.ferrite.node.ProcessFacts;
import io.ferrite.node.config.MemoryOptions;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.script.Scripting;
import java.util.Locale;

/** The section about memory. */
final class MemorySection {

    private MemorySection() {}

    static void write(Node node, InfoText out) {
        SlabGroup memory = node.parts().memory();
        ProcessFacts process = node.process();
        long used = node.usedMemory();
        long peak = node.peakMemory();
        long rss = process.residentBytes();
        long index =
                memory.usedBytes(MemoryTag.KEYSPACE_INDEX) + memory.usedBytes(MemoryTag.EXPIRY);
        long backlog = memory.usedBytes(MemoryTag.LOG);
        long clients = node.clientBytes();
        long overhead = index + backlog + clients + node.startupMemory();
        long dataset = memory.dataBytes();
        long held = memory.heldBytes();
        Scripting scripting = node.scripting();
        out.putBytes("used_memory", used)
                .putBytes("used_memory_rss", rss)
                .putBytes("used_memory_peak", peak)
                .put("used_memory_peak_perc", percent(used, peak))
                .put("used_memory_overhead", overhead)
                .put("used_memory_startup", node.startupMemory())
                .put("used_memory_dataset", dataset)
                .put("used_memory_dataset_perc", percent(dataset, used - node.startupMemory()))
                .put("allocator_allocated", used)
                .put("allocator_active", held)
                .put("allocator_resident", memory.residentEstimate())
                .put("allocator_muzzy", 0)
                .putBytes("total_system_memory", process.machineBytes())
                .put("used_memory_lua", scripting.evalBytes())
                .put("used_memory_vm_eval", scripting.evalBytes())
                .put("used_memory_lua_human", InfoText.human(scripting.evalBytes()))
                .put("used_memory_scripts_eval", scripting.cacheBytes())
                .put("number_of_cached_scripts", scripting.cachedScripts())
                .put("number_of_functions", scripting.functionCount())
                .put("number_of_libraries", scripting.libraryCount())
                .put("used_memory_vm_functions", scripting.functionBytes())
                .putBytes("used_memory_vm_total", scripting.evalBytes() + scripting.functionBytes())
                .put("used_memory_functions", scripting.libraryBytes())
                .putBytes("used_memory_scripts", scripting.cacheBytes() + scripting.libraryBytes())
                .putBytes("maxmemory", node.settings().get(MemoryOptions.MAXMEMORY))
                .put("maxmemory_policy", node.settings().render(MemoryOptions.MAXMEMORY_POLICY));
        ratios(out, used, held, rss);
        out.put("mem_not_counted_for_evict", backlog)
                .put("mem_replication_backlog", backlog)
                .put("mem_replica_full_sync_buffer", node.replication().heldBytes())
                .put("mem_total_replication_buffers", backlog)
                .put("mem_clients_slaves", followers(node, backlog))
                .put(
                        "mem_clients_normal",
                        node.clients().memoryBytes(ClientType.NORMAL)
                                + node.clients().memoryBytes(ClientType.PUBSUB))
                .put(
                        "mem_cluster_slot_migration_output_buffer",
                        node.cluster() == null ? 0 : node.slotMoves().outputBytes())
                .put("mem_cluster_slot_migration_input_buffer", 0)
                .put("mem_cluster_slot_migration_input_buffer_peak", 0)
                .put("mem_cluster_links", node.cluster() == null ? 0 : node.cluster().linkBytes())
                .put("mem_aof_buffer", 0)
                .put("mem_allocator", "ferrite-slab")
                .put("mem_overhead_db_hashtable_rehashing", 0)
                .put("active_defrag_running", 0)
                .put("lazyfree_pending_objects", node.engine().keyspace().pendingObjects())
                .put("lazyfreed_objects", node.report().freedObjects())
                .put("java_heap_used", process.heapBytes());
    }

    /** Buffers of followers, and what the log keeps beyond its size because one has not read it. */
    private static long followers(Node node, long log) {
        long buffers = node.clients().memoryBytes(ClientType.REPLICA);
        long size = node.settings().get(ReplicationOptions.REPL_BACKLOG_SIZE);
        return buffers == 0 ? 0 : buffers + Math.max(0, log - size);
    }

    private static void ratios(InfoText out, long used, long held, long rss) {
        out.put("allocator_frag_ratio", ratio(held, used))
                .put("allocator_frag_bytes", held - used)
                .put("allocator_rss_ratio", 1.0)
                .put("allocator_rss_bytes", 0)
                .put("rss_overhead_ratio", ratio(rss, held))
                .put("rss_overhead_bytes", rss - held)
                .put("mem_fragmentation_ratio", ratio(rss, used))
                .put("mem_fragmentation_bytes", rss - used);
    }

    private static double ratio(long a, long b) {
        return b == 0 ? 0 : (double) a / b;
    }

    private static String percent(long part, long whole) {
        double value = whole <= 0 ? 0 : 100.0 * part / whole;
        return String.format(Locale.ROOT, "%.2f%%", value);
    }
}
