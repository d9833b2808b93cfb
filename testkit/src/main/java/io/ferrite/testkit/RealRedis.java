package io.ferrite.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A redis-server process to compare with, and one connection to it. Tests that need it are skipped,
 * with a line that says so, where redis-server is not installed.
 */
public final class RealRedis implements AutoCloseable {

    private final Process process;
    private final Path directory;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private RealRedis(Process process, Path directory, Socket socket) throws IOException {
        this.process = process;
        this.directory = directory;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** The path of a program of Redis', if it is installed. */
    public static Optional<Path> program(String name) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path path = Path.of(folder, name);
            if (Files.isExecutable(path)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }

    public static boolean isInstalled() {
        return program("redis-server").isPresent();
    }

    /** Starts a server in a directory, where it finds a dump.rdb if there is one. */
    public static RealRedis start(Path directory, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(program("redis-server").orElseThrow().toString());
        int port;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        String log = directory.resolve("redis.log").toString();
        command.addAll(
                List.of(
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--dir",
                        directory.toString(),
                        "--logfile",
                        log,
                        "--enable-debug-command",
                        "yes"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        RealRedis redis = new RealRedis(process, directory, connect(process, port));
        while (!"PONG".equals(redis.call("PING"))) {
            sleepBriefly(); // still loading
        }
        return redis;
    }

    private static Socket connect(Process process, int port) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), port);
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    process.destroyForcibly();
                    throw e;
                }
                sleepBriefly();
            }
        }
    }

    private static void sleepBriefly() {
        try {
            TimeUnit.MILLISECONDS.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The port it listens at on 127.0.0.1, for connections of a test's own. */
    public int port() {
        return socket.getPort();
    }

    public Path directory() {
        return directory;
    }

    /**
     * Runs a command of strings and byte arrays. Answers a Long, a byte array, null or a List of
     * these; a status as a String; an error as a {@link RealError}.
     */
    public Object call(Object... words) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(ascii("*" + words.length + "\r\n"));
        for (Object word : words) {
            byte[] bytes = word instanceof byte[] b ? b : ascii(word.toString());
            request.writeBytes(ascii("$" + bytes.length + "\r\n"));
            request.writeBytes(bytes);
            request.writeBytes(ascii("\r\n"));
        }
        out.write(request.toByteArray());
        out.flush();
        return reply();
    }

    /** What a command was refused with. */
    public record RealError(String text) {}

    private Object reply() throws IOException {
        int type = in.read();
        String line = line();
        switch (type) {
            case '+':
                return line;
            case '-':
                return new RealError(line);
            case ':':
                return Long.valueOf(line);
            case '$':
                int length = Integer.parseInt(line);
                if (length < 0) {
                    return null;
                }
                byte[] bytes = in.readNBytes(length);
                in.skipNBytes(2);
                return bytes;
            case '*':
                List<Object> list = new ArrayList<>();
                for (int left = Integer.parseInt(line); left > 0; left--) {
                    list.add(reply());
                }
                return list;
            default:
                throw new EOFException("reply type " + type + " " + line);
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = in.read()) >= 0 && c != '\r') {
            line.append((char) c);
        }
        in.read();
        return line.toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
