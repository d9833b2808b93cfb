package io.ferrite.server;

import io.ferrite.net.tls.TlsContext;
import io.ferrite.net.tls.TlsParameters;
import io.ferrite.node.Environment;
import io.ferrite.node.config.ConfigFiles;
import io.ferrite.node.config.ConfigRefusal;
import io.ferrite.node.config.Option;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.node.log.Log;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;

/**
 * What this server's encrypted connections are made with, made anew whenever a parameter of TLS
 * changes: new connections get the new, those there are keep theirs. Any thread; changes are made
 * one after the other.
 */
final class Encryption {

    private static final ConfigRefusal FAILED =
            new ConfigRefusal("Unable to update TLS configuration. Check server logs.");

    /** Both sides of one configuration. */
    record Contexts(TlsContext server, TlsContext client, TlsFiles.Material material) {}

    private final Settings settings;
    private final ConfigFiles files;
    private final Log log;
    private volatile Contexts contexts;

    /** Since the files were looked at; for event loop 0. */
    private int seconds;

    Encryption(Settings settings, ConfigFiles files, Log log) {
        this.settings = settings;
        this.files = files;
        this.log = log;
    }

    /** Whether any connection is to be encrypted. */
    static boolean isWanted(Settings settings) {
        return settings.getInt(TlsOptions.TLS_PORT) != 0
                || settings.get(TlsOptions.TLS_REPLICATION)
                || settings.get(TlsOptions.TLS_CLUSTER);
    }

    /**
     * Makes what is needed, now and whenever the settings change.
     *
     * @throws ConfigRefusal if it can't be; why stands in the log
     */
    void begin() {
        apply(settings);
        settings.onChange(this::apply, TlsOptions.ofContexts().toArray(Option[]::new));
    }

    /** As {@link #begin}, also if no parameter says that any connection is to be encrypted. */
    void beginAnyway() {
        use(settings);
        begin();
    }

    private void apply(Settings now) {
        if (isWanted(now)) {
            use(now);
        }
    }

    private synchronized void use(Settings now) {
        boolean first = contexts == null;
        contexts = make(now);
        if (first) {
            log.notice("TLS: " + TlsContext.engine());
        }
    }

    /** Once in a while, and if so wished, looks whether the files hold something else now. */
    void everySecond(Environment environment) {
        int interval = settings.getInt(TlsOptions.TLS_AUTO_RELOAD_INTERVAL);
        if (interval > 0 && contexts != null && ++seconds >= interval) {
            seconds = 0;
            environment.background("tls-reload", this::reload);
        }
    }

    /** Takes what the files hold now; what was there stays in use if they are wrong. */
    private synchronized void reload() {
        try {
            TlsFiles.Material material = new TlsFiles(files, settings).read();
            if (!material.equals(contexts.material)) {
                contexts = make(material);
                log.notice("TLS: certificates and keys have changed and are in use");
            }
        } catch (TlsFiles.Failure | SSLException e) {
            log.warning("TLS: " + e.getMessage() + "; what was read before stays in use");
        }
    }

    private Contexts make(Settings now) {
        try {
            return make(new TlsFiles(files, now).read());
        } catch (TlsFiles.Failure e) {
            log.warning(e.getMessage());
            throw FAILED;
        } catch (SSLException e) {
            log.warning("Failed to configure TLS: " + e.getMessage());
            throw FAILED;
        }
    }

    private Contexts make(TlsFiles.Material material) throws SSLException {
        TlsParameters server = material.server();
        if (TlsContext.needsJdk(server)) {
            log.notice(
                    "TLS: the Java runtime does it; OpenSSL is not there, or can't leave out"
                            + " cipher suites of TLS 1.3 (tls-ciphersuites)");
        }
        return new Contexts(
                TlsContext.server(server), TlsContext.client(material.client()), material);
    }

    /** The fields of INFO tls. */
    Map<String, String> certificates(long nowMs) {
        Contexts now = contexts;
        if (now == null) {
            return Map.of();
        }
        Map<String, String> fields = new LinkedHashMap<>();
        put(fields, "server", now.material.server().certificates(), nowMs);
        put(fields, "client", now.material.client().certificates(), nowMs);
        put(fields, "ca", now.material.server().authorities(), nowMs);
        return fields;
    }

    private static void put(
            Map<String, String> fields,
            String what,
            List<X509Certificate> certificates,
            long nowMs) {
        String serial = "none";
        long seconds = 0;
        if (!certificates.isEmpty()) {
            X509Certificate first = certificates.getFirst();
            serial = first.getSerialNumber().toString(16).toUpperCase(Locale.ROOT);
            seconds = Math.max(0, (first.getNotAfter().getTime() - nowMs) / 1000);
        }
        fields.put("tls_" + what + "_cert_serial", serial);
        fields.put("tls_" + what + "_cert_expires_in_seconds", Long.toString(seconds));
    }

    /** For connections that are accepted. */
    TlsContext server() {
        return contexts.server();
    }

    /** For connections that are begun. */
    TlsContext client() {
        return contexts.client();
    }

    /** The name that other servers' certificates must have; empty for any. */
    String peerName() {
        return settings.get(TlsOptions.TLS_EXPECTED_PEER_NAME);
    }
}
