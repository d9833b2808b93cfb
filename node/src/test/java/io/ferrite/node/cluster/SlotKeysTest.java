package io.ferrite.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.node.SimulatedNode;
import org.junit.jupiter.api.Test;

/** Keys of a slot that is somebody else's. The key {@code b} lies in slot 3300. */
final class SlotKeysTest {

    private static final int KEYS = 3_000;

    /** Of two turns, as there may be one at either end of a millisecond. */
    private static final int AT_ONCE = 600;

    @Test
    void manyKeys_goInTurns_betweenWhichClientsAreServed() {
        try (SimulatedNode server = new OneOfTwo().serving()) {
            for (int i = 0; i < KEYS; i++) {
                server.run("SET {b}" + i + " v");
            }
            assertThat(server.run("CLUSTER DELSLOTS 3300")).isEqualTo("+OK\r\n");
            boolean[] gone = new boolean[1];
            server.node().cluster().deleteKeys(SlotSet.of(3300), () -> gone[0] = true);
            long left = KEYS;
            for (int turns = 0; !gone[0]; turns++) {
                server.runFor(1);
                long now = server.node().cluster().keysIn(SlotSet.of(3300));
                assertThat(left - now).as("in a millisecond").isLessThanOrEqualTo(AT_ONCE);
                assertThat(turns).isLessThan(KEYS);
                left = now;
            }
            assertThat(left).isZero();
        }
    }
}
