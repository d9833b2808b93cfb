package io.ferrite.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;

/**
 * A cluster of processes on this machine: masters that share the slots, and replicas of the first
 * ones. Each may be killed and started again where it was.
 */
final class FerriteCluster implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int SLOTS = 16384;

    /** One node, dead or alive. */
    final class Node {
        private final Path directory;
        private final int busPort;
        private String id = "";
        private FerriteProcess process;

        private Node(Path directory) throws IOException {
            this.directory = Files.createDirectories(directory);
            this.busPort = FerriteProcess.freePort();
        }

        int port() {
            return process.port();
        }

        String id() {
            return id;
        }

        /** Starts it, also after it was killed. */
        void start() throws IOException {
            if (process != null) {
                process.start();
                return;
            }
            List<String> words =
                    new ArrayList<>(
                            List.of(
                                    "--cluster-enabled",
                                    "yes",
                                    "--cluster-port",
                                    word(busPort),
                                    "--cluster-node-timeout",
                                    "4000",
                                    "--save",
                                    ""));
            words.addAll(settings);
            process = new FerriteProcess(directory, "server", words.toArray(new String[0]));
        }

        void kill() {
            process.kill();
        }

        /** Has it stand still, or go on. */
        void freeze(boolean frozen) throws IOException {
            process.freeze(frozen);
        }

        /** Asks one question over a connection of its own. */
        Reply call(String... words) throws IOException {
            try (RespConnection connection = new RespConnection(process.port())) {
                return connection.call(words);
            }
        }

        String text(String... words) throws IOException {
            return String.valueOf(call(words).text());
        }

        private boolean isServing() throws IOException {
            return text("CLUSTER", "INFO").contains("cluster_state:ok");
        }
    }

    private final List<String> settings;
    private final List<Node> nodes = new ArrayList<>();
    private final int masters;

    /** Starts the nodes and waits until all of them serve. */
    FerriteCluster(Path directory, int masters, int replicas, String... settings)
            throws IOException {
        this.settings = List.of(settings);
        this.masters = masters;
        for (int i = 0; i < masters + replicas; i++) {
            nodes.add(new Node(directory.resolve("node" + i)));
        }
        startAll();
        for (Node node : nodes) {
            node.id = node.text("CLUSTER", "MYID");
        }
        join();
    }

    /** All at once, whatever the number of processors: a start takes half a minute under load. */
    private void startAll() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Void>> started = new ArrayList<>();
            for (Node node : nodes) {
                started.add(CompletableFuture.runAsync(() -> start(node), threads));
            }
            started.forEach(CompletableFuture::join);
        }
    }

    private static void start(Node node) {
        try {
            node.start();
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private void join() throws IOException {
        for (int i = 0; i < masters; i++) {
            int first = SLOTS * i / masters;
            int last = SLOTS * (i + 1) / masters - 1;
            node(i).call("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            node(i).call("CLUSTER", "ADDSLOTSRANGE", word(first), word(last));
        }
        for (int i = 1; i < nodes.size(); i++) {
            Node other = node(i);
            node(0).call("CLUSTER", "MEET", "127.0.0.1", word(other.port()), word(other.busPort));
        }
        for (int i = masters; i < nodes.size(); i++) {
            Node replica = node(i);
            Node master = node(i - masters);
            await(
                    "a master is known",
                    () -> replica.call("CLUSTER", "REPLICATE", master.id).type() == '+');
        }
        awaitServing();
        for (int i = masters; i < nodes.size(); i++) {
            Node replica = node(i);
            await(
                    "a replica follows",
                    () -> replica.text("INFO", "replication").contains("master_link_status:up"));
        }
    }

    private static String word(int number) {
        return Integer.toString(number);
    }

    /** Waits until all nodes see a cluster that serves, and each other. */
    void awaitServing() {
        for (Node node : nodes) {
            await("every node serves", node::isServing);
            await(
                    "everybody is known",
                    () ->
                            node.text("CLUSTER", "INFO")
                                    .contains("cluster_known_nodes:" + nodes.size()));
        }
    }

    static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(PATIENCE).ignoreExceptions().until(condition);
    }

    Node node(int number) {
        return nodes.get(number);
    }

    List<Node> nodes() {
        return nodes;
    }

    @Override
    public void close() {
        for (Node node : nodes) {
            if (node.process != null) {
                node.process.close();
            }
        }
    }
}
