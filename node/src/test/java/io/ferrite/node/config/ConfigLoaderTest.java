package io.ferrite.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.node.config.CommandLine.Action;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What files and command lines mean when they are right. */
final class ConfigLoaderTest {
    private final Loading loading = new Loading();

    private void loads(String... words) {
        assertThat(loading.load(words)).isEmpty();
    }

    private void has(String name, String value) {
        assertThat(loading.get(name)).as(name).isEqualTo(value);
    }

    @Test
    void fileThenStandardInputThenOptions_theLastWins() {
        loading.files.contents.put("/start/a.conf", "port 1\ntimeout 1\nhz 11\n");
        loading.files.standardInput = "port 2\ntimeout 2\n";

        loads("a.conf", "--port", "3", "-");

        has("port", "3");
        has("timeout", "2");
        has("hz", "11");
        assertThat(loading.configFile).isEqualTo("/start/a.conf");
    }

    @Test
    void fileOfAParentDirectory_hasAShortAbsolutePath() {
        loading.files.contents.put("/a.conf", "port 1\n");

        loads("../a.conf");

        assertThat(loading.configFile).isEqualTo("/a.conf");
    }

    @Test
    void options_comeInEveryFormThatAShellMakes() {
        loads(
                "--save",
                "100",
                "100",
                "--maxmemory 700mb",
                "--proc-title-template",
                "--my--title--template",
                "--loglevel",
                "verbose",
                "--bind",
                "1.2.3.4",
                "-::1",
                "--shutdown-on-sigint",
                "nosave force",
                "--requirepass",
                "a b\"c\\",
                "--logfile",
                "");

        has("save", "100 100");
        has("maxmemory", String.valueOf(700L << 20));
        has("proc-title-template", "--my--title--template");
        has("loglevel", "verbose");
        has("bind", "1.2.3.4 -::1");
        has("shutdown-on-sigint", "nosave force");
        has("requirepass", "a b\"c\\");
        has("logfile", "");
    }

    @Test
    void saveWithoutValue_meansNone() {
        loads("--save", "--port", "1");
        has("save", "");
        has("port", "1");
        Loading atTheEnd = new Loading();
        assertThat(atTheEnd.load("--port", "1", "--save")).isEmpty();
        assertThat(atTheEnd.get("save")).isEmpty();
    }

    @Test
    void savePoints_addUp_andTheFirstDropsTheDefaults() {
        loads("--save", "900", "1", "--save", "300 10");
        has("save", "900 1 300 10");
    }

    @Test
    void emptySavePoints_dropTheOnesBefore() {
        loading.files.contents.put("/start/a.conf", "save 900 1\nsave \"\"\nsave 5 6\n");
        loads("a.conf");
        has("save", "5 6");
    }

    @Test
    void includedFiles_areReadWhereTheyAreNamed_andSeenFromTheDirectoryOfThatMoment() {
        loading.files.contents.put("/start/a.conf", "hz 11\ninclude b.conf\ntimeout 3\n");
        loading.files.contents.put("/start/b.conf", "hz 12\ntimeout 2\ndir /data\ninclude c*\n");
        loading.files.contents.put("/data/c1", "tcp-keepalive 1\n");
        loading.files.contents.put("/data/c2", "tcp-keepalive 2\n");

        loads("a.conf");

        has("hz", "12");
        has("timeout", "3");
        has("tcp-keepalive", "2");
        has("dir", "/data");
    }

    @Test
    void quotedValues_areTakenApart() {
        assertThat(
                        loading.loadText(
                                """
                                requirepass "pass word \\x41"
                                proc-title-template '{title} {listen-addr}'
                                SAVE ""
                                MaxMemory-Policy volatile-lru
                                """))
                .isEmpty();
        has("requirepass", "pass word A");
        has("proc-title-template", "{title} {listen-addr}");
        has("save", "");
        has("maxmemory-policy", "volatile-lru");
    }

    @Test
    void renamedCommands_areCollected() {
        assertThat(
                        loading.loadText(
                                "rename-command CONFIG \"\"\nrename-command GET fetch\n"
                                        + "rename-command SET get\n"))
                .isEmpty();
        assertThat(loading.directives.renames().meanings())
                .isEqualTo(java.util.Map.of("config", "", "fetch", "get", "get", "set", "set", ""));
    }

    @Test
    void parameterWithoutEffect_isReportedOnce_withItsName() {
        loads("--activerehashing", "no", "--activerehashing", "no");

        assertThat(loading.logged)
                .containsExactly(
                        "WARNING The parameter 'activerehashing' has no effect: the index grows"
                                + " and shrinks in small steps by itself");
    }

    @Test
    void defaultsAlone_areNotReported() {
        loads();
        assertThat(loading.logged).isEmpty();
    }

    @Test
    void rateOutOfBounds_isLimited() {
        loads("--hz", "100000");
        has("hz", "500");
    }

    @Test
    void oneWord_asksForHelpOrVersion() {
        assertThat(CommandLine.parse(List.of("-v")).action()).isEqualTo(Action.VERSION);
        assertThat(CommandLine.parse(List.of("--help")).action()).isEqualTo(Action.HELP);
        assertThat(CommandLine.parse(List.of("--test-memory", "1")).action())
                .isEqualTo(Action.TEST_MEMORY);
        assertThat(CommandLine.parse(List.of("x.conf", "--version")).action())
                .isEqualTo(Action.RUN);
    }

    @Test
    void sentinel_isSeenAnywhere() {
        assertThat(CommandLine.parse(List.of("x.conf", "--port", "1", "--sentinel")).sentinel())
                .isTrue();
    }

    @Test
    void title_showsPortAndAddress() {
        loads("--port", "6380");
        assertThat(ProcTitle.of(loading.settings, "ferrite-server", "", false))
                .isEqualTo("ferrite-server *:6380");
        loads("--port", "0", "--unixsocket", "/tmp/s", "--bind", "");
        assertThat(ProcTitle.of(loading.settings, "x", "", true))
                .isEqualTo("x unixsocket:/tmp/s [sentinel]");
    }
}
