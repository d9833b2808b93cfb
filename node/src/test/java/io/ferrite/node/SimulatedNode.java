package io.ferrite.node;

import io.ferrite.base.disk.Disk;
import io.ferrite.coordination.log.CommandLog;
import io.ferrite.engine.Families;
import io.ferrite.engine.NoOutbox;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slab;
import io.ferrite.memory.SlabGroup;
import io.ferrite.memory.codec.HashSlot;
import io.ferrite.node.config.Choices;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.node.config.ConfigFiles;
import io.ferrite.node.config.ConfigService;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.log.Log;
import io.ferrite.node.log.LogLevel;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.store.Keyspace;
import io.ferrite.store.KeyspaceSettings;
import io.ferrite.store.value.Values;
import io.ferrite.testkit.EventQueue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A whole server on one thread, in virtual time, over a disk of the test's choice. What it does in
 * the background is done at once.
 */
public final class SimulatedNode implements AutoCloseable {

    /** Where its files are. */
    public static final String DIRECTORY = "/data";

    private static final long START_MS = 1_700_000_000_000L;
    private static final int STRIPES = 16;

    private final List<String> logged = new ArrayList<>();
    private final EventQueue time = new EventQueue(START_MS);
    private final SlabGroup memory = new SlabGroup();
    private final Settings settings;
    private final Keyspace keyspace;
    private final CommandLog commandLog;
    private final Node node;
    private final Client outbox = new Client();
    private final Session session;
    private int exitStatus = -1;

    /** What a command asks for to be done elsewhere: it holds stripes, so that has to wait. */
    private final ArrayDeque<Runnable> deferred = new ArrayDeque<>();

    private boolean inCommand;
    private boolean acknowledged;
    private long loggedUpTo;

    /** Where its connections to others go. */
    public interface Network {
        Network NONE = (host, port, events) -> events.failed("no network");

        void connect(String host, int port, LinkEvents events);
    }

    /** A server without a configuration file. */
    public SimulatedNode(Disk disk) {
        this(disk, new Settings(), new NoFiles(), "", NodeKind.SERVER, Network.NONE);
    }

    /** As {@link #SimulatedNode(Disk)}, with settings of the test's choice. */
    public SimulatedNode(Disk disk, Settings settings) {
        this(disk, settings, new NoFiles(), "", NodeKind.SERVER, Network.NONE);
    }

    /** A node of any kind over files of its configuration. */
    public SimulatedNode(
            Disk disk,
            Settings settings,
            ConfigFiles files,
            String configFile,
            NodeKind kind,
            Network network) {
        this.settings = settings;
        settings.put(ServerOptions.DIR, DIRECTORY);
        settings.put(ServerOptions.ENABLE_DEBUG_COMMAND, Choices.ProtectedAction.YES);
        Log log =
                new Log(
                        (level, line, message) -> logged.add(message),
                        time::nowMs,
                        1,
                        LogLevel.DEBUG,
                        'M');
        Slab[] slabs = new Slab[STRIPES];
        for (int i = 0; i < slabs.length; i++) {
            slabs[i] = memory.newSlab();
        }
        boolean cluster = settings.get(ClusterOptions.CLUSTER_ENABLED);
        keyspace =
                new Keyspace(
                        new KeyspaceSettings(
                                cluster ? settings.getInt(ClusterOptions.CLUSTER_DATABASES) : 16,
                                cluster ? HashSlot.COUNT : STRIPES,
                                cluster,
                                slabs,
                                Values.operations(),
                                1));
        commandLog = new CommandLog(memory.newSlab(), 1 << 20);
        NodeParts parts =
                new NodeParts(
                        new World(disk, network),
                        new Facts(),
                        settings,
                        new ConfigService(settings, files, log, configFile),
                        log,
                        memory,
                        keyspace,
                        commandLog);
        node = new Node(parts, kind, Families::register);
        node.shutdown().onExit(status -> exitStatus = status);
        session = new Session(outbox, "127.0.0.1:1", "127.0.0.1:2", time.nowMs());
        if (!cluster) {
            node.begin();
        }
    }

    /** Reads nodes.conf, as what has to be known before a node of a cluster begins. */
    public Optional<String> openCluster() {
        Optional<String> refusal = node.cluster().open();
        if (refusal.isEmpty()) {
            node.begin();
        }
        return refusal;
    }

    /** Loads what the disk holds and begins to serve; false if it refuses to. */
    public boolean start() {
        if (!node.persistence().load(() -> {})) {
            return false;
        }
        node.serve();
        return true;
    }

    public Node node() {
        return node;
    }

    public Settings settings() {
        return settings;
    }

    /** What was logged so far. */
    public List<String> logged() {
        return logged;
    }

    /** Lets time pass. */
    public void runFor(long ms) {
        time.runFor(ms);
    }

    /** Runs an action later. */
    public void after(long ms, Runnable action) {
        time.after(ms, action);
    }

    /** The status that the process ended with, -1 while it lives. */
    public int exitStatus() {
        return exitStatus;
    }

    /** Runs a command of words without blanks; answers the reply as bytes of RESP2. */
    public String run(String line) {
        return call(line.split(" "));
    }

    /** Runs a command; answers the reply as bytes of RESP2. */
    public String call(String... words) {
        byte[][] arguments = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            arguments[i] = words[i].getBytes(StandardCharsets.ISO_8859_1);
        }
        outbox.answer = null;
        try (NativeReplyWriter reply = new NativeReplyWriter(64);
                Request request = Request.of(arguments)) {
            node.dispatcher(0).tick();
            inCommand = true;
            node.dispatcher(0).execute(session, request, reply);
            node.dispatcher(0).cachingClients().tellChanges();
            node.dispatcher(0).logNews().announceSoon();
            ReplyHold.Held held = hold();
            inCommand = false;
            while (!deferred.isEmpty()) {
                deferred.poll().run();
            }
            session.clear(Session.BLOCKED);
            acknowledged |= held == null;
            String text = new String(reply.toBytes(), StandardCharsets.ISO_8859_1);
            return outbox.answer == null ? text : outbox.answer;
        }
    }

    /** Whether the last reply has left: everything before it is where it was demanded to be. */
    public boolean isAcknowledged() {
        return acknowledged;
    }

    /** The reply waits if it has to; null if it need not. */
    private ReplyHold.Held hold() {
        long end = commandLog.end();
        if (end == loggedUpTo || !node.replyHold().isActive()) {
            return null;
        }
        loggedUpTo = end;
        acknowledged = false;
        ReplyHold.Held held =
                new ReplyHold.Held() {
                    @Override
                    public void release(long offset) {
                        acknowledged = true;
                    }

                    @Override
                    public void fail(String error) {
                        outbox.answer = "-" + error + "\r\n";
                    }
                };
        return node.replyHold().hold(0, end, held) ? held : null;
    }

    /** A fingerprint of all data. */
    public String digest() {
        return run("DEBUG DIGEST");
    }

    @Override
    public void close() {
        keyspace.close();
        commandLog.close();
        memory.close(); // thousands of nodes are made, and what is not closed stays known
    }

    private static final class Client extends NoOutbox {
        private String answer;

        @Override
        public void answer(Consumer<ReplyWriter> reply) {
            try (NativeReplyWriter out = new NativeReplyWriter(64)) {
                reply.accept(out);
                answer = new String(out.toBytes(), StandardCharsets.ISO_8859_1);
            }
        }
    }

    private final class World implements Environment {
        private final Disk disk;
        private long random = 1;

        private final Network network;

        World(Disk disk, Network network) {
            this.disk = disk;
            this.network = network;
        }

        @Override
        public void connect(
                int loop,
                String host,
                int port,
                String source,
                int timeoutMs,
                boolean tls,
                LinkEvents events) {
            onLoop(loop, () -> network.connect(host, port, events));
        }

        @Override
        public long nowMs() {
            return time.nowMs();
        }

        @Override
        public long nanos() {
            return time.nowMs() * 1_000_000;
        }

        @Override
        public String randomHex(int digits) {
            StringBuilder text = new StringBuilder();
            while (text.length() < digits) {
                random = random * 6364136223846793005L + 1442695040888963407L;
                text.append(String.format(java.util.Locale.ROOT, "%016x", random));
            }
            return text.substring(0, digits);
        }

        @Override
        public int loops() {
            return 1;
        }

        @Override
        public void onLoop(int loop, Runnable action) {
            background("loop", action);
        }

        @Override
        public void after(int loop, long delayMs, Runnable action) {
            time.after(delayMs, action);
        }

        @Override
        public void background(String name, Runnable work) {
            if (inCommand) {
                deferred.add(work);
            } else {
                work.run();
            }
        }

        @Override
        public Worker worker(String name, Work work) {
            return new Worker() {
                private boolean ended;

                @Override
                public void wake() {
                    background(name, this::turn);
                }

                private void turn() {
                    long again = ended ? Work.IDLE : work.turn();
                    if (again != Work.IDLE) {
                        time.after(Math.max(1, again / 1_000_000), this::turn);
                    }
                }

                @Override
                public void end() {
                    ended = true;
                }
            };
        }

        @Override
        public Disk disk() {
            return disk;
        }
    }

    private static final class Facts implements ProcessFacts {
        @Override
        public long pid() {
            return 77;
        }

        @Override
        public String executable() {
            return "/bin/ferrite-server";
        }

        @Override
        public String system() {
            return "Simulation";
        }

        @Override
        public String version() {
            return "0";
        }

        @Override
        public long residentBytes() {
            return 0;
        }

        @Override
        public long machineBytes() {
            return 1L << 30;
        }

        @Override
        public long userMicros() {
            return 0;
        }

        @Override
        public long systemMicros() {
            return 0;
        }

        @Override
        public long heapBytes() {
            return 0;
        }

        @Override
        public String transport() {
            return "none";
        }
    }

    /** A machine without configuration files. */
    private static final class NoFiles implements ConfigFiles {
        @Override
        public String workingDirectory() {
            return DIRECTORY;
        }

        @Override
        public String read(String directory, String path) throws IOException {
            throw new IOException("No such file or directory");
        }

        @Override
        public String readIfPresent(String path) {
            return "";
        }

        @Override
        public String readStandardInput() {
            return "";
        }

        @Override
        public List<String> glob(String directory, String pattern) {
            return List.of();
        }

        @Override
        public String enter(String directory, String path) {
            return path;
        }

        @Override
        public void checkAppendable(String directory, String path) {}

        @Override
        public void replace(String path, String content) throws IOException {
            throw new IOException("Read-only file system");
        }
    }
}
