package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.testkit.RealRedis;
import io.ferrite.testkit.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted connections over sockets. */
final class TlsTest {

    @TempDir static Path directory;

    private static TestCertificates certificates;

    @BeforeAll
    static void certificates() throws IOException {
        assumeTrue(TestCertificates.isPossible(), "needs openssl");
        certificates =
                TestCertificates.create(directory)
                        .issue("server", "/O=Test/CN=server", "subjectAltName=DNS:node.test")
                        .issue("other", "/O=Test/CN=other")
                        .issue("alice", "/O=Test/CN=alice", "extendedKeyUsage=clientAuth")
                        .issue("wrong", "/O=Test/CN=alice", "extendedKeyUsage=serverAuth")
                        .issueExpired("expired", "/O=Test/CN=alice")
                        .issue("uri", "/O=Test/CN=nobody", "subjectAltName=URI:urn:x,URI:urn:alice")
                        .issue("two", "/O=Test/CN=alice/CN=root");
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static LiveServer start(String... more) throws IOException {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "--tls-port",
                                Integer.toString(freePort()),
                                "--tls-cert-file",
                                certificates.file("server.crt"),
                                "--tls-key-file",
                                certificates.file("server.key"),
                                "--tls-ca-cert-file",
                                certificates.file("ca.crt")));
        words.addAll(List.of(more));
        return new LiveServer(words.toArray(String[]::new));
    }

    private static Wire connect(LiveServer server, SSLContext context) throws IOException {
        return server.wire(new Wire(socket(server, context)));
    }

    private static SSLSocket socket(LiveServer server, SSLContext context) throws IOException {
        return (SSLSocket)
                context.getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), server.tlsPort());
    }

    @Test
    void commandsOfAnySize_passBothWays_asOnAPlainConnection() throws IOException {
        try (LiveServer server = start()) {
            Wire wire = connect(server, certificates.client("alice"));
            String large = "v".repeat(3_000_000);
            assertThat(wire.run("PING")).isEqualTo("+PONG|");
            assertThat(wire.call("SET", "k", large)).isEqualTo("+OK|");
            assertThat(wire.run("GET k")).isEqualTo("$3000000|" + large + "|");

            StringBuilder pipeline = new StringBuilder();
            for (int i = 0; i < 5000; i++) {
                pipeline.append("INCR n\r\n");
            }
            wire.sendRaw(Wire.bytes(pipeline.toString()));
            for (int i = 1; i <= 5000; i++) {
                assertThat(wire.read()).isEqualTo(":" + i + "|");
            }
            for (byte one : Wire.bytes("*2\r\n$3\r\nGET\r\n$1\r\nn\r\n")) {
                wire.sendRaw(new byte[] {one});
            }
            assertThat(wire.read()).isEqualTo("$4|5000|");

            Wire listener = connect(server, certificates.client("alice"));
            listener.run("SUBSCRIBE c");
            server.connect().run("PUBLISH c hello");
            assertThat(listener.read()).isEqualTo("*3|$7|message|$1|c|$5|hello|");
            assertThat(server.connect().run("INFO tls"))
                    .contains("tls_server_cert_serial:")
                    .containsPattern("tls_ca_cert_expires_in_seconds:1[67][0-9]{4}");
        }
    }

    @Test
    void plainBytes_atThePortForOthers_endTheConnectionAlone() throws IOException {
        try (LiveServer server = start()) {
            Wire other = connect(server, certificates.client("alice"));
            Wire plain = server.wire(new Wire(server.tlsPort()));
            plain.sendRaw(Wire.bytes("*1\r\n$4\r\nPING\r\n"));
            assertThat(plain.readToEnd()).doesNotContain("PONG");
            assertThat(other.run("PING")).isEqualTo("+PONG|");
            assertThat(server.logged())
                    .anyMatch(line -> line.startsWith("Error accepting a client connection: "));

            SSLSocket encrypted =
                    (SSLSocket)
                            certificates
                                    .client(null)
                                    .getSocketFactory()
                                    .createSocket(InetAddress.getLoopbackAddress(), server.port());
            assertThatThrownBy(encrypted::startHandshake).isInstanceOf(IOException.class);
            encrypted.close();
            assertThat(server.connect().run("PING")).isEqualTo("+PONG|");
        }
    }

    @Test
    void certificateOfClients_isAskedFor_asConfigured() throws IOException {
        try (LiveServer server = start()) {
            Wire admin = server.connect();
            assertThat(answer(server, "alice")).isEqualTo("+PONG|");
            assertThat(answer(server, null)).isEqualTo("closed");
            assertThat(answer(server, "wrong")).as("no key for clients").isEqualTo("closed");
            assertThat(answer(server, "expired")).isEqualTo("closed");
            admin.run("CONFIG SET tls-auth-clients optional");
            assertThat(answer(server, null)).isEqualTo("+PONG|");
            assertThat(answer(server, "wrong")).isEqualTo("closed");
            assertThat(answer(server, "expired")).isEqualTo("closed");
            admin.run("CONFIG SET tls-auth-clients no");
            assertThat(answer(server, null)).isEqualTo("+PONG|");
            admin.run("CONFIG SET tls-auth-clients yes");
            assertThat(answer(server, null)).isEqualTo("closed");
            assertThat(answer(server, "alice")).isEqualTo("+PONG|");
        }
    }

    /** The reply to PING, or {@code closed}. */
    private static String answer(LiveServer server, String client) throws IOException {
        try (Wire wire = new Wire(socket(server, certificates.client(client)))) {
            return wire.run("PING");
        } catch (IOException e) {
            return "closed";
        }
    }

    @Test
    void userOfACertificate_isTheOneItNames_byItsExactName() throws IOException {
        try (LiveServer server = start("--tls-auth-clients-user", "CN")) {
            Wire admin = server.connect();
            admin.run("ACL SETUSER alice on +@all");
            admin.run("ACL SETUSER default +@all -flushall");
            assertThat(whoami(server, "alice")).isEqualTo("$5|alice|");
            assertThat(whoami(server, "two")).as("which one?").isEqualTo("$7|default|");
            assertThat(whoami(server, "other")).as("no such user").isEqualTo("$7|default|");
            assertThat(admin.run("INFO stats")).contains("acl_access_denied_tls_cert:2");
            admin.run("ACL SETUSER alice off");
            assertThat(whoami(server, "alice")).isEqualTo("$7|default|");
            admin.run("ACL SETUSER alice on");
            admin.run("CONFIG SET requirepass secret");
            assertThat(whoami(server, "alice")).as("needs no password").isEqualTo("$5|alice|");
            assertThat(whoami(server, "other")).startsWith("-NOAUTH");
            admin.run("ACL SETUSER urn:alice on +@all");
            admin.run("CONFIG SET tls-auth-clients-user URI");
            assertThat(whoami(server, "uri")).isEqualTo("$9|urn:alice|");
            admin.run("CONFIG SET tls-auth-clients-user off");
            assertThat(whoami(server, "alice")).startsWith("-NOAUTH");
        }
    }

    private static String whoami(LiveServer server, String client) throws IOException {
        return connect(server, certificates.client(client)).run("ACL WHOAMI");
    }

    @Test
    void certificates_areReplaced_withoutARestart() throws IOException {
        try (LiveServer server = start("--tls-auth-clients", "no")) {
            Wire admin = server.connect();
            Wire before = connect(server, certificates.client(null));
            assertThat(shown(server)).isEqualTo(certificates.certificate("server"));
            assertThat(admin.call("CONFIG", "SET", "tls-cert-file", certificates.file("other.crt")))
                    .as("not its key")
                    .endsWith(" - Unable to update TLS configuration. Check server logs.|");
            assertThat(shown(server)).isEqualTo(certificates.certificate("server"));
            assertThat(
                            admin.call(
                                    "CONFIG",
                                    "SET",
                                    "tls-cert-file",
                                    certificates.file("other.crt"),
                                    "tls-key-file",
                                    certificates.file("other.key")))
                    .isEqualTo("+OK|");
            assertThat(shown(server)).isEqualTo(certificates.certificate("other"));
            assertThat(before.run("PING")).as("keeps its own").isEqualTo("+PONG|");
        }
    }

    private static X509Certificate shown(LiveServer server) throws IOException {
        try (SSLSocket socket = socket(server, certificates.client(null))) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void changedFiles_areNoticed_ifSoWished() throws Exception {
        Path certificate = directory.resolve("live.crt");
        Path key = directory.resolve("live.key");
        Files.copy(directory.resolve("server.crt"), certificate);
        Files.copy(directory.resolve("server.key"), key);
        try (LiveServer server =
                start(
                        "--tls-cert-file",
                        certificate.toString(),
                        "--tls-key-file",
                        key.toString(),
                        "--tls-auto-reload-interval",
                        "1",
                        "--tls-auth-clients",
                        "no")) {
            assertThat(shown(server)).isEqualTo(certificates.certificate("server"));
            Files.copy(
                    directory.resolve("other.crt"),
                    certificate,
                    StandardCopyOption.REPLACE_EXISTING);
            Files.copy(directory.resolve("other.key"), key, StandardCopyOption.REPLACE_EXISTING);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!shown(server).equals(certificates.certificate("other"))) {
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
        }
    }

    @Test
    void protocolsAndCiphers_areThoseAllowed() throws IOException {
        try (LiveServer server = start("--tls-auth-clients", "no")) {
            Wire admin = server.connect();
            assertThat(agreed(server, null, null)).startsWith("TLSv1.3 ");
            admin.run("CONFIG SET tls-protocols TLSv1.2");
            assertThat(agreed(server, null, null)).startsWith("TLSv1.2 ");
            assertThat(agreed(server, "TLSv1.3", null)).isEqualTo("refused");
            String weak = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
            String strong = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
            admin.run("CONFIG SET tls-ciphers DEFAULT:!AES128");
            assertThat(agreed(server, null, weak)).isEqualTo("refused");
            assertThat(agreed(server, null, strong)).isEqualTo("TLSv1.2 " + strong);
            admin.run(
                    "CONFIG SET tls-ciphers"
                            + " ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384");
            String both = strong + "," + weak;
            assertThat(agreed(server, null, both)).isEqualTo("TLSv1.2 " + strong);
            admin.run("CONFIG SET tls-prefer-server-ciphers yes");
            assertThat(agreed(server, null, both)).isEqualTo("TLSv1.2 " + weak);
            assertThat(admin.run("CONFIG SET tls-ciphers nosuch")).startsWith("-ERR CONFIG SET");
            assertThat(admin.run("CONFIG SET tls-protocols SSLv3")).startsWith("-ERR CONFIG SET");
            assertThat(agreed(server, null, both)).isEqualTo("TLSv1.2 " + weak);
        }
    }

    @Test
    void suitesOfTls13_canBeLeftOut() throws IOException {
        String one = "TLS_CHACHA20_POLY1305_SHA256";
        try (LiveServer server = start("--tls-auth-clients", "no", "--tls-ciphersuites", one)) {
            assertThat(agreed(server, "TLSv1.3", null)).isEqualTo("TLSv1.3 " + one);
            assertThat(agreed(server, "TLSv1.3", "TLS_AES_128_GCM_SHA256")).isEqualTo("refused");
            Wire wire = connect(server, certificates.client(null));
            String large = "v".repeat(300_000);
            assertThat(wire.call("ECHO", large)).as("by the JDK").endsWith(large + "|");
        }
    }

    /** Protocol and cipher of a connection, or {@code refused}. */
    private static String agreed(LiveServer server, String protocol, String ciphers)
            throws IOException {
        try (SSLSocket socket = socket(server, certificates.client(null))) {
            if (protocol != null) {
                socket.setEnabledProtocols(new String[] {protocol});
            }
            if (ciphers != null) {
                socket.setEnabledCipherSuites(ciphers.split(","));
            }
            socket.startHandshake();
            return socket.getSession().getProtocol() + " " + socket.getSession().getCipherSuite();
        } catch (IOException e) {
            return "refused";
        }
    }

    @Test
    void sessions_areResumed_unlessThatIsOff() throws IOException {
        for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
            try (LiveServer server =
                    start("--tls-auth-clients", "no", "--tls-protocols", protocol)) {
                assertThat(isResumed(server)).as(protocol).isTrue();
                server.connect().run("CONFIG SET tls-session-caching no");
                assertThat(isResumed(server)).as(protocol).isFalse();
            }
        }
    }

    private static boolean isResumed(LiveServer server) throws IOException {
        SSLContext context = certificates.client(null);
        long[] created = new long[2];
        for (int i = 0; i < 2; i++) {
            SSLSocket socket = socket(server, context);
            Wire wire = server.wire(new Wire(socket));
            assertThat(wire.run("PING")).isEqualTo("+PONG|");
            created[i] = socket.getSession().getCreationTime();
            wire.close();
            if (i == 0) {
                long until = System.currentTimeMillis() + 2;
                while (System.currentTimeMillis() < until) {
                    Thread.onSpinWait();
                }
            }
        }
        return created[0] == created[1];
    }

    @Test
    void follower_reachesItsLeader_overAnEncryptedLink() throws Exception {
        try (LiveServer leader = start();
                LiveServer follower =
                        start(
                                "--tls-replication",
                                "yes",
                                "--tls-client-cert-file",
                                certificates.file("alice.crt"),
                                "--tls-client-key-file",
                                certificates.file("alice.key"))) {
            Wire there = leader.connect();
            Wire here = follower.connect();
            there.call("SET", "k", "v".repeat(200_000));
            here.run("REPLICAOF 127.0.0.1 " + leader.tlsPort());
            await(here, "master_link_status:up");
            assertThat(here.run("STRLEN k")).isEqualTo(":200000|");
            there.run("SET k w");
            assertThat(there.run("WAIT 1 10000")).isEqualTo(":1|");
            assertThat(here.run("GET k")).isEqualTo("$1|w|");
            assertThat(there.run("INFO replication")).contains("port=" + follower.tlsPort());

            here.run("CONFIG SET tls-expected-peer-name other.test");
            here.run("REPLICAOF NO ONE");
            here.run("REPLICAOF 127.0.0.1 " + leader.tlsPort());
            there.run("SET k x");
            assertThat(there.run("WAIT 1 300")).isEqualTo(":0|");
            here.run("CONFIG SET tls-expected-peer-name node.test");
            await(here, "master_link_status:up");
        }
    }

    private static void await(Wire wire, String text) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!wire.run("INFO replication").contains(text)) {
            assertThat(System.nanoTime()).as(text).isLessThan(deadline);
        }
    }

    @Test
    void clientKilled_withRepliesOnTheirWay_endsAlone() throws IOException {
        try (LiveServer server = start()) {
            Wire admin = server.connect();
            admin.call("SET", "k", "v".repeat(1 << 20));
            Wire slow = connect(server, certificates.client("alice"));
            slow.run("CLIENT SETNAME slow");
            for (int i = 0; i < 30; i++) {
                slow.send("GET", "k");
            }
            String line = admin.run("CLIENT LIST");
            int at = line.lastIndexOf("id=", line.indexOf("name=slow"));
            String id = line.substring(at + 3, line.indexOf(' ', at));
            assertThat(admin.run("CLIENT KILL ID " + id)).isEqualTo(":1|");
            assertThat(admin.run("CLIENT LIST")).doesNotContain("name=slow");
            assertThat(admin.run("PING")).isEqualTo("+PONG|");
            assertThat(answer(server, "alice")).isEqualTo("+PONG|");
        }
    }

    @Test
    void portsAreExchanged_betweenPlainAndEncrypted() throws IOException {
        try (LiveServer server = start("--tls-auth-clients", "no")) {
            int port = server.tlsPort();
            Wire tls = connect(server, certificates.client(null));
            assertThat(tls.run("CONFIG SET tls-port 0")).isEqualTo("+OK|");
            assertThat(tls.run("CONFIG SET port " + port)).isEqualTo("+OK|");
            assertThat(server.wire(new Wire(port)).run("PING")).isEqualTo("+PONG|");
            assertThat(tls.run("CONFIG SET port 0")).isEqualTo("+OK|");
            assertThat(tls.run("CONFIG SET tls-port " + port)).isEqualTo("+OK|");
            assertThat(answer(server, null)).isEqualTo("+PONG|");
        }
    }

    @Test
    void wrongConfiguration_keepsTheServerFromStarting() {
        assertThatThrownBy(() -> start("--tls-key-file", certificates.file("other.key")))
                .hasMessageContaining("Unable to update TLS configuration");
        assertThatThrownBy(() -> start("--tls-ca-cert-file", ""))
                .hasMessageContaining("Unable to update TLS configuration");
        assertThatThrownBy(() -> start("--tls-dh-params-file", certificates.file("ca.crt")))
                .hasMessageContaining("Unable to update TLS configuration");
    }

    @Test
    void directoryOfAuthorities_isAsGoodAsAFile() throws IOException {
        Path authorities = Files.createDirectories(directory.resolve("authorities"));
        Files.copy(
                directory.resolve("ca.crt"),
                authorities.resolve("0123abcd.0"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(authorities.resolve("README"), "no certificate");
        try (LiveServer server =
                start("--tls-ca-cert-file", "", "--tls-ca-cert-dir", authorities.toString())) {
            assertThat(answer(server, "alice")).isEqualTo("+PONG|");
            assertThat(answer(server, null)).isEqualTo("closed");
        }
    }

    @Test
    void redisCli_speaksTls() throws Exception {
        Path cli = RealRedis.program("redis-cli").orElse(null);
        assumeTrue(cli != null, "needs redis-cli");
        try (LiveServer server = start()) {
            Process process =
                    new ProcessBuilder(
                                    cli.toString(),
                                    "--tls",
                                    "-p",
                                    Integer.toString(server.tlsPort()),
                                    "--cacert",
                                    certificates.file("ca.crt"),
                                    "--cert",
                                    certificates.file("alice.crt"),
                                    "--key",
                                    certificates.file("alice.key"),
                                    "SET",
                                    "k",
                                    "v")
                            .redirectErrorStream(true)
                            .start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            assumeTrue(!output.contains("Unrecognized option"), "redis-cli without TLS");
            assertThat(output).isEqualTo("OK\n");
        }
    }
}
