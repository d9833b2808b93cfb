package io.ferrite.net.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;

/** Whether a private key belongs to a certificate. */
public final class KeyPairCheck {

    private static final byte[] TEXT = new byte[32];

    private KeyPairCheck() {}

    /**
     * Signs with the one and verifies with the other.
     *
     * @throws GeneralSecurityException if they don't belong together
     */
    public static void require(PrivateKey key, X509Certificate certificate)
            throws GeneralSecurityException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    case "DSA" -> "SHA256withDSA";
                    default -> "EdDSA";
                };
        Signature signer = Signature.getInstance(algorithm);
        boolean fits;
        try {
            signer.initSign(key);
            signer.update(TEXT);
            byte[] signature = signer.sign();
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(certificate.getPublicKey());
            verifier.update(TEXT);
            fits = verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            throw new GeneralSecurityException("key values mismatch", e);
        }
        if (!fits) {
            throw new GeneralSecurityException("key values mismatch");
        }
    }
}
