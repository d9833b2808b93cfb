package io.ferrite.node.config;

import static io.ferrite.node.config.Row.row;

import io.ferrite.node.config.Choices.TlsAuthClients;
import io.ferrite.node.config.Choices.TlsAuthClientsUser;
import java.util.List;

/** Parameters of encrypted connections. */
public final class TlsOptions {
    private static final int INT_MAX = Integer.MAX_VALUE;

    public static final NumberOption TLS_PORT =
            tls("tls-port", "port for encrypted connections; 0 for none").number(0, 65535, 0);
    public static final TextOption TLS_CERT_FILE =
            file("tls-cert-file", "certificate of the server");
    public static final TextOption TLS_KEY_FILE =
            file("tls-key-file", "private key of the certificate");
    public static final TextOption TLS_KEY_FILE_PASS =
            tls("tls-key-file-pass", "password of the private key")
                    .mark(Option.Mark.SENSITIVE)
                    .optionalText();
    public static final TextOption TLS_CLIENT_CERT_FILE =
            file("tls-client-cert-file", "certificate for outgoing connections");
    public static final TextOption TLS_CLIENT_KEY_FILE =
            file("tls-client-key-file", "private key for outgoing connections");
    public static final TextOption TLS_CLIENT_KEY_FILE_PASS =
            tls("tls-client-key-file-pass", "password of that private key")
                    .mark(Option.Mark.SENSITIVE)
                    .optionalText();
    public static final TextOption TLS_DH_PARAMS_FILE =
            file("tls-dh-params-file", "Diffie-Hellman parameters for old clients");
    public static final TextOption TLS_CA_CERT_FILE =
            file("tls-ca-cert-file", "certificates of the authorities to trust");
    public static final TextOption TLS_CA_CERT_DIR =
            file("tls-ca-cert-dir", "directory of certificates of authorities to trust");
    public static final ChoiceOption<TlsAuthClients> TLS_AUTH_CLIENTS =
            tls("tls-auth-clients", "whether clients must show a certificate")
                    .choice(TlsAuthClients.YES);
    public static final FlagOption TLS_REPLICATION =
            tls("tls-replication", "encrypt the link to the leader").flag(false);
    public static final FlagOption TLS_CLUSTER =
            tls("tls-cluster", "encrypt the cluster bus").flag(false);
    public static final TextOption TLS_PROTOCOLS =
            tls("tls-protocols", "protocol versions to offer").optionalText();
    public static final TextOption TLS_CIPHERS =
            tls("tls-ciphers", "ciphers up to TLS 1.2").optionalText();
    public static final TextOption TLS_CIPHERSUITES =
            tls("tls-ciphersuites", "cipher suites of TLS 1.3").optionalText();
    public static final FlagOption TLS_PREFER_SERVER_CIPHERS =
            tls("tls-prefer-server-ciphers", "the server's order of ciphers wins").flag(false);
    public static final FlagOption TLS_SESSION_CACHING =
            tls("tls-session-caching", "let clients resume sessions").flag(true);
    public static final NumberOption TLS_SESSION_CACHE_SIZE =
            tls("tls-session-cache-size", "sessions kept; 0 for no limit")
                    .number(0, INT_MAX, 20480);
    public static final NumberOption TLS_SESSION_CACHE_TIMEOUT =
            tls("tls-session-cache-timeout", "seconds a session is kept").number(0, INT_MAX, 300);
    public static final NumberOption MAX_NEW_TLS_CONNECTIONS_PER_CYCLE =
            tls("max-new-tls-connections-per-cycle", "TLS connections accepted in one go")
                    .inert("each event loop accepts what the transport hands it")
                    .number(1, 1000, 1);
    public static final ChoiceOption<TlsAuthClientsUser> TLS_AUTH_CLIENTS_USER =
            tls("tls-auth-clients-user", "which name in a client's certificate makes it a user")
                    .choice(TlsAuthClientsUser.OFF);
    public static final NumberOption TLS_AUTO_RELOAD_INTERVAL =
            tls("tls-auto-reload-interval", "seconds between looks for changed files; 0: never")
                    .number(0, INT_MAX, 0);
    public static final TextOption TLS_EXPECTED_PEER_NAME =
            tls("tls-expected-peer-name", "name that other servers' certificates must have")
                    .optionalText();
    public static final TextOption TLS_GROUPS =
            tls("tls-groups", "groups for agreeing on keys, most wanted first").optionalText();

    private TlsOptions() {}

    private static Row tls(String name, String text) {
        return row(name, text);
    }

    /** A file is read again whenever it is named, also when the name stays the same. */
    private static TextOption file(String name, String text) {
        return tls(name, text).mark(Option.Mark.VOLATILE).optionalText();
    }

    static List<Option<?>> rows() {
        return List.of(
                TLS_PORT,
                TLS_CERT_FILE,
                TLS_KEY_FILE,
                TLS_KEY_FILE_PASS,
                TLS_CLIENT_CERT_FILE,
                TLS_CLIENT_KEY_FILE,
                TLS_CLIENT_KEY_FILE_PASS,
                TLS_DH_PARAMS_FILE,
                TLS_CA_CERT_FILE,
                TLS_CA_CERT_DIR,
                TLS_AUTH_CLIENTS,
                TLS_REPLICATION,
                TLS_CLUSTER,
                TLS_PROTOCOLS,
                TLS_CIPHERS,
                TLS_CIPHERSUITES,
                TLS_PREFER_SERVER_CIPHERS,
                TLS_SESSION_CACHING,
                TLS_SESSION_CACHE_SIZE,
                TLS_SESSION_CACHE_TIMEOUT,
                MAX_NEW_TLS_CONNECTIONS_PER_CYCLE,
                TLS_AUTH_CLIENTS_USER,
                TLS_AUTO_RELOAD_INTERVAL,
                TLS_EXPECTED_PEER_NAME,
                TLS_GROUPS);
    }

    /** Everything that decides how connections are encrypted, and whether any is. */
    public static List<Option<?>> ofContexts() {
        return List.of(
                TLS_PORT,
                TLS_REPLICATION,
                TLS_CLUSTER,
                TLS_CERT_FILE,
                TLS_KEY_FILE,
                TLS_KEY_FILE_PASS,
                TLS_CLIENT_CERT_FILE,
                TLS_CLIENT_KEY_FILE,
                TLS_CLIENT_KEY_FILE_PASS,
                TLS_DH_PARAMS_FILE,
                TLS_CA_CERT_FILE,
                TLS_CA_CERT_DIR,
                TLS_AUTH_CLIENTS,
                TLS_PROTOCOLS,
                TLS_CIPHERS,
                TLS_CIPHERSUITES,
                TLS_GROUPS,
                TLS_PREFER_SERVER_CIPHERS,
                TLS_SESSION_CACHING,
                TLS_SESSION_CACHE_SIZE,
                TLS_SESSION_CACHE_TIMEOUT);
    }
}
