package io.ferrite.coordination.sentinel;

/**
 * The connections to one server or Sentinel, and what they tell of its health. Sentinels that watch
 * several masters together share one link, so that they are pinged once.
 *
 * @param pending commands sent whose answers are to come, on both connections
 * @param pubsubHeardMs when something came in on the hello channel
 * @param availableMs when the last acceptable answer to PING came
 * @param unansweredMs when the oldest PING without an acceptable answer was sent, 0 for none
 * @param pingMs when the last PING was sent
 * @param pongMs when the last answer to PING came, whatever it was
 * @param attemptMs when the last attempt to connect began
 * @param localIp this Sentinel's address as seen from the command connection, empty without one
 */
public record Link(
        long id,
        Connection command,
        Connection pubsub,
        int pending,
        long pubsubHeardMs,
        long availableMs,
        long unansweredMs,
        long pingMs,
        long pongMs,
        long attemptMs,
        String localIp) {

    /** Which of the two connections. */
    public enum Channel {
        COMMAND,
        PUBSUB
    }

    /**
     * A connection, standing or in the making.
     *
     * @param number tells late news of an earlier connection apart
     */
    public record Connection(long number, long sinceMs, boolean open) {}

    /** An answer to come is awaited at most so long before it counts as lost. */
    static final int PENDING_MAX = 100;

    /** A link to be connected; the time without an answer runs from now. */
    static Link create(long id, long nowMs) {
        return new Link(id, null, null, 0, 0, nowMs, nowMs, 0, nowMs, 0, "");
    }

    /** Whether a connection that is needed is missing. */
    public boolean isDisconnected(boolean needsPubsub) {
        return command == null || needsPubsub && pubsub == null;
    }

    Connection connection(Channel channel) {
        return channel == Channel.COMMAND ? command : pubsub;
    }

    Link withConnection(Channel channel, Connection connection) {
        boolean commands = channel == Channel.COMMAND;
        return new Link(
                id,
                commands ? connection : command,
                commands ? pubsub : connection,
                commands ? 0 : pending,
                pubsubHeardMs,
                availableMs,
                unansweredMs,
                pingMs,
                pongMs,
                attemptMs,
                commands ? "" : localIp);
    }

    Link opened(Channel channel, String ip) {
        Connection now = connection(channel);
        Connection open = new Connection(now.number(), now.sinceMs(), true);
        Link next = withConnection(channel, open);
        return new Link(
                id,
                next.command,
                next.pubsub,
                pending,
                pubsubHeardMs,
                availableMs,
                unansweredMs,
                pingMs,
                pongMs,
                attemptMs,
                channel == Channel.COMMAND ? ip : localIp);
    }

    Link withPending(int change) {
        return new Link(
                id,
                command,
                pubsub,
                Math.max(0, pending + change),
                pubsubHeardMs,
                availableMs,
                unansweredMs,
                pingMs,
                pongMs,
                attemptMs,
                localIp);
    }

    Link attempted(long nowMs) {
        return new Link(
                id,
                command,
                pubsub,
                pending,
                pubsubHeardMs,
                availableMs,
                unansweredMs,
                pingMs,
                pongMs,
                nowMs,
                localIp);
    }

    /** A PING leaves; the wait runs on from the oldest one that was not answered. */
    Link pinged(long nowMs) {
        return new Link(
                id,
                command,
                pubsub,
                pending,
                pubsubHeardMs,
                availableMs,
                unansweredMs == 0 ? nowMs : unansweredMs,
                nowMs,
                pongMs,
                attemptMs,
                localIp);
    }

    /** An answer to PING came. */
    Link ponged(long nowMs, boolean acceptable) {
        return new Link(
                id,
                command,
                pubsub,
                pending,
                pubsubHeardMs,
                acceptable ? nowMs : availableMs,
                acceptable ? 0 : unansweredMs,
                pingMs,
                nowMs,
                attemptMs,
                localIp);
    }

    Link heard(long nowMs) {
        return new Link(
                id,
                command,
                pubsub,
                pending,
                nowMs,
                availableMs,
                unansweredMs,
                pingMs,
                pongMs,
                attemptMs,
                localIp);
    }

    /** As if the watch began now. */
    Link begunAnew(long nowMs) {
        return new Link(
                id,
                command,
                pubsub,
                pending,
                pubsubHeardMs,
                nowMs,
                nowMs,
                0,
                nowMs,
                attemptMs,
                localIp);
    }
}
