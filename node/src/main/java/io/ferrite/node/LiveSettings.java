package io.ferrite.node;

import io.ferrite.engine.Engine;
import io.ferrite.node.config.MemoryOptions;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.Option;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;

/**
 * Brings parameters into effect, at the start and with every CONFIG SET, where somebody keeps a
 * copy of them. What is read from {@link Settings} each time it is needed does not appear here.
 */
final class LiveSettings {

    private LiveSettings() {}

    static void apply(Node node) {
        Engine engine = node.engine();
        live(
                node,
                now ->
                        engine.setNotifyMask(
                                (int) now.getBits(ServerOptions.NOTIFY_KEYSPACE_EVENTS)),
                ServerOptions.NOTIFY_KEYSPACE_EVENTS);
        live(
                node,
                now -> engine.setStringMaxBytes(now.get(NetworkOptions.PROTO_MAX_BULK_LEN)),
                NetworkOptions.PROTO_MAX_BULK_LEN);
        live(
                node,
                now -> engine.setLazyExpire(now.get(MemoryOptions.LAZYFREE_LAZY_EXPIRE)),
                MemoryOptions.LAZYFREE_LAZY_EXPIRE);
        live(
                node,
                now -> engine.setLazyUserDelete(now.get(MemoryOptions.LAZYFREE_LAZY_USER_DEL)),
                MemoryOptions.LAZYFREE_LAZY_USER_DEL);
        live(
                node,
                now -> engine.setLazyServerDelete(now.get(MemoryOptions.LAZYFREE_LAZY_SERVER_DEL)),
                MemoryOptions.LAZYFREE_LAZY_SERVER_DEL);
        live(
                node,
                now ->
                        engine.tracking()
                                .setMostKeys(now.get(ServerOptions.TRACKING_TABLE_MAX_KEYS)),
                ServerOptions.TRACKING_TABLE_MAX_KEYS);
        live(
                node,
                now ->
                        node.setThresholds(
                                now.get(ServerOptions.SLOWLOG_LOG_SLOWER_THAN),
                                now.get(ServerOptions.LATENCY_MONITOR_THRESHOLD)),
                ServerOptions.SLOWLOG_LOG_SLOWER_THAN,
                ServerOptions.LATENCY_MONITOR_THRESHOLD);
        live(
                node,
                now ->
                        node.notable()
                                .setSizes(
                                        now.get(ServerOptions.COMMANDLOG_REQUEST_LARGER_THAN),
                                        now.get(ServerOptions.COMMANDLOG_REPLY_LARGER_THAN)),
                ServerOptions.COMMANDLOG_REQUEST_LARGER_THAN,
                ServerOptions.COMMANDLOG_REPLY_LARGER_THAN);
        // At once, as in Redis: who asks for the clients next sees those who are left.
        node.settings()
                .onChange(
                        now -> node.clientEviction().enforce(),
                        NetworkOptions.MAXMEMORY_CLIENTS,
                        MemoryOptions.MAXMEMORY);
    }

    private static void live(Node node, Settings.Listener listener, Option<?>... options) {
        listener.apply(node.settings());
        node.settings().onChange(listener, options);
    }
}
