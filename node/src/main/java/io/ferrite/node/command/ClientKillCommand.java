package io.ferrite.node.command;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Session;
import io.ferrite.node.Node;

/**
 * CLIENT KILL address, and CLIENT KILL with filters. The old form answers OK or refuses, the new
 * one with how many it closed.
 */
final class ClientKillCommand {

    private final Node node;

    ClientKillCommand(Node node) {
        this.node = node;
    }

    /** All stripes are held: who waits for a key gives up its place before anybody can serve it. */
    void kill(ExecutionUnit unit) {
        boolean oldForm = unit.argc() == 3;
        ClientFilter filter = oldForm ? null : ClientFilter.of(node, unit, 2, true);
        String address = oldForm ? Arguments.text(unit, 2) : null;
        Session me = unit.session();
        int killed = 0;
        for (Session session : node.clients().all()) {
            if (oldForm ? !session.address().equals(address) : !filter.accepts(session)) {
                continue;
            }
            killed++;
            if (session == me) {
                me.set(Session.CLOSING); // the answer is still sent
            } else {
                node.clients().kill(unit, session);
            }
        }
        if (!oldForm) {
            unit.reply().integer(killed);
        } else if (killed == 0) {
            throw CommandError.of("ERR No such client");
        } else {
            unit.reply().ok();
        }
    }
}
