package io.ferrite.coordination.cluster.bus;

import io.ferrite.coordination.cluster.SlotSet;
import java.util.List;

/** One message between two nodes. */
public sealed interface BusMessage {

    BusHeader header();

    MessageType type();

    /** PING, PONG or MEET: the sender is alive, and this is what it knows of others. */
    record Gossip(
            MessageType type, BusHeader header, List<GossipEntry> entries, Extensions extensions)
            implements BusMessage {}

    /** A majority says that a node has failed. */
    record Fail(BusHeader header, String failed) implements BusMessage {
        @Override
        public MessageType type() {
            return MessageType.FAIL;
        }
    }

    /** A message for the listeners of a channel; {@code sharded} for those of the shard alone. */
    record Publish(BusHeader header, boolean sharded, byte[] channel, byte[] message)
            implements BusMessage {
        @Override
        public MessageType type() {
            return sharded ? MessageType.PUBLISHSHARD : MessageType.PUBLISH;
        }
    }

    /** The sender wants to take over from its master. */
    record AuthRequest(BusHeader header) implements BusMessage {
        @Override
        public MessageType type() {
            return MessageType.AUTH_REQUEST;
        }
    }

    /** A vote. */
    record AuthAck(BusHeader header) implements BusMessage {
        @Override
        public MessageType type() {
            return MessageType.AUTH_ACK;
        }
    }

    /** What a node serves in an epoch that the receiver has not heard of. */
    record Update(BusHeader header, String owner, long configEpoch, SlotSet slots)
            implements BusMessage {
        @Override
        public MessageType type() {
            return MessageType.UPDATE;
        }
    }

    /** A replica asks its master to hold writes back, for a failover by hand. */
    record MfStart(BusHeader header) implements BusMessage {
        @Override
        public MessageType type() {
            return MessageType.MFSTART;
        }
    }

    /** A message between modules. */
    record Module(BusHeader header, long module, int kind, byte[] payload) implements BusMessage {
        @Override
        public MessageType type() {
            return MessageType.MODULE;
        }
    }
}
