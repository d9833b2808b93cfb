package io.ferrite.coordination.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Several threads append records while others read at different speeds, come and go, and one
 * changes the backlog's size. Every record says who wrote it, its number and a checksum: a reader
 * accepts only whole records, in each writer's order, without a gap.
 */
final class CommandLogStressTest {

    private static final int WRITERS = 3;
    private static final int RECORDS = 20_000;

    @Test
    void everyReaderSeesEveryRecord_wholeAndInOrder() throws Exception {
        long seed = System.nanoTime();
        Slab slab = new Slab();
        CommandLog log = new CommandLog(slab, 32 << 10);
        log.createBacklog();
        log.setMode(CommandLog.Mode.ORIGIN);
        log.restoreDatabase(0);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicBoolean writing = new AtomicBoolean(true);
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Checker checker = new Checker(log, i, writing);
            readers.add(start(failure, checker));
        }
        Thread comer = start(failure, () -> comeAndGo(log, new Random(seed + 99), writing));
        Thread sizer = start(failure, () -> resize(log, new Random(seed + 98), writing));
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            writers.add(start(failure, () -> write(log, writer, new Random(seed + writer))));
        }
        for (Thread t : writers) {
            t.join();
        }
        writing.set(false);
        log.announce();
        for (Thread t : readers) {
            t.join();
        }
        comer.join();
        sizer.join();
        if (failure.get() != null) {
            throw new AssertionError("seed " + seed, failure.get());
        }
        assertThat(log.readerCount()).as("seed %d", seed).isZero();
        log.close();
        assertThat(slab.usedBytes()).as("seed %d", seed).isZero();
    }

    private static Thread start(AtomicReference<Throwable> failure, Runnable body) {
        Thread thread =
                new Thread(() -> {
                    try {
                        body.run();
                    } catch (Throwable e) {
                        failure.compareAndSet(null, e);
                    }
                });
        thread.start();
        return thread;
    }

    // record: writer i8, number i32, length i32, payload bytes (writer + number + index), sum i32
    private static void write(CommandLog log, int writer, Random random) {
        try (Slab own = new Slab()) {
            long at = own.take(4096, MemoryTag.OTHER);
            for (int number = 0; number < RECORDS; number++) {
                int payload = random.nextInt(10) == 0 ? random.nextInt(3000) : random.nextInt(60);
                Memory.putByte(at, writer);
                Memory.putInt(at + 1, number);
                Memory.putInt(at + 5, payload);
                int sum = 0;
                for (int i = 0; i < payload; i++) {
                    byte b = (byte) (writer * 31 + number * 7 + i);
                    Memory.putByte(at + 9 + i, b);
                    sum += b;
                }
                Memory.putInt(at + 9 + payload, sum);
                log.append(0, at, 13 + payload, 0);
                if (number % 16 == 0) {
                    log.announce();
                }
            }
            own.give(at, 4096, MemoryTag.OTHER);
        }
    }

    private static void comeAndGo(CommandLog log, Random random, AtomicBoolean writing) {
        while (writing.get()) {
            LogReader reader;
            try {
                reader = log.openReader(log.window().first(), false, () -> {});
            } catch (IllegalArgumentException overtaken) {
                continue;
            }
            try (reader) {
                int turns = random.nextInt(50);
                for (int i = 0; i < turns; i++) {
                    int length = reader.peek(1 + random.nextInt(5000));
                    if (length > 0) {
                        Memory.getByte(reader.address() + length - 1);
                        reader.advance(length);
                    }
                }
            }
        }
    }

    private static void resize(CommandLog log, Random random, AtomicBoolean writing) {
        while (writing.get()) {
            log.resizeBacklog(16384L << random.nextInt(5));
            assertThat(log.window().historyLength()).isNotNegative();
            LockSupport.parkNanos(200_000);
        }
    }

    private static final class Checker implements Runnable {
        private final CommandLog log;
        private final AtomicBoolean writing;
        private final Random random;
        private final LogReader reader;
        private final int[] next = new int[WRITERS];
        private final byte[] buffer = new byte[1 << 16];
        private int filled;
        private volatile Thread thread;

        Checker(CommandLog log, long seed, AtomicBoolean writing) {
            this.log = log;
            this.writing = writing;
            this.random = new Random(seed);
            this.reader = log.openReader(0, false, () -> LockSupport.unpark(thread));
        }

        @Override
        public void run() {
            thread = Thread.currentThread();
            try (reader) {
                while (true) {
                    boolean last = !writing.get();
                    int length = reader.peek(1 + random.nextInt(20_000));
                    if (length > 0) {
                        take(length);
                    } else if (last && reader.offset() == log.end()) {
                        break;
                    } else if (reader.arm()) {
                        LockSupport.parkNanos(50_000_000L);
                    }
                }
            }
            for (int n : next) {
                assertThat(n).isEqualTo(RECORDS);
            }
        }

        private void take(int length) {
            int fits = Math.min(length, buffer.length - filled);
            Memory.copyOut(reader.address(), buffer, filled, fits);
            reader.advance(fits);
            filled += fits;
            int at = 0;
            while (filled - at >= 13) {
                int payload = intAt(at + 5);
                if (filled - at < 13 + payload) {
                    break;
                }
                int writer = buffer[at];
                assertThat(intAt(at + 1)).isEqualTo(next[writer]);
                int sum = 0;
                for (int i = 0; i < payload; i++) {
                    sum += buffer[at + 9 + i];
                }
                assertThat(intAt(at + 9 + payload)).isEqualTo(sum);
                next[writer]++;
                at += 13 + payload;
            }
            System.arraycopy(buffer, at, buffer, 0, filled - at);
            filled -= at;
        }

        private int intAt(int at) {
            return (buffer[at] & 0xFF)
                    | (buffer[at + 1] & 0xFF) << 8
                    | (buffer[at + 2] & 0xFF) << 16
                    | (buffer[at + 3] & 0xFF) << 24;
        }
    }
}
