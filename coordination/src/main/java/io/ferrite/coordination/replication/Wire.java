package io.ferrite.coordination.replication;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Commands as bytes, for the few that the link itself sends. */
public final class Wire {

    private Wire() {}

    /** A command in the usual form: an array of bulk strings. */
    public static byte[] encode(List<String> words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ascii(out, "*" + words.size() + "\r\n");
        for (String word : words) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            ascii(out, "$" + bytes.length + "\r\n");
            out.writeBytes(bytes);
            ascii(out, "\r\n");
        }
        return out.toByteArray();
    }

    public static byte[] encode(String... words) {
        return encode(List.of(words));
    }

    private static void ascii(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
