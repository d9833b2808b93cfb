package io.ferrite.coordination.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.log.BacklogWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Conversations as a reader of the protocol would write them down: what comes in, what goes out.
 */
final class LinkTranscriptTest {

    private static final String ID = "f".repeat(40);
    private static final String NEW = "e".repeat(40);
    private static final FollowerLink.Target TARGET = new FollowerLink.Target("h", 6379);

    private final List<String> out = new ArrayList<>();
    private long nowMs = 10_000;
    private long heardMs = 10_000;
    private long applied = 100;
    private long dataEnd = -1;
    private String password;
    private FollowerLink.State follower = new FollowerLink.Off();
    private LeaderLink.State leader = LeaderLink.State.NEW;
    private boolean able = true;
    private boolean hasData;
    private boolean channel;
    private boolean refuseRewound;
    private boolean saveDivergence;

    private void follower(FollowerLink.Input... inputs) {
        for (FollowerLink.Input input : inputs) {
            FollowerLink.Outcome outcome =
                    FollowerLink.step(
                            follower,
                            input,
                            new FollowerLink.Context(
                                    nowMs,
                                    heardMs,
                                    applied,
                                    dataEnd < 0 ? applied : dataEnd,
                                    -1,
                                    hasData,
                                    new FollowerLink.Settings(
                                            5000,
                                            7000,
                                            password == null ? null : "1.2.3.4",
                                            null,
                                            password,
                                            channel,
                                            refuseRewound,
                                            saveDivergence)));
            follower = outcome.next();
            for (FollowerLink.Effect e : outcome.effects()) {
                switch (e) {
                    case FollowerLink.Note n -> {}
                    case FollowerLink.Send s -> out.add(String.join(" ", s.words()));
                    case FollowerLink.SendRaw r -> out.add("raw " + r.text().strip());
                    default ->
                            out.add(
                                    e.toString()
                                            .replaceAll("(?s)\\[.*", "")
                                            .toLowerCase(Locale.ROOT));
                }
            }
        }
    }

    private static FollowerLink.Line line(String text) {
        return new FollowerLink.Line(text);
    }

    private void handshake(FollowerLink.Resume resume) {
        follower(
                new FollowerLink.Follow(TARGET, resume),
                new FollowerLink.Opened(),
                line("+PONG"),
                line("+OK"),
                line("+OK"));
    }

    @Test
    void firstCopy_fromConnectToStream() {
        handshake(FollowerLink.Resume.NOTHING);
        follower(
                line(""),
                line("+FULLRESYNC " + ID + " 5000"),
                new FollowerLink.PayloadComplete(true),
                new FollowerLink.Loaded());
        assertThat(out)
                .containsExactly(
                        "connect",
                        "PING",
                        "REPLCONF listening-port 7000",
                        "REPLCONF capa eof capa psync2",
                        "PSYNC ? -1",
                        "expectpayload",
                        "load",
                        "adopt",
                        "ack");
        assertThat(follower).isEqualTo(new FollowerLink.Streaming(TARGET, ID, 11_000));
    }

    @Test
    void passwordAndAddress_areTold_whenThereAreSome() {
        password = "secret";
        follower(
                new FollowerLink.Follow(TARGET, new FollowerLink.Resume(ID)),
                new FollowerLink.Opened(),
                line("-NOAUTH Authentication required."),
                line("+OK"),
                line("+OK"),
                line("-ERR unknown"),
                line("+OK"));
        assertThat(out)
                .containsExactly(
                        "connect",
                        "PING",
                        "AUTH secret",
                        "REPLCONF listening-port 7000",
                        "REPLCONF ip-address 1.2.3.4",
                        "REPLCONF capa eof capa psync2",
                        "PSYNC " + ID + " 101");
    }

    @Test
    void wrongPassword_isTriedAgainAfterAWhile() {
        password = "wrong";
        follower(
                new FollowerLink.Follow(TARGET, FollowerLink.Resume.NOTHING),
                new FollowerLink.Opened(),
                line("-NOAUTH"),
                line("-WRONGPASS invalid"));
        assertThat(follower).isInstanceOf(FollowerLink.Resting.class);
        nowMs += 999;
        follower(new FollowerLink.Tick());
        assertThat(follower).isInstanceOf(FollowerLink.Resting.class);
        nowMs += 1;
        follower(new FollowerLink.Tick());
        assertThat(follower).isInstanceOf(FollowerLink.Connecting.class);
    }

    @Test
    void continuation_mayChangeTheHistorysName() {
        handshake(new FollowerLink.Resume(ID));
        follower(line("+CONTINUE " + NEW));
        assertThat(out).endsWith("PSYNC " + ID + " 101", "continue");
        assertThat(follower).isEqualTo(new FollowerLink.Streaming(TARGET, NEW, 10_000));
    }

    @Test
    void lostStream_isAskedForAgainAtOnce() {
        handshake(new FollowerLink.Resume(ID));
        follower(line("+CONTINUE"));
        out.clear();
        applied = 150;
        follower(
                new FollowerLink.Broken("reset"),
                new FollowerLink.Opened(),
                line("+PONG"),
                line("+OK"),
                line("+OK"));
        assertThat(out)
                .containsExactly(
                        "disconnect",
                        "connect",
                        "PING",
                        "REPLCONF listening-port 7000",
                        "REPLCONF capa eof capa psync2",
                        "PSYNC " + ID + " 151");
    }

    @Test
    void leaderWithoutItsOwnLeader_isAskedLater() {
        for (String answer : List.of("-NOMASTERLINK Can't SYNC", "-LOADING Redis is loading")) {
            handshake(new FollowerLink.Resume(ID));
            follower(line(answer));
            assertThat(follower)
                    .isEqualTo(
                            new FollowerLink.Resting(
                                    TARGET, new FollowerLink.Resume(ID), nowMs + 1000));
        }
    }

    @Test
    void leaderOlderThanPsync_isAskedForASync() {
        handshake(FollowerLink.Resume.NOTHING);
        follower(
                line("-ERR unknown command"),
                new FollowerLink.PayloadComplete(false),
                new FollowerLink.Loaded());
        assertThat(out).endsWith("PSYNC ? -1", "raw SYNC", "expectpayload", "load", "adopt");
        nowMs += 3000;
        heardMs = nowMs;
        out.clear();
        follower(new FollowerLink.Tick(), new FollowerLink.AckRequested());
        assertThat(out).as("it knows no offsets, so it hears none").isEmpty();
    }

    @Test
    void copyThatFails_leavesTheOldHistoryToGoOnWith() {
        handshake(new FollowerLink.Resume(ID));
        follower(line("+FULLRESYNC " + NEW + " 9"), new FollowerLink.Broken("reset"));
        assertThat(out).endsWith("expectpayload", "abandonpayload", "disconnect", "connect");
        assertThat(((FollowerLink.Connecting) follower).resume())
                .isEqualTo(new FollowerLink.Resume(ID));
    }

    @Test
    void completeCopy_isUsedEvenIfTheLinkBreaksMeanwhile() {
        handshake(FollowerLink.Resume.NOTHING);
        follower(
                line("+FULLRESYNC " + NEW + " 9"),
                new FollowerLink.PayloadComplete(true),
                new FollowerLink.Broken("reset"),
                new FollowerLink.Loaded());
        assertThat(out).endsWith("load", "adopt", "connect");
        assertThat(((FollowerLink.Connecting) follower).resume())
                .isEqualTo(new FollowerLink.Resume(NEW));
    }

    @Test
    void silence_endsEveryState() {
        for (String answer : List.of("", "+CONTINUE", "+FULLRESYNC " + ID + " 500")) {
            handshake(new FollowerLink.Resume(ID));
            follower(line(answer));
            nowMs += 5000;
            follower(new FollowerLink.Tick());
            assertThat(follower).isNotInstanceOf(FollowerLink.Connecting.class);
            nowMs += 1;
            follower(new FollowerLink.Tick());
            assertThat(follower).isInstanceOf(FollowerLink.Connecting.class);
            heardMs = nowMs;
        }
    }

    @Test
    void lateNewsOfAnotherState_changesNothing() {
        List<FollowerLink.Input> news =
                List.of(
                        new FollowerLink.Opened(),
                        line("+FULLRESYNC " + ID + " 5"),
                        new FollowerLink.PayloadComplete(true),
                        new FollowerLink.Loaded(),
                        new FollowerLink.LoadFailed("x"),
                        new FollowerLink.PayloadRefused("x"),
                        new FollowerLink.Broken("x"),
                        new FollowerLink.Tick());
        follower(news.toArray(FollowerLink.Input[]::new));
        assertThat(follower).isEqualTo(new FollowerLink.Off());
        assertThat(out).isEmpty();
    }

    @Test
    void leaderWhoseHistoryLeftOursAmongPings_isAskedForWhatComesAfterTheData() {
        dataEnd = 70;
        handshake(new FollowerLink.Resume(ID, true));
        info("master_replid:" + NEW, "master_replid2:" + ID, "second_repl_offset:81");
        follower(line("+CONTINUE " + NEW));
        assertThat(out).contains("INFO replication", "PSYNC " + ID + " 81");
        assertThat(follower).isEqualTo(new FollowerLink.Streaming(TARGET, NEW, 10_000));
    }

    @Test
    void leaderWhoseHistoryLeftOursBeforeTheDataEnded_isAskedForAllOfIt() {
        dataEnd = 90;
        handshake(new FollowerLink.Resume(ID, true));
        info("master_replid:" + NEW, "master_replid2:" + ID, "second_repl_offset:81");
        assertThat(out).contains("PSYNC " + ID + " 101");
    }

    @Test
    void relayThatHasLessOfTheSameStream_isWaitedFor() {
        handshake(new FollowerLink.Resume(ID, true));
        info("role:slave", "master_replid:" + ID, "master_repl_offset:80");
        assertThat(follower).isInstanceOf(FollowerLink.Resting.class);
    }

    @Test
    void fullCopyOfLessOfTheSameStream_isNotTakenBeforeTheLeaderWasAsked() {
        handshake(new FollowerLink.Resume(ID));
        follower(line("+FULLRESYNC " + ID + " 80"));
        assertThat(out).doesNotContain("expectpayload");
        assertThat(follower)
                .isEqualTo(
                        new FollowerLink.Resting(
                                TARGET, new FollowerLink.Resume(ID, true), nowMs + 1000));
    }

    @Test
    void copyByAnotherConnection_isAskedForThere_whileTheStreamIsHeld() {
        channel = true;
        handshake(FollowerLink.Resume.NOTHING);
        follower(
                line("+RDBCHANNELSYNC 17"),
                new FollowerLink.ChannelOpened(),
                new FollowerLink.ChannelLine("+OK"),
                new FollowerLink.ChannelLine(""),
                new FollowerLink.ChannelLine("+FULLRESYNC " + ID + " 5000"),
                new FollowerLink.PayloadComplete(true),
                new FollowerLink.Loaded());
        assertThat(out)
                .containsExactly(
                        "connect",
                        "PING",
                        "REPLCONF listening-port 7000",
                        "REPLCONF capa eof capa psync2 capa rdb-channel-repl",
                        "PSYNC ? -1",
                        "openchannel",
                        "sendbychannel",
                        "sendbychannel",
                        "expectpayload",
                        "closechannel",
                        "load",
                        "adopt",
                        "ack");
        assertThat(follower).isEqualTo(new FollowerLink.Streaming(TARGET, ID, 11_000));
    }

    @Test
    void copyByAnotherConnection_thatBreaks_isBegunAnew() {
        channel = true;
        for (boolean early : new boolean[] {true, false}) {
            handshake(FollowerLink.Resume.NOTHING);
            follower(
                    line("+RDBCHANNELSYNC 17"),
                    new FollowerLink.ChannelOpened(),
                    new FollowerLink.ChannelLine("+OK"));
            if (!early) {
                follower(new FollowerLink.ChannelLine("+FULLRESYNC " + ID + " 5000"));
            }
            out.clear();
            follower(new FollowerLink.ChannelBroken("x"));
            assertThat(out).contains("closechannel", "dropheld", "disconnect");
        }
    }

    private void info(String... lines) {
        String text = String.join("\r\n", lines) + "\r\n";
        follower(line("$" + text.length()));
        for (String l : lines) {
            follower(line(l));
        }
        follower(line(""));
    }

    @Test
    void hostileContinue_withoutAnythingToContinue_isRefused() {
        handshake(FollowerLink.Resume.NOTHING);
        follower(line("+CONTINUE " + NEW));
        assertThat(follower).isInstanceOf(FollowerLink.Resting.class);
    }

    // --- the leader's end ------------------------------------------------------------------------

    private void leader(LeaderLink.Input... inputs) {
        for (LeaderLink.Input input : inputs) {
            LeaderLink.Outcome outcome =
                    LeaderLink.step(
                            leader,
                            input,
                            new LeaderLink.Context(
                                    nowMs,
                                    History.of(ID),
                                    new BacklogWindow(true, 1000, 0, 100),
                                    "h:1",
                                    heardMs,
                                    17,
                                    channel,
                                    id -> id == 17,
                                    able,
                                    false,
                                    5000));
            leader = outcome.next();
            for (LeaderLink.Effect e : outcome.effects()) {
                switch (e) {
                    case LeaderLink.Note n -> {}
                    case LeaderLink.Reply r -> out.add(r.text());
                    case LeaderLink.Attach a -> out.add("attach " + a.offset());
                    case LeaderLink.Count c -> {}
                    default ->
                            out.add(
                                    e.toString()
                                            .replaceAll("(?s)\\[.*", "")
                                            .toLowerCase(Locale.ROOT));
                }
            }
        }
    }

    private static LeaderLink.Replconf replconf(String... words) {
        return new LeaderLink.Replconf(List.of(words));
    }

    @Test
    void knownFollower_goesOnAtOnce() {
        leader(
                replconf("listening-port", "7000"),
                replconf("capa", "eof", "capa", "psync2"),
                new LeaderLink.Psync(ID, "51"));
        assertThat(out)
                .containsExactly("+OK", "+OK", "attach 50", "+CONTINUE " + ID, "startstream");
        assertThat(leader.infoName()).isEqualTo("online");
        assertThat(leader.peer().port()).isEqualTo(7000);
    }

    @Test
    void followerThatCan_isToldToTakeTheCopyByAnotherConnection() {
        channel = true;
        leader(
                replconf("capa", "eof", "capa", "psync2", "capa", "rdb-channel-repl"),
                new LeaderLink.Psync("?", "-1"));
        assertThat(leader.infoName()).isEqualTo("wait_bgsave");
        leader(new LeaderLink.StreamFrom(70));
        assertThat(out).containsExactly("+OK", "+RDBCHANNELSYNC 17", "attach 70", "startstream");
        assertThat(leader.infoName()).isEqualTo("send_bulk_and_stream");
        assertThat(leader.isOnline()).isFalse();
        leader(replconf("ACK", "70"));
        assertThat(leader.infoName()).isEqualTo("online");
    }

    @Test
    void connectionForACopy_namesItsFollowersFirstOne() {
        channel = true;
        leader(
                replconf("rdb-channel", "1", "main-ch-client-id", "18"),
                replconf("capa", "eof", "rdb-channel", "1", "main-ch-client-id", "17"),
                new LeaderLink.Psync("?", "-1"),
                new LeaderLink.CopyBegins(70, LeaderLink.CopyForm.STREAMED),
                new LeaderLink.CopySent());
        assertThat(out)
                .containsExactly(
                        "-ERR Unrecognized RDB client id: 18",
                        "+OK",
                        "wantcopy",
                        "+FULLRESYNC " + ID + " 70");
        assertThat(leader.phase()).isEqualTo(new LeaderLink.Transmitted());
    }

    @Test
    void firstConnection_endsWithTheSecond_unlessTheCopyIsThere() {
        channel = true;
        leader(
                replconf("capa", "eof", "capa", "rdb-channel-repl"),
                new LeaderLink.Psync("?", "-1"));
        leader(new LeaderLink.StreamFrom(70), replconf("ACK", "70"), new LeaderLink.OtherLost());
        assertThat(leader.infoName()).isEqualTo("online");
        leader = LeaderLink.State.NEW;
        leader(
                replconf("capa", "eof", "capa", "rdb-channel-repl"),
                new LeaderLink.Psync("?", "-1"));
        leader(new LeaderLink.StreamFrom(70), new LeaderLink.OtherLost());
        assertThat(out).endsWith("close");
    }

    @Test
    void streamedCopy_waitsForTheFirstAck() {
        leader(
                replconf("capa", "eof"),
                new LeaderLink.Psync("?", "-1"),
                new LeaderLink.CopyBegins(70, LeaderLink.CopyForm.STREAMED),
                new LeaderLink.CopySent());
        assertThat(out)
                .containsExactly("+OK", "wantcopy", "+FULLRESYNC " + ID + " 70", "attach 70");
        assertThat(leader.infoName()).isEqualTo("online");
        leader(replconf("ACK", "70"));
        assertThat(out).endsWith("acked", "startstream");
        assertThat(leader.acked()).isEqualTo(70);
        leader(replconf("ACK", "60", "FACK", "55"));
        assertThat(leader.acked()).as("an offset does not go back").isEqualTo(70);
        assertThat(leader.fsynced()).isEqualTo(55);
    }

    @Test
    void storedCopy_isFollowedByTheStream() {
        leader(
                new LeaderLink.Psync("?", "-1"),
                new LeaderLink.CopyBegins(70, LeaderLink.CopyForm.STORED_MAKING));
        assertThat(leader.infoName()).isEqualTo("wait_bgsave");
        nowMs += 1000;
        leader(new LeaderLink.Tick(), new LeaderLink.CopyStored());
        assertThat(leader.infoName()).isEqualTo("send_bulk");
        leader(new LeaderLink.CopySent());
        assertThat(out).endsWith("attach 70", "sendraw", "startstream");
    }

    @Test
    void oldSync_getsNoAnswerButTheCopy_andNeverTimesOut() {
        leader(
                new LeaderLink.Sync(),
                new LeaderLink.CopyBegins(70, LeaderLink.CopyForm.STORED_MAKING),
                new LeaderLink.CopyStored(),
                new LeaderLink.CopySent());
        assertThat(out).containsExactly("wantcopy", "attach 70", "startstream");
        nowMs += 100_000;
        leader(new LeaderLink.Tick());
        assertThat(leader.isOnline()).isTrue();
    }

    @Test
    void silentFollower_isDropped() {
        leader(new LeaderLink.Psync(ID, "101"));
        nowMs += 5000;
        leader(new LeaderLink.Tick());
        assertThat(leader.isOnline()).isTrue();
        nowMs += 1;
        leader(new LeaderLink.Tick());
        assertThat(out).endsWith("close");
        assertThat(leader.isFollower()).isFalse();
    }

    @Test
    void followerThatTakesNoBytesOfACopy_isDropped() {
        leader(
                new LeaderLink.Psync("?", "-1"),
                new LeaderLink.CopyBegins(70, LeaderLink.CopyForm.STREAMED));
        nowMs += 5001;
        leader(new LeaderLink.Tick());
        assertThat(out).endsWith("close");
    }

    @Test
    void badRequests_areRefusedWithTheirReason() {
        leader(
                replconf("listening-port"),
                replconf("listening-port", "x"),
                replconf("nonsense", "1"),
                replconf("rdb-only", "2"),
                replconf("rdb-filter-only", "keys"),
                new LeaderLink.Psync(ID, "x"));
        assertThat(out)
                .containsExactly(
                        "-ERR syntax error",
                        "-ERR value is not an integer or out of range",
                        "-ERR Unrecognized REPLCONF option: nonsense",
                        "-ERR value is out of range, value must between 0 and 1",
                        "-ERR Unsupported rdb-filter-only option: keys",
                        "-ERR value is not an integer or out of range");
        able = false;
        leader(new LeaderLink.Psync("?", "-1"));
        assertThat(out).endsWith("-NOMASTERLINK Can't SYNC while not connected with my master");
        leader(replconf("ACK", "5"));
        assertThat(leader.acked()).as("a client that is no follower").isZero();
    }
}
