package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Engine;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.NoOutbox;
import io.ferrite.engine.Session;
import io.ferrite.engine.acl.Denial;
import io.ferrite.engine.acl.Gatekeeper;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.node.acl.AccessControl;
import io.ferrite.node.cluster.ClusterMessages;
import io.ferrite.node.cluster.ClusterService;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.hot.HotKeys;
import io.ferrite.node.log.Log;
import io.ferrite.node.migrate.MigrateService;
import io.ferrite.node.module.Modules;
import io.ferrite.node.persistence.Persistence;
import io.ferrite.node.persistence.aof.AppendOnly;
import io.ferrite.node.replication.Replication;
import io.ferrite.node.script.Scripting;
import io.ferrite.node.slots.SlotMoves;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandCatalog;
import io.ferrite.spec.CommandFlag;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A whole server over an {@link Environment}: the data, the gate, one dispatcher per event loop and
 * the services around them. Opens no socket and starts no thread by itself.
 */
public final class Node {

    /**
     * Longer than any run of brief commands takes; a lower threshold of slowness looks at each one.
     */
    private static final long RUN_NANOS = 1_000_000;

    private final NodeParts parts;
    private final NodeKind kind;
    private final Environment environment;
    private final ServerState state = new ServerState();
    private final Engine engine;
    private final ExecutionGate gate;
    private final Dispatcher[] dispatchers;
    private final Cron[] crons;
    private final Admission admission;
    private final ClientRegistry clients = new ClientRegistry();
    private final ClientLimits clientLimits;
    private final ClientEviction clientEviction = new ClientEviction(this);
    private final AccessControl access;
    private final CommandNames names = new CommandNames(CommandCatalog.load());
    private final WebRequest webRequests = new WebRequest(this);
    private final Pause pause = new Pause(state);
    private final Monitors monitors;
    private final Session internalSession;
    private final Shutdown shutdown = new Shutdown(this);
    private final Replication replication;
    private final Persistence persistence;
    private final Scripting scripting;
    private final AppendOnly appendOnly;
    private final MigrateService migrate;
    private final SlotMoves slotMoves;
    private final Modules modules;
    private final HotKeys hotKeys = new HotKeys(this);
    private final ReplyHold replyHold;

    /** Null where this is no node of a cluster. */
    private final ClusterService cluster;

    private final ServerStats stats = new ServerStats();
    private final StatsReport report = new StatsReport(this);
    private final NotableCommands notable;
    private final Audit audit;
    private final LatencyMonitor latency = new LatencyMonitor();
    private final NodeRates rates = new NodeRates(this);
    private final String runId;
    private final long startedMs;

    private volatile long slowNanos = Long.MAX_VALUE;
    private volatile long latencyThresholdMs;
    private volatile long peakMemory;
    private volatile long startupMemory;
    private final MemoryLimit memoryLimit;
    private final EncodingSettings encodings;
    private volatile boolean activeExpire = true;
    private volatile boolean skipsChecksums;
    private volatile boolean cronPaused;
    private volatile Runnable onRoleChange = () -> {};

    /**
     * @param families binds the commands; those of the node itself are bound in addition
     */
    public Node(NodeParts parts, Consumer<CommandTable.Builder> families) {
        this(parts, NodeKind.SERVER, families);
    }

    /**
     * @param kind which of the commands it has
     */
    public Node(NodeParts parts, NodeKind kind, Consumer<CommandTable.Builder> families) {
        this.parts = parts;
        this.kind = kind;
        this.environment = parts.environment();
        this.startedMs = environment.nowMs();
        this.runId = environment.randomHex(40);
        this.replyHold = new ReplyHold(environment);
        this.audit = new Audit(environment);
        this.notable = new NotableCommands(parts.settings(), environment);
        this.access = new AccessControl(this);
        this.clientLimits = new ClientLimits(this);
        CommandTable.Builder table = CommandTable.builder(CommandCatalog.load());
        families.accept(table);
        NodeCommands.register(table, this);
        kind.choose(table, this);
        boolean clustered = settings().get(ClusterOptions.CLUSTER_ENABLED) && !kind.isSentinel();
        if (clustered) {
            ClusterMessages.choose(table, this);
        }
        this.engine =
                new Engine(parts.keyspace(), table.build(), new EffectLog(parts.commandLog()));
        this.gate = new ExecutionGate(parts.keyspace().stripes());
        this.admission = new Admission(this);
        this.monitors = new Monitors(state, environment);
        this.memoryLimit = new MemoryLimit(this);
        settings().onChange(memoryLimit::apply, MemoryLimit.OPTIONS);
        this.encodings = new EncodingSettings(this);
        this.internalSession = newSession();
        this.cluster = clustered ? new ClusterService(this) : null;
        this.dispatchers = new Dispatcher[environment.loops()];
        this.crons = new Cron[environment.loops()];
        for (int i = 0; i < dispatchers.length; i++) {
            dispatchers[i] = new Dispatcher(this, i, parts.memory().newSlab());
            crons[i] = new Cron(this, i);
            int loop = i;
            crons[i].everySecond(() -> lookAtClients(loop));
        }
        this.replication = new Replication(this);
        this.persistence = new Persistence(this);
        access.listen();
        this.scripting = new Scripting(this);
        persistence.use(scripting.functions());
        this.appendOnly = new AppendOnly(this);
        this.migrate = new MigrateService(this);
        this.slotMoves = new SlotMoves(this);
        this.modules = new Modules(this);
        persistence.use(appendOnly);
        engine.setQueuedRunner(this::runQueued);
        engine.tracking().findClientsBy(clients::get);
        crons[0].everySecond(clientEviction::enforce);
        pause.onChange(paused -> engine.setMayExpire(!paused));
        if (cluster != null) {
            cluster.assembled();
        }
        LiveSettings.apply(this);
        parts.config().onResetStatistics(report::reset);
    }

    /** Runs a command of a transaction, unless what was true when it was queued is true no more. */
    private void runQueued(ExecutionUnit unit, Command command, Request request) {
        Session session = unit.session();
        Denial denial =
                engine.gatekeeper()
                        .judge(
                                unit.accessCheck(),
                                session,
                                command,
                                request,
                                Gatekeeper.Context.MULTI);
        if (denial != Denial.NONE) {
            unit.reply().error(denial.execText());
        } else {
            ((Dispatcher) unit.attachment()).runNested(session, command, request);
        }
    }

    /** Looks at the clients of one event loop, on that loop. */
    private void lookAtClients(int loop) {
        long nowMs = environment.nowMs();
        for (Session session : clients.all()) {
            ClientLink link = ClientLink.of(session);
            if (link == null || link.loop() != loop) {
                continue;
            }
            link.look();
            if (clientLimits.isIdle(session, nowMs)) {
                log().verbose("Closing idle client");
                clients.kill(session);
            }
        }
    }

    /** Begins the work that time brings, without data to load. The event loops run. */
    public void start() {
        begin();
        serve();
    }

    /** As {@link #start}, up to where data is loaded: that comes next, then {@link #serve}. */
    public void begin() {
        memoryLimit.apply(settings());
        encodings.start();
        if (startupMemory == 0) {
            startupMemory = usedMemory();
        }
        engine.keyspace().access().setTime(environment.nowMs());
        replication.begin();
        for (Cron cron : crons) {
            cron.start();
        }
    }

    /** The data is there: followers and leaders, and saves by time. */
    public void serve() {
        replication.start();
        persistence.start();
    }

    /** This server as a node of a cluster, or null where it is none. */
    public ClusterService cluster() {
        return cluster;
    }

    public Replication replication() {
        return replication;
    }

    public Persistence persistence() {
        return persistence;
    }

    public Scripting scripting() {
        return scripting;
    }

    /** Shows a command that runs others to whoever runs MONITOR, before those others. */
    public void showToMonitors(Session session, Command command, Request request) {
        if (state.is(ServerState.MONITORED)) {
            monitors.feedRunner(session, command, request);
        }
    }

    /** Slots that move to and from other nodes of the cluster. */
    public SlotMoves slotMoves() {
        return slotMoves;
    }

    /** Runs an action whenever this server has begun to follow another, or to lead. */
    public void onRoleChange(Runnable action) {
        onRoleChange = action;
    }

    /** This server follows another one now, or leads. */
    public void roleChanged() {
        onRoleChange.run();
    }

    /** The modules that are loaded. */
    public Modules modules() {
        return modules;
    }

    /** Keys that move to other servers. */
    public MigrateService migrate() {
        return migrate;
    }

    public AppendOnly appendOnly() {
        return appendOnly;
    }

    public Shutdown shutdown() {
        return shutdown;
    }

    /** Replies that wait for what they confirm to be safe. */
    public ReplyHold replyHold() {
        return replyHold;
    }

    /** Everything this node was made of. */
    public NodeParts parts() {
        return parts;
    }

    /** What this node is: a server, a Sentinel. */
    public NodeKind kind() {
        return kind;
    }

    /** What HELLO and INFO call it. */
    public String mode() {
        return cluster == null ? kind.mode() : "cluster";
    }

    public Settings settings() {
        return parts.settings();
    }

    public Log log() {
        return parts.log();
    }

    /** A session that no client is behind. */
    public Session newSession() {
        return new Session(new NoOutbox(), "", "", environment.nowMs());
    }

    /** The session of units that no client asked for. */
    public Session internalSession() {
        return internalSession;
    }

    /** Runs work on data that no client asked for, under the stripes of a mask; on loop 0. */
    public void runInternal(long mask, Dispatcher.Work work) {
        dispatchers[0].runUnit(internalSession, mask, work);
    }

    /** Runs an action about once a second on an event loop. Before {@link #start} only. */
    public void everySecond(int loop, Runnable action) {
        crons[loop].everySecond(action);
    }

    public Environment environment() {
        return environment;
    }

    public ServerState state() {
        return state;
    }

    public Engine engine() {
        return engine;
    }

    public ExecutionGate gate() {
        return gate;
    }

    /** Sets what a thread does now and then while it waits for a script that takes too long. */
    public void onLongWait(Runnable action) {
        gate.onLongWait(action);
    }

    /** The dispatcher of an event loop; for that loop's thread only. */
    public Dispatcher dispatcher(int loop) {
        return dispatchers[loop];
    }

    /** A dispatcher for a thread that runs again what a file holds. */
    public Dispatcher newReplay() {
        return Dispatcher.forReplay(this, parts.memory().newSlab());
    }

    /** No switch is on that concerns every command; maxmemory is none while there is room. */
    boolean isOrdinary() {
        int flags = state.flags();
        return flags == 0 || flags == ServerState.MEMORY_LIMITED && !memoryLimit.isExceeded();
    }

    /** Each command's time counts, because the slow log's threshold is low. */
    boolean timesEachCommand() {
        return slowNanos < RUN_NANOS || hotKeys.isActive();
    }

    /** The watch over the keys used most. */
    public HotKeys hotKeys() {
        return hotKeys;
    }

    Admission admission() {
        return admission;
    }

    public ClientRegistry clients() {
        return clients;
    }

    public ClientEviction clientEviction() {
        return clientEviction;
    }

    public ClientLimits clientLimits() {
        return clientLimits;
    }

    public AccessControl access() {
        return access;
    }

    /** What clients call the commands. */
    public CommandNames names() {
        return names;
    }

    WebRequest webRequests() {
        return webRequests;
    }

    public Pause pause() {
        return pause;
    }

    public Monitors monitors() {
        return monitors;
    }

    MemoryLimit memoryLimit() {
        return memoryLimit;
    }

    /** DEBUG SET-ACTIVE-EXPIRE: whether expired keys are removed before anybody asks for them. */
    public void setActiveExpire(boolean active) {
        activeExpire = active;
    }

    boolean activeExpire() {
        return activeExpire;
    }

    /** DEBUG SET-SKIP-CHECKSUM-VALIDATION: files, copies and payloads may have a wrong checksum. */
    public void skipChecksums(boolean skip) {
        skipsChecksums = skip;
    }

    public boolean skipsChecksums() {
        return skipsChecksums;
    }

    /** DEBUG QUICKLIST-PACKED-THRESHOLD: a list's element of this many bytes gets its own block. */
    public void setListPlainThreshold(int bytes) {
        encodings.setPlainThreshold(bytes);
    }

    /** DEBUG PAUSE-CRON. */
    public void pauseCron(boolean paused) {
        cronPaused = paused;
    }

    public boolean isCronPaused() {
        return cronPaused;
    }

    /** DEBUG CHANGE-REPL-ID. */
    public void changeReplicationId() {
        replication.changeHistory();
    }

    /** Why writes are refused while {@link ServerState#DISK_ERROR} is on. */
    public String diskError() {
        return persistence.errors().line();
    }

    public boolean enoughReplicas() {
        return replication.enoughFollowers();
    }

    /** Commands that take at least this long are looked at by {@link #slow}. */
    long slowNanos() {
        return slowNanos;
    }

    /**
     * Sets what counts as slow.
     *
     * @param slowMicros slowlog-log-slower-than; negative for never
     * @param latencyMs latency-monitor-threshold; 0 for never
     */
    public void setThresholds(long slowMicros, long latencyMs) {
        latencyThresholdMs = latencyMs;
        long slow = slowMicros < 0 ? Long.MAX_VALUE : TimeUnit.MICROSECONDS.toNanos(slowMicros);
        long late = latencyMs == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(latencyMs);
        slowNanos = Math.min(slow, late);
    }

    public long latencyThresholdMs() {
        return latencyThresholdMs;
    }

    /** A command took long: slow log and latency events. */
    void slow(Session session, Command command, Request request, long nanos) {
        long slower = settings().get(ServerOptions.SLOWLOG_LOG_SLOWER_THAN);
        if (slower >= 0 && nanos / 1000 >= slower) {
            notable.add(NotableCommands.Kind.SLOW, session, command, request, nanos / 1000);
        }
        long ms = nanos / 1_000_000;
        if (latencyThresholdMs > 0 && ms >= latencyThresholdMs) {
            String event = command.is(CommandFlag.FAST) ? "fast-command" : "command";
            latency.add(event, ms, environment.nowMs());
        }
    }

    /** Something took so long: a latency event if that is over the threshold. Any thread. */
    public void latencyEvent(String event, long ms) {
        if (latencyThresholdMs > 0 && ms >= latencyThresholdMs) {
            latency.add(event, ms, environment.nowMs());
        }
    }

    // --- what INFO asks for ----------------------------------------------------------------------

    Dispatcher[] dispatchers() {
        return dispatchers;
    }

    public ServerStats stats() {
        return stats;
    }

    public StatsReport report() {
        return report;
    }

    /** Who came in, who was refused what, what was administered. */
    public Audit audit() {
        return audit;
    }

    /** Commands that were slow or large. */
    public NotableCommands notable() {
        return notable;
    }

    public LatencyMonitor latency() {
        return latency;
    }

    public ProcessFacts process() {
        return parts.process();
    }

    /** Forty hexadecimal digits that are this process' own. */
    public String runId() {
        return runId;
    }

    public long startedMs() {
        return startedMs;
    }

    /** used_memory: everything taken off-heap, exactly, and about what clients' buffers take. */
    public long usedMemory() {
        return parts.memory().usedBytes() + SharedSlab.usedBytes() + clientEviction.bufferBytes();
    }

    public long peakMemory() {
        long used = usedMemory();
        if (used > peakMemory) {
            peakMemory = used;
        }
        return peakMemory;
    }

    /** used_memory when the server began to serve. */
    public long startupMemory() {
        return startupMemory;
    }

    /** Memory of clients' requests and replies. */
    public long clientBytes() {
        long bytes = parts.memory().usedBytes(MemoryTag.CLIENT) + SharedSlab.usedBytes();
        for (Session session : clients.all()) {
            bytes += session.outbox().pendingBytes();
        }
        return bytes;
    }

    /** Clients that wait, for keys or for followers. */
    public int blockedClients() {
        int blocked = 0;
        for (Session session : clients.all()) {
            blocked += session.has(Session.BLOCKED) ? 1 : 0;
        }
        return blocked;
    }

    /** How much this server does in a second. */
    public NodeRates rates() {
        return rates;
    }

    /** Takes the samples that rates are made of. */
    void sampleRates(long nowMs) {
        rates.sample(nowMs);
        peakMemory();
    }

    long shutdownTimeoutMs() {
        return settings().get(ServerOptions.SHUTDOWN_TIMEOUT) * 1000;
    }
}
