package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and their rights over sockets. */
final class UsersTest {

    private static final String KEY = "-NOPERM No permissions to access a key|";
    private static final String CHANNEL = "-NOPERM No permissions to access a channel|";

    @TempDir Path directory;

    private static Wire as(LiveServer server, String user, String rules) throws IOException {
        Wire admin = server.connect();
        assertThat(admin.run("ACL SETUSER " + user + " on nopass " + rules)).isEqualTo("+OK|");
        Wire wire = server.connect();
        assertThat(wire.run("AUTH " + user + " x")).isEqualTo("+OK|");
        return wire;
    }

    @Test
    void refusals_haveRedisTexts_andAreCounted() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire bob = as(server, "bob", "+get +config|get +publish +acl ~ok* &news");
            assertThat(bob.run("SET ok1 v"))
                    .isEqualTo("-NOPERM User bob has no permissions to run the 'set' command|");
            assertThat(bob.run("CONFIG SET hz 1"))
                    .isEqualTo(
                            "-NOPERM User bob has no permissions to run the 'config|set' command|");
            assertThat(bob.run("GET secret")).isEqualTo(KEY);
            assertThat(bob.run("GET ok1")).isEqualTo("$-1|");
            assertThat(bob.run("PUBLISH other x")).isEqualTo(CHANNEL);
            assertThat(bob.run("ACL WHOAMI")).isEqualTo("$3|bob|");
            assertThat(server.connect().run("AUTH bob2 x")).startsWith("-WRONGPASS");

            assertThat(server.connect().run("INFO stats"))
                    .contains("acl_access_denied_auth:1")
                    .contains("acl_access_denied_cmd:2")
                    .contains("acl_access_denied_key:1")
                    .contains("acl_access_denied_channel:1");
        }
    }

    @Test
    void pipelinedRun_isRefusedWhereOneOfItIs() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire bob = as(server, "bob", "+get +set ~ok*");
            bob.sendRaw(Wire.bytes("SET ok1 a\r\nGET ok1\r\nGET secret\r\nGET ok1\r\nDEL ok1\r\n"));

            assertThat(bob.read()).isEqualTo("+OK|");
            assertThat(bob.read()).isEqualTo("$1|a|");
            assertThat(bob.read()).isEqualTo(KEY);
            assertThat(bob.read()).isEqualTo("$1|a|");
            assertThat(bob.read()).contains("'del' command");
        }
    }

    @Test
    void transaction_isJudged_whenItIsQueued_andAgainWhenItRuns() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire admin = server.connect();
            Wire bob = as(server, "bob", "+@all ~ok*");
            bob.run("MULTI");
            assertThat(bob.run("GET secret")).isEqualTo(KEY);
            assertThat(bob.run("EXEC")).startsWith("-EXECABORT");

            bob.run("MULTI");
            assertThat(bob.run("GET ok1")).isEqualTo("+QUEUED|");
            assertThat(bob.run("INCR ok2")).isEqualTo("+QUEUED|");
            admin.run("ACL SETUSER bob -incr resetkeys ~other");
            assertThat(bob.run("EXEC"))
                    .isEqualTo(
                            "*2|-NOPERM ACLs rules changed between the moment the transaction was"
                                + " accumulated and the EXEC call. This command is no longer"
                                + " allowed for the following reason: no permission to touch the"
                                + " specified keys|-NOPERM ACLs rules changed between the moment"
                                + " the transaction was accumulated and the EXEC call. This command"
                                + " is no longer allowed for the following reason: no permission to"
                                + " execute the command or subcommand|");
        }
    }

    @Test
    void whatWasAllowedWhenAClientBeganToWait_isJudgedAgainWhenItIsServed() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire admin = server.connect();
            Wire bob = as(server, "bob", "+@all ~*");
            bob.send("BLPOP", "list", "0");
            assertThat(bob.isSilent()).isTrue();
            admin.run("ACL SETUSER bob resetkeys");

            assertThat(admin.run("RPUSH list a")).isEqualTo(":1|");
            assertThat(bob.read()).isEqualTo(KEY);
            assertThat(admin.run("LLEN list")).as("nothing was taken").isEqualTo(":1|");
            assertThat(admin.run("INFO commandstats"))
                    .containsPattern("cmdstat_blpop:calls=0,.*rejected_calls=1,failed_calls=0");
        }
    }

    @Test
    void patternsOfSort_needTheRightToReadEveryKey() throws IOException {
        try (LiveServer server = new LiveServer()) {
            server.connect().run("RPUSH ok a b");
            Wire bob = as(server, "bob", "+@all ~ok* ~BY");
            assertThat(bob.run("SORT ok BY nosort ALPHA")).startsWith("*2|");
            assertThat(bob.run("SORT ok BY secret_*"))
                    .isEqualTo(
                            "-ERR BY option of SORT denied due to insufficient ACL permissions.|");
            assertThat(bob.run("SORT_RO ok GET secret_*"))
                    .isEqualTo(
                            "-ERR GET option of SORT denied due to insufficient ACL permissions.|");
            assertThat(bob.run("SORT ok ALPHA STORE BY STORE secret")).isEqualTo(KEY);
            assertThat(bob.run("PFMERGE secret")).isEqualTo(KEY);
            Wire eve = as(server, "eve", "+@all %R~*");
            assertThat(eve.run("SORT ok BY secret_* GET # ALPHA")).startsWith("*2|");
        }
    }

    @Test
    void deletedUser_losesItsConnections_inWhateverStateTheyAre() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire admin = server.connect();
            Wire idle = as(server, "bob", "+@all ~* &*");
            Wire waiting = as(server, "bob", "");
            waiting.send("BLPOP", "list", "0");
            Wire listening = as(server, "bob", "");
            listening.run("SUBSCRIBE c");
            Wire queueing = as(server, "bob", "");
            queueing.run("MULTI");
            queueing.run("SET k v");
            Wire other = as(server, "eve", "+@all ~* &*");
            assertThat(waiting.isSilent()).isTrue();

            assertThat(admin.run("ACL DELUSER bob nobody")).isEqualTo(":1|");
            assertThat(admin.run("RPUSH list a")).isEqualTo(":1|");
            for (Wire wire : new Wire[] {idle, waiting, listening, queueing}) {
                assertThat(wire.read()).isEqualTo("closed");
            }
            assertThat(admin.run("LLEN list")).as("nobody was served").isEqualTo(":1|");
            assertThat(other.run("PING")).isEqualTo("+PONG|");
            assertThat(admin.run("AUTH bob x")).startsWith("-WRONGPASS");
            assertThat(admin.run("CLIENT LIST")).doesNotContain("user=bob");
        }
    }

    @Test
    void userWhoDeletesHimself_isAnswered_andGone() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire bob = as(server, "bob", "+@all ~* &*");
            bob.sendRaw(Wire.bytes("ACL DELUSER bob\r\nSET k v\r\n"));
            assertThat(bob.read()).isEqualTo(":1|");
            assertThat(bob.read()).isEqualTo("closed");
            assertThat(server.connect().run("EXISTS k")).isEqualTo(":0|");
            assertThat(server.connect().run("ACL DELUSER default"))
                    .isEqualTo("-ERR The 'default' user cannot be removed|");
        }
    }

    @Test
    void listeners_end_whenTheirChannelsAreClosedToThem() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire admin = server.connect();
            Wire channel = as(server, "bob", "+@all ~* &a* &b");
            channel.run("SUBSCRIBE a1");
            Wire pattern = as(server, "bob", "");
            pattern.run("PSUBSCRIBE a*");
            Wire kept = as(server, "bob", "");
            kept.run("SUBSCRIBE b");
            Wire shard = as(server, "bob", "");
            shard.run("SSUBSCRIBE a2");

            admin.run("ACL SETUSER bob &c");
            assertThat(channel.isSilent()).as("a superset ends nobody").isTrue();
            admin.run("ACL SETUSER bob resetchannels &a1 &b");
            assertThat(pattern.read()).isEqualTo("closed");
            assertThat(shard.read()).isEqualTo("closed");
            assertThat(channel.isSilent()).isTrue();
            admin.run("ACL SETUSER bob resetchannels &b");
            assertThat(channel.read()).isEqualTo("closed");
            admin.run("PUBLISH b hello");
            assertThat(kept.read()).isEqualTo("*3|$7|message|$1|b|$5|hello|");
        }
    }

    @Test
    void log_tellsWhatWasRefused_andCountsTheSameOnce() throws IOException {
        try (LiveServer server = new LiveServer("--acllog-max-len", "3")) {
            Wire admin = server.connect();
            Wire bob = as(server, "bob", "+@all -set ~ok* resetchannels");
            bob.run("SET ok1 v");
            bob.run("SET ok2 v");
            assertThat(admin.run("ACL LOG"))
                    .startsWith(
                            "*1|*20|$5|count|:2|$6|reason|$7|command|$7|context|$8|toplevel|"
                                    + "$6|object|$3|set|$8|username|$3|bob|$11|age-seconds|$")
                    .contains("|$11|client-info|$", " cmd=set user=bob ")
                    .contains("|$8|entry-id|:0|$17|timestamp-created|:");
            bob.run("GET secret");
            bob.run("PUBLISH c x");
            bob.run("AUTH bob2 x");
            bob.run("MULTI");
            bob.run("GET secret");
            assertThat(admin.run("ACL LOG 2"))
                    .startsWith("*2|")
                    .contains("$6|reason|$3|key|$7|context|$5|multi|$6|object|$6|secret|")
                    .contains(
                            "$6|reason|$4|auth|$7|context|$8|toplevel|$6|object|$4|AUTH|"
                                    + "$8|username|$4|bob2|");
            assertThat(admin.run("ACL LOG 10")).startsWith("*3|");
            admin.run("HELLO 3");
            assertThat(admin.run("ACL LOG 1")).startsWith("*1|%10|").contains("|,");
            assertThat(admin.run("ACL LOG RESET")).isEqualTo("+OK|");
            assertThat(admin.run("ACL LOG")).isEqualTo("*0|");
        }
    }

    @Test
    void getuser_isAMapWithASetOfFlags() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire admin = server.connect();
            admin.call("ACL", "SETUSER", "bob", "~a", "(+get", "&c)");
            String fields = "$8|commands|$5|-@all|$4|keys|$2|~a|$8|channels|$0||$9|selectors|*1|";
            String selector = "$8|commands|$10|-@all +get|$4|keys|$0||$8|channels|$2|&c|";
            assertThat(admin.run("ACL GETUSER bob"))
                    .isEqualTo(
                            "*12|$5|flags|*2|$3|off|$16|sanitize-payload|$9|passwords|*0|"
                                    + fields
                                    + "*6|"
                                    + selector);
            admin.run("HELLO 3");
            assertThat(admin.run("ACL GETUSER bob"))
                    .isEqualTo(
                            "%6|$5|flags|~2|$3|off|$16|sanitize-payload|$9|passwords|*0|"
                                    + fields
                                    + "%3|"
                                    + selector);
            assertThat(admin.run("ACL GETUSER nobody")).isEqualTo("_|");
        }
    }

    @Test
    void setuser_isAllOrNothing_andOneReply() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire admin = server.connect();
            assertThat(admin.run("ACL SETUSER bob +get nonsense"))
                    .isEqualTo("-ERR Error in ACL SETUSER modifier 'nonsense': Syntax error|");
            assertThat(admin.run("ACL GETUSER bob")).isEqualTo("$-1|");
            assertThat(admin.call("ACL", "SETUSER", "bob", "x\r\n+OK"))
                    .isEqualTo("-ERR Error in ACL SETUSER modifier 'x  +OK': Syntax error|");
            assertThat(admin.call("ACL", "SETUSER", "a b", "on"))
                    .isEqualTo("-ERR Usernames can't contain spaces or null characters|");
            assertThat(admin.run("ACL SETUSER bob on (+get ~x"))
                    .isEqualTo("-ERR Unmatched parenthesis in acl selector starting at '(+get'.|");
            assertThat(admin.run("PING")).isEqualTo("+PONG|");
        }
    }

    @Test
    void file_isReadAtTheStart_savedAndLoadedWhole() throws IOException {
        Path file = directory.resolve("users.acl");
        Files.writeString(file, "user default on nopass ~* &* +@all\nuser bob on >x ~b* +@all\n");
        try (LiveServer server =
                new LiveServer("--aclfile", "users.acl", "--dir", directory.toString())) {
            Wire admin = server.connect();
            Wire bob = server.connect();
            assertThat(bob.run("AUTH bob x")).isEqualTo("+OK|");
            assertThat(bob.run("GET c")).isEqualTo(KEY);
            Wire eve = as(server, "eve", "+@all");
            assertThat(admin.run("ACL SAVE")).isEqualTo("+OK|");
            assertThat(Files.readString(file))
                    .isEqualTo(
                            """
                            user bob on #2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881 ~b* resetchannels +@all
                            user default on nopass ~* &* +@all
                            user eve on nopass sanitize-payload resetchannels +@all
                            """);

            Files.writeString(file, "user bob on >x +nosuch\nuser bob on\nusr x\nuser y (+get\n");
            assertThat(admin.run("ACL LOAD"))
                    .isEqualTo(
                            "-ERR users.acl:1: Error in applying operation '+nosuch': Unknown"
                                + " command or category name in ACL. WARNING: Duplicate user 'bob'"
                                + " found on line 2. users.acl:3 should start with user keyword"
                                + " followed by the username. users.acl:4: Unmatched parenthesis in"
                                + " selector definition. WARNING: ACL errors detected, no change to"
                                + " the previously active ACL rules was performed|");
            assertThat(bob.run("GET b")).isEqualTo("$-1|");

            Files.writeString(file, "user bob on >x ~c* +@all\n");
            assertThat(admin.run("ACL LOAD")).isEqualTo("+OK|");
            assertThat(bob.run("GET c")).as("stays, with the new rules").isEqualTo("$-1|");
            assertThat(bob.run("GET b")).isEqualTo(KEY);
            assertThat(eve.read()).as("eve is no more").isEqualTo("closed");
            assertThat(admin.run("ACL USERS")).isEqualTo("*2|$3|bob|$7|default|");
            Files.delete(file);
            assertThat(admin.run("ACL LOAD"))
                    .isEqualTo(
                            "-ERR Error loading ACLs, opening file 'users.acl': No such file or"
                                    + " directory|");
        }
    }

    @Test
    void usersOfTheConfiguration_areInForce_andWrittenBack() throws IOException {
        Path file = directory.resolve("redis.conf");
        Files.writeString(
                file,
                "requirepass first\nuser bob on >x (~a +get) \"~q\\\"b\"\n"
                        + "user default on >second ~* +@all\n");
        try (LiveServer server = new LiveServer(file.toString())) {
            Wire admin = server.connect();
            assertThat(admin.run("PING")).startsWith("-NOAUTH");
            assertThat(admin.run("AUTH first")).as("the user line wins").startsWith("-WRONGPASS");
            assertThat(admin.run("AUTH second")).isEqualTo("+OK|");
            admin.run("ACL SETUSER eve +get");
            assertThat(admin.run("CONFIG REWRITE")).isEqualTo("+OK|");
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .contains("\nuser bob on #2d7116", " \"~q\\\"b\" resetch")
                    .contains(" (~a resetchannels -@all +get)\n")
                    .contains("\nuser eve off sanitize-payload resetchannels -@all +get\n")
                    .doesNotContain(">second");
            assertThat(admin.run("CONFIG SET requirepass third")).isEqualTo("+OK|");
            assertThat(server.connect().run("AUTH third")).isEqualTo("+OK|");
        }
        try (LiveServer server = new LiveServer(file.toString())) {
            assertThat(server.connect().run("AUTH second")).isEqualTo("+OK|");
        }
    }

    @Test
    void wrongUsersInTheConfiguration_keepTheServerFromStarting() throws IOException {
        assertThatThrownBy(() -> new LiveServer("--user", "a", "on", "--user", "a", "off"))
                .hasMessageContaining("Duplicate user found");
        assertThatThrownBy(() -> new LiveServer("--user", "a", "+nosuch"))
                .hasMessageContaining("Error loading ACL rule '+nosuch' for the user named 'a'");
        assertThatThrownBy(() -> new LiveServer("--user", "a", "on", "--aclfile", "x"))
                .hasMessageContaining("both");
        assertThatThrownBy(() -> new LiveServer("--aclfile", "/nosuch/file"))
                .hasMessageContaining("No such file or directory");
    }

    @Test
    void defaultUser_switchedOff_letsNobodyInUnasked() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire admin = as(server, "root", "+@all ~* &*");
            admin.run("ACL SETUSER default off");
            Wire later = server.connect();
            assertThat(later.run("PING")).startsWith("-NOAUTH");
            assertThat(later.run("AUTH default x")).startsWith("-WRONGPASS");
            assertThat(later.run("HELLO 2 AUTH root x")).startsWith("*14|");
            assertThat(later.run("PING")).isEqualTo("+PONG|");
        }
    }

    @Test
    void passwordPutBack_isAskedForAgain() throws IOException {
        try (LiveServer server = new LiveServer("--requirepass", "x")) {
            Wire admin = server.connect();
            admin.run("AUTH x");
            Wire other = server.connect();
            assertThat(other.run("PING")).startsWith("-NOAUTH");
            admin.call("CONFIG", "SET", "requirepass", "");
            assertThat(other.run("PING")).isEqualTo("+PONG|");
            admin.run("CONFIG SET requirepass y");
            assertThat(other.run("PING")).startsWith("-NOAUTH");
        }
    }
}
