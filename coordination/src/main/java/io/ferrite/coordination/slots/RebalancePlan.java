package io.ferrite.coordination.slots;

import io.ferrite.coordination.cluster.SlotSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which slots have to go where until all masters bear about the same. Pure: the same shards and
 * weights, the same plan, whoever makes it.
 */
public final class RebalancePlan {

    /** A master and its slots. */
    public record Shard(String id, SlotSet slots) {}

    /** Slots that go from one master to another. */
    public record Move(String source, String target, SlotSet slots) {}

    /** What a slot weighs; no less than 1, so that slots nobody asks for are shared out, too. */
    public interface Weights {
        long of(int slot);
    }

    /**
     * Limits.
     *
     * @param percent how far from its part a master may be
     * @param mostSlots how many slots go in one move
     */
    public record Limits(int percent, int mostSlots) {}

    private final Weights weights;
    private final Limits limits;
    private final List<Move> moves = new ArrayList<>();
    private final List<Shard> shards;
    private final long[] sums;
    private final long part;

    private RebalancePlan(List<Shard> shards, Weights weights, Limits limits) {
        this.shards = new ArrayList<>(shards);
        this.weights = weights;
        this.limits = limits;
        this.sums = new long[shards.size()];
        long all = 0;
        for (int i = 0; i < sums.length; i++) {
            sums[i] = sum(shards.get(i).slots);
            all += sums[i];
        }
        this.part = all / Math.max(1, sums.length);
    }

    /** The moves, in their order; none where nobody bears much more or less than its part. */
    public static List<Move> of(List<Shard> shards, Weights weights, Limits limits) {
        RebalancePlan plan = new RebalancePlan(shards, weights, limits);
        while (plan.isUneven() && plan.addMove()) {
            continue;
        }
        return plan.moves;
    }

    private long sum(SlotSet slots) {
        long sum = 0;
        for (int slot = slots.next(0); slot >= 0; slot = slots.next(slot + 1)) {
            sum += weights.of(slot);
        }
        return sum;
    }

    /** Whether somebody's distance from its part is worth a move. */
    private boolean isUneven() {
        for (long sum : sums) {
            if (Math.abs(sum - part) * 100 > part * limits.percent) {
                return true;
            }
        }
        return false;
    }

    /** From who bears most to who bears least; the first of equals. */
    private boolean addMove() {
        int source = 0;
        int target = 0;
        for (int i = 1; i < sums.length; i++) {
            source = sums[i] > sums[source] ? i : source;
            target = sums[i] < sums[target] ? i : target;
        }
        long wanted = Math.min(sums[source] - part, part - sums[target]);
        SlotSet chosen = choose(shards.get(source).slots, wanted);
        if (chosen.isEmpty()) {
            return false;
        }
        long weight = sum(chosen);
        sums[source] -= weight;
        sums[target] += weight;
        Shard from = shards.get(source);
        Shard to = shards.get(target);
        shards.set(source, new Shard(from.id, from.slots.minus(chosen)));
        shards.set(target, new Shard(to.id, to.slots.plus(chosen)));
        moves.add(new Move(from.id, to.id, chosen));
        return true;
    }

    /** The last slots that together weigh no more than is wanted: neighbours, where that can be. */
    private SlotSet choose(SlotSet from, long wanted) {
        int[] chosen = new int[Math.min(limits.mostSlots, from.size())];
        long left = wanted;
        int count = 0;
        for (int slot = SlotSet.SLOTS - 1; slot >= 0 && count < chosen.length; slot--) {
            if (from.contains(slot) && weights.of(slot) <= left) {
                chosen[count++] = slot;
                left -= weights.of(slot);
            }
        }
        return SlotSet.of(Arrays.copyOf(chosen, count));
    }
}
