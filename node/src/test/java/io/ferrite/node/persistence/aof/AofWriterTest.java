package io.ferrite.node.persistence.aof;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.base.disk.Disk;
import io.ferrite.coordination.log.CommandLog;
import io.ferrite.durability.aof.SyncPolicy;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.node.Environment;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who writes the file, an event loop or the thread, and who is woken for it. */
final class AofWriterTest {

    private static final String FILE = "/data/file";
    private static final long MS = 1_000_000;

    private final SimulatedDisk disk = new SimulatedDisk("/data");
    private final Slab slab = new Slab();
    private final CommandLog log = new CommandLog(slab, 1 << 20);
    private final World world = new World();
    private final Server server = new Server();
    private final AofWriter writer = new AofWriter(world, server);

    @BeforeEach
    void begin() throws IOException {
        log.setMode(CommandLog.Mode.ORIGIN);
        writer.start(
                log.openReader(log.end(), false, writer::wake),
                disk.open(FILE, Disk.Mode.APPEND),
                "file",
                0,
                new byte[0]);
        world.run("aof-writer");
        append("first ");
        writer.writeHere();
        log.announce();
        world.run("aof-writer");
        world.run("aof-sync");
        assertThat(world.woken).isEmpty();
        assertThat(file()).endsWith("first ");
    }

    @AfterEach
    void end() {
        writer.stop(log.end(), () -> {});
        world.run("aof-writer");
        log.close();
        assertThat(slab.usedBytes(MemoryTag.LOG)).isZero();
    }

    private void append(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        long at = slab.take(bytes.length, MemoryTag.OTHER);
        Memory.copyIn(bytes, 0, at, bytes.length);
        log.append(0, at, bytes.length, 0);
        slab.give(at, bytes.length, MemoryTag.OTHER);
    }

    /** As an event loop's turn ends. */
    private void appendInATurn(String text) {
        append(text);
        writer.writeHere();
        log.announce();
    }

    private String file() {
        byte[] bytes = disk.contents(FILE);
        return bytes == null ? "" : new String(bytes, StandardCharsets.US_ASCII);
    }

    @Test
    void anEventLoop_writesItself_andTheThreadIsWokenOnceForTheSync() {
        appendInATurn("a");
        assertThat(file()).endsWith("first a");
        assertThat(writer.written()).isEqualTo(log.end());
        assertThat(world.woken).containsOnlyKeys("aof-writer");
        assertThat(world.run("aof-writer")).isBetween(1L, 1000 * MS);
        appendInATurn("b");
        appendInATurn("c");
        assertThat(file()).endsWith("first abc");
        assertThat(world.woken).isEmpty();
        world.nowMs += 1000;
        world.run("aof-writer");
        assertThat(world.woken).containsOnlyKeys("aof-sync");
        world.run("aof-sync");
        assertThat(writer.synced()).isEqualTo(log.end());
    }

    @Test
    void whileASyncRuns_theThreadWrites() {
        appendInATurn("a");
        world.nowMs += 1000;
        world.run("aof-writer");
        appendInATurn("b");
        assertThat(file()).endsWith("first a");
        assertThat(world.woken).containsKeys("aof-sync", "aof-writer");
        world.run("aof-writer");
        assertThat(file()).endsWith("first ab");
        world.run("aof-sync");
        appendInATurn("c");
        assertThat(file()).endsWith("first abc");
    }

    @Test
    void withAlways_theThreadWritesAndSyncs() {
        server.mode = SyncPolicy.Mode.ALWAYS;
        appendInATurn("a");
        assertThat(file()).endsWith("first ");
        world.run("aof-writer");
        assertThat(file()).endsWith("first a");
        assertThat(writer.synced()).isEqualTo(log.end());
    }

    @Test
    void aDiskThatWasSlow_isLeftToTheThread_untilItWasQuickForASecond() {
        world.readingTakes = 3 * MS;
        appendInATurn("a");
        world.readingTakes = 0;
        world.run("aof-writer");
        appendInATurn("b");
        assertThat(file()).endsWith("first a");
        world.nanos += 999 * MS;
        world.readingTakes = 3 * MS; // the thread finds it slow still
        world.run("aof-writer");
        assertThat(file()).endsWith("first ab");
        world.readingTakes = 0;
        world.nanos += 999 * MS;
        appendInATurn("c");
        assertThat(file()).endsWith("first ab");
        world.run("aof-writer");
        world.nanos += 2 * MS;
        appendInATurn("d");
        assertThat(file()).endsWith("first abcd");
        appendInATurn("e");
        assertThat(file()).endsWith("first abcde");
    }

    @Test
    void aWriteThatFails_isTriedAgainByTheThread() {
        disk.failWrites("No space left on device");
        appendInATurn("a");
        assertThat(server.failure).isEqualTo("No space left on device");
        appendInATurn("b");
        disk.failWrites(null);
        appendInATurn("c");
        assertThat(file()).endsWith("first ");
        world.run("aof-writer");
        assertThat(file()).endsWith("first abc");
        assertThat(server.failure).isNull();
        appendInATurn("d");
        assertThat(file()).endsWith("first abcd");
    }

    @Test
    void whatWasOrdered_isTheThreads() {
        boolean[] done = {false};
        append("a");
        writer.flush(log.end(), () -> done[0] = true);
        writer.writeHere();
        assertThat(file()).endsWith("first ");
        world.run("aof-writer");
        assertThat(file()).endsWith("first a");
        assertThat(done[0]).isTrue();
    }

    @Test
    void muchAtOnce_isTheThreads() {
        String much = "x".repeat(300_000);
        appendInATurn(much);
        assertThat(file()).endsWith("first ");
        assertThat(world.woken).containsKey("aof-writer");
        world.run("aof-writer");
        assertThat(file()).endsWith(much);
    }

    /** Threads that run when the test says so. */
    private static final class World implements Environment {
        final Map<String, Work> works = new HashMap<>();
        final Map<String, Boolean> woken = new HashMap<>();
        long nowMs = 1_000_000;
        long nanos;
        long readingTakes;

        /** Turns of a thread that was woken or came back by itself, until it wants to wait. */
        long run(String name) {
            woken.remove(name);
            long wait = works.get(name).turn();
            while (wait == 0) {
                wait = works.get(name).turn();
            }
            return wait;
        }

        @Override
        public Worker worker(String name, Work work) {
            works.put(name, work);
            return new Worker() {
                @Override
                public void wake() {
                    woken.put(name, true);
                }

                @Override
                public void end() {}
            };
        }

        @Override
        public long nowMs() {
            return nowMs;
        }

        @Override
        public long nanos() {
            nanos += readingTakes;
            return nanos;
        }

        @Override
        public String randomHex(int digits) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int loops() {
            return 1;
        }

        @Override
        public void onLoop(int loop, Runnable action) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void after(int loop, long delayMs, Runnable action) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void background(String name, Runnable work) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Disk disk() {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Server implements WriterHost {
        SyncPolicy.Mode mode = SyncPolicy.Mode.EVERYSEC;
        String failure;

        @Override
        public SyncPolicy.Mode mode() {
            return mode;
        }

        @Override
        public boolean suppressed() {
            return false;
        }

        @Override
        public boolean timestamps() {
            return false;
        }

        @Override
        public String stream() {
            return null;
        }

        @Override
        public long sleepMicros() {
            return 0;
        }

        @Override
        public boolean repliesWait() {
            return true;
        }

        @Override
        public int waiting() {
            return 0;
        }

        @Override
        public void wrote(String name, long offset, long place, int length) {}

        @Override
        public void written(long position) {}

        @Override
        public void writeFailed(String reason) {
            failure = reason;
        }

        @Override
        public void writeSucceeded() {
            failure = null;
        }

        @Override
        public void switched(long lastSize) {}

        @Override
        public void synced(long position) {}

        @Override
        public void syncFailed(String reason) {
            failure = reason;
        }
    }
}
