package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Handler;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.node.Node;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * What is in the slots. Every slot is a table of the store, so that its keys are counted already
 * and are found without looking at any other's.
 */
final class SlotCommands {

    private static final CommandError BAD_SLOT = CommandError.of("ERR Invalid slot");
    private static final CommandError BAD_SLOT_OR_COUNT =
            CommandError.of("ERR Invalid slot or number of keys");
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
        bind(table, "SLOT-STATS", LockPlan.ALL, new SlotStats(node)::run);
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
}
