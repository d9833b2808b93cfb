package io.ferrite.coordination.cluster.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpTextTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,127.0.0.1",
        "0:0:0:0:0:0:0:1,::1",
        "::,::",
        "2001:DB8:0:0:1:0:0:1,2001:db8::1:0:0:1",
        "fe80::0001,fe80::1",
        "::ffff:10.0.0.1,::ffff:10.0.0.1",
        "1:0:2:3:4:5:6:7,1:0:2:3:4:5:6:7"
    })
    void anAddressHasOneForm(String text, String form) {
        assertThat(IpText.normalize(text)).isEqualTo(form);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "1.2.3",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.4.5",
                "1:2",
                ":::",
                "1::2::3",
                "12345::",
                "::g",
                "1.2.3.4::",
                "::1.2.3",
                "1:2:3:4:5:6:7:8:9"
            })
    void whatIsNoAddress_isNull(String text) {
        assertThat(IpText.normalize(text)).isNull();
    }
}
