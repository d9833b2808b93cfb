package io.ferrite.server;

import io.ferrite.base.disk.Disk;
import io.ferrite.net.EventLoops;
import io.ferrite.node.Environment;
import io.ferrite.node.LinkEvents;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.RejectedExecutionException;

/** The real world: the system's clocks, Netty's event loops and threads of the JVM. */
final class SystemEnvironment implements Environment {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Disk disk = new SystemDisk();
    private final int loops;

    /** Set before anything runs; apart from the number of loops nothing is asked earlier. */
    private EventLoops eventLoops;

    private Encryption encryption;

    SystemEnvironment(int loops) {
        this.loops = loops;
    }

    void use(EventLoops eventLoops, Encryption encryption) {
        this.eventLoops = eventLoops;
        this.encryption = encryption;
    }

    @Override
    public long nowMs() {
        return System.currentTimeMillis();
    }

    @Override
    public long nowMicros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public String randomHex(int digits) {
        byte[] bytes = new byte[(digits + 1) / 2];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes).substring(0, digits);
    }

    @Override
    public int loops() {
        return loops;
    }

    @Override
    public int loopApart() {
        return eventLoops.apart();
    }

    @Override
    public boolean isOn(int loop) {
        return eventLoops.inLoop(loop);
    }

    @Override
    public void serveMeanwhile(int loop) {
        eventLoops.serveMeanwhile(loop);
    }

    @Override
    public void onLoop(int loop, Runnable action) {
        eventLoops.execute(loop, action);
    }

    @Override
    public void after(int loop, long delayMs, Runnable action) {
        eventLoops.schedule(loop, delayMs, action);
    }

    @Override
    public void background(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public Disk disk() {
        return disk;
    }

    @Override
    public Worker worker(String name, Work work) {
        return new WorkerThread(name, work);
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
        if (isLiteral(host) && isLiteral(source)) {
            resolve(loop, host, port, source, timeoutMs, tls, events);
            return;
        }
        // A name may have to be asked for over the network, which no event loop waits for.
        background("resolve", () -> resolve(loop, host, port, source, timeoutMs, tls, events));
    }

    /** Whether it is an address in numbers, or nothing. */
    private static boolean isLiteral(String host) {
        return host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9') || host.contains(":");
    }

    private void resolve(
            int loop,
            String host,
            int port,
            String source,
            int timeoutMs,
            boolean tls,
            LinkEvents events) {
        InetSocketAddress target = new InetSocketAddress(host, port);
        InetSocketAddress from = source.isEmpty() ? null : new InetSocketAddress(source, 0);
        try {
            onLoop(loop, () -> connect(loop, target, from, timeoutMs, tls, events));
        } catch (RejectedExecutionException ended) {
            // The loops are gone, and with them everybody who waits for this.
        }
    }

    private void connect(
            int loop,
            InetSocketAddress target,
            InetSocketAddress source,
            int timeoutMs,
            boolean tls,
            LinkEvents events) {
        if (target.isUnresolved()) {
            events.failed("Temporary failure in name resolution");
            return;
        }
        eventLoops.connect(
                loop,
                target,
                source,
                timeoutMs,
                tls ? encryption.client() : null,
                connection -> {
                    OutgoingLink link = new OutgoingLink(connection, encryption.peerName(), events);
                    // Only when the connection knows whom to give its bytes to.
                    onLoop(loop, () -> events.opened(link));
                    return link;
                },
                events::failed);
    }
}
