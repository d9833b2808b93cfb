package io.ferrite.node.slots;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.coordination.slots.RequestEffect;
import io.ferrite.coordination.slots.SlotRequest;
import io.ferrite.node.Environment;
import io.ferrite.node.Node;
import io.ferrite.resp.RespValue;
import java.util.List;

/**
 * Has slots of another node given to this one, as {@link SlotRequest} says. On the cluster's loop;
 * what is told of it, on any thread.
 */
final class ImportTask {

    private final SlotMoves moves;
    private final Node node;
    private final Environment environment;
    private final String id;
    private final SlotSet slots;
    private final long createdMs;
    private final SlotRequest machine = new SlotRequest();

    private volatile String source;
    private volatile long startedMs = -1;
    private volatile long endedMs = -1;
    private volatile SlotRequest.Phase phase = SlotRequest.Phase.ASKING;
    private volatile String lastError = "";
    private volatile int retries;

    /** The name of the import of this try. */
    private volatile String attempt = "";

    private OneQuestion question;

    ImportTask(SlotMoves moves, String id, SlotSet slots, String source) {
        this.moves = moves;
        this.node = moves.node();
        this.environment = node.environment();
        this.id = id;
        this.slots = slots;
        this.source = source;
        this.createdMs = environment.nowMs();
    }

    // --- what others ask, any thread -------------------------------------------------------------

    boolean isOver() {
        return phase.compareTo(SlotRequest.Phase.COMPLETED) >= 0;
    }

    SlotSet slots() {
        return slots;
    }

    String attempt() {
        return attempt;
    }

    MoveStatus status(String self) {
        return new MoveStatus(
                id, slots, source, self, "import", word(), lastError, retries, createdMs, startedMs,
                endedMs, 0);
    }

    private String word() {
        return switch (phase) {
            case ASKING -> "connecting";
            case WAITING -> "ready-to-stream";
            case RECEIVING -> "streaming";
            case RESTING, FAILED -> "failed";
            case COMPLETED -> "completed";
            case CANCELED -> "canceled";
        };
    }

    // --- inputs, on the loop ---------------------------------------------------------------------

    void begin() {
        startedMs = environment.nowMs();
        perform(machine.begin(nowMs()));
    }

    void tick() {
        perform(machine.tick(nowMs()));
    }

    void established() {
        perform(machine.established(nowMs()));
    }

    void taken() {
        perform(machine.taken());
    }

    void broken(String reason) {
        perform(machine.broken(reason, nowMs()));
    }

    void cancel() {
        boolean inTime = isOver() || moves.abandon(attempt);
        perform(inTime ? machine.cancel("Cancelled due to user request") : machine.taken());
    }

    private long nowMs() {
        return environment.nanos() / 1_000_000;
    }

    // --- effects ---------------------------------------------------------------------------------

    private void perform(List<RequestEffect> effects) {
        for (RequestEffect effect : effects) {
            switch (effect) {
                case ASK -> ask();
                case HANG_UP -> hangUp();
                case ABANDON -> moves.abandon(attempt);
                case END -> end();
            }
        }
        publish();
    }

    private void publish() {
        lastError = machine.lastError();
        retries = machine.retries();
        phase = machine.phase();
    }

    private void end() {
        endedMs = environment.nowMs();
        publish();
        String why = lastError.isEmpty() ? "" : ": " + lastError;
        node.log().notice("Import task " + id + " of slots " + slots + " is " + word() + why + ".");
    }

    /** The owner may be another one than at the try before: a replica of it, say. */
    private void ask() {
        ClusterView view = node.cluster().view();
        ClusterNode owner = null;
        for (int slot = slots.next(0); slot >= 0; slot = slots.next(slot + 1)) {
            ClusterNode one = view.owner(slot);
            if (one == null || owner != null && owner != one) {
                perform(machine.impossible("the slots are not one node's"));
                return;
            }
            owner = one;
        }
        if (owner == null || owner.id().equals(view.selfId()) || view.self().isReplica()) {
            perform(machine.impossible("the slots are this node's, or it is no master"));
            return;
        }
        source = owner.id();
        attempt = machine.retries() == 0 ? id : environment.randomHex(40);
        moves.expect(attempt, this);
        String self = view.selfId();
        List<String> head = List.of("CLUSTER", "SYNCSLOTS", "GIVE", attempt, id, self);
        question = OneQuestion.ask(node, owner, Words.withRanges(head, slots), new Answer());
    }

    private void hangUp() {
        if (question != null) {
            question.close();
            question = null;
        }
    }

    private final class Answer implements OneQuestion.Listener {
        @Override
        public void answered(RespValue answer) {
            perform(machine.accepted(nowMs()));
        }

        @Override
        public void failed(String reason) {
            perform(machine.refused(reason, nowMs()));
        }
    }
}
