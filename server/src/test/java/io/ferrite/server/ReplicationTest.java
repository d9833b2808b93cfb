package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.config.Choices;
import io.ferrite.node.config.ConfigService;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.log.Log;
import io.ferrite.node.log.LogLevel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leaders and followers over real sockets, several servers in this process. */
final class ReplicationTest {

    private static final long PATIENCE_NANOS = 20_000_000_000L;

    @TempDir Path directory;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Queue<String> logged = new ConcurrentLinkedQueue<>();

    private final class Running {
        final FerriteServer server;
        final TestClient client;
        final int port;

        Running(FerriteServer server, int port) {
            this.server = server;
            this.port = port;
            this.client = new TestClient(port);
            open.push(client);
        }

        void follow(Running leader) {
            assertThat(client.run("REPLICAOF 127.0.0.1 " + leader.port)).isEqualTo("OK");
            until("the link stands", () -> linkedTo(leader));
        }

        boolean linkedTo(Running leader) {
            return "up".equals(client.info("replication", "master_link_status"))
                    && client.info("replication", "master_port").equals("" + leader.port);
        }

        long offset() {
            return Long.parseLong(client.info("replication", "master_repl_offset"));
        }

        void inStepWith(Running leader) {
            until("the offsets agree", () -> offset() == leader.offset());
            assertThat(client.info("replication", "master_replid"))
                    .isEqualTo(leader.client.info("replication", "master_replid"));
            assertThat(sizes()).isEqualTo(leader.sizes());
        }

        /** Databases with the numbers of their keys. */
        String sizes() {
            return client.text("INFO keyspace").replaceAll(",avg_ttl=\\d+", "");
        }
    }

    private Running start(boolean streamed) throws IOException {
        Settings settings = new Settings();
        settings.put(ServerOptions.DIR, directory.toString());
        settings.put(ReplicationOptions.REPL_DISKLESS_SYNC, streamed);
        settings.put(ReplicationOptions.REPL_DISKLESS_SYNC_DELAY, 0L);
        settings.put(ServerOptions.ENABLE_DEBUG_COMMAND, Choices.ProtectedAction.YES);
        Log log =
                new Log(
                        (l, text, message) -> logged.add(text),
                        System::currentTimeMillis,
                        1,
                        LogLevel.NOTICE,
                        'M');
        FerriteServer server =
                new FerriteServer(
                        settings,
                        new ConfigService(settings, new SystemConfigFiles(), log, ""),
                        log);
        open.push(server);
        int port = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).port();
        settings.put(NetworkOptions.PORT, (long) port);
        server.node().start();
        return new Running(server, port);
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never: " + what + "\n" + String.join("", logged));
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Test
    void followerGetsACopyAndTheStream_streamedOrStored() throws IOException {
        for (boolean streamed : new boolean[] {true, false}) {
            Running m = start(streamed);
            Running r = start(streamed);
            m.client.run("SET before 1");
            m.client.run("SELECT 3");
            m.client.run("SET other 3 PX 1000000");
            r.client.run("SET own 1");
            r.follow(m);
            m.client.run("SET after 2");
            r.inStepWith(m);
            assertThat(r.client.run("GET before")).isEqualTo("1");
            assertThat(r.client.run("EXISTS own")).isEqualTo(0L);
            r.client.run("SELECT 3");
            assertThat(r.client.run("GET after")).isEqualTo("2");
            assertThat(r.client.text("SET x 1")).startsWith("-READONLY");
            assertThat(r.client.run("PEXPIRETIME other"))
                    .isEqualTo(m.client.run("PEXPIRETIME other"));
        }
    }

    @Test
    void keysOfTheFollowersOwn_areItsLeadersAfterANewCopy() throws IOException {
        Running m = start(true);
        Running r = start(true);
        r.follow(m);
        r.client.run("CONFIG SET replica-read-only no");
        r.client.run("SET k own PX 1000000");
        assertThat(r.client.info("stats", "slave_expires_tracked_keys")).isEqualTo("1");
        m.client.run("SET k theirs PX 1000000");

        m.client.run("DEBUG CHANGE-REPL-ID");
        m.client.run("CLIENT KILL TYPE replica");
        until("a second copy", () -> m.client.info("stats", "sync_full").equals("2"));
        until("the link stands", () -> r.linkedTo(m));

        assertThat(r.client.run("GET k")).isEqualTo("theirs");
        assertThat(r.client.info("stats", "slave_expires_tracked_keys")).isEqualTo("0");
    }

    @Test
    void aCopyForFollowers_countsAsABackgroundSave() throws IOException {
        Running m = start(true);
        Running r = start(true);
        m.client.run("MSET a 1 b 2 c 3");
        m.client.run("CONFIG SET rdb-key-save-delay 50000");
        assertThat(m.client.info("persistence", "rdb_current_bgsave_time_sec")).isEqualTo("-1");
        r.client.run("REPLICAOF 127.0.0.1 " + m.port);
        until(
                "the copy is being made",
                () -> m.client.info("persistence", "rdb_bgsave_in_progress").equals("1"));
        assertThat(m.client.info("persistence", "rdb_current_bgsave_time_sec")).isNotEqualTo("-1");
        m.client.run("CONFIG SET rdb-key-save-delay 0");
        until("the link stands", () -> r.linkedTo(m));
        until(
                "the copy is done",
                () -> m.client.info("persistence", "rdb_bgsave_in_progress").equals("0"));
        assertThat(m.client.info("persistence", "rdb_current_bgsave_time_sec")).isEqualTo("-1");
    }

    @Test
    void whatClientsWriteToAFollower_takesThePlaceOfWhatHasExpired() throws IOException {
        Running m = start(true);
        Running r = start(true);
        r.follow(m);
        r.client.run("CONFIG SET replica-read-only no");
        for (String key : List.of("counter", "text", "other")) {
            r.client.run("SET " + key + " 1 PX 500");
        }
        until("the follower's own are gone", () -> r.client.run("DBSIZE").equals(0L));
        m.client.run("DEBUG SET-ACTIVE-EXPIRE 0");
        m.client.run("SET counter 5 PX 1");
        m.client.run("SET text 5 PX 1");
        until(
                "both are hidden",
                () ->
                        r.client.run("DBSIZE").equals(2L)
                                && r.client.run("EXISTS counter text").equals(0L));
        assertThat(r.client.run("INCR counter")).isEqualTo(1L);
        assertThat(r.client.run("SET text mine")).isEqualTo("OK");
        assertThat(r.client.run("TTL counter")).isEqualTo(-1L);
        assertThat(r.client.run("GET text")).isEqualTo("mine");
        assertThat(r.client.run("DBSIZE")).isEqualTo(2L);
    }

    @Test
    void whatAFollowerCounts_isNotItsOwn() throws IOException {
        Running m = start(true);
        Running r = start(true);
        r.follow(m);
        m.client.run("PFADD hll a b c d e f");
        until("it is there", () -> r.client.run("PFCOUNT hll").equals(6L));
        assertThat(r.client.info("stats", "slave_expires_tracked_keys")).isEqualTo("0");
    }

    @Test
    void writesDuringTheCopy_areNeitherLostNorDoubled() throws Exception {
        Running m = start(true);
        for (int i = 0; i < 20_000; i++) {
            m.client.send("SET key:" + i + " value-of-some-length-" + i);
        }
        for (int i = 0; i < 20_000; i++) {
            m.client.read();
        }
        AtomicBoolean writing = new AtomicBoolean(true);
        List<Thread> writers = new ArrayList<>();
        for (int w = 0; w < 3; w++) {
            int writer = w;
            Thread thread = new Thread(() -> write(m.port, writer, writing));
            thread.start();
            writers.add(thread);
        }
        Running a = start(true);
        Running b = start(true);
        a.follow(m);
        b.follow(m);
        writing.set(false);
        for (Thread thread : writers) {
            thread.join();
        }
        for (Running r : List.of(a, b)) {
            r.inStepWith(m);
            for (int w = 0; w < 3; w++) {
                assertThat(r.client.run("GET n" + w)).isEqualTo(m.client.run("GET n" + w));
                assertThat(r.client.run("GET log" + w)).isEqualTo(m.client.run("GET log" + w));
            }
        }
    }

    private static void write(int port, int writer, AtomicBoolean writing) {
        try (TestClient c = new TestClient(port)) {
            for (int n = 0; writing.get(); n++) {
                c.send("INCR n" + writer);
                c.send("APPEND log" + writer + " " + n % 10);
                c.send("SET load:" + writer + ":" + n + " " + n);
                c.send("DEL key:" + (n * 7 + writer) % 20_000);
                for (int i = 0; i < 4; i++) {
                    c.read();
                }
            }
        }
    }

    @Test
    void brokenLink_isRepairedWithThePartMissed_alsoInATransaction() throws IOException {
        Running m = start(true);
        Running r = start(true);
        r.follow(m);
        m.client.run("SELECT 2");
        for (int turn = 0; turn < 3; turn++) {
            m.client.run("MULTI");
            m.client.run("INCR n");
            m.client.run("SET t" + turn + " x");
            m.client.run("EXEC");
            for (var session : m.server.node().clients().all()) {
                if (session.has(io.ferrite.engine.Session.REPLICA)) {
                    session.outbox().close(false);
                }
            }
            m.client.run("INCR n");
            String back = Integer.toString(turn + 1);
            until("it is back", () -> back.equals(m.client.info("stats", "sync_partial_ok")));
        }
        until("it is back", () -> r.linkedTo(m));
        r.inStepWith(m);
        r.client.run("SELECT 2");
        assertThat(r.client.run("GET n")).isEqualTo("6");
        assertThat(m.client.info("stats", "sync_full")).isEqualTo("1");
        assertThat(m.client.info("stats", "sync_partial_ok")).isEqualTo("3");
    }

    @Test
    void promotion_keepsSiblingOldLeaderAndChainWithoutACopy() throws IOException {
        Running m = start(true);
        Running a = start(true);
        Running b = start(true);
        Running c = start(true);
        a.follow(m);
        b.follow(m);
        c.follow(a);
        m.client.run("SET k 1");
        a.inStepWith(m);
        b.inStepWith(m);
        c.inStepWith(a);
        assertThat(a.client.run("REPLICAOF NO ONE")).isEqualTo("OK");
        b.follow(a);
        m.follow(a);
        a.client.run("SET k 2");
        for (Running r : List.of(m, b, c)) {
            r.inStepWith(a);
            assertThat(r.client.run("GET k")).isEqualTo("2");
        }
        assertThat(a.client.info("stats", "sync_full")).isEqualTo("1"); // c, long ago
        assertThat(a.client.info("stats", "sync_partial_ok")).isEqualTo("3");
    }

    @Test
    void waitAnswersWithTheNumberOfFollowersThatHaveTheWrite() throws IOException {
        Running m = start(true);
        Running r = start(true);
        assertThat(m.client.run("WAIT 0 0")).isEqualTo(0L);
        r.follow(m);
        m.client.run("SET k v");
        assertThat(m.client.run("WAIT 1 10000")).isEqualTo(1L);
        m.client.run("SET k w");
        assertThat(m.client.run("WAIT 2 50")).isEqualTo(1L);
        assertThat(m.client.text("WAIT -1 -1")).isEqualTo("-ERR timeout is negative");
        assertThat(r.client.text("WAIT 1 1")).startsWith("-ERR WAIT cannot be used with replica");
    }

    @Test
    void failover_exchangesTheRoles() throws IOException {
        Running m = start(true);
        Running r = start(true);
        assertThat(m.client.text("FAILOVER"))
                .isEqualTo("-ERR FAILOVER requires connected replicas.");
        r.follow(m);
        m.client.run("SET k v");
        assertThat(m.client.run("FAILOVER TIMEOUT 10000")).isEqualTo("OK");
        until("roles", () -> "master".equals(r.client.info("replication", "role")));
        until("the link stands", () -> m.linkedTo(r));
        r.client.run("SET k w");
        m.inStepWith(r);
        assertThat(m.client.run("GET k")).isEqualTo("w");
        assertThat(r.client.info("stats", "sync_full")).isEqualTo("0");
    }

    @Test
    void oldSync_getsACopyWithALength_andTheStream() throws IOException {
        Running m = start(true);
        m.client.run("SET k v");
        try (TestClient old = new TestClient(m.port)) {
            old.raw("SYNC\r\n");
            String head = old.line();
            while (head.isEmpty()) {
                head = old.line();
            }
            assertThat(head).startsWith("$");
            assertThat(old.bytes(Integer.parseInt(head.substring(1)))).startsWith("REDIS00");
            m.client.run("SET after 1");
            while (!head.equals("after")) {
                head = old.line();
            }
        }
    }

    @Test
    void badRequestsOfFollowers_areRefused() throws IOException {
        Running m = start(true);
        assertThat(m.client.text("REPLCONF listening-port abc")).startsWith("-ERR value is not");
        assertThat(m.client.text("REPLCONF what 1"))
                .startsWith("-ERR Unrecognized REPLCONF option");
        assertThat(m.client.text("PSYNC x y")).startsWith("-ERR value is not an integer");
        assertThat(m.client.text("REPLICAOF host port")).isEqualTo("-ERR Invalid master port");
        assertThat(m.client.text("PING")).isEqualTo("PONG");
        Running r = start(true);
        r.client.run("REPLICAOF 127.0.0.1 1");
        assertThat(r.client.text("PSYNC ? -1")).startsWith("-NOMASTERLINK");
        assertThat(r.client.run("ROLE").toString()).startsWith("[slave, 127.0.0.1, 1, connect");
    }
}
