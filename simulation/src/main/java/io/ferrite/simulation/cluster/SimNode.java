package io.ferrite.simulation.cluster;

import io.ferrite.coordination.cluster.ClusterContext;
import io.ferrite.coordination.cluster.ClusterEffect;
import io.ferrite.coordination.cluster.ClusterMachine;
import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterOrders;
import io.ferrite.coordination.cluster.ClusterRules;
import io.ferrite.coordination.cluster.ClusterSettings;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.NodesFile;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.cluster.bus.BusMessage;
import io.ferrite.coordination.cluster.bus.BusReader;
import io.ferrite.coordination.cluster.bus.BusWriter;
import io.ferrite.coordination.cluster.bus.Endpoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** A node of a simulated cluster: the machine, and a driver that performs its effects. */
final class SimNode implements ClusterContext {

    private static final int SETTLE_MS = 1000;

    final SimCluster cluster;
    final String ip;

    /** Whether it is of another cluster. */
    final boolean foreign;

    final BusReader reader = new BusReader(false);
    final BusWriter writer = new BusWriter(false);
    final Map<Long, SimLink> links = new HashMap<>();

    ClusterMachine machine;

    /** nodes.conf as it is, and as it would be after the power went. */
    String file = "";

    String durable = "";

    boolean up = true;

    /** It was forgotten by all others. */
    boolean left;

    /**
     * Goes down, power and all, when it next votes: the vote is told, and what comes after not
     * done.
     */
    boolean failsAfterVote;

    /** Not scheduled until then; what comes is handled afterwards. */
    long frozenUntilMs;

    final SimData data = new SimData(this);
    long offset = 1;
    String followedIp;
    boolean pausesWrites;

    private final ClusterSettings settings;
    private long clockSkewMs;
    private int run;

    SimNode(SimCluster cluster, String ip, boolean foreign) {
        this.cluster = cluster;
        this.ip = ip;
        this.foreign = foreign;
        settings =
                new ClusterSettings(
                        cluster.timeoutMs,
                        0,
                        cluster.validityFactor,
                        10_000,
                        1,
                        true,
                        true,
                        false,
                        new Endpoint("", 6379, 0, 16379),
                        "host-" + ip.replace(':', '-'),
                        "");
        clockSkewMs = cluster.random.nextInt(400) - 200;
        machine = ClusterMachine.fresh(this);
        cluster.register(this);
        must(o -> {
            o.save();
            return null;
        });
        scheduleTick();
    }

    String id() {
        return machine.view().selfId();
    }

    ClusterView view() {
        return machine.view();
    }

    ClusterNode self() {
        return machine.view().self();
    }

    // --- context ---------------------------------------------------------------------------------

    @Override
    public long nowMs() {
        return cluster.queue.nowMs();
    }

    @Override
    public long wallMs() {
        return cluster.queue.nowMs() + clockSkewMs;
    }

    @Override
    public RandomGenerator random() {
        return cluster.random;
    }

    @Override
    public ClusterSettings settings() {
        return settings;
    }

    @Override
    public ClusterRules rules() {
        return cluster.mutation.rules;
    }

    @Override
    public long replicationOffset() {
        return offset;
    }

    @Override
    public long dataAgeMs() {
        SimNode leader = followedIp == null ? null : cluster.nodes.get(followedIp);
        return leader != null && leader.up && cluster.reaches(this, leader)
                ? 0
                : nowMs() - cluster.lastContact.getOrDefault(ip, 0L);
    }

    @Override
    public boolean follows() {
        return followedIp != null;
    }

    @Override
    public long keysIn(int slot) {
        return cluster.holdsData && data.has(slot) ? 1 : 0;
    }

    @Override
    public long keys() {
        return cluster.holdsData ? data.values.size() : 0;
    }

    // --- driving ---------------------------------------------------------------------------------

    private void scheduleTick() {
        int mine = run;
        cluster.queue.after(
                ClusterMachine.TICK_MS,
                () -> {
                    if (mine == run && up) {
                        soon(() -> perform(machine.tick(this)));
                        scheduleTick();
                    }
                });
    }

    /** Runs now, or when the node is scheduled again. */
    void soon(Runnable action) {
        int mine = run;
        if (frozenUntilMs > nowMs()) {
            cluster.queue.after(
                    frozenUntilMs - nowMs(),
                    () -> {
                        if (mine == run && up) {
                            soon(action);
                        }
                    });
        } else {
            action.run();
        }
    }

    String order(Function<ClusterOrders, String> order) {
        ClusterMachine.Answered<String> answered = machine.order(this, order);
        perform(answered.effects());
        return answered.answer();
    }

    /** An order that is not refused. */
    void must(Function<ClusterOrders, String> order) {
        String refusal = order(order);
        if (refusal != null) {
            throw new IllegalStateException(refusal);
        }
    }

    void perform(List<ClusterEffect> effects) {
        cluster.events++;
        cluster.invariants.stepped(this, effects);
        int mine = run;
        for (ClusterEffect effect : effects) {
            if (mine == run) {
                perform(effect);
            }
        }
    }

    private void perform(ClusterEffect effect) {
        switch (effect) {
            case ClusterEffect.Connect c -> cluster.connect(this, c);
            case ClusterEffect.Close c -> {
                SimLink link = links.remove(c.link());
                if (link != null) {
                    link.closeFrom(this);
                }
            }
            case ClusterEffect.Send s -> send(s);
            case ClusterEffect.Persist p -> {
                file = cluster.keepsFiles ? machine.report().file() : "";
                durable = p.durable() ? file : durable;
                if (cluster.holdsData && !p.durable()) {
                    settleSoon();
                }
            }
            case ClusterEffect.Follow f -> {
                if (cluster.holdsData && !f.ip().equals(followedIp)) {
                    cluster.lastContact.remove(ip); // it has nothing of this one yet
                }
                followedIp = f.ip();
            }
            case ClusterEffect.Lead l -> {
                followedIp = null;
                data.leads();
            }
            case ClusterEffect.Flush f -> data.remove(SlotSet.ALL);
            case ClusterEffect.DeleteKeys d -> {
                if (cluster.dataMutation != DataMutation.KEEPS_WHAT_LEFT) {
                    data.remove(d.slots());
                }
            }
            case ClusterEffect.DropChannels d -> {}
            case ClusterEffect.Deliver d -> {}
            case ClusterEffect.PauseWrites p -> {
                pausesWrites = cluster.dataMutation != DataMutation.PAUSES_NOTHING;
                cluster.queue.after(p.forMs(), () -> pausesWrites = false);
                cluster.queue.after(1, () -> soon(() -> perform(machine.writesPaused(this))));
            }
            case ClusterEffect.ResumeWrites r -> pausesWrites = false;
            case ClusterEffect.Wake w -> {
                int mine = run;
                cluster.queue.after(
                        w.afterMs(),
                        () -> {
                            if (mine == run && up) {
                                soon(() -> perform(machine.wake(this)));
                            }
                        });
            }
            case ClusterEffect.Note n -> note(n);
        }
    }

    /** What was saved in haste is saved for good before long. */
    private void settleSoon() {
        int mine = run;
        cluster.queue.after(
                SETTLE_MS,
                () -> {
                    if (mine == run && up) {
                        durable = file;
                    }
                });
    }

    private void send(ClusterEffect.Send s) {
        SimLink link = links.get(s.link());
        if (link == null) {
            return;
        }
        cluster.invariants.sent(this, link.otherThan(this), s.message());
        link.send(this, cluster.encoded ? writer.write(s.message()) : null, s.message());
        if (failsAfterVote && s.message() instanceof BusMessage.AuthAck) {
            failsAfterVote = false;
            crash(true);
            cluster.queue.after(cluster.between(50, 300), this::restart);
        }
    }

    private void note(ClusterEffect.Note n) {
        cluster.note(ip + " " + n.text());
        if (n.text().startsWith("Failover election won")) {
            cluster.won.add(ip);
        }
    }

    void received(long link, byte[] bytes, BusMessage message) {
        if (!up) {
            return;
        }
        soon(() -> {
            BusReader.Outcome outcome =
                    bytes == null ? new BusReader.Read(message) : reader.read(bytes);
            perform(machine.received(this, link, outcome));
        });
    }

    // --- faults ----------------------------------------------------------------------------------

    /** Changes when it crashes. */
    int run() {
        return run;
    }

    /** Whether it runs, and is given time to. */
    boolean isAwake() {
        return up && frozenUntilMs <= nowMs();
    }

    /** Stops at once; what was not durable may be lost. */
    void crash(boolean powerLost) {
        if (!up) {
            return;
        }
        up = false;
        run++;
        for (SimLink link : List.copyOf(links.values())) {
            link.closeFrom(this);
        }
        links.clear();
        if (powerLost) {
            file = durable;
        }
        cluster.note(ip + " CRASH");
    }

    void restart() {
        if (up) {
            return;
        }
        up = true;
        frozenUntilMs = 0;
        pausesWrites = false;
        try {
            machine =
                    ClusterMachine.restored(
                            NodesFile.read(
                                    cluster.mutation.read(file), false, () -> "0".repeat(40)),
                            this);
        } catch (NodesFile.Corrupt e) {
            throw new IllegalStateException(e);
        }
        followedIp = null;
        data.restarted();
        cluster.note(ip + " RESTART");
        cluster.invariants.restarted(this);
        scheduleTick();
    }

    /** A machine's clock and ours begin to differ. */
    void skew(long ms) {
        clockSkewMs = ms;
    }
}
