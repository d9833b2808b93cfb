package io.ferrite.simulation.cluster;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.slots.ExportEffect;
import io.ferrite.coordination.slots.SlotExport;
import io.ferrite.coordination.slots.SlotImports;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A move of slots as a whole: performs what {@link SlotExport} wants done at the source, and keeps
 * {@link SlotImports} at the target, over a connection that keeps order and is lost when an end
 * dies or something does not get through.
 */
final class SimMove {

    private static final SlotExport.Limits LIMITS = new SlotExport.Limits(3000, 100, 500, 4);
    private static final int TICK_MS = 20;

    private final SimCluster sim;
    private final DataMutation mutation;
    private final SimNode source;
    private final SimNode target;
    private final String name;
    private final SlotSet slots;
    private final SlotExport machine = new SlotExport(LIMITS);
    private final int sourceRun;
    private int targetRun;

    /** The connection there is; 0 for none. */
    private int connection;

    private int connections;

    /** When what was sent last arrives, as nothing overtakes. */
    private long toTargetMs;

    private long toSourceMs;

    /** What was written since the copy and is not sent. */
    private final Map<Integer, Long> news = new TreeMap<>();

    /** Whether what is written is to be sent, and whether the copy is. */
    private boolean streaming;

    private boolean copied;
    private boolean draining;
    private int unconfirmed;

    SimMove(
            SimCluster sim,
            DataMutation mutation,
            SimNode source,
            SimNode target,
            String name,
            SlotSet slots) {
        this.sim = sim;
        this.mutation = mutation;
        this.source = source;
        this.target = target;
        this.name = name;
        this.slots = slots;
        this.sourceRun = source.run();
    }

    void begin() {
        sim.note("MOVE " + slots + " " + source.ip + " > " + target.ip + " as a whole");
        perform(machine.begin(now()));
        tick();
    }

    boolean isOver() {
        return machine.isOver() || !isSourceAlive();
    }

    boolean succeeded() {
        return machine.phase() == SlotExport.Phase.SUCCEEDED;
    }

    SlotSet slots() {
        return slots;
    }

    void cancel() {
        if (isSourceAlive()) {
            perform(machine.cancel());
        }
    }

    private long now() {
        return sim.queue.nowMs();
    }

    private boolean isSourceAlive() {
        return source.up && source.run() == sourceRun;
    }

    private void tick() {
        sim.queue.after(
                TICK_MS,
                () -> {
                    if (isOver()) {
                        lose();
                        return;
                    }
                    source.soon(this::look);
                    tick();
                });
    }

    /** As a node does it: first whose the slots are. */
    private void look() {
        if (isOver()) {
            return;
        }
        ClusterView view = source.view();
        ClusterNode there = view.node(target.id());
        if (owns(there)) {
            perform(machine.given());
        } else if (!owns(view.self())) {
            perform(machine.disowned());
        } else if (there == null || there.hasFailed()) {
            perform(machine.targetFailed());
        } else {
            perform(machine.tick(now()));
            pump();
        }
    }

    private boolean owns(ClusterNode node) {
        return node != null && node.isMaster() && slots.minus(node.slots()).isEmpty();
    }

    /** A client's write at the source, which owns the slot. */
    void written(SimNode at, int slot, long value) {
        if (at == source && streaming && !isOver() && slots.contains(slot)) {
            news.put(slot, value);
        }
    }

    private void pump() {
        if (!copied || connection == 0 || isOver()) {
            return;
        }
        if (!news.isEmpty()) {
            Map<Integer, Long> some = new TreeMap<>(news);
            news.clear();
            send(() -> accept(some));
        }
        perform(machine.behind(unconfirmed, now()));
        if (draining && unconfirmed == 0 && news.isEmpty()) {
            perform(machine.drained(now()));
        }
    }

    // --- effects ---------------------------------------------------------------------------------

    private void perform(List<ExportEffect> effects) {
        for (ExportEffect effect : effects) {
            switch (effect) {
                case CONNECT -> connect();
                case ESTABLISH -> send(this::establish);
                case COPY -> copy();
                case FREEZE -> {
                    if (mutation != DataMutation.FREEZES_NOTHING) {
                        source.data.frozen = source.data.frozen.plus(slots);
                    }
                    draining = true;
                }
                case THAW -> {
                    source.data.frozen = source.data.frozen.minus(slots);
                    draining = false;
                }
                case TAKE -> send(this::take);
                case ASK -> send(this::ask);
                case CLOSE -> lose();
                case END -> sim.note(name + " " + machine.phase() + " " + machine.message());
            }
        }
    }

    private void connect() {
        sim.queue.after(
                sim.delay(),
                () -> {
                    if (isOver()) {
                        return;
                    }
                    if (!target.isAwake() || !works()) {
                        perform(machine.lost("no connection", now()));
                        return;
                    }
                    connection = ++connections;
                    targetRun = target.run();
                    toTargetMs = now();
                    toSourceMs = now();
                    unconfirmed = 0;
                    perform(machine.opened(now()));
                });
    }

    private boolean works() {
        return sim.reaches(source, target) && sim.reaches(target, source);
    }

    /** Has the target do something, and the source hear the answer. */
    private void send(TargetStep step) {
        int over = connection;
        if (over == 0) {
            return;
        }
        unconfirmed++;
        toTargetMs = Math.max(toTargetMs, now() + sim.delay());
        sim.queue.after(
                toTargetMs - now(),
                () -> {
                    if (over != connection || !isCarried()) {
                        lost(over);
                        return;
                    }
                    target.soon(() -> {
                        if (over == connection) {
                            answer(over, step.run());
                        }
                    });
                });
    }

    private interface TargetStep {
        Consumer<SlotExport> run();
    }

    private boolean isCarried() {
        return works() && target.up && target.run() == targetRun;
    }

    private void answer(int over, Consumer<SlotExport> heard) {
        toSourceMs = Math.max(toSourceMs, now() + sim.delay());
        sim.queue.after(
                toSourceMs - now(),
                () -> {
                    if (over != connection || !isCarried()) {
                        lost(over);
                        return;
                    }
                    source.soon(() -> {
                        if (over == connection && !isOver()) {
                            unconfirmed--;
                            heard.accept(machine);
                            pump();
                        }
                    });
                });
    }

    /** Something did not get through: both ends notice that some time. */
    private void lost(int over) {
        if (over == connection) {
            lose();
            if (isSourceAlive()) {
                perform(machine.lost("the connection was lost", now()));
            }
        }
    }

    private void lose() {
        if (connection == 0) {
            return;
        }
        connection = 0;
        int run = targetRun;
        sim.queue.after(
                sim.between(1, 500),
                () -> {
                    if (target.up && target.run() == run) {
                        target.soon(this::gone);
                    }
                });
    }

    // --- the source's side -----------------------------------------------------------------------

    private void copy() {
        Map<Integer, Long> all = new TreeMap<>(source.data.values);
        all.keySet().removeIf(slot -> !slots.contains(slot));
        streaming = true;
        copySome(all.entrySet().iterator());
    }

    private void copySome(Iterator<Map.Entry<Integer, Long>> left) {
        sim.queue.after(
                sim.between(1, 60),
                () -> {
                    if (isOver() || connection == 0) {
                        return;
                    }
                    if (left.hasNext()) {
                        Map.Entry<Integer, Long> one = left.next();
                        send(() -> accept(Map.of(one.getKey(), one.getValue())));
                        copySome(left);
                    } else {
                        copied = true;
                        source.soon(() -> perform(machine.copied(now())));
                    }
                });
    }

    // --- the target's side -----------------------------------------------------------------------

    private Consumer<SlotExport> refuse(String why) {
        return m -> perform(m.refused(why));
    }

    private boolean isSourceKnownAsOwner() {
        ClusterNode owner = target.view().node(source.id());
        return owner != null && slots.minus(owner.slots()).isEmpty();
    }

    private Consumer<SlotExport> establish() {
        if (target.self().isReplica() || !isSourceKnownAsOwner()) {
            return refuse("not now");
        }
        String refusal = target.data.imports.begin(name, source.id(), slots);
        if (refusal != null) {
            return refuse(refusal);
        }
        target.data.remove(slots);
        target.data.keepImports();
        return m -> perform(m.established(now()));
    }

    private Consumer<SlotExport> accept(Map<Integer, Long> values) {
        SlotImports.Import known = target.data.imports.get(name);
        if (target.self().isReplica()
                || known == null
                || known.phase() != SlotImports.Phase.RECEIVING) {
            return refuse("no such migration");
        }
        target.data.values.putAll(values);
        target.offset++;
        return m -> {};
    }

    private Consumer<SlotExport> take() {
        SlotImports.Import known = target.data.imports.get(name);
        if (known == null
                || known.phase() != SlotImports.Phase.RECEIVING
                || !isSourceKnownAsOwner()) {
            return refuse("no such migration any more");
        }
        String refusal = target.order(o -> o.take(slots));
        if (refusal != null) {
            return refuse(refusal);
        }
        target.data.imports.take(name);
        target.data.keepImports();
        return m -> perform(m.taken(now()));
    }

    private Consumer<SlotExport> ask() {
        boolean owned = !target.self().slots().and(slots).isEmpty();
        boolean taken = target.data.imports.wasTaken(name, owned);
        if (!taken) {
            clean();
        }
        return m -> perform(taken ? m.taken(now()) : m.notTaken());
    }

    /** The connection is gone. */
    private void gone() {
        if (target.data.imports.end(name) != null) {
            clean();
        }
    }

    private void clean() {
        if (mutation != DataMutation.KEEPS_WHAT_CAME) {
            target.data.remove(slots.minus(target.self().slots()));
        }
        target.data.keepImports();
    }
}
