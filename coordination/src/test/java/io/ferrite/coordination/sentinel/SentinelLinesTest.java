package io.ferrite.coordination.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SentinelLinesTest {

    private static final String ID = "a".repeat(40);
    private static final String OTHER = "b".repeat(40);

    static List<SentinelLines.Line> lines(String... texts) {
        List<SentinelLines.Line> lines = new ArrayList<>();
        for (String text : texts) {
            lines.add(new SentinelLines.Line(List.of(text.split(" ")), lines.size() + 1, text));
        }
        return lines;
    }

    static SentinelLines.Loaded load(List<SentinelLines.Line> lines) {
        return SentinelLines.load(
                lines, GlobalSettings.DEFAULT, 1_000_000, Names.NONE, path -> path.equals("/ok"));
    }

    static SentinelState state(String... texts) {
        SentinelLines.Loaded loaded = load(lines(texts));
        assertThat(loaded.reason()).isEmpty();
        return loaded.state();
    }

    private static List<String> render(SentinelState state) {
        return SentinelLines.render(state).stream().map(SentinelLines.Written::text).toList();
    }

    @Test
    void orderDoesNotMatter() {
        SentinelState state =
                state(
                        "down-after-milliseconds m 500",
                        "known-replica m 10.0.0.2 6379",
                        "monitor m 10.0.0.1 6379 2",
                        "myid " + ID);
        assertThat(state.masters().get("m").settings().downAfterMs()).isEqualTo(500);
        assertThat(state.masters().get("m").replicas()).containsOnlyKeys("10.0.0.2:6379");
        assertThat(state.myId()).isEqualTo(ID);
    }

    @Test
    void whatIsWritten_isReadAsTheSame() {
        SentinelState state =
                state(
                        "myid " + ID,
                        "deny-scripts-reconfig no",
                        "monitor m 10.0.0.1 6379 2",
                        "down-after-milliseconds m 500",
                        "failover-timeout m 9000",
                        "parallel-syncs m 3",
                        "notification-script m /ok",
                        "client-reconfig-script m /ok",
                        "auth-pass m secret",
                        "auth-user m me",
                        "master-reboot-down-after-period m 7",
                        "webhook m http://127.0.0.1:1/x",
                        "protect-dataset m yes",
                        "no-loss m yes",
                        "check-identity m no",
                        "config-epoch m 4",
                        "leader-epoch m 5",
                        "known-replica m 10.0.0.2 6379",
                        "known-sentinel m 10.0.0.3 26379 " + OTHER,
                        "rename-command m CONFIG guess",
                        "current-epoch 6",
                        "announce-ip 1.2.3.4",
                        "announce-port 99",
                        "sentinel-user u",
                        "sentinel-pass p");
        List<String> written = render(state);
        assertThat(written).contains("sentinel rename-command m CONFIG guess");
        String[] again = written.stream().map(l -> l.substring(9)).toArray(String[]::new);
        assertThat(render(state(again))).isEqualTo(written);
        assertThat(written).hasSize(27); // both yes/no lines that are at their defaults, too
    }

    @Test
    void textThatIsNoWord_isWrittenInQuotes() {
        MasterSettings.Editor settings =
                state("monitor m 10.0.0.1 6379 2").masters().get("m").settings().edit();
        settings.authPass = "two words \"and\" more\n";
        Master master =
                state("monitor m 10.0.0.1 6379 2")
                        .masters()
                        .get("m")
                        .withSettings(settings.build());
        SentinelState state = state("monitor m 10.0.0.1 6379 2");
        SentinelState changed =
                new SentinelState(
                        ID,
                        0,
                        state.global(),
                        state.timing(),
                        false,
                        0,
                        0,
                        0,
                        java.util.Map.of("m", master),
                        state.links(),
                        9,
                        state.failures(),
                        List.of(),
                        java.util.Map.of());
        assertThat(render(changed))
                .contains("sentinel auth-pass m \"two words \\\"and\\\" more\\x0a\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "monitor m 10.0.0.1 6379 0 | Quorum must be 1 or greater.",
                "monitor m 10.0.0.1 65536 2 | Invalid port number.",
                "monitor m no.such.host 6379 2 | Can't resolve instance hostname.",
                "monitor m 10.0.0.1 6379 | Unrecognized sentinel configuration statement.",
                "down-after-milliseconds x 5 | No such master with specified name.",
                "no-such-thing m 1 | Unrecognized sentinel configuration statement.",
                "myid short | Malformed Sentinel id in myid option.",
                "resolve-hostnames maybe | Please specify yes or no for the resolve-hostnames"
                        + " option.",
                "deny-scripts-reconfig 1"
                        + " | Please specify yes or no for the deny-scripts-reconfig options."
            })
    void badLines_areNamed(String line, String reason) {
        SentinelLines.Loaded loaded = load(lines(line.strip()));
        assertThat(loaded.reason()).isEqualTo(reason.strip());
        assertThat(loaded.failed().number()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "monitor m 10.0.0.9 6379 2 | Duplicate master name.",
                "down-after-milliseconds m 0 | negative or zero time parameter.",
                "failover-timeout m -1 | negative or zero time parameter.",
                "master-reboot-down-after-period m -1 | negative time parameter.",
                "notification-script m /no"
                        + " | Notification script seems non existing or non executable.",
                "client-reconfig-script m /no"
                        + " | Client reconfiguration script seems non existing or non executable.",
                "known-replica m 10.0.0.2 99999 | Invalid port number.",
                "webhook m ftp://x | The webhook must be an http or https address."
            })
    void badLinesOfAMaster_areNamed(String line, String reason) {
        SentinelLines.Loaded loaded = load(lines("monitor m 10.0.0.1 6379 2", line.strip()));
        assertThat(loaded.reason()).isEqualTo(reason.strip());
        assertThat(loaded.failed().number()).isEqualTo(2);
    }

    @Test
    void aPromotedReplica_isWrittenAsTheMaster_andTheOldMasterAsReplica() {
        SentinelState state = state("monitor m 10.0.0.1 6379 2", "known-replica m 10.0.0.2 6379");
        Master master =
                state.masters()
                        .get("m")
                        .withFailover(new Failover.Repointing(1, false, "10.0.0.2:6379", 0));
        SentinelState promoted =
                new SentinelState(
                        ID,
                        1,
                        state.global(),
                        state.timing(),
                        false,
                        0,
                        0,
                        0,
                        java.util.Map.of("m", master),
                        state.links(),
                        9,
                        state.failures(),
                        List.of(),
                        java.util.Map.of());
        assertThat(render(promoted))
                .contains(
                        "sentinel monitor m 10.0.0.2 6379 2",
                        "sentinel known-replica m 10.0.0.1 6379");
    }
}
