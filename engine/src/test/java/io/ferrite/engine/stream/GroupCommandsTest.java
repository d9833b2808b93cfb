package io.ferrite.engine.stream;

import io.ferrite.engine.CommandFixture;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class GroupCommandsTest {

    private static final String NO_GROUP = "NOGROUP No such consumer group 'g' for key name 's'";

    private final CommandFixture redis = CommandFixture.create();

    @BeforeEach
    void add() {
        for (int i = 1; i <= 4; i++) {
            redis.run("XADD s " + i + "-0 f " + i);
        }
    }

    @AfterEach
    void close() {
        redis.close();
    }

    private String claimOf(String consumer, int entry, int deliveries, String lastId) {
        return "XCLAIM s g %s 0 %d-0 TIME %d RETRYCOUNT %d FORCE JUSTID LASTID %s"
                .formatted(consumer, entry, redis.nowMs(), deliveries, lastId);
    }

    @Test
    void groups_comeAndGo() {
        redis.run("XGROUP CREATE none g $")
                .refuses(
                        "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE"
                                + " you may want to use the MKSTREAM option to create an empty"
                                + " stream automatically.");
        redis.run("XGROUP CREATE none g $ MKSTREAM")
                .repliesOk()
                .announces("xgroup-create none")
                .propagates("XGROUP CREATE none g $ MKSTREAM");
        redis.run("XGROUP CREATE s g $").repliesOk();
        redis.run("XGROUP CREATE s g 0").refuses("BUSYGROUP Consumer Group name already exists");
        redis.run("XGROUP CREATE s h 0 ENTRIESREAD -2")
                .refuses("ERR value for ENTRIESREAD must be positive or -1");
        redis.run("XGROUP CREATE s h 0 BAD")
                .refuses(
                        "ERR unknown subcommand or wrong number of arguments for 'CREATE'. Try"
                                + " XGROUP HELP.");
        redis.run("XGROUP SETID s g 2").repliesOk().announces("xgroup-setid s");
        redis.run("XGROUP CREATECONSUMER s g c")
                .repliesInteger(1)
                .announces("xgroup-createconsumer s")
                .propagates("XGROUP CREATECONSUMER s g c");
        redis.run("XGROUP CREATECONSUMER s g c").repliesInteger(0).hasNoEffects();
        redis.run("XGROUP DESTROY s g").repliesInteger(1).announces("xgroup-destroy s");
        redis.run("XGROUP DESTROY s g").repliesInteger(0).hasNoEffects();
        redis.run("XGROUP SETID s g 2").refuses(NO_GROUP);
        redis.run("XGROUP DELCONSUMER s g c").refuses(NO_GROUP);
        redis.run("XINFO CONSUMERS s g").refuses(NO_GROUP);
    }

    @Test
    void newEntries_arePassedOnAsClaims() {
        redis.run("XGROUP CREATE s g 0");
        redis.run("XREADGROUP GROUP g c COUNT 2 STREAMS s >")
                .replies("*1|*2|$1|s|*2|*2|$3|1-0|*2|$1|f|$1|1|*2|$3|2-0|*2|$1|f|$1|2|")
                .propagates("MULTI", claimOf("c", 1, 1, "1-0"), claimOf("c", 2, 1, "2-0"), "EXEC")
                .announces("xgroup-createconsumer s");
        redis.run("XREADGROUP GROUP g d NOACK COUNT 1 STREAMS s >")
                .propagates(
                        "MULTI",
                        "XGROUP CREATECONSUMER s g d",
                        "XGROUP SETID s g 3-0 ENTRIESREAD 3",
                        "EXEC");
        redis.run("XREADGROUP GROUP g e STREAMS s >");
        redis.run("XREADGROUP GROUP g e STREAMS s >").replies("*-1|").hasNoEffects();
        redis.run("XPENDING s g").replies("*4|:3|$3|1-0|$3|4-0|*2|*2|$1|c|$1|2|*2|$1|e|$1|1|");
        redis.run("XACK s g 1-0 1-0 3-0 9-9").repliesInteger(1).notifiesNothing();
        redis.run("XACK s g 1-0 3-0").repliesInteger(0).hasNoEffects();
    }

    @Test
    void theHistory_isTheConsumersOwn_andCountsDeliveries() {
        redis.run("XGROUP CREATE s g 0");
        redis.run("XREADGROUP GROUP g c COUNT 2 STREAMS s >");
        redis.run("XDEL s 1-0");
        redis.advance(Duration.ofMillis(20));
        redis.run("XREADGROUP GROUP g c STREAMS s 0")
                .replies("*1|*2|$1|s|*2|*2|$3|1-0|*-1|*2|$3|2-0|*2|$1|f|$1|2|")
                .hasNoEffects();
        redis.run("XREADGROUP GROUP g other STREAMS s 0").replies("*1|*2|$1|s|*0|");
        redis.run("XPENDING s g - + 10").replies("*2|*4|$3|1-0|$1|c|:20|:1|*4|$3|2-0|$1|c|:0|:2|");
        redis.run("XPENDING s g IDLE 10 - + 10").replies("*1|*4|$3|1-0|$1|c|:20|:1|");
        redis.run("XPENDING s g - + 10 nobody").replies("*0|");
        redis.run("XPENDING s g (1-0 + 10 c").replies("*1|*4|$3|2-0|$1|c|:0|:2|");
        redis.run("XPENDING s g - +").refuses("ERR syntax error");
        redis.run("XPENDING s h").refuses("NOGROUP No such key 's' or consumer group 'h'");
    }

    @Test
    void claims_changeTheOwner() {
        redis.run("XGROUP CREATE s g 0");
        redis.run("XREADGROUP GROUP g c COUNT 3 STREAMS s >");
        redis.advance(Duration.ofMillis(50));
        redis.run("XCLAIM s g d 60 1-0").replies("*0|").hasNoEffects();
        redis.run("XCLAIM s g d 40 1-0 2-0")
                .replies("*2|*2|$3|1-0|*2|$1|f|$1|1|*2|$3|2-0|*2|$1|f|$1|2|")
                .propagates("MULTI", claimOf("d", 1, 2, "3-0"), claimOf("d", 2, 2, "3-0"), "EXEC");
        redis.run("XCLAIM s g c 0 2-0 RETRYCOUNT 9 JUSTID")
                .repliesArray("2-0")
                .propagates(claimOf("c", 2, 9, "3-0"));
        redis.run("XCLAIM s g c 0 4-0").replies("*0|");
        redis.run("XCLAIM s g c 0 4-0 FORCE JUSTID LASTID 9-0")
                .repliesArray("4-0")
                .propagates(claimOf("c", 4, 1, "9-0"));
        redis.run("XCLAIM s g c 0 5-0 LASTID 10-0")
                .replies("*0|")
                .propagates("XGROUP SETID s g 10-0 ENTRIESREAD 3");
        redis.run("XDEL s 1-0");
        redis.run("XCLAIM s g c 0 1-0")
                .replies("*0|")
                .propagates(
                        "XCLAIM s g d 0 1-0 TIME %d RETRYCOUNT 2 FORCE JUSTID LASTID 10-0"
                                .formatted(redis.nowMs()));
        redis.run("XPENDING s g").replies("*4|:3|$3|2-0|$3|4-0|*1|*2|$1|c|$1|3|");
        redis.run("XCLAIM s g c x 1-0").refuses("ERR Invalid min-idle-time argument for XCLAIM");
        redis.run("XCLAIM s g c 0 1-0 bad 2-0").refuses("ERR Unrecognized XCLAIM option 'bad'");
        redis.run("XCLAIM none g c 0 1-0")
                .refuses("NOGROUP No such key 'none' or consumer group 'g'");
    }

    @Test
    void xautoclaim_goesThroughAllThatIsPending() {
        redis.run("XGROUP CREATE s g 0");
        redis.run("XREADGROUP GROUP g c STREAMS s >");
        redis.run("XDEL s 2-0");
        redis.run("XAUTOCLAIM s g d 0 - COUNT 1")
                .replies("*3|$3|2-0|*1|*2|$3|1-0|*2|$1|f|$1|1|*0|");
        redis.run("XAUTOCLAIM s g d 0 2 COUNT 2 JUSTID").replies("*3|$3|4-0|*1|$3|3-0|*1|$3|2-0|");
        redis.run("XAUTOCLAIM s g d 0 (3-0").replies("*3|$3|0-0|*1|*2|$3|4-0|*2|$1|f|$1|4|*0|");
        redis.run("XAUTOCLAIM s g d 1000 -").replies("*3|$3|0-0|*0|*0|");
        redis.run("XAUTOCLAIM s g d 0 - COUNT 8070450532247928833")
                .refuses("ERR COUNT must be > 0");
        redis.run("XAUTOCLAIM s g d 0 - COUNT 0").refuses("ERR COUNT must be > 0");
        redis.run("XAUTOCLAIM s g d 0 - COUNT 500000000000000000")
                .refuses(
                        "ERR Insufficient memory, failed allocating transient memory, COUNT too"
                                + " high.");
    }

    @Test
    void lag_isToldWhereItIsKnown() {
        redis.run("XGROUP CREATE s g 0");
        groupsAre(":0|", ":0|", "0-0", "$-1|", ":4|");
        redis.run("XREADGROUP GROUP g c COUNT 2 STREAMS s >");
        groupsAre(":1|", ":2|", "2-0", ":2|", ":2|");
        redis.run("XDEL s 3-0");
        groupsAre(":1|", ":2|", "2-0", ":2|", "$-1|");
        redis.run("XREADGROUP GROUP g c STREAMS s >");
        // What was deleted was not read: as in Redis 7, the count stays behind.
        groupsAre(":1|", ":3|", "4-0", ":3|", ":1|");
    }

    private void groupsAre(String consumers, String pending, String id, String read, String lag) {
        redis.run("XINFO GROUPS s")
                .replies(
                        "*1|*12|$4|name|$1|g|$9|consumers|"
                                + consumers
                                + "$7|pending|"
                                + pending
                                + "$17|last-delivered-id|$"
                                + id.length()
                                + "|"
                                + id
                                + "|$12|entries-read|"
                                + read
                                + "$3|lag|"
                                + lag);
    }

    @Test
    void consumers_areSeenAndActive() {
        redis.run("XGROUP CREATE s g 2-0");
        redis.run("XGROUP CREATECONSUMER s g c");
        redis.advance(Duration.ofMillis(30));
        redis.run("XINFO CONSUMERS s g")
                .replies("*1|*8|$4|name|$1|c|$7|pending|:0|$4|idle|:30|$8|inactive|:-1|");
        redis.run("XREADGROUP GROUP g c STREAMS s >");
        redis.advance(Duration.ofMillis(5));
        redis.run("XREADGROUP GROUP g c STREAMS s >");
        redis.advance(Duration.ofMillis(2));
        redis.run("XINFO CONSUMERS s g")
                .replies("*1|*8|$4|name|$1|c|$7|pending|:2|$4|idle|:2|$8|inactive|:7|");
        redis.run("XGROUP DELCONSUMER s g c")
                .repliesInteger(2)
                .announces("xgroup-delconsumer s")
                .propagates("XGROUP DELCONSUMER s g c");
        redis.run("XPENDING s g").replies("*4|:0|$-1|$-1|*-1|");
        redis.run("XGROUP DELCONSUMER s g c").repliesInteger(0).hasNoEffects();
    }

    @Test
    void xinfoFull_showsAll() {
        redis.run("XTRIM s MAXLEN 1");
        redis.run("XGROUP CREATE s g 0");
        redis.run("XREADGROUP GROUP g c STREAMS s >");
        long now = redis.nowMs();
        redis.run("XINFO STREAM s FULL")
                .replies(
                        "*18|$6|length|:1|$15|radix-tree-keys|:1|$16|radix-tree-nodes|:2|"
                                + "$17|last-generated-id|$3|4-0|$20|max-deleted-entry-id|$3|0-0|"
                                + "$13|entries-added|:4|$23|recorded-first-entry-id|$3|4-0|"
                                + "$7|entries|*1|*2|$3|4-0|*2|$1|f|$1|4|$6|groups|*1|*14|"
                                + "$4|name|$1|g|$17|last-delivered-id|$3|4-0|"
                                + "$12|entries-read|:4|$3|lag|:0|$9|pel-count|:1|"
                                + "$7|pending|*1|*4|$3|4-0|$1|c|:"
                                + now
                                + "|:1|"
                                + "$9|consumers|*1|*10|$4|name|$1|c|$9|seen-time|:"
                                + now
                                + "|$11|active-time|:"
                                + now
                                + "|$9|pel-count|:1|"
                                + "$7|pending|*1|*3|$3|4-0|:"
                                + now
                                + "|:1|");
        redis.run("XINFO STREAM s FULL COUNT")
                .refuses(
                        "ERR unknown subcommand or wrong number of arguments for 'STREAM'. Try"
                                + " XINFO HELP.");
        redis.run("XINFO STREAM none").refuses("ERR no such key");
    }
}
