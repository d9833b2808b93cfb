package io.ferrite.node.migrate;

import io.ferrite.engine.ByteKey;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;
import io.ferrite.node.Dispatcher;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.RespValue;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * One MIGRATE under way. The client waits; the event loop goes on with others.
 *
 * <p>The promise: a write to one of the keys that was acknowledged here is at the other end when
 * MIGRATE has answered OK, and no key is deleted here before the other server said that it has it.
 * The values are taken under their stripes and the keys are watched from then on. Once all have
 * arrived, the stripes are taken again: if nothing changed, the keys are deleted, all in one unit;
 * if anything did, its new state travels once more. {@link KeyGuard} holds clients that would write
 * meanwhile, so that this ends.
 *
 * <p>On its client's event loop only.
 */
final class Migration implements MigrateLink.User {

    /** Bytes handed to the socket at once, and how many may wait there. */
    private static final int CHUNK = 64 << 10;

    private static final long PENDING_MAX = 1 << 20;

    /** Times that values travel again because they changed on the way. */
    private static final int ROUNDS_MAX = 64;

    /** From this round on nobody writes anything. */
    private static final int PATIENT_ROUNDS = 4;

    private final MigrateService service;
    private final Dispatcher dispatcher;
    private final Session client;
    private final MigrateOptions options;
    private final int database;
    private final boolean asking;
    private final List<Parcel> parcels;
    private final long stripes;

    /** Whoever changes one of the keys marks it. */
    private final Session watcher;

    private MigrateLink link;
    private boolean retried;
    private boolean over;
    private boolean holdsAll;
    private long lastProgressMs;
    private int round;

    /** What travels in this round, how far it has been sent, and which answers are awaited. */
    private final List<Parcel> sending = new ArrayList<>();

    private int sendingAt;
    private long sentOf;
    private final ArrayDeque<Answer> awaited = new ArrayDeque<>();
    private boolean answeredAny;
    private boolean writing;

    /** The first refusal of the other server, which is what the client is told. */
    private String refusal;

    private boolean prologueRefused;

    private interface Answer {
        void accept(RespValue reply);
    }

    Migration(
            MigrateService service,
            ExecutionUnit unit,
            Dispatcher dispatcher,
            MigrateOptions options,
            Set<ByteKey> present) {
        this.service = service;
        this.dispatcher = dispatcher;
        this.client = unit.session();
        this.options = options;
        this.database = unit.databaseIndex();
        this.asking = service.node().cluster() != null;
        this.watcher = service.node().newSession();
        this.watcher.selectDatabase(database);
        this.parcels = new ArrayList<>();
        long mask = 0;
        for (ByteKey key : present) {
            int stripe = unit.keyspace().stripeOf(unit.slice(key));
            parcels.add(new Parcel(key, stripe));
            mask |= 1L << stripe;
        }
        this.stripes = mask;
    }

    // --- taking the values -----------------------------------------------------------------------

    /** Takes the values for the first time and begins; the stripes are held. */
    void begin(ExecutionUnit unit) {
        pack(unit, parcels);
        client.set(Session.BLOCKED);
        lastProgressMs = now();
        reach();
        watchTime();
    }

    /** Takes what these keys hold now, and watches them. */
    private void pack(ExecutionUnit unit, List<Parcel> wanted) {
        sending.clear();
        watcher.setWatchDirty(false);
        for (Parcel parcel : List.copyOf(wanted)) {
            long entry = unit.find(unit.database(), parcel.key());
            boolean there = entry != Database.NONE && !Entry.isExpired(entry, unit.nowMs());
            if (there) {
                boolean replace = options.replace() || parcel.hasArrived();
                parcel.pack(entry, timeToLive(entry, unit.nowMs()), asking, replace);
            } else if (parcel.hasArrived()) {
                parcel.packRemoval(asking);
            } else {
                parcels.remove(parcel); // expired between the look and now
                parcel.close();
                continue;
            }
            sending.add(parcel);
            unit.engine().watches().watch(watcher, database, parcel.key(), parcel.stripe(), false);
        }
    }

    private static long timeToLive(long entry, long nowMs) {
        return Entry.hasExpiry(entry) ? Math.max(1, Entry.expireAt(entry) - nowMs) : 0;
    }

    // --- the link --------------------------------------------------------------------------------

    private void reach() {
        String address = options.host() + ":" + options.port();
        link = retried ? null : service.links().cached(dispatcher.loop(), address, this);
        if (link == null) {
            int ms = (int) Math.min(Integer.MAX_VALUE, options.timeoutMs());
            int port = port();
            link = service.links().connect(dispatcher.loop(), options.host(), port, ms, this);
        } else {
            send();
        }
    }

    /** As much of the text as is a number; 0, where nobody listens, if it is none. */
    private int port() {
        String digits = options.port().replaceFirst("^\\s*\\+?(\\d{1,6}).*$|^.*$", "0$1");
        int port = Integer.parseInt(digits);
        return port > 0xFFFF ? 0 : port;
    }

    @Override
    public void connected() {
        lastProgressMs = now();
        send();
    }

    /** Sends what comes before the values, and as much of them as the socket takes. */
    private void send() {
        sendingAt = 0;
        sentOf = 0;
        answeredAny = false;
        awaited.clear();
        if (round == 0) {
            CommandBytes prologue = new CommandBytes();
            authenticate(prologue);
            select(prologue);
            byte[] bytes = prologue.toBytes();
            if (bytes.length > 0) {
                link.send(bytes);
            }
        }
        for (Parcel parcel : sending) {
            if (asking && parcel.isRemoval()) {
                awaited.add(reply -> {});
            }
            awaited.add(reply -> arrived(parcel, reply));
        }
        writing = true;
        writable();
        if (sending.isEmpty()) {
            roundOver();
        }
    }

    private void authenticate(CommandBytes prologue) {
        if (options.password() == null) {
            return;
        }
        prologue.array(options.user() == null ? 2 : 3).bulk("AUTH");
        if (options.user() != null) {
            prologue.bulk(options.user());
        }
        prologue.bulk(options.password());
        awaited.add(this::prologueAnswered);
    }

    private void select(CommandBytes prologue) {
        if (link.database() != options.database()) {
            prologue.array(2).bulk("SELECT").bulk(Long.toString(options.database()));
            awaited.add(this::prologueAnswered);
        }
    }

    private void prologueAnswered(RespValue reply) {
        if (reply instanceof RespValue.Failure failure) {
            prologueRefused = true;
            refused(failure);
        }
    }

    private void refused(RespValue.Failure failure) {
        link.setDatabase(-1);
        if (refusal == null) {
            refusal = "ERR Target instance replied with error: " + failure.text();
        }
    }

    private void arrived(Parcel parcel, RespValue reply) {
        if (reply instanceof RespValue.Failure failure) {
            refused(failure);
            parcel.answered(false);
        } else {
            parcel.answered(!prologueRefused);
        }
    }

    @Override
    public void writable() {
        while (writing && link.pendingBytes() < PENDING_MAX) {
            if (sendingAt == sending.size()) {
                writing = false;
                return;
            }
            byte[] part = sending.get(sendingAt).part(sentOf, CHUNK);
            if (part.length == 0) {
                sendingAt++;
                sentOf = 0;
                continue;
            }
            sentOf += part.length;
            lastProgressMs = now();
            link.send(part);
        }
    }

    @Override
    public void replied(RespValue reply) {
        lastProgressMs = now();
        answeredAny = true;
        awaited.remove().accept(reply);
        if (awaited.isEmpty()) {
            roundOver();
        }
    }

    @Override
    public void broken(boolean connecting) {
        if (connecting) {
            fail("IOERR error or timeout connecting to the client");
        } else if (round == 0 && !answeredAny && !retried) {
            retried = true; // usual for a kept connection: the other side had closed it
            lastProgressMs = now();
            reach();
        } else {
            lost();
        }
    }

    /** Silence is looked for at half the time that is allowed. */
    private void watchTime() {
        long interval = Math.max(1, Math.min(options.timeoutMs() / 2, 1000));
        service.node().environment().after(dispatcher.loop(), interval, this::lookAtTime);
    }

    private void lookAtTime() {
        if (over) {
            return;
        }
        if (now() - lastProgressMs > options.timeoutMs()) {
            link.close();
            lost();
        } else {
            watchTime();
        }
    }

    /** What has arrived for sure is deleted here as if nothing had happened; the rest stays. */
    private void lost() {
        String phase = writing ? "writing" : "reading";
        String error = "IOERR error or timeout " + phase + " to target instance";
        link.close();
        fail(refusal == null ? error : refusal);
    }

    private long now() {
        return service.node().environment().nowMs();
    }

    // --- the end ---------------------------------------------------------------------------------

    private void roundOver() {
        boolean again = settle(++round < ROUNDS_MAX);
        if (again) {
            if (round == PATIENT_ROUNDS) {
                holdsAll = true;
                service.guard().holdAll();
            }
            send();
            return;
        }
        if (refusal == null) {
            link.setDatabase(options.database());
        }
        service.links().keep(link);
        finish(refusal);
    }

    private void fail(String error) {
        settle(false);
        finish(error);
    }

    /**
     * Under the stripes: deletes what has arrived and is as it was, or takes it once more.
     *
     * @param mayRepeat whether what changed on its way may travel again
     * @return whether anything is to be sent
     */
    private boolean settle(boolean mayRepeat) {
        boolean[] again = {false};
        List<Parcel> arrived = parcels.stream().filter(Parcel::hasArrived).toList();
        dispatcher.runUnit(
                watcher,
                stripes,
                unit -> {
                    boolean changed = watcher.watchDirty();
                    unwatch(unit);
                    if (options.copy() || arrived.isEmpty()) {
                        return;
                    }
                    if (!changed) {
                        delete(unit, arrived);
                    } else if (mayRepeat) {
                        pack(unit, arrived);
                        again[0] = !sending.isEmpty();
                    } else if (refusal == null) {
                        refusal = "IOERR keys changed while they were moved";
                    }
                });
        return again[0];
    }

    private void unwatch(ExecutionUnit unit) {
        unit.engine().watches().unwatchAll(watcher);
    }

    /** Followers and files learn of it as one DEL, as they do from Redis. */
    private void delete(ExecutionUnit unit, List<Parcel> arrived) {
        List<ByteKey> deleted = new ArrayList<>();
        for (Parcel parcel : arrived) {
            Slice key = unit.slice(parcel.key());
            if (unit.delete(key)) {
                unit.effects().changed(key, Event.DEL);
                deleted.add(parcel.key());
            }
        }
        if (!deleted.isEmpty()) {
            unit.effects().command(deleted.size() + 1).word("DEL");
            deleted.forEach(name -> unit.effects().arg(name.bytes()));
        }
    }

    private void finish(String error) {
        over = true;
        parcels.forEach(Parcel::close);
        service.ended(database, options.keys(), holdsAll);
        if (error == null) {
            client.outbox().answer(ReplyWriter::ok);
        } else {
            service.node().engine().errors().count(error);
            client.outbox().answer(reply -> reply.error(error));
        }
    }
}
