package io.ferrite.node.persistence.aof;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a sync waits for more to be written. */
final class CommitGroupTest {

    private static final long MS = 1_000_000;

    private final CommitGroup group = new CommitGroup();

    @Test
    void whoIsAlone_doesNotWait() {
        assertThat(group.isForming(50, 7 * MS)).isFalse();
        group.committed(50, 0, 4 * MS);
        assertThat(group.isForming(50, 5 * MS)).isFalse();
    }

    @Test
    void whileThoseOfTheLastSyncComeBack_theNextIsNotBegun() {
        group.committed(1000, 0, 4 * MS);
        assertThat(group.isForming(0, 4 * MS)).isFalse();
        assertThat(group.isForming(20, 4 * MS)).isTrue();
        assertThat(group.isForming(800, 5 * MS)).isTrue();
        assertThat(group.isForming(900, 5 * MS)).isFalse(); // few are enough to be missed
    }

    @Test
    void halfASyncIsTheLongestWait_andFiveMilliseconds() {
        group.committed(1000, 0, 4 * MS);
        assertThat(group.isForming(20, 6 * MS - 1)).isTrue();
        assertThat(group.isForming(20, 6 * MS)).isFalse();
        group.committed(1000, 0, 100 * MS);
        assertThat(group.isForming(20, 105 * MS - 1)).isTrue();
        assertThat(group.isForming(20, 105 * MS)).isFalse();
    }

    @Test
    void aQuickSync_isWaitedForByNobody() {
        group.committed(1000, 0, 200_000);
        assertThat(group.isForming(20, 200_001)).isFalse();
    }
}
