package io.ferrite.conformance;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection to any server that speaks RESP: sends many commands at once, reads replies as they
 * come.
 */
final class RespConnection implements AutoCloseable {

    private static final int SILENCE_MS = 20_000;

    private final Socket socket;
    private final InputStream in;

    RespConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(SILENCE_MS);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    }

    void send(List<List<String>> commands) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (List<String> command : commands) {
            out.writeBytes(Words.bytes("*" + command.size() + "\r\n"));
            for (String word : command) {
                out.writeBytes(Words.bytes("$" + word.length() + "\r\n"));
                out.writeBytes(Words.bytes(word));
                out.writeBytes(Words.bytes("\r\n"));
            }
        }
        out.writeTo(socket.getOutputStream());
    }

    Reply call(String... words) throws IOException {
        send(List.of(List.of(words)));
        return read();
    }

    Reply read() throws IOException {
        int type = in.read();
        if (type < 0) {
            throw new EOFException("the server closed the connection");
        }
        String line = line();
        return switch (type) {
            case '+', '-', ':', ',', '#', '(' -> Reply.line((char) type, line);
            case '_' -> Reply.line('_', null);
            case '$', '=', '!' -> bulk((char) type, Integer.parseInt(line));
            case '*', '~', '>' -> aggregate((char) type, Integer.parseInt(line));
            case '%' -> aggregate('%', 2 * Integer.parseInt(line));
            default -> throw new IOException("reply type " + type + ": " + line);
        };
    }

    private Reply bulk(char type, int length) throws IOException {
        if (length < 0) {
            return Reply.line(type, null);
        }
        byte[] bytes = in.readNBytes(length);
        line();
        return Reply.line(type, new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    private Reply aggregate(char type, int count) throws IOException {
        if (count < 0) {
            return Reply.line(type, "nothing");
        }
        List<Reply> items = new ArrayList<>(Math.min(count, 1 << 16));
        for (int i = 0; i < count; i++) {
            items.add(read());
        }
        return new Reply(type, null, items);
    }

    /** Skips the copy of all data that a server sends to a new follower. */
    void skipCopy() throws IOException {
        int c = in.read();
        while (c == '\n') {
            c = in.read();
        }
        String head = line();
        if (!head.startsWith("EOF:")) {
            in.skipNBytes(Long.parseLong(head));
            return;
        }
        byte[] mark = Words.bytes(head.substring(4));
        int matched = 0; // a mark is random: no part of it begins it anew, but its first byte may
        while (matched < mark.length) {
            c = in.read();
            if (c < 0) {
                throw new EOFException("the server closed the connection");
            }
            matched = c == mark[matched] ? matched + 1 : c == mark[0] ? 1 : 0;
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int c = in.read();
        while (c != '\r') {
            if (c < 0) {
                throw new EOFException("the server closed the connection");
            }
            line.append((char) c);
            c = in.read();
        }
        in.read();
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
