package io.ferrite.node.persistence;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Session;
import io.ferrite.node.Node;
import io.ferrite.resp.ReplyWriter;
import java.util.function.Consumer;

/** SAVE, BGSAVE, LASTSAVE. No event loop waits for a file: the client does. */
public final class SaveCommands {

    private static final String RUNNING = "ERR Background save already in progress";
    private static final String SCHEDULED = "Background saving scheduled";

    private final Node node;

    private SaveCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        SaveCommands commands = new SaveCommands(node);
        table.bind("SAVE", LockPlan.NONE, commands::save)
                .bind("BGSAVE", LockPlan.NONE, commands::backgroundSave)
                .bind("LASTSAVE", LockPlan.NONE, commands::lastSave);
    }

    private Persistence persistence() {
        return node.persistence();
    }

    private void lastSave(ExecutionUnit unit) {
        unit.reply().integer(persistence().saver().lastSaveSeconds());
    }

    private void save(ExecutionUnit unit) {
        if (persistence().saver().isSaving()) {
            throw CommandError.of(RUNNING);
        }
        Session session = await(unit);
        persistence()
                .save(done ->
                        answer(
                                session,
                                out -> {
                                    if (done == null) {
                                        out.error(RUNNING);
                                    } else if (done) {
                                        out.ok();
                                    } else {
                                        out.error("ERR");
                                    }
                                }));
    }

    /** BGSAVE [SCHEDULE]. */
    private void backgroundSave(ExecutionUnit unit) {
        if (unit.argc() > 2 || unit.argc() == 2 && !unit.arg(1).isWord("SCHEDULE")) {
            throw CommandError.SYNTAX;
        }
        boolean schedule = unit.argc() == 2;
        BackgroundJobs jobs = persistence().jobs();
        if (persistence().saver().isSaving()) {
            throw CommandError.of(RUNNING);
        }
        if (unit.isNested() || schedule && !jobs.isIdle()) {
            jobs.schedule(BackgroundJobs.Kind.SAVE, true);
            unit.reply().status(SCHEDULED);
            return;
        }
        if (!jobs.isIdle()) {
            throw CommandError.of(
                    "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE"
                            + " SCHEDULE in order to schedule a BGSAVE whenever possible.");
        }
        Session session = await(unit);
        persistence()
                .saveInBackground(begun ->
                        answer(
                                session,
                                out -> {
                                    if (begun) {
                                        out.status("Background saving started");
                                    } else {
                                        out.error(RUNNING);
                                    }
                                }));
    }

    private static Session await(ExecutionUnit unit) {
        Session session = unit.session();
        session.set(Session.BLOCKED);
        return session;
    }

    private static void answer(Session session, Consumer<ReplyWriter> reply) {
        session.outbox().answer(reply);
    }
}
