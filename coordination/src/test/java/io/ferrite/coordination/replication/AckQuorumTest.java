package io.ferrite.coordination.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AckQuorumTest {

    private final AckQuorum<String> quorum = new AckQuorum<>();

    private static AckQuorum.Follower at(long acked, long fsynced) {
        return new AckQuorum.Follower(acked, fsynced);
    }

    @Test
    void waitEnds_whenEnoughFollowersHaveTheOffset() {
        quorum.add("one", 100, 2, false, false, 5000);
        assertThat(quorum.release(List.of(at(100, -1), at(99, -1)), -1, 1000)).isEmpty();
        assertThat(quorum.release(List.of(at(100, -1), at(101, -1)), -1, 1000))
                .containsExactly(new AckQuorum.Done<>("one", 2, false, false, true));
        assertThat(quorum.isEmpty()).isTrue();
    }

    @Test
    void waitEndsAtItsDeadline_withTheCountOfThatMoment() {
        quorum.add("one", 100, 3, false, false, 5000);
        assertThat(quorum.release(List.of(at(100, -1)), -1, 4999)).isEmpty();
        assertThat(quorum.release(List.of(at(100, -1)), -1, 5000))
                .containsExactly(new AckQuorum.Done<>("one", 1, false, false, false));
    }

    @Test
    void durableWait_countsFilesOnly() {
        quorum.add("one", 100, 1, true, true, Long.MAX_VALUE);
        assertThat(quorum.release(List.of(at(200, 99)), 100, 0)).isEmpty();
        assertThat(quorum.release(List.of(at(200, 100)), 99, 0)).isEmpty();
        assertThat(quorum.release(List.of(at(200, 100)), 100, 0))
                .containsExactly(new AckQuorum.Done<>("one", 1, true, true, true));
    }

    @Test
    void waitersAreServedInOrder_andTheGoneAreForgotten() {
        quorum.add("a", 10, 1, false, false, Long.MAX_VALUE);
        quorum.add("b", 20, 1, false, false, Long.MAX_VALUE);
        quorum.add("c", 10, 1, false, false, Long.MAX_VALUE);
        quorum.remove("c");
        assertThat(quorum.release(List.of(at(20, -1)), -1, 0))
                .extracting(AckQuorum.Done::client)
                .containsExactly("a", "b");
    }
}
