package io.ferrite.durability.aof;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.durability.aof.SyncPolicy.Mode;
import io.ferrite.durability.aof.SyncPolicy.Step;
import org.junit.jupiter.api.Test;

final class SyncPolicyTest {

    private final SyncPolicy policy = new SyncPolicy();

    @Test
    void always_syncsEveryWrite() {
        policy.written(10);
        assertThat(policy.step(Mode.ALWAYS, false, 0)).isEqualTo(Step.SYNC);
        assertThat(policy.position()).isEqualTo(10);
        assertThat(policy.step(Mode.ALWAYS, false, 0)).isEqualTo(Step.NOTHING);
        policy.written(20);
        assertThat(policy.step(Mode.ALWAYS, false, 0)).isEqualTo(Step.SYNC);
    }

    @Test
    void everySecond_syncsAtOnceAfterAPause_andThenOnceASecond() {
        policy.written(10);
        assertThat(policy.step(Mode.EVERYSEC, false, 5000)).isEqualTo(Step.SYNC_BESIDE);
        policy.ended();
        policy.written(20);
        assertThat(policy.step(Mode.EVERYSEC, false, 5999)).isEqualTo(Step.NOTHING);
        assertThat(policy.nextMs(Mode.EVERYSEC, false, 5400)).isEqualTo(600);
        assertThat(policy.step(Mode.EVERYSEC, false, 6000)).isEqualTo(Step.SYNC_BESIDE);
        policy.ended();
        assertThat(policy.nextMs(Mode.EVERYSEC, false, 6000)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aSyncThatTakesLong_isNotJoinedByAnother_andCountsOnce() {
        policy.written(10);
        policy.step(Mode.EVERYSEC, false, 0);
        policy.written(20);
        assertThat(policy.step(Mode.EVERYSEC, false, 1500)).isEqualTo(Step.NOTHING);
        assertThat(policy.delayed()).isZero();
        policy.step(Mode.EVERYSEC, false, 2500);
        policy.step(Mode.EVERYSEC, false, 3500);
        assertThat(policy.delayed()).isOne();
    }

    @Test
    void aRewriteThatWantsTheDisk_putsSyncsOff() {
        policy.written(10);
        assertThat(policy.step(Mode.ALWAYS, true, 0)).isEqualTo(Step.NOTHING);
        assertThat(policy.step(Mode.ALWAYS, false, 100)).isEqualTo(Step.SYNC);
    }

    @Test
    void no_leavesItToTheSystem() {
        policy.written(10);
        assertThat(policy.step(Mode.NO, false, 100_000)).isEqualTo(Step.NOTHING);
        assertThat(policy.nextMs(Mode.NO, false, 100_000)).isEqualTo(Long.MAX_VALUE);
    }
}
