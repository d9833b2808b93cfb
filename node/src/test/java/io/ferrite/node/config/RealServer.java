package io.ferrite.node.config;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real redis-server as the measure of our answers; tests are skipped where there is none. */
final class RealServer implements AutoCloseable {
    private final Process process;
    private final SocketChannel channel;
    private final java.io.InputStream in;

    private RealServer(Process process, SocketChannel channel) {
        this.process = process;
        this.channel = channel;
        this.in = new java.io.BufferedInputStream(Channels.newInputStream(channel));
    }

    static void assumePresent() {
        boolean present =
                Arrays.stream(System.getenv("PATH").split(":"))
                        .anyMatch(d -> Files.isExecutable(Path.of(d, "redis-server")));
        assumeTrue(present, "skipped: no redis-server on PATH to compare with");
    }

    /** Starts one without a port, on a socket in the directory. */
    static RealServer start(Path directory, String... options) throws IOException {
        Path socket = directory.resolve("s");
        List<String> command = new ArrayList<>(List.of("redis-server"));
        command.addAll(List.of(options));
        command.addAll(List.of("--port", "0", "--unixsocket", socket.toString()));
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        // The line that says so comes after the socket is there.
        var output = new java.io.BufferedReader(process.inputReader(StandardCharsets.ISO_8859_1));
        String line = output.readLine();
        while (line != null && !line.contains("ready to accept") && !line.contains("Ready to")) {
            line = output.readLine();
        }
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new RealServer(process, channel);
    }

    /** Runs a command; an array comes as its elements, anything else as one element. */
    List<String> run(String... words) throws IOException {
        StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            request.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        channel.write(ByteBuffer.wrap(request.toString().getBytes(StandardCharsets.ISO_8859_1)));
        String head = line();
        List<String> reply = new ArrayList<>();
        switch (head.charAt(0)) {
            case '*' -> {
                for (int i = Integer.parseInt(head.substring(1)); i > 0; i--) {
                    reply.add(bulk(line()));
                }
            }
            case '$' -> reply.add(bulk(head));
            default -> reply.add(head);
        }
        return reply;
    }

    private String bulk(String head) throws IOException {
        byte[] bytes = in.readNBytes(Integer.parseInt(head.substring(1)));
        in.readNBytes(2);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private String line() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int b = in.read();
        while (b != '\n' && b >= 0) {
            out.write(b);
            b = in.read();
        }
        return out.toString(StandardCharsets.ISO_8859_1).strip();
    }

    /** What a real server that does not start writes to standard error. */
    static String refusal(Path directory, List<String> words) throws Exception {
        List<String> command = new ArrayList<>(List.of("redis-server"));
        command.addAll(words);
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        process.getOutputStream().close();
        String error =
                new String(process.getErrorStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return error.replaceFirst("\\(Redis [0-9.]+\\)", "(X)");
    }

    @Override
    public void close() throws IOException {
        channel.close();
        process.destroyForcibly();
    }
}
