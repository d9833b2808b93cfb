package io.ferrite.engine.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.NoOutbox;
import io.ferrite.engine.Session;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import org.junit.jupiter.api.Test;

final class ClientSlotsTest {

    private final Slab slab = new Slab();
    private final TrackingTable table = new TrackingTable(slab);
    private final ClientSlots slots = new ClientSlots(new TrackingTable[] {table});
    private final long scratch = slab.take(8, MemoryTag.OTHER);

    private static Session client() {
        return new Session(new NoOutbox(), "", "", 0);
    }

    @Test
    void slotsOfThoseWhoLeft_areGivenAgain_whenTheTablesAreClear() {
        for (int i = 0; i < TrackingTable.SLOTS; i++) {
            assertThat(slots.take(client())).isEqualTo(i);
        }
        assertThat(slots.take(client())).isNegative();
        slots.give(7);
        assertThat(slots.owner(7)).isNull();
        assertThat(slots.take(client())).isNegative(); // the table has not been used since

        Memory.putByte(scratch, 'k');
        table.remember(new Slice(scratch, 1), 3, 0);
        Session late = client();

        assertThat(slots.take(late)).isEqualTo(7);
        assertThat(slots.owner(7)).isSameAs(late);
        assertThat(slots.take(client())).isNegative();
    }
}
