package io.ferrite.net.tls;

/**
 * One cipher up to TLS 1.2 by OpenSSL's name, {@code ECDHE-RSA-AES128-GCM-SHA256}: how keys are
 * agreed on, what proves who one is, how is encrypted, and how is summed.
 */
record CipherSuite(String name) {

    private String exchange() {
        return name.startsWith("ECDHE-") ? "ECDHE" : name.startsWith("DHE-") ? "DHE" : "RSA";
    }

    private String proof() {
        return name.startsWith("ECDHE-ECDSA-") ? "ECDSA" : "RSA";
    }

    private boolean chacha() {
        return name.endsWith("CHACHA20-POLY1305");
    }

    private boolean gcm() {
        return name.contains("-GCM-");
    }

    int bits() {
        return name.contains("AES128") ? 128 : 256;
    }

    /** The end of the name: SHA, SHA256 or SHA384; of ChaCha20 none. */
    private String sum() {
        return chacha() ? "" : name.substring(name.lastIndexOf('-') + 1);
    }

    /** Whether a word of OpenSSL's language for ciphers is true of it. */
    boolean is(String word) {
        return switch (word) {
            case "ALL", "DEFAULT", "HIGH" -> true;
            case "kRSA", "RSA" -> exchange().equals("RSA");
            case "aRSA" -> proof().equals("RSA");
            case "ECDHE", "EECDH", "kECDHE", "kEECDH" -> exchange().equals("ECDHE");
            case "DHE", "EDH", "DH", "kDHE", "kEDH" -> exchange().equals("DHE");
            case "ECDSA", "aECDSA" -> proof().equals("ECDSA");
            case "AES" -> !chacha();
            case "AES128" -> !chacha() && bits() == 128;
            case "AES256" -> !chacha() && bits() == 256;
            case "AESGCM" -> gcm();
            case "CHACHA20" -> chacha();
            case "FIPS" -> !chacha();
            case "SHA", "SHA1" -> sum().equals("SHA");
            case "SHA256", "SHA384" -> !gcm() && sum().equals(word);
            case "SSLv3", "TLSv1", "TLSv1.0" -> sum().equals("SHA");
            case "TLSv1.2" -> !sum().equals("SHA");
            default -> word.equals(name);
        };
    }

    /** What Java calls it: {@code TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}. */
    String javaName() {
        String keys = exchange().equals("RSA") ? "RSA" : exchange() + "_" + proof();
        String encryption =
                chacha()
                        ? "CHACHA20_POLY1305_SHA256"
                        : "AES_" + bits() + (gcm() ? "_GCM_" : "_CBC_") + sum();
        return "TLS_" + keys + "_WITH_" + encryption;
    }
}
