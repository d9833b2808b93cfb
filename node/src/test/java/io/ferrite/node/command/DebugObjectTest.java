package io.ferrite.node.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.SimulatedNode;
import io.ferrite.testkit.disk.SimulatedDisk;
import org.junit.jupiter.api.Test;

final class DebugObjectTest {

    @Test
    void ofALargeList_itTellsOfTheNodes() {
        try (SimulatedNode node = new SimulatedNode(new SimulatedDisk(SimulatedNode.DIRECTORY))) {
            assertThat(node.start()).isTrue();
            node.run("RPUSH small a b");
            assertThat(node.run("DEBUG OBJECT small")).doesNotContain("ql_");
            node.run("CONFIG SET list-max-listpack-size 4 list-compress-depth 1");
            node.run("RPUSH list 1 2 3 4 5 6 7 8 9 10");
            assertThat(node.run("DEBUG OBJECT list"))
                    .contains("encoding:quicklist")
                    .contains(" ql_nodes:3 ql_avg_node:3.33 ql_listpack_max:4 ql_compressed:1")
                    .contains(" ql_uncompressed_size:41\r\n");
        }
    }
}
