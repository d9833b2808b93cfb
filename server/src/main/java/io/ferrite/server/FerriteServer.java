package io.ferrite.server;

import io.ferrite.net.Connection;
import io.ferrite.net.EventLoops;
import io.ferrite.net.IoTransport;
import io.ferrite.node.Node;
import io.ferrite.node.NodeKind;
import io.ferrite.node.Shutdown;
import io.ferrite.node.config.Choices.ShutdownChoice;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.node.config.ConfigRefusal;
import io.ferrite.node.config.ConfigService;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.node.log.Log;
import io.ferrite.node.log.LogLevel;
import io.ferrite.node.log.LogLines;
import io.ferrite.resp.Limits;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;

/**
 * A running server: a node, its event loops and its listeners, for one set of settings. Several can
 * run in one process.
 */
public final class FerriteServer implements AutoCloseable {

    private final Settings settings;
    private final Node node;
    private final EventLoops loops;
    private final Encryption encryption;
    private final Limits limits = new Limits();
    private final Reception reception;
    private final List<EventLoops.Listener> listeners = new CopyOnWriteArrayList<>();
    private IntConsumer exit = status -> {};
    private volatile boolean doorsOpen = true;

    public FerriteServer(Settings settings, ConfigService config, Log log) {
        this(settings, config, log, NodeKind.SERVER);
    }

    FerriteServer(Settings settings, ConfigService config, Log log, NodeKind kind) {
        this.settings = settings;
        int threads = settings.getInt(NetworkOptions.IO_THREADS);
        String io = settings.render(NetworkOptions.IO_TRANSPORT);
        if (kind.isSentinel()) {
            // All of a Sentinel lives on one event loop, its Unix socket too.
            threads = 1;
            io = io.equals("io_uring") ? "epoll" : io;
        } else if (threads == 0) {
            // The kernel's part of the connections, files and snapshots need processors too.
            threads = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
        }
        IoTransport transport = IoTransport.choose(io);
        boolean cluster = settings.get(ClusterOptions.CLUSTER_ENABLED);
        this.loops = new EventLoops(threads, cluster, transport, new Connections());
        SystemEnvironment environment = new SystemEnvironment(loops.count());
        this.encryption = new Encryption(settings, config.files(), log);
        environment.use(loops, encryption);
        SystemFacts facts = new SystemFacts(transport.text());
        this.node = NodeAssembly.assemble(environment, facts, settings, config, log, kind);
        facts.use(encryption);
        node.modules().use(new ModuleJars());
        node.everySecond(0, () -> encryption.everySecond(environment));
        this.reception = new Reception(node, limits);
        Settings.Listener bulk =
                now -> limits.maxBulkBytes(now.get(NetworkOptions.PROTO_MAX_BULK_LEN));
        bulk.apply(settings);
        settings.onChange(bulk, NetworkOptions.PROTO_MAX_BULK_LEN);
    }

    /** What ends the process when a client or a signal asks for it. */
    void onExit(IntConsumer exit) {
        this.exit = exit;
        node.shutdown().onExit(exit);
    }

    /** TERM or INT came. */
    void signal(String name) {
        boolean interrupt = name.equals("INT");
        if (interrupt && node.shutdown().isBegun()) {
            node.log().warning("You insist... exiting now.");
            node.persistence().saver().removeUnfinished();
            exit.accept(1);
            return;
        }
        node.log()
                .warning(
                        node.persistence().loading().isActive()
                                ? "Received shutdown signal during loading, scheduling shutdown."
                                : LogLines.receivedSignal("SIG" + name));
        Set<ShutdownChoice> chosen = ServerOptions.shutdownChoices(settings, interrupt);
        Shutdown.Wish wish =
                new Shutdown.Wish(
                        chosen.contains(ShutdownChoice.SAVE),
                        chosen.contains(ShutdownChoice.NOSAVE),
                        chosen.contains(ShutdownChoice.NOW),
                        chosen.contains(ShutdownChoice.FORCE));
        node.shutdown().ask(wish);
    }

    /** From here on whoever connects waits at the door. Before the first {@link #listen}. */
    void holdDoors() {
        doorsOpen = false;
    }

    /** Lets those in who wait, and everybody who comes. */
    void openDoors() {
        doorsOpen = true;
        for (EventLoops.Listener listener : listeners) {
            listener.accept();
        }
    }

    /** The event loops in words, for the log. */
    String describeLoops() {
        return loops.count() + " event loops on " + loops.transport().text();
    }

    public Node node() {
        return node;
    }

    /** The limits of requests, shared by all connections. */
    Limits limits() {
        return limits;
    }

    Encryption encryption() {
        return encryption;
    }

    /** Listens on a TCP address, until the listener or the server is closed. */
    public EventLoops.Listener listen(InetSocketAddress address) throws IOException {
        return listen(address, false);
    }

    /**
     * Listens on a TCP address for encrypted connections.
     *
     * @throws ConfigRefusal if they can't be had with the settings; why stands in the log
     */
    public EventLoops.Listener listenEncrypted(InetSocketAddress address) throws IOException {
        encryption.beginAnyway();
        return listen(address, true);
    }

    /**
     * As {@link #listen(InetSocketAddress)}, for encrypted connections if so wished; then {@link
     * #encryption} must have begun.
     */
    EventLoops.Listener listen(InetSocketAddress address, boolean tls) throws IOException {
        EventLoops.SocketSettings socket =
                new EventLoops.SocketSettings(settings.getInt(NetworkOptions.TCP_BACKLOG), true);
        return added(loops.listen(address, socket, tls ? encryption::server : null, reception));
    }

    /** Listens on a TCP address for monitoring over HTTP, from now on. */
    EventLoops.Listener listenForMetrics(InetSocketAddress address) throws IOException {
        EventLoops.SocketSettings socket = new EventLoops.SocketSettings(16, true);
        EventLoops.Listener listener =
                loops.listen(address, socket, new MetricsDoor(node, loops::schedule));
        listeners.add(listener);
        listener.accept();
        return listener;
    }

    /** Listens on a TCP address for other nodes of the cluster; its port is the bus'. */
    EventLoops.Listener listenForNodes(InetSocketAddress address) throws IOException {
        EventLoops.SocketSettings socket =
                new EventLoops.SocketSettings(settings.getInt(NetworkOptions.TCP_BACKLOG), true);
        boolean tls = settings.get(TlsOptions.TLS_CLUSTER);
        EventLoops.Listener listener =
                loops.listenApart(
                        address,
                        socket,
                        tls ? encryption::server : null,
                        connection -> OutgoingLink.accepted(connection, node.cluster()::accept));
        listeners.add(listener);
        listener.accept();
        return listener;
    }

    /** Listens on a Unix socket with the given mode; 0 leaves it to the umask. */
    public void listenUnix(Path path, int mode) throws IOException {
        Files.deleteIfExists(path);
        added(
                loops.listenUnix(
                        path.toString(), settings.getInt(NetworkOptions.TCP_BACKLOG), reception));
        if (mode != 0) {
            Files.setPosixFilePermissions(path, permissions(mode));
        }
    }

    private EventLoops.Listener added(EventLoops.Listener listener) {
        listeners.add(listener);
        if (doorsOpen) {
            listener.accept();
        }
        return listener;
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] order = {
            PosixFilePermission.OTHERS_EXECUTE,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_READ
        };
        for (int bit = 0; bit < order.length; bit++) {
            if ((mode & 1 << bit) != 0) {
                set.add(order[bit]);
            }
        }
        return set;
    }

    /** What becomes of connections that come, go or break. */
    private final class Connections implements EventLoops.Observer {
        @Override
        public void opened(Connection connection) {}

        @Override
        public void closed(Connection connection) {}

        @Override
        public void notEncrypted(Connection connection, String reason) {
            node.log()
                    .warning(
                            "Error accepting a client connection: "
                                    + reason
                                    + " (addr="
                                    + connection.remoteText()
                                    + " laddr="
                                    + connection.localText()
                                    + ")");
        }

        @Override
        public void failed(Connection connection, Throwable cause) {
            StringWriter trace = new StringWriter();
            cause.printStackTrace(new PrintWriter(trace));
            node.log().warning("A connection's handler failed: " + cause);
            node.log().raw(LogLevel.WARNING, trace.toString());
        }
    }

    @Override
    public void close() {
        for (EventLoops.Listener listener : listeners) {
            listener.close();
        }
        loops.close();
        node.modules().end();
    }
}
