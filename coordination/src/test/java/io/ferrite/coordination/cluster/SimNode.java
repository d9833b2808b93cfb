package io.ferrite.coordination.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.cluster.bus.BusMessage;
import io.ferrite.coordination.cluster.bus.BusReader;
import io.ferrite.coordination.cluster.bus.BusWriter;
import io.ferrite.coordination.cluster.bus.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** A node of a simulated cluster: the machine, and a driver that performs its effects. */
final class SimNode implements ClusterContext {

    final SimCluster cluster;
    final String ip;
    final BusReader reader = new BusReader(false);
    final BusWriter writer = new BusWriter(false);
    final Map<Long, SimLink> links = new HashMap<>();
    final List<String> log = new ArrayList<>();

    ClusterMachine machine;

    /** nodes.conf as it is, and as it would be after the power went. */
    String file = "";

    String durable = "";

    boolean up = true;

    /** Not scheduled until then; what comes is handled afterwards. */
    long frozenUntilMs;

    long offset = 1;
    String followedIp;
    boolean pausesWrites;
    final Map<Integer, Integer> keys = new HashMap<>();
    int keyCount;

    private long epoch;
    private long clockSkewMs;
    private int run;

    SimNode(SimCluster cluster, String ip) {
        this.cluster = cluster;
        this.ip = ip;
        clockSkewMs = cluster.random.nextInt(400) - 200;
        machine = ClusterMachine.fresh(this);
        order(o -> {
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
        return new ClusterSettings(
                cluster.timeoutMs,
                0,
                cluster.validityFactor,
                10_000,
                1,
                cluster.replicaMigration,
                cluster.fullCoverage,
                false,
                new Endpoint("", 6379, 0, 16379),
                "host-" + ip.replace(':', '-'),
                "");
    }

    @Override
    public long replicationOffset() {
        return offset;
    }

    @Override
    public long dataAgeMs() {
        SimNode leader = cluster.byIp(followedIp);
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
        return keys.getOrDefault(slot, 0);
    }

    @Override
    public long keys() {
        return keyCount;
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

    void perform(List<ClusterEffect> effects) {
        for (ClusterEffect effect : effects) {
            perform(effect);
        }
        cluster.check(this);
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
            case ClusterEffect.Send s -> {
                SimLink link = links.get(s.link());
                if (link != null) {
                    link.send(
                            this, cluster.encoded ? writer.write(s.message()) : null, s.message());
                }
            }
            case ClusterEffect.Persist p -> {
                file = machine.report().file();
                durable = p.durable() ? file : durable;
            }
            case ClusterEffect.Follow f -> followedIp = f.ip();
            case ClusterEffect.Lead l -> followedIp = null;
            case ClusterEffect.Flush f -> {
                keys.clear();
                keyCount = 0;
            }
            case ClusterEffect.DeleteKeys d -> d.slots().forEach(keys::remove);
            case ClusterEffect.DropChannels d -> {}
            case ClusterEffect.Deliver d -> cluster.delivered.add(ip);
            case ClusterEffect.PauseWrites p -> {
                pausesWrites = true;
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

    private void note(ClusterEffect.Note n) {
        cluster.note(ip + " " + n.text());
        if (n.text().startsWith("Failover election won")) {
            cluster.won.add(ip);
        }
        if (n.level() != ClusterEffect.Level.DEBUG && n.level() != ClusterEffect.Level.VERBOSE) {
            log.add(n.text());
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

    /** Stops at once; what was not durable may be lost. */
    void crash(boolean powerLost) {
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
        up = true;
        frozenUntilMs = 0;
        pausesWrites = false;
        try {
            machine =
                    ClusterMachine.restored(
                            NodesFile.read(file, false, () -> "0".repeat(40)), this);
        } catch (NodesFile.Corrupt e) {
            throw new AssertionError(e);
        }
        followedIp = null;
        cluster.note(ip + " RESTART");
        scheduleTick();
    }

    /** A machine's clock and ours begin to differ. */
    void skew(long ms) {
        clockSkewMs = ms;
    }

    /** Epochs never go back, restarts included. */
    void checkEpoch() {
        long now = machine.view().currentEpoch();
        assertThat(now).as("epoch of %s", ip).isGreaterThanOrEqualTo(0);
        if (Long.compareUnsigned(now, epoch) < 0) {
            assertThat(durable)
                    .as("an epoch that was on disk is not lost")
                    .doesNotContain("currentEpoch " + epoch + " ");
        }
        epoch = now;
    }
}
