package io.ferrite.conformance;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A client of a cluster that counts keys up, one after the other, follows redirections, and knows
 * what it was told was done. What broke off in the middle may have been done or not, once.
 */
final class CountingClient implements Runnable {

    private static final Duration REST = Duration.ofMillis(20);

    private final FerriteCluster cluster;
    private final List<String> keys;
    private final long[] acknowledged;
    private final long[] uncertain;
    private final Map<Integer, RespConnection> connections = new HashMap<>();
    private final Thread thread;
    private volatile boolean enough;
    private volatile long writes;
    private volatile String failure = "";
    private int port;

    CountingClient(FerriteCluster cluster, List<String> keys) {
        this.cluster = cluster;
        this.keys = keys;
        this.acknowledged = new long[keys.size()];
        this.uncertain = new long[keys.size()];
        this.port = cluster.node(0).port();
        this.thread = Thread.ofPlatform().name("counting").start(this);
    }

    long writes() {
        return writes;
    }

    @Override
    public void run() {
        for (int next = 0; !enough; next = (next + 1) % keys.size()) {
            count(next);
        }
    }

    private void count(int which) {
        boolean asking = false;
        while (!enough) {
            boolean sent = false;
            try {
                RespConnection to = connection(port);
                if (asking) {
                    to.call("ASKING");
                }
                sent = true;
                Reply reply = to.call("INCR", keys.get(which));
                if (reply.type() == ':') {
                    judge(which, Long.parseLong(reply.text()));
                    writes++;
                    return;
                }
                asking = redirected(reply.text());
            } catch (IOException e) {
                uncertain[which] += sent ? 1 : 0;
                asking = false;
                leave();
            }
        }
    }

    /** The value must be all that was acknowledged, and no more than may have been done besides. */
    private void judge(int which, long value) {
        long least = acknowledged[which] + 1;
        if (value < least || value > least + uncertain[which]) {
            failure += keys.get(which) + " is " + value + ", not " + least + "; ";
        }
        uncertain[which] -= Math.max(0, value - least);
        acknowledged[which] = value;
    }

    private boolean redirected(String error) throws IOException {
        if (error.startsWith("MOVED ") || error.startsWith("ASK ")) {
            port = Integer.parseInt(error.substring(error.lastIndexOf(':') + 1));
            return error.startsWith("ASK ");
        }
        rest(); // CLUSTERDOWN, TRYAGAIN, LOADING
        return false;
    }

    private RespConnection connection(int to) throws IOException {
        RespConnection known = connections.get(to);
        if (known == null) {
            known = new RespConnection(to);
            connections.put(to, known);
        }
        return known;
    }

    /** Asks another node from now on, after a while. */
    private void leave() {
        RespConnection broken = connections.remove(port);
        if (broken != null) {
            close(broken);
        }
        int at = 0;
        while (at < cluster.nodes().size() - 1 && cluster.node(at).port() != port) {
            at++;
        }
        port = cluster.node((at + 1) % cluster.nodes().size()).port();
        rest();
    }

    private static void close(RespConnection connection) {
        try {
            connection.close();
        } catch (SocketException e) {
            // it is gone
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void rest() {
        Awaitility.await().pollDelay(REST).until(() -> true); // else it asks a dead node for ever
    }

    /** What was wrong with the values that were seen, empty if nothing. */
    String failure() {
        return failure;
    }

    /** Stops; what was wrong with the values that were seen, empty if nothing. */
    String end() throws InterruptedException {
        enough = true;
        thread.join();
        connections.values().forEach(CountingClient::close);
        connections.clear();
        return failure;
    }
}
