package io.ferrite.node.slots;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.coordination.cluster.SlotSet;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.memory.codec.HashSlot;
import io.ferrite.spec.CommandCatalog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LogFilterTest {

    private static final SlotSet SLOTS =
            SlotSet.of(HashSlot.of("in".getBytes(StandardCharsets.US_ASCII)));

    private final CommandCatalog catalog = CommandCatalog.load();
    private final LogFilter filter = new LogFilter(catalog::find, SLOTS);

    @AfterEach
    void close() {
        filter.close();
    }

    private static String encoded(String line) {
        String[] words = line.split(" ");
        StringBuilder out = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            out.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return out.toString();
    }

    private String run(int piece, String... lines) {
        StringBuilder all = new StringBuilder();
        for (String line : lines) {
            all.append(encoded(line));
        }
        byte[] bytes = all.toString().getBytes(StandardCharsets.ISO_8859_1);
        long block = SharedSlab.take(bytes.length, MemoryTag.OTHER);
        Memory.copyIn(bytes, 0, block, bytes.length);
        List<String> passed = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += piece) {
            filter.feed(block + at, Math.min(piece, bytes.length - at));
            passed.add(new String(filter.take(), StandardCharsets.ISO_8859_1));
        }
        SharedSlab.give(block, bytes.length, MemoryTag.OTHER);
        return String.join("", passed);
    }

    private static String of(String... lines) {
        StringBuilder all = new StringBuilder();
        for (String line : lines) {
            all.append(encoded(line));
        }
        return all.toString();
    }

    @Test
    void commandsOfTheSlots_passInTheirDatabase_howeverTheyAreCut() {
        String[] log = {
            "SELECT 0", "SET out 1", "SET in 1", "PING", "SELECT 3", "DEL out", "DEL in", "INCR in"
        };
        String wanted = of("SELECT 0", "SET in 1", "SELECT 3", "DEL in", "INCR in");

        assertThat(run(7, log)).isEqualTo(wanted);
        assertThat(filter.commands()).isEqualTo(5);
        assertThat(filter.failure()).isNull();
    }

    @Test
    void transaction_isLeftOutOrLeftWhole() {
        String passed =
                run(
                        1 << 10,
                        "MULTI",
                        "SET out 1",
                        "EXEC",
                        "MULTI",
                        "SET {in}a 1",
                        "DEL {in}b",
                        "EXEC");

        assertThat(passed).isEqualTo(of("SELECT 0", "MULTI", "SET {in}a 1", "DEL {in}b", "EXEC"));
    }

    @Test
    void messagesAndLibraries_concernNoSlot() {
        assertThat(run(100, "PUBLISH in x", "SPUBLISH in x", "FUNCTION LOAD x")).isEmpty();
    }

    @Test
    void commandThatIsNotKnown_isNotPassedOver() {
        run(100, "NOSUCH in 1");
        assertThat(filter.failure()).contains("not known");
    }

    @Test
    void flushedData_cannotBeFollowed() {
        assertThat(run(100, "SET in 1", "FLUSHALL", "SET in 2"))
                .isEqualTo(of("SELECT 0", "SET in 1"));
        assertThat(filter.failure()).isEqualTo("the data were flushed");
    }
}
