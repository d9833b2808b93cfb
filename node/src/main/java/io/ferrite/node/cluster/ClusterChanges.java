package io.ferrite.node.cluster;

import io.ferrite.engine.Blocking;
import io.ferrite.engine.Session;
import io.ferrite.node.Dispatcher;
import io.ferrite.node.Node;

/** What becomes of clients when slots change hands. */
final class ClusterChanges {

    private final Node node;

    ClusterChanges(Node node) {
        this.node = node;
    }

    /** The node is whole: its event loops look from time to time. */
    void begin() {
        node.everySecond(0, this::lookAtWaiters);
    }

    /** Other slots are served than before; on the cluster's loop. */
    void routingChanged() {
        if (node.engine().blocking().count() > 0) {
            node.environment().onLoop(0, this::lookAtWaiters);
        }
    }

    /**
     * Clients that wait for keys which are somebody else's now are sent there. Every second
     * besides: one may have begun to wait while things changed.
     */
    private void lookAtWaiters() {
        if (node.engine().blocking().count() == 0) {
            return;
        }
        Dispatcher dispatcher = node.dispatcher(0);
        for (Session session : node.clients().all()) {
            Blocking.Waiter waiter = session.waiter();
            if (waiter == null) {
                continue;
            }
            String refusal = dispatcher.redirections().judgeWaiter(session, waiter);
            if (refusal != null) {
                dispatcher.waits().end(waiter, reply -> reply.error(refusal));
            }
        }
    }
}
