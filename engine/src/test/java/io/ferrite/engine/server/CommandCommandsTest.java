package io.ferrite.engine.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandFixture;
import org.junit.jupiter.api.Test;

/** The expected replies of COMMAND INFO are a redis-server 7.0's. */
final class CommandCommandsTest {

    private static final String AT_1 =
            "$12|begin_search|*4|$4|type|$5|index|$4|spec|*2|$5|index|:1|$9|find_keys|*4|$4|type|$5|range"
                + "|$4|spec|*6|$7|lastkey|:0|$7|keystep|:1|$5|limit|:0|";

    private final CommandFixture redis = CommandFixture.create();

    @Test
    void info_describesACommand_andNilStandsForAnUnknownOne() {
        redis.run("COMMAND INFO GET nosuch")
                .replies(
                        "*2|*10|$3|get|:2|*2|+readonly|+fast|:1|:1|:1|*3|+@read|+@string|+@fast|*0|*1|*6"
                            + "|$5|flags|*2|+RO|+access|"
                                + AT_1
                                + "*0|$-1|");
    }

    @Test
    void info_ofASubcommand_namesItInFull() {
        redis.run("COMMAND INFO object|freq")
                .replies(
                        "*1|*10|$11|object|freq|:3|*1|+readonly|:2|:2|:1|*3|+@keyspace|+@read|+@slow|*1"
                            + "|$23|nondeterministic_output|*1|*6|$5|flags|*1|+RO|"
                                + AT_1.replace("$5|index|:1", "$5|index|:2")
                                + "*0|");
    }

    @Test
    void info_inResp3_hasSetsAndMaps() {
        CommandFixture resp3 = CommandFixture.resp3();
        resp3.run("COMMAND INFO get nosuch")
                .replies(
                        "*2|*10|$3|get|:2|~2|+readonly|+fast|:1|:1|:1|~3|+@read|+@string|+@fast|~0|~1|%3"
                            + "|$5|flags|~2|+RO|+access|"
                                + AT_1.replace("*4", "%2").replace("*2", "%1").replace("*6", "%3")
                                + "~0|_|");
    }

    @Test
    void docs_haveWhatIsKnown_andLeaveOutUnknownCommands() {
        redis.run("COMMAND DOCS nosuch getdel get|x")
                .replies(
                        "*2|$6|getdel|*10|$7|summary|$50|Returns the value of a string and deletes"
                            + " the key."
                            + "|$5|since|$5|6.2.0|$5|group|$6|string|$10|complexity|$4|O(1)|$9|arguments"
                            + "|*1|*8|$4|name|$3|key|$4|type|$3|key|$12|display_text|$3|key"
                            + "|$14|key_spec_index|:0|");
    }

    @Test
    void docs_ofAContainer_holdItsSubcommands() {
        String reply = redis.run("COMMAND DOCS object").reply();
        assertThat(reply).contains("$11|subcommands|").contains("|$11|object|freq|");
    }

    @Test
    void everything_isTold_andCounted() {
        String all = redis.run("COMMAND").reply();
        String count = redis.run("COMMAND COUNT").reply();
        assertThat(all).startsWith("*" + count.substring(1));
        assertThat(redis.run("COMMAND INFO").reply()).isEqualTo(all);
        int names = Integer.parseInt(count.substring(1, count.length() - 1));
        assertThat(redis.run("COMMAND DOCS").reply()).startsWith("*" + 2 * names + "|");
    }

    @Test
    void commandsThatDontRunHere_areNotTold() {
        redis.run("COMMAND INFO sentinel").replies("*1|$-1|");
        redis.run("COMMAND LIST FILTERBY PATTERN sentinel*").replies("*0|");
        redis.run("COMMAND DOCS sentinel|myid").replies("*0|");
        redis.run("COMMAND GETKEYS sentinel myid").replies("-ERR Invalid command specified|");
    }

    @Test
    void list_filters() {
        redis.run("COMMAND LIST FILTERBY PATTERN GETDE?").replies("*1|$6|getdel|");
        redis.run("COMMAND LIST FILTERBY ACLCAT nosuch").replies("*0|");
        redis.run("COMMAND LIST FILTERBY MODULE x").replies("*0|");
        assertThat(redis.run("COMMAND LIST FILTERBY ACLCAT transaction").reply())
                .contains("$5|multi|")
                .doesNotContain("$3|get|");
        assertThat(redis.run("COMMAND LIST").reply()).contains("$11|object|freq|");
        for (String wrong : new String[] {"x", "FILTERBY", "FILTERBY PATTERN", "FILTERBY x y"}) {
            redis.run("COMMAND LIST " + wrong).replies("-ERR syntax error|");
        }
        redis.run("COMMAND LIST FILTERBY PATTERN * x").replies("-ERR syntax error|");
    }

    @Test
    void getkeys_tellsKeys() {
        redis.run("COMMAND GETKEYS MSET a 1 b 2").replies("*2|$1|a|$1|b|");
        redis.run("COMMAND GETKEYS object freq k").replies("*1|$1|k|");
        redis.run("COMMAND GETKEYSANDFLAGS set a b").replies("*1|*2|$1|a|*2|+OW|+update|");
        redis.run("COMMAND GETKEYSANDFLAGS set a b get")
                .replies("*1|*2|$1|a|*3|+RW|+access|+update|");
    }

    @Test
    void getkeys_refusesWhatHasNone() {
        redis.run("COMMAND GETKEYS nosuch x").replies("-ERR Invalid command specified|");
        redis.run("COMMAND GETKEYS object nosuch").replies("-ERR Invalid command specified|");
        redis.run("COMMAND GETKEYS ping x").replies("-ERR The command has no key arguments|");
        redis.run("COMMAND GETKEYS get a b")
                .replies("-ERR Invalid number of arguments specified for command|");
    }

    @Test
    void help_isThere() {
        assertThat(redis.run("COMMAND HELP").reply()).startsWith("*").contains("+GETKEYS <full");
    }
}
