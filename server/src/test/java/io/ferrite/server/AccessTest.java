package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Passwords, HELLO and RESET over a socket. */
final class AccessTest {

    @Test
    void password_isAskedFor_beforeAnythingElse() throws IOException {
        try (LiveServer server = new LiveServer("--requirepass", "secret")) {
            Wire wire = server.connect();

            assertThat(wire.run("GET k")).isEqualTo("-NOAUTH Authentication required.|");
            assertThat(wire.run("AUTH wrong")).startsWith("-WRONGPASS ");
            assertThat(wire.run("AUTH nobody secret")).startsWith("-WRONGPASS ");
            assertThat(wire.run("HELLO 3")).startsWith("-NOAUTH HELLO must be called");
            assertThat(wire.run("HELLO 3 AUTH default wrong")).startsWith("-WRONGPASS ");
            assertThat(wire.run("AUTH a b c")).isEqualTo("-ERR syntax error|");
            assertThat(wire.run("AUTH secret")).isEqualTo("+OK|");
            assertThat(wire.run("GET k")).isEqualTo("$-1|");
            assertThat(wire.run("RESET")).isEqualTo("+RESET|");
            assertThat(wire.run("GET k")).startsWith("-NOAUTH");
        }
    }

    @Test
    void password_canBeSetAndTakenAwayWhileRunning() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire before = server.connect();
            assertThat(before.run("CONFIG SET requirepass new")).isEqualTo("+OK|");
            assertThat(before.run("PING")).as("who is in stays in").isEqualTo("+PONG|");
            Wire after = server.connect();
            assertThat(after.run("PING")).startsWith("-NOAUTH");
            before.call("CONFIG", "SET", "requirepass", "");
            assertThat(after.run("PING")).as("nobody is asked any more").isEqualTo("+PONG|");
            assertThat(after.run("AUTH x"))
                    .startsWith("-ERR AUTH <password> called without any password configured");
        }
    }

    @Test
    void hello_describesTheServer_inTheProtocolAskedFor() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire wire = server.connect();

            assertThat(wire.run("HELLO 3 SETNAME worker"))
                    .startsWith("%7|$6|server|$5|redis|$7|version|$5|7.2.4|$5|proto|:3|$2|id|:")
                    .endsWith("|$4|mode|$10|standalone|$4|role|$6|master|$7|modules|*0|");
            assertThat(wire.run("CLIENT GETNAME")).isEqualTo("$6|worker|");
            assertThat(wire.run("HELLO")).startsWith("%7|");
            assertThat(wire.run("HELLO 2")).startsWith("*14|");
        }
    }

    @Test
    void hello_refusedForOneThing_changesNothing() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire wire = server.connect();

            assertThat(wire.run("HELLO 4")).isEqualTo("-NOPROTO unsupported protocol version|");
            assertThat(wire.run("HELLO x"))
                    .isEqualTo("-ERR Protocol version is not an integer or out of range|");
            assertThat(wire.call("HELLO", "3", "SETNAME", "a b")).startsWith("-ERR Client names");
            assertThat(wire.run("HELLO 3 AUTH u"))
                    .isEqualTo("-ERR Syntax error in HELLO option 'AUTH'|");
            assertThat(wire.run("HELLO")).startsWith("*14|");
            assertThat(wire.run("CLIENT GETNAME")).isEqualTo("$-1|");
        }
    }

    @Test
    void reset_leavesEveryModeAndRole() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire wire = server.connect();
            wire.run("HELLO 3 SETNAME worker");
            wire.run("CLIENT NO-TOUCH ON");
            wire.run("SUBSCRIBE a");
            wire.run("SELECT 3");
            wire.run("WATCH k");
            wire.run("MULTI");
            wire.run("SET k v");

            assertThat(wire.run("RESET")).isEqualTo("+RESET|");
            assertThat(wire.run("CLIENT INFO"))
                    .containsPattern("name= .*flags=N db=0 sub=0 .*multi=-1 watch=0 .*resp=2 ");
            assertThat(server.connect().run("PUBSUB CHANNELS")).isEqualTo("*0|");
        }
    }

    @Test
    void webRequests_areCutOff_withALineInTheLog() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire post = server.connect();
            post.sendRaw(Wire.bytes("POST / HTTP/1.1\r\nSET k 1\r\n"));
            Wire host = server.connect();
            host.sendRaw(Wire.bytes("Host: localhost\r\nSET k 1\r\n"));

            assertThat(post.read()).isEqualTo("closed");
            assertThat(host.read()).isEqualTo("closed");
            assertThat(server.connect().run("EXISTS k")).isEqualTo(":0|");
            assertThat(server.logged())
                    .filteredOn(line -> line.startsWith("Possible SECURITY ATTACK detected."))
                    .hasSize(1);
        }
    }

    @Test
    void renamedCommand_isFoundByItsNewNameOnly() throws IOException {
        try (LiveServer server =
                new LiveServer(
                        "--rename-command", "CONFIG", "", "--rename-command", "GET", "fetch")) {
            Wire wire = server.connect();
            wire.run("SET k v");

            assertThat(wire.run("FETCH k")).isEqualTo("$1|v|");
            assertThat(wire.run("GET k")).startsWith("-ERR unknown command 'GET'");
            assertThat(wire.run("CONFIG GET port")).startsWith("-ERR unknown command 'CONFIG'");
        }
    }
}
