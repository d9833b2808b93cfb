package io.ferrite.net.tls;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * The names in a peer's certificate, byte for byte. A name that could be read in two ways is none:
 * one with a zero or another byte that is not printed, one in an encoding of two or four bytes a
 * character, an empty or very long one, and one of several where one is wanted.
 */
public final class PeerName {

    private static final int LONGEST = 1024;

    /** id-at-commonName, 2.5.4.3. */
    private static final byte[] COMMON_NAME = HexFormat.of().parseHex("550403");

    private static final int UTF8 = 0x0C;
    private static final int PRINTABLE = 0x13;
    private static final int TELETEX = 0x14;
    private static final int IA5 = 0x16;

    private static final int SAN_DNS = 2;
    private static final int SAN_URI = 6;

    private PeerName() {}

    /** The subject's common name, one byte a character (ISO 8859-1); empty if there is not one. */
    public static String common(X509Certificate certificate) {
        try {
            return common(certificate.getSubjectX500Principal().getEncoded());
        } catch (IllegalArgumentException damaged) {
            return "";
        }
    }

    /** Of a subject: SEQUENCE of SET of SEQUENCE { OID, text }. */
    static String common(byte[] subject) {
        List<String> found = new ArrayList<>();
        Der sets = new Der(new Der(subject).expect(Der.SEQUENCE));
        while (sets.next()) {
            Der attributes = new Der(sets.content());
            while (attributes.next()) {
                Der attribute = new Der(attributes.content());
                byte[] type = attribute.expect(Der.OID);
                if (Arrays.equals(type, COMMON_NAME) && attribute.next()) {
                    found.add(text(attribute.tag(), attribute.content()));
                }
            }
        }
        return found.size() == 1 ? found.getFirst() : "";
    }

    private static String text(int tag, byte[] bytes) {
        boolean bytewise = tag == UTF8 || tag == PRINTABLE || tag == TELETEX || tag == IA5;
        return bytewise ? clean(new String(bytes, StandardCharsets.ISO_8859_1)) : "";
    }

    private static String clean(String name) {
        boolean good = name.length() <= LONGEST;
        for (int i = 0; good && i < name.length(); i++) {
            good = name.charAt(i) > ' ' && name.charAt(i) != 127;
        }
        return good ? name : "";
    }

    /** The alternative names that are addresses of the web, in order, one byte a character. */
    public static List<String> uris(X509Certificate certificate) {
        return alternatives(certificate, SAN_URI);
    }

    /** Whether a name is the common name, or one of the alternative names of a host. */
    public static boolean is(X509Certificate certificate, String name) {
        return !name.isEmpty()
                && (common(certificate).equals(name)
                        || alternatives(certificate, SAN_DNS).contains(name));
    }

    private static List<String> alternatives(X509Certificate certificate, int kind) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            for (List<?> one : all == null ? List.<List<?>>of() : all) {
                if (one.get(0).equals(kind) && one.get(1) instanceof String text) {
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    String name = clean(new String(bytes, StandardCharsets.ISO_8859_1));
                    if (!name.isEmpty()) {
                        names.add(name);
                    }
                }
            }
        } catch (CertificateParsingException damaged) {
            return List.of();
        }
        return names;
    }
}
