package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.ClusterOrders;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Handler;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;
import io.ferrite.node.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * CLUSTER's orders, and what makes a client's commands be judged otherwise: ASKING, READONLY,
 * READWRITE. An order is answered when its outcome is in nodes.conf.
 */
public final class ClusterCommands {

    private static final CommandError DISABLED =
            CommandError.of("ERR This instance has cluster support disabled");
    private static final CommandError BAD_SLOT =
            CommandError.of("ERR Invalid or out of range slot");
    private static final CommandError BAD_SETSLOT =
            CommandError.of(
                    "ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP");

    private final Node node;

    private ClusterCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        ClusterCommands c = new ClusterCommands(node);
        new ClusterQueries(node).register(table);
        new SlotCommands(node).register(table);
        c.bind(table, "CLUSTER|MEET", LockPlan.NONE, c::meet);
        c.bind(table, "CLUSTER|FORGET", LockPlan.NONE, c::forget);
        c.bind(table, "CLUSTER|ADDSLOTS", LockPlan.ALL, unit -> c.slots(unit, true));
        c.bind(table, "CLUSTER|DELSLOTS", LockPlan.ALL, unit -> c.slots(unit, false));
        c.bind(table, "CLUSTER|ADDSLOTSRANGE", LockPlan.ALL, unit -> c.ranges(unit, true));
        c.bind(table, "CLUSTER|DELSLOTSRANGE", LockPlan.ALL, unit -> c.ranges(unit, false));
        c.bind(table, "CLUSTER|FLUSHSLOTS", LockPlan.ALL, c::flushSlots);
        c.bind(table, "CLUSTER|SETSLOT", LockPlan.ALL, c::setSlot);
        c.bind(table, "CLUSTER|REPLICATE", LockPlan.ALL, c::replicate);
        c.bind(table, "CLUSTER|RESET", LockPlan.ALL, c::reset);
        c.bind(table, "CLUSTER|FAILOVER", LockPlan.NONE, c::failover);
        c.bind(table, "CLUSTER|BUMPEPOCH", LockPlan.NONE, c::bumpEpoch);
        c.bind(table, "CLUSTER|SET-CONFIG-EPOCH", LockPlan.NONE, c::setConfigEpoch);
        c.bind(table, "CLUSTER|SAVECONFIG", LockPlan.NONE, c::saveConfig);
        c.bind(table, "ASKING", LockPlan.NONE, c::asking);
        c.bind(table, "READONLY", LockPlan.NONE, c::readOnly);
        c.bind(table, "READWRITE", LockPlan.NONE, c::readWrite);
    }

    private void bind(CommandTable.Builder table, String name, LockPlan plan, Handler handler) {
        table.bind(
                name,
                plan,
                unit -> {
                    requireCluster(node);
                    handler.run(unit);
                });
    }

    /** Refuses where the server is no node of a cluster. */
    public static void requireCluster(Node node) {
        if (node.cluster() == null) {
            throw DISABLED;
        }
    }

    /** Carries out an order and answers OK when what came of it is kept. */
    private void order(ExecutionUnit unit, Function<ClusterOrders, String> order) {
        String refusal = node.cluster().order(order);
        if (refusal != null) {
            throw CommandError.of(refusal);
        }
        answer(unit, "OK");
    }

    private void answer(ExecutionUnit unit, String status) {
        if (!unit.mayBlock()) {
            unit.reply().status(status);
            return;
        }
        Session session = unit.session();
        session.set(Session.BLOCKED);
        node.cluster().whenDone(() -> session.outbox().answer(reply -> reply.status(status)));
    }

    /** The slot that an argument names. */
    public static int slot(Slice text) {
        long slot = Numbers.integer(text, BAD_SLOT);
        if (slot < 0 || slot >= SlotSet.SLOTS) {
            throw BAD_SLOT;
        }
        return (int) slot;
    }

    /** Refuses a range of slots that ends before it begins. */
    public static void requireOrder(int first, int last) {
        if (first > last) {
            throw CommandError.of(
                    "ERR start slot number " + first + " is greater than end slot number " + last);
        }
    }

    static CommandError badArguments(ExecutionUnit unit) {
        return CommandError.of(
                "ERR unknown subcommand or wrong number of arguments for '"
                        + unit.arg(1)
                        + "'. Try CLUSTER HELP.");
    }

    // --- nodes -----------------------------------------------------------------------------------

    private void meet(ExecutionUnit unit) {
        if (unit.argc() != 4 && unit.argc() != 5) {
            throw badArguments(unit);
        }
        String ip = unit.arg(2).toString();
        long port =
                Numbers.integer(
                        unit.arg(3),
                        CommandError.of("ERR Invalid base port specified: " + unit.arg(3)));
        long busPort =
                unit.argc() == 4
                        ? port + ClusterFacts.BUS_OFFSET
                        : Numbers.integer(
                                unit.arg(4),
                                CommandError.of("ERR Invalid bus port specified: " + unit.arg(4)));
        order(unit, orders -> orders.meet(ip, port, busPort));
    }

    private void forget(ExecutionUnit unit) {
        String id = unit.arg(2).toString();
        order(unit, orders -> orders.forget(id));
    }

    private void replicate(ExecutionUnit unit) {
        String id = unit.arg(2).toString();
        order(unit, orders -> orders.replicate(id));
    }

    /** CLUSTER RESET [HARD|SOFT]. */
    private void reset(ExecutionUnit unit) {
        boolean hard = unit.argc() == 3 && unit.arg(2).isWord("HARD");
        if (unit.argc() > 3 || unit.argc() == 3 && !hard && !unit.arg(2).isWord("SOFT")) {
            throw unit.argc() > 3 ? badArguments(unit) : CommandError.SYNTAX;
        }
        order(unit, orders -> orders.reset(hard));
    }

    /** CLUSTER FAILOVER [FORCE|TAKEOVER]. */
    private void failover(ExecutionUnit unit) {
        ClusterOrders.Failover how = ClusterOrders.Failover.WITH_MASTER;
        if (unit.argc() > 3) {
            throw badArguments(unit);
        }
        if (unit.argc() == 3) {
            if (unit.arg(2).isWord("FORCE")) {
                how = ClusterOrders.Failover.FORCE;
            } else if (unit.arg(2).isWord("TAKEOVER")) {
                how = ClusterOrders.Failover.TAKEOVER;
            } else {
                throw CommandError.SYNTAX;
            }
        }
        ClusterOrders.Failover asked = how;
        order(unit, orders -> orders.failover(asked));
    }

    // --- slots -----------------------------------------------------------------------------------

    private void slots(ExecutionUnit unit, boolean add) {
        List<Integer> slots = new ArrayList<>();
        for (int i = 2; i < unit.argc(); i++) {
            slots.add(slot(unit.arg(i)));
        }
        order(unit, orders -> add ? orders.addSlots(slots) : orders.deleteSlots(slots));
    }

    private void ranges(ExecutionUnit unit, boolean add) {
        if (unit.argc() % 2 == 1) {
            throw CommandError.arity(unit.command().name());
        }
        List<Integer> slots = new ArrayList<>();
        for (int i = 2; i < unit.argc(); i += 2) {
            int first = slot(unit.arg(i));
            int last = slot(unit.arg(i + 1));
            requireOrder(first, last);
            for (int slot = first; slot <= last; slot++) {
                if (slots.size() > SlotSet.SLOTS) {
                    break; // one is named twice, which is refused
                }
                slots.add(slot);
            }
        }
        order(unit, orders -> add ? orders.addSlots(slots) : orders.deleteSlots(slots));
    }

    private void flushSlots(ExecutionUnit unit) {
        order(unit, ClusterOrders::flushSlots);
    }

    /** CLUSTER SETSLOT slot MIGRATING|IMPORTING|NODE id, CLUSTER SETSLOT slot STABLE. */
    private void setSlot(ExecutionUnit unit) {
        if (node.cluster().view().self().isReplica()) {
            throw CommandError.of(ClusterOrders.MASTERS_ONLY);
        }
        int slot = slot(unit.arg(2));
        Slice action = unit.arg(3);
        if (action.isWord("STABLE") && unit.argc() == 4) {
            order(unit, orders -> orders.stable(slot));
            return;
        }
        if (unit.argc() != 5) {
            throw BAD_SETSLOT;
        }
        String id = unit.arg(4).toString();
        if (action.isWord("MIGRATING")) {
            order(unit, orders -> orders.migrating(slot, id));
        } else if (action.isWord("IMPORTING")) {
            order(unit, orders -> orders.importing(slot, id));
        } else if (action.isWord("NODE")) {
            order(unit, orders -> orders.setOwner(slot, id));
        } else {
            throw BAD_SETSLOT;
        }
    }

    // --- epochs ----------------------------------------------------------------------------------

    private void bumpEpoch(ExecutionUnit unit) {
        boolean bumped = node.cluster().order(ClusterOrders::bumpEpoch);
        long epoch = node.cluster().view().self().configEpoch();
        answer(unit, (bumped ? "BUMPED " : "STILL ") + epoch);
    }

    private void setConfigEpoch(ExecutionUnit unit) {
        long epoch = Numbers.integer(unit.arg(2));
        order(unit, orders -> orders.setConfigEpoch(epoch));
    }

    private void saveConfig(ExecutionUnit unit) {
        order(
                unit,
                orders -> {
                    orders.save();
                    return null;
                });
    }

    // --- clients ---------------------------------------------------------------------------------

    private void asking(ExecutionUnit unit) {
        unit.session().set(Session.ASKING);
        unit.reply().ok();
    }

    private void readOnly(ExecutionUnit unit) {
        unit.session().set(Session.READ_ONLY);
        unit.reply().ok();
    }

    private void readWrite(ExecutionUnit unit) {
        unit.session().clear(Session.READ_ONLY);
        unit.reply().ok();
    }
}
