package io.ferrite.coordination.slots;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The wish for another node's slots. */
final class SlotRequestTest {

    private final SlotRequest request = new SlotRequest();

    @Test
    void slotsThatCome_areTakenOnce() {
        assertThat(request.begin(0)).containsExactly(RequestEffect.ASK);
        assertThat(request.accepted(1)).containsExactly(RequestEffect.HANG_UP);
        assertThat(request.established(2)).containsExactly(RequestEffect.HANG_UP);
        assertThat(request.taken()).containsExactly(RequestEffect.HANG_UP, RequestEffect.END);

        assertThat(request.phase()).isEqualTo(SlotRequest.Phase.COMPLETED);
        assertThat(request.cancel("late")).isEmpty();
        assertThat(request.broken("closed", 3)).isEmpty();
    }

    @Test
    void tryThatFails_isMadeAgain_afterARest() {
        request.begin(0);
        assertThat(request.refused("no", 0))
                .containsExactly(RequestEffect.HANG_UP, RequestEffect.ABANDON);
        assertThat(request.tick(400)).isEmpty();
        assertThat(request.tick(500)).containsExactly(RequestEffect.ASK);
        assertThat(request.retries()).isEqualTo(1);
        assertThat(request.lastError()).isEqualTo("no");
    }

    @Test
    void importThatBreaks_isAskedForAgain() {
        request.begin(0);
        request.established(1); // before the answer to the question
        assertThat(request.accepted(2)).isEmpty();
        request.broken("the connection was closed", 3);
        assertThat(request.phase()).isEqualTo(SlotRequest.Phase.RESTING);
        assertThat(request.tick(503)).containsExactly(RequestEffect.ASK);
    }

    @Test
    void silence_isAFailure() {
        request.begin(0);
        request.accepted(0);
        request.tick(15_001);
        assertThat(request.lastError()).isEqualTo("the source sends nothing");
    }

    @Test
    void triesEnd() {
        long now = 0;
        request.begin(now);
        for (int i = 0; i < SlotRequest.MOST_RETRIES; i++) {
            request.refused("no", now);
            now += 10_000;
            assertThat(request.tick(now)).containsExactly(RequestEffect.ASK);
        }
        assertThat(request.refused("no", now)).endsWith(RequestEffect.END);
        assertThat(request.phase()).isEqualTo(SlotRequest.Phase.FAILED);
    }

    @Test
    void cancelled_whatHasComeIsAbandoned() {
        request.begin(0);
        request.established(1);
        assertThat(request.cancel("user request"))
                .containsExactly(RequestEffect.HANG_UP, RequestEffect.ABANDON, RequestEffect.END);
        assertThat(request.taken()).isEmpty();
        assertThat(request.phase()).isEqualTo(SlotRequest.Phase.CANCELED);
    }
}
