package io.ferrite.net;

import io.ferrite.memory.Memory;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * One stream connection on one event loop: what comes in goes to its {@link ConnectionHandler},
 * what goes out is written into native memory in place.
 *
 * <p>Output: {@link #reserve} gives a place to write at, {@link #commit} says how far was written,
 * {@link #flush} sends. All methods are for the event loop's thread unless they say otherwise.
 */
public final class Connection extends ChannelInboundHandlerAdapter {

    /** A leftover larger than this that no one consumes stops the reading until someone does. */
    private static final int UNREAD_MAX = 1 << 20;

    /** Room for bytes that were announced is taken up to this, or up to as many as have come. */
    private static final long BELIEVED_BYTES = 1 << 20;

    private final EventLoops loops;
    private final Acceptor acceptor;
    private final int loop;
    private ChannelHandlerContext context;
    private ConnectionHandler handler;

    /** Bytes that were read and not consumed; null when there are none. */
    private ByteBuf pending;

    /** From the beginning of the connection on; empty when it has ended. */
    private ConnectionOutput output;

    private boolean paused;

    /** Output waits until somebody says that it may leave; nothing is presented until then. */
    private boolean held;

    private boolean closeWhenReleased;

    /** The handler is looking at bytes. */
    private boolean presenting;

    Connection(EventLoops loops, Acceptor acceptor, int loop) {
        this.loops = loops;
        this.acceptor = acceptor;
        this.loop = loop;
    }

    /** The index of this connection's event loop. */
    public int loop() {
        return loop;
    }

    // --- events ----------------------------------------------------------------------------------

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        output = new ConnectionOutput(ctx, loops.spareChunk(loop));
        loops.opened(this);
        handler = acceptor.accepted(this);
        if (handler == null) {
            ctx.close();
            return;
        }
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (handler == null) {
            in.release();
            return;
        }
        if (pending == null) {
            pending = in.hasMemoryAddress() ? in : toDirect(in);
        } else {
            append(in);
        }
        if (!paused && !held) {
            present();
        }
    }

    /** What the JDK's TLS engine decrypts lies on the heap. */
    private ByteBuf toDirect(ByteBuf in) {
        ByteBuf direct = context.alloc().directBuffer(in.readableBytes());
        direct.writeBytes(in);
        in.release();
        return direct;
    }

    private void append(ByteBuf in) {
        int more = in.readableBytes();
        if (pending.writableBytes() < more) {
            long believed = Math.max(BELIEVED_BYTES, pending.readableBytes());
            long wanted = Math.max(more, Math.min(handler.wanted(), believed));
            ByteBuf larger =
                    context.alloc().directBuffer(roomFor(pending.readableBytes(), more, wanted));
            larger.writeBytes(pending);
            pending.release();
            pending = larger;
        }
        pending.writeBytes(in);
        in.release();
    }

    /** Doubles, so that a request that trickles in is copied a bounded number of times. */
    private static int roomFor(int unread, int more, long wanted) {
        long room = Math.max((long) unread + more, unread + wanted);
        long doubled = Math.max(room, 2L * unread);
        return (int) Math.min(Math.min(doubled, room + (64L << 20)), Integer.MAX_VALUE - 64);
    }

    private void present() {
        ByteBuf in = pending;
        long address = in.memoryAddress() + in.readerIndex();
        int readable = in.readableBytes();
        presenting = true;
        int consumed = handler.received(address, 0, readable);
        presenting = false;
        if (pending != in) {
            return; // closed meanwhile
        }
        if (consumed == readable) {
            pending = null;
            in.release();
            return;
        }
        in.skipBytes(consumed);
        if (in.readableBytes() < in.capacity() >> 2) {
            // A few bytes must not hold a whole read buffer.
            ByteBuf small = context.alloc().directBuffer(Math.max(256, 2 * in.readableBytes()));
            small.writeBytes(in);
            in.release();
            pending = small;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (handler != null) {
            handler.readComplete();
            flush();
        }
        readMore();
    }

    /** Reads what has come, while the event loop is occupied; see {@link ServingLoop}. */
    void look() {
        boolean full = (paused || held) && unread() >= UNREAD_MAX;
        if (handler == null || presenting || full || !handler.isServedMeanwhile()) {
            return;
        }
        IoTransport.look(context.channel());
    }

    private void readMore() {
        if (!paused && !held || pending == null || pending.readableBytes() < UNREAD_MAX) {
            context.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (handler != null && ctx.channel().isWritable()) {
            handler.writable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (!handshake.isSuccess()) {
                loops.notEncrypted(this, String.valueOf(handshake.cause().getMessage()));
                ctx.close();
            } else if (handler != null) {
                handler.encrypted(peerCertificate(ctx));
            }
        }
    }

    private static X509Certificate peerCertificate(ChannelHandlerContext ctx) {
        try {
            SSLSession session = ctx.pipeline().get(SslHandler.class).engine().getSession();
            return (X509Certificate) session.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException none) {
            return null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException && cause.getCause() instanceof SSLException) {
            ctx.close(); // what the peer sent is not encrypted as agreed
            return;
        }
        if (cause instanceof Error || cause instanceof RuntimeException) {
            loops.failed(this, cause);
        }
        ctx.close(); // an I/O error is the peer's or the network's: this connection ends,
        // nothing else
    }

    private void release() {
        loops.closed(this);
        ConnectionHandler gone = handler;
        handler = null;
        if (pending != null) {
            pending.release();
            pending = null;
        }
        if (output != null) {
            output.release();
        }
        if (gone != null) {
            gone.closed();
        }
    }

    // --- input control ---------------------------------------------------------------------------

    /** Replaces who gets the bytes, for a connection that changes its protocol. */
    public void setHandler(ConnectionHandler handler) {
        this.handler = handler;
    }

    /** Presents no more bytes until {@link #resume}; reading goes on into a bounded buffer. */
    public void pause() {
        paused = true;
    }

    /** Presents what has been held back and goes on reading. */
    public void resume() {
        if (!paused) {
            return;
        }
        paused = false;
        if (!held) {
            goOn();
        }
    }

    private void goOn() {
        if (handler == null) {
            return;
        }
        if (pending != null) {
            present();
        }
        if (handler != null) {
            handler.readComplete();
            flush();
            readMore();
        }
    }

    /**
     * Sends nothing of what is written from now on, and of what was written and not flushed, until
     * {@link #letGo}; presents no more bytes either.
     */
    public void hold() {
        held = true;
    }

    public boolean isHeld() {
        return held;
    }

    /** Sends what was held back, and goes on. */
    public void letGo() {
        if (!held) {
            return;
        }
        held = false;
        if (closeWhenReleased) {
            closeAfterFlush();
            return;
        }
        flush();
        // With nothing pending the read has ended already, and the next one has been asked for.
        if (!paused && pending != null) {
            goOn();
        }
    }

    /**
     * Forgets what was written since the last flush.
     *
     * @return false if a part of it cannot be taken back any more
     */
    public boolean discardUnflushed() {
        return output.discardUnflushed();
    }

    /** Bytes read that nobody has consumed yet. */
    public int unread() {
        return pending == null ? 0 : pending.readableBytes();
    }

    public int unreadCapacity() {
        return pending == null ? 0 : pending.capacity();
    }

    /** Room of the chunk that is being written to. Any thread. */
    public int outputCapacity() {
        return output.capacity();
    }

    // --- output ----------------------------------------------------------------------------------

    /**
     * An address with room for at least {@code bytes}; {@link #limit} says how much there is. What
     * was written before must have been committed.
     */
    public long reserve(int bytes) {
        return output.reserve(bytes);
    }

    /**
     * As {@link #reserve}, when the bytes in {@code [from, at)} of the current chunk are written
     * but must stay in one piece with what follows: everything before {@code from} is committed,
     * the rest moves.
     *
     * @return where {@code from} is now; the room begins {@code at - from} bytes behind it
     */
    public long reserveBehind(long from, long at, int bytes) {
        return output.reserveBehind(from, at, bytes);
    }

    /** The end of the room that {@link #reserve} gave. */
    public long limit() {
        return output.limit();
    }

    /** Everything before {@code address} in the current chunk is output. */
    public void commit(long address) {
        output.commit(address);
    }

    /** Sends what has been committed. */
    public void flush() {
        if (held) {
            return;
        }
        output.flush();
    }

    /** Sends a message as it is. Event loop only; see {@link #execute} for others. */
    public void send(byte[] message) {
        if (handler == null) {
            return;
        }
        long at = reserve(message.length);
        Memory.copyIn(message, 0, at, message.length);
        commit(at + message.length);
    }

    /** Bytes given to the transport that the kernel has not taken. Any thread. */
    public long pendingOutput() {
        Channel channel = context.channel();
        var buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /**
     * Bytes written that the kernel has not taken, those not flushed among them. Event loop only.
     */
    public long unsent() {
        return pendingOutput() + output.unpushed();
    }

    public boolean isWritable() {
        return context.channel().isWritable();
    }

    /** Whether small packets leave at once. Means nothing for a socket that is a file. */
    public void noDelay(boolean on) {
        if (!isUnix()) {
            context.channel().config().setOption(ChannelOption.TCP_NODELAY, on);
        }
    }

    /** Bytes sent since the connection was opened. */
    public long outputBytes() {
        return output.bytes();
    }

    /** Probes a silent peer after so many seconds; 0 never does. */
    public void keepAlive(int seconds) {
        ChannelConfig config = context.channel().config();
        config.setOption(ChannelOption.SO_KEEPALIVE, seconds > 0);
        if (seconds > 0) {
            loops.transport().keepAlive(config, seconds);
        }
    }

    // --- life ------------------------------------------------------------------------------------

    /** Runs on this connection's event loop. Any thread. */
    public void execute(Runnable action) {
        loops.execute(loop, action);
    }

    public boolean inEventLoop() {
        return context.executor().inEventLoop();
    }

    public boolean isOpen() {
        return handler != null && context.channel().isOpen();
    }

    /** Ends the connection without waiting for what is still to be sent. Any thread. */
    public void close() {
        context.close();
    }

    /** Ends the connection once everything written so far has been sent. */
    public void closeAfterFlush() {
        if (held) {
            closeWhenReleased = true;
            return;
        }
        output.push();
        output.flushedElsewhere();
        ChannelFuture done = context.writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER);
        done.addListener(ChannelFutureListener.CLOSE);
    }

    public boolean isUnix() {
        return context.channel().localAddress() instanceof DomainSocketAddress
                || context.channel().localAddress() instanceof java.net.UnixDomainSocketAddress;
    }

    /** Remote address as Redis prints it: {@code ip:port}, or {@code path:0} for a Unix socket. */
    public String remoteText() {
        return text(context.channel().remoteAddress(), context.channel().localAddress());
    }

    public String localText() {
        return text(context.channel().localAddress(), context.channel().localAddress());
    }

    public boolean isLoopback() {
        return isUnix()
                || context.channel().remoteAddress() instanceof InetSocketAddress inet
                        && inet.getAddress().isLoopbackAddress();
    }

    private static String text(SocketAddress address, SocketAddress local) {
        if (address instanceof InetSocketAddress inet) {
            String host = inet.getAddress().getHostAddress();
            if (host.indexOf(':') >= 0) {
                host = "[" + host + "]";
            }
            return host + ":" + inet.getPort();
        }
        return (local == null ? "" : local.toString()) + ":0";
    }

    /** The file descriptor, or -1 where the transport has none. */
    public int descriptor() {
        return context.channel() instanceof UnixChannel unix ? unix.fd().intValue() : -1;
    }
}
