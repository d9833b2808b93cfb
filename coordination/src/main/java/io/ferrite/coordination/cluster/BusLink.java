package io.ferrite.coordination.cluster;

/** A connection to or from another node, as the machine knows it. */
final class BusLink {

    final long number;
    final boolean inbound;
    final long createdMs;

    /** Null while an inbound link's node is not known. */
    Peer peer;

    /** Whether it can be sent on; one that is made has to connect first. */
    boolean open;

    /** The addresses of its ends; empty where they could not be found out. */
    String remoteIp = "";

    String localIp = "";

    BusLink(long number, boolean inbound, long createdMs) {
        this.number = number;
        this.inbound = inbound;
        this.createdMs = createdMs;
    }
}
