package io.ferrite.server;

import io.ferrite.net.Connection;
import io.ferrite.net.EventLoops;
import io.ferrite.net.IoTransport;
import io.ferrite.node.Node;
import io.ferrite.node.NodeKind;
import io.ferrite.node.Shutdown;
import io.ferrite.node.config.ConfigService;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.Settings;
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
    private final Limits limits = new Limits();
    private final Reception reception;
    private final List<EventLoops.Listener> listeners = new CopyOnWriteArrayList<>();

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
            threads = Runtime.getRuntime().availableProcessors();
        }
        IoTransport transport = IoTransport.choose(io);
        this.loops = new EventLoops(threads, transport, new Connections());
        SystemEnvironment environment = new SystemEnvironment(loops.count());
        environment.use(loops);
        SystemFacts facts = new SystemFacts(transport.text());
        this.node = NodeAssembly.assemble(environment, facts, settings, config, log, kind);
        this.reception = new Reception(node, limits);
        Settings.Listener bulk =
                now -> limits.maxBulkBytes(now.get(NetworkOptions.PROTO_MAX_BULK_LEN));
        bulk.apply(settings);
        settings.onChange(bulk, NetworkOptions.PROTO_MAX_BULK_LEN);
    }

    /** What ends the process when a client or a signal asks for it. */
    void onExit(IntConsumer exit) {
        node.shutdown().onExit(exit);
    }

    void signal(String name) {
        node.log().warning(LogLines.receivedSignal(name));
        node.shutdown().begin(Shutdown.Wish.PLAIN, "User requested shutdown...", refusal -> {});
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

    /** Listens on a TCP address, until the listener or the server is closed. */
    public EventLoops.Listener listen(InetSocketAddress address) throws IOException {
        EventLoops.SocketSettings socket =
                new EventLoops.SocketSettings(settings.getInt(NetworkOptions.TCP_BACKLOG), true);
        EventLoops.Listener listener = loops.listen(address, socket, reception);
        listeners.add(listener);
        return listener;
    }

    /** Listens on a Unix socket with the given mode; 0 leaves it to the umask. */
    public void listenUnix(Path path, int mode) throws IOException {
        Files.deleteIfExists(path);
        listeners.add(
                loops.listenUnix(
                        path.toString(), settings.getInt(NetworkOptions.TCP_BACKLOG), reception));
        if (mode != 0) {
            Files.setPosixFilePermissions(path, permissions(mode));
        }
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
    }
}
