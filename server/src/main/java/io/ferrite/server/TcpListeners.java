package io.ferrite.server;

import io.ferrite.net.EventLoops;
import io.ferrite.node.cluster.ClusterService;
import io.ferrite.node.config.ConfigRefusal;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.NumberOption;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.node.log.Log;
import io.ferrite.node.log.LogLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * The TCP addresses that are listened on for one kind of visitors: those that the settings name,
 * also when CONFIG SET changes them. Changes are made one after the other.
 */
final class TcpListeners {

    /** An address that has to be listened on can't be. */
    static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;
        private final String host;

        private Failure(String host, String reason) {
            super(reason);
            this.host = host;
        }

        String host() {
            return host;
        }
    }

    private final FerriteServer server;
    private final Log log;
    private final Kind kind;
    private List<EventLoops.Listener> open = List.of();
    private List<String> names = List.of();
    private int port;

    /** Who connects there. */
    enum Kind {
        /** Clients, at {@code port}. */
        TCP,
        /** Clients, encrypted, at {@code tls-port}. */
        TLS,
        /** Other nodes of the cluster, at the port of the bus. */
        BUS,
        /** Monitoring over HTTP, at {@code metrics-port} of {@code metrics-bind}. */
        METRICS
    }

    /** For plain connections, at {@code port}. */
    TcpListeners(FerriteServer server, Log log) {
        this(server, log, Kind.TCP);
    }

    TcpListeners(FerriteServer server, Log log, Kind kind) {
        this.server = server;
        this.log = log;
        this.kind = kind;
    }

    private int port(Settings settings) {
        return switch (kind) {
            case TCP -> settings.getInt(NetworkOptions.PORT);
            case TLS -> settings.getInt(TlsOptions.TLS_PORT);
            case BUS -> ClusterService.busPort(settings);
            case METRICS -> settings.getInt(NetworkOptions.METRICS_PORT);
        };
    }

    private EventLoops.Listener open(String host, int port) throws IOException {
        InetSocketAddress at = new InetSocketAddress(address(host), port);
        return switch (kind) {
            case TCP, TLS -> server.listen(at, kind == Kind.TLS);
            case BUS -> server.listenForNodes(at);
            case METRICS -> server.listenForMetrics(at);
        };
    }

    private void watch(Settings settings) {
        settings.onChange(
                this::change,
                NetworkOptions.PORT,
                TlsOptions.TLS_PORT,
                NetworkOptions.BIND,
                NetworkOptions.METRICS_PORT,
                NetworkOptions.METRICS_BIND);
    }

    /** Listens as the settings say, from now on and whenever they change. */
    void begin(Settings settings) throws Failure {
        names = names(settings);
        port = port(settings);
        open = listen(names, port);
        watch(settings);
    }

    /** Listens on a free port of the first address, for tests; returns the port. */
    int beginAnywhere(Settings settings) throws IOException {
        String host = names(settings).getFirst();
        EventLoops.Listener listener = open(host, 0);
        names = names(settings);
        port = listener.port();
        open = List.of(listener);
        NumberOption option =
                switch (kind) {
                    case TCP, BUS -> NetworkOptions.PORT;
                    case TLS -> TlsOptions.TLS_PORT;
                    case METRICS -> NetworkOptions.METRICS_PORT;
                };
        settings.put(option, (long) port);
        watch(settings);
        return port;
    }

    private synchronized void change(Settings now) {
        List<String> newNames = names(now);
        int newPort = port(now);
        if (newNames.equals(names) && newPort == port) {
            return;
        }
        boolean samePort = newPort == port;
        if (samePort) {
            close(open); // old and new addresses may overlap
        }
        try {
            List<EventLoops.Listener> opened = listen(newNames, newPort);
            if (!samePort) {
                close(open);
            }
            open = opened;
            names = newNames;
            port = newPort;
        } catch (Failure failure) {
            log.warning(LogLines.couldNotListen(failure.host(), newPort, failure.getMessage()));
            if (samePort) {
                restore();
            }
            throw new ConfigRefusal(
                    samePort
                            ? "Failed to bind to specified addresses."
                            : "Unable to listen on this port. Check server logs.");
        }
    }

    private void restore() {
        try {
            open = listen(names, port);
        } catch (Failure failure) {
            open = List.of();
            log.warning(LogLines.couldNotListen(failure.host(), port, failure.getMessage()));
        }
    }

    private static void close(List<EventLoops.Listener> listeners) {
        listeners.forEach(EventLoops.Listener::close);
    }

    /** All of the addresses, but for optional ones that can't be had; or none and a failure. */
    private List<EventLoops.Listener> listen(List<String> names, int port) throws Failure {
        if (port == 0 || names.isEmpty()) {
            return List.of();
        }
        EventLoops.Listener everywhere = listenEverywhere(names, port);
        if (everywhere != null) {
            return List.of(everywhere);
        }
        List<EventLoops.Listener> opened = new ArrayList<>();
        for (String name : names) {
            boolean optional = name.startsWith("-");
            String host = optional ? name.substring(1) : name;
            try {
                opened.add(open(host, port));
            } catch (IOException e) {
                if (!optional) {
                    close(opened);
                    throw new Failure(host, reason(e));
                }
                log.warning(LogLines.couldNotListen(host, port, reason(e)));
            }
        }
        if (opened.isEmpty()) {
            throw new Failure("*", "no address could be used");
        }
        return opened;
    }

    /**
     * One socket for both families, when both are wanted on every address: the two would get in
     * each other's way. Null when they are to be had one by one.
     */
    private EventLoops.Listener listenEverywhere(List<String> names, int port) {
        boolean all = names.contains("*") && (names.contains("-::*") || names.contains("::*"));
        if (!all || names.size() != 2) {
            return null;
        }
        try {
            return open("::*", port);
        } catch (IOException noSuchFamily) {
            return null;
        }
    }

    private List<String> names(Settings settings) {
        return kind == Kind.METRICS
                ? List.of(settings.get(NetworkOptions.METRICS_BIND))
                : settings.get(NetworkOptions.BIND);
    }

    private static InetAddress address(String host) throws UnknownHostException {
        return switch (host) {
            case "*", "" -> InetAddress.getByName("0.0.0.0");
            case "::*" -> InetAddress.getByName("::");
            default -> InetAddress.getByName(host);
        };
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
