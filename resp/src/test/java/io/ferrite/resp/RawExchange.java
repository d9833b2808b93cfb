package io.ferrite.resp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.ferrite.testkit.RealRedis;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;

/** Bytes of any kind, and what a server answers to them on a connection of their own. */
final class RawExchange {

    private static final String LAST = "marks-the-end-of-the-exchange";
    private static final byte[] REQUEST = bytes("\r\n*2\r\n$4\r\nECHO\r\n" + bulk());
    private static final byte[] ANSWER = bytes(bulk());

    private RawExchange() {}

    /**
     * What the server answers, until it closes or, having answered everything, answers one more
     * request. More than 64 KB must be something that it closes for.
     */
    static String answer(RealRedis redis, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
            socket.setSoTimeout(10_000);
            send(socket, bytes);
            ByteArrayOutputStream seen = new ByteArrayOutputStream();
            byte[] chunk = new byte[1 << 16];
            while (!endsWithAnswer(seen)) {
                int read = read(socket, chunk);
                if (read < 0) {
                    return seen.toString(ISO_8859_1);
                }
                seen.write(chunk, 0, read);
            }
            String all = seen.toString(ISO_8859_1);
            return all.substring(0, all.length() - ANSWER.length);
        }
    }

    private static void send(Socket socket, byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        try {
            out.write(bytes);
            if (bytes.length <= Limits.MAX_LINE_BYTES) {
                // Behind a longer line it could be read as that line's end.
                out.write(REQUEST);
            }
        } catch (SocketException e) {
            // Closed before all was sent: what it said can be read all the same.
            return;
        }
    }

    private static int read(Socket socket, byte[] chunk) throws IOException {
        try {
            return socket.getInputStream().read(chunk);
        } catch (SocketException e) {
            return -1; // closed with bytes unread
        }
    }

    private static boolean endsWithAnswer(ByteArrayOutputStream seen) {
        byte[] all = seen.toByteArray();
        int from = all.length - ANSWER.length;
        return from >= 0 && Arrays.equals(all, from, all.length, ANSWER, 0, ANSWER.length);
    }

    private static String bulk() {
        return "$" + LAST.length() + "\r\n" + LAST + "\r\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
