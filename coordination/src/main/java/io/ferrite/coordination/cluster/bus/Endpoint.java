package io.ferrite.coordination.cluster.bus;

/**
 * Where a node can be reached.
 *
 * @param ip empty when it is not known
 * @param port of clients, without TLS; 0 for none
 * @param tlsPort of clients with TLS; 0 for none
 * @param busPort of other nodes
 */
public record Endpoint(String ip, int port, int tlsPort, int busPort) {

    /** Nowhere. */
    public static final Endpoint NONE = new Endpoint("", 0, 0, 0);

    public Endpoint withIp(String other) {
        return other.equals(ip) ? this : new Endpoint(other, port, tlsPort, busPort);
    }

    /** Whether the other one is the same place; the case of an address does not matter. */
    public boolean sameAs(Endpoint other) {
        return ip.equalsIgnoreCase(other.ip)
                && port == other.port
                && tlsPort == other.tlsPort
                && busPort == other.busPort;
    }
}
