package io.ferrite.coordination.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.log.BacklogWindow;
import org.junit.jupiter.api.Test;

final class PsyncDecisionTest {

    private static final String OWN = "a".repeat(40);
    private static final String FORMER = "b".repeat(40);

    /** Bytes 101 to 200 are kept; up to byte 150 the history was the former one. */
    private static final History HISTORY = new History(OWN, FORMER, 151);

    private static final BacklogWindow WINDOW = new BacklogWindow(true, 100, 100, 200);

    private static PsyncDecision ask(String id, long offset) {
        return PsyncDecision.of(HISTORY, WINDOW, id, offset);
    }

    private static PsyncDecision full(PsyncDecision.Reason reason) {
        return new PsyncDecision.Full(reason);
    }

    @Test
    void everyByteKept_canBeContinuedFrom_andTheOneBehindTheLast() {
        assertThat(ask(OWN, 101)).isEqualTo(new PsyncDecision.Partial(100));
        assertThat(ask(OWN, 201)).isEqualTo(new PsyncDecision.Partial(200));
        assertThat(ask(OWN.toUpperCase(java.util.Locale.ROOT), 150))
                .isEqualTo(new PsyncDecision.Partial(149));
    }

    @Test
    void bytesDroppedOrNotYetWritten_needACopy() {
        assertThat(ask(OWN, 100)).isEqualTo(full(PsyncDecision.Reason.NOT_KEPT));
        assertThat(ask(OWN, 202)).isEqualTo(full(PsyncDecision.Reason.NOT_KEPT));
        assertThat(ask(OWN, -1)).isEqualTo(full(PsyncDecision.Reason.NOT_KEPT));
        assertThat(PsyncDecision.of(HISTORY, BacklogWindow.none(100, 200), OWN, 201))
                .isEqualTo(full(PsyncDecision.Reason.NOT_KEPT));
    }

    @Test
    void formerHistory_isGoodUpToTheSwitch() {
        assertThat(ask(FORMER, 151)).isEqualTo(new PsyncDecision.Partial(150));
        assertThat(ask(FORMER, 152)).isEqualTo(full(PsyncDecision.Reason.BEYOND_SWITCH));
    }

    @Test
    void strangersAndNewcomers_needACopy() {
        assertThat(ask("c".repeat(40), 150)).isEqualTo(full(PsyncDecision.Reason.OTHER_HISTORY));
        assertThat(ask("?", -1)).isEqualTo(full(PsyncDecision.Reason.ASKED));
        assertThat(PsyncDecision.of(History.of(OWN), WINDOW, History.NONE, 150))
                .as("no former history has a name of zeros, and it ends before any byte")
                .isEqualTo(full(PsyncDecision.Reason.BEYOND_SWITCH));
    }
}
