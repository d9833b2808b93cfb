package io.ferrite.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server or a Sentinel of ours in a process of its own, that can be killed. */
final class FerriteProcess implements AutoCloseable {

    private static final int BUS_OFFSET = 10_000;

    private final String role;
    private final List<String> command = new ArrayList<>();
    private final int port;
    private final List<String> logged = new CopyOnWriteArrayList<>();
    private Process process;

    /**
     * Starts a role at a free port of this machine, and waits until it listens.
     *
     * @param words the arguments, before the port
     */
    FerriteProcess(Path directory, String role, String... words) throws IOException {
        this.role = role;
        port = freePort();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx96m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.ferrite.server.Main",
                        role));
        command.addAll(List.of(words));
        command.addAll(
                List.of(
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--dir",
                        directory.toString()));
        start();
    }

    /** Starts it again after it was killed, as it was started, at the same port. */
    void start() throws IOException {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader log = process.inputReader();
        String line;
        while ((line = log.readLine()) != null) {
            logged.add(line);
            if (line.contains("Ready to accept connections") || line.contains("Sentinel ID is")) {
                break;
            }
        }
        Thread reader = new Thread(() -> log.lines().forEach(logged::add), "log-of-" + role);
        reader.setDaemon(true);
        reader.start();
        if (!process.isAlive()) {
            throw new IOException("it did not start: " + logged);
        }
    }

    /** A free port, with room for that of a bus. */
    static int freePort() throws IOException {
        while (true) {
            try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                if (probe.getLocalPort() + BUS_OFFSET < 1 << 16) {
                    return probe.getLocalPort();
                }
            }
        }
    }

    int port() {
        return port;
    }

    /** Has it stand still, or go on; returns when it does. */
    void freeze(boolean frozen) throws IOException {
        String signal = frozen ? "-STOP" : "-CONT";
        Process sent = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
        try {
            if (sent.waitFor() != 0) {
                throw new IOException("it cannot be sent " + signal);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Ends it at once, as kill -9 does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
