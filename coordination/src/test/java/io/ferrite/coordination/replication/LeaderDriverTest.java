package io.ferrite.coordination.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.log.BacklogWindow;
import io.ferrite.coordination.log.StreamSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the stream leaves at once, and when it is gathered. */
final class LeaderDriverTest {

    private static final int BULK = 10_000;

    private final World world = new World();
    private final LeaderDriver driver = new LeaderDriver(world, world, "127.0.0.1", 6379, 1);

    @BeforeEach
    void follow() {
        driver.psync(world.history.id(), "1");
        assertThat(driver.state().isOnline()).isTrue();
    }

    private void logged(int bytes) {
        world.unsent += bytes;
        if (world.armedFrom >= 0 && world.unsent >= world.armedFrom) {
            world.armedFrom = -1;
            driver.pump();
        }
    }

    @Test
    void whatFollowsASingleBurst_leavesAtOnce() {
        for (int i = 0; i < 3; i++) {
            logged(BULK);
            logged(100);
            assertThat(world.sent).isEqualTo((i + 1) * (BULK + 100L));
            world.nowMs += 10;
        }
    }

    @Test
    void whatFollowsBurstAfterBurst_isGatheredForAMillisecond() {
        logged(BULK);
        world.nowMs++;
        logged(BULK);
        long before = world.sent;
        logged(100);
        logged(BULK);
        assertThat(world.sent).isEqualTo(before);
        world.nowMs++;
        driver.gathered();
        assertThat(world.sent).isEqualTo(before + 100 + BULK);
    }

    @Test
    void gatheredAreNoMoreThanSixtyFourKilobytes() {
        logged(BULK);
        world.nowMs++;
        logged(BULK);
        long before = world.sent;
        logged((64 << 10) - 1);
        assertThat(world.sent).isEqualTo(before);
        logged(1);
        assertThat(world.sent).isEqualTo(before + (64 << 10));
    }

    @Test
    void whileSomebodyWaitsForFollowers_nothingIsGathered() {
        world.somebodyWaits = true;
        logged(BULK);
        world.nowMs++;
        logged(BULK);
        logged(100);
        assertThat(world.sent).isEqualTo(2L * BULK + 100);
    }

    /** A log of unlike bytes that are only counted, and a connection that takes all of them. */
    private static final class World
            implements LeaderDriver.Host, LeaderDriver.Transport, StreamSource {
        final History history = History.of("a".repeat(History.ID_LENGTH));
        long nowMs = 1000;
        long unsent;
        long sent;
        long armedFrom = -1;
        boolean somebodyWaits;

        @Override
        public int peek(int most) {
            return (int) Math.min(most, unsent);
        }

        @Override
        public long address() {
            return 0;
        }

        @Override
        public void advance(int length) {
            unsent -= length;
        }

        @Override
        public boolean isCut() {
            return false;
        }

        @Override
        public boolean arm() {
            return arm(1);
        }

        @Override
        public boolean arm(int least) {
            armedFrom = least;
            return true;
        }

        @Override
        public long lag() {
            return unsent;
        }

        @Override
        public void send(byte[] bytes) {}

        @Override
        public void send(long address, int length) {
            sent += length;
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}

        @Override
        public long nowMs() {
            return nowMs;
        }

        @Override
        public History history() {
            return history;
        }

        @Override
        public BacklogWindow window() {
            return new BacklogWindow(true, 1 << 20, 0, 0);
        }

        @Override
        public boolean able() {
            return true;
        }

        @Override
        public boolean handingOver() {
            return false;
        }

        @Override
        public boolean offersChannel() {
            return false;
        }

        @Override
        public boolean awaitsChannel(long id) {
            return false;
        }

        @Override
        public long timeoutMs() {
            return 60_000;
        }

        @Override
        public StreamSource open(long offset, LeaderDriver driver) {
            return this;
        }

        @Override
        public void wantCopy(LeaderDriver driver) {}

        @Override
        public void count(LeaderLink.Counter counter) {}

        @Override
        public void acked(LeaderDriver driver) {}

        @Override
        public void ackWanted() {}

        @Override
        public boolean mayGather() {
            return !somebodyWaits;
        }

        @Override
        public void pumpSoon(LeaderDriver driver) {}

        @Override
        public void gone(LeaderDriver driver) {}

        @Override
        public void note(Level level, String text) {}
    }
}
