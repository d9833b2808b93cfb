package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations whose answers are the same, byte for byte, as those of a real server. */
final class ClientsAgainstRedisTest {

    @TempDir Path directory;

    /** Inline requests; each conversation has a connection of its own. */
    private static final List<List<String>> CONVERSATIONS =
            List.of(
                    List.of(
                            "HELLO 1",
                            "HELLO 4",
                            "HELLO x",
                            "HELLO 99999999999999999999",
                            "HELLO 2 X"),
                    List.of(
                            "HELLO 3 AUTH",
                            "HELLO 3 AUTH a",
                            "HELLO 3 SETNAME",
                            "HELLO 3 AUTH a b"),
                    List.of(
                            "HELLO 3 SETNAME \"a b\"",
                            "HELLO 3 SETNAME \"a\\n\"",
                            "CLIENT GETNAME"),
                    List.of("AUTH", "AUTH a", "AUTH a b", "AUTH default x", "AUTH a b c"),
                    List.of("RESET", "RESET x", "MULTI", "RESET", "EXEC"),
                    List.of("CLIENT", "CLIENT NOSUCH", "CLIENT ID x", "CLIENT GETNAME x", "client"),
                    List.of("CLIENT SETNAME \"\"", "CLIENT GETNAME", "CLIENT SETNAME \"a b\""),
                    List.of("CLIENT SETNAME \"a\\xff\"", "CLIENT SETNAME a", "CLIENT GETNAME"),
                    List.of(
                            "CLIENT LIST TYPE",
                            "CLIENT LIST TYPE x",
                            "CLIENT LIST X",
                            "CLIENT LIST ID"),
                    List.of("CLIENT LIST ID x", "CLIENT LIST ID 0 -1", "CLIENT LIST TYPE normal x"),
                    List.of(
                            "CLIENT KILL",
                            "CLIENT KILL x",
                            "CLIENT KILL 127.0.0.1:1",
                            "CLIENT KILL ID"),
                    List.of("CLIENT KILL ID x", "CLIENT KILL ID 0", "CLIENT KILL ID -1"),
                    List.of(
                            "CLIENT KILL ID 99999",
                            "CLIENT KILL TYPE x",
                            "CLIENT KILL USER nobody"),
                    List.of("CLIENT KILL SKIPME x", "CLIENT KILL SKIPME yes ID", "CLIENT KILL x y"),
                    List.of("CLIENT KILL LADDR 1.2.3.4:5", "CLIENT KILL ADDR 1.2.3.4:5 SKIPME no"),
                    List.of(
                            "CLIENT PAUSE",
                            "CLIENT PAUSE x",
                            "CLIENT PAUSE -1",
                            "CLIENT PAUSE 1 x"),
                    List.of(
                            "CLIENT PAUSE 99999999999999999999",
                            "CLIENT PAUSE 1.5",
                            "CLIENT UNPAUSE"),
                    List.of("CLIENT PAUSE 0", "CLIENT PAUSE 1 WRITE", "CLIENT UNPAUSE", "PING"),
                    List.of(
                            "CLIENT UNBLOCK",
                            "CLIENT UNBLOCK x",
                            "CLIENT UNBLOCK 1 x",
                            "CLIENT UNBLOCK 99999"),
                    List.of("CLIENT NO-EVICT", "CLIENT NO-EVICT x", "CLIENT NO-EVICT on", "PING"),
                    List.of("CLIENT REPLY", "CLIENT REPLY x", "CLIENT REPLY ON", "PING"),
                    List.of("CLIENT TRACKINGINFO", "CLIENT GETREDIR", "CLIENT TRACKING x"),
                    List.of("CLIENT CACHING yes", "CLIENT TRACKING off"),
                    List.of("HELLO 3 SETNAME x y", "PING"),
                    List.of("CONFIG", "CONFIG NOSUCH", "CONFIG GET", "CONFIG SET", "CONFIG SET hz"),
                    List.of("CONFIG SET hz 1 hz 2", "CONFIG SET hz x", "CONFIG SET nosuch 1"),
                    List.of("CONFIG SET hz 10 timeout", "CONFIG GET nosuch", "CONFIG GET hz"),
                    List.of("CONFIG SET maxclients 0", "CONFIG SET databases 3", "CONFIG REWRITE"),
                    List.of(
                            "CONFIG SET notify-keyspace-events q",
                            "CONFIG RESETSTAT x",
                            "CONFIG RESETSTAT"),
                    List.of("TIME x", "LOLWUT VERSION x", "MONITOR x", "NOSUCH a b", "SELECT 99"),
                    List.of("MULTI", "CLIENT REPLY x", "CLIENT ID", "DISCARD"),
                    List.of("MULTI", "MONITOR", "EXEC", "PING"),
                    List.of(
                            "MULTI",
                            "CLIENT GETNAME",
                            "AUTH a",
                            "HELLO 9",
                            "CLIENT UNBLOCK 1",
                            "EXEC"),
                    List.of("MULTI", "HELLO 3 SETNAME t", "EXEC x", "EXEC"),
                    List.of("SUBSCRIBE a", "GET k", "CLIENT ID", "PING", "RESET", "GET k"));

    @Test
    void answersAreTheSame() throws IOException {
        assumeTrue(RealRedis.isInstalled(), "skipped: redis-server is not installed");
        try (LiveServer ours = new LiveServer();
                RealRedis real = RealRedis.start(directory)) {
            for (List<String> conversation : CONVERSATIONS) {
                try (Wire a = new Wire(real.port());
                        Wire b = new Wire(ours.port())) {
                    for (String line : conversation) {
                        a.sendRaw(Wire.bytes(line + "\r\n"));
                        b.sendRaw(Wire.bytes(line + "\r\n"));
                        assertThat(b.read()).as("%s in %s", line, conversation).isEqualTo(a.read());
                    }
                }
            }
        }
    }

    /** Requests sent in one go, because some are never answered; the answers up to the mark. */
    private static final List<String> BATCHES =
            List.of(
                    "CLIENT REPLY OFF|PING|NOSUCH|CLIENT REPLY ON|PING",
                    "CLIENT REPLY SKIP|PING|PING",
                    "CLIENT REPLY SKIP|CLIENT REPLY SKIP|PING|PING",
                    "CLIENT REPLY OFF|CLIENT REPLY SKIP|CLIENT REPLY ON|PING",
                    "CLIENT REPLY SKIP|MULTI|SET k v|EXEC",
                    "MULTI|CLIENT REPLY SKIP|PING|EXEC|PING|PING",
                    "CLIENT REPLY OFF|MULTI|PING|EXEC|CLIENT REPLY ON",
                    "CLIENT REPLY OFF|RESET|PING",
                    "CLIENT REPLY SKIP|NOSUCH|PING",
                    "CLIENT REPLY SKIP|SUBSCRIBE a|PING|UNSUBSCRIBE a",
                    "CLIENT REPLY OFF|SUBSCRIBE a|PING|UNSUBSCRIBE a|CLIENT REPLY ON",
                    "HELLO 3|HELLO 2|HELLO 3|PING",
                    "QUIT|PING");

    @Test
    void batchesAreAnsweredTheSame() throws IOException {
        assumeTrue(RealRedis.isInstalled(), "skipped: redis-server is not installed");
        try (LiveServer ours = new LiveServer();
                RealRedis real = RealRedis.start(directory)) {
            for (String batch : BATCHES) {
                assertThat(answers(ours.port(), batch))
                        .as(batch)
                        .isEqualTo(answers(real.port(), batch));
            }
        }
    }

    private static String answers(int port, String batch) throws IOException {
        try (Wire wire = new Wire(port)) {
            wire.sendRaw(Wire.bytes(batch.replace("|", "\r\n") + "\r\nECHO mark\r\n"));
            StringBuilder all = new StringBuilder();
            String reply;
            do {
                reply = wire.read();
                // The number, the version and the name of a server are its own.
                all.append(reply.replaceAll("(\\$7\\|version\\|).*?(\\$4\\|mode)", "$1..$2"));
            } while (!reply.contains("mark") && !reply.equals("closed"));
            return all.toString();
        }
    }
}
