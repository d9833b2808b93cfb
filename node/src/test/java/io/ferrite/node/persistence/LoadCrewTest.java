package io.ferrite.node.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.node.Environment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who reads what of an RDB that several threads load. */
@Timeout(120)
final class LoadCrewTest {

    private static final int STRETCH = 1 << 16;
    private static final int STRETCHES = 40;

    private final long bytes = SharedSlab.take(STRETCH, MemoryTag.OTHER);
    private final List<Long> read = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    private final List<FakeHand> hands = new ArrayList<>();
    private int database;

    /** What a hand does with the stretch at a position. */
    private interface Reading {
        void at(long position) throws IOException;
    }

    private final class FakeHand implements LoadCrew.Hand {
        private final Reading reading;
        private boolean closed;

        FakeHand(Reading reading) {
            this.reading = reading;
            hands.add(this);
        }

        @Override
        public void read(long address, int length, long position, int index, boolean valkey)
                throws IOException {
            assertThat(Memory.getLong(address)).isEqualTo(position);
            assertThat(index).isEqualTo((int) (position / STRETCH) % 3);
            threads.add(Thread.currentThread());
            reading.at(position);
            read.add(position);
        }

        @Override
        public void release() {}

        @Override
        public void close() {
            closed = true;
        }
    }

    /** One thread each, that ends when it is told. */
    private static Environment.Worker worker(String name, Environment.Work work) {
        java.util.concurrent.LinkedBlockingQueue<Boolean> turns =
                new java.util.concurrent.LinkedBlockingQueue<>();
        Thread.ofPlatform()
                .daemon()
                .name(name)
                .start(() -> {
                    try {
                        while (turns.take()) {
                            work.turn();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        return new Environment.Worker() {
            @Override
            public void wake() {
                turns.add(true);
            }

            @Override
            public void end() {
                turns.add(false);
            }
        };
    }

    private LoadCrew crew(int helpers, Reading reading) {
        return new LoadCrew(
                LoadCrewTest::worker,
                helpers,
                () -> new FakeHand(reading),
                () -> database,
                () -> false,
                () -> {});
    }

    private void takeAll(LoadCrew crew) throws IOException {
        for (long i = 0; i < STRETCHES; i++) {
            database = (int) i % 3;
            Memory.putLong(bytes, i * STRETCH);
            crew.take(bytes, STRETCH, i * STRETCH, false);
        }
    }

    @AfterEach
    void everythingIsGivenBack() {
        SharedSlab.give(bytes, STRETCH, MemoryTag.OTHER);
        assertThat(hands).allMatch(hand -> hand.closed);
    }

    private static List<Long> positions() {
        List<Long> all = new ArrayList<>();
        for (long i = 0; i < STRETCHES; i++) {
            all.add(i * STRETCH);
        }
        return all;
    }

    @Test
    void everyStretchIsRead_once() throws IOException {
        for (int helpers : new int[] {0, 1, 3}) {
            read.clear();
            try (LoadCrew crew = crew(helpers, position -> {})) {
                takeAll(crew);
                crew.settle();
                assertThat(read).containsExactlyInAnyOrderElementsOf(positions());
            }
        }
    }

    @Test
    void theLoader_helpsWhileItsHelperIsBusy() throws IOException {
        CountDownLatch allButOne = new CountDownLatch(STRETCHES - 1);
        Thread loader = Thread.currentThread();
        try (LoadCrew crew =
                crew(
                        1,
                        position -> {
                            allButOne.countDown();
                            if (Thread.currentThread() != loader) {
                                await(allButOne);
                            }
                        })) {
            takeAll(crew);
            crew.settle();
        }
        assertThat(read).containsExactlyInAnyOrderElementsOf(positions());
        assertThat(threads).contains(loader);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void ofTwoFailures_theFirstInTheFileIsTold() throws IOException {
        CountDownLatch later = new CountDownLatch(1);
        try (LoadCrew crew =
                crew(
                        2,
                        position -> {
                            if (position == 0) {
                                await(later);
                                throw new IOException("the first");
                            }
                            if (position == STRETCH) {
                                later.countDown();
                                throw new IOException("the second");
                            }
                        })) {
            assertThatThrownBy(
                            () -> {
                                takeAll(crew);
                                crew.settle();
                            })
                    .isInstanceOf(IOException.class)
                    .hasMessage("the first");
            assertThatThrownBy(crew::settle).hasMessage("the first");
        }
    }

    @Test
    void aFailureOfAnyKind_isTheLoaders() {
        try (LoadCrew crew =
                crew(
                        1,
                        position -> {
                            throw new OutOfMemoryError("made up");
                        })) {
            assertThatThrownBy(
                            () -> {
                                takeAll(crew);
                                crew.settle();
                            })
                    .isInstanceOf(OutOfMemoryError.class);
        }
    }
}
