package io.ferrite.node.command;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;
import io.ferrite.node.Node;
import io.ferrite.node.Shutdown;

/** Commands on the process: its end. */
public final class ProcessCommands {

    private final Node node;

    private ProcessCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        ProcessCommands commands = new ProcessCommands(node);
        table.bind("SHUTDOWN", LockPlan.NONE, commands::shutdown);
    }

    /** SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]. Replies only when it does not happen. */
    private void shutdown(ExecutionUnit unit) {
        boolean save = false;
        boolean noSave = false;
        boolean now = false;
        boolean force = false;
        boolean abort = false;
        for (int i = 1; i < unit.argc(); i++) {
            Slice word = unit.arg(i);
            if (word.isWord("NOSAVE")) {
                noSave = true;
            } else if (word.isWord("SAVE")) {
                save = true;
            } else if (word.isWord("NOW")) {
                now = true;
            } else if (word.isWord("FORCE")) {
                force = true;
            } else if (word.isWord("ABORT")) {
                abort = true;
            } else {
                throw CommandError.SYNTAX;
            }
        }
        if (abort && unit.argc() > 2 || save && noSave) {
            throw CommandError.SYNTAX;
        }
        if (abort) {
            if (!node.shutdown().abort()) {
                throw CommandError.of("ERR No shutdown in progress.");
            }
            unit.reply().ok();
            return;
        }
        if (unit.isNested()) {
            throw CommandError.of("ERR SHUTDOWN is not allowed inside a transaction or script");
        }
        if (!noSave && node.scripting().isBusy()) {
            throw CommandError.of(node.scripting().busy());
        }
        Shutdown.Wish wish = new Shutdown.Wish(save, noSave, now, force);
        Session session = unit.session();
        session.set(Session.BLOCKED);
        node.shutdown().begin(wish, refusal -> session.outbox().answer(out -> out.error(refusal)));
    }
}
