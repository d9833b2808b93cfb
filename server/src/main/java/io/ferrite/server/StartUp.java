package io.ferrite.server;

import io.ferrite.coordination.sentinel.SentinelState;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.node.config.CommandLine;
import io.ferrite.node.config.ConfigFiles;
import io.ferrite.node.config.ConfigLoader;
import io.ferrite.node.config.ConfigRefusal;
import io.ferrite.node.config.ConfigService;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.ProcTitle;
import io.ferrite.node.config.ReplicationOptions;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.StartDirectives;
import io.ferrite.node.config.StartError;
import io.ferrite.node.config.TlsOptions;
import io.ferrite.node.log.Banner;
import io.ferrite.node.log.Log;
import io.ferrite.node.log.LogLevel;
import io.ferrite.node.log.LogLines;
import io.ferrite.node.sentinel.SentinelSetup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/**
 * What happens around a server from its command line to its end, except serving: configuration,
 * log, background, service manager, pid file, process title, and the lines that tools wait for.
 *
 * <pre>
 *   StartUp start = new StartUp(role, words, isCommand);
 *   if (start.ends()) exit(start.status());          // version, help, an error, or the parent of
 *                                                    // a server in the background
 *   ... build the node from start.settings() ...
 *   start.announce();                                // pid file, title, banner
 *   ... listen; on failure exit(start.failedListening(port, "tcp", reason)) ...
 *   start.initialized();
 *   ... load data ...
 *   start.ready(List.of("tcp", "unix"));
 *   ... serve ...
 *   start.end();
 * </pre>
 *
 * <p>Used by the main thread.
 */
final class StartUp {
    private final String role;
    private final String program = System.getProperty("ferrite.program", "ferrite-server");
    private final Settings settings = new Settings();
    private final SystemConfigFiles files = new SystemConfigFiles();
    private final LogWriter writer = new LogWriter();
    private final long pid = ProcessHandle.current().pid();
    private final Log log = new Log(writer, new LocalClock()::localMs, pid, LogLevel.NOTICE, 'C');
    private final StartDirectives directives;

    private ConfigService config;
    private Supervision supervision = Supervision.none(log);
    private PidFile pidFile;
    private boolean background;
    private boolean sentinel;
    private SentinelSetup sentinelSetup;
    private SentinelState sentinelState;
    private int status = -1;

    /**
     * Reads the configuration and does what has to be done before anything else.
     *
     * @param role the word that chose this program, such as {@code server}
     * @param words the words after it
     * @param isCommand whether a name, in lower case, is a command, for {@code rename-command}
     */
    StartUp(String role, List<String> words, Predicate<String> isCommand) {
        this.role = role;
        this.directives = new StartDirectives(isCommand);
        List<String> raw = RawWords.of(words);
        CommandLine line = CommandLine.parse(raw);
        switch (line.action()) {
            case RUN -> begin(line);
            case VERSION -> print(Product.versionLine(role) + "\n", 0);
            case HELP -> print(Product.usage(program), 0);
            case TEST_MEMORY -> complain("--test-memory is not offered: use memtester");
            case CHECK_SYSTEM ->
                    complain("--check-system is not offered: no check of it concerns this server");
        }
    }

    private void print(String text, int with) {
        StandardStreams.print(text);
        status = with;
    }

    private void complain(String text) {
        StandardStreams.complain(program + ": " + text + "\n");
        status = 1;
    }

    private void begin(CommandLine line) {
        sentinel = line.sentinel();
        if (sentinel && line.configFile().isEmpty()) {
            log.role('X');
            log.warning("Sentinel needs config file on disk to save state. Exiting...");
            fail();
            return;
        }
        try {
            load(line);
        } catch (StartError e) {
            if (e.belongsToTheLog()) {
                log.warning(e.getMessage());
            } else {
                StandardStreams.complain(e.block(Product.NAME + " " + Product.version()));
            }
            fail();
        }
    }

    private void load(CommandLine line) throws StartError {
        String configFile = sentinel ? loadSentinel(line) : loadServer(line);
        config = new ConfigService(settings, files, log, configFile);
        useLogSettings();
        supervision =
                Supervision.begin(settings.get(ServerOptions.SUPERVISED), System.getenv(), log);
        background = settings.get(ServerOptions.DAEMONIZE) && !supervision.isOn();
        if (background && !Daemon.isChild()) {
            byte[] input = files.standardInput().getBytes(StandardCharsets.ISO_8859_1);
            status = Daemon.spawn(input, log);
            writer.close();
            return;
        }
        if (background) {
            Daemon.detach(log);
        }
        log.notice(LogLines.starting(Product.NAME));
        log.notice(LogLines.justStarted(Product.NAME, Product.version(), "00000000", pid));
        if (line.bare()) {
            log.warning(LogLines.noConfigFile(program));
        } else {
            log.notice(LogLines.CONFIGURATION_LOADED);
        }
        if (!sentinel) {
            log.role(settings.get(ReplicationOptions.REPLICAOF).isNone() ? 'M' : 'S');
        }
    }

    private String loadServer(CommandLine line) throws StartError {
        return new ConfigLoader(settings, files, directives, log).load(line);
    }

    private String loadSentinel(CommandLine line) throws StartError {
        log.role('X');
        SystemSentinelWorld world =
                new SystemSentinelWorld(Runnable::run, () -> settings.get(ServerOptions.DIR));
        sentinelSetup = new SentinelSetup(directives, world, new SystemDisk(), log);
        SentinelSetup.prepare(settings);
        ConfigFiles rescued = sentinelSetup.files(files);
        String configFile = new ConfigLoader(settings, rescued, sentinelSetup, log).load(line);
        sentinelState = sentinelSetup.state(settings, System.currentTimeMillis());
        return configFile;
    }

    /** Whether the process is to be a Sentinel. */
    boolean isSentinel() {
        return sentinel;
    }

    /** What was read for the Sentinel that this process is to be. */
    SentinelSetup sentinel() {
        return sentinelSetup;
    }

    /** The state that the Sentinel starts with. */
    SentinelState sentinelState() {
        return sentinelState;
    }

    private void useLogSettings() {
        log.level(settings.get(ServerOptions.LOGLEVEL));
        settings.onChange(
                now -> log.level(now.get(ServerOptions.LOGLEVEL)), ServerOptions.LOGLEVEL);
        String logfile = settings.get(ServerOptions.LOGFILE);
        if (!logfile.isEmpty()) {
            writer.useFile(resolve(logfile));
        }
        if (settings.get(ServerOptions.SYSLOG_ENABLED)) {
            String ident = settings.get(ServerOptions.SYSLOG_IDENT);
            Syslog syslog = Syslog.to(ident, settings.get(ServerOptions.SYSLOG_FACILITY));
            if (!Files.exists(Path.of("/dev/log"))) {
                log.warning("syslog-enabled: nobody listens at /dev/log on this machine");
            }
            writer.useSyslog(syslog);
        }
    }

    /** Whether the process is to exit now. */
    boolean ends() {
        return status >= 0;
    }

    int status() {
        return status;
    }

    Settings settings() {
        return settings;
    }

    ConfigService config() {
        return config;
    }

    Log log() {
        return log;
    }

    /** How many log lines were lost. */
    long droppedLogLines() {
        return writer.dropped();
    }

    /** The lines of the configuration that are no parameters. */
    StartDirectives directives() {
        return directives;
    }

    /** The service manager's end of the line. */
    Supervision supervision() {
        return supervision;
    }

    /** The path that a parameter names, seen from {@code dir}. */
    Path resolve(String path) {
        try {
            return SystemConfigFiles.path(settings.get(ServerOptions.DIR), path);
        } catch (IOException e) {
            throw new ConfigRefusal(e.getMessage());
        }
    }

    /** Writes the pid file, sets the title, shows the banner. */
    void announce() {
        String file = settings.get(ServerOptions.PIDFILE);
        if (background || !file.isEmpty()) {
            pidFile = PidFile.write(resolve(file.isEmpty() ? PidFile.DEFAULT : file), log);
        }
        if (settings.get(ServerOptions.SET_PROC_TITLE)) {
            setTitle(settings);
            settings.onChange(
                    this::setTitle,
                    ServerOptions.PROC_TITLE_TEMPLATE,
                    NetworkOptions.PORT,
                    NetworkOptions.BIND,
                    TlsOptions.TLS_PORT);
        }
        boolean picture =
                settings.get(ServerOptions.ALWAYS_SHOW_LOGO)
                        || isTerminal()
                                && settings.get(ServerOptions.LOGFILE).isEmpty()
                                && !settings.get(ServerOptions.SYSLOG_ENABLED);
        boolean cluster = settings.get(ClusterOptions.CLUSTER_ENABLED);
        String mode = cluster ? "cluster" : sentinel ? "sentinel" : "standalone";
        int port = settings.getInt(NetworkOptions.PORT);
        int shown = port != 0 ? port : settings.getInt(TlsOptions.TLS_PORT);
        Banner.show(log, picture, Product.version(), mode, shown, pid);
    }

    /** Whether standard output is a terminal. Asking the JDK's console would load a line editor. */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }

    private void setTitle(Settings now) {
        try {
            ProcessTitle.set(ProcTitle.of(now, program, config.configFile(), sentinel));
            ProcessTitle.setName("ferrite-" + role);
        } catch (IOException e) {
            log.verbose("The process title stays as it is: " + SystemConfigFiles.reason(e));
        }
    }

    /** Says that an address cannot be listened on; the status to exit with. */
    int failedListening(String host, int port, String what, String reason) {
        log.warning(LogLines.couldNotListen(host, port, reason));
        log.warning(LogLines.failedListening(port, what));
        fail();
        return status;
    }

    /** The process cannot go on, as the log says: writes what is left of that. */
    void failedLater() {
        fail();
    }

    /** The data of the last run cannot be loaded, as the log says; the status to exit with. */
    int failedLoading() {
        fail();
        return status;
    }

    /** Everything is set up and listens; data may still have to be loaded. */
    void initialized() {
        log.notice(LogLines.SERVER_INITIALIZED);
    }

    /** Clients are served: on tcp, unix, …; one line for each. */
    void ready(List<String> kinds) {
        for (String kind : kinds) {
            log.notice(LogLines.readyToAccept(kind));
        }
        supervision.ready();
        if (background) {
            writer.flush(2000);
            if (settings.get(ServerOptions.LOGFILE).isEmpty()) {
                writer.discard();
            }
            Daemon.ready();
        }
    }

    /** The server cannot start; the status to exit with. */
    int failed(String why) {
        why.lines().forEach(log::warning);
        fail();
        return status;
    }

    private void fail() {
        status = 1;
        writer.close();
    }

    /** The end: removes the pid file, says goodbye, and writes what is left of the log. */
    void end() {
        supervision.stopping();
        if (pidFile != null) {
            pidFile.remove();
        }
        log.warning(LogLines.BYE);
        writer.close();
    }
}
