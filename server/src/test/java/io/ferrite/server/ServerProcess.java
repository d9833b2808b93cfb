package io.ferrite.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server in a process of its own, on a free port, that can be killed. */
final class ServerProcess implements AutoCloseable {

    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final Process process;
    private final int port;
    private final Thread reader;

    /**
     * Starts a server whose files are in a directory and waits for a line of its log.
     *
     * @param until a part of the line; it may end before, see {@link #isAlive}
     */
    ServerProcess(Path directory, String until, String... options) throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.ferrite.server.Main",
                        "server",
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--dir",
                        directory.toString(),
                        "--enable-debug-command",
                        "yes"));
        words.addAll(List.of(options));
        process = new ProcessBuilder(words).redirectErrorStream(true).start();
        BufferedReader log = process.inputReader();
        String line;
        while ((line = log.readLine()) != null) {
            logged.add(line);
            if (line.contains(until)) {
                break;
            }
        }
        reader = new Thread(() -> log.lines().forEach(logged::add), "server-log");
        reader.setDaemon(true);
        reader.start();
    }

    int port() {
        return port;
    }

    /** What it has logged so far. */
    List<String> logged() {
        return logged;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end and answers the exit status. */
    int exitStatus() throws InterruptedException {
        int status = process.waitFor();
        reader.join();
        return status;
    }

    /** Asks it to end, as SIGTERM does. */
    void terminate() {
        process.toHandle().destroy(); // the other one closes the log as well
    }

    /** Ends it at once, as kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
