package io.ferrite.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.ServerState;
import io.ferrite.node.SimulatedNode;
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
}
