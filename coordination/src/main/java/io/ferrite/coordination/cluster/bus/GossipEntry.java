package io.ferrite.coordination.cluster.bus;

/**
 * What a message says about a third node.
 *
 * @param pingSent second in which the sender pinged it and has no answer to yet; 0 for none
 * @param pongReceived second of its last answer
 * @param flags {@link io.ferrite.coordination.cluster.NodeFlags}
 */
public record GossipEntry(
        String id, long pingSent, long pongReceived, Endpoint endpoint, int flags) {}
