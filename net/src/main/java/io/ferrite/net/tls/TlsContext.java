package io.ferrite.net.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * Keys, certificates and rules, ready to begin encrypted connections with. Immutable, for any
 * thread; a change of configuration makes a new one, and connections keep theirs.
 *
 * <p>The work is OpenSSL's (BoringSSL) where it is there and can do what is asked for, and the
 * JDK's otherwise: only the JDK can leave out cipher suites of TLS 1.3.
 */
public final class TlsContext {

    private static final List<String> SUITES_13 =
            List.of(
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_AES_128_GCM_SHA256");

    private static final int HANDSHAKE_TIMEOUT_MS = 10_000;

    /** How long an end of ours waits for the peer to take the last bytes. */
    private static final int CLOSE_TIMEOUT_MS = 1000;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final SslContext context;
    private final boolean ownOrder;
    private final boolean ordersCiphers;
    private final boolean resumes;

    /** For the JDK's engine, which is told with each connection; else empty. */
    private final String[] groups;

    private TlsContext(SslContext context, TlsParameters parameters, boolean server) {
        this.context = context;
        this.ownOrder = parameters.ownOrder();
        this.ordersCiphers = server;
        this.resumes = parameters.resumes();
        this.groups =
                needsJdk(parameters) ? parameters.groups().toArray(String[]::new) : new String[0];
    }

    /**
     * For connections that we accept.
     *
     * @throws SSLException if nothing can be made of the parameters
     */
    public static TlsContext server(TlsParameters parameters) throws SSLException {
        SslContextBuilder builder =
                SslContextBuilder.forServer(parameters.key(), parameters.certificates())
                        .clientAuth(
                                switch (parameters.peers()) {
                                    case IGNORED -> ClientAuth.NONE;
                                    case OPTIONAL -> ClientAuth.OPTIONAL;
                                    case REQUIRED -> ClientAuth.REQUIRE;
                                });
        SslContext context = build(builder, parameters);
        keepSessions(context.sessionContext(), parameters);
        return new TlsContext(context, parameters, true);
    }

    /**
     * For connections that we begin. The peer's certificate must come from an authority that is
     * believed; which name it is for does not matter.
     *
     * @throws SSLException if nothing can be made of the parameters
     */
    public static TlsContext client(TlsParameters parameters) throws SSLException {
        SslContextBuilder builder =
                SslContextBuilder.forClient()
                        .keyManager(parameters.key(), parameters.certificates())
                        .endpointIdentificationAlgorithm(null);
        return new TlsContext(build(builder, parameters), parameters, false);
    }

    /** What does the work, in words, for the log. */
    public static String engine() {
        return OpenSsl.isAvailable() ? OpenSsl.versionString() : "the Java runtime";
    }

    /** Whether the JDK has to do the work because OpenSSL can't do what is asked for. */
    public static boolean needsJdk(TlsParameters parameters) {
        return !OpenSsl.isAvailable()
                || !parameters.suites().isEmpty() && !parameters.suites().containsAll(SUITES_13);
    }

    private static SslContext build(SslContextBuilder builder, TlsParameters parameters)
            throws SSLException {
        boolean jdk = needsJdk(parameters);
        builder.sslProvider(jdk ? SslProvider.JDK : SslProvider.OPENSSL);
        builder.protocols(parameters.protocols());
        builder.ciphers(ciphers(parameters, jdk));
        if (!parameters.authorities().isEmpty()) {
            builder.trustManager(parameters.authorities());
        }
        if (!jdk && !parameters.groups().isEmpty()) {
            builder.option(OpenSslContextOption.GROUPS, parameters.groups().toArray(String[]::new));
        }
        try {
            return builder.build();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new SSLException(e.getMessage(), e);
        }
    }

    /** The ciphers to offer; null for the engine's own choice. */
    private static @Nullable List<String> ciphers(TlsParameters parameters, boolean jdk)
            throws SSLException {
        if (parameters.ciphers().isEmpty() && parameters.suites().isEmpty()) {
            return null;
        }
        List<String> all = new ArrayList<>();
        for (String suite : parameters.suites().isEmpty() ? SUITES_13 : parameters.suites()) {
            if (!SUITES_13.contains(suite)) {
                throw new SSLException("unknown cipher suite " + suite);
            }
            all.add(suite);
        }
        List<String> wanted =
                parameters.ciphers().isEmpty()
                        ? CipherRules.parse("DEFAULT")
                        : parameters.ciphers();
        int before = all.size();
        for (String cipher : wanted) {
            if (isKnown(cipher, jdk)) {
                all.add(cipher);
            }
        }
        if (all.size() == before) {
            throw new SSLException("no cipher of those is there");
        }
        return all;
    }

    private static boolean isKnown(String cipher, boolean jdk) throws SSLException {
        return jdk
                ? JdkCiphers.supported().contains(cipher)
                : OpenSsl.availableJavaCipherSuites().contains(cipher);
    }

    private static void keepSessions(SSLSessionContext sessions, TlsParameters parameters) {
        if (sessions instanceof OpenSslServerSessionContext openSsl) {
            openSsl.setSessionCacheEnabled(parameters.resumes());
            if (parameters.resumes()) {
                // Without tickets nothing of TLS 1.3 can be resumed.
                openSsl.setTicketKeys(
                        new OpenSslSessionTicketKey(
                                random(OpenSslSessionTicketKey.NAME_SIZE),
                                random(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
                                random(OpenSslSessionTicketKey.AES_KEY_SIZE)));
            }
        }
        int most = (int) Math.min(parameters.sessions(), Integer.MAX_VALUE);
        sessions.setSessionCacheSize(parameters.resumes() ? most : 1);
        sessions.setSessionTimeout(
                (int) Math.clamp(parameters.sessionSeconds(), 1L, Integer.MAX_VALUE));
    }

    private static byte[] random(int bytes) {
        byte[] made = new byte[bytes];
        RANDOM.nextBytes(made);
        return made;
    }

    /** What encrypts and decrypts one connection, to be put before all other handlers. */
    public ChannelHandler newHandler(ByteBufAllocator allocator) {
        SslHandler handler = context.newHandler(allocator);
        SSLEngine engine = handler.engine();
        SSLParameters now = engine.getSSLParameters();
        if (ordersCiphers) {
            now.setUseCipherSuitesOrder(ownOrder);
        }
        if (groups.length != 0) {
            now.setNamedGroups(groups);
        }
        engine.setSSLParameters(now);
        if (!resumes && engine instanceof ReferenceCountedOpenSslEngine openSsl) {
            SSL.setOptions(openSsl.sslPointer(), SSL.SSL_OP_NO_TICKET);
        }
        handler.setHandshakeTimeoutMillis(HANDSHAKE_TIMEOUT_MS);
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_TIMEOUT_MS);
        return handler;
    }
}
