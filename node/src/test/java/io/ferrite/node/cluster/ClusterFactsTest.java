package io.ferrite.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.ServerState;
import io.ferrite.node.SimulatedNode;
import io.ferrite.node.config.LeaderAddress;
import org.junit.jupiter.api.Test;

/** What a node tells others of itself. */
final class ClusterFactsTest {

    @Test
    void whoLoads_saysThatItHasNothing() {
        SimulatedNode server = new OneOfTwo().serving();
        server.node().replication().keepLog();
        assertThat(server.run("SET b v")).isEqualTo("+OK\r\n");
        ClusterFacts facts = new ClusterFacts(server.node());
        assertThat(facts.replicationOffset()).isPositive();

        server.node().state().set(ServerState.LOADING, true);

        assertThat(facts.replicationOffset()).isZero();
    }

    @Test
    void replica_isOneBeforeItLoads() {
        OneOfTwo files = new OneOfTwo();
        files.write(
                OneOfTwo.FILE
                        .replace("myself,master -", "myself,slave " + OneOfTwo.OTHER)
                        .replace(" 0-8191", ""));
        SimulatedNode replica = files.open();
        assertThat(replica.openCluster()).isEmpty();

        assertThat(replica.node().replication().isToFollow()).isTrue();
        assertThat(replica.node().engine().isFollower()).isTrue();
        assertThat(replica.node().replication().leader())
                .isEqualTo(new LeaderAddress("127.0.0.1", 7001));
    }
}
