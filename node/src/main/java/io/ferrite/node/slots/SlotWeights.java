package io.ferrite.node.slots;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.slots.RebalancePlan;
import io.ferrite.node.Node;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.resp.RespValue;
import java.util.List;

/**
 * What slots weigh: each the same, and in part by the time that their commands take, which every
 * master is asked for from time to time ({@code CLUSTER SLOT-STATS}). The last two answers make a
 * rate, so that a slot that was busy long ago is light again.
 */
final class SlotWeights {

    private static final long EVERY_MS = 10_000;

    /** A slot's weight on average, in parts fine enough for shares of a percent. */
    private static final long UNIT = 1000;

    private final Node node;
    private final long[] seen = new long[SlotSet.SLOTS];
    private volatile long[] load = new long[SlotSet.SLOTS];
    private long nextMs;

    SlotWeights(Node node) {
        this.node = node;
    }

    /** Asks all masters, if it is time and wanted; on the cluster's loop. */
    void ask(ClusterView view) {
        long nowMs = node.environment().nanos() / 1_000_000;
        boolean wanted = node.settings().getInt(ClusterOptions.CLUSTER_AUTO_REBALANCE_LOAD) > 0;
        if (!wanted || nowMs < nextMs) {
            return;
        }
        nextMs = nowMs + EVERY_MS;
        List<String> question = List.of("CLUSTER", "SLOT-STATS", "SLOTSRANGE", "0", "16383");
        for (ClusterNode one : view.nodes()) {
            if (one.isMaster() && !one.slots().isEmpty() && !one.hasFailed()) {
                OneQuestion.ask(
                        node,
                        one,
                        question,
                        new OneQuestion.Listener() {
                            @Override
                            public void answered(RespValue answer) {
                                take(answer);
                            }

                            @Override
                            public void failed(String reason) {
                                // What was known of its slots stays.
                            }
                        });
            }
        }
    }

    /** An array of pairs: a slot, and its figures by name. */
    private void take(RespValue answer) {
        if (!(answer instanceof RespValue.ArrayOf slots)) {
            return;
        }
        long[] next = load.clone();
        for (RespValue one : slots.elements()) {
            if (one instanceof RespValue.ArrayOf pair
                    && pair.elements().size() == 2
                    && pair.elements().get(0) instanceof RespValue.Int slot
                    && pair.elements().get(1) instanceof RespValue.ArrayOf figures
                    && slot.value() >= 0
                    && slot.value() < SlotSet.SLOTS) {
                int at = (int) slot.value();
                long micros = figure(figures.elements());
                // Less than before: counting began anew, with another owner perhaps.
                next[at] = micros >= seen[at] ? micros - seen[at] : micros;
                seen[at] = micros;
            }
        }
        load = next;
    }

    private static long figure(List<RespValue> figures) {
        for (int i = 0; i + 1 < figures.size(); i += 2) {
            if (figures.get(i).isText()
                    && figures.get(i).text().equals("cpu-usec")
                    && figures.get(i + 1) instanceof RespValue.Int value) {
                return value.value();
            }
        }
        return 0;
    }

    /**
     * Weights as they are known now.
     *
     * @param percent how much of all weight is load
     */
    RebalancePlan.Weights with(int percent) {
        long[] known = load;
        long all = 0;
        for (long one : known) {
            all += one;
        }
        if (percent == 0 || all == 0) {
            return slot -> 1;
        }
        long sum = all;
        long still = UNIT * (100 - percent) / 100 + 1;
        return slot -> still + known[slot] * SlotSet.SLOTS / sum * UNIT * percent / 100;
    }
}
