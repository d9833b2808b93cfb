package io.ferrite.tidy;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Sizes that a reader can hold. What is listed may shrink, never grow. */
final class SizeTest {

    static final int MAX_FILE_LINES = 600;
    static final int MAX_METHOD_LINES = 70;

    private final Exceptions exceptions = new Exceptions();

    @Test
    void aFileHasOneSubject() {
        var found = new TreeMap<String, Integer>();
        for (SourceFile file : Project.java()) {
            if (file.lines() > MAX_FILE_LINES) {
                found.put(file.path(), file.lines());
            }
        }
        Rule.check("file-size", "over 600 lines: split at a noun", exceptions, found);
    }

    @Test
    void aMethodFitsOnAScreen() {
        var found = new TreeMap<String, Integer>();
        for (SourceFile file : Project.java()) {
            for (SourceFile.Method method : file.methods()) {
                if (method.lines() > MAX_METHOD_LINES) {
                    found.merge(file.path() + "#" + method.name(), method.lines(), Math::max);
                }
            }
        }
        Rule.check("method-size", "over 70 lines: split at a noun", exceptions, found);
    }
}
