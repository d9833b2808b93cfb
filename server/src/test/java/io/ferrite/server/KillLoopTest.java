package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A server with an append-only file that is killed at random moments, in rewrites too, while a
 * writer notes what was acknowledged. Every write appends the next number to a list, so that what
 * is there shows a hole or a number that is there twice.
 */
final class KillLoopTest {

    private static final int LONGEST_MS = 500;

    @TempDir Path directory;

    /** Writes until the connection ends; what it counts is acknowledged. */
    private static final class Writer extends Thread {
        private final int port;
        private final AtomicInteger acknowledged;

        Writer(int port, AtomicInteger acknowledged) {
            this.port = port;
            this.acknowledged = acknowledged;
        }

        @Override
        public void run() {
            try (Wire wire = new Wire(port)) {
                while (true) {
                    int next = acknowledged.get();
                    String reply = wire.call("RPUSH", "list", Integer.toString(next));
                    if (!reply.equals(":" + (next + 1) + "|")) {
                        return;
                    }
                    acknowledged.set(next + 1);
                }
            } catch (IOException killed) {
                // the round is over
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"always, no, 4", "everysec, yes, 2", "everysec, no, 2"})
    void whatIsThereAfterAKill_isAllThatWasWritten_upToSomewhere(
            String policy, String waits, int rounds) throws IOException, InterruptedException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        AtomicInteger acknowledged = new AtomicInteger();
        for (int round = 0; round < rounds; round++) {
            try (ServerProcess server = start(policy, waits)) {
                String where = "seed " + seed + ", round " + round;
                int there = numbersInOrder(server, where);
                if (policy.equals("always") || waits.equals("yes")) {
                    assertThat(there).as(where).isGreaterThanOrEqualTo(acknowledged.get());
                }
                acknowledged.set(there); // the last one may be there without having been confirmed
                writeAndKill(server, acknowledged, random);
            }
        }
    }

    private ServerProcess start(String policy, String waits) throws IOException {
        return new ServerProcess(
                directory,
                "Ready to accept",
                "--save",
                "",
                "--appendonly",
                "yes",
                "--appendfsync",
                policy,
                "--aof-reply-after-write",
                waits,
                "--aof-timestamp-enabled",
                "yes");
    }

    private static int numbersInOrder(ServerProcess server, String where) throws IOException {
        try (Wire wire = new Wire(server.port())) {
            String[] list = wire.run("LRANGE list 0 -1").split("\\|");
            int count = Integer.parseInt(list[0].substring(1));
            for (int i = 0; i < count; i++) {
                assertThat(list[2 * i + 2]).as(where).isEqualTo(Integer.toString(i));
            }
            return count;
        }
    }

    private static void writeAndKill(
            ServerProcess server, AtomicInteger acknowledged, Random random)
            throws IOException, InterruptedException {
        Writer writer = new Writer(server.port(), acknowledged);
        writer.start();
        long end = System.nanoTime() + (20 + random.nextInt(LONGEST_MS)) * 1_000_000L;
        try (Wire wire = new Wire(server.port())) {
            while (System.nanoTime() < end) {
                wire.run(random.nextInt(3) == 0 ? "BGREWRITEAOF" : "PING");
                Thread.onSpinWait();
            }
        }
        server.kill();
        writer.join();
    }
}
