package io.ferrite.node.slots;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.slots.RebalancePlan;
import io.ferrite.coordination.slots.RebalancePlan.Move;
import io.ferrite.coordination.slots.RebalancePlan.Shard;
import io.ferrite.coordination.slots.Rebalancing;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.node.config.NumberOption;
import io.ferrite.resp.RespValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Has slots shared out among the masters, as {@link Rebalancing} says: the one that orders a move
 * tells the node that is to get the slots to import them. On the cluster's loop; the plan is for
 * any thread.
 */
final class Rebalancer {

    private static final long TICK_MS = 1000;
    private static final long REST_MS = 2000;
    private static final long FAILED_MS = 30_000;
    private static final long MOVE_MS = 600_000;

    private final Node node;
    private final Environment environment;
    private final SlotWeights weights;
    private final Rebalancing machine = new Rebalancing();

    Rebalancer(Node node) {
        this.node = node;
        this.environment = node.environment();
        this.weights = new SlotWeights(node);
    }

    void begin() {
        environment.after(environment.loopApart(), TICK_MS, this::tick);
    }

    private int setting(NumberOption option) {
        return node.settings().getInt(option);
    }

    private void tick() {
        environment.after(environment.loopApart(), TICK_MS, this::tick);
        if (!node.settings().get(ClusterOptions.CLUSTER_AUTO_REBALANCE)) {
            return;
        }
        ClusterView view = node.cluster().view();
        weights.ask(view);
        machine.tick(nowMs(), view.selfId(), shards(view), isWell(view), this::plan, limits())
                .ifPresent(this::order);
    }

    private long nowMs() {
        return environment.nanos() / 1_000_000;
    }

    private Rebalancing.Limits limits() {
        long settleMs = setting(ClusterOptions.CLUSTER_AUTO_REBALANCE_DELAY) * 1000L;
        return new Rebalancing.Limits(settleMs, REST_MS, FAILED_MS, MOVE_MS);
    }

    /** What would have to move now. */
    List<Move> plan() {
        RebalancePlan.Limits limits =
                new RebalancePlan.Limits(
                        setting(ClusterOptions.CLUSTER_AUTO_REBALANCE_THRESHOLD),
                        setting(ClusterOptions.CLUSTER_AUTO_REBALANCE_MAX_SLOTS));
        int share = setting(ClusterOptions.CLUSTER_AUTO_REBALANCE_LOAD);
        return RebalancePlan.of(shards(node.cluster().view()), weights.with(share), limits);
    }

    /** All masters, by id. */
    private static List<Shard> shards(ClusterView view) {
        List<Shard> shards = new ArrayList<>();
        for (ClusterNode one : view.nodes()) {
            if (one.isMaster() && !one.isInHandshake()) {
                shards.add(new Shard(one.id(), one.slots()));
            }
        }
        shards.sort(Comparator.comparing(Shard::id));
        return shards;
    }

    /** Whether slots may move now: every master is there, every slot is somebody's and at rest. */
    private boolean isWell(ClusterView view) {
        SlotSet owned = SlotSet.EMPTY;
        for (ClusterNode one : view.nodes()) {
            if (one.isMaster() && (one.hasFailed() || one.isSuspect())) {
                return false;
            }
            owned = one.isMaster() ? owned.plus(one.slots()) : owned;
        }
        return view.isOk()
                && owned.size() == SlotSet.SLOTS
                && view.migrating().isEmpty()
                && view.importing().isEmpty();
    }

    private void order(Move move) {
        ClusterNode target = node.cluster().view().node(move.target());
        if (target == null) {
            machine.failed(nowMs(), limits());
            return;
        }
        node.log()
                .notice(
                        "Slots "
                                + move.slots()
                                + " are to go from "
                                + move.source()
                                + " to "
                                + move.target()
                                + " (cluster-auto-rebalance).");
        List<String> head = List.of("CLUSTER", "MIGRATION", "IMPORT");
        OneQuestion.ask(
                node,
                target,
                Words.withRanges(head, move.slots()),
                new OneQuestion.Listener() {
                    @Override
                    public void answered(RespValue answer) {
                        // By whose the slots are it is seen that the move is over.
                    }

                    @Override
                    public void failed(String reason) {
                        node.log().warning("Slots cannot be shared out: " + reason);
                        machine.failed(nowMs(), limits());
                    }
                });
    }
}
