package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CONFIG over a socket, and that what it sets comes into effect. */
final class LiveConfigTest {

    @TempDir Path directory;

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    @Test
    void get_isAMap_ofWhatWasAskedFor() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire wire = server.connect();

            assertThat(wire.run("CONFIG GET hz nosuch")).isEqualTo("*2|$2|hz|$2|10|");
            assertThat(wire.run("CONFIG GET nosuch")).isEqualTo("*0|");
            wire.run("HELLO 3");
            assertThat(wire.run("CONFIG GET maxclients")).isEqualTo("%1|$10|maxclients|$5|10000|");
        }
    }

    @Test
    void set_isAllOrNothing_andRefusesInRedisWords() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire wire = server.connect();

            assertThat(wire.run("CONFIG SET timeout 60 maxclients 0"))
                    .startsWith(
                            "-ERR CONFIG SET failed (possibly related to argument 'maxclients')");
            assertThat(wire.run("CONFIG GET timeout")).isEqualTo("*2|$7|timeout|$1|0|");
            assertThat(wire.run("CONFIG SET nosuch 1"))
                    .isEqualTo(
                            "-ERR Unknown option or number of arguments for CONFIG SET -"
                                    + " 'nosuch'|");
            assertThat(wire.run("CONFIG SET hz"))
                    .isEqualTo("-ERR wrong number of arguments for 'config|set' command|");
            assertThat(wire.run("CONFIG REWRITE"))
                    .isEqualTo("-ERR The server is running without a config file|");
        }
    }

    @Test
    void passwordOfAnyBytes_survivesTheWayThereAndBack() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire wire = server.connect();
            String password = "\u0000\u00ff\r\n \"";

            assertThat(wire.call("CONFIG", "SET", "requirepass", password)).isEqualTo("+OK|");
            Wire other = server.connect();
            assertThat(other.call("AUTH", password)).isEqualTo("+OK|");
            assertThat(other.run("CONFIG GET requirepass"))
                    .isEqualTo("*2|$11|requirepass|$6|" + password + "|");
        }
    }

    @Test
    void port_changesWhileRunning_andTheOldOneIsFree() throws IOException {
        try (LiveServer server = new LiveServer("--io-threads", "1")) {
            Wire wire = server.connect();
            int port = freePort();

            assertThat(wire.run("CONFIG SET port " + port)).isEqualTo("+OK|");
            try (Wire moved = new Wire(port)) {
                assertThat(moved.run("PING")).isEqualTo("+PONG|");
            }
            assertThat(wire.run("PING")).as("who is in stays in").isEqualTo("+PONG|");
            Assertions.assertThatThrownBy(() -> new Wire(server.port()).close())
                    .isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void portThatIsTaken_isRefused_andTheOldOneStays() throws IOException {
        try (LiveServer server = new LiveServer();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Wire wire = server.connect();

            assertThat(wire.run("CONFIG SET port " + taken.getLocalPort()))
                    .isEqualTo(
                            "-ERR CONFIG SET failed (possibly related to argument 'port') - Unable"
                                    + " to listen on this port. Check server logs.|");
            assertThat(wire.run("CONFIG GET port"))
                    .isEqualTo(
                            "*2|$4|port|$"
                                    + Integer.toString(server.port()).length()
                                    + "|"
                                    + server.port()
                                    + "|");
            assertThat(server.connect().run("PING")).isEqualTo("+PONG|");
        }
    }

    @Test
    void bind_changesWhileRunning_andABadOneIsRefused() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire wire = server.connect();

            assertThat(wire.call("CONFIG", "SET", "bind", "127.0.0.1 127.0.0.2")).isEqualTo("+OK|");
            assertThat(server.connect().run("PING")).isEqualTo("+PONG|");
            assertThat(wire.call("CONFIG", "SET", "bind", "1.2.3.4"))
                    .isEqualTo(
                            "-ERR CONFIG SET failed (possibly related to argument 'bind') - Failed"
                                    + " to bind to specified addresses.|");
            assertThat(server.connect().run("PING")).isEqualTo("+PONG|");
        }
    }

    @Test
    void expiredKeys_waitForTheEndOfAPause() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire wire = server.connect();
            wire.run("MULTI");
            wire.run("SET k v PX 1");
            wire.run("CLIENT PAUSE 100000 WRITE");
            assertThat(wire.run("EXEC")).isEqualTo("*2|+OK|+OK|");
            while (!wire.run("GET k").equals("$-1|")) {
                Thread.onSpinWait();
            }
            assertThat(wire.run("INFO stats")).contains("expired_keys:0\r\n");
            wire.run("CLIENT UNPAUSE");
            while (!wire.run("INFO stats").contains("expired_keys:1\r\n")) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void keyspaceEvents_beginWithTheSetting() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire listener = server.connect();
            listener.run("PSUBSCRIBE *");
            Wire wire = server.connect();
            wire.run("SET k 1");
            wire.run("CONFIG SET notify-keyspace-events KA");
            wire.run("SET k 2");

            assertThat(listener.read())
                    .isEqualTo("*4|$8|pmessage|$1|*|$16|__keyspace@0__:k|$3|set|");
        }
    }

    @Test
    void longestString_followsTheSetting() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire wire = server.connect();
            wire.run("CONFIG SET proto-max-bulk-len 1mb");

            assertThat(wire.run("SETRANGE k 1048577 x"))
                    .startsWith("-ERR string exceeds maximum allowed size");
            wire.sendRaw(Wire.bytes("*2\r\n$4\r\nECHO\r\n$1048577\r\n"));
            assertThat(wire.read()).isEqualTo("-ERR Protocol error: invalid bulk length|");
        }
    }

    @Test
    void rewrite_writesWhatWasSet() throws IOException {
        Path file = directory.resolve("my.conf");
        Files.writeString(file, "# mine\ntimeout 5\n");
        try (LiveServer server = new LiveServer(file.toString())) {
            Wire wire = server.connect();
            wire.run("CONFIG SET timeout 7 maxclients 77");

            assertThat(wire.run("CONFIG REWRITE")).isEqualTo("+OK|");
        }
        assertThat(Files.readString(file))
                .contains("# mine\ntimeout 7\n")
                .contains("maxclients 77\n");
    }

    @Test
    void resetstat_beginsAnew() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire wire = server.connect();
            wire.run("GET nothing");

            assertThat(wire.run("CONFIG RESETSTAT")).isEqualTo("+OK|");
            assertThat(wire.run("INFO stats")).contains("keyspace_misses:0\r\n");
        }
    }

    @Test
    void slowLog_followsItsThreshold_andShowsNoSecrets() throws IOException {
        try (LiveServer server = new LiveServer("--slowlog-log-slower-than", "-1")) {
            Wire wire = server.connect();
            wire.run("SET a b");
            assertThat(wire.run("SLOWLOG LEN")).isEqualTo(":0|");
            wire.run("CONFIG SET slowlog-log-slower-than 0 requirepass secret");

            assertThat(wire.run("SLOWLOG GET"))
                    .contains("|$11|requirepass|$10|(redacted)|")
                    .doesNotContain("secret|");
        }
    }
}
