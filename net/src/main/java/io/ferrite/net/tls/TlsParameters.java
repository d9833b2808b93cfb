package io.ferrite.net.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What encrypted connections of one side are made with.
 *
 * @param certificates our own first, then those that vouch for it
 * @param authorities whose certificates of peers are believed; empty for none
 * @param peers what is asked of the peer's certificate
 * @param protocols versions to offer, such as {@code TLSv1.3}
 * @param ciphers up to TLS 1.2, by their names in Java; empty for the engine's choice
 * @param suites of TLS 1.3; empty for all
 * @param groups for agreeing on keys, such as {@code X25519}; empty for the engine's choice
 * @param ownOrder whether our order of ciphers counts and not the client's
 * @param resumes whether clients may resume sessions
 * @param sessions how many are kept; 0 for no limit
 * @param sessionSeconds for how long
 */
public record TlsParameters(
        List<X509Certificate> certificates,
        PrivateKey key,
        List<X509Certificate> authorities,
        Peers peers,
        List<String> protocols,
        List<String> ciphers,
        List<String> suites,
        List<String> groups,
        boolean ownOrder,
        boolean resumes,
        long sessions,
        long sessionSeconds) {

    /** What is asked of a peer's certificate. */
    public enum Peers {
        /** Nobody asks for it. */
        IGNORED,
        /** It may be missing, but not wrong. */
        OPTIONAL,
        /** There must be one. */
        REQUIRED
    }
}
