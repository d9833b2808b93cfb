package io.ferrite.engine.transaction;

import io.ferrite.engine.ByteKey;
import io.ferrite.engine.Command;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Session;
import io.ferrite.engine.Watches;
import io.ferrite.memory.Slice;
import io.ferrite.resp.Request;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * Transactions: a queue of commands that runs as one unit, under the stripes of all their keys at
 * once, and is one contiguous run of the log.
 */
public final class TransactionCommands {

    private static final CommandError EXEC_ABORT =
            CommandError.of("EXECABORT Transaction discarded because of previous errors.");

    private TransactionCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("MULTI", LockPlan.NONE, TransactionCommands::multi)
                .bind("EXEC", LockPlan.QUEUED, TransactionCommands::exec)
                .bind("DISCARD", LockPlan.WATCHED, TransactionCommands::discard)
                .bind("WATCH", TransactionCommands::watch)
                .bind("UNWATCH", LockPlan.WATCHED, TransactionCommands::unwatch);
    }

    static void multi(ExecutionUnit unit) {
        if (unit.session().has(Session.MULTI)) {
            throw CommandError.of("ERR MULTI calls can not be nested");
        }
        unit.session().set(Session.MULTI);
        unit.reply().ok();
    }

    static void discard(ExecutionUnit unit) {
        if (!unit.session().has(Session.MULTI)) {
            throw CommandError.of("ERR DISCARD without MULTI");
        }
        unit.session().discardQueue();
        forgetWatches(unit);
        unit.reply().ok();
    }

    static void watch(ExecutionUnit unit) {
        Session session = unit.session();
        if (session.has(Session.MULTI)) {
            throw CommandError.of("ERR WATCH inside MULTI is not allowed");
        }
        unit.requireNames(1);
        for (int i = 1; i < unit.argc() && !session.watchDirty(); i++) {
            Slice key = unit.arg(i);
            long entry = unit.database().find(key);
            boolean expired = entry != Database.NONE && Entry.isExpired(entry, unit.nowMs());
            unit.engine()
                    .watches()
                    .watch(
                            session,
                            unit.databaseIndex(),
                            ByteKey.of(key),
                            unit.keyspace().stripeOf(key),
                            expired);
        }
        unit.reply().ok();
    }

    static void unwatch(ExecutionUnit unit) {
        forgetWatches(unit);
        unit.reply().ok();
    }

    private static void forgetWatches(ExecutionUnit unit) {
        Session session = unit.session();
        unit.engine().watches().unwatchAll(session);
        session.setWatchDirty(false);
    }

    static void exec(ExecutionUnit unit) {
        Session session = unit.session();
        if (!session.has(Session.MULTI)) {
            throw CommandError.of("ERR EXEC without MULTI");
        }
        boolean refused = session.has(Session.DIRTY_EXEC);
        boolean changed = session.watchDirty() || anyWatchedExpired(unit);
        forgetWatches(unit);
        if (refused || changed) {
            session.discardQueue();
            if (refused) {
                throw EXEC_ABORT;
            }
            unit.reply().nilArray();
            return;
        }
        runQueue(unit, session);
    }

    private static void runQueue(ExecutionUnit unit, Session session) {
        List<Command> commands = new ArrayList<>(session.queuedCommands());
        List<Request> requests = session.takeQueue();
        session.clear(Session.MULTI | Session.DIRTY_EXEC);
        Command exec = unit.command();
        Request execRequest = unit.request();
        unit.setNested(true);
        unit.effects().group();
        unit.reply().array(requests.size());
        for (int i = 0; i < requests.size(); i++) {
            unit.engine().runQueued(unit, commands.get(i), requests.get(i));
        }
        unit.setNested(false);
        unit.resume(exec, execRequest);
        for (Request request : requests) {
            request.close();
        }
    }

    /** A watched key that has expired since counts as changed although nobody removed it yet. */
    private static boolean anyWatchedExpired(ExecutionUnit unit) {
        for (Watches.Watched watched : unit.session().watched()) {
            Database database = unit.keyspace().database(watched.database());
            long entry = unit.find(database, watched.key());
            if (entry != Database.NONE
                    && !watched.isStale()
                    && Entry.isExpired(entry, unit.nowMs())) {
                return true;
            }
        }
        return false;
    }
}
