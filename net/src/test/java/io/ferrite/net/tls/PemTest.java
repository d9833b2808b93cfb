package io.ferrite.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and certificates as the program openssl writes them. */
final class PemTest {

    @TempDir Path directory;

    private String openssl(String line) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(line.split(" ")));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.redirectErrorStream(true);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            assumeTrue(false, "needs openssl");
            return "";
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private String text(String name) throws IOException {
        return Files.readString(directory.resolve(name), StandardCharsets.ISO_8859_1);
    }

    private void certificate(String key) throws IOException, InterruptedException {
        openssl("req -x509 -key " + key + " -subj /CN=x -days 2 -out x.crt");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out x.key",
                "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out x.key",
                "genpkey -algorithm ED25519 -out x.key",
                "ecparam -name prime256v1 -genkey -out x.key",
                "genrsa -traditional -out x.key 2048"
            })
    void key_isRead_andFitsItsCertificate(String how) throws Exception {
        openssl(how);
        certificate("x.key");
        PrivateKey key = Pem.privateKey(text("x.key"), "");
        KeyPairCheck.require(key, Pem.certificates(text("x.crt")).getFirst());

        openssl("genpkey -algorithm RSA -out y.key");
        PrivateKey other = Pem.privateKey(text("y.key"), "");
        assertThatThrownBy(
                        () -> KeyPairCheck.require(other, Pem.certificates(text("x.crt")).get(0)))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessage("key values mismatch");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rsa -in x.key -aes256 -passout pass:secret -out y.key",
                "rsa -in x.key -traditional -aes256 -passout pass:secret -out y.key",
                "rsa -in x.key -traditional -aes128 -passout pass:secret -out y.key",
                "rsa -in x.key -traditional -des3 -passout pass:secret -out y.key",
                "pkcs8 -topk8 -in x.key -v2 aes-128-cbc -passout pass:secret -out y.key"
            })
    void encryptedKey_needsItsPassword(String how) throws Exception {
        openssl("genpkey -algorithm RSA -out x.key");
        openssl(how);
        assertThat(Pem.privateKey(text("y.key"), "secret"))
                .isEqualTo(Pem.privateKey(text("x.key"), ""));
        assertThatThrownBy(() -> Pem.privateKey(text("y.key"), ""))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> Pem.privateKey(text("y.key"), "wrong"))
                .isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void encryptedEllipticKey_ofTheOldForm_isRead() throws Exception {
        openssl("ecparam -name secp384r1 -genkey -noout -out x.key");
        openssl("ec -in x.key -aes256 -passout pass:secret -out y.key");
        assertThat(Pem.privateKey(text("y.key"), "secret"))
                .isEqualTo(Pem.privateKey(text("x.key"), ""));
    }

    @Test
    void whatIsNoKeyOrCertificate_isRefused() {
        for (String text :
                List.of(
                        "",
                        "hello",
                        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                        "-----BEGIN EC PRIVATE KEY-----\nMAMCAQE=\n-----END EC PRIVATE KEY-----\n",
                        "-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----\n",
                        "-----BEGIN PRIVATE KEY-----\nAAAA\n",
                        "-----BEGIN X PRIVATE KEY-----\nAAAA\n-----END X PRIVATE KEY-----\n",
                        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")) {
            assertThatThrownBy(() -> Pem.privateKey(text, "x"))
                    .as(text)
                    .isInstanceOf(GeneralSecurityException.class);
            assertThatThrownBy(() -> Pem.certificates(text))
                    .as(text)
                    .isInstanceOf(GeneralSecurityException.class);
        }
    }
}
