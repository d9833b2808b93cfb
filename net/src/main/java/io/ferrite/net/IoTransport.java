package io.ferrite.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoEvent;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.nio.NioIoOps;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.handler.ssl.SslHandler;
import jdk.net.ExtendedSocketOptions;

/**
 * The kernel interface that event loops use. {@link #choose} decides once at start; the name goes
 * to the log.
 */
public enum IoTransport {
    EPOLL(
            "epoll",
            EpollServerSocketChannel.class,
            EpollSocketChannel.class,
            EpollServerDomainSocketChannel.class) {
        @Override
        IoHandlerFactory factory() {
            return EpollIoHandler.newFactory();
        }

        @Override
        boolean available() {
            return Epoll.isAvailable();
        }

        @Override
        void keepAlive(ChannelConfig config, int seconds) {
            config.setOption(EpollChannelOption.TCP_KEEPIDLE, seconds);
            config.setOption(EpollChannelOption.TCP_KEEPINTVL, Math.max(1, seconds / 3));
            config.setOption(EpollChannelOption.TCP_KEEPCNT, PROBES);
        }
    },
    /** Has no listening Unix sockets of its own here; those need another transport. */
    IO_URING("io_uring", IoUringServerSocketChannel.class, IoUringSocketChannel.class, null) {
        @Override
        IoHandlerFactory factory() {
            return IoUringIoHandler.newFactory();
        }

        @Override
        boolean available() {
            return IoUring.isAvailable();
        }

        @Override
        void keepAlive(ChannelConfig config, int seconds) {
            config.setOption(IoUringChannelOption.TCP_KEEPIDLE, seconds);
            config.setOption(IoUringChannelOption.TCP_KEEPINTVL, Math.max(1, seconds / 3));
            config.setOption(IoUringChannelOption.TCP_KEEPCNT, PROBES);
        }
    },
    NIO(
            "nio",
            NioServerSocketChannel.class,
            NioSocketChannel.class,
            NioServerDomainSocketChannel.class) {
        @Override
        IoHandlerFactory factory() {
            return NioIoHandler.newFactory();
        }

        @Override
        boolean available() {
            return true;
        }

        @Override
        void keepAlive(ChannelConfig config, int seconds) {
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), seconds);
            config.setOption(
                    NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                    Math.max(1, seconds / 3));
            config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES);
        }
    };

    static {
        // Netty would bound its buffers by the size of the Java heap, which says nothing here: one
        // request
        // or reply may be larger than that. Clients are bounded by limits of their own.
        if (System.getProperty("io.netty.maxDirectMemory") == null) {
            System.setProperty("io.netty.maxDirectMemory", Long.toString(1L << 46));
        }
    }

    /** So many probes without an answer end a connection. */
    private static final int PROBES = 3;

    private final String text;
    private final Class<? extends ServerChannel> serverChannel;
    private final Class<? extends Channel> channel;
    private final Class<? extends ServerChannel> unixServerChannel;

    IoTransport(
            String text,
            Class<? extends ServerChannel> serverChannel,
            Class<? extends Channel> channel,
            Class<? extends ServerChannel> unixServerChannel) {
        this.text = text;
        this.serverChannel = serverChannel;
        this.channel = channel;
        this.unixServerChannel = unixServerChannel;
    }

    abstract IoHandlerFactory factory();

    /**
     * Reads from a channel as if it had been announced that there is something, on its event loop.
     * With io_uring the kernel reads by itself, and nothing can be done before the loop goes on.
     */
    static void look(Channel channel) {
        if (channel.unsafe() instanceof EpollIoHandle handle) {
            EpollIoEvent readable = () -> EpollIoOps.EPOLLIN;
            handle.handle(null, readable);
        } else if (channel.unsafe() instanceof NioIoHandle handle) {
            NioIoEvent readable = () -> NioIoOps.READ;
            handle.handle(null, readable);
        }
    }

    /**
     * What bytes of a channel can be given to the kernel with, past the pipeline, or null: there is
     * nothing of the kind for TLS, nor where the kernel is asked by other means.
     */
    static Socket socketOf(Channel channel) {
        boolean plain = channel.pipeline().get(SslHandler.class) == null;
        return plain
                        && channel.unsafe() instanceof EpollIoHandle
                        && channel instanceof UnixChannel unix
                        && unix.fd() instanceof Socket socket
                ? socket
                : null;
    }

    /** Whether a channel's bytes are read by its event loop, not by the kernel on its own. */
    static boolean readsWhenAsked(Channel channel) {
        return channel.unsafe() instanceof EpollIoHandle || channel.unsafe() instanceof NioIoHandle;
    }

    abstract boolean available();

    /** Sets how long a peer may be silent before it is probed, three times as often then. */
    abstract void keepAlive(ChannelConfig config, int seconds);

    /** The name as {@code io-transport} takes it. */
    public String text() {
        return text;
    }

    Class<? extends ServerChannel> serverChannel() {
        return serverChannel;
    }

    Class<? extends Channel> channel() {
        return channel;
    }

    /** Null when this transport cannot listen on a Unix socket. */
    Class<? extends ServerChannel> unixServerChannel() {
        return unixServerChannel;
    }

    /**
     * The transport for a wish: {@code auto}, {@code epoll}, {@code io_uring} or {@code nio}. One
     * that the machine cannot do is replaced by the next best; compare {@link #text} to find out.
     *
     * <p>{@code auto} takes epoll: containers often forbid io_uring, and it was not faster for
     * small requests when measured (BENCHMARKS.md).
     */
    public static IoTransport choose(String wish) {
        IoTransport wanted =
                switch (wish) {
                    case "io_uring" -> IO_URING;
                    case "nio" -> NIO;
                    default -> EPOLL;
                };
        if (wanted.available()) {
            return wanted;
        }
        return wanted == IO_URING && EPOLL.available() ? EPOLL : NIO;
    }
}
