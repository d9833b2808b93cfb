package io.ferrite.node.sentinel;

import io.ferrite.base.disk.Disk;
import io.ferrite.coordination.sentinel.SentinelState;
import io.ferrite.node.LinkEvents;
import io.ferrite.node.SimulatedNode;
import io.ferrite.node.config.CommandLine;
import io.ferrite.node.config.ConfigLoader;
import io.ferrite.node.config.ConfigService;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.StartDirectives;
import io.ferrite.node.config.StartError;
import io.ferrite.node.log.Log;
import io.ferrite.node.log.LogLevel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A whole Sentinel on one thread in virtual time: its files on a disk of the test's choice, the
 * servers it talks to made by the test. Programs and web addresses are noted, and end when the test
 * says so.
 */
final class SimulatedSentinel implements AutoCloseable, SentinelWorld, SimulatedNode.Network {

    static final String DIRECTORY = "/data";
    static final String FILE = "/data/sentinel.conf";
    private static final long START_MS = 1_700_000_000_000L;

    /** A program that was started, or something that was posted. */
    record Started(List<String> words, Consumer<End> programEnd, IntConsumer postEnd) {}

    private final SimulatedNode node;
    private final SentinelService service;
    private final List<String> logged = new ArrayList<>();
    private final Map<Integer, SimulatedServer> servers = new HashMap<>();
    private final List<Started> programs = new ArrayList<>();
    private final List<Started> posts = new ArrayList<>();
    private final List<Long> killed = new ArrayList<>();
    private int exitStatus = -1;

    /**
     * Reads its files, as a process does that starts.
     *
     * @throws StartError if it refuses to
     */
    SimulatedSentinel(Disk disk) throws StartError {
        Settings settings = new Settings();
        Log log =
                new Log(
                        (level, line, message) -> logged.add(message),
                        () -> START_MS,
                        1,
                        LogLevel.DEBUG,
                        'X');
        DiskConfigFiles files = new DiskConfigFiles(disk, DIRECTORY);
        StartDirectives directives = new StartDirectives(name -> true);
        SentinelSetup setup = new SentinelSetup(directives, this, disk, log);
        SentinelSetup.prepare(settings);
        new ConfigLoader(settings, setup.files(files), setup, log)
                .load(CommandLine.parse(List.of(FILE, "--sentinel")));
        SentinelState state = setup.state(settings, START_MS);
        SentinelService[] made = {null};
        node =
                new SimulatedNode(
                        disk, settings, files, FILE, new SentinelKind(() -> made[0]), this);
        ConfigService config = new ConfigService(settings, files, log, FILE);
        service = new SentinelService(node.node(), this, setup.file(config, DIRECTORY), state);
        made[0] = service;
    }

    /** Begins to watch. */
    SimulatedSentinel begin() {
        service.start();
        return this;
    }

    /** A server at a port of this machine, from now on. */
    SimulatedServer serverAt(int port) {
        return servers.computeIfAbsent(port, number -> new SimulatedServer(number, node::after));
    }

    String run(String line) {
        return node.run(line);
    }

    void runFor(long ms) {
        node.runFor(ms);
    }

    SentinelState state() {
        return service.state();
    }

    /** What was logged so far, before the start and after. */
    List<String> logged() {
        List<String> all = new ArrayList<>(logged);
        all.addAll(node.logged());
        return all;
    }

    List<Started> programs() {
        return programs;
    }

    List<Started> posts() {
        return posts;
    }

    /** The ids of programs that were ended by force. */
    List<Long> killed() {
        return killed;
    }

    int exitStatus() {
        return exitStatus;
    }

    @Override
    public void close() {
        node.close();
    }

    // --- the world -------------------------------------------------------------------------------

    @Override
    public void connect(String host, int port, LinkEvents events) {
        SimulatedServer server = servers.get(port);
        if (server == null || !server.isUp()) {
            events.failed("Connection refused");
        } else {
            server.accept(events);
        }
    }

    @Override
    public boolean isExecutable(String path) {
        return path.startsWith("/bin/");
    }

    @Override
    public Program run(List<String> words, Consumer<End> onEnd) {
        programs.add(new Started(words, onEnd, null));
        long number = programs.size();
        return new Program() {
            @Override
            public long pid() {
                return number;
            }

            @Override
            public void kill() {
                killed.add(number);
            }
        };
    }

    @Override
    public void post(String url, String json, int timeoutMs, IntConsumer onEnd) {
        posts.add(new Started(List.of(url, json), null, onEnd));
    }

    @Override
    public String resolve(String host) {
        return host.equals("localhost") ? "127.0.0.1" : host.matches("[0-9.]+") ? host : null;
    }

    @Override
    public String wallClock(long epochMs) {
        return "at " + epochMs;
    }

    @Override
    public void exit(int status) {
        exitStatus = status;
    }
}
