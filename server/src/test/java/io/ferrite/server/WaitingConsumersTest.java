package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Consumers that wait for entries which others have left pending. */
final class WaitingConsumersTest {

    @Test
    void entryThatIsIdleForLongEnough_endsTheWait() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire me = server.connect();
            me.run("XADD s 1-0 f a");
            me.run("XGROUP CREATE s g 0");
            me.run("XREADGROUP GROUP g one STREAMS s >");

            Wire other = server.connect();
            String reply = other.run("XREADGROUP GROUP g two BLOCK 0 CLAIM 50 STREAMS s >");

            assertThat(reply).startsWith("*1|*2|$1|s|*1|*4|$3|1-0|*2|$1|f|$1|a|:").endsWith("|:1|");
            assertThat(me.run("XPENDING s g - + 10 two")).startsWith("*1|");
        }
    }

    @Test
    void withoutAnythingToClaim_theTimeoutHolds() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire me = server.connect();
            me.run("XGROUP CREATE s g 0 MKSTREAM");

            assertThat(me.run("XREADGROUP GROUP g two BLOCK 30 CLAIM 5 STREAMS s >"))
                    .isEqualTo("*-1|");
            assertThat(me.run("PING")).isEqualTo("+PONG|");
        }
    }
}
