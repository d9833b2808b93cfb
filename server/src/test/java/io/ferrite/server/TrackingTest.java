package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Client-side caching, seen from the sockets of clients on two event loops. */
final class TrackingTest {

    private LiveServer server;
    private Wire reader;
    private Wire writer;

    @BeforeEach
    void start() throws IOException {
        server = new LiveServer();
        reader = server.connect();
        writer = server.connect();
        reader.run("HELLO 3");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static String invalidate(String... keys) {
        StringBuilder text = new StringBuilder(">2|$10|invalidate|*" + keys.length + "|");
        for (String key : keys) {
            text.append('$').append(key.length()).append('|').append(key).append('|');
        }
        return text.toString();
    }

    private static String id(Wire wire) throws IOException {
        return wire.run("CLIENT ID").substring(1).replace("|", "");
    }

    @Test
    void aKeyThatWasRead_isToldOfOnce() throws IOException {
        reader.run("CLIENT TRACKING ON");
        reader.run("GET k");
        writer.run("SET k 1");
        writer.run("SET k 2");
        writer.run("SET other 1");

        assertThat(reader.read()).isEqualTo(invalidate("k"));
        assertThat(reader.run("PING")).isEqualTo("+PONG|");
    }

    @Test
    void aMessage_comesBeforeAnyReplyThatFollowsTheWrite() throws IOException {
        reader.run("CLIENT TRACKING ON");
        for (int i = 0; i < 300; i++) {
            reader.run("GET k");
            writer.run("SET k " + i);
            reader.send("PING");
            assertThat(reader.read()).isEqualTo(invalidate("k"));
            assertThat(reader.read()).isEqualTo("+PONG|");
        }
    }

    @Test
    void oneOwnChange_isToldBehindTheReply_andNotWithNoloop() throws IOException {
        reader.run("CLIENT TRACKING ON");
        reader.run("GET k");
        assertThat(reader.run("SET k 1")).isEqualTo("+OK|");
        assertThat(reader.read()).isEqualTo(invalidate("k"));

        reader.run("CLIENT TRACKING ON NOLOOP");
        reader.run("GET k");
        assertThat(reader.run("SET k 1")).isEqualTo("+OK|");
        assertThat(reader.run("PING")).isEqualTo("+PONG|");
    }

    @Test
    void changesOfATransaction_areToldBehindItsReply() throws IOException {
        reader.run("CLIENT TRACKING ON");
        reader.run("MGET a b");
        reader.run("MULTI");
        reader.run("SET a 1");
        reader.run("GET b");
        reader.run("SET b 1");

        assertThat(reader.run("EXEC")).isEqualTo("*3|+OK|_|+OK|");
        assertThat(reader.read()).isEqualTo(invalidate("a"));
        assertThat(reader.read()).isEqualTo(invalidate("b"));
    }

    @Test
    void pipelinedReads_areAllRemembered_andAWriteAmongThemIsToldInPlace() throws IOException {
        reader.run("CLIENT TRACKING ON");
        StringBuilder requests = new StringBuilder();
        for (String line : List.of("GET a", "GET b", "SET a 1", "GET a", "GET c")) {
            requests.append(line).append("\r\n");
        }
        reader.sendRaw(Wire.bytes(requests.toString()));
        List<String> got = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            got.add(reader.read());
        }
        assertThat(got).containsExactly("_|", "_|", "+OK|", invalidate("a"), "$1|1|", "_|");

        writer.run("MSET a 2 b 2 c 2");
        assertThat(reader.read()).isEqualTo(invalidate("a"));
        assertThat(reader.read()).isEqualTo(invalidate("b"));
        assertThat(reader.read()).isEqualTo(invalidate("c"));
    }

    @Test
    void optin_remembersTheNextCommandAlone() throws IOException {
        readerRuns("CLIENT TRACKING ON OPTIN", "GET a", "CLIENT CACHING YES", "GET b", "GET c");

        writer.run("MSET a 1 b 1 c 1");

        assertThatItIsToldOf("b");
    }

    @Test
    void optout_forgetsTheNextCommandAlone_andATransactionIsOne() throws IOException {
        readerRuns("CLIENT TRACKING ON OPTOUT", "CLIENT CACHING NO");
        readerRuns("MULTI", "GET a", "GET b", "EXEC", "GET c");

        writer.run("MSET a 1 b 1 c 1");

        assertThatItIsToldOf("c");
    }

    private void readerRuns(String... commands) throws IOException {
        for (String command : commands) {
            reader.run(command);
        }
    }

    /** And of nothing else. */
    private void assertThatItIsToldOf(String key) throws IOException {
        assertThat(reader.read()).isEqualTo(invalidate(key));
        assertThat(reader.run("PING")).isEqualTo("+PONG|");
    }

    @Test
    void broadcast_tellsOfEveryKeyWithAPrefix_inOneMessageForEachPrefix() throws IOException {
        reader.run("CLIENT TRACKING ON BCAST PREFIX b: PREFIX a:");
        writer.run("MSET b:2 1 a:1 1 c:1 1 b:1 1");

        assertThat(reader.read()).isEqualTo(invalidate("a:1"));
        assertThat(reader.read()).isEqualTo(invalidate("b:1", "b:2"));
        assertThat(reader.run("PING")).isEqualTo("+PONG|");
    }

    @Test
    void broadcast_tellsNobodyOfKeysThatHeMayNotRead() throws IOException {
        writer.run("ACL SETUSER some on nopass ~ok* %W~out* +@all");
        Wire some = server.connect();
        some.run("HELLO 3 AUTH some x");
        some.run("CLIENT TRACKING ON BCAST");
        writer.run("MSET ok 1 other 1 out 1");
        assertThat(some.read()).isEqualTo(invalidate("ok"));
        writer.run("SET other 2");
        writer.run("SET ok 2");
        assertThat(some.read()).isEqualTo(invalidate("ok"));
        assertThat(some.run("PING")).isEqualTo("+PONG|");
        writer.run("ACL DELUSER some");
    }

    @Test
    void aClientOfResp2_isToldThroughAnother() throws IOException {
        Wire listener = server.connect();
        String id = id(listener);
        listener.run("SUBSCRIBE __redis__:invalidate");
        Wire old = server.connect();
        old.run("CLIENT TRACKING ON REDIRECT " + id);
        assertThat(old.run("CLIENT GETREDIR")).isEqualTo(":" + id + "|");
        old.run("GET k");
        writer.run("SET k 1");
        writer.run("FLUSHALL");

        String head = "*3|$7|message|$20|__redis__:invalidate|";
        assertThat(listener.read()).isEqualTo(head + "*1|$1|k|");
        assertThat(listener.read()).isEqualTo(head + "$-1|");
    }

    @Test
    void whoeverRedirects_isToldThatTheOtherIsGone() throws IOException {
        Wire listener = server.connect();
        reader.run("CLIENT TRACKING ON REDIRECT " + id(listener));
        reader.run("GET k");
        assertThat(listener.run("QUIT")).isEqualTo("+OK|");
        writer.run("SET k 1");

        assertThat(reader.read()).startsWith(">2|$21|tracking-redir-broken|:");
        assertThat(reader.run("CLIENT TRACKINGINFO"))
                .startsWith("%3|$5|flags|~2|$2|on|$15|broken_redirect|");
        assertThat(reader.run("CLIENT INFO")).contains(" flags=tR ");
    }

    @Test
    void aFlush_isToldToEverybody_andNothingIsRememberedAfterwards() throws IOException {
        reader.run("CLIENT TRACKING ON");
        reader.run("GET k");
        writer.run("FLUSHDB");
        writer.run("SET k 1");

        assertThat(reader.read()).isEqualTo(">2|$10|invalidate|_|");
        assertThat(reader.run("PING")).isEqualTo("+PONG|");
    }

    @Test
    void aKeyThatExpires_isToldOf() throws IOException {
        writer.run("SET k 1 PX 500");
        reader.run("CLIENT TRACKING ON");
        reader.run("GET k");

        assertThat(reader.read()).isEqualTo(invalidate("k"));
    }

    @Test
    void tooManyKeys_areGivenUp_andThatIsSaid() throws IOException {
        reader.run("CLIENT TRACKING ON");
        writer.run("CONFIG SET tracking-table-max-keys 10");
        for (int i = 0; i < 40; i++) {
            reader.send("GET", "key:" + i);
        }
        int told = 0;
        for (int i = 0; i < 70; i++) {
            told += reader.read().startsWith(">") ? 1 : 0;
        }
        assertThat(told).isEqualTo(30);
        assertThat(writer.run("INFO stats"))
                .contains("tracking_total_keys:10\r\n", "tracking_total_items:10\r\n");
    }

    @Test
    void aClientThatIsGone_isForgotten() throws IOException {
        Wire other = server.connect();
        other.run("HELLO 3");
        other.run("CLIENT TRACKING ON BCAST PREFIX x");
        assertThat(writer.run("INFO stats")).contains("tracking_total_prefixes:1\r\n");
        other.run("QUIT");
        assertThat(other.read()).isEqualTo("closed");
        while (!writer.run("INFO clients").contains("tracking_clients:0")) {
            Thread.onSpinWait();
        }
        assertThat(writer.run("INFO stats")).contains("tracking_total_prefixes:0\r\n");
    }

    @Test
    void optionsThatDoNotFit_areRefused() throws IOException {
        assertThat(reader.run("CLIENT TRACKING ON PREFIX a"))
                .isEqualTo("-ERR PREFIX option requires BCAST mode to be enabled|");
        assertThat(reader.run("CLIENT TRACKING ON OPTIN OPTOUT"))
                .isEqualTo("-ERR You can't specify both OPTIN mode and OPTOUT mode|");
        assertThat(reader.run("CLIENT TRACKING ON BCAST PREFIX ab PREFIX a"))
                .isEqualTo(
                        "-ERR Prefix 'ab' overlaps with another provided prefix 'a'. Prefixes for a"
                                + " single client must not overlap.|");
        assertThat(reader.run("CLIENT TRACKING ON REDIRECT 123456789"))
                .isEqualTo("-ERR The client ID you want redirect to does not exist|");
        assertThat(reader.run("CLIENT CACHING YES"))
                .isEqualTo(
                        "-ERR CLIENT CACHING can be called only when the client is in tracking mode"
                                + " with OPTIN or OPTOUT mode enabled|");
        assertThat(reader.run("CLIENT TRACKINGINFO"))
                .isEqualTo("%3|$5|flags|~1|$3|off|$8|redirect|:-1|$8|prefixes|*0|");
    }

    @Test
    void reset_endsIt() throws IOException {
        reader.run("CLIENT TRACKING ON");
        reader.run("GET k");
        reader.run("RESET");
        reader.run("HELLO 3");
        writer.run("SET k 1");

        assertThat(reader.run("PING")).isEqualTo("+PONG|");
    }
}
