package io.ferrite.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of the command line as bytes (ISO 8859-1). The JDK decodes them by the locale, and in
 * the locale C it loses what is not ASCII; the system keeps the original.
 */
final class RawWords {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

    private RawWords() {}

    /** The bytes of the last words of the command line, those that {@code main} was given. */
    static List<String> of(List<String> words) {
        if (words.stream().allMatch(RawWords::isAscii)) {
            return words;
        }
        try {
            String text = new String(Files.readAllBytes(COMMAND_LINE), StandardCharsets.ISO_8859_1);
            List<String> all = new ArrayList<>(List.of(text.split("\0", -1)));
            all.removeLast(); // after the last zero byte
            List<String> last = all.subList(all.size() - words.size(), all.size());
            return agree(words, last) ? last : inUtf8(words);
        } catch (IOException | IndexOutOfBoundsException e) {
            return inUtf8(words);
        }
    }

    private static boolean agree(List<String> words, List<String> raw) {
        for (int i = 0; i < words.size(); i++) {
            if (isAscii(words.get(i)) && !words.get(i).equals(raw.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAscii(String word) {
        return word.chars().allMatch(c -> c < 128);
    }

    private static List<String> inUtf8(List<String> words) {
        return words.stream()
                .map(word ->
                        new String(
                                word.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
                .toList();
    }
}
