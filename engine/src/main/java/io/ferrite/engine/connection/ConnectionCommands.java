package io.ferrite.engine.connection;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.Session;

/** Commands that concern the connection alone and need nothing of the server around it. */
public final class ConnectionCommands {

    private ConnectionCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("PING", LockPlan.NONE, ConnectionCommands::ping)
                .bind("ECHO", LockPlan.NONE, ConnectionCommands::echo)
                .bind("SELECT", LockPlan.NONE, ConnectionCommands::select)
                .bind("QUIT", LockPlan.NONE, ConnectionCommands::quit);
    }

    static void ping(ExecutionUnit unit) {
        if (unit.argc() > 2) {
            throw CommandError.arity("ping");
        }
        Session session = unit.session();
        if (session.has(Session.SUBSCRIBED) && session.protocol() == 2) {
            unit.reply().array(2);
            unit.reply().bulk("pong");
            if (unit.argc() == 1) {
                unit.reply().emptyBulk();
            } else {
                unit.reply().bulk(unit.arg(1));
            }
        } else if (unit.argc() == 1) {
            unit.reply().pong();
        } else {
            unit.reply().bulk(unit.arg(1));
        }
    }

    static void echo(ExecutionUnit unit) {
        unit.reply().bulk(unit.arg(1));
    }

    static void select(ExecutionUnit unit) {
        int index = Numbers.integer32(unit.arg(1));
        if (index != 0) {
            unit.requireDatabases("SELECT is");
        }
        if (index < 0 || index >= unit.keyspace().databases()) {
            throw CommandError.DB_INDEX;
        }
        unit.session().selectDatabase(index);
        unit.selectDatabase(index);
        unit.reply().ok();
    }

    static void quit(ExecutionUnit unit) {
        unit.session().set(Session.CLOSING);
        unit.reply().ok();
    }
}
