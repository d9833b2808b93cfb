package io.ferrite.server;

import io.ferrite.net.tls.TlsContext;
import io.ferrite.net.tls.TlsParameters;
import io.ferrite.node.config.ConfigFiles;
import io.ferrite.node.config.ConfigRefusal;
import io.ferrite.node.config.Option;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.node.log.Log;
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

    private final ConfigFiles files;
    private final Log log;
    private volatile Contexts contexts;

    Encryption(ConfigFiles files, Log log) {
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
    void begin(Settings settings) {
        apply(settings);
        settings.onChange(this::apply, TlsOptions.ofContexts().toArray(Option[]::new));
    }

    private synchronized void apply(Settings now) {
        if (!isWanted(now)) {
            return;
        }
        boolean first = contexts == null;
        contexts = make(now);
        if (first) {
            log.notice("TLS: " + TlsContext.engine());
        }
    }

    /** Reads the files again, which may have changed; what was there stays if they are wrong. */
    synchronized void reload(Settings now) {
        if (contexts == null) {
            return;
        }
        try {
            contexts = make(now);
            log.notice("TLS: certificates and keys read again");
        } catch (ConfigRefusal refusal) {
            log.warning("TLS: what was read before stays in use");
        }
    }

    private Contexts make(Settings now) {
        try {
            TlsFiles.Material material = new TlsFiles(files, now).read();
            TlsParameters server = material.server();
            if (TlsContext.needsJdk(server)) {
                log.notice("TLS: the Java runtime does it; OpenSSL is not there, or can't leave out"
                        + " cipher suites of TLS 1.3 (tls-ciphersuites)");
            }
            return new Contexts(
                    TlsContext.server(server), TlsContext.client(material.client()), material);
        } catch (TlsFiles.Failure e) {
            log.warning(e.getMessage());
            throw FAILED;
        } catch (SSLException e) {
            log.warning("Failed to configure TLS: " + e.getMessage());
            throw FAILED;
        }
    }

    /** For connections that are accepted. */
    TlsContext server() {
        return contexts.server();
    }

    /** For connections that are begun. */
    TlsContext client() {
        return contexts.client();
    }

    /** What is in use; null while nothing is. */
    Contexts contexts() {
        return contexts;
    }
}
