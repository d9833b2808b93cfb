package io.ferrite.engine.stream;

import io.ferrite.engine.CommandFixture;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamCommandsTest {

    private static final String INVALID_ID =
            "ERR Invalid stream ID specified as stream command argument";

    private final CommandFixture redis = CommandFixture.create();

    @AfterEach
    void close() {
        redis.close();
    }

    private void add(int entries) {
        for (int i = 1; i <= entries; i++) {
            redis.run("XADD s " + i + "-0 f " + i);
        }
    }

    @Test
    void entries_getTheTime_andNeverGoBack() {
        long now = redis.nowMs();
        redis.run("XADD s * f v").repliesBulk(now + "-0").propagates("XADD s " + now + "-0 f v");
        redis.run("XADD s * f w").repliesBulk(now + "-1").notifies("xadd", "s");
        redis.advance(Duration.ofMillis(5));
        redis.run("XADD s * f v").repliesBulk(now + 5 + "-0");
        redis.run("XADD s 9999999999999-5 f v").repliesBulk("9999999999999-5");
        redis.run("XADD s * f v").repliesBulk("9999999999999-6");
        redis.run("XLEN s").repliesInteger(5);
        redis.run("OBJECT ENCODING s").repliesBulk("stream");
    }

    @Test
    void ids_maySayTheTimeAlone() {
        redis.run("XADD s 5-* f v").repliesBulk("5-0").propagates("XADD s 5-0 f v");
        redis.run("XADD s 5-* f v").repliesBulk("5-1").propagates("XADD s 5-1 f v");
        redis.run("XADD s 6 f v").repliesBulk("6-0").propagates("XADD s 6 f v");
        redis.run("XADD t 0-* f v").repliesBulk("0-1");
        redis.run("XADD s 5-* f v")
                .refuses(
                        "ERR The ID specified in XADD is equal or smaller than the target stream"
                                + " top item");
        redis.run("XADD s 0-0 f v")
                .refuses("ERR The ID specified in XADD must be greater than 0-0");
        redis.run("XADD u 0-0 f v");
        redis.run("EXISTS u").repliesInteger(0);
    }

    @Test
    void theLastIdThereIs_endsAStream() {
        redis.run("XADD s 18446744073709551615-18446744073709551614 f v");
        redis.run("XADD s * f v").repliesBulk("18446744073709551615-18446744073709551615");
        redis.run("XADD s * f v")
                .refuses(
                        "ERR The stream has exhausted the last possible ID, unable to add more"
                                + " items");
        redis.run("XRANGE s (18446744073709551615-18446744073709551615 +")
                .refuses("ERR invalid start ID for the interval");
        redis.run("XRANGE s - (0-0").refuses("ERR invalid end ID for the interval");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abc",
                "1-",
                "-1",
                "1-2-3",
                "18446744073709551616",
                "1-*",
                "+",
                "-",
                "1--2",
                "1-x",
                "1.5"
            })
    void badIds_areRefused(String id) {
        add(1);
        redis.run("XDEL s " + id).refuses(INVALID_ID);
        redis.run("XGROUP CREATE s g " + id).refuses(INVALID_ID);
    }

    @ParameterizedTest
    @CsvSource({"007, 7-0", "'+7-+1', 7-1", "' 7', 7-0", "1--18446744073709551615, 1-1"})
    void ids_areReadAsLenientlyAsByRedis(String id, String read) {
        redis.call("XADD", "s", id, "f", "v").repliesBulk(read).propagates("XADD s " + id + " f v");
        redis.run("XRANGE s - +")
                .replies("*1|*2|$" + read.length() + "|" + read + "|*2|$1|f|$1|v|");
    }

    @Test
    void optionsOfXadd_areJudged() {
        redis.run("XADD s * f").refuses("ERR wrong number of arguments for 'xadd' command");
        redis.run("XADD s * f v x").refuses("ERR wrong number of arguments for 'xadd' command");
        redis.run("XADD s NOMKSTREAM * f v").repliesNil().hasNoEffects();
        redis.run("XADD s MAXLEN 1 MINID 1 * f v")
                .refuses(
                        "ERR syntax error, MAXLEN and MINID options at the same time are not"
                                + " compatible");
        redis.run("XADD s MAXLEN -1 * f v").refuses("ERR The MAXLEN argument must be >= 0.");
        redis.run("XADD s LIMIT 5 * f v")
                .refuses(
                        "ERR syntax error, LIMIT cannot be used without specifying a trimming"
                                + " strategy");
        redis.run("XADD s MAXLEN 5 LIMIT 5 * f v")
                .refuses("ERR syntax error, LIMIT cannot be used without the special ~ option");
        redis.run("XADD s MAXLEN ~ 5 LIMIT -5 * f v")
                .refuses("ERR The LIMIT argument must be >= 0.");
        redis.run("XTRIM s LIMIT 0")
                .refuses("ERR syntax error, XTRIM must be called with a trimming strategy");
        redis.run("SET x 1");
        redis.run("XADD x * f v")
                .refuses("WRONGTYPE Operation against a key holding the wrong kind of value");
    }

    @Test
    void trimming_isPassedOnExactly() {
        redis.engine()
                .setLimits(
                        new io.ferrite.engine.EncodingLimits(
                                io.ferrite.engine.EncodingLimits.DEFAULT.list(),
                                io.ferrite.engine.EncodingLimits.DEFAULT.hash(),
                                io.ferrite.engine.EncodingLimits.DEFAULT.set(),
                                io.ferrite.engine.EncodingLimits.DEFAULT.zset(),
                                3000,
                                new io.ferrite.engine.EncodingLimits.Packed(10, 0)));
        add(55);
        redis.run("XTRIM s MAXLEN ~ 60").repliesInteger(0).hasNoEffects();
        redis.run("XTRIM s MAXLEN ~ 39")
                .repliesInteger(10)
                .propagates("XTRIM s MAXLEN = 45")
                .announces("xtrim s");
        redis.run("XTRIM s MINID ~ 22 LIMIT 15")
                .repliesInteger(10)
                .propagates("XTRIM s MINID = 21-0 LIMIT 15");
        redis.run("XADD s MAXLEN ~ 20 60-0 f v")
                .propagates("XADD s MAXLEN = 26 60-0 f v")
                .announces("xadd s", "xtrim s");
        redis.run("XADD s MINID = 55 * f v").announces("xadd s", "xtrim s");
        redis.run("XLEN s").repliesInteger(3);
        redis.run("XTRIM s MAXLEN 0").repliesInteger(3).propagates("XTRIM s MAXLEN 0");
        redis.run("EXISTS s").repliesInteger(1);
    }

    @Test
    void ranges_goBothWays() {
        add(4);
        redis.run("XRANGE s 2 3").replies("*2|*2|$3|2-0|*2|$1|f|$1|2|*2|$3|3-0|*2|$1|f|$1|3|");
        redis.run("XREVRANGE s (4-0 - COUNT 1").replies("*1|*2|$3|3-0|*2|$1|f|$1|3|");
        redis.run("XRANGE s - + COUNT 0").replies("*-1|");
        redis.run("XRANGE s - + COUNT -5").replies("*-1|");
        redis.run("XRANGE s 9 1").replies("*0|");
        redis.run("XRANGE none - + COUNT 0").replies("*0|");
        redis.run("XRANGE s - + COUNT").refuses("ERR syntax error");
        redis.run("XRANGE s ( +").refuses(INVALID_ID);
    }

    @Test
    void deletedEntries_areGone_andTheirIdsKept() {
        add(3);
        redis.run("XDEL s 1-0 9-9 3-0").repliesInteger(2).announces("xdel s");
        redis.run("XDEL s 1-0 x").refuses(INVALID_ID);
        redis.run("XDEL none x").repliesInteger(0);
        redis.run("XADD s 3-0 f v")
                .refuses(
                        "ERR The ID specified in XADD is equal or smaller than the target stream"
                                + " top item");
        redis.run("XINFO STREAM s")
                .replies(
                        "*20|$6|length|:1|$15|radix-tree-keys|:1|$16|radix-tree-nodes|:2|"
                                + "$17|last-generated-id|$3|3-0|$20|max-deleted-entry-id|$3|3-0|"
                                + "$13|entries-added|:3|$23|recorded-first-entry-id|$3|2-0|"
                                + "$6|groups|:0|$11|first-entry|*2|$3|2-0|*2|$1|f|$1|2|"
                                + "$10|last-entry|*2|$3|2-0|*2|$1|f|$1|2|");
    }

    @Test
    void xsetid_keepsWhatItMust() {
        add(3);
        redis.run("XSETID none 1-1").refuses("ERR no such key");
        redis.run("XSETID s 2-0")
                .refuses(
                        "ERR The ID specified in XSETID is smaller than the target stream top"
                                + " item");
        redis.run("XSETID s 3-0 ENTRIESADDED 2")
                .refuses(
                        "ERR The entries_added specified in XSETID is smaller than the target"
                                + " stream length");
        redis.run("XSETID s 1-0 ENTRIESADDED -1 MAXDELETEDID 9-9")
                .refuses("ERR entries_added must be positive");
        redis.run("XSETID s 1-0 MAXDELETEDID 9-9")
                .refuses(
                        "ERR The ID specified in XSETID is smaller than the provided"
                                + " max_deleted_entry_id");
        redis.run("XSETID s 5-0 ENTRIESADDED 9 MAXDELETEDID 4-0")
                .repliesOk()
                .announces("xsetid s")
                .propagates("XSETID s 5-0 ENTRIESADDED 9 MAXDELETEDID 4-0");
        redis.run("XTRIM s MAXLEN 0");
        redis.run("XSETID s 3-0")
                .refuses(
                        "ERR The ID specified in XSETID is smaller than current"
                                + " max_deleted_entry_id");
    }

    @Test
    void xread_takesSeveralStreams() {
        add(2);
        redis.run("XADD t 1-1 f v");
        redis.run("XREAD COUNT 1 STREAMS s none t 1 0 0")
                .replies("*2|*2|$1|s|*1|*2|$3|2-0|*2|$1|f|$1|2|*2|$1|t|*1|*2|$3|1-1|*2|$1|f|$1|v|");
        redis.run("XREAD STREAMS s t $ $").replies("*-1|");
        redis.run("XREAD STREAMS s +").replies("*1|*2|$1|s|*1|*2|$3|2-0|*2|$1|f|$1|2|");
        redis.run("XREAD STREAMS none +").replies("*-1|");
        redis.run("XREAD STREAMS s t 1")
                .refuses(
                        "ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$'"
                                + " must be specified.");
        redis.run("XREAD GROUP g c STREAMS s 1")
                .refuses(
                        "ERR The GROUP option is only supported by XREADGROUP. You called XREAD"
                                + " instead.");
        redis.run("XREAD STREAMS s >")
                .refuses(
                        "ERR The > ID can be specified only when calling XREADGROUP using the GROUP"
                                + " <group> <consumer> option.");
        redis.run("XREAD BLOCK -1 STREAMS s 0").refuses("ERR timeout is negative");
        redis.run("XREAD BLOCK 1.5 STREAMS s 0")
                .refuses("ERR timeout is not an integer or out of range");
        redis.run("XREAD BLOCK 9223372036854775807 STREAMS s 0")
                .refuses("ERR timeout is out of range");
    }

    @Test
    void xread_repliesAMap_inResp3() {
        try (CommandFixture three = CommandFixture.resp3()) {
            three.run("XADD s 1-1 f v");
            three.run("XREAD STREAMS s 0").replies("%1|$1|s|*1|*2|$3|1-1|*2|$1|f|$1|v|");
            three.run("XREAD STREAMS s 1-1").replies("_|");
            three.run("XRANGE s - + COUNT 0").replies("_|");
        }
    }

    @Test
    void streams_areCopied_movedAndDumped() {
        add(300);
        redis.run("XGROUP CREATE s g 0");
        redis.run("XREADGROUP GROUP g c COUNT 7 STREAMS s >");
        redis.run("COPY s t").repliesInteger(1);
        redis.run("XPENDING t g").replies("*4|:7|$3|1-0|$3|7-0|*1|*2|$1|c|$1|7|");
        redis.run("XACK s g 1-0").repliesInteger(1);
        redis.run("XPENDING t g").replies("*4|:7|$3|1-0|$3|7-0|*1|*2|$1|c|$1|7|");
        redis.run("RENAME t u").repliesOk();
        redis.run("XLEN u").repliesInteger(300);
        redis.run("DEL s u").repliesInteger(2);
    }

    @Test
    void whatIsNotThere_isSaid() {
        redis.run("XADD s IDMP p i * a 1")
                .refuses("ERR IDMP and IDMPAUTO are not available in this version of Ferrite");
        redis.run("XADD s IDMPAUTO p * a 1")
                .refuses("ERR IDMP and IDMPAUTO are not available in this version of Ferrite");
        redis.run("XREAD MAXCOUNT 1 STREAMS s 0")
                .refuses("ERR MAXCOUNT and MAXSIZE are not available in this version of Ferrite");
    }
}
