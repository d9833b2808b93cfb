package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** COMMANDLOG, seen from a client. */
final class CommandLogTest {

    private LiveServer server;
    private Wire client;

    @BeforeEach
    void start() throws IOException {
        server = new LiveServer();
        client = server.connect();
        client.run("CONFIG SET commandlog-request-larger-than 1000");
        client.run("CONFIG SET commandlog-reply-larger-than 1000");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void aLargeRequest_isKept_withItsSizeAndItsBeginning() throws IOException {
        client.call("SET", "k", "x".repeat(2000));

        assertThat(client.run("COMMANDLOG LEN large-request")).isEqualTo(":1|");
        assertThat(client.run("COMMANDLOG LEN large-reply")).isEqualTo(":0|");
        assertThat(client.run("COMMANDLOG GET -1 large-request"))
                .matches(
                        "\\*1\\|\\*6\\|:0\\|:\\d+\\|:20\\d\\d\\|\\*3\\|\\$3\\|SET\\|\\$1\\|k\\|\\$149\\|x{128}\\.\\.\\."
                            + " \\(1872 more bytes\\)\\|\\$\\d+\\|127.*");
    }

    @Test
    void largeReplies_areKept_inAPipelineToo_newestOrLargestFirst() throws IOException {
        client.call("SET", "a", "x".repeat(3000));
        client.call("SET", "b", "x".repeat(2000));
        client.sendRaw(Wire.bytes("GET a\r\nGET none\r\nGET b\r\n"));
        for (int i = 0; i < 3; i++) {
            client.read();
        }

        assertThat(client.run("COMMANDLOG LEN LARGE-REPLY")).isEqualTo(":2|");
        String newest = client.run("COMMANDLOG GET 1 large-reply");
        assertThat(newest).contains("|:2009|*2|$3|GET|$1|b|");
        String largest = client.run("COMMANDLOG GET 1 large-reply MAGNITUDE");
        assertThat(largest).contains("|:3009|*2|$3|GET|$1|a|");
    }

    @Test
    void aReset_forgets_andThresholdsCanBeOff() throws IOException {
        client.call("SET", "k", "x".repeat(2000));
        assertThat(client.run("COMMANDLOG RESET large-request")).isEqualTo("+OK|");
        client.run("CONFIG SET commandlog-request-larger-than -1");
        client.call("SET", "k", "x".repeat(2000));

        assertThat(client.run("COMMANDLOG GET -1 large-request")).isEqualTo("*0|");
    }

    @Test
    void theSlowOnes_areThoseOfSlowlog() throws IOException {
        client.run("CONFIG SET commandlog-execution-slower-than 0");
        client.run("PING");

        assertThat(client.run("CONFIG GET slowlog-log-slower-than"))
                .isEqualTo("*2|$23|slowlog-log-slower-than|$1|0|");
        assertThat(client.run("COMMANDLOG GET -1 slow")).contains("$4|PING|");
        assertThat(client.run("SLOWLOG GET -1")).contains("$4|PING|");
        assertThat(client.run("COMMANDLOG LEN fast")).startsWith("-ERR type should be one of");
    }
}
