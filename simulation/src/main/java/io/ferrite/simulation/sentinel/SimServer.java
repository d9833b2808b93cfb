package io.ferrite.simulation.sentinel;

import io.ferrite.coordination.sentinel.Reply;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A server as Sentinel sees it: PING, INFO, the hello channel, SLAVEOF in a transaction; and enough
 * of replication that offsets, histories and lost writes mean something.
 */
final class SimServer extends Host {

    /** What is left of the data after a crash. */
    enum Persistence {
        /** Everything, and the history's name. */
        DURABLE,
        /** All but the last writes, and the history's name. */
        SNAPSHOT,
        /** All but the last writes; the history has no name any more. */
        LOG,
        NONE
    }

    private static final int STEP_MS = 100;
    private static final long REPL_TIMEOUT_MS = 5000;
    private static final String NO_HISTORY = "0".repeat(40);

    private final Persistence persistence;
    private final int priority;
    private String runId;
    private long startedMs;
    private String historyId;
    private String formerHistoryId = NO_HISTORY;
    private List<Long> data = new ArrayList<>();

    /** Whom it follows, null if it leads or looks where nobody is. */
    private SimServer master;

    /** Where it looks for its master, null if it leads. */
    private String masterHost;

    private int masterPort;

    /** The same after a restart: the configuration file. */
    private String configuredHost;

    private int configuredPort;

    private boolean linkUp;

    /** The data of the master that the link is to: it breaks with a restart, however short. */
    private String linkedTo = "";

    /** How often it took a whole copy: who follows it needs one too, then. */
    private int copies;

    private long linkDownMs;
    private long heardMs;
    private long syncedAtMs;
    private final Set<Network.Conn> subscribers = new LinkedHashSet<>();
    private final List<Unacked> unacked = new ArrayList<>();

    /** Until then a script runs. */
    private long busyUntilMs;

    /** A write whose client waits until replicas have it. */
    private record Unacked(int length, Consumer<Boolean> answer) {}

    SimServer(World world, String name, int number, Persistence persistence, int priority) {
        super(world, name, "10.0.0." + number, 6379);
        this.persistence = persistence;
        this.priority = priority;
        this.runId = world.hex(40);
        this.startedMs = world.nowMs();
        this.historyId = world.hex(40);
        after(STEP_MS, this::step);
    }

    boolean leads() {
        return masterHost == null;
    }

    SimServer master() {
        return master;
    }

    boolean isLinked() {
        return linkUp;
    }

    List<Long> data() {
        return data;
    }

    void follow(SimServer other) {
        follow(other.ip, other.port);
    }

    private void follow(String host, int at) {
        if (host.equals(masterHost) && at == masterPort || host.equals(ip) && at == port) {
            return;
        }
        world.note(name + " follows " + host + ":" + at);
        masterHost = host;
        masterPort = at;
        changeRole();
    }

    private void lead() {
        if (leads()) {
            return;
        }
        world.note(name + " leads");
        formerHistoryId = historyId;
        historyId = world.hex(40);
        masterHost = null;
        masterPort = 0;
        changeRole();
    }

    private void changeRole() {
        master = masterHost == null ? null : world.serverAt(masterHost, masterPort);
        linkUp = false;
        linkDownMs = world.nowMs();
        syncedAtMs = 0;
        unacked.forEach(each -> each.answer().accept(false));
        unacked.clear();
    }

    @Override
    void crashed() {
        subscribers.clear();
        unacked.clear();
        int lost = persistence == Persistence.DURABLE ? 0 : world.between(0, 5);
        data = new ArrayList<>(data.subList(0, Math.max(0, data.size() - lost)));
    }

    @Override
    void started() {
        startedMs = world.nowMs();
        runId = world.hex(40);
        masterHost = configuredHost;
        masterPort = configuredPort;
        changeRole();
        String old = historyId;
        historyId = world.hex(40);
        formerHistoryId = NO_HISTORY;
        switch (persistence) {
            case SNAPSHOT, DURABLE -> {
                formerHistoryId = old;
                if (!leads()) {
                    historyId = old;
                }
            }
            case LOG -> {}
            case NONE -> data = new ArrayList<>();
        }
        after(STEP_MS, this::step);
    }

    // --- replication -----------------------------------------------------------------------------

    private void step() {
        after(STEP_MS, this::step);
        if (master != null) {
            replicate();
        }
    }

    private void replicate() {
        long now = world.nowMs();
        boolean reachable = world.network.bothWays(this, master);
        boolean answers = reachable && master.runs() && (master.leads() || master.linkUp);
        if (!answers) {
            boolean told = reachable && !master.isUp();
            if (linkUp && (told || now - heardMs > REPL_TIMEOUT_MS)) {
                linkUp = false;
                linkDownMs = now;
            }
            syncedAtMs = 0;
            return;
        }
        heardMs = now;
        if (linkUp && !linkedTo.equals(master.dataset())) {
            linkUp = false;
            linkDownMs = now;
            syncedAtMs = 0;
        }
        if (linkUp) {
            take();
            return;
        }
        boolean partial = continues(master);
        if (syncedAtMs == 0) {
            syncedAtMs = now + (partial ? world.between(5, 50) : world.between(100, 1500));
        }
        if (now >= syncedAtMs) {
            String how = partial ? " goes on after " : " copies all of ";
            world.note(name + how + master.name + ": " + data.size() + " of " + master.data.size());
            if (!partial) {
                data = new ArrayList<>();
                copies++;
            }
            linkUp = true;
            linkedTo = master.dataset();
            take();
        }
    }

    private String dataset() {
        return runId + " " + copies;
    }

    /** Whether its data are a beginning of the other's, as far as the names of histories tell. */
    private boolean continues(SimServer other) {
        boolean named =
                historyId.equals(other.historyId) || historyId.equals(other.formerHistoryId);
        return named
                && data.size() <= other.data.size()
                && data.equals(other.data.subList(0, data.size()));
    }

    private void take() {
        historyId = master.historyId;
        formerHistoryId = master.formerHistoryId;
        if (data.size() > master.data.size()) {
            data = new ArrayList<>(master.data);
        }
        data.addAll(master.data.subList(data.size(), master.data.size()));
        master.acknowledge();
    }

    private void acknowledge() {
        for (Unacked each : new ArrayList<>(unacked)) {
            int have = 0;
            for (SimServer server : world.servers) {
                boolean has =
                        server.master == this
                                && server.linkUp
                                && server.runs()
                                && server.data.size() >= each.length();
                have += has ? 1 : 0;
            }
            if (have >= world.client.ackReplicas()) {
                unacked.remove(each);
                each.answer().accept(true);
            }
        }
    }

    /** A client's write; answered when enough replicas have it, or not at all. */
    void write(long value, Consumer<Boolean> answer) {
        if (!leads()) {
            answer.accept(false);
            return;
        }
        data.add(value);
        if (world.client.ackReplicas() == 0) {
            answer.accept(true);
        } else {
            unacked.add(new Unacked(data.size(), answer));
        }
    }

    // --- commands --------------------------------------------------------------------------------

    /** A script runs so long: the server answers, but that it is busy. */
    void runScript(long ms) {
        world.note(name + " runs a script for " + ms + " ms");
        busyUntilMs = world.nowMs() + ms;
    }

    /** Transactions are run as a whole when EXEC comes. */
    void command(Network.Conn conn, List<String> words, Consumer<Reply> answer) {
        if (world.nowMs() < busyUntilMs && !words.getFirst().equals("SCRIPT")) {
            answer.accept(new Reply.Failure("BUSY Redis is busy running a script."));
            return;
        }
        switch (words.getFirst()) {
            case "PING" -> answer.accept(new Reply.Status("PONG"));
            case "INFO" -> answer.accept(new Reply.Text(info()));
            case "SUBSCRIBE" -> subscribers.add(conn);
            case "PUBLISH" -> publish(words.get(2), answer);
            case "SLAVEOF" -> slaveOf(conn, words);
            default -> answer.accept(new Reply.Status("OK"));
        }
    }

    private void slaveOf(Network.Conn conn, List<String> words) {
        if (words.get(1).equals("NO")) {
            lead();
        } else {
            follow(words.get(1), Integer.parseInt(words.get(2)));
        }
        configuredHost = masterHost;
        configuredPort = masterPort;
        world.network.killClientsOf(this, conn);
    }

    private void publish(String message, Consumer<Reply> answer) {
        for (Network.Conn conn : new ArrayList<>(subscribers)) {
            if (!conn.isOpen()) {
                subscribers.remove(conn);
                continue;
            }
            SimSentinel to = (SimSentinel) conn.client;
            conn.toClient(() -> to.heard(conn, message));
            if (world.chance(world.network.loss / 4)) {
                // An old hello that turns up once more.
                to.after(world.between(1000, 10_000), () -> to.heard(conn, message));
            }
        }
        answer.accept(new Reply.Number(subscribers.size()));
    }

    private String info() {
        StringBuilder out = new StringBuilder("# Server\r\nrun_id:").append(runId);
        out.append("\r\nuptime_in_seconds:").append((world.nowMs() - startedMs) / 1000);
        out.append("\r\n# Persistence\r\naof_enabled:")
                .append(persistence == Persistence.LOG ? 1 : 0);
        out.append("\r\n# Replication\r\nrole:").append(leads() ? "master" : "slave");
        if (!leads()) {
            out.append("\r\nmaster_host:").append(masterHost);
            out.append("\r\nmaster_port:").append(masterPort);
            out.append("\r\nmaster_link_status:").append(linkUp ? "up" : "down");
            if (!linkUp) {
                long seconds = (world.nowMs() - linkDownMs) / 1000;
                out.append("\r\nmaster_link_down_since_seconds:").append(seconds);
            }
            out.append("\r\nslave_repl_offset:").append(data.size() * 10L);
            out.append("\r\nslave_priority:").append(priority);
        }
        int number = 0;
        for (SimServer server : world.servers) {
            if (server.master == this && server.linkUp) {
                out.append("\r\nslave").append(number++).append(":ip=").append(server.ip);
                out.append(",port=").append(server.port).append(",state=online");
            }
        }
        out.append("\r\nmaster_replid:").append(historyId);
        out.append("\r\nmaster_replid2:").append(formerHistoryId);
        out.append("\r\nmaster_repl_offset:").append(data.size() * 10L);
        if (world.client.ackReplicas() > 0) {
            out.append("\r\nreplication_ack_replicas:").append(world.client.ackReplicas());
        }
        out.append("\r\n# Keyspace\r\n");
        if (!data.isEmpty()) {
            out.append("db0:keys=").append(data.size()).append(",expires=0\r\n");
        }
        return out.toString();
    }
}
