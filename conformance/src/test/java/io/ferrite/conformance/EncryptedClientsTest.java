package io.ferrite.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.node.config.Settings;
import io.ferrite.node.config.TextOption;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.testkit.TestCertificates;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.SslOptions;

/** Client libraries over encrypted connections. */
final class EncryptedClientsTest {

    @TempDir Path directory;

    private TestCertificates certificates;

    @BeforeEach
    void certificates() throws IOException {
        assumeTrue(TestCertificates.isPossible(), "needs openssl");
        certificates =
                TestCertificates.create(directory)
                        .issue("server", "/CN=localhost", "subjectAltName=IP:127.0.0.1")
                        .issue("client", "/CN=client");
    }

    private InProcessServer start() throws IOException {
        return new InProcessServer(
                2,
                settings -> {
                    put(settings, "server.crt", TlsOptions.TLS_CERT_FILE);
                    put(settings, "server.key", TlsOptions.TLS_KEY_FILE);
                    put(settings, "ca.crt", TlsOptions.TLS_CA_CERT_FILE);
                },
                new InProcessServer.NoFiles() {
                    @Override
                    public String read(String from, String path) throws IOException {
                        return Files.readString(Path.of(path), StandardCharsets.ISO_8859_1);
                    }
                });
    }

    private void put(Settings settings, String name, TextOption option) {
        settings.put(option, certificates.file(name));
    }

    @Test
    void jedis_pipelinesOverTls() throws IOException {
        try (InProcessServer server = start()) {
            char[] password = TestCertificates.PASSWORD.toCharArray();
            JedisClientConfig config =
                    DefaultJedisClientConfig.builder()
                            .sslOptions(
                                    SslOptions.builder()
                                            .keyStoreType("PKCS12")
                                            .keystore(
                                                    certificates.keyStore("client").toFile(),
                                                    password)
                                            .trustStoreType("PKCS12")
                                            .truststore(
                                                    certificates.trustStore().toFile(), password)
                                            .build())
                            .build();
            HostAndPort address = new HostAndPort("127.0.0.1", server.port());
            try (Jedis jedis = new Jedis(address, config)) {
                String value = "v".repeat(100_000);
                jedis.set("k", value);
                assertThat(jedis.get("k")).isEqualTo(value);
            }
            try (Connection connection = new Connection(address, config);
                    Pipeline pipeline = new Pipeline(connection)) {
                List<Response<Long>> replies = new ArrayList<>();
                for (int i = 0; i < 1000; i++) {
                    replies.add(pipeline.incr("n"));
                }
                pipeline.sync();
                for (int i = 0; i < 1000; i++) {
                    assertThat(replies.get(i).get()).isEqualTo(i + 1);
                }
            }
        }
    }

    @Test
    void lettuce_speaksTls() throws IOException {
        try (InProcessServer server = start()) {
            RedisURI uri =
                    RedisURI.builder()
                            .withHost("127.0.0.1")
                            .withPort(server.port())
                            .withSsl(true)
                            .withVerifyPeer(SslVerifyMode.CA)
                            .build();
            RedisClient client = RedisClient.create(uri);
            io.lettuce.core.SslOptions ssl =
                    io.lettuce.core.SslOptions.builder()
                            .trustManager(new File(certificates.file("ca.crt")))
                            .keyManager(
                                    new File(certificates.file("client.crt")),
                                    new File(certificates.file("client.key")),
                                    new char[0])
                            .build();
            client.setOptions(ClientOptions.builder().sslOptions(ssl).build());
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                assertThat(connection.sync().set("k", "v")).isEqualTo("OK");
                assertThat(connection.sync().get("k")).isEqualTo("v");
            } finally {
                client.shutdown();
            }
        }
    }
}
