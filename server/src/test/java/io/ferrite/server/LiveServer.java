package io.ferrite.server;

import io.ferrite.node.Node;
import io.ferrite.node.config.CommandLine;
import io.ferrite.node.config.ConfigLoader;
import io.ferrite.node.config.ConfigRefusal;
import io.ferrite.node.config.ConfigService;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.StartDirectives;
import io.ferrite.node.config.StartError;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.node.log.Log;
import io.ferrite.node.log.LogLevel;
import io.ferrite.spec.CommandCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A whole server in the test's process, on a free port of 127.0.0.1. */
final class LiveServer implements AutoCloseable {

    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final FerriteServer server;
    private final AuditFile audit;
    private final int port;
    private final List<Wire> wires = new ArrayList<>();

    /** Where the server's files are unless words or a file say where; gone with the server. */
    private final Path directory = Files.createTempDirectory("ferrite-live");

    /** Starts a server with these words of a command line. */
    LiveServer(String... words) throws IOException {
        directory.toFile().deleteOnExit(); // also when it doesn't start
        Settings settings = new Settings();
        SystemConfigFiles files = new SystemConfigFiles();
        Log log =
                new Log(
                        (level, line, message) -> logged.add(message),
                        System::currentTimeMillis,
                        1,
                        LogLevel.VERBOSE,
                        'M');
        CommandCatalog catalog = CommandCatalog.load();
        StartDirectives directives = new StartDirectives(name -> catalog.find(name) != null);
        List<String> line =
                new ArrayList<>(List.of("--port", "0", "--bind", "127.0.0.1", "--save", ""));
        if (words.length == 0 || !words[0].endsWith(".conf")) {
            // Several loops on every machine, so that what they could do to each other is seen.
            line.addAll(List.of("--io-threads", "2", "--dir", directory.toString()));
        }
        line.addAll(List.of(words));
        if (words.length > 0 && words[0].endsWith(".conf")) {
            line.remove(words[0]);
            line.addFirst(words[0]); // a file stands before the options
        }
        String configFile;
        try {
            configFile =
                    new ConfigLoader(settings, files, directives, log)
                            .load(CommandLine.parse(line));
        } catch (StartError e) {
            throw new IOException(e.block("test"), e);
        }
        ConfigService config = new ConfigService(settings, files, log, configFile);
        server = new FerriteServer(settings, config, log);
        audit = new AuditFile(server.node().audit(), Path::of);
        server.node().names().change(directives.renames().meanings());
        String unusable =
                server.node()
                        .modules()
                        .loadAll(directives.modules(), directives.moduleParameters());
        if (unusable != null) {
            server.close();
            throw new IOException(unusable + logged);
        }
        try {
            server.node().access().load(directives.users());
        } catch (StartError e) {
            throw new IOException(e);
        }
        TcpListeners listeners = new TcpListeners(server, log);
        port = listeners.beginAnywhere(settings);
        try {
            server.encryption().begin();
            new TcpListeners(server, log, TcpListeners.Kind.TLS).begin(settings);
        } catch (ConfigRefusal | TcpListeners.Failure e) {
            server.close();
            throw new IOException(e);
        }
        audit.begin(settings);
        server.node().start();
    }

    Node node() {
        return server.node();
    }

    int port() {
        return port;
    }

    /** Listens for monitoring on a free port, which is answered. */
    int metricsPort() throws IOException {
        return new TcpListeners(server, server.node().log(), TcpListeners.Kind.METRICS)
                .beginAnywhere(server.node().settings());
    }

    /** What the server has logged so far. */
    List<String> logged() {
        return logged;
    }

    int tlsPort() {
        return server.node().settings().getInt(TlsOptions.TLS_PORT);
    }

    /** A new connection, closed with the server. */
    Wire connect() throws IOException {
        return wire(new Wire(port));
    }

    /** A connection to be closed with the server. */
    Wire wire(Wire wire) {
        wires.add(wire);
        return wire;
    }

    @Override
    public void close() throws IOException {
        for (Wire wire : wires) {
            wire.close();
        }
        server.close();
        audit.close();
        try (Stream<Path> left = Files.walk(directory)) {
            for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
