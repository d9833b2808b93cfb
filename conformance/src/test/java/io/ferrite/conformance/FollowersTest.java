package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.config.Choices.ProtectedAction;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.ServerOptions;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leaders and followers of ours, over real sockets. */
final class FollowersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path directory;

    private InProcessServer server(String name) throws IOException {
        return server(name, 2);
    }

    private InProcessServer server(String name, int loops) throws IOException {
        Path own = Files.createDirectories(directory.resolve(name));
        return new InProcessServer(
                loops,
                settings -> {
                    settings.put(ServerOptions.DIR, own.toString());
                    settings.put(ServerOptions.ENABLE_DEBUG_COMMAND, ProtectedAction.YES);
                    settings.put(ReplicationOptions.REPL_DISKLESS_SYNC_DELAY, 0L);
                },
                new InProcessServer.NoFiles());
    }

    private static String info(RespConnection to, String field) throws IOException {
        for (String line : to.call("INFO", "everything").text().split("\r\n")) {
            if (line.startsWith(field + ":")) {
                return line.substring(field.length() + 1);
            }
        }
        return "";
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(String what, Condition condition) {
        Awaitility.await(what).atMost(PATIENCE).until(condition::holds);
    }

    private static void follow(RespConnection follower, InProcessServer leader) throws IOException {
        follow(follower, leader.port());
    }

    private static void follow(RespConnection follower, int port) throws IOException {
        follower.call("REPLICAOF", "127.0.0.1", Integer.toString(port));
        await("the link is up", () -> info(follower, "master_link_status").equals("up"));
    }

    private static void inStep(RespConnection leader, RespConnection follower) {
        await(
                "the follower is where its leader is",
                () ->
                        info(leader, "master_repl_offset")
                                .equals(info(follower, "slave_repl_offset")));
    }

    @Test
    void quorumIsWaitedFor_perServerAndPerConnection() throws IOException {
        try (InProcessServer m = server("m");
                InProcessServer r = server("r");
                RespConnection leader = new RespConnection(m.port());
                RespConnection careless = new RespConnection(m.port());
                RespConnection follower = new RespConnection(r.port())) {
            leader.call("CONFIG", "SET", "replication-ack", "1", "replication-ack-timeout", "50");
            assertThat(info(leader, "replication_ack_replicas")).isEqualTo("1");
            assertThat(leader.call("SET", "k", "1").text()).startsWith("UNCONFIRMED");
            assertThat(leader.call("GET", "k").text()).as("it is applied").isEqualTo("1");
            assertThat(careless.call("CLIENT", "ACK", "0").text()).isEqualTo("OK");
            assertThat(careless.call("SET", "k", "2").text()).isEqualTo("OK");
            assertThat(careless.call("CLIENT", "ACK", "DEFAULT").text()).isEqualTo("OK");
            assertThat(careless.call("SET", "k", "3").text()).startsWith("UNCONFIRMED");

            follow(follower, m);
            leader.call("CONFIG", "SET", "replication-ack-timeout", "30000");
            for (int i = 0; i < 100; i++) {
                assertThat(leader.call("SET", "k", "v" + i).text()).isEqualTo("OK");
                assertThat(follower.call("GET", "k").text()).isEqualTo("v" + i);
            }
            leader.call("CONFIG", "SET", "replication-ack", "0", "replication-ack-timeout", "50");
            assertThat(leader.call("CLIENT", "ACK", "2").text()).isEqualTo("OK");
            assertThat(leader.call("SET", "k", "x").text()).startsWith("UNCONFIRMED");
            assertThat(careless.call("SET", "k", "y").text()).isEqualTo("OK");
            leader.call("CLIENT", "ACK", "1");
            leader.call("CONFIG", "SET", "replication-ack-fsync", "yes");
            assertThat(leader.call("SET", "k", "z").text())
                    .as("a follower without a file has nothing on its disk")
                    .startsWith("UNCONFIRMED");
        }
    }

    @Test
    void formerLeadersWrites_areSavedBeforeItFollows() throws IOException {
        try (InProcessServer m = server("m");
                InProcessServer r = server("r");
                RespConnection old = new RespConnection(m.port());
                RespConnection next = new RespConnection(r.port())) {
            old.call("CONFIG", "SET", "divergence-dir", "lost");
            follow(next, m);
            old.call("SET", "common", "1");
            inStep(old, next);
            next.call("REPLICAOF", "NO", "ONE");
            old.call("SET", "mine", "2");
            old.call("RPUSH", "list", "a", "b");
            next.call("SET", "theirs", "3");
            follow(old, r);
            await("it is counted", () -> info(old, "divergence_files").equals("1"));
            assertThat(info(old, "divergence_commands")).isEqualTo("2");
            assertThat(old.call("GET", "mine").text()).isNull();
            assertThat(old.call("GET", "theirs").text()).isEqualTo("3");
            try (var files = Files.list(directory.resolve("m/lost"))) {
                String text = Files.readString(files.findFirst().orElseThrow());
                assertThat(text)
                        .contains("#OFFSET:", "$4\r\nmine\r\n", "$4\r\nlist\r\n")
                        .doesNotContain("common");
            }
        }
    }

    @Test
    void leaderWithoutTheData_isRefused_andStaleDataIsServed() throws IOException {
        try (InProcessServer m = server("m");
                InProcessServer r = server("r");
                RespConnection leader = new RespConnection(m.port());
                RespConnection follower = new RespConnection(r.port())) {
            follower.call("CONFIG", "SET", "replica-refuse-rewound", "yes");
            follower.call("SET", "precious", "1");
            follower.call("REPLICAOF", "127.0.0.1", Integer.toString(m.port()));
            await("it says why", () -> !info(follower, "master_refused_reason").isEmpty());
            assertThat(follower.call("GET", "precious").text()).isEqualTo("1");
            assertThat(info(leader, "sync_full")).isEqualTo("0");
            follower.call("CONFIG", "SET", "replica-refuse-rewound", "no");
            await("the link is up", () -> info(follower, "master_link_status").equals("up"));
            assertThat(info(follower, "master_refused_reason")).isEmpty();
            assertThat(follower.call("GET", "precious").text()).isNull();
        }
    }

    @Test
    void straightCopies_takeTheOldDatasPlaceInOneInstant() throws IOException {
        for (String how : List.of("swapdb", "on-empty-db", "disabled")) {
            try (InProcessServer m = server("m-" + how);
                    InProcessServer r = server("r-" + how);
                    RespConnection leader = new RespConnection(m.port());
                    RespConnection follower = new RespConnection(r.port())) {
                follower.call("CONFIG", "SET", "repl-diskless-load", how);
                for (int i = 0; i < 2000; i++) {
                    leader.call("HSET", "h" + i, "f", "v".repeat(200));
                }
                leader.call("SET", "s", "x", "EX", "1000");
                if (!how.equals("on-empty-db")) {
                    follower.call("SET", "old", "1");
                }
                follow(follower, m);
                inStep(leader, follower);
                assertThat(follower.call("DBSIZE").text()).as(how).isEqualTo("2001");
                assertThat(follower.call("GET", "old").text()).isNull();
                assertThat(info(follower, "async_loading")).isEqualTo("0");
                leader.call("FLUSHALL");
                inStep(leader, follower);
                assertThat(follower.call("DBSIZE").text()).as(how).isEqualTo("0");
            }
        }
    }

    @Test
    void valueLargerThanAnyBuffer_endsNoLink() throws IOException {
        try (InProcessServer m = server("m");
                InProcessServer r = server("r");
                RespConnection leader = new RespConnection(m.port());
                RespConnection follower = new RespConnection(r.port())) {
            leader.call(
                    "CONFIG",
                    "SET",
                    "client-output-buffer-limit",
                    "replica 2mb 1mb 1",
                    "repl-backlog-size",
                    "1mb");
            follow(follower, m);
            leader.call("SET", "big", "x".repeat(40 << 20));
            inStep(leader, follower);
            assertThat(follower.call("STRLEN", "big").text()).isEqualTo(Integer.toString(40 << 20));
            assertThat(info(leader, "sync_full")).isEqualTo("1");
            assertThat(info(leader, "sync_partial_ok")).isEqualTo("0");
        }
    }

    @Test
    void leadersLinkThatIsKilled_isDownFromThenOn_howeverLongTheTransactionTakes()
            throws IOException {
        try (InProcessServer r = server("r", 1);
                RespConnection follower = new RespConnection(r.port())) {
            try (FerriteProcess m = new FerriteProcess(directory, "server", "--save", "")) {
                follow(follower, m.port());
                follower.send(
                        List.of(
                                List.of("MULTI"),
                                List.of("CLIENT", "KILL", "TYPE", "master"),
                                List.of("DEBUG", "SLEEP", "3"),
                                List.of("EXEC")));
                assertThat(follower.read().text()).isEqualTo("OK");
            }
            for (int i = 0; i < 3; i++) {
                follower.read();
            }
            await("the link is down", () -> info(follower, "master_link_status").equals("down"));
            assertThat(Integer.parseInt(info(follower, "master_link_down_since_seconds")))
                    .isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void waitsThatEndAfterTheEndOfTime_areRefused() throws IOException {
        try (InProcessServer m = server("m");
                RespConnection leader = new RespConnection(m.port())) {
            String most = Long.toString(Long.MAX_VALUE);
            String refusal = "ERR timeout is out of range";
            assertThat(leader.call("WAIT", "2", most).text()).isEqualTo(refusal);
            assertThat(leader.call("WAITAOF", "0", "2", most).text()).isEqualTo(refusal);
            assertThat(leader.call("WAIT", "0", most).text()).isEqualTo(refusal);
        }
    }

    @Test
    void keyWhoseTimeHasPassed_isHiddenByAFollower_butThere() throws IOException {
        try (InProcessServer m = server("m");
                InProcessServer r = server("r");
                RespConnection leader = new RespConnection(m.port());
                RespConnection follower = new RespConnection(r.port())) {
            follow(follower, m);
            leader.call("DEBUG", "SET-ACTIVE-EXPIRE", "0");
            leader.call("SET", "k", "v", "PX", "300");
            inStep(leader, follower);
            await("its time passes", () -> follower.call("EXISTS", "k").integer() == 0);
            assertThat(follower.call("DEBUG", "OBJECT", "k").text()).startsWith("Value at");
            assertThat(follower.call("DBSIZE").integer()).isEqualTo(1);
        }
    }

    @Test
    void commandThatNobodyKnows_isCountedByAFollower_whichGoesOn() throws IOException {
        try (InProcessServer m = server("m");
                InProcessServer r = server("r");
                RespConnection leader = new RespConnection(m.port());
                RespConnection follower = new RespConnection(r.port())) {
            follow(follower, m);
            assertThat(leader.call("DEBUG", "REPLICATE", "no-such-command", "x").text())
                    .isEqualTo("OK");
            leader.call("SET", "k", "v");
            inStep(leader, follower);
            assertThat(follower.call("GET", "k").text()).isEqualTo("v");
            assertThat(info(follower, "unexpected_error_replies")).isEqualTo("1");
            assertThat(leader.call("DEBUG", "REPLICATE").text()).startsWith("ERR unknown");
        }
    }

    @Test
    void copyIsCompressed_ifFilesAre() throws IOException {
        try (InProcessServer m = server("m");
                RespConnection leader = new RespConnection(m.port())) {
            leader.call("SET", "k", "v".repeat(10_000));
            for (String compressed : new String[] {"yes", "no"}) {
                leader.call("CONFIG", "SET", "rdbcompression", compressed);
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), m.port())) {
                    String ask = "REPLCONF capa eof capa psync2\r\nPSYNC ? -1\r\n";
                    socket.getOutputStream().write(ask.getBytes(StandardCharsets.US_ASCII));
                    assertThat(copy(socket).length > 10_000).isEqualTo(compressed.equals("no"));
                }
            }
        }
    }

    @Test
    void backlogHasALeastSize_asInRedis() throws IOException {
        try (InProcessServer m = server("m");
                RespConnection leader = new RespConnection(m.port())) {
            leader.call("CONFIG", "SET", "repl-backlog-size", "100");
            assertThat(info(leader, "repl_backlog_size")).isEqualTo("16384");
        }
    }

    @Test
    void nineteenThatAskAtOnce_shareOneCopy() throws IOException {
        try (InProcessServer m = server("m");
                RespConnection leader = new RespConnection(m.port())) {
            leader.call(
                    "CONFIG",
                    "SET",
                    "repl-diskless-sync-delay",
                    "30",
                    "repl-diskless-sync-max-replicas",
                    "19");
            for (int i = 0; i < 1000; i++) {
                leader.call("SET", "k" + i, "v".repeat(100));
            }
            String walks = info(leader, "total_forks");
            List<Socket> all = new ArrayList<>();
            try {
                for (int i = 0; i < 19; i++) {
                    Socket socket = new Socket(InetAddress.getLoopbackAddress(), m.port());
                    all.add(socket);
                    String ask = "REPLCONF capa eof capa psync2\r\nPSYNC ? -1\r\n";
                    socket.getOutputStream().write(ask.getBytes(StandardCharsets.US_ASCII));
                }
                byte[] first = copy(all.getFirst());
                for (Socket other : all.subList(1, all.size())) {
                    assertThat(Arrays.equals(copy(other), first)).isTrue();
                }
            } finally {
                for (Socket socket : all) {
                    socket.close();
                }
            }
            assertThat(first(walks) + 1).isEqualTo(first(info(leader, "total_forks")));
            assertThat(info(leader, "sync_full")).isEqualTo("19");
        }
    }

    private static int first(String number) {
        return Integer.parseInt(number);
    }

    /** A copy up to its mark, from its first byte on. */
    private static byte[] copy(Socket socket) throws IOException {
        socket.setSoTimeout((int) PATIENCE.toMillis());
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        String mark = "";
        while (mark.isEmpty()) {
            String line = line(in);
            if (line.startsWith("$EOF:")) {
                mark = line.substring(5);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] end = mark.getBytes(StandardCharsets.US_ASCII);
        int matched = 0; // a mark is random: no part of it begins it anew, but its first byte may
        while (matched < end.length) {
            int b = in.readUnsignedByte();
            bytes.write(b);
            matched = b == end[matched] ? matched + 1 : b == end[0] ? 1 : 0;
        }
        return Arrays.copyOf(bytes.toByteArray(), bytes.size() - end.length);
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = in.readUnsignedByte()) != '\n') {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
