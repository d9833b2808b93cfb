package io.ferrite.coordination.cluster.bus;

import io.ferrite.coordination.cluster.SlotSet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes messages of bytes. Every length is compared with what is there before anything is taken
 * from it, and what says a name or an address must look like one: {@link Identifiers}.
 */
public final class BusReader {

    /** Bytes that tell how long a message is. */
    public static final int PREFIX = 8;

    /** What became of a message. */
    public sealed interface Outcome {}

    /** It is good. */
    public record Read(BusMessage message) implements Outcome {}

    /**
     * It is not; the connection may go on.
     *
     * @param type null when that is unknown as well
     */
    public record Refused(MessageType type, String reason) implements Outcome {}

    private final boolean tls;
    private final SlotMemory slotMemory = new SlotMemory();

    /**
     * @param tls whether the bus, and so the first port of each node, is one with TLS
     */
    public BusReader(boolean tls) {
        this.tls = tls;
    }

    /**
     * The length of a message from its first {@link #PREFIX} bytes; -1 when they don't begin one.
     */
    public static long length(byte[] prefix) {
        long total = number(prefix, Layout.TOTAL, 4);
        boolean signed = number(prefix, 0, 4) == Layout.SIGNATURE;
        return signed && total >= Layout.BODY ? total : -1;
    }

    /** Reads a message that is as long as its prefix said, and no shorter than a header. */
    public Outcome read(byte[] from) {
        int typeNumber = (int) number(from, Layout.TYPE, 2);
        MessageType type = MessageType.of(typeNumber);
        if (number(from, Layout.VERSION, 2) != Layout.VERSION_NUMBER) {
            return new Refused(type, "");
        }
        if (type == null) {
            return new Refused(null, "Received unknown packet type: " + typeNumber);
        }
        long expected = expected(from, type);
        if (expected < 0) {
            return new Refused(
                    type, "Received a " + type.text() + " packet with a malformed extension");
        }
        if (expected != from.length) {
            return new Refused(
                    type,
                    "Received invalid "
                            + type.text()
                            + " packet of length "
                            + from.length
                            + " but expected length "
                            + expected);
        }
        BusHeader header = header(from);
        if (header == null) {
            return new Refused(
                    type, "Received a " + type.text() + " packet whose sender is no node's id");
        }
        return body(from, type, header);
    }

    /** The length that the counts in a message add up to; -1 when they contradict each other. */
    private static long expected(byte[] from, MessageType type) {
        return switch (type) {
            case PING, PONG, MEET -> {
                long gossip = number(from, Layout.COUNT, 2) * Layout.ENTRY_BYTES;
                long at = Layout.BODY + gossip;
                yield (from[Layout.MARKS] & BusHeader.EXTENDED) == 0 || at > from.length
                        ? at
                        : endOfExtensions(from, (int) at);
            }
            case FAIL -> Layout.BODY + Identifiers.LENGTH;
            case PUBLISH, PUBLISHSHARD ->
                    from.length < Layout.BODY + Layout.PUBLISH_HEAD
                            ? Layout.BODY + Layout.PUBLISH_HEAD
                            : Layout.BODY
                                    + Layout.PUBLISH_HEAD
                                    + number(from, Layout.BODY, 4)
                                    + number(from, Layout.BODY + 4, 4);
            case AUTH_REQUEST, AUTH_ACK, MFSTART -> Layout.BODY;
            case UPDATE -> Layout.BODY + Layout.UPDATE_BYTES;
            case MODULE ->
                    from.length < Layout.BODY + Layout.MODULE_HEAD
                            ? Layout.BODY + Layout.MODULE_HEAD
                            : Layout.BODY + Layout.MODULE_HEAD + number(from, Layout.BODY + 8, 4);
        };
    }

    private static long endOfExtensions(byte[] from, int start) {
        int at = start;
        for (long left = number(from, Layout.EXTENSIONS, 2); left > 0; left--) {
            if (from.length - at < Layout.EXTENSION_HEAD) {
                return -1;
            }
            long length = number(from, at, 4);
            if (length < Layout.EXTENSION_HEAD || length % 8 != 0 || length > from.length - at) {
                return -1;
            }
            at += (int) length;
        }
        return at;
    }

    /** Null when the sender is nobody. */
    private BusHeader header(byte[] from) {
        String sender = text(from, Layout.SENDER, Identifiers.LENGTH);
        String master = text(from, Layout.MASTER, Identifiers.LENGTH);
        String ip = text(from, Layout.IP, Identifiers.ADDRESS_BYTES);
        boolean follows = !master.isEmpty();
        if (!Identifiers.isId(sender)
                || follows && !Identifiers.isId(master)
                || !ip.isEmpty() && !Identifiers.isAddress(ip)) {
            return null;
        }
        return new BusHeader(
                number(from, Layout.CURRENT_EPOCH, 8),
                number(from, Layout.CONFIG_EPOCH, 8),
                number(from, Layout.OFFSET, 8),
                sender,
                slotMemory.read(sender, from, Layout.SLOTS),
                follows ? master : null,
                endpoint(ip, from, Layout.PORT, Layout.SECOND_PORT, Layout.BUS_PORT),
                (int) number(from, Layout.FLAGS, 2),
                from[Layout.STATE] == 0,
                from[Layout.MARKS] & 0xFF & ~BusHeader.EXTENDED);
    }

    private Endpoint endpoint(String ip, byte[] from, int port, int second, int bus) {
        int one = (int) number(from, port, 2);
        int other = (int) number(from, second, 2);
        int busPort = (int) number(from, bus, 2);
        return tls ? new Endpoint(ip, other, one, busPort) : new Endpoint(ip, one, other, busPort);
    }

    private Outcome body(byte[] from, MessageType type, BusHeader header) {
        int at = Layout.BODY;
        return switch (type) {
            case PING, PONG, MEET -> new Read(gossip(from, type, header));
            case FAIL -> ifId(type, text(from, at, Identifiers.LENGTH), header);
            case PUBLISH, PUBLISHSHARD -> {
                int channel = (int) number(from, at, 4);
                int split = at + Layout.PUBLISH_HEAD + channel;
                yield new Read(
                        new BusMessage.Publish(
                                header,
                                type == MessageType.PUBLISHSHARD,
                                Arrays.copyOfRange(from, at + Layout.PUBLISH_HEAD, split),
                                Arrays.copyOfRange(from, split, from.length)));
            }
            case AUTH_REQUEST -> new Read(new BusMessage.AuthRequest(header));
            case AUTH_ACK -> new Read(new BusMessage.AuthAck(header));
            case MFSTART -> new Read(new BusMessage.MfStart(header));
            case UPDATE -> update(from, header);
            case MODULE ->
                    new Read(
                            new BusMessage.Module(
                                    header,
                                    number(from, at, 8),
                                    from[at + 12] & 0xFF,
                                    Arrays.copyOfRange(
                                            from, at + Layout.MODULE_HEAD, from.length)));
        };
    }

    private static Outcome ifId(MessageType type, String id, BusHeader header) {
        return Identifiers.isId(id)
                ? new Read(new BusMessage.Fail(header, id))
                : new Refused(type, "Received a fail packet about what is no node's id");
    }

    private static Outcome update(byte[] from, BusHeader header) {
        int at = Layout.BODY;
        String owner = text(from, at + 8, Identifiers.LENGTH);
        if (!Identifiers.isId(owner)) {
            return new Refused(
                    MessageType.UPDATE, "Received an update packet about what is no node's id");
        }
        SlotSet slots = SlotSet.read(from, at + 8 + Identifiers.LENGTH);
        return new Read(new BusMessage.Update(header, owner, number(from, at, 8), slots));
    }

    private BusMessage.Gossip gossip(byte[] from, MessageType type, BusHeader header) {
        int count = (int) number(from, Layout.COUNT, 2);
        List<GossipEntry> entries = new ArrayList<>(count);
        int at = Layout.BODY;
        for (int i = 0; i < count; i++) {
            GossipEntry entry = entry(from, at);
            if (entry != null) {
                entries.add(entry);
            }
            at += Layout.ENTRY_BYTES;
        }
        boolean extended = (from[Layout.MARKS] & BusHeader.EXTENDED) != 0;
        return new BusMessage.Gossip(
                type, header, entries, extended ? extensions(from, at) : Extensions.NONE);
    }

    /** Null for what is no node: the rest may be good. */
    private GossipEntry entry(byte[] from, int at) {
        String id = text(from, at, Identifiers.LENGTH);
        String ip = text(from, at + Layout.ENTRY_IP, Identifiers.ADDRESS_BYTES);
        if (!Identifiers.isId(id) || !ip.isEmpty() && !Identifiers.isAddress(ip)) {
            return null;
        }
        return new GossipEntry(
                id,
                number(from, at + Layout.ENTRY_PING, 4),
                number(from, at + Layout.ENTRY_PONG, 4),
                endpoint(
                        ip,
                        from,
                        at + Layout.ENTRY_PORT,
                        at + Layout.ENTRY_SECOND_PORT,
                        at + Layout.ENTRY_BUS_PORT),
                (int) number(from, at + Layout.ENTRY_FLAGS, 2));
    }

    private static Extensions extensions(byte[] from, int start) {
        String hostName = null;
        String nodeName = null;
        String shardId = null;
        List<Extensions.Forgotten> forgotten = new ArrayList<>();
        int unknown = -1;
        int at = start;
        for (long left = number(from, Layout.EXTENSIONS, 2); left > 0; left--) {
            int length = (int) number(from, at, 4);
            int type = (int) number(from, at + 4, 2);
            int data = at + Layout.EXTENSION_HEAD;
            int bytes = length - Layout.EXTENSION_HEAD;
            switch (type) {
                case Layout.HOST_NAME -> {
                    String said = text(from, data, bytes);
                    hostName = Identifiers.isHostName(said) ? said : hostName;
                }
                case Layout.NODE_NAME -> {
                    String said = text(from, data, bytes);
                    nodeName = Identifiers.isNodeName(said) ? said : nodeName;
                }
                case Layout.FORGOTTEN -> {
                    String id = bytes < Identifiers.LENGTH + 8 ? "" : text(from, data, 40);
                    if (Identifiers.isId(id)) {
                        long seconds = number(from, data + Identifiers.LENGTH, 8);
                        forgotten.add(new Extensions.Forgotten(id, seconds));
                    }
                }
                case Layout.SHARD_ID -> {
                    String said = bytes < Identifiers.LENGTH ? "" : text(from, data, 40);
                    shardId = Identifiers.isId(said) ? said : shardId;
                }
                default -> unknown = type;
            }
            at += length;
        }
        return new Extensions(hostName, nodeName, List.copyOf(forgotten), shardId, unknown);
    }

    private static long number(byte[] from, int at, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | from[at + i] & 0xFF;
        }
        return value;
    }

    /** Text up to its zero byte, in a field of so many bytes. */
    private static String text(byte[] from, int at, int bytes) {
        int length = 0;
        while (length < bytes && from[at + length] != 0) {
            length++;
        }
        return new String(from, at, length, StandardCharsets.ISO_8859_1);
    }
}
