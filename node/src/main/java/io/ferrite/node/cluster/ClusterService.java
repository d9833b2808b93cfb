package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.ClusterEffect;
import io.ferrite.coordination.cluster.ClusterMachine;
import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterOrders;
import io.ferrite.coordination.cluster.ClusterReport;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.NodesFile;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.cluster.bus.BusReader;
import io.ferrite.coordination.cluster.bus.Endpoint;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.node.Environment;
import io.ferrite.node.Link;
import io.ferrite.node.LinkEvents;
import io.ferrite.node.Node;
import io.ferrite.node.SlotLoad;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.node.config.LeaderAddress;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.Option;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.TlsOptions;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * This server as a node of a cluster.
 *
 * <pre>
 *   ticks, messages (cluster's loop) ─┐  under the lock:                      on the cluster's loop, in order:
 *   orders of clients (their loops) ──┼─▶ a step of the machine ─▶ effects ─▶ file, sockets, replication, log
 *                                     │            │
 *                                     └────────────┴─▶ view and {@link Routing}, published at once
 *                                                           ▲
 *                                  dispatchers read ────────┘ without a lock
 * </pre>
 *
 * <p>Stripes are taken before the lock, never while it is held. An order that takes a slot away
 * comes with all stripes held: whoever was judged by the former routing finds another one when he
 * has his stripes, and is judged again.
 */
public final class ClusterService {

    private final Node node;
    private final Environment environment;
    private final int loop;
    private final ClusterFacts facts;
    private final NodesConf file;
    private final BusLinks links;
    private final ClusterWork work;
    private final ClusterChanges changes;
    private final SlotLoad slotLoad;

    /** Guards the machine and the order of what is to be done. */
    private final Object lock = new Object();

    private final ArrayDeque<Runnable> toDo = new ArrayDeque<>();
    private ClusterMachine machine;

    /** The machine leads, replication does not yet: clients are not told before both do. */
    private int leading;

    private int ticks;
    private String announcedIp;
    private boolean started;

    /** The kind of messages that are not heard, for tests; -1 for none. */
    private volatile int dropped = -1;

    private volatile ClusterView view;
    private volatile Routing routing;

    public ClusterService(Node node) {
        this.node = node;
        this.environment = node.environment();
        this.loop = environment.loopApart();
        this.facts = new ClusterFacts(node);
        this.file =
                new NodesConf(
                        environment.disk(),
                        node.settings().get(ServerOptions.DIR),
                        node.settings().get(ClusterOptions.CLUSTER_CONFIG_FILE),
                        environment.randomHex(8));
        this.links =
                new BusLinks(
                        environment,
                        loop,
                        node.settings().get(TlsOptions.TLS_CLUSTER),
                        new FromBus());
        this.work = new ClusterWork(this, node, file, links);
        this.changes = new ClusterChanges(node);
        this.slotLoad = new SlotLoad(node);
        this.announcedIp = node.settings().get(ClusterOptions.CLUSTER_ANNOUNCE_IP);
    }

    /** The port that the bus of a node with these settings listens on. */
    public static int busPort(Settings settings) {
        return ClusterFacts.busPort(settings);
    }

    // --- life ------------------------------------------------------------------------------------

    /** The node around this one is whole. */
    public void assembled() {
        changes.begin();
        node.slotMoves().assembled();
        node.shutdown().addStep(wish -> work.beforeExit());
        node.parts().config().onResetStatistics(slotLoad::reset);
    }

    /**
     * Takes nodes.conf and reads it. Before anything listens; on the main thread.
     *
     * @return why the server cannot start, empty if it can
     */
    public Optional<String> open() {
        String name = node.settings().get(ClusterOptions.CLUSTER_CONFIG_FILE);
        int port = ClusterFacts.clientPort(node.settings());
        if (node.settings().getInt(ClusterOptions.CLUSTER_PORT) == 0
                && port > 65535 - ClusterFacts.BUS_OFFSET) {
            return Optional.of(
                    "Redis port number too high for cluster mode. It can't be larger than 55535.");
        }
        try {
            if (!file.lock()) {
                return Optional.of(
                        "Sorry, the cluster configuration file "
                                + name
                                + " is already used by a different Redis Cluster node. Please make"
                                + " sure that different nodes use different cluster configuration"
                                + " files.");
            }
            String text = file.read();
            if (text.isEmpty()) {
                begin(ClusterMachine.fresh(facts));
                node.log().notice("No cluster configuration found, I'm " + view.selfId());
                file.settle(machine.report().file());
            } else {
                begin(ClusterMachine.restored(contents(text), facts));
                node.log().notice("Node configuration loaded, I'm " + view.selfId());
                if (file.isLate()) {
                    file.settle(machine.report().file());
                }
            }
            return Optional.empty();
        } catch (NodesFile.Corrupt e) {
            return Optional.of(e.getMessage());
        } catch (IOException e) {
            return Optional.of(
                    "Can't open " + name + " in order to acquire a lock: " + e.getMessage());
        }
    }

    private NodesFile.Contents contents(String text) throws NodesFile.Corrupt {
        boolean tls = node.settings().get(TlsOptions.TLS_CLUSTER);
        return NodesFile.read(text, tls, () -> environment.randomHex(40));
    }

    private void begin(ClusterMachine begun) {
        machine = begun;
        view = begun.view();
        routing = Routing.of(view);
    }

    /**
     * The data is loaded: slots and keys are made to agree, and time begins.
     *
     * @return why the server cannot start, empty if it can
     */
    public Optional<String> start() {
        if (started) {
            return Optional.empty(); // a shutdown that was called off
        }
        started = true;
        for (int i = 1; i < node.engine().keyspace().databases(); i++) {
            if (node.settings().getInt(ClusterOptions.CLUSTER_DATABASES) == 1
                    && node.engine().keyspace().database(i).size() > 0) {
                return Optional.of(
                        "You can't have keys in a DB different than DB 0 when in Cluster mode."
                                + " Exiting.");
            }
        }
        SlotSet leftBehind = node.slotMoves().leftBehind();
        order(orders -> {
            orders.agreeWithData(leftBehind);
            return null;
        });
        node.settings().onChange(now -> configured(), watched());
        environment.onLoop(loop, this::tick);
        return Optional.empty();
    }

    private static Option<?>[] watched() {
        return new Option<?>[] {
            ClusterOptions.CLUSTER_NODE_TIMEOUT,
            ClusterOptions.CLUSTER_PING_INTERVAL,
            ClusterOptions.CLUSTER_REPLICA_VALIDITY_FACTOR,
            ClusterOptions.CLUSTER_MIGRATION_BARRIER,
            ClusterOptions.CLUSTER_ALLOW_REPLICA_MIGRATION,
            ClusterOptions.CLUSTER_REQUIRE_FULL_COVERAGE,
            ClusterOptions.CLUSTER_REPLICA_NO_FAILOVER,
            ClusterOptions.CLUSTER_ANNOUNCE_IP,
            ClusterOptions.CLUSTER_ANNOUNCE_PORT,
            ClusterOptions.CLUSTER_ANNOUNCE_TLS_PORT,
            ClusterOptions.CLUSTER_ANNOUNCE_BUS_PORT,
            ClusterOptions.CLUSTER_ANNOUNCE_HOSTNAME,
            ClusterOptions.CLUSTER_ANNOUNCE_HUMAN_NODENAME,
            ReplicationOptions.REPL_PING_REPLICA_PERIOD,
            NetworkOptions.PORT,
            TlsOptions.TLS_PORT
        };
    }

    private void configured() {
        facts.configured();
        String ip = node.settings().get(ClusterOptions.CLUSTER_ANNOUNCE_IP);
        step(() -> {
            boolean takenBack = ip.isEmpty() && !announcedIp.isEmpty();
            announcedIp = ip;
            return machine.configured(facts, takenBack);
        });
    }

    private void tick() {
        // To the end: others must not think that a node has failed that waits for its replicas.
        stepHere(() -> machine.tick(facts));
        ticks++;
        if (ticks % (1000 / ClusterMachine.TICK_MS) == 0) {
            node.slotMoves().remind();
        }
        environment.after(loop, ClusterMachine.TICK_MS, this::tick);
    }

    // --- what is known, any thread ---------------------------------------------------------------

    /** Whether this node's data is another node's. */
    public boolean isReplica() {
        return view.self().isReplica();
    }

    /**
     * Whose data this node has, and where that one is; none for a master, or if it is not known.
     */
    public LeaderAddress leader() {
        ClusterNode master = isReplica() ? view.node(view.self().masterId()) : null;
        if (master == null) {
            return LeaderAddress.NONE;
        }
        Endpoint at = master.endpoint();
        boolean tls = node.settings().get(TlsOptions.TLS_REPLICATION);
        return new LeaderAddress(at.ip(), tls ? at.tlsPort() : at.port());
    }

    /** The cluster as this node sees it. */
    public ClusterView view() {
        return view;
    }

    /** What the commands of each slot cost. */
    public SlotLoad slotLoad() {
        return slotLoad;
    }

    /** What commands are judged by. */
    public Routing routing() {
        return routing;
    }

    /** Nobody touches these slots until they are thawed; all stripes are held. */
    public void freeze(SlotSet slots) {
        changeFrozen(now -> now.plus(slots));
    }

    /** The slots may be touched again, by whoever they belong to now. */
    public void thaw(SlotSet slots) {
        changeFrozen(now -> now.minus(slots));
    }

    private void changeFrozen(UnaryOperator<SlotSet> change) {
        synchronized (lock) {
            routing = routing.frozen(change.apply(routing.frozen()));
        }
    }

    /** Removes the keys of slots within a unit that holds all stripes. */
    public void deleteKeysIn(ExecutionUnit unit, SlotSet slots) {
        work.deleteKeysIn(unit, slots);
    }

    /** Removes the keys of slots that are nobody's here, bit by bit; on loop 0. */
    public void deleteKeys(SlotSet slots, Runnable done) {
        work.deleteKeys(slots, done);
    }

    /** How many keys there are in some slots. */
    public long keysIn(SlotSet slots) {
        return work.keysIn(slots);
    }

    TrimStats trimStats() {
        return work.trimStats();
    }

    /** Slots whose keys are being removed bit by bit. */
    public SlotSet keysLeft() {
        return work.keysLeft();
    }

    /** Asks the machine for what it tells of itself. */
    public <T> T report(Function<ClusterReport, T> question) {
        synchronized (lock) {
            return question.apply(machine.report());
        }
    }

    /** Connections of the bus. */
    public int connections() {
        return links.count();
    }

    /** Bytes that wait to be sent to other nodes. */
    public long linkBytes() {
        return links.pendingBytes();
    }

    long pendingBytes(long link) {
        return links.pendingBytes(link);
    }

    // --- orders ----------------------------------------------------------------------------------

    /**
     * Has the machine carry out an order and publishes what came of it. For a slot that may leave
     * the caller holds all stripes. What is to be done besides is done soon, in order; see {@link
     * #whenDone}.
     */
    public <T> T order(Function<ClusterOrders, T> order) {
        T answer;
        synchronized (lock) {
            ClusterMachine.Answered<T> answered = machine.order(facts, order);
            answer = answered.answer();
            finish(answered.effects());
        }
        environment.onLoop(loop, this::work);
        return answer;
    }

    /** Runs an action on the cluster's loop when all that was ordered so far is done. */
    public void whenDone(Runnable action) {
        synchronized (lock) {
            toDo.add(action);
        }
        environment.onLoop(loop, this::work);
    }

    /**
     * Sends a message of a client to the nodes of this shard, or to all.
     *
     * @param sharded whether it is for the listeners of a shard channel
     */
    public void publish(boolean sharded, byte[] channel, byte[] message) {
        synchronized (lock) {
            finish(machine.publish(facts, sharded, channel, message));
        }
        environment.onLoop(loop, this::work);
    }

    /** Messages of a kind, by its number, are not heard from now on; -1 for none. For tests. */
    void drop(int kind) {
        dropped = kind;
    }

    /** Breaks connections with a node. For tests; any thread. */
    void killLinks(String id, boolean to, boolean from) {
        environment.onLoop(
                loop,
                () -> {
                    for (long number : report(report -> report.linksOf(id, to, from))) {
                        links.close(number);
                        stepHere(() -> machine.closed(facts, number));
                    }
                });
    }

    /** Somebody connected to the bus; on the cluster's loop. */
    public LinkEvents accept(Link link) {
        return links.accept(link);
    }

    // --- steps -----------------------------------------------------------------------------------

    /** One step of the machine, and what it wants done; on the cluster's loop or soon on it. */
    void step(Supplier<List<ClusterEffect>> step) {
        synchronized (lock) {
            finish(step.get());
        }
        if (started) {
            environment.onLoop(loop, this::work);
        }
    }

    private void stepHere(Supplier<List<ClusterEffect>> step) {
        synchronized (lock) {
            finish(step.get());
        }
        work();
    }

    void writesPaused() {
        stepHere(() -> machine.writesPaused(facts));
    }

    void woken() {
        stepHere(() -> machine.wake(facts));
    }

    /** The lock is held. */
    private void finish(List<ClusterEffect> effects) {
        for (ClusterEffect effect : effects) {
            if (effect instanceof ClusterEffect.Lead) {
                leading++;
            }
            toDo.add(() -> work.perform(effect));
        }
        publishView();
    }

    private void publishView() {
        ClusterView now = machine.view();
        if (now == view && routing.view() == now || leading > 0) {
            return;
        }
        Routing before = routing;
        SlotSet owned = shardSlots(view);
        view = now;
        routing = before.next(now);
        if (routing != before) {
            SlotSet owns = shardSlots(now);
            SlotSet moved = owned.minus(owns).plus(owns.minus(owned));
            if (!moved.isEmpty()) {
                slotLoad.forget(moved);
                toDo.addFirst(node.slotMoves()::ownersChanged); // somebody waits for it
            }
            toDo.add(() -> changes.routingChanged());
        }
    }

    /** The slots of this node, or of the one that it follows. */
    static SlotSet shardSlots(ClusterView view) {
        ClusterNode self = view.self();
        ClusterNode master = self.isMaster() ? self : view.node(self.masterId());
        return master == null ? SlotSet.EMPTY : master.slots();
    }

    /** Replication leads now, too: clients may be told. */
    void led() {
        synchronized (lock) {
            leading--;
            publishView();
        }
        node.slotMoves().leads();
        environment.onLoop(loop, this::work);
    }

    /** Does what there is to do, in order; on the cluster's loop. */
    private void work() {
        while (true) {
            Runnable next;
            synchronized (lock) {
                next = toDo.poll();
            }
            if (next == null) {
                return;
            }
            next.run();
        }
    }

    /** What links tell the machine. */
    private final class FromBus implements BusLinks.Listener {
        @Override
        public long accepted(String remoteIp, String localIp) {
            synchronized (lock) {
                return machine.accepted(facts, remoteIp, localIp);
            }
        }

        @Override
        public void opened(long number, String remoteIp, String localIp) {
            stepHere(() -> machine.opened(facts, number, remoteIp, localIp));
        }

        @Override
        public void closed(long number) {
            stepHere(() -> machine.closed(facts, number));
        }

        @Override
        public void overflowed(long number, long bytes) {
            step(() -> machine.overflowed(facts, number, bytes));
        }

        @Override
        public void received(long number, BusReader.Outcome outcome) {
            if (dropped >= 0
                    && outcome instanceof BusReader.Read read
                    && read.message().type().ordinal() == dropped) {
                return;
            }
            stepHere(() -> machine.received(facts, number, outcome));
        }

        @Override
        public void note(String warning) {
            node.log().warning(warning);
        }
    }
}
