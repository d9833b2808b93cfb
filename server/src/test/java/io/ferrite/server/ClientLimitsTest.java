package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a single client may make the server hold. */
final class ClientLimitsTest {

    @Test
    void oneClientTooMany_isTold_andCounted() throws IOException {
        try (LiveServer server = new LiveServer("--maxclients", "2")) {
            Wire first = server.connect();
            first.run("PING");
            Wire second = server.connect();
            second.run("PING");
            Wire third = server.connect();

            assertThat(third.read()).isEqualTo("-ERR max number of clients reached|");
            assertThat(third.read()).isEqualTo("closed");
            assertThat(server.node().stats().rejectedConnections.sum()).isEqualTo(1);
            second.close();
            assertThat(server.connect().run("PING")).as("the place is free").isEqualTo("+PONG|");
        }
    }

    @Test
    void unfinishedRequestBeyondTheLimit_endsTheClient() throws IOException {
        try (LiveServer server = new LiveServer("--client-query-buffer-limit", "1mb")) {
            Wire wire = server.connect();
            wire.sendRaw(Wire.bytes("*2\r\n$4\r\nECHO\r\n$3000000\r\n"));
            byte[] part = new byte[100_000];
            try {
                for (int i = 0; i < 29; i++) {
                    wire.sendRaw(part);
                }
            } catch (IOException closedAlready) {
                // as it should be
            }

            assertThat(wire.read()).isEqualTo("closed");
            assertThat(server.node().stats().queryLimitDisconnects.sum()).isEqualTo(1);
            assertThat(server.logged())
                    .anyMatch(line -> line.startsWith("Closing client that reached max query"));
        }
    }

    @Test
    void transactionBeyondTheLimit_endsTheClient() throws IOException {
        try (LiveServer server = new LiveServer("--client-query-buffer-limit", "1mb")) {
            Wire wire = server.connect();
            wire.run("MULTI");
            String value = "x".repeat(100_000);
            String last = "";
            for (int i = 0; i < 30 && !last.equals("closed"); i++) {
                try {
                    last = wire.call("SET", "k", value);
                } catch (IOException e) {
                    last = "closed";
                }
            }

            assertThat(last).isEqualTo("closed");
            assertThat(server.connect().run("EXISTS k")).isEqualTo(":0|");
        }
    }

    @Test
    void repliesThatNobodyReads_endTheClient_atTheHardLimit() throws IOException {
        try (LiveServer server = new LiveServer("--client-output-buffer-limit", "normal 1mb 0 0")) {
            Wire other = server.connect();
            other.call("SET", "k", "x".repeat(500_000));
            Wire wire = server.connect();
            try {
                for (int i = 0; i < 2000; i++) {
                    wire.sendRaw(Wire.bytes("GET k\r\n"));
                }
            } catch (IOException closedAlready) {
                // as it should be
            }

            while (server.node().stats().outputLimitDisconnects.sum() == 0) {
                Thread.onSpinWait();
            }
            assertThat(other.run("PING")).isEqualTo("+PONG|");
            String reason = "overcoming of output buffer limits."; // logged after it was counted
            await().until(() -> server.logged().stream().anyMatch(line -> line.contains(reason)));
        }
    }

    @Test
    void listenerThatDoesNotRead_isClosed_andThePublisherGoesOn() throws IOException {
        try (LiveServer server =
                new LiveServer("--client-output-buffer-limit", "pubsub 256kb 0 0")) {
            Wire listener = server.connect();
            listener.run("SUBSCRIBE news");
            Wire publisher = server.connect();
            String message = "x".repeat(100_000);
            String receivers = ":1|";
            for (int i = 0; i < 1000 && receivers.equals(":1|"); i++) {
                receivers = publisher.call("PUBLISH", "news", message);
            }

            assertThat(receivers).isEqualTo(":0|");
            assertThat(server.node().stats().outputLimitDisconnects.sum()).isEqualTo(1);
        }
    }

    @Test
    void refusalsThatAStrangerDoesNotRead_endTheConnection() throws IOException {
        try (LiveServer server = new LiveServer("--requirepass", "secret")) {
            Wire stranger = server.connect();
            byte[] many = Wire.bytes("GET x\r\n".repeat(10_000));
            try {
                for (int i = 0; i < 1000; i++) {
                    stranger.sendRaw(many);
                }
            } catch (IOException closed) {
                assertThat(server.node().stats().outputLimitDisconnects.sum()).isEqualTo(1);
                return;
            }
            throw new AssertionError("70 MB of requests were taken from a stranger");
        }
    }

    @Test
    void silentClient_isClosedAfterTheTimeout_whichCanBeSetAnyTime() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire silent = server.connect();
            silent.run("PING");
            Wire listener = server.connect();
            listener.run("SUBSCRIBE a");
            silent.run("CONFIG SET timeout 1");

            assertThat(silent.read()).isEqualTo("closed");
            assertThat(listener.isSilent()).isTrue();
            assertThat(listener.run("PING")).isEqualTo("*2|$4|pong|$0||");
        }
    }

    @Test
    void softLimit_endsAClient_afterItsTime_alsoWithoutTraffic() throws IOException {
        try (LiveServer server =
                new LiveServer("--client-output-buffer-limit", "pubsub 0 100kb 1")) {
            Wire listener = server.connect();
            listener.run("SUBSCRIBE news");
            Wire publisher = server.connect();
            String message = "x".repeat(1_000_000);
            for (int i = 0; i < 20; i++) {
                assertThat(publisher.call("PUBLISH", "news", message)).isEqualTo(":1|");
            }

            while (server.node().stats().outputLimitDisconnects.sum() == 0) {
                Thread.onSpinWait();
            }
            // It is counted when it is condemned; its own event loop then takes it off the channel.
            while (!publisher.run("PUBLISH news x").equals(":0|")) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void replyBeyondTheHardLimit_isNotSentAtAll() throws IOException {
        try (LiveServer server =
                new LiveServer("--client-output-buffer-limit", "normal 100kb 0 0")) {
            Wire wire = server.connect();
            wire.call("SET", "k", "x".repeat(200_000));

            wire.send("GET", "k");
            assertThat(wire.read()).isEqualTo("closed");
        }
    }

    @Test
    void clientsThatTakeTooMuchTogether_areClosedLargestFirst() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire other = server.connect();
            other.call("SET", "k", "x".repeat(300_000));
            other.run("CONFIG SET maxmemory-clients 8mb");
            Wire spared = server.connect();
            spared.run("CLIENT NO-EVICT ON");
            Wire greedy = server.connect();
            String id = greedy.run("CLIENT ID").substring(1).replace("|", "");
            try {
                for (int i = 0; i < 2000; i++) {
                    greedy.sendRaw(Wire.bytes("GET k\r\n"));
                }
            } catch (IOException closedAlready) {
                // as it should be
            }

            while (server.node().stats().evictedClients.sum() == 0) {
                Thread.onSpinWait();
            }
            assertThat(other.run("CLIENT LIST ID " + id)).isEqualTo("$0||");
            assertThat(spared.run("PING")).isEqualTo("+PONG|");
        }
    }

    @Test
    void anArgumentThatIsAnnounced_countsBeforeItHasArrived() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire other = server.connect();
            other.run("CONFIG SET maxmemory-clients 8mb");
            Wire waiting = server.connect();
            String id = waiting.run("CLIENT ID").substring(1).replace("|", "");
            waiting.sendRaw(Wire.bytes("*2\r\n$3\r\nGET\r\n$3000000\r\nx"));
            String line;
            do {
                line = other.run("CLIENT LIST ID " + id);
            } while (Long.parseLong(line.replaceAll("(?s).*tot-mem=(\\d+) .*", "$1")) < 3_000_000);
            assertThat(line).contains(" qbuf=24 ");

            Wire greedy = server.connect();
            greedy.sendRaw(Wire.bytes("*2\r\n$3\r\nGET\r\n$7000000\r\nx"));
            assertThat(greedy.read()).isEqualTo("closed");
            assertThat(server.node().stats().evictedClients.sum()).isEqualTo(1);
        }
    }

    @Test
    void aSmallerLimit_closesTheLargestAtOnce() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire other = server.connect();
            Wire waiting = server.connect();
            String id = waiting.run("CLIENT ID").substring(1).replace("|", "");
            waiting.sendRaw(Wire.bytes("*2\r\n$3\r\nGET\r\n$3000000\r\nx"));
            while (!other.run("CLIENT LIST ID " + id).contains(" qbuf=24 ")) {
                Thread.onSpinWait();
            }
            assertThat(other.run("CONFIG SET maxmemory-clients 4mb")).isEqualTo("+OK|");
            assertThat(other.run("CLIENT LIST ID " + id)).contains(" qbuf=24 ");

            assertThat(other.run("CONFIG SET maxmemory-clients 2mb")).isEqualTo("+OK|");
            assertThat(other.run("CLIENT LIST ID " + id)).isEqualTo("$0||");
            assertThat(waiting.read()).isEqualTo("closed");
        }
    }

    @Test
    void prefixesOfTracking_countForTheirClient() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire other = server.connect();
            other.run("CONFIG SET maxmemory-clients 200kb");
            Wire greedy = server.connect();
            String answer = "+OK|";
            for (int i = 0; answer.equals("+OK|"); i++) {
                assertThat(i).isLessThan(200_000 / 64);
                answer = greedy.run("CLIENT TRACKING ON BCAST PREFIX " + (100_000 + i));
            }
            assertThat(answer).isEqualTo("closed");
        }
    }

    @Test
    void namesThatDoNotFitTheHeap_areRefused_andNothingIsKept() throws IOException {
        try (LiveServer server = new LiveServer()) {
            long names = Runtime.getRuntime().maxMemory() / 2 / 288 + 1;
            Wire wire = server.connect();
            for (String command : new String[] {"SUBSCRIBE", "WATCH"}) {
                StringBuilder request = new StringBuilder("*" + (names + 1) + "\r\n");
                request.append("$").append(command.length()).append("\r\n").append(command);
                request.append("\r\n");
                for (long i = 0; i < names; i++) {
                    request.append("$1\r\na\r\n");
                }
                wire.sendRaw(Wire.bytes(request.toString()));

                assertThat(wire.read()).startsWith("-ERR not enough memory for so many");
            }
            assertThat(wire.run("CLIENT INFO")).contains(" sub=0 ").contains(" watch=0 ");
        }
    }

    @Test
    void whatALargeRequestTook_isNotCountedForGood() throws IOException {
        try (LiveServer server = new LiveServer()) {
            Wire wire = server.connect();
            String[] words = new String[50_000];
            Arrays.setAll(words, i -> i == 0 ? "SADD" : i == 1 ? "set" : "member" + i);
            long before = server.node().usedMemory();
            assertThat(wire.call(words)).isEqualTo(":49998|");
            assertThat(server.node().usedMemory()).isGreaterThan(before + 1_000_000);
            wire.run("DEL set");

            await().untilAsserted(() -> {
                wire.run("PING");
                assertThat(server.node().usedMemory()).isLessThan(before + 8_000);
            });
        }
    }
}
