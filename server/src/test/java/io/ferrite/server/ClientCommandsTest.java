package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CLIENT, seen from the sockets of several clients on two event loops. */
final class ClientCommandsTest {
    private LiveServer server;
    private Wire me;

    @BeforeEach
    void start() throws IOException {
        server = new LiveServer();
        me = server.connect();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static String id(Wire wire) throws IOException {
        return wire.run("CLIENT ID").substring(1).replace("|", "");
    }

    @Test
    void info_isOneLineInTheFormatOfRedis() throws IOException {
        String line = me.run("CLIENT INFO");

        assertThat(line)
                .matches(
                        "\\$\\d+\\|id=\\d+ addr=127\\.0\\.0\\.1:\\d+ laddr=127\\.0\\.0\\.1:"
                                + server.port()
                                + " fd=\\d+ name= age=0 idle=0 flags=N db=0 sub=0 psub=0 ssub=0"
                                + " multi=-1 watch=0 qbuf=26 qbuf-free=\\d+ argv-mem=10 multi-mem=0"
                                + " rbs=\\d+ rbp=\\d+ obl=0 oll=0 omem=0 tot-mem=\\d+ events=r"
                                + " cmd=client\\|info user=default redir=-1 resp=2 lib-name="
                                + " lib-ver=\n\\|");
    }

    @Test
    void info_isATextWithItsKindInResp3() throws IOException {
        me.run("HELLO 3");

        assertThat(me.run("CLIENT INFO")).startsWith("=").contains("|txt:id=").contains(" resp=3 ");
    }

    @Test
    void list_showsWhatOthersAreDoing() throws IOException {
        Wire other = server.connect();
        other.run("CLIENT SETNAME other");
        other.run("CLIENT SETINFO LIB-NAME mine");
        other.run("CLIENT SETINFO lib-ver 1.2");
        other.run("WATCH a b");
        other.run("SELECT 3");
        other.run("MULTI");
        other.run("SET k v");

        String line = me.run("CLIENT LIST ID " + id(me) + " 999999");
        assertThat(line).contains("cmd=client|list").doesNotContain("name=other");
        assertThat(me.run("CLIENT LIST"))
                .containsPattern(
                        "name=other age=\\d+ idle=\\d+ flags=x db=3 sub=0 psub=0 ssub=0 multi=1"
                                + " watch=2 qbuf=0")
                .contains("cmd=set user=default redir=-1 resp=2 lib-name=mine lib-ver=1.2\n");
    }

    @Test
    void list_tellsTypesApart() throws IOException {
        Wire listener = server.connect();
        listener.run("SUBSCRIBE a b");
        Wire monitor = server.connect();
        monitor.run("MONITOR");

        assertThat(me.run("CLIENT LIST TYPE pubsub"))
                .contains("flags=P db=0 sub=2 ")
                .doesNotContain("cmd=client|list");
        assertThat(me.run("CLIENT LIST TYPE normal")).contains("flags=O ").contains("flags=N ");
        assertThat(me.run("CLIENT LIST TYPE replica")).isEqualTo("$0||");
    }

    @Test
    void kill_byAddress_closesThatClient_andIsRefusedForNobody() throws IOException {
        Wire other = server.connect();
        other.run("PING");

        assertThat(me.run("CLIENT KILL " + other.localAddress())).isEqualTo("+OK|");
        assertThat(other.read()).isEqualTo("closed");
        assertThat(me.run("CLIENT KILL " + other.localAddress())).isEqualTo("-ERR No such client|");
    }

    @Test
    void kill_byFilters_countsWhatFitsAll_andSparesTheCaller() throws IOException {
        Wire listener = server.connect();
        listener.run("SUBSCRIBE a");
        Wire other = server.connect();
        other.run("PING");

        assertThat(me.run("CLIENT KILL TYPE pubsub USER default")).isEqualTo(":1|");
        assertThat(me.run("CLIENT KILL TYPE normal ADDR 1.2.3.4:5")).isEqualTo(":0|");
        assertThat(me.run("CLIENT KILL MAXAGE 10000")).isEqualTo(":0|");
        assertThat(me.run("CLIENT KILL TYPE normal")).isEqualTo(":1|");
        assertThat(listener.read()).isEqualTo("closed");
        assertThat(other.read()).isEqualTo("closed");
        assertThat(me.run("CLIENT LIST").lines()).hasSize(2);
    }

    @Test
    void kill_ofTheCaller_isAnsweredBeforeTheEnd_andNothingBehindItRuns() throws IOException {
        me.sendRaw(Wire.bytes("CLIENT KILL ID " + id(me) + " SKIPME no\r\nSET k v\r\n"));

        assertThat(me.read()).isEqualTo(":1|");
        assertThat(me.read()).isEqualTo("closed");
        assertThat(server.connect().run("EXISTS k")).isEqualTo(":0|");
    }

    @Test
    void kill_inATransaction_letsItEnd() throws IOException {
        String id = id(me);
        me.run("MULTI");
        me.run("CLIENT KILL ID " + id + " SKIPME no");
        me.run("SET k v");

        assertThat(me.run("EXEC")).isEqualTo("*2|:1|+OK|");
        assertThat(me.read()).isEqualTo("closed");
    }

    @Test
    void pauseOfWrites_holdsThem_untilItIsTakenBack() throws IOException {
        Wire other = server.connect();
        assertThat(me.run("CLIENT PAUSE 100000 WRITE")).isEqualTo("+OK|");
        other.send("SET", "k", "v");

        assertThat(other.isSilent()).isTrue();
        assertThat(me.run("GET k")).isEqualTo("$-1|");
        assertThat(me.run("CLIENT UNPAUSE")).isEqualTo("+OK|");
        assertThat(other.read()).isEqualTo("+OK|");
    }

    @Test
    void pauseOfAll_endsByItself_andOrderIsKept() throws IOException {
        me.run("CLIENT PAUSE 150");
        me.sendRaw(Wire.bytes("SET k v\r\nGET k\r\n"));

        assertThat(me.read()).isEqualTo("+OK|");
        assertThat(me.read()).isEqualTo("$1|v|");
    }

    @Test
    void repliesSwitchedOff_comeBackWithOn() throws IOException {
        me.sendRaw(
                Wire.bytes(
                        "CLIENT REPLY OFF\r\nSET k v\r\nNOSUCH\r\nCLIENT REPLY ON\r\n"
                                + "CLIENT REPLY SKIP\r\nGET k\r\nECHO a\r\n"));

        assertThat(me.read()).isEqualTo("+OK|");
        assertThat(me.read()).isEqualTo("$1|a|");
    }

    @Test
    void skipFollowedByOn_isAnsweredOnce() throws IOException {
        me.sendRaw(Wire.bytes("CLIENT REPLY SKIP\r\nCLIENT REPLY ON\r\nECHO a\r\n"));

        assertThat(me.read()).isEqualTo("+OK|");
        assertThat(me.read()).isEqualTo("$1|a|");
    }

    @Test
    void unblock_ofAClientThatDoesNotWait_isZero() throws IOException {
        assertThat(me.run("CLIENT UNBLOCK 999999")).isEqualTo(":0|");
        assertThat(me.run("CLIENT UNBLOCK " + id(server.connect()) + " ERROR")).isEqualTo(":0|");
        assertThat(me.run("CLIENT UNBLOCK x")).startsWith("-ERR value is not an integer");
        assertThat(me.run("CLIENT UNBLOCK 1 MAYBE"))
                .isEqualTo("-ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR|");
    }

    @Test
    void unblock_endsAWait_asIfTheTimeWereUp_orWithAnError() throws IOException {
        Wire waiting = server.connect();
        String id = id(waiting);
        waiting.send("BLPOP", "queue", "0");
        untilBlocked(id);
        assertThat(me.run("CLIENT UNBLOCK " + id)).isEqualTo(":1|");
        assertThat(waiting.read()).isEqualTo("*-1|");
        assertThat(me.run("CLIENT UNBLOCK " + id)).isEqualTo(":0|");

        waiting.send("BLPOP", "queue", "0");
        untilBlocked(id);
        me.run("MULTI");
        me.run("CLIENT UNBLOCK " + id + " ERROR");
        me.run("RPUSH queue a");
        assertThat(me.run("EXEC")).isEqualTo("*2|:1|:1|");
        assertThat(waiting.read()).isEqualTo("-UNBLOCKED client unblocked via CLIENT UNBLOCK|");
        assertThat(waiting.run("BLPOP queue 0")).isEqualTo("*2|$5|queue|$1|a|");
    }

    private void untilBlocked(String id) throws IOException {
        while (!me.run("CLIENT LIST ID " + id).contains(" flags=b ")) {
            Thread.onSpinWait();
        }
    }

    @Test
    void kill_ofAClientThatWaits_leavesTheElementToOthers() throws IOException {
        Wire waiting = server.connect();
        String id = id(waiting);
        waiting.send("BLPOP", "queue", "0");
        untilBlocked(id);

        assertThat(me.run("CLIENT KILL ID " + id)).isEqualTo(":1|");
        assertThat(waiting.read()).isEqualTo("closed");
        me.run("RPUSH queue a");
        assertThat(me.run("LLEN queue")).isEqualTo(":1|");
    }

    @Test
    void pausedClients_areListedAsBlocked_andKilledLikeOthers() throws IOException {
        me.run("CLIENT PAUSE 100000 WRITE");
        Wire other = server.connect();
        String id = id(other);
        other.send("SET", "k", "v");
        untilBlocked(id);

        assertThat(me.run("CLIENT UNBLOCK " + id)).as("it waits for no key").isEqualTo(":0|");
        assertThat(me.run("CLIENT KILL ID " + id)).isEqualTo(":1|");
        me.run("CLIENT UNPAUSE");
        assertThat(other.read()).isEqualTo("closed");
        assertThat(me.run("EXISTS k")).isEqualTo(":0|");
    }

    @Test
    void monitor_seesCommandsInOrder_transactionsAsTheyRun_andNoSecrets() throws IOException {
        Wire monitor = server.connect();
        assertThat(monitor.run("MONITOR")).isEqualTo("+OK|");
        me.call("SET", "user:1", "Al\"ice\n\u00ff");
        me.run("AUTH default secret");
        me.run("HELLO 2 AUTH default secret SETNAME x");
        me.run("MULTI");
        me.run("SET a b");
        me.run("EXEC");
        me.run("CONFIG GET port");

        String who = " [0 " + me.localAddress() + "] ";
        for (String seen :
                new String[] {
                    "\"SET\" \"user:1\" \"Al\\\"ice\\n\\xff\"",
                    "\"AUTH\" \"(redacted)\" \"(redacted)\"",
                    "\"HELLO\" \"2\" \"AUTH\" \"(redacted)\" \"(redacted)\" \"SETNAME\" \"x\"",
                    "\"MULTI\"",
                    "\"SET\" \"a\" \"b\"",
                    "\"EXEC\""
                }) {
            String line = monitor.read();
            assertThat(line).matches("\\+\\d+\\.\\d{6} .*").endsWith(who + seen + "|");
        }
        assertThat(monitor.isSilent()).isTrue();
    }
}
