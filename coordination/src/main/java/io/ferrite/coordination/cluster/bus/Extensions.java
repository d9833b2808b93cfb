package io.ferrite.coordination.cluster.bus;

import java.util.List;

/**
 * What a PING, PONG or MEET says besides, in blocks of a type and a length each.
 *
 * @param hostName null when nothing is said
 * @param nodeName null when nothing is said
 * @param shardId null when nothing is said: the sender is older than shards
 * @param unknown number of a block's type that is none of ours, or -1
 */
public record Extensions(
        String hostName, String nodeName, List<Forgotten> forgotten, String shardId, int unknown) {

    public static final Extensions NONE = new Extensions(null, null, List.of(), null, -1);

    /** A node that was forgotten and is not to be heard of for so many seconds. */
    public record Forgotten(String id, long seconds) {}

    boolean isEmpty() {
        return hostName == null && nodeName == null && forgotten.isEmpty() && shardId == null;
    }
}
