package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.engine.Session;
import io.ferrite.node.Node;
import io.ferrite.node.config.Choices.EndpointType;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.TlsOptions;

/** Where clients are told that a node is. */
final class Endpoints {

    private final Node node;

    Endpoints(Node node) {
        this.node = node;
    }

    /** As cluster-preferred-endpoint-type has it: "?" for a host name that is not known. */
    String preferred(ClusterNode of) {
        return switch (type()) {
            case IP -> of.endpoint().ip();
            case HOSTNAME -> of.hostName().isEmpty() ? "?" : of.hostName();
            case UNKNOWN_ENDPOINT -> "";
        };
    }

    EndpointType type() {
        return node.settings().get(ClusterOptions.CLUSTER_PREFERRED_ENDPOINT_TYPE);
    }

    /** The port for a client that came the way of this session. */
    int port(ClusterNode of, Session session) {
        return isTls(session) ? of.endpoint().tlsPort() : of.endpoint().port();
    }

    /** Whether a client came to the port for encrypted connections. */
    boolean isTls(Session session) {
        int tls = node.settings().getInt(TlsOptions.TLS_PORT);
        return tls != 0
                && (session.localAddress().endsWith(":" + tls)
                        || node.settings().getInt(NetworkOptions.PORT) == 0);
    }
}
