package io.ferrite.engine;

import io.ferrite.base.Glob;
import io.ferrite.memory.Slice;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;

/**
 * Channels, patterns and shard channels, and who listens. Thread-safe: subscriber lists are
 * immutable arrays that are replaced whole, so publishing never waits.
 */
public final class PubSub {

    private static final Session[] NOBODY = {};

    private final ConcurrentHashMap<ByteKey, Session[]> channels = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<ByteKey, Session[]> patterns = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<ByteKey, Session[]> shardChannels = new ConcurrentHashMap<>();

    PubSub() {}

    /** Adds a listener; false when it already listens. */
    public boolean subscribe(Session session, ByteKey channel) {
        return session.channels().add(channel) && add(channels, channel, session);
    }

    public boolean unsubscribe(Session session, ByteKey channel) {
        return session.channels().remove(channel) && remove(channels, channel, session);
    }

    public boolean subscribePattern(Session session, ByteKey pattern) {
        return session.patterns().add(pattern) && add(patterns, pattern, session);
    }

    public boolean unsubscribePattern(Session session, ByteKey pattern) {
        return session.patterns().remove(pattern) && remove(patterns, pattern, session);
    }

    public boolean subscribeShard(Session session, ByteKey channel) {
        return session.shardChannels().add(channel) && add(shardChannels, channel, session);
    }

    public boolean unsubscribeShard(Session session, ByteKey channel) {
        return session.shardChannels().remove(channel) && remove(shardChannels, channel, session);
    }

    /** Ends every subscription of a session that goes away. */
    public void forget(Session session) {
        session.channels().forEach(channel -> remove(channels, channel, session));
        session.patterns().forEach(pattern -> remove(patterns, pattern, session));
        session.shardChannels().forEach(channel -> remove(shardChannels, channel, session));
        session.channels().clear();
        session.patterns().clear();
        session.shardChannels().clear();
    }

    /**
     * Slots were lost: whoever listens to a shard channel of theirs does no more, and is told so,
     * on his own thread.
     */
    public void dropShardChannels(IntPredicate slots) {
        for (var entry : shardChannels.entrySet()) {
            ByteKey channel = entry.getKey();
            if (slots.test(slotOf(channel))) {
                for (Session session : entry.getValue()) {
                    session.outbox().run(() -> dropShardChannel(session, channel));
                }
            }
        }
    }

    private static int slotOf(ByteKey channel) {
        byte[] bytes = channel.bytes();
        try (Request copy = Request.of(bytes)) {
            return copy.arg(0).slot();
        }
    }

    private void dropShardChannel(Session session, ByteKey channel) {
        if (!unsubscribeShard(session, channel)) {
            return;
        }
        int left = session.shardChannels().size();
        if (session.subscriptions() + left == 0) {
            session.clear(Session.SUBSCRIBED);
        }
        try (NativeReplyWriter out = new NativeReplyWriter(64 + channel.bytes().length)) {
            out.setProtocol(session.protocol());
            out.push(3);
            out.bulk("sunsubscribe");
            out.bulk(channel.bytes());
            out.integer(left);
            session.outbox().push(out.toBytes());
        }
    }

    /** Hears of one subscription. */
    @FunctionalInterface
    public interface Visitor {
        void visit(Session session, byte[] channel, boolean pattern);
    }

    /** Shows every subscription there is, of any kind; such as come or go meanwhile or not. */
    public void forEachListener(Visitor visitor) {
        visit(channels, false, visitor);
        visit(patterns, true, visitor);
        visit(shardChannels, false, visitor);
    }

    private static void visit(
            ConcurrentHashMap<ByteKey, Session[]> map, boolean pattern, Visitor visitor) {
        map.forEach((channel, sessions) -> {
            for (Session session : sessions) {
                visitor.visit(session, channel.bytes(), pattern);
            }
        });
    }

    private static boolean add(
            ConcurrentHashMap<ByteKey, Session[]> map, ByteKey key, Session session) {
        HeapBudget.take(HeapBudget.of(key));
        map.compute(
                key,
                (unused, before) -> {
                    Session[] old = before == null ? NOBODY : before;
                    Session[] grown = Arrays.copyOf(old, old.length + 1);
                    grown[old.length] = session;
                    return grown;
                });
        return true;
    }

    private static boolean remove(
            ConcurrentHashMap<ByteKey, Session[]> map, ByteKey key, Session session) {
        HeapBudget.give(HeapBudget.of(key));
        map.computeIfPresent(
                key,
                (unused, before) -> {
                    List<Session> left = new ArrayList<>(Arrays.asList(before));
                    left.remove(session);
                    return left.isEmpty() ? null : left.toArray(NOBODY);
                });
        return true;
    }

    /** Delivers to the channel's listeners and to those of matching patterns; returns how many. */
    public int publish(byte[] channel, byte[] message) {
        int receivers = deliver(channels.get(new ByteKey(channel)), "message", channel, message);
        if (!patterns.isEmpty()) {
            for (var entry : patterns.entrySet()) {
                ByteKey pattern = entry.getKey();
                if (pattern.glob().matches(channel)) {
                    receivers +=
                            deliverPattern(entry.getValue(), pattern.bytes(), channel, message);
                }
            }
        }
        return receivers;
    }

    public int publishShard(byte[] channel, byte[] message) {
        return deliver(shardChannels.get(new ByteKey(channel)), "smessage", channel, message);
    }

    private static int deliver(Session[] listeners, String kind, byte[] channel, byte[] message) {
        if (listeners == null) {
            return 0;
        }
        byte[][] encoded = new byte[4][];
        for (Session listener : listeners) {
            int protocol = listener.protocol();
            if (encoded[protocol] == null) {
                encoded[protocol] = encode(protocol, kind, null, channel, message);
            }
            listener.outbox().push(encoded[protocol]);
        }
        return listeners.length;
    }

    private static int deliverPattern(
            Session[] listeners, byte[] pattern, byte[] channel, byte[] message) {
        byte[][] encoded = new byte[4][];
        for (Session listener : listeners) {
            int protocol = listener.protocol();
            if (encoded[protocol] == null) {
                encoded[protocol] = encode(protocol, "pmessage", pattern, channel, message);
            }
            listener.outbox().push(encoded[protocol]);
        }
        return listeners.length;
    }

    private static byte[] encode(
            int protocol, String kind, byte[] pattern, byte[] channel, byte[] message) {
        try (NativeReplyWriter out = new NativeReplyWriter(64 + channel.length + message.length)) {
            out.setProtocol(protocol);
            out.push(pattern == null ? 3 : 4);
            out.bulk(kind);
            if (pattern != null) {
                out.bulk(pattern);
            }
            out.bulk(channel);
            out.bulk(message);
            return out.toBytes();
        }
    }

    static byte[] join(String prefix, byte[] rest) {
        byte[] head = prefix.getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(head, head.length + rest.length);
        System.arraycopy(rest, 0, whole, head.length, rest.length);
        return whole;
    }

    public int listeners(byte[] channel) {
        return channels.getOrDefault(new ByteKey(channel), NOBODY).length;
    }

    public int shardListeners(byte[] channel) {
        return shardChannels.getOrDefault(new ByteKey(channel), NOBODY).length;
    }

    public List<ByteKey> activeChannels(Slice pattern) {
        return active(channels, pattern);
    }

    public List<ByteKey> activeShardChannels(Slice pattern) {
        return active(shardChannels, pattern);
    }

    private static List<ByteKey> active(ConcurrentHashMap<ByteKey, Session[]> map, Slice pattern) {
        Glob glob = pattern == null ? null : Glob.of(pattern.toBytes());
        List<ByteKey> found = new ArrayList<>();
        for (ByteKey channel : map.keySet()) {
            if (glob == null || glob.matches(channel.bytes())) {
                found.add(channel);
            }
        }
        return found;
    }

    public int channelCount() {
        return channels.size();
    }

    /** Distinct patterns with at least one listener. */
    public int patternCount() {
        return patterns.size();
    }

    public int shardChannelCount() {
        return shardChannels.size();
    }
}
