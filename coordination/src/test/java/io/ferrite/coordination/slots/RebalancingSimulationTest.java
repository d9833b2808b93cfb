package io.ferrite.coordination.slots;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.slots.RebalancePlan.Move;
import io.ferrite.coordination.slots.RebalancePlan.Shard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Masters that even out a cluster while some join, are unwell for a while, moves fail or take long,
 * and each hears of the others' slots late: at most one move runs at a time, all comes to rest, and
 * then nobody is far from its part.
 */
final class RebalancingSimulationTest {

    private static final Rebalancing.Limits LIMITS =
            new Rebalancing.Limits(5000, 1000, 3000, 60_000);
    private static final RebalancePlan.Limits PLAN = new RebalancePlan.Limits(5, 512);
    private static final int LATE_MS = 800; // less than a rest
    private static final int RUNS = 5;

    @Test
    void clusters_comeToRest_withOneMoveAtATime() {
        long base = Long.getLong("ferrite.seed", System.nanoTime());
        int moves = 0;
        for (int i = 0; i < RUNS; i++) {
            moves += new World(base + i).run();
        }
        assertThat(moves).as("seed " + base).isGreaterThan(RUNS);
    }

    private static final class World {
        private final long seed;
        private final SplittableRandom random;
        private final Map<String, SlotSet> truth = new HashMap<>();
        private final Map<String, Rebalancing> machines = new HashMap<>();
        private final List<Map<String, SlotSet>> history = new ArrayList<>();
        private Move running;
        private int endsAt;
        private boolean fails;
        private String orderedBy = "";
        private int done;

        World(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
        }

        int run() {
            int masters = random.nextInt(2, 6);
            for (int i = 0; i < masters; i++) {
                int first = SlotSet.SLOTS * i / masters;
                int last = SlotSet.SLOTS * (i + 1) / masters - 1;
                add("n" + i, SlotSet.EMPTY.withRange(first, last));
            }
            int steps = 2000;
            int join = random.nextInt(300);
            for (int step = 0; step < steps; step++) {
                if (step == join) {
                    add("m" + random.nextInt(100), SlotSet.EMPTY);
                }
                boolean well = step > 800 || random.nextInt(200) != 0;
                step(step, well);
            }
            assertThat(running).as("seed " + seed).isNull();
            int part = SlotSet.SLOTS / truth.size();
            truth.forEach((id, slots) ->
                    assertThat(Math.abs(slots.size() - part))
                            .as("seed " + seed + ": " + id)
                            .isLessThanOrEqualTo(part * 5 / 100 + 1));
            return done;
        }

        private void add(String id, SlotSet slots) {
            truth.put(id, slots);
            machines.put(id, new Rebalancing());
        }

        /** A tenth of a second. */
        private void step(int step, boolean well) {
            long now = step * 100L;
            history.add(new HashMap<>(truth));
            if (running != null && step >= endsAt) {
                end(now);
            }
            for (var one : machines.entrySet()) {
                List<Shard> seen = seenBy(step, one.getKey());
                Optional<Move> move =
                        one.getValue()
                                .tick(
                                        now,
                                        one.getKey(),
                                        seen,
                                        well,
                                        () -> RebalancePlan.of(seen, slot -> 1, PLAN),
                                        LIMITS);
                move.ifPresent(ordered -> begin(step, one.getKey(), ordered));
            }
        }

        /** One's own slots are known at once, those of others late. */
        private List<Shard> seenBy(int step, String self) {
            Map<String, SlotSet> then =
                    history.get(Math.max(0, step - random.nextInt(LATE_MS / 100)));
            List<Shard> seen = new ArrayList<>();
            then.forEach((id, slots) -> seen.add(new Shard(id, slots)));
            seen.sort((a, b) -> a.id().compareTo(b.id()));
            return seen;
        }

        private void begin(int step, String by, Move move) {
            assertThat(running).as("seed " + seed + ": two moves at a time").isNull();
            running = move;
            orderedBy = by;
            endsAt = step + random.nextInt(1, 20);
            fails = step < 800 && random.nextInt(10) == 0;
        }

        private void end(long now) {
            boolean has =
                    running.slots().minus(truth.get(running.source())).isEmpty()
                            && truth.containsKey(running.target());
            if (fails || !has) {
                machines.get(orderedBy).failed(now, LIMITS);
            } else {
                truth.merge(running.source(), running.slots(), SlotSet::minus);
                truth.merge(running.target(), running.slots(), SlotSet::plus);
                done++;
            }
            running = null;
        }
    }
}
