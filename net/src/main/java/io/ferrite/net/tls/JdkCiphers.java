package io.ferrite.net.tls;

import java.security.NoSuchAlgorithmException;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** What the JDK's own engine can do. */
final class JdkCiphers {

    private JdkCiphers() {}

    /** The names of all ciphers that may be switched on. */
    static Set<String> supported() throws SSLException {
        try {
            return Set.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
        } catch (NoSuchAlgorithmException e) {
            throw new SSLException("this Java runtime has no TLS", e);
        }
    }
}
