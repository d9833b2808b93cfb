package io.ferrite.node.slots;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.node.Node;
import io.ferrite.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * CLUSTER MIGRATION IMPORT, STATUS and CANCEL, which are Redis 8.4's: said to the node that wants
 * slots. The keys move as with MIGRATESLOTS.
 */
final class MigrationCommand {

    private static final CommandError ARITY =
            CommandError.of("ERR wrong number of arguments for 'cluster|migration' command");
    private static final CommandError UNKNOWN = CommandError.of("ERR unknown argument");

    private final Node node;

    MigrationCommand(Node node) {
        this.node = node;
    }

    void run(ExecutionUnit unit) {
        if (unit.arg(2).isWord("IMPORT")) {
            if (unit.argc() % 2 == 0) {
                throw ARITY;
            }
            SlotSet slots = SlotMoveCommands.ranges(unit, 3);
            unit.reply().bulk(node.slotMoves().request(slots));
        } else if (unit.arg(2).isWord("STATUS")) {
            status(unit);
        } else if (unit.arg(2).isWord("CANCEL")) {
            unit.reply().integer(node.slotMoves().cancelTasks(id(unit)));
        } else {
            throw UNKNOWN;
        }
    }

    /** The name behind ID, or null for ALL. */
    private static String id(ExecutionUnit unit) {
        boolean one = unit.arg(3).isWord("ID");
        if (!one && !unit.arg(3).isWord("ALL")) {
            throw UNKNOWN;
        }
        if (unit.argc() != (one ? 5 : 4)) {
            throw ARITY;
        }
        return one ? unit.arg(4).toString() : null;
    }

    private void status(ExecutionUnit unit) {
        String id = id(unit);
        List<MoveStatus> all = new ArrayList<>(node.slotMoves().status());
        all.removeIf(status -> id != null && !status.id().equals(id));
        unit.reply().array(all.size());
        all.forEach(status -> write(unit.reply(), status));
    }

    private static void write(ReplyWriter reply, MoveStatus status) {
        reply.map(12);
        field(reply, "id", status.id());
        field(reply, "slots", status.slots().toString());
        field(reply, "source", status.source());
        field(reply, "dest", status.dest());
        field(reply, "operation", status.operation());
        field(reply, "state", status.state());
        field(reply, "last_error", status.lastError());
        number(reply, "retries", status.retries());
        number(reply, "create_time", status.createdMs());
        number(reply, "start_time", status.startedMs());
        number(reply, "end_time", status.endedMs());
        number(reply, "write_pause_ms", status.pauseMs());
    }

    private static void field(ReplyWriter reply, String name, String value) {
        reply.bulk(name);
        reply.bulk(value);
    }

    private static void number(ReplyWriter reply, String name, long value) {
        reply.bulk(name);
        reply.integer(value);
    }
}
