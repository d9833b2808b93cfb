package io.ferrite.net.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

final class PeerNameTest {

    private static final byte[] COMMON_NAME = HexFormat.of().parseHex("550403");
    private static final byte[] ORGANIZATION = HexFormat.of().parseHex("55040a");

    private static byte[] attribute(byte[] type, int tag, byte[] text) {
        return Der.element(
                Der.SET,
                Der.element(Der.SEQUENCE, Der.element(Der.OID, type), Der.element(tag, text)));
    }

    private static byte[] name(int tag, String text) {
        return attribute(COMMON_NAME, tag, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String common(byte[]... attributes) {
        return PeerName.common(Der.element(Der.SEQUENCE, attributes));
    }

    @Test
    void oneCommonName_isTaken_asItIs() {
        assertThat(PeerName.common(new X500Principal("O=x,CN=alice,C=DE").getEncoded()))
                .isEqualTo("alice");
        assertThat(common(name(0x0C, "b\u00c3\u00b6b"))).isEqualTo("b\u00c3\u00b6b");
        assertThat(common(name(0x13, "alice"), attribute(ORGANIZATION, 0x13, new byte[] {'x'})))
                .isEqualTo("alice");
    }

    @Test
    void nameThatCouldBeReadOtherwise_isNone() {
        assertThat(common(name(0x0C, "alice\0admin"))).isEmpty();
        assertThat(common(name(0x0C, "alice\nadmin"))).isEmpty();
        assertThat(common(name(0x0C, "alice admin"))).isEmpty();
        assertThat(common(name(0x0C, ""))).isEmpty();
        assertThat(common(name(0x0C, "a".repeat(10_000)))).isEmpty();
        assertThat(common(name(0x1E, "\0a\0d\0m\0i\0n"))).as("UTF-16").isEmpty();
        assertThat(common(name(0x0C, "alice"), name(0x0C, "admin"))).as("two").isEmpty();
        assertThat(common()).isEmpty();
    }

    @Test
    void damagedSubject_isRefused() {
        assertThatThrownBy(() -> PeerName.common(new byte[] {0x30, 5, 1}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PeerName.common(new byte[] {0x30, (byte) 0x84, 1, 1, 1, 1}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PeerName.common(new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
