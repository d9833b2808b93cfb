package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Handler;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.node.Node;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What is in the slots. Every slot is a table of the store, so that its keys are counted already
 * and are found without looking at any other's.
 */
final class SlotCommands {

    private static final CommandError BAD_SLOT = CommandError.of("ERR Invalid slot");
    private static final CommandError BAD_SLOT_OR_COUNT =
            CommandError.of("ERR Invalid slot or number of keys");
    private static final CommandError BAD_LIMIT =
            CommandError.of(
                    "ERR Limit has to lie in between 1 and 16384 (maximum number of slots).");
    private static final int STEP = 64;

    private final Node node;
    private final SlotKeys keys;

    SlotCommands(Node node) {
        this.node = node;
        this.keys = new SlotKeys(node);
    }

    void register(CommandTable.Builder table) {
        bind(table, "COUNTKEYSINSLOT", LockPlan.NONE, this::count);
        bind(table, "GETKEYSINSLOT", LockPlan.ALL, this::keys);
        bind(table, "FLUSHSLOT", LockPlan.ALL, this::flush);
        bind(table, "SLOT-STATS", LockPlan.NONE, this::stats);
    }

    private void bind(CommandTable.Builder table, String name, LockPlan locks, Handler handler) {
        table.bind(
                "CLUSTER|" + name,
                locks,
                unit -> {
                    ClusterCommands.requireCluster(node);
                    handler.run(unit);
                });
    }

    private void count(ExecutionUnit unit) {
        long slot = Numbers.integer(unit.arg(2));
        if (slot < 0 || slot >= SlotSet.SLOTS) {
            throw BAD_SLOT;
        }
        unit.reply().integer(unit.database().size((int) slot));
    }

    /** CLUSTER FLUSHSLOT slot [ASYNC|SYNC]; memory follows soon after, either way. */
    private void flush(ExecutionUnit unit) {
        if (unit.argc() > 4
                || unit.argc() == 4
                        && !unit.arg(3).isWord("ASYNC")
                        && !unit.arg(3).isWord("SYNC")) {
            throw CommandError.SYNTAX;
        }
        int slot = ClusterCommands.slot(unit.arg(2));
        keys.deleteIn(unit, SlotSet.of(slot));
        unit.reply().ok();
    }

    /** CLUSTER GETKEYSINSLOT slot count. */
    private void keys(ExecutionUnit unit) {
        long slot = Numbers.integer(unit.arg(2));
        long most = Numbers.integer(unit.arg(3));
        if (slot < 0 || slot >= SlotSet.SLOTS || most < 0) {
            throw BAD_SLOT_OR_COUNT;
        }
        Database database = unit.database();
        int count = (int) Math.min(most, database.size((int) slot));
        List<Long> found = new ArrayList<>(count);
        long cursor = 0;
        while (found.size() < count) {
            cursor = database.scanTable((int) slot, cursor, STEP, found::add);
            if (cursor == 0) {
                break;
            }
        }
        int told = Math.min(count, found.size());
        unit.reply().array(told);
        for (long entry : found.subList(0, told)) {
            unit.reply().bulk(Entry.keyAddress(entry), Entry.keyLength(entry));
        }
    }

    // --- statistics ------------------------------------------------------------------------------

    /** CLUSTER SLOT-STATS SLOTSRANGE first last, or ORDERBY metric [LIMIT n] [ASC|DESC]. */
    private void stats(ExecutionUnit unit) {
        if (unit.argc() == 5 && unit.arg(2).isWord("SLOTSRANGE")) {
            int first = ClusterCommands.slot(unit.arg(3));
            int last = ClusterCommands.slot(unit.arg(4));
            if (first > last) {
                throw CommandError.of(
                        "ERR Start slot number "
                                + first
                                + " is greater than end slot number "
                                + last);
            }
            List<Integer> slots = mine();
            slots.removeIf(slot -> slot < first || slot > last);
            write(unit.reply(), slots);
        } else if (unit.argc() >= 4 && unit.arg(2).isWord("ORDERBY")) {
            ordered(unit);
        } else {
            throw ClusterCommands.badArguments(unit);
        }
    }

    private void ordered(ExecutionUnit unit) {
        if (!unit.arg(3).isWord("KEY-COUNT")) {
            throw CommandError.of("ERR Unrecognized sort metric for ORDERBY.");
        }
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
        List<Integer> slots = mine();
        Comparator<Integer> byKeys = Comparator.comparingLong(this::keysIn);
        slots.sort(ascending ? byKeys : byKeys.reversed()); // stable: then by slot
        write(unit.reply(), slots.subList(0, (int) Math.min(limit, slots.size())));
    }

    /** The slots of this node's shard, in their order. */
    private List<Integer> mine() {
        ClusterNode self = node.cluster().view().self();
        ClusterNode master = self.isMaster() ? self : node.cluster().view().node(self.masterId());
        SlotSet slots = master == null ? SlotSet.EMPTY : master.slots();
        List<Integer> all = new ArrayList<>();
        for (int slot = slots.next(0); slot >= 0; slot = slots.next(slot + 1)) {
            all.add(slot);
        }
        return all;
    }

    private long keysIn(int slot) {
        long keys = 0;
        for (int i = 0; i < node.engine().keyspace().databases(); i++) {
            keys += node.engine().keyspace().database(i).size(slot);
        }
        return keys;
    }

    private void write(ReplyWriter reply, List<Integer> slots) {
        reply.array(slots.size());
        for (int slot : slots) {
            reply.array(2);
            reply.integer(slot);
            reply.map(1);
            reply.bulk("key-count");
            reply.integer(keysIn(slot));
        }
    }
}
