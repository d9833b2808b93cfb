package io.ferrite.server;

import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.log.LogLines;
import io.ferrite.spec.CommandCatalog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import sun.misc.Signal;

/** The role {@code server}: from the command line to the exit. Used by the main thread. */
final class ServerRole {

    private final StartUp start;
    private final FerriteServer server;

    private ServerRole(StartUp start) {
        this.start = start;
        this.server = new FerriteServer(start.settings(), start.config(), start.log());
    }

    static void run(List<String> words) {
        CommandCatalog catalog = CommandCatalog.load();
        StartUp start = new StartUp("server", words, name -> catalog.find(name) != null);
        if (start.ends()) {
            System.exit(start.status());
        }
        new ServerRole(start).serve();
    }

    private void serve() {
        start.announce();
        server.onExit(this::exit);
        List<String> kinds = new ArrayList<>();
        int port = start.settings().getInt(NetworkOptions.PORT);
        if (port != 0) {
            listen(port);
            kinds.add("tcp");
        }
        String unix = start.settings().get(NetworkOptions.UNIXSOCKET);
        if (!unix.isEmpty()) {
            listenUnix(start.resolve(unix));
            kinds.add("unix");
        }
        start.log().notice("I/O: " + server.describeLoops());
        start.initialized();
        server.node().start();
        for (String name : List.of("TERM", "INT")) {
            Signal.handle(new Signal(name), signal -> server.signal(signal.getName()));
        }
        start.ready(kinds);
    }

    private void listen(int port) {
        int bound = listenEverywhere(port) ? 1 : 0;
        if (bound != 0) {
            return;
        }
        for (String name : addresses(start.settings())) {
            boolean optional = name.startsWith("-");
            String host = optional ? name.substring(1) : name;
            try {
                server.listen(new InetSocketAddress(address(host), port));
                bound++;
            } catch (IOException e) {
                if (optional) {
                    start.log().warning(LogLines.couldNotListen(host, port, reason(e)));
                } else {
                    System.exit(start.failedListening(host, port, "tcp", reason(e)));
                }
            }
        }
        if (bound == 0) {
            System.exit(start.failedListening("*", port, "tcp", "no address could be used"));
        }
    }

    /**
     * One socket for both families, when both are wanted on every address: the two would get in each
     * other's way. False when they are to be had one by one.
     */
    private boolean listenEverywhere(int port) {
        List<String> names = addresses(start.settings());
        boolean all = names.contains("*") && (names.contains("-::*") || names.contains("::*"));
        if (!all || names.size() != 2) {
            return false;
        }
        try {
            server.listen(new InetSocketAddress(address("::*"), port));
            return true;
        } catch (IOException noSuchFamily) {
            return false;
        }
    }

    private static List<String> addresses(Settings settings) {
        List<String> names = settings.get(NetworkOptions.BIND);
        return names.isEmpty() ? List.of("*", "-::*") : names;
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

    private void listenUnix(Path path) {
        try {
            server.listenUnix(path, start.settings().getInt(NetworkOptions.UNIXSOCKETPERM));
        } catch (IOException e) {
            System.exit(start.failedListening(path.toString(), 0, "unix", reason(e)));
        }
    }

    /** The last steps: the files that say we run go away, the log is written out. */
    private void exit(int status) {
        server.close();
        start.end();
        Runtime.getRuntime().halt(status);
    }
}
