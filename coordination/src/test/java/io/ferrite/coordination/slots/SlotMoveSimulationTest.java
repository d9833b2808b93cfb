package io.ferrite.coordination.slots;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.cluster.SlotSet;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Both ends of a slot's move over a network that delays, and loses connections at any moment, where
 * the target forgets at times what it does not keep. The slot's content is a number that clients
 * count up; what was acknowledged must be at the owner.
 */
final class SlotMoveSimulationTest {

    private static final int ROUNDS = 20_000;
    private static final SlotSet SLOTS = SlotSet.EMPTY.withRange(5, 9);
    private static final SlotExport.Limits LIMITS = new SlotExport.Limits(400, 100, 50, 12);

    @Test
    void acknowledgedWrites_areAtTheOneOwner_whateverBreaks() {
        long base = Long.getLong("ferrite.seed", System.nanoTime());
        int[] ended = new int[SlotExport.Phase.values().length];
        for (int i = 0; i < ROUNDS; i++) {
            long seed = base + i;
            SlotExport.Phase phase = new World(seed).run();
            ended[phase.ordinal()]++;
        }
        // All three ends have to occur, or nothing was tested.
        String as = "seed " + base;
        assertThat(ended[SlotExport.Phase.SUCCEEDED.ordinal()]).as(as).isGreaterThan(ROUNDS / 10);
        assertThat(ended[SlotExport.Phase.FAILED.ordinal()]).as(as).isGreaterThan(ROUNDS / 50);
        assertThat(ended[SlotExport.Phase.CANCELLED.ordinal()]).as(as).isPositive();
    }

    /** One source, one target, one connection at a time. */
    private static final class World {
        private final long seed;
        private final SplittableRandom random;
        private final SlotExport export = new SlotExport(LIMITS);
        private SlotImports imports = new SlotImports();
        private final ArrayDeque<String> toTarget = new ArrayDeque<>();
        private final ArrayDeque<String> toSource = new ArrayDeque<>();
        private final ArrayDeque<String> gossip = new ArrayDeque<>();
        private long now;
        private boolean up;
        private boolean pendingConnect;

        /** What the owner holds, what the target holds of it, what clients were told. */
        private int atSource;

        private int atTarget;
        private int acknowledged;
        private boolean sourceOwns = true;
        private boolean targetOwns;

        private boolean streaming;
        private int sent;
        private int confirmed;
        private int cut = -1;
        private boolean ended;

        /** How slowly the source hears whose the slots are. */
        private final int gossipPace;

        World(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.gossipPace = random.nextBoolean() ? 1 : 40;
        }

        SlotExport.Phase run() {
            perform(export.begin(now));
            int lossPerMille = random.nextInt(4) == 0 ? 0 : random.nextInt(60);
            boolean cancels = random.nextInt(5) == 0;
            for (int step = 0; step < 4000 && !(ended && toTarget.isEmpty()); step++) {
                now += random.nextInt(5);
                if (random.nextInt(4) == 0) {
                    write();
                }
                step(lossPerMille, cancels);
                check();
            }
            settle();
            check();
            String at = "seed " + seed + " " + export.phase();
            assertThat(ended).as(at).isTrue();
            assertThat(sourceOwns != targetOwns).as(at).isTrue();
            assertThat(targetOwns).as(at).isEqualTo(export.phase() == SlotExport.Phase.SUCCEEDED);
            assertThat(targetOwns ? atTarget : atSource).as(at).isEqualTo(acknowledged);
            return export.phase();
        }

        /** A client counts up wherever it is let. */
        private void write() {
            boolean here = sourceOwns && !export.isFrozen();
            assertThat(here && targetOwns).as("seed " + seed + ": two owners").isFalse();
            if (here) {
                atSource++;
                acknowledged++;
            } else if (targetOwns) {
                atTarget++;
                acknowledged++;
            }
        }

        private void step(int lossPerMille, boolean cancels) {
            switch (random.nextInt(7)) {
                case 0 -> deliverToTarget();
                case 1 -> deliverToSource();
                case 2 -> perform(export.tick(now));
                case 3 -> stream();
                case 4 -> {
                    if (pendingConnect) {
                        connect(random.nextInt(1000) >= lossPerMille * 5);
                    }
                }
                case 5 -> {
                    if (up && random.nextInt(1000) < lossPerMille) {
                        lose();
                        if (random.nextInt(3) == 0) {
                            restartTarget();
                        }
                    } else if (cancels && random.nextInt(200) == 0) {
                        perform(export.cancel());
                    }
                }
                default -> gossip();
            }
        }

        private void gossip() {
            if (!gossip.isEmpty() && random.nextInt(gossipPace) == 0) {
                gossip.poll();
                sourceOwns = false;
                perform(export.given());
            }
        }

        /** The network is whole again: everything comes to its end. */
        private void settle() {
            for (int i = 0; i < 20_000 && !(ended && toTarget.isEmpty() && gossip.isEmpty()); i++) {
                now += 1;
                if (random.nextInt(8) == 0) {
                    write();
                }
                step(0, false);
                check();
            }
        }

        private void connect(boolean works) {
            pendingConnect = false;
            if (works) {
                up = true;
                perform(export.opened(now));
            } else {
                perform(export.lost("no connection", now));
            }
        }

        private void lose() {
            up = false;
            toTarget.clear();
            toSource.clear();
            imports.end("m"); // the target sees it at once, which is the harder case for TAKE
            perform(export.lost("connection lost", now));
        }

        /** The target keeps whose the slots are, and nothing else. */
        private void restartTarget() {
            imports = new SlotImports();
        }

        private void deliverToTarget() {
            String message = toTarget.poll();
            if (message == null) {
                return;
            }
            switch (message) {
                case "establish" -> {
                    String refusal = imports.begin("m", "s", SLOTS);
                    answer(refusal == null ? "established" : "refused");
                }
                case "take" -> {
                    boolean taken = imports.take("m");
                    if (taken) {
                        targetOwns = true;
                        gossip.add("claim");
                    }
                    answer(taken ? "taken" : "refused");
                }
                case "ask" -> answer(imports.wasTaken("m", targetOwns) ? "taken" : "not");
                default -> {
                    atTarget = Integer.parseInt(message);
                    answer("=" + message);
                }
            }
        }

        private void answer(String text) {
            if (up) {
                toSource.add(text);
            }
        }

        private void deliverToSource() {
            String message = toSource.poll();
            if (message == null) {
                return;
            }
            switch (message) {
                case "established" -> perform(export.established(now));
                case "refused" -> perform(export.refused("refused"));
                case "taken" -> perform(export.taken(now));
                case "not" -> perform(export.notTaken());
                default -> confirmed = Integer.parseInt(message.substring(1));
            }
        }

        /** Sends what was written, and looks how far that has come. */
        private void stream() {
            if (!streaming || !up) {
                return;
            }
            if (sent < atSource) {
                sent = atSource;
                toTarget.add(Integer.toString(sent));
            }
            perform(export.copied(now));
            perform(export.behind(atSource - confirmed, now));
            if (cut >= 0 && confirmed >= cut) {
                perform(export.drained(now));
            }
        }

        private void perform(List<ExportEffect> effects) {
            for (ExportEffect effect : effects) {
                switch (effect) {
                    case CONNECT -> pendingConnect = true;
                    case ESTABLISH -> toTarget.add("establish");
                    case COPY -> streaming = true;
                    case FREEZE -> cut = atSource;
                    case THAW -> cut = -1;
                    case TAKE -> toTarget.add("take");
                    case ASK -> toTarget.add("ask");
                    case CLOSE -> {
                        if (up && !targetOwns && export.isOver()) {
                            imports.end("m");
                        }
                        if (up && !export.isOver()) {
                            lose();
                        }
                        up = false;
                        toTarget.clear();
                        toSource.clear();
                    }
                    case END -> ended = true;
                }
            }
        }

        private void check() {
            assertThat(sourceOwns && !export.isFrozen() && targetOwns)
                    .as("seed " + seed + " at " + now + ": two accept writes")
                    .isFalse();
        }
    }
}
