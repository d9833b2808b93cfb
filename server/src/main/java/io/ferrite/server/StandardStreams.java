package io.ferrite.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What is not a log line: answers to {@code --version} and {@code --help}, and errors before there
 * is a log. The only place that writes to the standard streams besides the log.
 */
final class StandardStreams {

    private StandardStreams() {}

    /** Prints text, one byte per character, on standard output. */
    static void print(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
    }

    /** Prints text, one byte per character, on standard error. */
    static void complain(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.err.write(bytes, 0, bytes.length);
        System.err.flush();
    }

    /** Lets go of all three: the JDK points a standard stream that is closed to /dev/null. */
    static void release() {
        System.out.close();
        System.err.close();
        try {
            System.in.close();
        } catch (IOException e) {
            return; // it is of no use any more, closed or not
        }
    }
}
