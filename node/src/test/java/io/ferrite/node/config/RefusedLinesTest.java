package io.ferrite.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Lines that are refused, with the whole text on standard error. Every line is also given to a real
 * server, which has to say the same. A file ends with a line that nobody takes, so that both stop
 * also when they take the line before it.
 */
final class RefusedLinesTest {
    private static final String STOP = "\nthis-stops-it yes\n";
    private static final String LAST = "Bad directive or wrong number of arguments";

    @TempDir Path directory;

    static List<List<String>> lines() {
        return List.of(
                line("no-such-setting yes", LAST),
                line("port", "wrong number of arguments"),
                line("port \"6379\" \"6380\"", "wrong number of arguments"),
                line("port abc", "argument couldn't be parsed into an integer"),
                line("port 07000", "argument couldn't be parsed into an integer"),
                line("port 99999", "argument must be between 0 and 65535 inclusive"),
                line("port -1", "argument must be between 0 and 65535 inclusive"),
                line("databases 0", "argument must be between 1 and 2147483647 inclusive"),
                line("maxclients 0", "argument must be between 1 and 4294967295 inclusive"),
                line("maxclients -1", "argument must be between 1 and 4294967295 inclusive"),
                line("appendonly maybe", "argument must be 'yes' or 'no'"),
                line("maxmemory 12xy", "argument must be a memory value"),
                line("maxmemory -1", "argument must be a memory value"),
                line("maxmemory-clients 101%", "percentage argument must be less or equal to 100"),
                line("maxmemory-clients x", "argument must be a memory or percent value"),
                line("unixsocketperm 999", "argument couldn't be parsed as an octal number"),
                line("unixsocketperm 7777", "argument must be between 0 and 777 inclusive"),
                line("proto-max-bulk-len 1", "between 1048576 and 9223372036854775807 inclusive"),
                line(
                        "appendfsync never",
                        "argument(s) must be one of the following: everysec, always, no"),
                line(
                        "maxmemory-policy none",
                        "argument(s) must be one of the following: volatile-lru, volatile-lfu,"
                                + " volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu,"
                                + " allkeys-random, noeviction"),
                line(
                        "shutdown-on-sigint",
                        "argument(s) must be one of the following: default, save, nosave, now,"
                                + " force"),
                line("shutdown-on-sigterm save nosave", "can't be used simultaneously"),
                line("supervised maybe", "upstart, systemd, auto, no"),
                line("oom-score-adj maybe", "no, yes, relative, absolute"));
    }

    static List<List<String>> linesOfManyWords() {
        return List.of(
                line("replicaof 127.0.0.1", "wrong number of arguments"),
                line("slaveof 127.0.0.1 70000", "Invalid master port"),
                line("replicaof 127.0.0.1 6379x", "Invalid master port"),
                line("save 900", "Invalid save parameters"),
                line("save 900 1 x", "Invalid save parameters"),
                line("save 0 1", "Invalid save parameters"),
                line("save \"900 1 300\"", "Invalid save parameters"),
                line("client-output-buffer-limit normal 1", "Wrong number of arguments in"),
                line("client-output-buffer-limit master 1 1 1", "Invalid client class specified"),
                line("client-output-buffer-limit slave 1 1 -1", "Error in hard, soft or"),
                line("notify-keyspace-events q", "Invalid event class character. Use"),
                line("oom-score-adj-values 1 2", "wrong number of arguments"),
                line("oom-score-adj-values 1 2 2001", "must be between -2000 and 2000."),
                line("latency-tracking-info-percentiles 101", "should sit between [0.0,100.0]"),
                line("latency-tracking-info-percentiles x", "Invalid latency-tracking-info"),
                line("bind 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7", "Too many bind addresses"),
                line("dir no/such/dir", "No such file or directory"),
                line("dbfilename a/b", "dbfilename can't be a path, just a filename"),
                line("appendfilename \"\"", "appendfilename can't be empty"),
                line("appenddirname a/b", "appenddirname can't be a path, just a dirname"),
                line("proc-title-template {x}", "template format is invalid"),
                line("proc-title-template {title", "template format is invalid"),
                line("proc-title-template {title}", "template format is invalid"),
                line("cluster-announce-hostname a_b", "may only contain alphanumeric"),
                line("requirepass \"a", "Unbalanced quotes in configuration line"),
                line("requirepass \"a\"b", "Unbalanced quotes in configuration line"),
                line("requirepass 'a", "Unbalanced quotes in configuration line"),
                line("include", LAST),
                line("rename-command get", LAST),
                line("rename-command nosuch x", "No such command in rename-command"),
                line("rename-command get set", "Target command name already exists"),
                line("a.b", "Module config specified without value"),
                line("sentinel monitor x", "sentinel directive while not in sentinel mode"),
                line("user", LAST),
                line("loadmodule", LAST));
    }

    /** Lines that are fine: both servers stop at the line after. */
    static List<List<String>> goodLines() {
        return List.of(
                line("# a comment", LAST),
                line("PORT 7000", LAST),
                line("  port   7000  \r", LAST),
                line("maxmemory 1gb", LAST),
                line("maxmemory \"\"", LAST),
                line("maxmemory kb", LAST),
                line("maxmemory 99999999999999999999999", LAST),
                line("save", LAST),
                line("save \"\"", LAST),
                line("save '900 1 300 10'", LAST),
                line("client-output-buffer-limit", LAST),
                line("bind", LAST),
                line("notify-keyspace-events \"\"", LAST),
                line("unixsocketperm 0700", LAST),
                line("unixsocketperm \"\"", LAST),
                line("replicaof no one", LAST),
                line("rename-command get \"\"", LAST),
                line("rename-command GET fetch", LAST),
                line("lua-replicate-commands yes", LAST),
                line("list-max-ziplist-entries 5", LAST),
                line("sentinel", LAST),
                line("\"port\" 7000", LAST),
                line("requirepass \"a\\x41\\n\\\\\"", LAST),
                line("hz 100000", LAST),
                line("latency-tracking-info-percentiles \"\"", LAST),
                line("oom-score-adj relative", LAST),
                line("shutdown-on-sigint \"save force\"", LAST),
                line("\"\" x", LAST),
                line("include nothing*.conf", LAST));
    }

    private static List<String> line(String line, String reason) {
        return List.of(line, reason);
    }

    @ParameterizedTest
    @MethodSource({"lines", "linesOfManyWords", "goodLines"})
    void line_isRefusedWithTheReason_asARealServerDoes(List<String> sample) throws Exception {
        String text = sample.get(0) + STOP;

        String ours = new Loading().loadText(text);

        assertThat(ours).contains("FATAL CONFIG FILE ERROR").contains(sample.get(1));
        RealServer.assumePresent();
        Path file = directory.resolve("redis.conf");
        Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(ours).isEqualTo(RealServer.refusal(directory, List.of(file.toString())));
    }

    static List<List<String>> commandLines() {
        return List.of(
                List.of("--port", "abc"),
                List.of("--port", "6379", "6380"),
                List.of("--port 6379", "6380"),
                List.of("--port", "--loglevel", "verbose"),
                List.of("--port"),
                List.of("--bla", "x"),
                List.of("--bla"),
                List.of("bla", "x", "y"),
                List.of("--maxmemory 700mb", "--save", "--x", "1"),
                List.of("--save", "", "--x", "1"),
                List.of("--save", "100", "100", "--x", "1"),
                List.of("--save", "100 100", "--x", "1"),
                List.of("--save", "100", "100 60", "--x", "1"),
                List.of("--save 100 100", "60 1", "--x", "1"),
                List.of("--replicaof", "127.0.0.1", "abc"),
                List.of("--replicaof", "--127.0.0.1", "abc"),
                List.of("--replicaof 127.0.0.1 abc"),
                List.of("--proc-title-template", "--my--title--template", "--x", "1"),
                List.of("--proc-title-template", "--my--{title", "--x", "1"),
                List.of("--shutdown-on-sigint", "force nosave", "--x", "1"),
                List.of("--shutdown-on-sigint", "force", "nosave", "--x", "1"),
                List.of("--shutdown-on-sigint", "force  nosave", "now", "--x", "1"),
                List.of("--shutdown-on-sigint", "force", "--x", "1"),
                List.of("--requirepass", "a b\"c", "--port", "x y"),
                List.of("--maxmemory", "1gb", "loglevel", "verbose"),
                List.of("--enable-debug-command", "--x"),
                List.of("--bind", "1.2.3.4", "-::1", "--x", "1"),
                List.of("-x", "1"),
                List.of("--", "1"),
                List.of("-"),
                List.of("--port", "x", "-"),
                List.of("-", "--port", "x"));
    }

    @ParameterizedTest
    @MethodSource("commandLines")
    void words_areRefused_asARealServerDoes(List<String> words) throws Exception {
        RealServer.assumePresent();
        List<String> stopped = new java.util.ArrayList<>(words);
        if (words.equals(List.of("-"))) {
            stopped.addAll(List.of("--this-stops-it", "x"));
        }
        Loading loading = new Loading();
        String ours = loading.load(stopped.toArray(String[]::new));
        if (ours.startsWith("LOG ")) {
            ours = ""; // goes to the log, which is not compared here
        }

        assertThat(ours).isEqualTo(RealServer.refusal(directory, stopped));
    }

    @Test
    void errorInAFile_namesTheLine() {
        assertThat(new Loading().loadText("# one\n\nport x\n"))
                .isEqualTo(
                        """

                        *** FATAL CONFIG FILE ERROR (X) ***
                        Reading the configuration file, at line 3
                        >>> 'port x'
                        argument couldn't be parsed into an integer
                        """);
    }

    @Test
    void replicaInACluster_isRefusedAsAWhole() {
        String ours = new Loading().loadText("cluster-enabled yes\nreplicaof a 1\n");

        assertThat(ours).endsWith("***\nreplicaof directive not allowed in cluster mode\n");
    }

    @Test
    void logfileThatCannotBeOpened_isRefusedAsAWhole() {
        assertThat(new Loading().loadText("logfile no/such/dir/x.log\n"))
                .endsWith("***\nCan't open the log file: No such file or directory\n");
    }

    @Test
    void missingFile_isALogLine() {
        assertThat(new Loading().load("missing.conf"))
                .isEqualTo(
                        "LOG Fatal error, can't open config file '/start/missing.conf': "
                                + "No such file or directory");
    }

    @Test
    void includeOfItself_endsWithARefusal() {
        assertThat(new Loading().loadText("include redis.conf\n"))
                .contains("include lines are nested too deeply");
    }
}
