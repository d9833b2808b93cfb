package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MIGRATE between two servers, and to one that answers only when it is told to. */
final class MigrateTest {

    private static final String MS = "30000";

    private LiveServer here;
    private LiveServer there;
    private Wire a;
    private Wire b;

    @BeforeEach
    void start() throws IOException {
        here = new LiveServer();
        there = new LiveServer("--io-threads", "1");
        a = here.connect();
        b = there.connect();
    }

    @AfterEach
    void stop() throws IOException {
        here.close();
        there.close();
    }

    private String migrate(String key, String... more) throws IOException {
        return migrateTo(a, there.port(), key, more);
    }

    private static String migrateTo(Wire from, int port, String key, String... more)
            throws IOException {
        String[] words = new String[6 + more.length];
        String[] head = {"MIGRATE", "127.0.0.1", "" + port, key, "0", MS};
        System.arraycopy(head, 0, words, 0, head.length);
        System.arraycopy(more, 0, words, head.length, more.length);
        return from.call(words);
    }

    @Test
    void key_movesWithItsTime() throws IOException {
        a.run("SET k v PX 100000");

        assertThat(migrate("k")).isEqualTo("+OK|");

        assertThat(a.run("EXISTS k")).isEqualTo(":0|");
        assertThat(b.run("GET k")).isEqualTo("$1|v|");
        assertThat(Long.parseLong(b.run("PTTL k").replaceAll("\\D", ""))).isBetween(1L, 100_000L);
    }

    @Test
    void copy_leavesTheKey() throws IOException {
        a.run("RPUSH l 1 2");

        assertThat(migrate("l", "COPY")).isEqualTo("+OK|");

        assertThat(a.run("LLEN l")).isEqualTo(":2|");
        assertThat(b.run("LLEN l")).isEqualTo(":2|");
    }

    @Test
    void keysThatTheOtherServerRefuses_stay() throws IOException {
        a.run("MSET x 1 y 2");
        b.run("SET x 9");

        assertThat(migrate("", "KEYS", "x", "y", "none"))
                .isEqualTo(
                        "-ERR Target instance replied with error: BUSYKEY Target key name already"
                                + " exists.|");

        assertThat(a.run("EXISTS x y")).isEqualTo(":1|");
        assertThat(b.run("MGET x y")).isEqualTo("*2|$1|9|$1|2|");
        assertThat(migrate("x", "REPLACE")).isEqualTo("+OK|");
        assertThat(b.run("GET x")).isEqualTo("$1|1|");
    }

    @Test
    void nothingThere_andRefusals() throws IOException {
        assertThat(migrate("none")).isEqualTo("+NOKEY|");
        assertThat(migrate("k", "KEYS", "a"))
                .isEqualTo(
                        "-ERR When using MIGRATE KEYS option, the key argument must be set to the"
                                + " empty string|");
        assertThat(migrate("k", "AUTH")).isEqualTo("-ERR syntax error|");
        a.run("SET k v");
        assertThat(migrateTo(a, 1, "k"))
                .isEqualTo("-IOERR error or timeout connecting to the client|");
        assertThat(migrate("k", "AUTH2", "nobody", "x"))
                .startsWith("-ERR Target instance replied with error: WRONGPASS");
        assertThat(a.run("GET k")).isEqualTo("$1|v|");
    }

    @Test
    void connection_isKeptAndMadeAnewWhenItWasClosed() throws IOException {
        a.run("MSET k v l w");
        migrate("k");
        assertThat(a.run("INFO stats")).contains("migrate_cached_sockets:1");
        b.run("CLIENT KILL TYPE normal");

        assertThat(migrate("l")).isEqualTo("+OK|");
        assertThat(b.run("EXISTS k l")).isEqualTo(":2|");
    }

    @Test
    void othersAreServedMeanwhile_butWritersOfTheKeyWait() throws IOException {
        try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            a.run("SET k 1");
            a.send("MIGRATE", "127.0.0.1", "" + slow.getLocalPort(), "k", "0", MS);
            try (Socket socket = slow.accept()) {
                InputStream in = socket.getInputStream();
                assertThat(in.read()).isEqualTo('*'); // the value has been taken
                Wire other = here.connect();
                assertThat(other.run("GET k")).isEqualTo("$1|1|");
                assertThat(other.run("SET other 1")).isEqualTo("+OK|");
                Wire writer = here.connect();
                writer.send("INCR", "k");
                assertThat(writer.isSilent()).isTrue();
                socket.getOutputStream().write(Wire.bytes("+OK\r\n+OK\r\n"));
                assertThat(a.read()).isEqualTo("+OK|");
                assertThat(writer.read()).isEqualTo(":1|"); // the key had gone by then
            }
        }
    }

    @Test
    void writesWithoutNamedKeys_areNotLost() throws Exception {
        a.run("SET k 0");
        AtomicBoolean over = new AtomicBoolean();
        long[] counted = {0};
        Wire writer = here.connect();
        Thread busy =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!over.get()) {
                                counted[0] += increment(writer);
                            }
                        });
        for (int i = 0; i < 20; i++) {
            assertThat(migrate("k", "REPLACE")).isIn("+OK|", "+NOKEY|");
            assertThat(migrateTo(b, here.port(), "k", "REPLACE")).isIn("+OK|", "+NOKEY|");
        }
        over.set(true);
        busy.join();
        assertThat(a.run("GET k")).isEqualTo(b.run("EXISTS k").equals(":0|") ? text(counted) : "");
    }

    private static String text(long[] counted) {
        String digits = Long.toString(counted[0]);
        return "$" + digits.length() + "|" + digits + "|";
    }

    /** Only where the key is: 1 if it was. */
    private static int increment(Wire writer) {
        try {
            String script = "return redis.call('exists','k')==1 and redis.call('incr','k') and 1";
            return writer.call("EVAL", script, "0").equals(":1|") ? 1 : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
