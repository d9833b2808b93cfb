package io.ferrite.coordination.cluster.bus;

import java.nio.charset.StandardCharsets;

/** Makes bytes of messages. */
public final class BusWriter {

    private final boolean tls;

    /**
     * @param tls whether the bus, and so the first port of each node, is one with TLS
     */
    public BusWriter(boolean tls) {
        this.tls = tls;
    }

    /** The message's bytes, ready to be sent. */
    public byte[] write(BusMessage message) {
        byte[] bytes = new byte[length(message)];
        header(bytes, message.type(), message.header());
        switch (message) {
            case BusMessage.Gossip m -> gossip(bytes, m);
            case BusMessage.Fail m -> text(bytes, Layout.BODY, m.failed());
            case BusMessage.Publish m -> publish(bytes, m);
            case BusMessage.AuthRequest m -> {}
            case BusMessage.AuthAck m -> {}
            case BusMessage.Update m -> {
                number(bytes, Layout.BODY, 8, m.configEpoch());
                text(bytes, Layout.BODY + 8, m.owner());
                m.slots().write(bytes, Layout.BODY + 8 + Identifiers.LENGTH);
            }
            case BusMessage.MfStart m -> {}
            case BusMessage.Module m -> module(bytes, m);
        }
        return bytes;
    }

    private static int length(BusMessage message) {
        return Layout.BODY
                + switch (message) {
                    case BusMessage.Gossip m ->
                            m.entries().size() * Layout.ENTRY_BYTES + length(m.extensions());
                    case BusMessage.Fail m -> Identifiers.LENGTH;
                    case BusMessage.Publish m ->
                            Layout.PUBLISH_HEAD + m.channel().length + m.message().length;
                    case BusMessage.AuthRequest m -> 0;
                    case BusMessage.AuthAck m -> 0;
                    case BusMessage.Update m -> Layout.UPDATE_BYTES;
                    case BusMessage.MfStart m -> 0;
                    case BusMessage.Module m -> Layout.MODULE_HEAD + m.payload().length;
                };
    }

    private static int length(Extensions e) {
        int length = 0;
        length += e.hostName() == null ? 0 : extension(e.hostName().length() + 1);
        length += e.nodeName() == null ? 0 : extension(e.nodeName().length() + 1);
        length += e.forgotten().size() * extension(Identifiers.LENGTH + 8);
        length += e.shardId() == null ? 0 : extension(Identifiers.LENGTH);
        return length;
    }

    /** Bytes of an extension with so much data. */
    private static int extension(int data) {
        return Layout.EXTENSION_HEAD + (data + 7 & ~7);
    }

    private void header(byte[] to, MessageType type, BusHeader h) {
        number(to, 0, 4, Layout.SIGNATURE);
        number(to, Layout.TOTAL, 4, to.length);
        number(to, Layout.VERSION, 2, Layout.VERSION_NUMBER);
        number(to, Layout.TYPE, 2, type.ordinal());
        number(to, Layout.CURRENT_EPOCH, 8, h.currentEpoch());
        number(to, Layout.CONFIG_EPOCH, 8, h.configEpoch());
        number(to, Layout.OFFSET, 8, h.offset());
        text(to, Layout.SENDER, h.sender());
        h.slots().write(to, Layout.SLOTS);
        if (h.masterId() != null) {
            text(to, Layout.MASTER, h.masterId());
        }
        text(to, Layout.IP, h.endpoint().ip());
        ports(to, Layout.PORT, Layout.SECOND_PORT, Layout.BUS_PORT, h.endpoint());
        number(to, Layout.FLAGS, 2, h.flags());
        to[Layout.STATE] = (byte) (h.ok() ? 0 : 1);
        to[Layout.MARKS] = (byte) h.marks();
    }

    private void ports(byte[] to, int port, int second, int bus, Endpoint endpoint) {
        number(to, port, 2, tls ? endpoint.tlsPort() : endpoint.port());
        number(to, second, 2, tls ? endpoint.port() : endpoint.tlsPort());
        number(to, bus, 2, endpoint.busPort());
    }

    private void gossip(byte[] to, BusMessage.Gossip m) {
        number(to, Layout.COUNT, 2, m.entries().size());
        int at = Layout.BODY;
        for (GossipEntry entry : m.entries()) {
            text(to, at, entry.id());
            number(to, at + Layout.ENTRY_PING, 4, entry.pingSent());
            number(to, at + Layout.ENTRY_PONG, 4, entry.pongReceived());
            text(to, at + Layout.ENTRY_IP, entry.endpoint().ip());
            ports(
                    to,
                    at + Layout.ENTRY_PORT,
                    at + Layout.ENTRY_SECOND_PORT,
                    at + Layout.ENTRY_BUS_PORT,
                    entry.endpoint());
            number(to, at + Layout.ENTRY_FLAGS, 2, entry.flags());
            at += Layout.ENTRY_BYTES;
        }
        if (!m.extensions().isEmpty()) {
            to[Layout.MARKS] |= BusHeader.EXTENDED;
            number(to, Layout.EXTENSIONS, 2, extensions(to, at, m.extensions()));
        }
    }

    /** Answers how many were written. */
    private static int extensions(byte[] to, int from, Extensions e) {
        int at = from;
        int count = 0;
        if (e.hostName() != null) {
            at = extension(to, at, Layout.HOST_NAME, e.hostName(), e.hostName().length() + 1);
            count++;
        }
        if (e.nodeName() != null) {
            at = extension(to, at, Layout.NODE_NAME, e.nodeName(), e.nodeName().length() + 1);
            count++;
        }
        for (Extensions.Forgotten f : e.forgotten()) {
            int data = at + Layout.EXTENSION_HEAD;
            at = extension(to, at, Layout.FORGOTTEN, f.id(), Identifiers.LENGTH + 8);
            number(to, data + Identifiers.LENGTH, 8, f.seconds());
            count++;
        }
        if (e.shardId() != null) {
            extension(to, at, Layout.SHARD_ID, e.shardId(), Identifiers.LENGTH);
            count++;
        }
        return count;
    }

    private static int extension(byte[] to, int at, int type, String text, int data) {
        int length = extension(data);
        number(to, at, 4, length);
        number(to, at + 4, 2, type);
        text(to, at + Layout.EXTENSION_HEAD, text);
        return at + length;
    }

    private static void publish(byte[] to, BusMessage.Publish m) {
        number(to, Layout.BODY, 4, m.channel().length);
        number(to, Layout.BODY + 4, 4, m.message().length);
        int at = Layout.BODY + Layout.PUBLISH_HEAD;
        System.arraycopy(m.channel(), 0, to, at, m.channel().length);
        System.arraycopy(m.message(), 0, to, at + m.channel().length, m.message().length);
    }

    private static void module(byte[] to, BusMessage.Module m) {
        number(to, Layout.BODY, 8, m.module());
        number(to, Layout.BODY + 8, 4, m.payload().length);
        to[Layout.BODY + 12] = (byte) m.kind();
        System.arraycopy(m.payload(), 0, to, Layout.BODY + Layout.MODULE_HEAD, m.payload().length);
    }

    private static void number(byte[] to, int at, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            to[at + i] = (byte) (value >>> 8 * (bytes - 1 - i));
        }
    }

    private static void text(byte[] to, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, to, at, bytes.length);
    }

    /** Bytes of a message that carries nothing but what every message does. */
    public static int headerBytes() {
        return Layout.BODY;
    }
}
