package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients that wait for lists on several event loops, against those who push, steal, give up
 * and go away: nothing is lost, nothing comes twice, and whoever came first is served first.
 */
@Timeout(120)
final class BlockedClientsStressTest {

    private static final int LOOPS = 4;

    /** A multiple of what {@code -Dferrite.stress=N} asks for; long runs are by hand. */
    private static final int EFFORT = Integer.getInteger("ferrite.stress", 1);

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
        assertThat(info("blocked_clients")).isZero();
        assertThat(info("total_blocking_keys")).isZero();
        threads.close();
        control.close();
        server.close();
    }

    private int info(String field) throws IOException {
        for (String line : control.call("INFO", "clients").text().split("\r\n")) {
            if (line.startsWith(field + ":")) {
                return Integer.parseInt(line.substring(field.length() + 1));
            }
        }
        throw new AssertionError("no " + field);
    }

    private void awaitBlocked(int count) throws IOException {
        while (info("blocked_clients") != count) {
            Thread.onSpinWait();
        }
    }

    private List<RespConnection> connect(int count) throws IOException {
        List<RespConnection> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(new RespConnection(server.port()));
        }
        return clients;
    }

    private static void closeAll(Collection<RespConnection> clients) throws IOException {
        for (RespConnection client : clients) {
            client.close();
        }
    }

    private static void join(List<Future<?>> running) throws Exception {
        for (Future<?> task : running) {
            task.get();
        }
    }

    private Future<?> submit(Callable<Void> task) {
        return threads.submit(task);
    }

    @Test
    void waitersAreServedInTheirOrder_andNobodyTakesTheirElements() throws Exception {
        int waiters = 12;
        List<RespConnection> clients = connect(waiters);
        List<RespConnection> pushers = connect(4);
        List<RespConnection> thieves = connect(3);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger stolen = new AtomicInteger();
        List<Future<?>> stealing = new ArrayList<>();
        for (RespConnection thief : thieves) {
            stealing.add(
                    submit(() -> {
                        while (!over.get()) {
                            stolen.addAndGet(thief.call("LPOP", "q").text() == null ? 0 : 1);
                            stolen.addAndGet((int) thief.call("LLEN", "q").integer());
                        }
                        return null;
                    }));
        }
        for (int round = 0; round < 15 * EFFORT; round++) {
            for (int i = 0; i < waiters; i++) {
                List<String> command =
                        i % 3 == 0
                                ? List.of("BLPOP", "other:" + i, "q", "0")
                                : i % 3 == 1
                                        ? List.of("BLMPOP", "0", "1", "q", "RIGHT")
                                        : List.of("BLMOVE", "q", "done", "LEFT", "LEFT", "0");
                clients.get(i).send(List.of(command));
                awaitBlocked(i + 1);
            }
            for (int i = 0; i < waiters; i++) {
                RespConnection pusher = pushers.get(i % pushers.size());
                assertThat(pusher.call("RPUSH", "q", "e" + i).integer()).isEqualTo(1);
            }
            for (int i = 0; i < waiters; i++) {
                assertThat(clients.get(i).read().toString()).contains("e" + i + "\"");
            }
        }
        over.set(true);
        join(stealing);
        assertThat(stolen).hasValue(0);
        for (List<RespConnection> all : List.of(clients, pushers, thieves)) {
            closeAll(all);
        }
    }

    /**
     * What producers pushed is what consumers got, all of it once, in the order of each producer.
     */
    @Test
    void everyElementArrivesOnce() throws Exception {
        load(600 * EFFORT);
        assertThat(control.call("DBSIZE").integer()).isZero();
    }

    /**
     * Producers push to a few lists; movers carry elements on from there, in one step or in two;
     * consumers take them, waiting for several lists at once and for moments only.
     */
    private void load(int each) throws Exception {
        int producers = 6;
        int total = producers * each;
        Collection<String> got = new ConcurrentLinkedQueue<>();
        AtomicInteger left = new AtomicInteger(total);
        List<Future<?>> running = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int producer = p;
            running.add(submit(() -> produce(producer, each)));
        }
        for (String step : List.of("0 mid", "1 mid", "2 end", "mid end")) {
            String[] way = step.split(" ");
            String from = way[0].length() == 1 ? "in:" + way[0] : way[0];
            for (int i = 0; i < 2; i++) {
                running.add(submit(() -> carry(from, way[1], left)));
            }
        }
        for (int c = 0; c < 5; c++) {
            int consumer = c;
            running.add(submit(() -> consume(consumer, got, left)));
        }
        join(running);
        Set<String> once = new HashSet<>(got);
        assertThat(got).hasSize(total);
        assertThat(once).hasSize(total);
    }

    private Void produce(int producer, int each) throws IOException {
        SplittableRandom random = new SplittableRandom(seed + producer);
        try (RespConnection connection = new RespConnection(server.port())) {
            int sent = 0;
            while (sent < each) {
                List<List<String>> commands = new ArrayList<>();
                boolean transaction = random.nextInt(4) == 0;
                if (transaction) {
                    commands.add(List.of("MULTI"));
                }
                for (int n = 1 + random.nextInt(3); n > 0; n--) {
                    List<String> push =
                            new ArrayList<>(List.of("LPUSH", "in:" + random.nextInt(4)));
                    for (int i = 1 + random.nextInt(4); i > 0 && sent < each; i--) {
                        push.add(producer + ":" + sent++);
                    }
                    if (push.size() > 2) {
                        commands.add(push);
                    }
                }
                if (transaction) {
                    commands.add(List.of("EXEC"));
                }
                connection.send(commands);
                for (int i = 0; i < commands.size(); i++) {
                    assertThat(connection.read().isError()).isFalse();
                }
            }
        }
        return null;
    }

    private Void carry(String from, String to, AtomicInteger left) throws IOException {
        try (RespConnection connection = new RespConnection(server.port())) {
            while (left.get() > 0) {
                Reply reply = connection.call("BLMOVE", from, to, "RIGHT", "LEFT", "0.05");
                assertThat(reply.isError()).isFalse();
            }
        }
        return null;
    }

    private Void consume(int consumer, Collection<String> got, AtomicInteger left)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed - 1 - consumer);
        try (RespConnection connection = new RespConnection(server.port())) {
            while (left.get() > 0) {
                String timeout = random.nextInt(3) == 0 ? "0.001" : "0.05";
                if (random.nextBoolean()) {
                    Reply reply = connection.call("BRPOP", "end", "in:3", "end", timeout);
                    if (reply.isAggregate()) {
                        got.add(reply.items().get(1).text());
                        left.decrementAndGet();
                    }
                } else {
                    Reply reply =
                            connection.call(
                                    "BLMPOP", timeout, "2", "in:3", "end", "LEFT", "COUNT", "3");
                    if (reply.isAggregate()) {
                        for (Reply element : reply.items().get(1).items()) {
                            got.add(element.text());
                            left.decrementAndGet();
                        }
                    }
                }
            }
        }
        return null;
    }

    @Test
    void clientThatIsGone_getsNothing() throws Exception {
        for (int round = 0; round < 20 * EFFORT; round++) {
            List<RespConnection> clients = connect(8);
            for (RespConnection client : clients) {
                client.send(List.of(List.of("BLPOP", "a", "b", "0"), List.of("PING")));
            }
            awaitBlocked(8);
            closeAll(clients.subList(0, 7));
            awaitBlocked(1);
            control.call("RPUSH", "b", "x", "y");
            assertThat(clients.get(7).read().items().get(1).text()).isEqualTo("x");
            assertThat(clients.get(7).read().text()).isEqualTo("PONG");
            assertThat(control.call("LRANGE", "b", "0", "-1").items()).hasSize(1);
            control.call("DEL", "b");
            clients.get(7).close();
        }
    }

    @Test
    void replyThatIsToBeSkipped_isSkippedAlsoWhenItComesLate() throws Exception {
        try (RespConnection client = new RespConnection(server.port())) {
            client.send(
                    List.of(
                            List.of("CLIENT", "REPLY", "SKIP"),
                            List.of("BLPOP", "s", "0"),
                            List.of("ECHO", "heard")));
            awaitBlocked(1);
            control.call("RPUSH", "s", "x");
            assertThat(client.read().text()).isEqualTo("heard");
        }
    }

    @Test
    void timeoutsAndPushesRace_andEachElementHasOnePlace() throws Exception {
        int clients = 6;
        int rounds = 150 * EFFORT;
        AtomicInteger taken = new AtomicInteger();
        List<Future<?>> running = new ArrayList<>();
        for (int c = 0; c < clients; c++) {
            running.add(
                    submit(() -> {
                        try (RespConnection client = new RespConnection(server.port())) {
                            for (int i = 0; i < rounds; i++) {
                                // The next command comes in the same packet: it must wait too.
                                client.send(
                                        List.of(
                                                List.of("BLPOP", "r", "0.002"),
                                                List.of("ECHO", "after " + i)));
                                taken.addAndGet(client.read().isAggregate() ? 1 : 0);
                                assertThat(client.read().text()).isEqualTo("after " + i);
                            }
                        }
                        return null;
                    }));
        }
        int pushed = 0;
        try (RespConnection pusher = new RespConnection(server.port())) {
            for (Future<?> task : running) {
                while (!task.isDone()) {
                    pusher.call("RPUSH", "r", "e" + pushed++);
                }
            }
        }
        join(running);
        assertThat(control.call("LLEN", "r").integer()).isEqualTo(pushed - taken.get());
    }

    @Test
    void followerHoldsTheSame(@TempDir Path directory) throws Exception {
        assumeTrue(RealRedis.isInstalled(), "redis-server is not installed");
        try (RealRedis follower = RealRedis.start(directory);
                RespConnection toFollower = new RespConnection(follower.port())) {
            toFollower.call("REPLICAOF", "127.0.0.1", Integer.toString(server.port()));
            while (!toFollower
                    .call("INFO", "replication")
                    .text()
                    .contains("master_link_status:up")) {
                Thread.onSpinWait();
            }
            List<Future<?>> running = new ArrayList<>();
            for (int p = 0; p < 4; p++) {
                int producer = p;
                running.add(submit(() -> produce(producer, 300 * EFFORT)));
            }
            // Not all of it is carried on, so that something is left to compare.
            AtomicInteger left = new AtomicInteger(600 * EFFORT);
            Collection<String> got = new ConcurrentLinkedQueue<>();
            running.add(submit(() -> carry("in:0", "end", left)));
            running.add(submit(() -> carry("in:1", "end", left)));
            running.add(submit(() -> carry("in:1", "in:2", left)));
            for (int c = 0; c < 3; c++) {
                int consumer = c;
                running.add(submit(() -> consume(consumer, got, left)));
            }
            join(running);
            control.call("SET", "last", "1");
            while (toFollower.call("GET", "last").text() == null) {
                Thread.onSpinWait();
            }
            for (String key : List.of("in:0", "in:1", "in:2", "in:3", "end")) {
                assertThat(toFollower.call("LRANGE", key, "0", "-1").toString())
                        .as(key)
                        .isEqualTo(control.call("LRANGE", key, "0", "-1").toString());
            }
        }
    }
}
