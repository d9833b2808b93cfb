package io.ferrite.node;

import io.ferrite.engine.Session;
import io.ferrite.node.config.NetworkOptions;
import io.ferrite.node.config.OutputBufferLimit;
import io.ferrite.node.config.Settings;

/**
 * How much a single client may make the server hold. Judged by whoever owns the client's buffers,
 * on the client's event loop.
 */
public final class ClientLimits {

    /** Refusals that a client who has not authenticated may leave unread. */
    private static final int UNAUTHENTICATED_OUTPUT = 16 << 10;

    private final Node node;
    private final Settings settings;

    ClientLimits(Node node) {
        this.node = node;
        this.settings = node.settings();
    }

    /** Since when a client has been over its soft limit. One per connection. */
    public static final class SoftTimer {
        private long sinceMs;
    }

    /**
     * Whether requests that were read and not finished, or are queued, are too many; says so and
     * counts.
     */
    public boolean queryTooLarge(Session session, long unread) {
        long limit = settings.get(NetworkOptions.CLIENT_QUERY_BUFFER_LIMIT);
        if (unread + session.queuedBytes() <= limit || session.has(Session.LEADER)) {
            return false;
        }
        node.stats().queryLimitDisconnects.increment();
        node.log()
                .warning(
                        "Closing client that reached max query buffer length: "
                                + ClientLine.of(session, node.environment().nowMs(), 0));
        return true;
    }

    /** Whether output that the client does not take is too much; says so and counts. */
    public boolean outputTooLarge(Session session, long pending, SoftTimer timer) {
        if (pending == 0) {
            timer.sinceMs = 0;
            return false;
        }
        if (session.has(Session.UNAUTHENTICATED) && pending > UNAUTHENTICATED_OUTPUT) {
            return refuse(session);
        }
        ClientType type = ClientType.of(session);
        if (type.limits() == null) {
            return false;
        }
        OutputBufferLimit limit =
                settings.get(NetworkOptions.CLIENT_OUTPUT_BUFFER_LIMIT).of(type.limits());
        long hard = limit.hardBytes();
        if (hard != 0 && Long.compareUnsigned(pending, hard) >= 0) {
            return refuse(session);
        }
        long soft = limit.softBytes();
        if (soft == 0 || Long.compareUnsigned(pending, soft) < 0) {
            timer.sinceMs = 0;
            return false;
        }
        long nowMs = node.environment().nowMs();
        if (timer.sinceMs == 0) {
            timer.sinceMs = nowMs;
            return false;
        }
        return nowMs - timer.sinceMs > limit.softSeconds() * 1000 && refuse(session);
    }

    private boolean refuse(Session session) {
        node.stats().outputLimitDisconnects.increment();
        node.log()
                .warning(
                        "Client "
                                + ClientLine.of(session, node.environment().nowMs(), 0)
                                + " scheduled to be closed ASAP for overcoming of output buffer"
                                + " limits.");
        return true;
    }

    /** Whether a client has been silent for longer than {@code timeout}. */
    boolean isIdle(Session session, long nowMs) {
        long seconds = settings.get(NetworkOptions.TIMEOUT);
        int served = Session.REPLICA | Session.LEADER | Session.BLOCKED | Session.SUBSCRIBED;
        return seconds > 0
                && (session.flags() & served) == 0
                && nowMs - session.lastActiveMs() > seconds * 1000;
    }
}
