package io.ferrite.node.slots;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.slots.RebalancePlan;
import io.ferrite.coordination.slots.SlotExport;
import io.ferrite.coordination.slots.SlotImports;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Handler;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;
import io.ferrite.node.Node;
import io.ferrite.node.cluster.ClusterCommands;
import io.ferrite.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * CLUSTER MIGRATESLOTS, GETSLOTMIGRATIONS and CANCELSLOTMIGRATIONS, which are Valkey 9's, and what
 * nodes tell each other; {@link MigrationCommand} has Redis' form.
 */
public final class SlotMoveCommands {

    private final Node node;

    private SlotMoveCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        SlotMoveCommands c = new SlotMoveCommands(node);
        c.bind(table, "MIGRATESLOTS", LockPlan.NONE, c::migrate);
        c.bind(table, "GETSLOTMIGRATIONS", LockPlan.NONE, c::list);
        c.bind(table, "CANCELSLOTMIGRATIONS", LockPlan.NONE, c::cancel);
        c.bind(table, "SYNCSLOTS", LockPlan.ALL, c::sync);
        c.bind(table, "REBALANCE", LockPlan.NONE, c::plan);
        c.bind(table, "MIGRATION", LockPlan.NONE, new MigrationCommand(node)::run);
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

    private SlotMoves moves() {
        return node.slotMoves();
    }

    static SlotSet range(SlotSet before, Slice from, Slice to) {
        int first = ClusterCommands.slot(from);
        int last = ClusterCommands.slot(to);
        ClusterCommands.requireOrder(first, last);
        SlotSet range = SlotSet.EMPTY.withRange(first, last);
        if (!before.and(range).isEmpty()) {
            throw CommandError.of("ERR Slot ranges overlap");
        }
        return before.plus(range);
    }

    private void migrate(ExecutionUnit unit) {
        List<SlotMoves.Wish> wishes = new ArrayList<>();
        for (int i = 2; i < unit.argc(); ) {
            i = parse(unit, i, wishes);
        }
        moves().export(wishes);
        unit.reply().ok();
    }

    /**
     * Reads one move: {@code SLOTSRANGE first last [first last ...] NODE id [AUTH p | AUTH2 u p]}.
     *
     * @return where the next one begins
     */
    private int parse(ExecutionUnit unit, int from, List<SlotMoves.Wish> wishes) {
        if (!unit.arg(from).isWord("SLOTSRANGE")) {
            throw CommandError.SYNTAX;
        }
        SlotSet slots = SlotSet.EMPTY;
        int i = from + 1;
        while (i + 1 < unit.argc() && !unit.arg(i).isWord("NODE")) {
            slots = range(slots, unit.arg(i), unit.arg(i + 1));
            i += 2;
        }
        if (slots.isEmpty() || i + 1 >= unit.argc() || !unit.arg(i).isWord("NODE")) {
            throw CommandError.SYNTAX;
        }
        String target = unit.arg(i + 1).toString();
        i += 2;
        List<String> authentication = moves().usualAuthentication();
        if (i + 1 < unit.argc() && unit.arg(i).isWord("AUTH")) {
            authentication = List.of("AUTH", unit.arg(i + 1).toString());
            i += 2;
        } else if (i + 2 < unit.argc() && unit.arg(i).isWord("AUTH2")) {
            authentication =
                    List.of("AUTH", unit.arg(i + 1).toString(), unit.arg(i + 2).toString());
            i += 3;
        }
        wishes.add(new SlotMoves.Wish(slots, target, authentication, "", ""));
        return i;
    }

    private void cancel(ExecutionUnit unit) {
        int tooLate = moves().cancel();
        if (tooLate > 0) {
            throw CommandError.of("ERR " + tooLate + " of the migrations cannot end any more");
        }
        unit.reply().ok();
    }

    /** CLUSTER REBALANCE PLAN. */
    private void plan(ExecutionUnit unit) {
        if (!unit.arg(2).isWord("PLAN")) {
            throw CommandError.SYNTAX;
        }
        List<RebalancePlan.Move> moves = moves().plan();
        unit.reply().array(moves.size());
        for (RebalancePlan.Move move : moves) {
            unit.reply().map(4);
            field(unit.reply(), "source", move.source());
            field(unit.reply(), "dest", move.target());
            field(unit.reply(), "slots", move.slots().toString());
            number(unit.reply(), "count", move.slots().size());
        }
    }

    // --- what there is ---------------------------------------------------------------------------

    private void list(ExecutionUnit unit) {
        List<ExportJob> exports = moves().exports();
        Map<SlotMoves.ImportRecord, SlotImports.Phase> imports = moves().imported();
        ReplyWriter reply = unit.reply();
        reply.array(exports.size() + imports.size());
        String self = node.cluster().view().selfId();
        for (ExportJob job : exports) {
            head(reply, job.name(), "EXPORT", job.slots(), job.target(), self);
            times(reply, job.createdMs(), job.updatedMs(), job.acknowledgedMs());
            tail(reply, word(job.phase()), job.message(), job.remaining());
        }
        imports.forEach((record, phase) -> {
            head(reply, record.name(), "IMPORT", record.slots(), self, record.source());
            long ended = record.endedMs()[0] == 0 ? record.createdMs() : record.endedMs()[0];
            times(reply, record.createdMs(), ended, ended);
            tail(reply, word(phase), "", 0);
        });
    }

    private static String word(SlotExport.Phase phase) {
        return switch (phase) {
            case SUCCEEDED -> "success";
            case COPYING -> "snapshotting";
            case STREAMING -> "replicating";
            case DRAINING -> "paused";
            case TAKING, ASKING -> "failover-granted";
            default -> phase.name().toLowerCase(Locale.ROOT);
        };
    }

    private static String word(SlotImports.Phase phase) {
        return switch (phase) {
            case RECEIVING -> "receiving";
            case TAKEN -> "success";
            case DEAD -> "failed";
        };
    }

    private static void head(
            ReplyWriter reply,
            String name,
            String operation,
            SlotSet slots,
            String target,
            String source) {
        reply.map(12);
        field(reply, "name", name);
        field(reply, "operation", operation);
        field(reply, "slot_ranges", slots.toString());
        field(reply, "target_node", target);
        field(reply, "source_node", source);
    }

    private static void times(ReplyWriter reply, long created, long updated, long acknowledged) {
        number(reply, "create_time", created / 1000);
        number(reply, "last_update_time", updated / 1000);
        number(reply, "last_ack_time", acknowledged / 1000);
    }

    private static void tail(ReplyWriter reply, String state, String message, long remaining) {
        field(reply, "state", state);
        field(reply, "message", message);
        number(reply, "cow_size", 0);
        number(reply, "remaining_repl_size", remaining);
    }

    private static void field(ReplyWriter reply, String name, String value) {
        reply.bulk(name);
        reply.bulk(value);
    }

    private static void number(ReplyWriter reply, String name, long value) {
        reply.bulk(name);
        reply.integer(value);
    }

    // --- between nodes ---------------------------------------------------------------------------

    static SlotSet ranges(ExecutionUnit unit, int from) {
        SlotSet slots = SlotSet.EMPTY;
        for (int i = from; i < unit.argc(); i += 2) {
            slots = range(slots, unit.arg(i), unit.arg(i + 1));
        }
        return slots;
    }

    /**
     * SYNCSLOTS ESTABLISH name source first last ..., SYNCSLOTS TAKE name, SYNCSLOTS ASK name first
     * last ..., and of who wants them SYNCSLOTS GIVE name task target first last ...
     */
    private void sync(ExecutionUnit unit) {
        if (!unit.mayBlock()) {
            throw CommandError.of("ERR CLUSTER SYNCSLOTS cannot wait inside a transaction");
        }
        if (unit.arg(2).isWord("ESTABLISH") && unit.argc() >= 7 && unit.argc() % 2 == 1) {
            SlotSet slots = ranges(unit, 5);
            moves().establish(unit, unit.arg(3).toString(), unit.arg(4).toString(), slots);
            unit.session().set(Session.BLOCKED);
            var outbox = unit.session().outbox();
            node.cluster()
                    .whenDone(() -> {
                        boolean kept = moves().keepImports();
                        outbox.answer(reply -> {
                            if (kept) {
                                reply.ok();
                            } else {
                                reply.error("ERR the import cannot be kept on disk");
                            }
                        });
                    });
        } else if (unit.arg(2).isWord("TAKE") && unit.argc() == 4) {
            moves().take(unit.session(), unit.arg(3).toString());
            unit.session().set(Session.BLOCKED);
            var outbox = unit.session().outbox();
            node.cluster().whenDone(() -> outbox.answer(ReplyWriter::ok));
        } else if (unit.arg(2).isWord("ASK") && unit.argc() >= 6 && unit.argc() % 2 == 0) {
            boolean taken = moves().wasTaken(unit.arg(3).toString(), ranges(unit, 4));
            unit.reply().status(taken ? "TAKEN" : "DEAD");
        } else if (unit.arg(2).isWord("GIVE") && unit.argc() >= 8 && unit.argc() % 2 == 0) {
            moves().export(
                            List.of(
                                    new SlotMoves.Wish(
                                            ranges(unit, 6),
                                            unit.arg(5).toString(),
                                            moves().usualAuthentication(),
                                            unit.arg(3).toString(),
                                            unit.arg(4).toString())));
            unit.reply().ok();
        } else {
            throw CommandError.SYNTAX;
        }
    }
}
