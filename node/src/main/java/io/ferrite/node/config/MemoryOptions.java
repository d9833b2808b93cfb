package io.ferrite.node.config;

import static io.ferrite.node.config.Row.row;

import io.ferrite.node.config.Choices.MaxmemoryPolicy;
import java.util.List;

/** Parameters of the data in memory: limits, eviction, expiry, freeing, and small encodings. */
public final class MemoryOptions {
    private static final int INT_MAX = Integer.MAX_VALUE;
    private static final int INT_MIN = Integer.MIN_VALUE;
    private static final long MAX = Long.MAX_VALUE;

    public static final NumberOption MAXMEMORY =
            row("maxmemory", "most memory for data; 0 for no limit").hugeMemory(0);
    public static final ChoiceOption<MaxmemoryPolicy> MAXMEMORY_POLICY =
            row("maxmemory-policy", "which keys make room when maxmemory is reached")
                    .choice(MaxmemoryPolicy.NOEVICTION);
    public static final NumberOption MAXMEMORY_SAMPLES =
            row("maxmemory-samples", "keys compared to find one to evict").number(1, 64, 5);
    public static final NumberOption MAXMEMORY_EVICTION_TENACITY =
            row("maxmemory-eviction-tenacity", "how much time eviction may take, 0 to 100")
                    .number(0, 100, 10);
    public static final NumberOption LFU_LOG_FACTOR =
            row("lfu-log-factor", "how many hits the frequency counter needs to grow")
                    .number(0, INT_MAX, 10);
    public static final NumberOption LFU_DECAY_TIME =
            row("lfu-decay-time", "minutes after which the frequency counter is lowered")
                    .number(0, INT_MAX, 1);
    public static final NumberOption ACTIVE_EXPIRE_EFFORT =
            row("active-expire-effort", "how eagerly expired keys are looked for, 1 to 10")
                    .number(1, 10, 1);
    public static final FlagOption LAZYFREE_LAZY_EVICTION =
            row("lazyfree-lazy-eviction", "free evicted values in the background").flag(false);
    public static final FlagOption LAZYFREE_LAZY_EXPIRE =
            row("lazyfree-lazy-expire", "free expired values in the background").flag(false);
    public static final FlagOption LAZYFREE_LAZY_SERVER_DEL =
            row("lazyfree-lazy-server-del", "free overwritten values in the background")
                    .flag(false);
    public static final FlagOption LAZYFREE_LAZY_USER_DEL =
            row("lazyfree-lazy-user-del", "let DEL work as UNLINK does").flag(false);
    public static final FlagOption LAZYFREE_LAZY_USER_FLUSH =
            row("lazyfree-lazy-user-flush", "let FLUSHDB and FLUSHALL be ASYNC by default")
                    .flag(false);
    public static final FlagOption ACTIVEREHASHING =
            row("activerehashing", "spend idle time on resizing tables")
                    .inert(Inert.INDEX)
                    .flag(true);

    public static final NumberOption HASH_MAX_LISTPACK_ENTRIES =
            small("hash-max-listpack-entries", "hash-max-ziplist-entries").number(0, MAX, 512);
    public static final NumberOption HASH_MAX_LISTPACK_VALUE =
            small("hash-max-listpack-value", "hash-max-ziplist-value").memory(0, MAX, 64);
    public static final NumberOption LIST_MAX_LISTPACK_SIZE =
            row("list-max-listpack-size", "elements (or size class) of a list's blocks")
                    .alias("list-max-ziplist-size")
                    .number(INT_MIN, INT_MAX, -2);
    public static final NumberOption LIST_COMPRESS_DEPTH =
            row("list-compress-depth", "nodes at both ends of a list that stay uncompressed")
                    .number(0, INT_MAX, 0);
    public static final NumberOption SET_MAX_INTSET_ENTRIES =
            small("set-max-intset-entries").number(0, MAX, 512);
    public static final NumberOption SET_MAX_LISTPACK_ENTRIES =
            small("set-max-listpack-entries").number(0, MAX, 128);
    public static final NumberOption SET_MAX_LISTPACK_VALUE =
            small("set-max-listpack-value").number(0, MAX, 64);
    public static final NumberOption ZSET_MAX_LISTPACK_ENTRIES =
            small("zset-max-listpack-entries", "zset-max-ziplist-entries").number(0, MAX, 128);
    public static final NumberOption ZSET_MAX_LISTPACK_VALUE =
            small("zset-max-listpack-value", "zset-max-ziplist-value").memory(0, MAX, 64);
    public static final NumberOption HLL_SPARSE_MAX_BYTES =
            small("hll-sparse-max-bytes").memory(0, MAX, 3000);
    public static final NumberOption STREAM_NODE_MAX_BYTES =
            small("stream-node-max-bytes").memory(0, MAX, 4096);
    public static final NumberOption STREAM_NODE_MAX_ENTRIES =
            small("stream-node-max-entries").number(0, MAX, 100);

    public static final FlagOption ACTIVEDEFRAG =
            row("activedefrag", "move data to fight fragmentation")
                    .refusesYes(
                            "Active defragmentation cannot be enabled: "
                                    + "the memory of this server needs none")
                    .flag(false);
    public static final NumberOption ACTIVE_DEFRAG_CYCLE_MIN =
            defrag("active-defrag-cycle-min").number(1, 99, 1);
    public static final NumberOption ACTIVE_DEFRAG_CYCLE_MAX =
            defrag("active-defrag-cycle-max").number(1, 99, 25);
    public static final NumberOption ACTIVE_DEFRAG_THRESHOLD_LOWER =
            defrag("active-defrag-threshold-lower").number(0, 1000, 10);
    public static final NumberOption ACTIVE_DEFRAG_THRESHOLD_UPPER =
            defrag("active-defrag-threshold-upper").number(0, 1000, 100);
    public static final NumberOption ACTIVE_DEFRAG_IGNORE_BYTES =
            defrag("active-defrag-ignore-bytes").memory(1, MAX, 100L << 20);
    public static final NumberOption ACTIVE_DEFRAG_MAX_SCAN_FIELDS =
            defrag("active-defrag-max-scan-fields").number(1, MAX, 1000);
    public static final FlagOption JEMALLOC_BG_THREAD =
            row("jemalloc-bg-thread", "let jemalloc purge in a thread of its own")
                    .inert(Inert.ALLOCATOR)
                    .flag(true);

    private MemoryOptions() {}

    private static Row small(String name, String... aliases) {
        Row row = row(name, "up to where the compact encoding of that type is used");
        for (String alias : aliases) {
            row.alias(alias);
        }
        return row;
    }

    private static Row defrag(String name) {
        return row(name, "a limit of active defragmentation").inert(Inert.ALLOCATOR);
    }

    static List<Option<?>> rows() {
        return List.of(
                MAXMEMORY,
                MAXMEMORY_POLICY,
                MAXMEMORY_SAMPLES,
                MAXMEMORY_EVICTION_TENACITY,
                LFU_LOG_FACTOR,
                LFU_DECAY_TIME,
                ACTIVE_EXPIRE_EFFORT,
                LAZYFREE_LAZY_EVICTION,
                LAZYFREE_LAZY_EXPIRE,
                LAZYFREE_LAZY_SERVER_DEL,
                LAZYFREE_LAZY_USER_DEL,
                LAZYFREE_LAZY_USER_FLUSH,
                ACTIVEREHASHING,
                HASH_MAX_LISTPACK_ENTRIES,
                HASH_MAX_LISTPACK_VALUE,
                LIST_MAX_LISTPACK_SIZE,
                LIST_COMPRESS_DEPTH,
                SET_MAX_INTSET_ENTRIES,
                SET_MAX_LISTPACK_ENTRIES,
                SET_MAX_LISTPACK_VALUE,
                ZSET_MAX_LISTPACK_ENTRIES,
                ZSET_MAX_LISTPACK_VALUE,
                HLL_SPARSE_MAX_BYTES,
                STREAM_NODE_MAX_BYTES,
                STREAM_NODE_MAX_ENTRIES,
                ACTIVEDEFRAG,
                ACTIVE_DEFRAG_CYCLE_MIN,
                ACTIVE_DEFRAG_CYCLE_MAX,
                ACTIVE_DEFRAG_THRESHOLD_LOWER,
                ACTIVE_DEFRAG_THRESHOLD_UPPER,
                ACTIVE_DEFRAG_IGNORE_BYTES,
                ACTIVE_DEFRAG_MAX_SCAN_FIELDS,
                JEMALLOC_BG_THREAD);
    }
}
