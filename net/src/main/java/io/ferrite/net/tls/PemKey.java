package io.ferrite.net.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Private keys in every form that OpenSSL writes: PKCS #8, plain or encrypted; PKCS #1 (RSA) and
 * SEC 1 (EC), plain or encrypted in the way of old, with a key made of MD5 sums. Java reads PKCS #8
 * only, so the others are wrapped into it:
 *
 * <pre>
 *   SEQUENCE { INTEGER 0, SEQUENCE { OID algorithm, parameters }, OCTET STRING { the key as it was } }
 * </pre>
 */
final class PemKey {

    private static final String[] ALGORITHMS = {"RSA", "EC", "EdDSA", "DSA"};

    /** rsaEncryption, 1.2.840.113549.1.1.1. */
    private static final byte[] RSA = HexFormat.of().parseHex("2a864886f70d010101");

    /** id-ecPublicKey, 1.2.840.10045.2.1. */
    private static final byte[] EC = HexFormat.of().parseHex("2a8648ce3d0201");

    private static final byte[] VERSION_0 = Der.element(Der.INTEGER, new byte[1]);

    private PemKey() {}

    static PrivateKey read(Pem.Block block, String password) throws GeneralSecurityException {
        try {
            byte[] plain =
                    block.headers().containsKey("DEK-Info")
                            ? decryptOldForm(block, password)
                            : block.content();
            return switch (block.label()) {
                case "RSA PRIVATE KEY" -> ofPkcs8(wrap(algorithm(RSA, nothing()), plain));
                case "EC PRIVATE KEY" -> ofPkcs8(wrap(algorithm(EC, curve(plain)), plain));
                case "ENCRYPTED PRIVATE KEY" -> ofSpec(decrypt(block.content(), password));
                case "PRIVATE KEY" -> ofPkcs8(plain);
                default -> throw new GeneralSecurityException("unknown kind " + block.label());
            };
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("damaged, or encrypted with another password", e);
        }
    }

    private static PrivateKey ofPkcs8(byte[] bytes) throws GeneralSecurityException {
        return ofSpec(new PKCS8EncodedKeySpec(bytes));
    }

    private static PrivateKey ofSpec(KeySpec spec) throws GeneralSecurityException {
        GeneralSecurityException last = new GeneralSecurityException("unknown algorithm");
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException e) {
                last = e;
            }
        }
        throw last;
    }

    // --- wrapping --------------------------------------------------------------------------------

    private static byte[] wrap(byte[] algorithm, byte[] key) {
        return Der.element(Der.SEQUENCE, VERSION_0, algorithm, Der.element(Der.OCTETS, key));
    }

    private static byte[] algorithm(byte[] oid, byte[] parameters) {
        return Der.element(Der.SEQUENCE, Der.element(Der.OID, oid), parameters);
    }

    private static byte[] nothing() {
        return Der.element(Der.NULL);
    }

    /** The name of the curve from SEQUENCE { 1, OCTET STRING key, [0] curve, … }. */
    private static byte[] curve(byte[] key) {
        Der fields = new Der(new Der(key).expect(Der.SEQUENCE));
        fields.expect(Der.INTEGER);
        fields.expect(Der.OCTETS);
        return fields.expect(Der.CONTEXT_0);
    }

    // --- decrypting ------------------------------------------------------------------------------

    private static KeySpec decrypt(byte[] bytes, String password) throws GeneralSecurityException {
        requirePassword(password);
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(bytes);
            AlgorithmParameters parameters = info.getAlgParameters();
            String name = info.getAlgName();
            // The name says only which standard; which ciphers it is stands in the parameters.
            boolean standard = name.equals("PBES2") || name.equals("1.2.840.113549.1.5.13");
            String algorithm = standard ? parameters.toString() : name;
            Cipher cipher = Cipher.getInstance(algorithm);
            PBEKeySpec secret = new PBEKeySpec(password.toCharArray());
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(secret),
                    parameters);
            return info.getKeySpec(cipher);
        } catch (IOException e) {
            throw new GeneralSecurityException("damaged", e);
        }
    }

    private static void requirePassword(String password) throws GeneralSecurityException {
        if (password.isEmpty()) {
            throw new GeneralSecurityException("it is encrypted and there is no password for it");
        }
    }

    private static byte[] decryptOldForm(Pem.Block block, String password)
            throws GeneralSecurityException {
        requirePassword(password);
        String[] how = block.headers().get("DEK-Info").split(",");
        byte[] start = HexFormat.of().parseHex(how[how.length - 1].strip());
        int keyBytes =
                switch (how[0]) {
                    case "AES-128-CBC" -> 16;
                    case "AES-192-CBC", "DES-EDE3-CBC" -> 24;
                    case "AES-256-CBC" -> 32;
                    default -> throw new GeneralSecurityException("unknown cipher " + how[0]);
                };
        String family = how[0].startsWith("AES") ? "AES" : "DESede";
        byte[] salt = Arrays.copyOf(start, 8);
        byte[] key = md5Key(password.getBytes(StandardCharsets.ISO_8859_1), salt, keyBytes);
        Cipher cipher = Cipher.getInstance(family + "/CBC/PKCS5Padding");
        cipher.init(
                Cipher.DECRYPT_MODE, new SecretKeySpec(key, family), new IvParameterSpec(start));
        return cipher.doFinal(block.content());
    }

    /** As OpenSSL's EVP_BytesToKey with one round: sums over the sum before, password and salt. */
    private static byte[] md5Key(byte[] password, byte[] salt, int bytes)
            throws GeneralSecurityException {
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        byte[] key = new byte[bytes];
        byte[] sum = {};
        for (int at = 0; at < bytes; at += sum.length) {
            md5.update(sum);
            md5.update(password);
            md5.update(salt);
            sum = md5.digest();
            System.arraycopy(sum, 0, key, at, Math.min(sum.length, bytes - at));
        }
        return key;
    }
}
