package io.ferrite.server;

import io.ferrite.coordination.sentinel.SentinelState;
import io.ferrite.node.Node;
import io.ferrite.node.NodeKind;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.sentinel.SentinelKind;
import io.ferrite.node.sentinel.SentinelService;

/** What makes a server process a Sentinel. Used by the main thread. */
final class SentinelPart {

    private final StartUp start;
    private final SentinelState state;
    private final NodeKind kind = new SentinelKind(this::service);
    private volatile SentinelService service;

    SentinelPart(StartUp start, SentinelState state) {
        this.start = start;
        this.state = state;
    }

    NodeKind kind() {
        return kind;
    }

    private SentinelService service() {
        return service;
    }

    /** Makes the service: before the first client. */
    void assemble(Node node) {
        String directory = start.settings().get(ServerOptions.DIR);
        SystemSentinelWorld world =
                new SystemSentinelWorld(
                        action -> node.environment().onLoop(0, action),
                        () -> start.settings().get(ServerOptions.DIR));
        service =
                new SentinelService(
                        node, world, start.sentinel().file(start.config(), directory), state);
    }

    /** The node runs: begins to watch. */
    void begin(Node node) {
        node.environment().onLoop(0, service::start);
    }
}
