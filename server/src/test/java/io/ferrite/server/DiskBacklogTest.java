package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Followers that come back after the memory's backlog has moved on (repl-backlog-disk-size). */
final class DiskBacklogTest {

    private static final long PATIENCE_NANOS = 30_000_000_000L;

    @TempDir Path directory;
    @TempDir Path copies;

    /** A follower's place in a stream. */
    private record Place(String id, long offset) {
        /** The same place after {@code bytes} more. */
        Place plus(long bytes) {
            return new Place(id, offset + bytes);
        }
    }

    private ServerProcess leader(String... more) throws IOException {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "--appendonly",
                                "yes",
                                "--save",
                                "",
                                "--repl-backlog-size",
                                "16kb",
                                "--repl-diskless-sync-delay",
                                "0",
                                "--auto-aof-rewrite-percentage",
                                "0",
                                "--repl-backlog-disk-size",
                                "100mb"));
        words.addAll(List.of(more));
        return new ServerProcess(directory, "Ready to accept", words.toArray(String[]::new));
    }

    /** Takes a full copy and leaves. */
    private static Place follow(ServerProcess leader) throws IOException {
        try (Wire wire = new Wire(leader.port())) {
            wire.run("REPLCONF capa psync2");
            String[] answer = wire.call("PSYNC", "?", "-1").split("[ |]");
            assertThat(answer[0]).isEqualTo("+FULLRESYNC");
            return new Place(answer[1], Long.parseLong(answer[2]));
        }
    }

    private static void write(ServerProcess leader, int from, int to) throws IOException {
        try (Wire wire = new Wire(leader.port())) {
            for (int i = from; i < to; i++) {
                assertThat(wire.call("SET", "k" + i, "v".repeat(1000) + i)).isEqualTo("+OK|");
            }
        }
    }

    /** Asks to go on from a place; answers the first word of the reply. */
    private static String ask(Wire wire, Place place) throws IOException {
        wire.run("REPLCONF capa psync2");
        return wire.call("PSYNC", place.id, Long.toString(place.offset + 1)).split("[ |]")[0];
    }

    /** Goes on from a place, and has to see these writes in this order, each once. */
    private static void goOn(ServerProcess leader, Place place, int from, int to)
            throws IOException {
        try (Wire wire = new Wire(leader.port())) {
            assertThat(ask(wire, place)).isEqualTo("+CONTINUE");
            for (int next = from; next < to; ) {
                String command = wire.read();
                if (!command.contains("|SET|")) {
                    continue; // SELECT, PING and the like
                }
                assertThat(command).endsWith("|" + "v".repeat(1000) + next + "|");
                next++;
            }
        }
    }

    private static long info(ServerProcess server, String name) throws IOException {
        try (Wire wire = new Wire(server.port())) {
            for (String line : wire.run("INFO everything").split("\r\n")) {
                if (line.startsWith(name + ":")) {
                    return Long.parseLong(line.substring(name.length() + 1));
                }
            }
        }
        throw new AssertionError("no " + name);
    }

    private static void await(ServerProcess server, String name, long value) throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (info(server, name) != value) {
            assertThat(System.nanoTime()).as(name).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static void rewrite(ServerProcess server) throws IOException {
        try (Wire wire = new Wire(server.port())) {
            assertThat(wire.run("BGREWRITEAOF")).startsWith("+Background");
        }
        await(server, "aof_rewrite_in_progress", 0);
    }

    @Test
    void followerThatWasAwayForLong_goesOnFromTheDisk_thenFromMemory() throws IOException {
        try (ServerProcess leader = leader()) {
            Place place = follow(leader);
            write(leader, 0, 3000);
            assertThat(info(leader, "repl_backlog_histlen")).isLessThan(40_000);
            assertThat(info(leader, "repl_backlog_disk_histlen")).isGreaterThan(2_900_000);
            goOn(leader, place, 0, 3000);
            assertThat(info(leader, "sync_partial_ok")).isEqualTo(1);
            try (Wire wire = new Wire(leader.port())) {
                assertThat(ask(wire, place)).isEqualTo("+CONTINUE");
                write(leader, 3000, 3500);
                for (int next = 0; next < 3500; ) {
                    String command = wire.read();
                    if (command.contains("|SET|")) {
                        assertThat(command).endsWith("v" + next++ + "|");
                    }
                }
            }
        }
    }

    @Test
    void withoutIt_aFullCopyIsNeeded() throws IOException {
        try (ServerProcess leader = leader("--repl-backlog-disk-size", "0")) {
            Place place = follow(leader);
            write(leader, 0, 200);
            try (Wire wire = new Wire(leader.port())) {
                assertThat(ask(wire, place)).isEqualTo("+FULLRESYNC");
            }
            assertThat(info(leader, "repl_backlog_disk_first_byte_offset")).isZero();
        }
    }

    @Test
    void rewrite_keepsTheFilesThatAreNeeded_andNoOthers() throws IOException {
        try (ServerProcess leader = leader()) {
            Place place = follow(leader);
            write(leader, 0, 300);
            rewrite(leader);
            write(leader, 300, 600);
            rewrite(leader);
            write(leader, 600, 650);
            goOn(leader, place, 0, 650);
            assertThat(files("incr")).isEqualTo(3);
            assertThat(files("base")).isEqualTo(1);
            try (Wire wire = new Wire(leader.port())) {
                assertThat(wire.run("CONFIG SET repl-backlog-disk-size 100kb")).isEqualTo("+OK|");
                long end = System.nanoTime() + PATIENCE_NANOS;
                while (files("incr") > 2) {
                    assertThat(System.nanoTime()).as("files are deleted").isLessThan(end);
                }
                assertThat(ask(wire, place)).isEqualTo("+FULLRESYNC");
            }
        }
    }

    private int files(String kind) throws IOException {
        try (Stream<Path> all = Files.list(directory.resolve("appendonlydir"))) {
            return (int) all.filter(f -> f.toString().contains("." + kind + ".")).count();
        }
    }

    @Test
    void fileThatIsGone_leadsToAFullCopy() throws IOException {
        try (ServerProcess leader = leader()) {
            Place place = follow(leader);
            write(leader, 0, 300);
            rewrite(leader);
            write(leader, 300, 400);
            Files.delete(directory.resolve("appendonlydir/appendonly.aof.1.incr.aof"));
            try (Wire wire = new Wire(leader.port())) {
                assertThat(ask(wire, place)).isEqualTo("+CONTINUE");
                assertThat(wire.read()).isEqualTo("closed");
            }
            try (Wire wire = new Wire(leader.port())) {
                assertThat(ask(wire, place)).isEqualTo("+FULLRESYNC");
            }
            assertThat(leader.logged()).anyMatch(line -> line.contains("Can't read the backlog"));
        }
    }

    @Test
    void lineOfTheTime_isNotSentToFollowers() throws IOException {
        try (ServerProcess leader = leader("--aof-timestamp-enabled", "yes")) {
            Place place = follow(leader);
            long end = System.nanoTime() + 2_100_000_000L;
            int written = 0;
            while (System.nanoTime() < end) {
                write(leader, written, written + 50);
                written += 50;
            }
            goOn(leader, place, 0, written);
        }
    }

    @Test
    void leaderThatCameBack_stillHasItOnTheDisk() throws IOException {
        Place place;
        try (ServerProcess leader = leader()) {
            place = follow(leader);
            write(leader, 0, 300);
            rewrite(leader);
            write(leader, 300, 400);
        }
        try (ServerProcess leader = leader()) {
            write(leader, 400, 500);
            long end = System.nanoTime() + PATIENCE_NANOS;
            while (info(leader, "repl_backlog_disk_first_byte_offset") > place.offset + 200) {
                assertThat(System.nanoTime()).as("the history is read").isLessThan(end);
            }
            goOn(leader, place.plus(0), 0, 500);
        }
    }

    @Test
    void follower_isEqualAfterwards_thoughItWasAwayForLong() throws IOException {
        try (ServerProcess leader = leader();
                LiveServer follower =
                        new LiveServer(
                                "--dir", copies.toString(), "--enable-debug-command", "yes");
                Wire to = new Wire(leader.port());
                Wire of = new Wire(follower.port())) {
            write(leader, 0, 10);
            assertThat(of.run("REPLICAOF 127.0.0.1 " + leader.port())).isEqualTo("+OK|");
            awaitDigest(to, of);
            // It loses its leader for a while: another port answers nothing.
            assertThat(of.run("REPLICAOF 127.0.0.1 1")).isEqualTo("+OK|");
            write(leader, 10, 600);
            assertThat(of.run("REPLICAOF 127.0.0.1 " + leader.port())).isEqualTo("+OK|");
            awaitDigest(to, of);
            assertThat(info(leader, "sync_full")).isEqualTo(1);
            assertThat(info(leader, "sync_partial_ok")).isEqualTo(1);
        }
    }

    private static void awaitDigest(Wire one, Wire other) throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!one.run("DBSIZE").equals(other.run("DBSIZE"))
                || !one.run("DEBUG DIGEST").equals(other.run("DEBUG DIGEST"))) {
            assertThat(System.nanoTime()).as("equal data").isLessThan(end);
        }
    }
}
