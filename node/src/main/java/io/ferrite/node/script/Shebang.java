package io.ferrite.node.script;

import io.ferrite.engine.CommandError;
import io.ferrite.node.config.Words;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * The first line of a script or library, {@code #!lua name=value ...}.
 *
 * @param length of the line without its end, which stays with the code so that line numbers are
 *     right
 */
record Shebang(String engine, String name, int flags, int length) {

    /**
     * Reads that of a script, which may have none.
     *
     * @throws CommandError if it is wrong
     */
    static Shebang ofScript(byte[] body) {
        if (!begins(body)) {
            return new Shebang("lua", null, ScriptFlags.COMPATIBLE, 0);
        }
        int end = lineEnd(body);
        if (end < 0) {
            throw CommandError.of("ERR Invalid script shebang");
        }
        List<String> words = Words.split(text(body, end));
        if (words == null || words.isEmpty()) {
            throw CommandError.of("ERR Invalid engine in script shebang");
        }
        if (!words.getFirst().equals("#!lua")) {
            throw CommandError.of("ERR Unexpected engine in script shebang: " + words.getFirst());
        }
        int flags = 0;
        for (String word : words.subList(1, words.size())) {
            if (!word.startsWith("flags=")) {
                throw CommandError.of("ERR Unknown lua shebang option: " + word);
            }
            flags |= flags(word.substring("flags=".length()));
        }
        return new Shebang("lua", null, flags, end);
    }

    private static int flags(String list) {
        int flags = 0;
        if (list.isEmpty()) {
            return 0;
        }
        for (String name : list.split(",", -1)) {
            int flag = ScriptFlags.of(name);
            if (flag == 0) {
                throw CommandError.of("ERR Unexpected flag in script shebang: " + name);
            }
            flags |= flag;
        }
        return flags;
    }

    /**
     * Reads that of a library, which must have one with a name.
     *
     * @throws CommandError if it is wrong
     */
    static Shebang ofLibrary(byte[] code) {
        if (!begins(code)) {
            throw CommandError.of("ERR Missing library metadata");
        }
        int end = lineEnd(code);
        List<String> words = end < 0 ? null : Words.split(text(code, end));
        if (words == null || words.isEmpty()) {
            throw CommandError.of("ERR Invalid library metadata");
        }
        String name = null;
        for (String word : words.subList(1, words.size())) {
            if (!word.toLowerCase(Locale.ROOT).startsWith("name=")) {
                throw CommandError.of("ERR Invalid metadata value given: " + word);
            }
            if (name != null) {
                throw CommandError.of(
                        "ERR Invalid metadata value, name argument was given multiple times");
            }
            name = word.substring("name=".length());
        }
        if (name == null) {
            throw CommandError.of("ERR Library name was not given");
        }
        return new Shebang(words.getFirst().substring(2), name, 0, end);
    }

    private static boolean begins(byte[] text) {
        return text.length >= 2 && text[0] == '#' && text[1] == '!';
    }

    /** Where the first line ends, or -1 if a C string would end before its line does. */
    private static int lineEnd(byte[] text) {
        for (int i = 0; i < text.length && text[i] != 0; i++) {
            if (text[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static String text(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
}
