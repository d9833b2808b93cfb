package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Session;
import io.ferrite.engine.tracking.Broadcasts;
import io.ferrite.engine.tracking.ClientTracking;
import io.ferrite.engine.tracking.Tracking;

/**
 * Clients that keep copies of keys (CLIENT TRACKING), as far as one event loop looks after them.
 * For that loop's thread.
 */
public final class CachingClients {

    private final Node node;
    private final Dispatcher dispatcher;
    private final Tracking tracking;
    private final Broadcasts broadcasts;

    CachingClients(Node node, Dispatcher dispatcher, ExecutionUnit unit, int loop) {
        this.node = node;
        this.dispatcher = dispatcher;
        this.tracking = node.engine().tracking();
        Runnable[] flush = new Runnable[1];
        this.broadcasts = new Broadcasts(tracking, () -> node.environment().onLoop(loop, flush[0]));
        flush[0] = broadcasts::flush;
        unit.setBroadcasts(broadcasts);
    }

    /** Before the replies of a read leave: others are told of what it changed. */
    public void tellChanges() {
        if (broadcasts.isDue()) {
            broadcasts.flush();
        }
    }

    /** A request was dealt with: what CLIENT CACHING says is good for one, or a transaction. */
    void endRequest(Session session) {
        ClientTracking wish = session.tracking();
        Command command = session.lastCommand();
        if (wish.isCaching()
                && !session.has(Session.MULTI)
                && (command == null || !command.name().startsWith("client"))) {
            wish.setCaching(false);
        }
    }

    /** Whether more keys are remembered than should be. */
    boolean isFull() {
        return tracking.isFull();
    }

    /** Gives up keys, of every stripe by turns, until there are no more than should be. */
    void giveUpKeys() {
        int stripes = node.engine().keyspace().stripes();
        for (int i = 0; i < stripes && tracking.isFull(); i++) {
            int stripe = i;
            dispatcher.runUnit(
                    node.internalSession(), 1L << stripe, unit -> tracking.limit(unit, stripe));
        }
    }
}
