package io.ferrite.node.command;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.Session;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SlabGroup;
import io.ferrite.memory.os.Posix;
import io.ferrite.node.ClientType;
import io.ferrite.node.Node;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** MEMORY: what keys and the server take. */
public final class MemoryCommands {

    private static final int SAMPLES = 5;

    /** What a key's slot in its table's index costs at the usual load. */
    private static final int INDEX_BYTES = 10;

    /** What MEMORY DOCTOR finds worth telling. */
    private static final long ALMOST_EMPTY = 5 << 20;

    private static final long MUCH_BESIDE = 64 << 20;
    private static final long MUCH_FOR_A_CLIENT = 200 << 10;
    private static final long MUCH_FOR_A_FOLLOWER = 10 << 20;
    private static final int MANY_SCRIPTS = 1000;

    private final Node node;

    private MemoryCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        MemoryCommands commands = new MemoryCommands(node);
        table.bind("MEMORY|USAGE", MemoryCommands::usage)
                .bind("MEMORY|STATS", LockPlan.NONE, commands::stats)
                .bind("MEMORY|DOCTOR", LockPlan.NONE, commands::doctor)
                .bind("MEMORY|MALLOC-STATS", LockPlan.NONE, commands::mallocStats)
                .bind("MEMORY|PURGE", LockPlan.ALL, commands::purge)
                .bind("MEMORY|HELP", LockPlan.NONE, MemoryCommands::help);
    }

    /** MEMORY USAGE key [SAMPLES count]. */
    private static void usage(ExecutionUnit unit) {
        int samples = SAMPLES;
        for (int i = 3; i < unit.argc(); i++) {
            if (!unit.arg(i).isWord("SAMPLES") || i == unit.argc() - 1) {
                throw CommandError.SYNTAX;
            }
            long wanted = Numbers.integer(unit.arg(++i));
            if (wanted < 0) {
                throw CommandError.SYNTAX;
            }
            samples = (int) Math.min(wanted, Integer.MAX_VALUE);
        }
        long entry = unit.peek(unit.arg(2));
        if (entry == Database.NONE) {
            unit.reply().nil();
        } else {
            unit.reply().integer(unit.database().bytes(entry, samples) + INDEX_BYTES);
        }
    }

    private void stats(ExecutionUnit unit) {
        SlabGroup memory = node.parts().memory();
        ReplyWriter reply = unit.reply();
        long used = node.usedMemory();
        long held = memory.heldBytes();
        long rss = node.process().residentBytes();
        long index =
                memory.usedBytes(MemoryTag.KEYSPACE_INDEX) + memory.usedBytes(MemoryTag.EXPIRY);
        long backlog = memory.usedBytes(MemoryTag.LOG);
        long clients = node.clientBytes();
        long overhead = node.startupMemory() + backlog + clients + index;
        long keys = 0;
        int databases = 0;
        for (int i = 0; i < unit.keyspace().databases(); i++) {
            keys += unit.keyspace().database(i).size();
            databases += unit.keyspace().database(i).size() == 0 ? 0 : 1;
        }
        long dataset = memory.dataBytes();
        long followers = node.clients().memoryBytes(ClientType.REPLICA);
        long normal =
                node.clients().memoryBytes(ClientType.NORMAL)
                        + node.clients().memoryBytes(ClientType.PUBSUB);
        long net = Math.max(1, used - node.startupMemory());
        reply.map(27 + databases);
        number(reply, "peak.allocated", node.peakMemory());
        number(reply, "total.allocated", used);
        number(reply, "startup.allocated", node.startupMemory());
        number(reply, "replication.backlog", backlog);
        number(reply, "clients.slaves", followers);
        number(reply, "clients.normal", normal);
        number(reply, "cluster.links", node.cluster() == null ? 0 : node.cluster().linkBytes());
        number(reply, "aof.buffer", 0);
        number(reply, "lua.caches", node.scripting().cacheBytes());
        number(reply, "functions.caches", node.scripting().libraryBytes());
        for (int i = 0; i < unit.keyspace().databases(); i++) {
            Database database = unit.keyspace().database(i);
            if (database.size() != 0) {
                reply.bulk("db." + i);
                reply.map(2);
                number(reply, "overhead.hashtable.main", database.size() * INDEX_BYTES);
                number(reply, "overhead.hashtable.expires", database.volatileCount() * 16);
            }
        }
        number(reply, "overhead.total", overhead);
        number(reply, "keys.count", keys);
        number(reply, "keys.bytes-per-key", keys == 0 ? 0 : net / keys);
        number(reply, "dataset.bytes", dataset);
        real(reply, "dataset.percentage", 100.0 * dataset / net);
        real(reply, "peak.percentage", 100.0 * used / Math.max(1, node.peakMemory()));
        number(reply, "allocator.allocated", used);
        number(reply, "allocator.active", held);
        number(reply, "allocator.resident", held);
        real(reply, "allocator-fragmentation.ratio", (double) held / Math.max(1, used));
        number(reply, "allocator-fragmentation.bytes", held - used);
        real(reply, "allocator-rss.ratio", 1);
        number(reply, "allocator-rss.bytes", 0);
        real(reply, "rss-overhead.ratio", (double) rss / Math.max(1, held));
        number(reply, "rss-overhead.bytes", rss - held);
        real(reply, "fragmentation", (double) rss / Math.max(1, used));
        number(reply, "fragmentation.bytes", rss - used);
    }

    private static void number(ReplyWriter reply, String name, long value) {
        reply.bulk(name);
        reply.integer(value);
    }

    private static void real(ReplyWriter reply, String name, double value) {
        reply.bulk(name);
        reply.real(value);
    }

    private void doctor(ExecutionUnit unit) {
        List<String> findings = findings();
        String text;
        if (node.usedMemory() < ALMOST_EMPTY) {
            text =
                    "Hi, this instance is almost empty: there is nothing to say about its memory"
                            + " yet.";
        } else if (findings.isEmpty()) {
            text = "I see nothing to worry about in this instance's memory.";
        } else {
            text = "What stands out in this instance's memory:\n\n * ";
            text += String.join("\n\n * ", findings) + "\n";
        }
        unit.reply().verbatim("txt", text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private List<String> findings() {
        List<String> findings = new ArrayList<>();
        long used = node.usedMemory();
        long held = node.parts().memory().heldBytes();
        if (node.peakMemory() > used + used / 2) {
            findings.add("Peak: memory use was much higher once than it is now.");
        }
        if (held > used + used / 2) {
            findings.add(
                    "Fragmentation: a good part of the memory taken from the system is not in use:"
                            + " after large deletions MEMORY PURGE gives back what can be.");
        }
        long others = node.process().residentBytes() - node.process().heapBytes();
        if (others > held + held / 2 && others - held > MUCH_BESIDE) {
            findings.add(
                    "Process: much more memory is resident than the allocator and the Java heap"
                            + " hold.");
        }
        if (average(ClientType.NORMAL) > MUCH_FOR_A_CLIENT) {
            findings.add(
                    "Clients: their requests and replies take more than 200 KB each on average;"
                            + " CLIENT LIST shows whose (tot-mem), and maxmemory-clients bounds"
                            + " them.");
        }
        if (average(ClientType.REPLICA) > MUCH_FOR_A_FOLLOWER) {
            findings.add("Followers: more than 10 MB each wait to be sent to them on average.");
        }
        if (node.scripting().cachedScripts() > MANY_SCRIPTS) {
            findings.add(
                    "Scripts: there are more than "
                            + MANY_SCRIPTS
                            + ". Scripts should be few, and told by KEYS and ARGV what to do;"
                            + " SCRIPT FLUSH forgets them.");
        }
        return findings;
    }

    private long average(ClientType type) {
        long count = 0;
        for (Session session : node.clients().all()) {
            count += ClientType.of(session) == type ? 1 : 0;
        }
        return count == 0 ? 0 : node.clients().memoryBytes(type) / count;
    }

    private void mallocStats(ExecutionUnit unit) {
        SlabGroup memory = node.parts().memory();
        StringBuilder text = new StringBuilder("slab allocator: bytes (blocks) by purpose\n");
        for (MemoryTag tag : MemoryTag.values()) {
            text.append(tag).append(": ").append(memory.usedBytes(tag));
            text.append(" (").append(memory.blocks(tag)).append(")\n");
        }
        text.append("held from the system: ").append(memory.heldBytes()).append('\n');
        unit.reply().verbatim("txt", text.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private void purge(ExecutionUnit unit) {
        for (int stripe = 0; stripe < unit.keyspace().stripes(); stripe++) {
            unit.keyspace().slab(stripe).trim();
        }
        node.environment().background("trim-heap", Posix::trimHeap);
        unit.reply().ok();
    }

    private static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "MEMORY",
                "DOCTOR",
                "    Return memory problems reports.",
                "MALLOC-STATS",
                "    Return internal statistics report from the memory allocator.",
                "PURGE",
                "    Attempt to purge dirty pages for reclamation by the allocator.",
                "STATS",
                "    Return information about the memory usage of the server.",
                "USAGE <key> [SAMPLES <count>]",
                "    Return memory in bytes used by <key> and its value. Nested values are",
                "    sampled up to <count> times (default: 5, 0 means sample all).");
    }
}
