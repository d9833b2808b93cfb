package io.ferrite.coordination.replication;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Commands as bytes, for the few that the link itself sends. */
public final class Wire {

    private Wire() {}

    /** A command in the usual form: an array of bulk strings. */
    public static byte[] encode(byte[]... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ascii(out, "*" + words.length + "\r\n");
        for (byte[] word : words) {
            ascii(out, "$" + word.length + "\r\n");
            out.writeBytes(word);
            ascii(out, "\r\n");
        }
        return out.toByteArray();
    }

    public static byte[] encode(List<String> words) {
        byte[][] bytes = new byte[words.size()][];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = words.get(i).getBytes(StandardCharsets.UTF_8);
        }
        return encode(bytes);
    }

    public static byte[] encode(String... words) {
        return encode(List.of(words));
    }

    private static void ascii(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
