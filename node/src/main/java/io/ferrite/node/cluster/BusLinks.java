package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.bus.BusMessage;
import io.ferrite.coordination.cluster.bus.BusReader;
import io.ferrite.coordination.cluster.bus.BusWriter;
import io.ferrite.memory.Memory;
import io.ferrite.node.Environment;
import io.ferrite.node.Link;
import io.ferrite.node.LinkEvents;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sockets of the bus by the numbers that the machine gave them. On the cluster's event loop,
 * but for {@link #pendingBytes} and {@link #count}.
 */
final class BusLinks {

    /** What the machine is told of links. */
    interface Listener {
        long accepted(String remoteIp, String localIp);

        void opened(long number, String remoteIp, String localIp);

        void closed(long number);

        void overflowed(long number, long bytes);

        void received(long number, BusReader.Outcome outcome);

        void note(String warning);
    }

    /** A message of somebody's PUBLISH may be as long as a value. */
    private static final long LONGEST = 600L << 20;

    private final Environment environment;
    private final int loop;
    private final Listener listener;
    private final Map<Long, Socket> sockets = new ConcurrentHashMap<>();
    private final boolean tls;
    private final BusReader reader;
    private final BusWriter writer;

    BusLinks(Environment environment, int loop, boolean tls, Listener listener) {
        this.environment = environment;
        this.loop = loop;
        this.tls = tls;
        this.listener = listener;
        this.reader = new BusReader(tls);
        this.writer = new BusWriter(tls);
    }

    /** Connections there are, made and accepted. */
    int count() {
        return sockets.size();
    }

    /** Bytes that wait to be sent, on all links. */
    long pendingBytes() {
        long bytes = 0;
        for (long number : sockets.keySet()) {
            bytes += pendingBytes(number);
        }
        return bytes;
    }

    /** Bytes that wait to be sent on a link; 0 for one that is gone. */
    long pendingBytes(long number) {
        Socket socket = sockets.get(number);
        Link link = socket == null ? null : socket.link;
        return link == null ? 0 : link.pendingBytes();
    }

    void connect(long number, String ip, int port, String source, int timeoutMs) {
        Socket socket = new Socket(number);
        sockets.put(number, socket);
        environment.connect(loop, ip, port, source, timeoutMs, tls, socket);
    }

    /** Somebody connected to this node. */
    LinkEvents accept(Link link) {
        long number = listener.accepted(host(link.remoteText()), host(link.localText()));
        Socket socket = new Socket(number);
        socket.link = link;
        sockets.put(number, socket);
        return socket;
    }

    void close(long number) {
        Socket socket = sockets.remove(number);
        if (socket != null) {
            socket.dropped = true;
            if (socket.link != null) {
                socket.link.close();
            }
        }
    }

    /**
     * Sends a message, unless the link is gone.
     *
     * @param limit bytes that may wait; 0 for any number
     */
    void send(long number, BusMessage message, long limit) {
        Socket socket = sockets.get(number);
        if (socket == null || socket.link == null) {
            return;
        }
        socket.link.send(writer.write(message));
        long pending = limit == 0 ? 0 : socket.link.pendingBytes();
        if (pending > limit) {
            listener.overflowed(number, pending);
        }
    }

    /** The address without its port, and without the brackets of version 6. */
    static String host(String text) {
        String host = text.substring(0, Math.max(0, text.lastIndexOf(':')));
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** One connection. */
    private final class Socket implements LinkEvents {
        private final long number;
        private volatile Link link;

        /** The machine does not want it any more, and hears no more of it. */
        private boolean dropped;

        Socket(long number) {
            this.number = number;
        }

        @Override
        public void opened(Link opened) {
            if (dropped) {
                opened.close();
                return;
            }
            link = opened;
            listener.opened(number, host(opened.remoteText()), host(opened.localText()));
        }

        @Override
        public void failed(String reason) {
            closed();
        }

        @Override
        public int received(long address, int length) {
            int done = 0;
            while (!dropped && length - done >= BusReader.PREFIX) {
                byte[] prefix = new byte[BusReader.PREFIX];
                Memory.copyOut(address + done, prefix, 0, prefix.length);
                long whole = BusReader.length(prefix);
                if (whole < 0 || whole > LONGEST) {
                    listener.note("Bad message length or signature received from the Cluster bus.");
                    link.close();
                    dropped = true;
                    gone();
                    break;
                }
                if (whole > length - done) {
                    return done;
                }
                byte[] message = new byte[(int) whole];
                Memory.copyOut(address + done, message, 0, message.length);
                done += message.length;
                listener.received(number, reader.read(message));
            }
            return dropped ? length : done;
        }

        @Override
        public void closed() {
            if (!dropped) {
                dropped = true;
                gone();
            }
        }

        private void gone() {
            sockets.remove(number);
            listener.closed(number);
        }
    }
}
