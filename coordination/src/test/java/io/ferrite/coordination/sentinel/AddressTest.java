package io.ferrite.coordination.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fe80::1%eth0",
                "2001:db8:0:0:0:0:0:1",
                "::ffff:10.0.0.1"
            })
    void numbers_areAnAddress(String text) {
        assertThat(Address.isIp(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "256.0.0.1",
                "1.2.3",
                "1.2.3.4.5",
                "1::2::3",
                ":",
                "12345::"
            })
    void otherTexts_areNone(String text) {
        assertThat(Address.isIp(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nb", "a\"b", "a,b", "a;b"})
    void whatWouldBreakALine_isNoHost(String text) {
        assertThat(Address.isHost(text)).isFalse();
    }

    @Test
    void placesAreTheSame_byAddressOrByName() {
        Address named = new Address("db.example", "10.0.0.1", 6379);
        assertThat(named.isSame(new Address("10.0.0.1", "10.0.0.1", 6379))).isTrue();
        assertThat(named.isSame(new Address("DB.example", "10.0.0.2", 6379))).isTrue();
        assertThat(named.isSame(new Address("db.example", "10.0.0.1", 6380))).isFalse();
        assertThat(new Address("a", "", 1).isSame(new Address("b", "", 1))).isFalse();
    }

    @Test
    void anAddressOfColons_isShownInBrackets() {
        assertThat(new Address("::1", "::1", 6379).text(false)).isEqualTo("[::1]:6379");
    }
}
