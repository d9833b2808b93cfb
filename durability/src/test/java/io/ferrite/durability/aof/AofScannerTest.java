package io.ferrite.durability.aof;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.resp.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AofScannerTest {

    private final AofScanner scanner = new AofScanner();

    /** What a text holds, and how it ends. */
    private List<String> scan(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        long size = Math.max(1, bytes.length);
        long block = SharedSlab.take(size, MemoryTag.OTHER);
        List<String> found = new ArrayList<>();
        try (Request request = new Request()) {
            Memory.copyIn(bytes, 0, block, bytes.length);
            int at = 0;
            while (at < bytes.length) {
                int kind = scanner.next(block + at, bytes.length - at, true, request);
                switch (kind) {
                    case AofScanner.COMMAND -> found.add(words(request));
                    case AofScanner.ANNOTATION -> found.add("#" + scanner.annotation());
                    default -> {
                        found.add(kind == AofScanner.INCOMPLETE ? "cut" : "bad");
                        return found;
                    }
                }
                at += (int) scanner.consumed();
            }
            return found;
        } finally {
            SharedSlab.give(block, size, MemoryTag.OTHER);
        }
    }

    private static String words(Request request) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < request.count(); i++) {
            words.append(i == 0 ? "" : " ").append(request.arg(i));
        }
        return words.toString();
    }

    private static String command(String... words) {
        StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            text.append("$").append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString();
    }

    @Test
    void commandsAndAnnotations_areFound() {
        String text =
                "#TS:1700000000\r\n"
                        + command("SELECT", "0")
                        + command("SET", "a key of nineteen b", "x".repeat(1000))
                        + "#other\n"
                        + command("DEL", "");
        assertThat(scan(text))
                .containsExactly(
                        "#TS:1700000000",
                        "SELECT 0",
                        "SET a key of nineteen b " + "x".repeat(1000),
                        "#other",
                        "DEL ");
    }

    @Test
    void whatIsCutAnywhere_isIncomplete() {
        String whole = command("SET", "key", "a value of some length");
        for (int length = 1; length < whole.length(); length++) {
            String cut = whole.substring(0, length);
            assertThat(scan(cut)).as(cut).containsExactly("cut");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "!!!",
                "\0\0\0",
                "*0\r\n",
                "*-1\r\n",
                "*x\r\n",
                "*1\r\n+OK\r\n",
                "*1\r\n$-1\r\n",
                "*2\r\n$3\r\nGET\r\n*1\r\n$1\r\nk\r\n",
                "*1\r\n$99999999999999999999\r\n",
                "SET k v\r\n"
            })
    void whatIsNoCommand_isMalformed(String text) {
        assertThat(scan(text)).containsExactly("bad");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*2\n$3\nGET\r\n$1\nk\r\n",
                "*2\t\n$3\r\nGET\r\n$1\r\nk\r\n",
                "* 2 and more\r\n$+3\r\nGET\r\n$01\r\nk\r\n",
                "*2\r\n$3\r\nGETxx$1\r\nkyy",
            })
    void whatRedisTakes_isTaken(String text) {
        assertThat(scan(text)).containsExactly("GET k");
    }

    @Test
    void anAnnotationWithoutEnd_endsWithTheFile() {
        assertThat(scan(command("GET", "k") + "#TS:17")).containsExactly("GET k", "#TS:17");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void damagedBytes_neverLeadOutside(long seed) {
        Random random = new Random(seed);
        String text =
                command("SET", "key", "some value") + "#TS:1\r\n" + command("RPUSH", "l", "1", "2");
        for (int i = 0; i < 2000; i++) {
            char[] damaged = text.toCharArray();
            for (int j = random.nextInt(3); j >= 0; j--) {
                damaged[random.nextInt(damaged.length)] = (char) random.nextInt(256);
            }
            scan(String.valueOf(damaged)); // checked memory: an access outside fails
        }
    }
}
