package io.ferrite.engine.stream;

import io.ferrite.engine.CommandFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of pending entries when entries go: KEEPREF, DELREF, ACKED. */
final class ReferencesTest {

    private final CommandFixture redis = CommandFixture.create();

    @BeforeEach
    void twoGroupsHaveReadEverything() {
        redis.run("XADD s 1-0 f v");
        redis.run("XADD s 2-0 f v");
        for (String group : new String[] {"g", "h"}) {
            redis.run("XGROUP CREATE s " + group + " 0");
            redis.run("XREADGROUP GROUP " + group + " c STREAMS s >");
        }
    }

    @AfterEach
    void close() {
        redis.close();
    }

    @Test
    void xdelex_keepsReferences_unlessAskedOtherwise() {
        redis.run("XDELEX s IDS 2 1-0 3-0")
                .replies("*2|:1|:-1|")
                .announces("xdel s")
                .propagates("XDEL s 1-0");
        redis.run("XACK s g 1-0").repliesInteger(1);
    }

    @Test
    void xdelex_removesReferencesOfAllGroups() {
        redis.run("XDELEX s DELREF IDS 1 1-0")
                .replies("*1|:1|")
                .propagates("MULTI", "XACK s g 1-0", "XACK s h 1-0", "XDEL s 1-0", "EXEC");
        redis.run("XACK s g 1-0").repliesInteger(0);
        redis.run("XACK s h 1-0").repliesInteger(0);
        redis.run("XLEN s").repliesInteger(1);
    }

    @Test
    void xdelex_leavesWhatIsNotAcknowledgedByAll() {
        redis.run("XADD s 3-0 f v"); // read by nobody
        redis.run("XACK s g 1-0 2-0");
        redis.run("XACK s h 1-0");
        redis.run("XDELEX s ACKED IDS 3 1-0 2-0 3-0")
                .replies("*3|:1|:2|:2|")
                .propagates("XDEL s 1-0");
        redis.run("XDELEX none ACKED IDS 2 1 2").replies("*2|:-1|:-1|").hasNoEffects();
    }

    @Test
    void xackdel_acknowledges_andDeletesWhatNobodyNeeds() {
        redis.run("XACKDEL s g ACKED IDS 2 1-0 2-0")
                .replies("*2|:2|:2|")
                .propagates("MULTI", "XACK s g 1-0", "XACK s g 2-0", "EXEC");
        redis.run("XACKDEL s h ACKED IDS 2 1-0 2-0")
                .replies("*2|:1|:1|")
                .announces("xdel s")
                .propagates("MULTI", "XACK s h 1-0", "XACK s h 2-0", "XDEL s 1-0 2-0", "EXEC");
        redis.run("XLEN s").repliesInteger(0);
        redis.run("XACKDEL s h ACKED IDS 1 1-0").replies("*1|:-1|").hasNoEffects();
    }

    @Test
    void xackdel_ofWhatWasDeletedBefore_counts() {
        redis.run("XACKDEL s g IDS 2 1-0 2-0").replies("*2|:1|:1|");
        redis.run("XACKDEL s h IDS 2 1-0 2-0")
                .replies("*2|:1|:1|")
                .propagates("MULTI", "XACK s h 1-0", "XACK s h 2-0", "EXEC");
        redis.run("XACKDEL s none IDS 2 1-0 2-0").replies("*2|:-1|:-1|").hasNoEffects();
    }

    @Test
    void optionsAreJudged() {
        for (String head : new String[] {"XDELEX s", "XACKDEL s g"}) {
            redis.run(head + " IDS abc 1-1")
                    .refuses("ERR Number of IDs must be a positive integer");
            redis.run(head + " IDS 0 1-1").refuses("ERR Number of IDs must be a positive integer");
            redis.run(head + " IDS 3 1-1 2-2")
                    .refuses("ERR The `numids` parameter must match the number of arguments");
            redis.run(head + " IDS 1 1-1 2-2").refuses("ERR syntax error");
            redis.run(head + " KEEPREF DELREF IDS 1 1-1").refuses("ERR syntax error");
            redis.run(head + " IDS 2 1-1 x")
                    .refuses("ERR Invalid stream ID specified as stream command argument");
        }
        redis.run("XTRIM s MAXLEN 1 ACKED DELREF").refuses("ERR syntax error");
    }

    @Test
    void xtrim_leavesNoReferenceBehind_orEntriesThatAreNeeded() {
        redis.run("XACK s g 1-0 2-0");
        redis.run("XTRIM s MAXLEN 0 ACKED").repliesInteger(0).hasNoEffects();
        redis.run("XACK s h 2-0");
        redis.run("XTRIM s MAXLEN 0 ACKED")
                .repliesInteger(1)
                .announces("xtrim s")
                .propagates("XDEL s 2-0");
        redis.run("XTRIM s MAXLEN 0 DELREF")
                .repliesInteger(1)
                .propagates("MULTI", "XACK s h 1-0", "XDEL s 1-0", "EXEC");
        redis.run("XLEN s").repliesInteger(0);
    }

    @Test
    void xtrim_thatKeepsReferences_isPassedOnInOldWords() {
        redis.run("XTRIM s KEEPREF MAXLEN 1").repliesInteger(1).propagates("XTRIM s MAXLEN 1");
    }

    @Test
    void xadd_trimsAfterItHasAdded() {
        redis.run("XADD s DELREF MAXLEN = 1 3-0 f v")
                .repliesBulk("3-0")
                .propagates(
                        "MULTI",
                        "XADD s 3-0 f v",
                        "XACK s g 1-0",
                        "XACK s h 1-0",
                        "XACK s g 2-0",
                        "XACK s h 2-0",
                        "XDEL s 1-0 2-0",
                        "EXEC");
        redis.run("XADD s KEEPREF 4-0 f v").propagates("XADD s 4-0 f v");
        redis.run("XADD s ACKED MAXLEN 1 5-0 f v").propagates("XADD s 5-0 f v");
        redis.run("XLEN s").repliesInteger(3);
    }

    @Test
    void approximateTrims_takeWholeBlocksOnly() {
        for (int i = 3; i <= 250; i++) {
            redis.run("XADD s " + i + "-0 f v");
        }
        redis.run("XTRIM s MAXLEN ~ 120 DELREF").repliesInteger(100);
        redis.run("XLEN s").repliesInteger(150);
    }
}
