package io.ferrite.server;

import io.ferrite.node.sentinel.SentinelWorld;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** Programs, web addresses, host names and the wall clock of the machine. */
final class SystemSentinelWorld implements SentinelWorld {

    /** As the C library's ctime writes an instant. */
    private static final DateTimeFormatter CTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT);

    /** A status above this number is that of a signal. */
    private static final int SIGNALS = 128;

    private static final int SIGNAL_MAX = 64;

    private final Executor loop;
    private final Supplier<String> directory;
    private HttpClient client;

    /**
     * @param loop runs what is reported back
     * @param directory where programs run, and from where their paths are seen
     */
    SystemSentinelWorld(Executor loop, Supplier<String> directory) {
        this.loop = loop;
        this.directory = directory;
    }

    private Path path(String path) {
        return Path.of(directory.get()).resolve(path);
    }

    @Override
    public boolean isExecutable(String path) {
        return Files.isExecutable(path(path));
    }

    @Override
    public Program run(List<String> words, Consumer<End> onEnd) {
        List<String> command = new ArrayList<>(words);
        command.set(0, path(words.getFirst()).toString());
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(Path.of(directory.get()).toFile())
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return null;
        }
        process.onExit().thenAcceptAsync(ended -> onEnd.accept(end(ended.exitValue())), loop);
        return new Running(process);
    }

    private static End end(int status) {
        boolean signal = status > SIGNALS && status <= SIGNALS + SIGNAL_MAX;
        return signal ? new End(0, status - SIGNALS) : new End(status, 0);
    }

    private record Running(Process process) implements Program {
        @Override
        public long pid() {
            return process.pid();
        }

        @Override
        public void kill() {
            process.destroyForcibly();
        }
    }

    @Override
    public void post(String url, String json, int timeoutMs, IntConsumer onEnd) {
        if (client == null) {
            client =
                    HttpClient.newBuilder()
                            .connectTimeout(Duration.ofMillis(timeoutMs))
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .build();
        }
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url))
                        .timeout(Duration.ofMillis(timeoutMs))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build();
        client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                .handleAsync(
                        (answer, failure) -> {
                            onEnd.accept(failure == null ? answer.statusCode() : -1);
                            return null;
                        },
                        loop);
    }

    @Override
    public String resolve(String host) {
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    @Override
    public String wallClock(long epochMs) {
        return CTIME.format(Instant.ofEpochMilli(epochMs).atZone(ZoneId.systemDefault()));
    }

    @Override
    public void exit(int status) {
        Runtime.getRuntime().halt(status);
    }
}
