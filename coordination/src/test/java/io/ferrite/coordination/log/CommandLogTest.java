package io.ferrite.coordination.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CommandLogTest {

    private static final String SELECT_0 = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n";
    private static final String SELECT_12 = "*2\r\n$6\r\nSELECT\r\n$2\r\n12\r\n";

    private final Slab slab = new Slab();
    private final Slab scratch = new Slab();
    private final CommandLog log = new CommandLog(slab, 1 << 20);

    @AfterEach
    void everythingIsGivenBack() {
        log.close();
        assertThat(slab.usedBytes(MemoryTag.LOG)).isZero();
    }

    private long append(int database, String text) {
        return append(database, text, database);
    }

    private long append(int database, String text, int after) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        long at = scratch.take(bytes.length, MemoryTag.OTHER);
        Memory.copyIn(bytes, 0, at, bytes.length);
        long end = log.append(database, at, bytes.length, after);
        scratch.give(at, bytes.length, MemoryTag.OTHER);
        return end;
    }

    private void relay(String text, boolean keepAlive) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        long at = scratch.take(bytes.length, MemoryTag.OTHER);
        Memory.copyIn(bytes, 0, at, bytes.length);
        log.appendRaw(at, bytes.length, keepAlive);
        scratch.give(at, bytes.length, MemoryTag.OTHER);
    }

    static String readAll(LogReader reader) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int length;
        while ((length = reader.peek(1000)) > 0) {
            out.writeBytes(Memory.toBytes(reader.address(), length));
            reader.advance(length);
        }
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private LogReader open(long offset) {
        return log.openReader(offset, false, () -> {});
    }

    @Test
    void nothingIsKeptAndTheOffsetStands_whileNobodyReads() {
        assertThat(log.isActive()).isFalse();
        assertThat(append(0, "lost")).isZero();
        assertThat(log.end()).isZero();
        assertThat(log.window()).isEqualTo(new BacklogWindow(false, 1 << 20, 0, 0));
    }

    @Test
    void databaseIsNamed_whenItChangesAndWhenItWasForgotten() {
        log.createBacklog();
        log.setMode(CommandLog.Mode.ORIGIN);
        append(0, "a");
        append(0, "b");
        append(12, "c");
        append(12, "d", 0);
        append(0, "e");
        log.forgetDatabase();
        append(0, "f");
        try (LogReader reader = open(0)) {
            assertThat(readAll(reader))
                    .isEqualTo(SELECT_0 + "ab" + SELECT_12 + "cde" + SELECT_0 + "f");
            assertThat(reader.offset()).isEqualTo(log.end());
        }
        assertThat(log.database()).isZero();
    }

    @Test
    void readersSeeTheSameBytes_fromAnyPositionKept() {
        log.createBacklog();
        log.setMode(CommandLog.Mode.ORIGIN);
        StringBuilder all = new StringBuilder(SELECT_0);
        for (int i = 0; i < 5000; i++) {
            String command = "command number " + i + ";";
            append(0, command);
            all.append(command);
        }
        assertThat(log.end()).isEqualTo(all.length());
        for (int from = 0; from < all.length(); from += 7919) {
            try (LogReader reader = open(from)) {
                assertThat(readAll(reader)).isEqualTo(all.substring(from));
            }
        }
    }

    @Test
    void windowKeepsExactlyTheBacklogsSize() {
        log.resizeBacklog(16 << 10);
        log.createBacklog();
        log.setMode(CommandLog.Mode.ORIGIN);
        String kilo = "x".repeat(1000);
        for (int i = 0; i < 100; i++) {
            append(0, kilo);
        }
        BacklogWindow window = log.window();
        assertThat(window.historyLength()).isEqualTo(16384);
        assertThat(window.firstByteOffset() + window.historyLength() - 1).isEqualTo(log.end());
        assertThat(window.containsPsync(window.first() + 1)).isTrue();
        assertThat(window.containsPsync(window.first())).isFalse();
        assertThat(window.containsPsync(window.end() + 1)).isTrue();
        assertThat(window.containsPsync(window.end() + 2)).isFalse();
        // Whole segments are kept: the window, what the tail has beyond it, and one for reuse.
        assertThat(log.memoryBytes()).isLessThan(5 * SegmentPool.FIRST);
        assertThatThrownBy(() -> open(100)).hasMessageContaining("not in the log");
    }

    @Test
    void growingTheBacklog_doesNotBringBackWhatWasDropped() {
        log.resizeBacklog(16 << 10);
        log.createBacklog();
        log.setMode(CommandLog.Mode.ORIGIN);
        for (int i = 0; i < 100; i++) {
            append(0, "x".repeat(1000));
        }
        long first = log.window().first();
        log.resizeBacklog(1 << 20);
        assertThat(log.window().first()).isEqualTo(first);
        append(0, "more");
        assertThat(log.window().first()).isEqualTo(first);
        log.resizeBacklog(20 << 10);
        assertThat(log.window().historyLength()).isEqualTo(16384 + 4);
    }

    @Test
    void slowReaderKeepsItsBytes_beyondTheBacklog() {
        log.resizeBacklog(16 << 10);
        log.createBacklog();
        log.setMode(CommandLog.Mode.ORIGIN);
        LogReader slow = open(0);
        StringBuilder all = new StringBuilder(SELECT_0);
        for (int i = 0; i < 300; i++) {
            append(0, "y".repeat(999) + (char) ('a' + i % 26));
            all.append("y".repeat(999)).append((char) ('a' + i % 26));
        }
        assertThat(slow.lag()).isEqualTo(log.end());
        assertThat(log.window().historyLength()).isEqualTo(300_023);
        assertThat(readAll(slow)).isEqualTo(all.toString());
        slow.close();
        assertThat(log.memoryBytes()).isLessThan(6 * SegmentPool.FIRST);
    }

    @Test
    void newHistoryCutsReaders_afterTheyHaveReadTheOldOne() {
        log.createBacklog();
        log.setMode(CommandLog.Mode.ORIGIN);
        append(0, "old");
        AtomicInteger woken = new AtomicInteger();
        LogReader reader = log.openReader(0, false, woken::incrementAndGet);
        LogReader waiting = log.openReader(log.end(), false, woken::incrementAndGet);
        assertThat(waiting.arm()).isTrue();
        log.startAt(5000);
        assertThat(woken).hasValue(1);
        assertThat(log.window()).isEqualTo(new BacklogWindow(true, 1 << 20, 5000, 5000));
        log.setMode(CommandLog.Mode.RELAY);
        relay("new", false);
        assertThat(reader.isCut()).isTrue();
        assertThat(readAll(reader)).isEqualTo(SELECT_0 + "old");
        assertThat(reader.arm()).isFalse();
        reader.close();
        waiting.close();
        try (LogReader next = open(5000)) {
            assertThat(readAll(next)).isEqualTo("new");
            assertThat(next.offset()).isEqualTo(5003);
        }
    }

    @Test
    void readerThatWantsMuchAtOnce_isNotWokenBefore() {
        log.createBacklog();
        log.startAt(1000);
        log.setMode(CommandLog.Mode.RELAY);
        AtomicInteger woken = new AtomicInteger();
        try (LogReader reader = log.openReader(1000, false, woken::incrementAndGet)) {
            assertThat(reader.arm(10)).isTrue();
            relay("123456789", false);
            log.announce();
            assertThat(woken).hasValue(0);
            relay("0", false);
            log.announce();
            assertThat(woken).hasValue(1);
            assertThat(reader.arm(10)).isFalse();
        }
    }

    @Test
    void keepAlivesAtTheEndCanBeTakenBack_dataCannot() {
        log.createBacklog();
        log.startAt(1000);
        log.setMode(CommandLog.Mode.RELAY);
        relay("x".repeat(40_000), false);
        relay("PING", true);
        relay("PING", true);
        assertThat(log.dataEnd()).isEqualTo(41_000);
        LogReader behind = open(41_008);
        log.rewind(41_004);
        assertThat(log.window()).isEqualTo(new BacklogWindow(true, 1 << 20, 1000, 41_004));
        assertThat(behind.isCut()).isTrue();
        behind.close();
        relay("data", false);
        try (LogReader reader = open(40_996)) {
            assertThat(readAll(reader)).isEqualTo("xxxxPINGdata");
        }
        assertThatThrownBy(() -> log.rewind(41_007)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void relayedBytesAreVerbatim_andOwnEffectsAreNotMixedIn() {
        log.createBacklog();
        log.startAt(1000);
        log.setMode(CommandLog.Mode.RELAY);
        assertThat(log.isActive()).isFalse();
        relay("leader's", false);
        append(3, "own");
        assertThat(log.end()).isEqualTo(1008);
        log.setMode(CommandLog.Mode.ORIGIN);
        relay("late", false);
        append(0, "+");
        try (LogReader reader = open(1000)) {
            assertThat(readAll(reader)).isEqualTo("leader's" + SELECT_0 + "+");
        }
    }

    @Test
    void filesDoNotSeeKeepAlives_followersDo() {
        log.createBacklog();
        log.setMode(CommandLog.Mode.ORIGIN);
        LogReader file = log.openReader(0, true, () -> {});
        LogReader follower = open(0);
        append(0, "a");
        log.appendKeepAlive("PING".getBytes(StandardCharsets.US_ASCII));
        log.appendKeepAlive("ACK?".getBytes(StandardCharsets.US_ASCII));
        append(0, "b");
        assertThat(readAll(file)).isEqualTo(SELECT_0 + "ab");
        log.appendKeepAlive("PING".getBytes(StandardCharsets.US_ASCII));
        assertThat(readAll(file)).isEmpty();
        assertThat(file.offset()).isEqualTo(log.end());
        append(0, "c");
        assertThat(readAll(file)).isEqualTo("c");
        assertThat(readAll(follower)).isEqualTo(SELECT_0 + "aPINGACK?bPINGc");
        file.close();
        follower.close();
    }

    @Test
    void wakeUpComesOnceForManyAppends_andOnlyWhenAskedFor() {
        log.createBacklog();
        log.setMode(CommandLog.Mode.ORIGIN);
        AtomicInteger woken = new AtomicInteger();
        LogReader reader = log.openReader(0, false, woken::incrementAndGet);
        append(0, "a");
        log.announce();
        assertThat(woken).hasValue(0);
        assertThat(reader.arm()).as("there is something to read").isFalse();
        readAll(reader);
        assertThat(reader.arm()).isTrue();
        log.announce();
        assertThat(woken).hasValue(0);
        append(0, "b");
        append(0, "c");
        log.announce();
        log.announce();
        assertThat(woken).hasValue(1);
        reader.close();
    }

    @Test
    void switchingOffForgetsTheBytes_andKeepsTheOffset() {
        log.createBacklog();
        log.setMode(CommandLog.Mode.ORIGIN);
        long end = append(0, "abc");
        log.freeBacklog();
        log.setMode(CommandLog.Mode.OFF);
        assertThat(log.end()).isEqualTo(end);
        append(0, "ignored");
        log.createBacklog();
        log.setMode(CommandLog.Mode.ORIGIN);
        assertThat(log.window().first()).isEqualTo(end);
        append(0, "d");
        try (LogReader reader = open(end)) {
            assertThat(readAll(reader)).endsWith("d");
        }
    }

    @Test
    void whatIsKeptForASlowReader_mayBeAskedFor() {
        log.resizeBacklog(1000);
        log.createBacklog();
        log.setMode(CommandLog.Mode.ORIGIN);
        append(0, "x".repeat(500));
        long from = log.end();
        LogReader slow = open(from);
        for (int i = 0; i < 100; i++) {
            append(0, "y".repeat(1000));
        }
        assertThat(log.window()).isEqualTo(new BacklogWindow(true, 1000, from, from + 100_000));
        try (LogReader other = open(from)) {
            assertThat(readAll(other)).isEqualTo("y".repeat(100_000));
        }
        log.resizeBacklog(500);
        assertThat(log.window().first()).isEqualTo(from);
        slow.close();
        assertThat(log.window().first()).isEqualTo(log.end() - 500);
        assertThat(log.memoryBytes()).isLessThan(3 * SegmentPool.FIRST);
        log.resizeBacklog(10_000);
        assertThat(log.window().first()).isEqualTo(log.end() - 500);
    }
}
