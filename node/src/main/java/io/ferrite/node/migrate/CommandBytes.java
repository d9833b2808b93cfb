package io.ferrite.node.migrate;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Commands as a client sends them. */
final class CommandBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    CommandBytes array(int words) {
        return line('*', words);
    }

    CommandBytes bulk(String word) {
        return bulk(word.getBytes(StandardCharsets.ISO_8859_1));
    }

    CommandBytes bulk(byte[] word) {
        line('$', word.length);
        out.writeBytes(word);
        return lineEnd();
    }

    CommandBytes line(char type, long number) {
        out.write(type);
        out.writeBytes(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
        return lineEnd();
    }

    CommandBytes lineEnd() {
        out.write('\r');
        out.write('\n');
        return this;
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
