package io.ferrite.coordination.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Time that goes oddly, between two looks around. */
final class TiltTest {

    private final SentinelMachine machine = new SentinelMachine();
    private SentinelState state =
            SentinelState.create("a".repeat(40), GlobalSettings.DEFAULT, 1000);

    private void at(long nowMs, Input input) {
        Context context = new Context(nowMs, new SplittableRandom(1), Names.NONE);
        state = machine.step(state, input, context).next();
    }

    @Test
    void aPause_betweenTwoLooks_isTilt() {
        at(1000, new Input.Started());
        for (long now = 1100; now < 20_000; now += 100) {
            at(now, new Input.Tick());
        }
        assertThat(state.tilt()).isFalse();
        at(23_000, new Input.Tick());
        assertThat(state.tilt()).isTrue();
    }

    @Test
    void aSlowStart_isNone() {
        at(1000, new Input.Started());
        at(4000, new Input.Tick());
        at(7000, new Input.Tick());
        assertThat(state.tilt()).isFalse();
    }
}
