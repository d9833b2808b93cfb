package io.ferrite.server;

import io.ferrite.node.CrashReport;
import io.ferrite.node.NodeKind;
import io.ferrite.node.cluster.ClusterService;
import io.ferrite.node.config.ConfigRefusal;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.StartError;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.spec.CommandCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sun.misc.Signal;

/** The role {@code server}: from the command line to the exit. Used by the main thread. */
final class ServerRole {

    private final StartUp start;
    private final FerriteServer server;

    /** Null where the server serves data. */
    private final SentinelPart sentinel;

    private final AuditFile audit;

    private ServerRole(StartUp start) {
        this.start = start;
        this.sentinel = start.isSentinel() ? new SentinelPart(start, start.sentinelState()) : null;
        NodeKind kind = sentinel == null ? NodeKind.SERVER : sentinel.kind();
        this.server = new FerriteServer(start.settings(), start.config(), start.log(), kind);
        this.audit = new AuditFile(server.node().audit(), start::resolve);
        if (sentinel != null) {
            sentinel.assemble(server.node());
        }
    }

    static void run(List<String> words) {
        run("server", words);
    }

    /** The role {@code sentinel}: the same program with another word on its command line. */
    static void runSentinel(List<String> words) {
        List<String> all = new ArrayList<>(words);
        if (!all.contains("--sentinel")) {
            all.add("--sentinel");
        }
        run("sentinel", all);
    }

    private static void run(String role, List<String> words) {
        CommandCatalog catalog = CommandCatalog.load();
        StartUp start = new StartUp(role, words, name -> catalog.find(name) != null);
        if (start.ends()) {
            System.exit(start.status());
        }
        new ServerRole(start).serve();
    }

    private void serve() {
        start.announce();
        server.onExit(this::exit);
        server.node().names().change(start.directives().renames().meanings());
        String unusable =
                server.node()
                        .modules()
                        .loadAll(
                                start.directives().modules(),
                                start.directives().moduleParameters());
        if (unusable != null) {
            System.exit(start.failed(unusable));
        }
        loadUsers();
        List<String> kinds = new ArrayList<>();
        openCluster();
        openAudit();
        useOomScore();
        server.holdDoors();
        int port = start.settings().getInt(NetworkOptions.PORT);
        int tlsPort = start.settings().getInt(TlsOptions.TLS_PORT);
        beginEncryption();
        listen(port, TcpListeners.Kind.TCP, "tcp");
        if (port != 0) {
            kinds.add("tcp");
        }
        listen(tlsPort, TcpListeners.Kind.TLS, "tls");
        if (tlsPort != 0) {
            kinds.add("tls");
        }
        String unix = start.settings().get(NetworkOptions.UNIXSOCKET);
        if (!unix.isEmpty()) {
            listenUnix(start.resolve(unix));
            kinds.add("unix");
        }
        if (kinds.isEmpty()) {
            System.exit(start.failed("Configured to not listen anywhere, exiting."));
        }
        if (server.node().cluster() != null) {
            int busPort = ClusterService.busPort(start.settings());
            listen(busPort, TcpListeners.Kind.BUS, "cluster bus");
        }
        int metricsPort = start.settings().getInt(NetworkOptions.METRICS_PORT);
        listen(metricsPort, TcpListeners.Kind.METRICS, "metrics");
        start.log().notice("I/O: " + server.describeLoops());
        start.initialized();
        server.node().begin();
        for (String name : List.of("TERM", "INT")) {
            Signal.handle(new Signal(name), signal -> server.signal(signal.getName()));
        }
        Signal.handle(
                new Signal("ABRT"), signal -> CrashReport.crash(server.node(), CrashReport.ABORT));
        if (sentinel != null) {
            sentinel.begin(server.node()); // it has no data
        } else {
            load();
        }
        server.openDoors();
        start.ready(kinds);
    }

    private void load() {
        if (!server.node().persistence().load(server::openDoors)) {
            System.exit(start.failedLoading());
        }
        server.node().serve();
        if (server.node().cluster() != null) {
            exitIf(server.node().cluster().start());
        }
    }

    /** What this node knows of its cluster has to be known before anybody asks. */
    private void openCluster() {
        if (server.node().cluster() != null) {
            exitIf(server.node().cluster().open());
        }
    }

    private void exitIf(Optional<String> failure) {
        if (failure.isPresent()) {
            System.exit(start.failed(failure.get()));
        }
    }

    private void openAudit() {
        try {
            audit.begin(start.settings());
        } catch (ConfigRefusal e) {
            System.exit(start.failed(e.getMessage()));
        }
    }

    private void useOomScore() {
        OomScore score =
                new OomScore(
                        OomScore.OF_THIS_PROCESS, server.node().engine()::isFollower, start.log());
        score.begin(start.settings());
        server.node().onRoleChange(() -> score.use(start.settings()));
    }

    private void loadUsers() {
        try {
            server.node().access().load(start.directives().users());
        } catch (StartError e) {
            System.exit(start.failed(e.getMessage()));
        }
    }

    private void beginEncryption() {
        try {
            server.encryption().begin();
        } catch (ConfigRefusal e) {
            System.exit(start.failed("Failed to configure TLS. Check logs for more info."));
        }
    }

    private void listen(int port, TcpListeners.Kind kind, String name) {
        try {
            new TcpListeners(server, start.log(), kind).begin(start.settings());
        } catch (TcpListeners.Failure e) {
            System.exit(start.failedListening(e.host(), port, name, e.getMessage()));
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private void listenUnix(Path path) {
        try {
            server.listenUnix(path, start.settings().getInt(NetworkOptions.UNIXSOCKETPERM));
        } catch (IOException e) {
            System.exit(start.failedListening(path.toString(), 0, "unix", reason(e)));
        }
    }

    /** The last steps: the files that say we run go away, the log is written out. */
    private void exit(int status) {
        if (status == 0) {
            server.close();
            start.end();
        } else {
            start.failedLater();
        }
        audit.close();
        Runtime.getRuntime().halt(status);
    }
}
