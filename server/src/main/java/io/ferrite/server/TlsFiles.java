package io.ferrite.server;

import io.ferrite.net.tls.CipherRules;
import io.ferrite.net.tls.KeyPairCheck;
import io.ferrite.net.tls.Pem;
import io.ferrite.net.tls.TlsParameters;
import io.ferrite.node.config.Choices.TlsAuthClients;
import io.ferrite.node.config.ConfigFiles;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.TextOption;
import io.ferrite.node.config.TlsOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The parameters of TLS with the files that they name, read and checked. */
final class TlsFiles {

    /** Why TLS can't be used as configured: a line for the log. */
    static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;

        Failure(String line) {
            super(line, null, false, false);
        }
    }

    /** Parameters for both sides. */
    record Material(TlsParameters server, TlsParameters client) {}

    private final ConfigFiles files;
    private final Settings settings;

    TlsFiles(ConfigFiles files, Settings settings) {
        this.files = files;
        this.settings = settings;
    }

    /** Reads everything anew. */
    Material read() throws Failure {
        require(TlsOptions.TLS_CERT_FILE);
        require(TlsOptions.TLS_KEY_FILE);
        TlsAuthClients auth = settings.get(TlsOptions.TLS_AUTH_CLIENTS);
        boolean asks =
                auth != TlsAuthClients.NO
                        || settings.get(TlsOptions.TLS_CLUSTER)
                        || settings.get(TlsOptions.TLS_REPLICATION);
        String file = settings.get(TlsOptions.TLS_CA_CERT_FILE);
        String directory = settings.get(TlsOptions.TLS_CA_CERT_DIR);
        if (asks && file.isEmpty() && directory.isEmpty()) {
            throw new Failure(
                    "Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-cluster,"
                            + " tls-replication or tls-auth-clients are enabled!");
        }
        checkDhParameters();
        List<X509Certificate> authorities = authorities(file, directory);
        TlsParameters server =
                side(
                        TlsOptions.TLS_CERT_FILE,
                        TlsOptions.TLS_KEY_FILE,
                        TlsOptions.TLS_KEY_FILE_PASS,
                        authorities);
        boolean own =
                !settings.get(TlsOptions.TLS_CLIENT_CERT_FILE).isEmpty()
                        && !settings.get(TlsOptions.TLS_CLIENT_KEY_FILE).isEmpty();
        TlsParameters client =
                own
                        ? side(
                                TlsOptions.TLS_CLIENT_CERT_FILE,
                                TlsOptions.TLS_CLIENT_KEY_FILE,
                                TlsOptions.TLS_CLIENT_KEY_FILE_PASS,
                                authorities)
                        : server;
        return new Material(server, client);
    }

    private void require(TextOption option) throws Failure {
        if (settings.get(option).isEmpty()) {
            throw new Failure("No " + option.name() + " configured!");
        }
    }

    private TlsParameters side(
            TextOption certificateFile,
            TextOption keyFile,
            TextOption password,
            List<X509Certificate> authorities)
            throws Failure {
        List<X509Certificate> certificates = certificates(settings.get(certificateFile));
        PrivateKey key = key(settings.get(keyFile), settings.get(password), certificates);
        return new TlsParameters(
                certificates,
                key,
                authorities,
                switch (settings.get(TlsOptions.TLS_AUTH_CLIENTS)) {
                    case NO -> TlsParameters.Peers.IGNORED;
                    case YES -> TlsParameters.Peers.REQUIRED;
                    case OPTIONAL -> TlsParameters.Peers.OPTIONAL;
                },
                protocols(settings.get(TlsOptions.TLS_PROTOCOLS)),
                ciphers(settings.get(TlsOptions.TLS_CIPHERS)),
                words(settings.get(TlsOptions.TLS_CIPHERSUITES)),
                words(settings.get(TlsOptions.TLS_GROUPS)),
                settings.get(TlsOptions.TLS_PREFER_SERVER_CIPHERS),
                settings.get(TlsOptions.TLS_SESSION_CACHING),
                settings.get(TlsOptions.TLS_SESSION_CACHE_SIZE),
                settings.get(TlsOptions.TLS_SESSION_CACHE_TIMEOUT));
    }

    private String text(String file) throws IOException {
        return files.read(settings.get(ServerOptions.DIR), file);
    }

    private List<X509Certificate> certificates(String file) throws Failure {
        try {
            return Pem.certificates(text(file));
        } catch (IOException | GeneralSecurityException e) {
            throw new Failure("Failed to load certificate: " + file + ": " + e.getMessage());
        }
    }

    private PrivateKey key(String file, String password, List<X509Certificate> certificates)
            throws Failure {
        try {
            PrivateKey key = Pem.privateKey(text(file), latin(password));
            KeyPairCheck.require(key, certificates.getFirst());
            return key;
        } catch (IOException | GeneralSecurityException e) {
            throw new Failure("Failed to load private key: " + file + ": " + e.getMessage());
        }
    }

    /** A password's bytes as the characters that they mean. */
    private static String latin(String password) {
        return new String(password.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private List<X509Certificate> authorities(String file, String directory) throws Failure {
        Set<X509Certificate> found = new LinkedHashSet<>();
        try {
            if (!file.isEmpty()) {
                found.addAll(Pem.certificates(text(file)));
            }
            if (!directory.isEmpty()) {
                files.enter(settings.get(ServerOptions.DIR), directory);
                addAll(found, directory);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new Failure(
                    "Failed to configure CA certificate(s) file/directory: " + e.getMessage());
        }
        return List.copyOf(found);
    }

    /** Every file of a directory that holds certificates; what holds something else is let be. */
    private void addAll(Set<X509Certificate> found, String directory) {
        for (String path : files.glob(settings.get(ServerOptions.DIR), directory + "/*")) {
            try {
                found.addAll(Pem.certificates(text(path)));
            } catch (IOException | GeneralSecurityException e) {
                continue;
            }
        }
    }

    /** The file must be right although no engine here uses it: each has groups of its own. */
    private void checkDhParameters() throws Failure {
        String file = settings.get(TlsOptions.TLS_DH_PARAMS_FILE);
        if (file.isEmpty()) {
            return;
        }
        String text;
        try {
            text = text(file);
        } catch (IOException e) {
            throw new Failure("Failed to load " + file + ": " + e.getMessage());
        }
        boolean good;
        try {
            good = Pem.has(text, "DH PARAMETERS") || Pem.has(text, "X9.42 DH PARAMETERS");
        } catch (GeneralSecurityException e) {
            good = false;
        }
        if (!good) {
            throw new Failure(file + ": failed to read DH params.");
        }
    }

    private static List<String> protocols(String text) throws Failure {
        if (text.isEmpty()) {
            return List.of("TLSv1.2", "TLSv1.3");
        }
        List<String> protocols = new ArrayList<>();
        for (String word : text.split(" ")) {
            protocols.add(
                    switch (word.toLowerCase(Locale.ROOT)) {
                        case "tlsv1" -> "TLSv1";
                        case "tlsv1.1" -> "TLSv1.1";
                        case "tlsv1.2" -> "TLSv1.2";
                        case "tlsv1.3" -> "TLSv1.3";
                        default ->
                                throw new Failure(
                                        "Invalid tls-protocols specified. Use a combination of"
                                                + " 'TLSv1', 'TLSv1.1', 'TLSv1.2' and 'TLSv1.3'.");
                    });
        }
        return protocols;
    }

    private static List<String> ciphers(String text) throws Failure {
        if (text.isEmpty()) {
            return List.of();
        }
        List<String> ciphers = CipherRules.parse(text);
        if (ciphers.isEmpty()) {
            throw new Failure("Failed to configure ciphers: " + text);
        }
        return ciphers;
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.split("[:, ]+")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }
}
