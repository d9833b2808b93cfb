package io.ferrite.node.persistence.aof;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Session;
import io.ferrite.node.Node;
import io.ferrite.node.persistence.BackgroundJobs;

/** BGREWRITEAOF. */
public final class AofCommands {

    private static final String STARTED = "Background append only file rewriting started";
    private static final String SCHEDULED = "Background append only file rewriting scheduled";

    private final Node node;

    private AofCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        AofCommands commands = new AofCommands(node);
        table.bind("BGREWRITEAOF", LockPlan.NONE, commands::rewrite);
    }

    private void rewrite(ExecutionUnit unit) {
        AofRewrite rewrite = node.appendOnly().rewrite();
        BackgroundJobs jobs = node.persistence().jobs();
        if (jobs.isActive(BackgroundJobs.Kind.REWRITE)) {
            throw CommandError.of("ERR Background append only file rewriting already in progress");
        }
        Session session = unit.session();
        boolean begun = !unit.isNested() && rewrite.tryBegin(outcome -> tell(session, outcome));
        if (!begun) {
            rewrite.forgetFailures();
            jobs.schedule(BackgroundJobs.Kind.REWRITE, true);
            unit.reply().status(SCHEDULED);
            return;
        }
        session.set(Session.BLOCKED);
    }

    private static void tell(Session session, AofRewrite.Outcome outcome) {
        session.outbox()
                .answer(reply -> {
                    if (outcome == AofRewrite.Outcome.BEGUN) {
                        reply.status(STARTED);
                    } else {
                        reply.error(
                                "ERR Can't execute an AOF background rewriting. Please"
                                        + " check the server logs for more information.");
                    }
                });
    }
}
