package io.ferrite.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * One connection of a test. Replies are shown in their encoded form, line ends as {@code |}, so
 * that {@code "*2|$1|a|:1|"} is what the wire carried; {@code "closed"} is the end of the
 * connection.
 */
final class Wire implements AutoCloseable {

    private static final int PATIENCE_MS = 10_000;

    private final Socket socket;
    private final InputStream in;

    Wire(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Over a socket of any kind. */
    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    String localAddress() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** Sends a command given as one line and answers the reply. */
    String run(String line) throws IOException {
        return call(line.split(" "));
    }

    String call(String... words) throws IOException {
        send(words);
        return read();
    }

    /** Sends a command without waiting for its reply. */
    void send(String... words) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(bytes("*" + words.length + "\r\n"));
        for (String word : words) {
            request.writeBytes(bytes("$" + word.length() + "\r\n" + word + "\r\n"));
        }
        sendRaw(request.toByteArray());
    }

    void sendRaw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whether nothing arrives for a moment. */
    boolean isSilent() throws IOException {
        socket.setSoTimeout(100);
        try {
            in.mark(1);
            int b = in.read();
            in.reset();
            return b < 0;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            socket.setSoTimeout(PATIENCE_MS);
        }
    }

    /** All there is until the peer ends the connection. */
    String readToEnd() {
        StringBuilder all = new StringBuilder();
        try {
            int b;
            while ((b = in.read()) >= 0) {
                all.append((char) b);
            }
        } catch (IOException reset) {
            // an end as good as another
        }
        return all.toString();
    }

    /** The next reply or push, whole. */
    String read() throws IOException {
        StringBuilder out = new StringBuilder();
        read(out);
        return out.toString();
    }

    private void read(StringBuilder out) throws IOException {
        String line = line();
        if (line == null) {
            out.append("closed");
            return;
        }
        out.append(line).append('|');
        int length;
        switch (line.charAt(0)) {
            case '$', '=' -> {
                length = Integer.parseInt(line.substring(1));
                if (length >= 0) {
                    String text = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
                    out.append(text).append('|');
                    in.skipNBytes(2);
                }
            }
            case '*', '~', '>', '%' -> {
                length = Integer.parseInt(line.substring(1));
                int elements = line.charAt(0) == '%' ? 2 * length : length;
                for (int i = 0; i < elements; i++) {
                    read(out);
                }
            }
            default -> {}
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        try {
            while ((c = in.read()) >= 0 && c != '\r') {
                line.append((char) c);
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException reset) {
            return null;
        }
        if (c < 0) {
            return null;
        }
        in.read();
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
