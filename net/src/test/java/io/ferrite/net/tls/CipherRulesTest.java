package io.ferrite.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

final class CipherRulesTest {

    @Test
    void namesAreTranslated_inTheOrderGiven() {
        assertThat(
                        CipherRules.parse(
                                "AES128-SHA:ECDHE-RSA-CHACHA20-POLY1305 DHE-RSA-AES256-GCM-SHA384,"
                                        + "ECDHE-ECDSA-AES256-SHA384"))
                .containsExactly(
                        "TLS_RSA_WITH_AES_128_CBC_SHA",
                        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                        "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
                        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384");
    }

    @Test
    void words_chooseWhatTheyAreTrueOf() {
        assertThat(CipherRules.parse("ECDHE+AESGCM")).hasSize(4).allMatch(c -> c.contains("GCM"));
        assertThat(CipherRules.parse("kRSA+AES128"))
                .containsExactly(
                        "TLS_RSA_WITH_AES_128_GCM_SHA256",
                        "TLS_RSA_WITH_AES_128_CBC_SHA256",
                        "TLS_RSA_WITH_AES_128_CBC_SHA");
        assertThat(CipherRules.parse("DEFAULT")).hasSize(27);
        assertThat(CipherRules.parse("CHACHA20")).hasSize(3);
        assertThat(CipherRules.parse("nosuch:aNULL:RC4")).isEmpty();
    }

    @Test
    void minusTakesAway_exclamationForGood_plusMovesToTheEnd() {
        List<String> all = CipherRules.parse("DEFAULT");
        assertThat(CipherRules.parse("DEFAULT:!MEDIUM:!aNULL")).isEqualTo(all);
        assertThat(CipherRules.parse("DEFAULT:-AES128-SHA256")).hasSize(26);
        assertThat(CipherRules.parse("DEFAULT:-kRSA:kRSA")).hasSize(27);
        assertThat(CipherRules.parse("DEFAULT:!kRSA:kRSA"))
                .hasSize(21)
                .noneMatch(c -> c.startsWith("TLS_RSA"));
        assertThat(CipherRules.parse("AES128-SHA:AES256-SHA:+AES128-SHA"))
                .containsExactly("TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA");
        assertThat(CipherRules.parse("AES128-SHA:AES256-SHA:@STRENGTH").getFirst()).contains("256");
    }

    @Test
    void everyNameIsOneThatJavaKnows() throws Exception {
        List<String> known =
                List.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
        // Those without forward secrecy are known to the JDK too, but switched off for good.
        assertThat(CipherRules.parse("DEFAULT:!kRSA")).allMatch(known::contains);
    }
}
