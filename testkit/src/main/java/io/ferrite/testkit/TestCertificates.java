package io.ferrite.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * An authority of a test's own in a directory, and certificates from it, made by the program
 * openssl: {@code NAME.crt} and {@code NAME.key}, {@code ca.crt}. Tests that need it are skipped
 * where openssl is not installed.
 */
public final class TestCertificates {

    /** Of all key stores. */
    public static final String PASSWORD = "of-a-test";

    private final Path directory;

    private TestCertificates(Path directory) {
        this.directory = directory;
    }

    public static boolean isPossible() {
        return RealRedis.program("openssl").isPresent();
    }

    /** Makes the authority. */
    public static TestCertificates create(Path directory) throws IOException {
        TestCertificates made = new TestCertificates(directory);
        made.key("ca");
        made.openssl(
                "req",
                "-x509",
                "-key",
                "ca.key",
                "-subj",
                "/O=Test/CN=Authority",
                "-days",
                "2",
                "-out",
                "ca.crt");
        return made;
    }

    private void key(String name) throws IOException {
        openssl(
                "genpkey",
                "-algorithm",
                "RSA",
                "-pkeyopt",
                "rsa_keygen_bits:2048",
                "-out",
                name + ".key");
    }

    /**
     * Makes a key and a certificate for it.
     *
     * @param subject as openssl takes it: {@code /O=Test/CN=alice}
     * @param extensions lines of openssl's configuration, such as {@code
     *     extendedKeyUsage=serverAuth}
     */
    public TestCertificates issue(String name, String subject, String... extensions)
            throws IOException {
        return issue(2, name, subject, extensions);
    }

    /** Makes a key and a certificate for it whose time was over yesterday. */
    public TestCertificates issueExpired(String name, String subject) throws IOException {
        return issue(-1, name, subject);
    }

    private TestCertificates issue(int days, String name, String subject, String... extensions)
            throws IOException {
        key(name);
        openssl("req", "-new", "-key", name + ".key", "-subj", subject, "-out", name + ".csr");
        Files.write(directory.resolve(name + ".ext"), List.of(extensions));
        openssl(
                "x509",
                "-req",
                "-in",
                name + ".csr",
                "-CA",
                "ca.crt",
                "-CAkey",
                "ca.key",
                "-CAcreateserial",
                "-days",
                Integer.toString(days),
                "-extfile",
                name + ".ext",
                "-out",
                name + ".crt");
        return this;
    }

    private void openssl(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(words));
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    public String file(String name) {
        return directory.resolve(name).toString();
    }

    public X509Certificate certificate(String name) throws IOException {
        try (InputStream in = Files.newInputStream(directory.resolve(name + ".crt"))) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /**
     * What a client of Java's connects with, which believes this authority.
     *
     * @param name whose certificate it shows; null for none
     */
    public SSLContext client(String name) throws IOException {
        try {
            KeyStore trusted = trusted();
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(name == null ? null : keys(name), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private KeyStore trusted() throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate("ca"));
        return trusted;
    }

    /** The authority as a file that Java reads, of type PKCS12, with {@link #PASSWORD}. */
    public Path trustStore() throws IOException {
        Path store = directory.resolve("trusted.p12");
        try (OutputStream out = Files.newOutputStream(store)) {
            trusted().store(out, PASSWORD.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        return store;
    }

    /** A key and its certificate likewise. */
    public Path keyStore(String name) throws IOException {
        String store = name + ".p12";
        openssl(
                "pkcs12",
                "-export",
                "-inkey",
                name + ".key",
                "-in",
                name + ".crt",
                "-passout",
                "pass:" + PASSWORD,
                "-out",
                store);
        return directory.resolve(store);
    }

    private KeyManager[] keys(String name) throws IOException, GeneralSecurityException {
        Path store = keyStore(name);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        return factory.getKeyManagers();
    }
}
