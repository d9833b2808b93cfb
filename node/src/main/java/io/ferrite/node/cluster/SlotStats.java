package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.node.Node;
import io.ferrite.node.SlotLoad;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Keyspace;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * CLUSTER SLOT-STATS: what is in the slots of this node, and what their commands cost. All stripes
 * are held.
 */
final class SlotStats {

    private static final CommandError BAD_LIMIT =
            CommandError.of(
                    "ERR Limit has to lie in between 1 and 16384 (maximum number of slots).");
    private static final CommandError BAD_METRIC =
            CommandError.of("ERR Unrecognized sort metric for ORDERBY.");

    /** Keys that one answer looks at to tell how much memory slots take. */
    private static final int LOOKS = 16_384;

    private static final int FEWEST_LOOKS = 4;
    private static final int MOST_LOOKS = 256;

    /** Elements of a collection that are looked at. */
    private static final int SAMPLES = 5;

    /** Bytes of the index for each key. */
    private static final long INDEX_BYTES = 10;

    private enum Metric {
        KEY_COUNT,
        CPU_USEC,
        NETWORK_BYTES_IN,
        NETWORK_BYTES_OUT,
        MEMORY_BYTES;

        /** As it is called in commands and replies. */
        private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private final Node node;

    SlotStats(Node node) {
        this.node = node;
    }

    /** CLUSTER SLOT-STATS SLOTSRANGE first last, or ORDERBY metric [LIMIT n] [ASC|DESC]. */
    void run(ExecutionUnit unit) {
        if (unit.argc() == 5 && unit.arg(2).isWord("SLOTSRANGE")) {
            inRange(unit);
        } else if (unit.argc() >= 4 && unit.arg(2).isWord("ORDERBY")) {
            ordered(unit);
        } else {
            throw ClusterCommands.badArguments(unit);
        }
    }

    private void inRange(ExecutionUnit unit) {
        int first = ClusterCommands.slot(unit.arg(3));
        int last = ClusterCommands.slot(unit.arg(4));
        if (first > last) {
            throw CommandError.of(
                    "ERR Start slot number " + first + " is greater than end slot number " + last);
        }
        SlotSet range = SlotSet.EMPTY.withRange(first, last);
        write(unit.reply(), slotsOf(mine().and(range)));
    }

    private void ordered(ExecutionUnit unit) {
        Metric metric = metric(unit.arg(3));
        long limit = SlotSet.SLOTS;
        boolean ascending = false;
        int limits = 0;
        int directions = 0;
        for (int i = 4; i < unit.argc(); i++) {
            if (unit.arg(i).isWord("LIMIT") && i + 1 < unit.argc()) {
                limit = Numbers.integer(unit.arg(++i), BAD_LIMIT);
                if (limit < 1 || limit > SlotSet.SLOTS) {
                    throw BAD_LIMIT;
                }
                limits++;
            } else if (unit.arg(i).isWord("ASC") || unit.arg(i).isWord("DESC")) {
                ascending = unit.arg(i).isWord("ASC");
                directions++;
            } else {
                throw CommandError.SYNTAX;
            }
            if (limits > 1 || directions > 1) {
                throw CommandError.of("ERR Multiple filters of the same type are disallowed.");
            }
        }
        SlotSet mine = mine();
        long[] values = new long[SlotSet.SLOTS];
        int looks = looks(mine.size());
        mine.forEach(slot -> values[slot] = value(metric, slot, looks));
        Comparator<Integer> by = Comparator.comparingLong(slot -> values[slot]);
        int[] sorted =
                Arrays.stream(slotsOf(mine))
                        .boxed()
                        .sorted(ascending ? by : by.reversed()) // stable: then by slot
                        .limit(limit)
                        .mapToInt(slot -> slot)
                        .toArray();
        write(unit.reply(), sorted);
    }

    private Metric metric(Slice word) {
        for (Metric metric : shown()) {
            if (word.isWord(metric.word.toUpperCase(Locale.ROOT))) {
                return metric;
            }
        }
        throw BAD_METRIC;
    }

    /** What costs nothing to know is always told, the rest where it is wanted. */
    private List<Metric> shown() {
        return node.cluster().slotLoad().isOn()
                ? List.of(Metric.values())
                : List.of(Metric.KEY_COUNT);
    }

    /** The slots of this node's shard. */
    private SlotSet mine() {
        return ClusterService.shardSlots(node.cluster().view());
    }

    private static int[] slotsOf(SlotSet slots) {
        return IntStream.range(0, SlotSet.SLOTS).filter(slots::contains).toArray();
    }

    private void write(ReplyWriter reply, int[] slots) {
        List<Metric> shown = shown();
        int looks = looks(slots.length);
        reply.array(slots.length);
        for (int slot : slots) {
            reply.array(2);
            reply.integer(slot);
            reply.map(shown.size());
            for (Metric metric : shown) {
                reply.bulk(metric.word);
                reply.integer(value(metric, slot, looks));
            }
        }
    }

    // --- figures ---------------------------------------------------------------------------------

    private static int looks(int slots) {
        return Math.clamp(LOOKS / Math.max(1, slots), FEWEST_LOOKS, MOST_LOOKS);
    }

    private long value(Metric metric, int slot, int looks) {
        SlotLoad load = node.cluster().slotLoad();
        Keyspace keyspace = node.engine().keyspace();
        return switch (metric) {
            case KEY_COUNT -> keysIn(keyspace, slot);
            case CPU_USEC -> load.get(slot, SlotLoad.Metric.CPU_NANOS) / 1000;
            case NETWORK_BYTES_IN -> load.get(slot, SlotLoad.Metric.BYTES_IN);
            case NETWORK_BYTES_OUT -> load.get(slot, SlotLoad.Metric.BYTES_OUT);
            case MEMORY_BYTES -> bytesIn(keyspace, slot, looks);
        };
    }

    private static long keysIn(Keyspace keyspace, int slot) {
        long keys = 0;
        for (int i = 0; i < keyspace.databases(); i++) {
            keys += keyspace.database(i).size(slot);
        }
        return keys;
    }

    /**
     * The memory of a slot's keys: exact where there are no more than are looked at, else what as
     * many as that take on average. The stripe of the slot is held.
     */
    private static long bytesIn(Keyspace keyspace, int slot, int looks) {
        long bytes = 0;
        for (int i = 0; i < keyspace.databases(); i++) {
            Database database = keyspace.database(i);
            long keys = database.size(slot);
            if (keys == 0) {
                continue;
            }
            long[] seen = new long[2];
            long cursor = 0;
            do {
                cursor =
                        database.scanTable(
                                slot,
                                cursor,
                                1,
                                entry -> {
                                    seen[0]++;
                                    seen[1] += database.bytes(entry, SAMPLES) + INDEX_BYTES;
                                });
            } while (cursor != 0 && seen[0] < looks);
            bytes += seen[0] == 0 ? 0 : cursor == 0 ? seen[1] : seen[1] * keys / seen[0];
        }
        return bytes;
    }
}
