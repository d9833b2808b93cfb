package io.ferrite.coordination.slots;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.slots.RebalancePlan.Move;
import io.ferrite.coordination.slots.RebalancePlan.Shard;
import java.util.List;
import java.util.Optional;

/**
 * When a cluster evens itself out: one master orders one move at a time, once the same masters have
 * been there for a while and all of them are well. Who orders is the first of the masters that have
 * slots, by its id; so all agree without asking each other as soon as they see the same cluster.
 *
 * <p>Pure; times are those of a clock that does not go back. One thread at a time.
 */
public final class Rebalancing {

    /**
     * Limits.
     *
     * @param settleMs how long the masters have to be the same before anything moves
     * @param restMs how long nothing moves after a move
     * @param failedMs how long nothing moves after one that failed
     * @param moveMs how long a move may take before it is not waited for any more
     */
    public record Limits(long settleMs, long restMs, long failedMs, long moveMs) {}

    private List<String> masters = List.of();
    private long settledMs;
    private long notBeforeMs;
    private Move ordered;
    private long orderedMs;

    /** The move that was ordered and has not ended, or null. */
    public Move ordered() {
        return ordered;
    }

    /**
     * Time passes.
     *
     * @param self this node's id
     * @param shards all masters, by id
     * @param well whether all of them are, and no slot is on its way otherwise
     * @param plan what is to be done
     * @return the move to begin now, if any
     */
    public Optional<Move> tick(
            long nowMs, String self, List<Shard> shards, boolean well, Plan plan, Limits limits) {
        List<String> now = shards.stream().map(Shard::id).toList();
        if (!well || !now.equals(masters)) {
            masters = now;
            settledMs = nowMs + limits.settleMs;
        }
        if (ordered != null) {
            follow(nowMs, shards, limits);
        }
        boolean may = ordered == null && nowMs >= settledMs && nowMs >= notBeforeMs;
        if (!may || !self.equals(first(shards))) {
            return Optional.empty();
        }
        List<Move> moves = plan.make();
        if (moves.isEmpty()) {
            return Optional.empty();
        }
        ordered = moves.getFirst();
        orderedMs = nowMs;
        return Optional.of(ordered);
    }

    /** Makes the plan, when it is wanted. */
    public interface Plan {
        List<Move> make();
    }

    private static String first(List<Shard> shards) {
        String first = "";
        for (Shard shard : shards) {
            boolean before = first.isEmpty() || shard.id().compareTo(first) < 0;
            first = !shard.slots().isEmpty() && before ? shard.id() : first;
        }
        return first;
    }

    /** Whether the move that was ordered has come to its end, by whose the slots are. */
    private void follow(long nowMs, List<Shard> shards, Limits limits) {
        SlotSet left = ordered.slots();
        for (Shard shard : shards) {
            if (shard.id().equals(ordered.target())) {
                left = left.minus(shard.slots());
            }
        }
        if (left.isEmpty()) {
            ordered = null;
            notBeforeMs = nowMs + limits.restMs;
        } else if (nowMs - orderedMs > limits.moveMs) {
            ordered = null;
            notBeforeMs = nowMs + limits.failedMs;
        }
    }

    /** The move that was ordered did not begin, or failed. */
    public void failed(long nowMs, Limits limits) {
        ordered = null;
        notBeforeMs = nowMs + limits.failedMs;
    }
}
