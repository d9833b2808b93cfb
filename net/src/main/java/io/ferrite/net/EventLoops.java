package io.ferrite.net;

import io.ferrite.net.tls.TlsContext;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The process's event loops and everything that lives on them: listeners, accepted and outgoing
 * connections, timers. Thread-safe.
 */
public final class EventLoops implements AutoCloseable {

    /** Told about connections; methods run on the connection's event loop. */
    public interface Observer {
        void opened(Connection connection);

        void closed(Connection connection);

        /** A handler threw: a defect of ours, not the peer's. */
        void failed(Connection connection, Throwable cause);

        /** An encrypted connection did not come about; it is about to close. */
        default void notEncrypted(Connection connection, String reason) {}
    }

    /** Socket settings for new connections. */
    public record SocketSettings(int backlog, boolean noDelay) {}

    static {
        // Every 128th buffer would be watched, which costs more than a command; what it would say
        // is for who looks for a leak and sets io.netty.leakDetection.level.
        if (System.getProperty("io.netty.leakDetection.level") == null) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
    }

    private final IoTransport transport;
    private final MultiThreadIoEventLoopGroup group;
    private final EventLoopGroup unixGroup;

    /** The loop that serves no clients, or null. */
    private final MultiThreadIoEventLoopGroup apartGroup;

    /**
     * Listeners have a thread of their own, which never waits for anything: an event loop that
     * executes a command may wait until it has bound or closed one.
     */
    private final EventLoopGroup acceptGroup;

    private final ServingLoop[] loops;
    private final SpareChunk[] spareChunks;
    private final int count;
    private final Map<EventLoop, Integer> index = new IdentityHashMap<>();
    private final SharedReadBuffers readBuffers = new SharedReadBuffers();
    private final Observer observer;

    public EventLoops(int threads, IoTransport transport, Observer observer) {
        this(threads, false, transport, observer);
    }

    /**
     * @param apart whether there is one more loop, which serves no clients
     */
    public EventLoops(int threads, boolean apart, IoTransport transport, Observer observer) {
        this.transport = transport;
        this.observer = observer;
        this.group = new ServingGroup(threads, new DefaultThreadFactory("io"), transport.factory());
        this.acceptGroup =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("accept"), transport.factory());
        // io_uring has no Unix sockets here: those few connections share one more loop of another
        // kind.
        this.unixGroup =
                transport.unixServerChannel() != null
                        ? group
                        : new ServingGroup(
                                1, new DefaultThreadFactory("io-unix"), unixTransport().factory());
        List<ServingLoop> all = new ArrayList<>();
        group.forEach(executor -> all.add((ServingLoop) executor));
        if (unixGroup != group) {
            unixGroup.forEach(executor -> all.add((ServingLoop) executor));
        }
        count = all.size();
        apartGroup =
                apart
                        ? new ServingGroup(
                                1, new DefaultThreadFactory("io-apart"), transport.factory())
                        : null;
        if (apart) {
            apartGroup.forEach(executor -> all.add((ServingLoop) executor));
        }
        loops = all.toArray(ServingLoop[]::new);
        spareChunks = new SpareChunk[loops.length];
        for (int i = 0; i < loops.length; i++) {
            index.put(loops[i], i);
            spareChunks[i] = new SpareChunk();
        }
    }

    private IoTransport unixTransport() {
        return transport.unixServerChannel() != null ? transport : IoTransport.choose("epoll");
    }

    /** Number of event loops that serve clients; their indexes run from 0. */
    public int count() {
        return count;
    }

    /**
     * The index of the loop that serves no clients; the first of the others where there is none.
     */
    public int apart() {
        return apartGroup == null ? 0 : count;
    }

    SpareChunk spareChunk(int loop) {
        return spareChunks[loop];
    }

    public IoTransport transport() {
        return transport;
    }

    void opened(Connection connection) {
        loops[connection.loop()].opened(connection);
        observer.opened(connection);
    }

    void closed(Connection connection) {
        loops[connection.loop()].closed(connection);
        observer.closed(connection);
    }

    void failed(Connection connection, Throwable cause) {
        observer.failed(connection, cause);
    }

    void notEncrypted(Connection connection, String reason) {
        observer.notEncrypted(connection, reason);
    }

    // --- listening -------------------------------------------------------------------------------

    /**
     * A place where connections are accepted, from {@link #accept} on: until then whoever connects
     * is kept waiting by the system. Closing it leaves those accepted alone.
     */
    public static final class Listener implements AutoCloseable {
        private final Channel channel;

        Listener(Channel channel) {
            this.channel = channel;
        }

        /** The port bound, when it is a TCP port. */
        public int port() {
            return ((InetSocketAddress) channel.localAddress()).getPort();
        }

        /** Takes in whoever waits at the door, and everybody who comes. */
        public void accept() {
            channel.config().setAutoRead(true);
        }

        @Override
        public void close() {
            channel.close().syncUninterruptibly();
        }
    }

    /**
     * Listens on a TCP address.
     *
     * @throws IOException with the reason, if the address cannot be had
     */
    public Listener listen(InetSocketAddress address, SocketSettings settings, Acceptor acceptor)
            throws IOException {
        return listen(address, settings, null, acceptor, group);
    }

    /**
     * As {@link #listen}; the connections live on the loop {@link #apart}.
     *
     * @param tls gives what each new connection is encrypted with; null for plain connections
     */
    public Listener listenApart(
            InetSocketAddress address,
            SocketSettings settings,
            Supplier<TlsContext> tls,
            Acceptor acceptor)
            throws IOException {
        return listen(address, settings, tls, acceptor, apartGroup == null ? group : apartGroup);
    }

    /**
     * Listens on a TCP address for encrypted connections.
     *
     * @param tls gives what each new connection is encrypted with; null for plain connections
     * @throws IOException with the reason, if the address cannot be had
     */
    public Listener listen(
            InetSocketAddress address,
            SocketSettings settings,
            Supplier<TlsContext> tls,
            Acceptor acceptor)
            throws IOException {
        return listen(address, settings, tls, acceptor, group);
    }

    private Listener listen(
            InetSocketAddress address,
            SocketSettings settings,
            Supplier<TlsContext> tls,
            Acceptor acceptor,
            EventLoopGroup children)
            throws IOException {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(acceptGroup, children)
                        .channel(transport.serverChannel())
                        .option(ChannelOption.SO_BACKLOG, settings.backlog())
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, settings.noDelay());
        return bind(bootstrap, address, tls, acceptor);
    }

    /** Listens on a Unix socket; an existing file of that name must be out of the way. */
    public Listener listenUnix(String path, int backlog, Acceptor acceptor) throws IOException {
        IoTransport unix = unixTransport();
        SocketAddress address =
                unix == IoTransport.NIO
                        ? UnixDomainSocketAddress.of(path)
                        : new DomainSocketAddress(path);
        return bind(
                new ServerBootstrap()
                        .group(unix == transport ? acceptGroup : unixGroup, unixGroup)
                        .channel(unix.unixServerChannel())
                        .option(ChannelOption.SO_BACKLOG, backlog),
                address,
                null,
                acceptor);
    }

    private Listener bind(
            ServerBootstrap bootstrap,
            SocketAddress address,
            Supplier<TlsContext> tls,
            Acceptor acceptor)
            throws IOException {
        bootstrap
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.AUTO_READ, false)
                // Measured against the adaptive one: less time for the short-lived chunks made
                // here.
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(256 << 10, 1 << 20))
                .childHandler(initializer(tls, acceptor));
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        return new Listener(bound.channel());
    }

    private ChannelInitializer<Channel> initializer(Supplier<TlsContext> tls, Acceptor acceptor) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (IoTransport.readsWhenAsked(channel)) {
                    channel.config().setRecvByteBufAllocator(readBuffers);
                }
                if (tls != null) {
                    channel.pipeline().addLast(tls.get().newHandler(channel.alloc()));
                }
                channel.pipeline()
                        .addLast(
                                new Connection(
                                        EventLoops.this, acceptor, index.get(channel.eventLoop())));
            }
        };
    }

    // --- outgoing --------------------------------------------------------------------------------

    /**
     * Connects to a TCP address.
     *
     * @param loop the event loop that the connection lives on
     * @param tls what the connection is encrypted with; null for a plain one
     * @param onFailure told on that event loop, with the reason, when there is no connection in
     *     time
     */
    public void connect(
            int loop,
            InetSocketAddress address,
            InetSocketAddress source,
            int timeoutMs,
            TlsContext tls,
            Acceptor onConnected,
            Consumer<String> onFailure) {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(loops[loop])
                        .channel(transport.channel())
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMs)
                        .option(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(256 << 10, 1 << 20))
                        .handler(initializer(tls == null ? null : () -> tls, onConnected));
        var connecting =
                source == null ? bootstrap.connect(address) : bootstrap.connect(address, source);
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                onFailure.accept(String.valueOf(done.cause().getMessage()));
            }
        });
    }

    // --- timers and tasks ------------------------------------------------------------------------

    /** Runs an action on a loop after a delay. */
    public ScheduledFuture<?> schedule(int loop, long delayMs, Runnable action) {
        ServingLoop on = loops[loop];
        return on.schedule(() -> on.perform(action), delayMs, TimeUnit.MILLISECONDS);
    }

    /** Runs an action on a loop as soon as it is free. */
    public void execute(int loop, Runnable action) {
        ServingLoop on = loops[loop];
        on.execute(() -> on.perform(action));
    }

    public boolean inLoop(int loop) {
        return loops[loop].inEventLoop();
    }

    /**
     * To be called now and then, on the loop's thread, by what occupies it for long: connections
     * are read meanwhile if their handlers allow it, and new ones taken in. Actions handed to the
     * loop wait.
     */
    public void serveMeanwhile(int loop) {
        loops[loop].serveMeanwhile();
    }

    /** A group of {@link ServingLoop}s. */
    private static final class ServingGroup extends MultiThreadIoEventLoopGroup {

        ServingGroup(int threads, DefaultThreadFactory factory, IoHandlerFactory transport) {
            super(threads, factory, transport);
        }

        @Override
        protected IoEventLoop newChild(
                Executor executor, IoHandlerFactory transport, Object... unused) {
            return new ServingLoop(this, executor, transport);
        }
    }

    @Override
    public void close() {
        acceptGroup.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        if (apartGroup != null) {
            apartGroup.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        }
        if (unixGroup != group) {
            unixGroup.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        }
    }
}
