package io.ferrite.coordination.sentinel;

import static io.ferrite.coordination.sentinel.SentinelLinesTest.lines;
import static io.ferrite.coordination.sentinel.SentinelLinesTest.load;
import static io.ferrite.coordination.sentinel.SentinelLinesTest.state;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class StateMergeTest {

    private static final String ID = "a".repeat(40);
    private static final String PEER = "b".repeat(40);

    private static final String[] SAVED = {
        "myid " + ID,
        "monitor m 10.0.0.2 6379 2",
        "config-epoch m 7",
        "leader-epoch m 8",
        "known-replica m 10.0.0.1 6379",
        "known-sentinel m 10.0.0.5 26379 " + PEER,
        "current-epoch 9"
    };

    private static SentinelState merged(String... file) {
        List<SentinelLines.Line> lines = lines(file);
        StateMerge.Merged merged = StateMerge.merge(lines, state(file), state(SAVED));
        SentinelLines.Loaded loaded = load(merged.lines());
        assertThat(loaded.reason()).isEmpty();
        return loaded.state();
    }

    @Test
    void anOldFile_doesNotTakeBackEpochsVotesNorTheMaster() {
        SentinelState state =
                merged(
                        "myid " + ID,
                        "monitor m 10.0.0.1 6379 3",
                        "config-epoch m 1",
                        "leader-epoch m 1",
                        "known-replica m 10.0.0.2 6379",
                        "current-epoch 1");
        Master master = state.masters().get("m");
        assertThat(state.epoch()).isEqualTo(9);
        assertThat(master.vote().epoch()).isEqualTo(8);
        assertThat(master.configEpoch()).isEqualTo(7);
        assertThat(master.address().text(false)).isEqualTo("10.0.0.2:6379");
        assertThat(master.replicas()).containsOnlyKeys("10.0.0.1:6379");
        assertThat(master.peers()).containsOnlyKeys(PEER);
        assertThat(master.settings().quorum()).as("the file's own setting").isEqualTo(3);
    }

    @Test
    void aTemplatePutInPlaceOfTheFile_leavesTheSentinelWhoItWas() {
        SentinelState state = merged("monitor m 10.0.0.1 6379 2");
        assertThat(state.myId()).isEqualTo(ID);
        assertThat(state.masters().get("m").address().text(false)).isEqualTo("10.0.0.2:6379");
    }

    @Test
    void anIdTakenOutOnPurpose_makesANewSentinel() {
        SentinelState state = merged("monitor m 10.0.0.1 6379 2", "current-epoch 3");
        assertThat(state.myId()).isEmpty();
        assertThat(state.epoch()).isEqualTo(3);
    }

    @Test
    void theCopyOfAnotherSentinel_isNotUsed() {
        SentinelState state = merged("myid " + PEER, "monitor m 10.0.0.1 6379 2");
        assertThat(state.epoch()).isZero();
        assertThat(state.masters().get("m").peers()).isEmpty();
    }

    @Test
    void aNewerFile_isTakenAsItIs() {
        SentinelState state =
                merged(
                        "myid " + ID,
                        "monitor m 10.0.0.3 6379 2",
                        "config-epoch m 12",
                        "leader-epoch m 12",
                        "current-epoch 12");
        Master master = state.masters().get("m");
        assertThat(master.address().text(false)).isEqualTo("10.0.0.3:6379");
        assertThat(state.epoch()).isEqualTo(12);
        assertThat(master.replicas()).isEmpty();
    }

    @Test
    void aMasterThatTheUserTookOut_staysOut() {
        assertThat(merged("myid " + ID).masters()).isEmpty();
    }
}
