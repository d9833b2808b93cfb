package io.ferrite.net.tls;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The blocks {@code -----BEGIN …-----} of a text, with what stands between them ignored. */
public final class Pem {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    /**
     * One block.
     *
     * @param label what it says it is, such as {@code CERTIFICATE}
     * @param headers lines {@code Name: value} of the old form of encrypted keys
     */
    record Block(String label, Map<String, String> headers, byte[] content) {}

    private Pem() {}

    /**
     * All blocks of a text.
     *
     * @throws GeneralSecurityException if one has no end, or is no Base64
     */
    static List<Block> blocks(String text) throws GeneralSecurityException {
        List<Block> blocks = new ArrayList<>();
        String label = null;
        Map<String, String> headers = new LinkedHashMap<>();
        StringBuilder base64 = new StringBuilder();
        for (String raw : text.split("\n")) {
            String line = raw.strip();
            if (label == null) {
                if (line.startsWith(BEGIN) && line.endsWith(DASHES)) {
                    label = line.substring(BEGIN.length(), line.length() - DASHES.length());
                }
            } else if (line.equals(END + label + DASHES)) {
                blocks.add(new Block(label, Map.copyOf(headers), decode(base64.toString())));
                label = null;
                headers.clear();
                base64.setLength(0);
            } else if (line.indexOf(':') > 0) {
                int colon = line.indexOf(':');
                headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
            } else {
                base64.append(line);
            }
        }
        if (label != null) {
            throw new GeneralSecurityException("no end of " + label);
        }
        return blocks;
    }

    private static byte[] decode(String base64) throws GeneralSecurityException {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("bad base64 decode", e);
        }
    }

    /**
     * The certificates of a text, in its order: a server's own first, then those that vouch for it.
     *
     * @throws GeneralSecurityException if there is none, or one is damaged
     */
    public static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
        List<X509Certificate> found = new ArrayList<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        for (Block block : blocks(text)) {
            if (block.label.endsWith("CERTIFICATE")) {
                found.add(
                        (X509Certificate)
                                factory.generateCertificate(
                                        new ByteArrayInputStream(block.content)));
            }
        }
        if (found.isEmpty()) {
            throw new GeneralSecurityException("no certificate in it");
        }
        return found;
    }

    /**
     * The first private key of a text.
     *
     * @param password for an encrypted one; empty if there is none
     * @throws GeneralSecurityException if there is none, or it can't be read
     */
    public static PrivateKey privateKey(String text, String password)
            throws GeneralSecurityException {
        Optional<Block> key =
                blocks(text).stream()
                        .filter(block -> block.label.endsWith("PRIVATE KEY"))
                        .findFirst();
        if (key.isEmpty()) {
            throw new GeneralSecurityException("no private key in it");
        }
        return PemKey.read(key.get(), password);
    }

    /** Whether a text has a block of this kind. */
    public static boolean has(String text, String label) throws GeneralSecurityException {
        return blocks(text).stream().anyMatch(block -> block.label.equals(label));
    }
}
