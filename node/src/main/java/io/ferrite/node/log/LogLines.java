package io.ferrite.node.log;

/**
 * Lines that tools and test harnesses wait for, word by word.
 *
 * <p>Changing one breaks somebody's start script.
 */
public final class LogLines {
    public static final String SERVER_INITIALIZED = "Server initialized";
    public static final String CONFIGURATION_LOADED = "Configuration loaded";
    public static final String CONFIG_FROM_STDIN = "Reading config from stdin";
    public static final String BYE = "Ferrite is now ready to exit, bye bye...";
    public static final String REMOVING_PIDFILE = "Removing the pid file.";

    private LogLines() {}

    /** The server listens; {@code what} is tcp, tls or unix. One line for each. */
    public static String readyToAccept(String what) {
        return "Ready to accept connections " + what;
    }

    /** A port is taken; the process ends with status 1 after this line. */
    public static String failedListening(int port, String what) {
        return "Failed listening on port " + port + " (" + what + "), aborting.";
    }

    /** One address of {@code bind} cannot be used, with the system's reason. */
    public static String couldNotListen(String host, int port, String reason) {
        return "Warning: Could not create server TCP listening socket "
                + host
                + ":"
                + port
                + ": bind: "
                + reason;
    }

    public static String starting(String product) {
        return "oO0OoO0OoO0Oo " + product + " is starting oO0OoO0OoO0Oo";
    }

    public static String justStarted(String product, String version, String commit, long pid) {
        return product
                + " version="
                + version
                + ", bits=64, commit="
                + commit
                + ", modified=0, pid="
                + pid
                + ", just started";
    }

    public static String noConfigFile(String program) {
        return "Warning: no config file specified, using the default config. In order to specify a"
                + " config file use "
                + program
                + " /path/to/redis.conf";
    }

    public static String receivedSignal(String name) {
        return "Received " + name + " scheduling shutdown...";
    }

    public static String pidfileFailed(String reason) {
        return "Failed to write PID file: " + reason;
    }

    public static String cannotOpenConfigFile(String path, String reason) {
        return "Fatal error, can't open config file '" + path + "': " + reason;
    }
}
