package io.ferrite.scripting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The scripts of scripts.txt answer as it says: libraries, patterns, errors, the sandbox. */
final class TranscriptTest {

    private static final Pattern ESCAPE = Pattern.compile("\\\\x([0-9a-f]{2})");

    private static String unescaped(String line) {
        Matcher matcher = ESCAPE.matcher(line);
        return matcher.replaceAll(found ->
                Matcher.quoteReplacement(
                        String.valueOf((char) Integer.parseInt(found.group(1), 16))));
    }

    @Test
    void everyScript_answersAsTheTranscriptSays() throws IOException {
        String text;
        try (InputStream in = TranscriptTest.class.getResourceAsStream("scripts.txt")) {
            text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
        String[] lines = text.split("\n");
        int count = 0;
        try (ScriptFixture fixture = new ScriptFixture()) {
            for (int i = 0; i < lines.length; i++) {
                if (lines[i].startsWith("> ")) {
                    String script = unescaped(lines[i].substring(2));
                    String answer = fixture.eval(script);
                    assertThat(answer.startsWith("-") ? answer : shown(answer))
                            .as(lines[i])
                            .isEqualTo(unescaped(lines[i + 1]));
                    count++;
                }
            }
        }
        assertThat(count).isGreaterThan(500);
    }

    /** What does not compile is no reply here, only its text. */
    private static String shown(String answer) {
        return answer.startsWith("user_script:")
                ? "-ERR Error compiling script (new function): " + answer
                : answer;
    }
}
