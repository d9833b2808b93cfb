package io.ferrite.node.sentinel;

import io.ferrite.base.Glob;
import io.ferrite.coordination.sentinel.Effect;
import io.ferrite.coordination.sentinel.GlobalSettings;
import io.ferrite.coordination.sentinel.Input;
import io.ferrite.coordination.sentinel.Master;
import io.ferrite.coordination.sentinel.Peer;
import io.ferrite.coordination.sentinel.Replica;
import io.ferrite.coordination.sentinel.Report;
import io.ferrite.coordination.sentinel.SentinelState;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.resp.ReplyWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** What a Sentinel is asked: commands that change nothing. */
final class SentinelCommands {

    static final CommandError NO_SUCH_MASTER = CommandError.of("ERR No such master with that name");
    private static final CommandError ONLY_HELLOS =
            CommandError.of("ERR Only HELLO messages are accepted by Sentinel instances.");
    private static final CommandError NOT_INTEGER =
            CommandError.of("ERR value is not an integer or out of range");
    private static final String HELLO_CHANNEL = "__sentinel__:hello";

    private final Supplier<SentinelService> service;

    SentinelCommands(Supplier<SentinelService> service) {
        this.service = service;
    }

    void register(CommandTable.Builder table) {
        bind(table, "MASTERS", this::masters);
        bind(table, "PRIMARIES", this::masters);
        bind(table, "MASTER", this::master);
        bind(table, "PRIMARY", this::master);
        bind(table, "REPLICAS", this::replicas);
        bind(table, "SLAVES", this::replicas);
        bind(table, "SENTINELS", this::sentinels);
        bind(table, "MYID", unit -> unit.reply().bulk(state().myId()));
        bind(table, "GET-MASTER-ADDR-BY-NAME", this::address);
        bind(table, "GET-PRIMARY-ADDR-BY-NAME", this::address);
        bind(table, "IS-MASTER-DOWN-BY-ADDR", this::isDown);
        bind(table, "IS-PRIMARY-DOWN-BY-ADDR", this::isDown);
        bind(table, "CKQUORUM", this::checkQuorum);
        bind(table, "INFO-CACHE", this::infoCache);
        bind(table, "PENDING-SCRIPTS", this::pendingScripts);
        bind(table, "EXPLAIN", this::explain);
        bind(table, "HELP", SentinelHelp::help);
    }

    static void bind(CommandTable.Builder table, String name, io.ferrite.engine.Handler handler) {
        table.bind("SENTINEL|" + name, LockPlan.NONE, handler);
    }

    private SentinelState state() {
        return service.get().state();
    }

    static Master requireMaster(SentinelState state, ExecutionUnit unit) {
        Master master = state.masters().get(unit.arg(2).toString());
        if (master == null) {
            throw NO_SUCH_MASTER;
        }
        return master;
    }

    private InstanceReply instances(ExecutionUnit unit) {
        return new InstanceReply(unit.reply(), state(), service.get().nowMs());
    }

    private void masters(ExecutionUnit unit) {
        unit.reply().array(state().masters().size());
        state().masters().values().forEach(instances(unit)::master);
    }

    private void master(ExecutionUnit unit) {
        instances(unit).master(requireMaster(state(), unit));
    }

    /** Replicas that don't want to be announced are kept from clients. */
    private void replicas(ExecutionUnit unit) {
        List<Replica> shown = new ArrayList<>();
        for (Replica replica : requireMaster(state(), unit).replicas().values()) {
            if (replica.report().announced()) {
                shown.add(replica);
            }
        }
        Master master = requireMaster(state(), unit);
        unit.reply().array(shown.size());
        shown.forEach(replica -> instances(unit).replica(master, replica));
    }

    private void sentinels(ExecutionUnit unit) {
        Master master = requireMaster(state(), unit);
        unit.reply().array(master.peers().size());
        for (Peer peer : master.peers().values()) {
            instances(unit).peer(master, peer);
        }
    }

    private void address(ExecutionUnit unit) {
        Master master = state().masters().get(unit.arg(2).toString());
        if (master == null) {
            unit.reply().nilArray();
            return;
        }
        unit.reply().array(2);
        unit.reply().bulk(master.currentAddress().announced(state().global().announceHostnames()));
        unit.reply().bulkNumber(master.currentAddress().port());
    }

    private void isDown(ExecutionUnit unit) {
        String ip = unit.arg(2).toString();
        long port = Numbers.integer(unit.arg(3), NOT_INTEGER);
        long epoch = Numbers.integer(unit.arg(4), NOT_INTEGER);
        String candidate = unit.arg(5).toString();
        Effect.Outcome outcome =
                service.get()
                        .ask(ticket -> new Input.OpinionAsked(ticket, ip, port, epoch, candidate));
        Effect.Outcome.Opinion opinion = (Effect.Outcome.Opinion) outcome;
        unit.reply().array(3);
        unit.reply().integer(opinion.down() ? 1 : 0);
        unit.reply().bulk(opinion.leader());
        unit.reply().integer(opinion.epoch());
    }

    private void checkQuorum(ExecutionUnit unit) {
        Master master = requireMaster(state(), unit);
        int usable = 1;
        for (Peer peer : master.peers().values()) {
            usable += peer.self().down() ? 0 : 1;
        }
        boolean quorum = usable >= master.settings().quorum();
        boolean majority = usable >= master.voters() / 2 + 1;
        if (quorum && majority) {
            unit.reply()
                    .status(
                            "OK "
                                    + usable
                                    + " usable Sentinels. Quorum and failover authorization can be"
                                    + " reached");
            return;
        }
        StringBuilder line = new StringBuilder("NOQUORUM " + usable + " usable Sentinels. ");
        if (!quorum) {
            line.append("Not enough available Sentinels to reach the specified quorum for this");
            line.append(" master");
        }
        if (!majority) {
            line.append(quorum ? "" : ". ");
            line.append("Not enough available Sentinels to reach the majority and authorize a");
            line.append(" failover");
        }
        throw CommandError.of(line.toString());
    }

    /**
     * The INFO of masters and their replicas as it came the last time; of all, or of those named.
     */
    private void infoCache(ExecutionUnit unit) {
        Map<String, Master> shown = new LinkedHashMap<>();
        for (int i = 2; i < unit.argc(); i++) {
            Master master = state().masters().get(unit.arg(i).toString());
            if (master != null) {
                shown.put(master.name(), master);
            }
        }
        ReplyWriter reply = unit.reply();
        reply.array(shown.size() * 2);
        for (Master master : shown.values()) {
            reply.bulk(master.name());
            reply.array(master.replicas().size() + 1);
            info(reply, master.report());
            master.replicas().values().forEach(replica -> info(reply, replica.report()));
        }
    }

    private void info(ReplyWriter reply, Report report) {
        reply.array(2);
        reply.integer(report.ageMs(service.get().nowMs()));
        if (report.refreshedMs() == 0) {
            reply.nil();
        } else {
            reply.bulk(report.text().getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private void pendingScripts(ExecutionUnit unit) {
        List<Errands.Job> jobs = service.get().errands().jobs();
        long now = service.get().nowMs();
        ReplyWriter reply = unit.reply();
        reply.array(jobs.size());
        for (Errands.Job job : jobs) {
            reply.map(5);
            reply.bulk("argv");
            reply.array(job.words().size());
            job.words().forEach(reply::bulk);
            reply.bulk("flags");
            reply.bulk(job.isRunning() ? "running" : "scheduled");
            reply.bulk("pid");
            reply.bulkNumber(job.pid());
            reply.bulk(job.isRunning() ? "run-time" : "run-delay");
            reply.bulkNumber(
                    job.isRunning() ? now - job.startMs() : Math.max(0, job.startMs() - now));
            reply.bulk("retry-num");
            reply.bulkNumber(job.tries());
        }
    }

    /** SENTINEL EXPLAIN name [epoch]. */
    private void explain(ExecutionUnit unit) {
        if (unit.argc() > 4) {
            throw CommandError.arity("sentinel|explain");
        }
        Master master = requireMaster(state(), unit);
        long epoch = unit.argc() == 4 ? Numbers.integer(unit.arg(3), NOT_INTEGER) : 0;
        Explain.reply(
                unit.reply(), state().stories().getOrDefault(master.name(), List.of()), epoch);
    }

    /** SENTINEL CONFIG GET pattern...: each parameter once. */
    void configGet(ExecutionUnit unit) {
        GlobalSettings global = state().global();
        Map<String, String> all = new LinkedHashMap<>();
        all.put("resolve-hostnames", global.resolveHostnames() ? "yes" : "no");
        all.put("announce-hostnames", global.announceHostnames() ? "yes" : "no");
        all.put("announce-ip", global.announceIp());
        all.put("announce-port", Integer.toString(global.announcePort()));
        all.put("sentinel-user", global.sentinelUser());
        all.put("sentinel-pass", global.sentinelPass());
        all.put("loglevel", service.get().node().log().level().name().toLowerCase(Locale.ROOT));
        Map<String, String> found = new LinkedHashMap<>();
        for (int i = 3; i < unit.argc(); i++) {
            Glob glob =
                    Glob.of(
                            unit.arg(i)
                                    .toString()
                                    .toLowerCase(Locale.ROOT)
                                    .getBytes(StandardCharsets.ISO_8859_1));
            all.forEach((name, value) -> {
                if (glob.matches(name.getBytes(StandardCharsets.ISO_8859_1))) {
                    found.putIfAbsent(name, value);
                }
            });
        }
        unit.reply().map(found.size());
        found.forEach((name, value) -> {
            unit.reply().bulk(name);
            unit.reply().bulk(value);
        });
    }

    // --- commands of other kinds of servers
    // -------------------------------------------------------

    void info(ExecutionUnit unit) {
        String text = SentinelInfo.of(service.get(), unit);
        // Not a verbatim one, as a server's.
        unit.reply().bulk(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void role(ExecutionUnit unit) {
        unit.reply().array(2);
        unit.reply().bulk("sentinel");
        unit.reply().array(state().masters().size());
        state().masters().keySet().forEach(unit.reply()::bulk);
    }

    static void publish(SentinelService service, ExecutionUnit unit) {
        if (!unit.arg(1).toString().equals(HELLO_CHANNEL)) {
            throw ONLY_HELLOS;
        }
        service.feed(new Input.Greeted(unit.arg(2).toString()));
        unit.reply().integer(1);
    }
}
