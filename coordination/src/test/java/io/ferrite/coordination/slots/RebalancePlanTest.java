package io.ferrite.coordination.slots;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.slots.RebalancePlan.Limits;
import io.ferrite.coordination.slots.RebalancePlan.Move;
import io.ferrite.coordination.slots.RebalancePlan.Shard;
import io.ferrite.coordination.slots.RebalancePlan.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Plans that even out a cluster. */
final class RebalancePlanTest {

    private static final Weights ALIKE = slot -> 1;
    private static final Limits LIMITS = new Limits(5, 64);

    private static Shard shard(String id, int first, int last) {
        return new Shard(id, SlotSet.EMPTY.withRange(first, last));
    }

    private static Shard bare(String id) {
        return new Shard(id, SlotSet.EMPTY);
    }

    /** What is left of the shards when the moves are done; each from who has the slots. */
    private static List<Shard> after(List<Shard> shards, List<Move> moves) {
        List<Shard> now = new ArrayList<>(shards);
        for (Move move : moves) {
            for (int i = 0; i < now.size(); i++) {
                Shard one = now.get(i);
                if (one.id().equals(move.source())) {
                    assertThat(move.slots().minus(one.slots()).isEmpty()).isTrue();
                    now.set(i, new Shard(one.id(), one.slots().minus(move.slots())));
                } else if (one.id().equals(move.target())) {
                    now.set(i, new Shard(one.id(), one.slots().plus(move.slots())));
                }
            }
        }
        return now;
    }

    private static long weight(Shard shard, Weights weights) {
        long[] sum = new long[1];
        shard.slots().forEach(slot -> sum[0] += weights.of(slot));
        return sum[0];
    }

    @Test
    void evenCluster_isLeftAlone() {
        List<Shard> shards =
                List.of(shard("a", 0, 5460), shard("b", 5461, 10922), shard("c", 10923, 16383));
        assertThat(RebalancePlan.of(shards, ALIKE, LIMITS)).isEmpty();
    }

    @Test
    void newMaster_isGivenItsPart_andNothingElseMoves() {
        List<Shard> shards =
                List.of(
                        shard("a", 0, 5460),
                        shard("b", 5461, 10922),
                        shard("c", 10923, 16383),
                        bare("d"));
        List<Move> moves = RebalancePlan.of(shards, ALIKE, LIMITS);

        assertThat(moves).allMatch(move -> move.target().equals("d") && move.slots().size() <= 64);
        int moved = moves.stream().mapToInt(move -> move.slots().size()).sum();
        assertThat(moved).isBetween(4096 - 4096 * 5 / 100 - 1, 4096);
        assertThat(after(shards, moves))
                .allMatch(shard -> Math.abs(shard.slots().size() - 4096) <= 4096 * 5 / 100);
    }

    @Test
    void busySlots_areSharedOut() {
        List<Shard> shards = List.of(shard("a", 0, 8191), shard("b", 8192, 16383));
        Weights busy = slot -> slot < 100 ? 1000 : 1; // all of them with the first
        List<Move> moves = RebalancePlan.of(shards, busy, LIMITS);

        List<Shard> after = after(shards, moves);
        long all = weight(after.get(0), busy) + weight(after.get(1), busy);
        assertThat(weight(after.get(0), busy)).isBetween(all * 47 / 100, all * 53 / 100);
    }

    @Test
    void slotThatIsTooHeavy_staysWhereItIs() {
        List<Shard> shards = List.of(shard("a", 0, 0), shard("b", 1, 16383));
        Weights one = slot -> slot == 0 ? 1_000_000 : 1;
        List<Move> moves = RebalancePlan.of(shards, one, LIMITS);

        assertThat(moves).noneMatch(move -> move.slots().contains(0));
    }

    @Test
    void anyCluster_isNoLessEvenAfterwards_andLosesNoSlot() {
        long seed = Long.getLong("ferrite.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 10; i++) {
            List<Shard> shards = draw(random);
            long[] weights = new long[SlotSet.SLOTS];
            for (int slot = 0; slot < weights.length; slot++) {
                weights[slot] = 1 + (random.nextInt(8) == 0 ? random.nextInt(500) : 0);
            }
            List<Move> moves = RebalancePlan.of(shards, slot -> weights[slot], LIMITS);
            List<Shard> after = after(shards, moves);

            String as = "seed " + seed + ", round " + i;
            SlotSet all = SlotSet.EMPTY;
            for (Shard shard : after) {
                assertThat(all.and(shard.slots()).isEmpty()).as(as).isTrue();
                all = all.plus(shard.slots());
            }
            assertThat(all).as(as).isEqualTo(SlotSet.ALL);
            assertThat(spread(after, weights)).as(as).isLessThanOrEqualTo(spread(shards, weights));
        }
    }

    private static List<Shard> draw(SplittableRandom random) {
        int count = random.nextInt(2, 9);
        List<Shard> shards = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < count; i++) {
            int last = i == count - 1 ? 16383 : random.nextInt(next, 16383 - count + i + 1);
            boolean bare = random.nextInt(4) == 0 && i < count - 1;
            shards.add(bare ? bare("n" + i) : shard("n" + i, next, last));
            next = bare ? next : last + 1;
        }
        return shards;
    }

    private static long spread(List<Shard> shards, long[] weights) {
        long most = Long.MIN_VALUE;
        long least = Long.MAX_VALUE;
        for (Shard shard : shards) {
            long weight = weight(shard, slot -> weights[slot]);
            most = Math.max(most, weight);
            least = Math.min(least, weight);
        }
        return most - least;
    }
}
