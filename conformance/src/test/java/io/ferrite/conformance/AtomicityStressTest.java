package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many clients on several event loops at the same keys: what is one unit is seen whole or not at
 * all, a watched key that changed stops a transaction, and each client's writes to a key stay in
 * its order.
 */
@Timeout(120)
final class AtomicityStressTest {

    private static final int LOOPS = 4;
    private static final int CLIENTS = 8;
    private static final int EFFORT = Integer.getInteger("ferrite.stress", 1);
    private static final int ACCOUNTS = 10;
    private static final int START_BALANCE = 1000;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final long seed = Long.getLong("ferrite.fuzz.seed", System.nanoTime());
    private InProcessServer server;
    private RespConnection control;

    @BeforeEach
    void start() throws IOException {
        System.out.println("ferrite.fuzz.seed=" + seed);
        server = new InProcessServer(LOOPS);
        control = new RespConnection(server.port());
    }

    @AfterEach
    void close() throws IOException {
        threads.close();
        control.close();
        server.close();
    }

    /** What one client does, with a connection and a source of chance of its own. */
    private interface Task {
        void run(RespConnection connection, SplittableRandom random, int client) throws IOException;
    }

    private void together(int clients, Task task) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            int client = i;
            running.add(threads.submit(job(task, client)));
        }
        for (Future<?> one : running) {
            one.get();
        }
    }

    private Callable<Void> job(Task task, int client) {
        return () -> {
            RespConnection connection = new RespConnection(server.port());
            try {
                task.run(connection, new SplittableRandom(seed + client), client);
            } finally {
                connection.close();
            }
            return null;
        };
    }

    private long number(String... command) throws IOException {
        return Long.parseLong(control.call(command).text());
    }

    @Test
    void watchedTransfers_keepTheSum_whateverRaces() throws Exception {
        for (int i = 0; i < ACCOUNTS; i++) {
            control.call("SET", "account:" + i, Integer.toString(START_BALANCE));
        }
        together(
                CLIENTS,
                (connection, random, client) -> {
                    for (int done = 0; done < 300 * EFFORT; ) {
                        if (transfer(connection, random)) {
                            done++;
                        }
                    }
                });
        long sum = 0;
        for (int i = 0; i < ACCOUNTS; i++) {
            sum += number("GET", "account:" + i);
        }
        assertThat(sum).isEqualTo((long) ACCOUNTS * START_BALANCE);
    }

    /** Moves some money by WATCH, GET, MULTI, SET, EXEC; false when somebody came in between. */
    private static boolean transfer(RespConnection connection, SplittableRandom random)
            throws IOException {
        String from = "account:" + random.nextInt(ACCOUNTS);
        String to = "account:" + random.nextInt(ACCOUNTS);
        if (from.equals(to)) {
            return true;
        }
        connection.call("WATCH", from, to);
        long a = Long.parseLong(connection.call("GET", from).text());
        long b = Long.parseLong(connection.call("GET", to).text());
        long amount = random.nextInt(50);
        connection.call("MULTI");
        connection.call("SET", from, Long.toString(a - amount));
        connection.call("SET", to, Long.toString(b + amount));
        return !connection.call("EXEC").items().isEmpty();
    }

    @Test
    void severalKeysOfOneCommand_areSeenWholeOrNotAtAll() throws Exception {
        control.call("MSET", "x", "0", "y", "0", "z", "0");
        AtomicBoolean over = new AtomicBoolean();
        Future<?> reader =
                threads.submit(
                        job(
                                (connection, random, client) -> {
                                    while (!over.get()) {
                                        Reply seen = connection.call("MGET", "x", "y", "z");
                                        assertThat(seen.items().get(1).text())
                                                .isEqualTo(seen.items().get(0).text());
                                        assertThat(seen.items().get(2).text())
                                                .isEqualTo(seen.items().get(0).text());
                                    }
                                },
                                99));
        together(
                CLIENTS,
                (connection, random, client) -> {
                    for (int i = 0; i < 500 * EFFORT; i++) {
                        String value = client + ":" + i;
                        connection.call("MSET", "x", value, "y", value, "z", value);
                    }
                });
        over.set(true);
        reader.get();
    }

    @Test
    void increments_areAllCounted_andTheirRepliesAreDistinct() throws Exception {
        int each = 1000 * EFFORT;
        boolean[] seen = new boolean[CLIENTS * each + 1];
        together(
                CLIENTS,
                (connection, random, client) -> {
                    for (int i = 0; i < each; i++) {
                        int value = Integer.parseInt(connection.call("INCR", "n").text());
                        assertThat(seen[value]).as("reply %d came before", value).isFalse();
                        seen[value] = true;
                    }
                });
        assertThat(number("GET", "n")).isEqualTo((long) CLIENTS * each);
    }

    /**
     * Runs of brief commands take many stripes at once: several loops do so at the same time here.
     */
    @Test
    void pipelinedIncrements_areAllCounted_andGrowForEachClient() throws Exception {
        int batches = 100 * EFFORT;
        int length = 64;
        List<List<String>> batch = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            batch.add(List.of("INCR", "counter:" + i % 8));
        }
        together(
                CLIENTS,
                (connection, random, client) -> {
                    long[] last = new long[8];
                    for (int i = 0; i < batches; i++) {
                        connection.send(batch);
                        for (int j = 0; j < length; j++) {
                            long value = connection.read().integer();
                            assertThat(value).isGreaterThan(last[j % 8]);
                            last[j % 8] = value;
                        }
                    }
                });
        for (int i = 0; i < 8; i++) {
            assertThat(number("GET", "counter:" + i))
                    .isEqualTo((long) CLIENTS * batches * length / 8);
        }
    }

    @Test
    void writesOfOneClientToAKey_stayInItsOrder() throws Exception {
        int each = 300 * EFFORT;
        together(
                CLIENTS,
                (connection, random, client) -> {
                    for (int i = 0; i < each; i++) {
                        connection.call("RPUSH", "log", client + ":" + i);
                    }
                });
        int[] next = new int[CLIENTS];
        Reply log = control.call("LRANGE", "log", "0", "-1");
        assertThat(log.items().size()).isEqualTo(CLIENTS * each);
        for (int i = 0; i < log.items().size(); i++) {
            String[] words = log.items().get(i).text().split(":");
            int client = Integer.parseInt(words[0]);
            assertThat(Integer.parseInt(words[1])).isEqualTo(next[client]++);
        }
    }

    @Test
    void flushAndSwap_areSeenWholeByEverybody() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Future<?> wiper =
                threads.submit(
                        job(
                                (connection, random, client) -> {
                                    for (int i = 0; i < 100 * EFFORT; i++) {
                                        connection.call(
                                                random.nextBoolean() ? "FLUSHALL" : "FLUSHDB");
                                        connection.call("SWAPDB", "0", "1");
                                    }
                                    over.set(true);
                                },
                                98));
        together(
                CLIENTS,
                (connection, random, client) -> {
                    while (!over.get()) {
                        connection.call("MSET", "a" + client, "1", "b" + client, "1");
                        Reply seen = connection.call("EXISTS", "a" + client, "b" + client);
                        assertThat(seen.text()).isIn("0", "2");
                    }
                });
        wiper.get();
    }
}
