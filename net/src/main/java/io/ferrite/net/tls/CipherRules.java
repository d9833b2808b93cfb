package io.ferrite.net.tls;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * OpenSSL's language for ciphers up to TLS 1.2, as {@code tls-ciphers} is written in: {@code
 * DEFAULT:!kRSA:-AES128-SHA256}. Words are names of ciphers or of what several have in common,
 * joined by {@code +} where several must hold.
 *
 * <pre>
 *   word     adds to the end those that are not in the list
 *   -word    takes away
 *   !word    takes away for good
 *   +word    moves to the end
 *   &#64;STRENGTH  sorts by the length of the key
 * </pre>
 *
 * <p>Unknown words mean no cipher, as in OpenSSL, so that a text that rules out old ciphers still
 * works where they don't exist any more. A pure function.
 */
public final class CipherRules {

    /** In OpenSSL's order of preference. */
    private static final List<CipherSuite> ALL =
            List.of(
                            "ECDHE-ECDSA-AES256-GCM-SHA384",
                            "ECDHE-RSA-AES256-GCM-SHA384",
                            "DHE-RSA-AES256-GCM-SHA384",
                            "ECDHE-ECDSA-CHACHA20-POLY1305",
                            "ECDHE-RSA-CHACHA20-POLY1305",
                            "DHE-RSA-CHACHA20-POLY1305",
                            "ECDHE-ECDSA-AES128-GCM-SHA256",
                            "ECDHE-RSA-AES128-GCM-SHA256",
                            "DHE-RSA-AES128-GCM-SHA256",
                            "ECDHE-ECDSA-AES256-SHA384",
                            "ECDHE-RSA-AES256-SHA384",
                            "DHE-RSA-AES256-SHA256",
                            "ECDHE-ECDSA-AES128-SHA256",
                            "ECDHE-RSA-AES128-SHA256",
                            "DHE-RSA-AES128-SHA256",
                            "ECDHE-ECDSA-AES256-SHA",
                            "ECDHE-RSA-AES256-SHA",
                            "DHE-RSA-AES256-SHA",
                            "ECDHE-ECDSA-AES128-SHA",
                            "ECDHE-RSA-AES128-SHA",
                            "DHE-RSA-AES128-SHA",
                            "AES256-GCM-SHA384",
                            "AES128-GCM-SHA256",
                            "AES256-SHA256",
                            "AES128-SHA256",
                            "AES256-SHA",
                            "AES128-SHA")
                    .stream()
                    .map(CipherSuite::new)
                    .toList();

    private final Set<CipherSuite> chosen = new LinkedHashSet<>();
    private final Set<CipherSuite> banned = new LinkedHashSet<>();

    private CipherRules() {}

    /** The ciphers that a text stands for, by their names in Java, most wanted first. */
    public static List<String> parse(String text) {
        CipherRules rules = new CipherRules();
        for (String word : text.split("[:, ;]+")) {
            if (!word.isEmpty()) {
                rules.apply(word);
            }
        }
        return rules.chosen.stream().map(CipherSuite::javaName).toList();
    }

    private void apply(String word) {
        String rest = word.substring(1);
        switch (word.charAt(0)) {
            case '!' -> {
                List<CipherSuite> found = find(rest);
                banned.addAll(found);
                found.forEach(chosen::remove);
            }
            case '-' -> find(rest).forEach(chosen::remove);
            case '+' -> {
                List<CipherSuite> moved = new ArrayList<>(chosen);
                moved.retainAll(find(rest));
                moved.forEach(chosen::remove);
                chosen.addAll(moved);
            }
            case '@' -> {
                if (word.equals("@STRENGTH")) {
                    List<CipherSuite> sorted = new ArrayList<>(chosen);
                    sorted.sort((a, b) -> b.bits() - a.bits());
                    chosen.clear();
                    chosen.addAll(sorted);
                }
            }
            default -> {
                List<CipherSuite> found = new ArrayList<>(find(word));
                found.removeAll(banned);
                chosen.addAll(found);
            }
        }
    }

    private static List<CipherSuite> find(String words) {
        List<String> all = List.of(words.split("\\+"));
        return ALL.stream().filter(suite -> all.stream().allMatch(suite::is)).toList();
    }
}
