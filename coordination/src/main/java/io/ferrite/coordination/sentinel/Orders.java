package io.ferrite.coordination.sentinel;

import io.ferrite.base.Glob;
import io.ferrite.coordination.sentinel.Effect.Outcome;
import java.nio.charset.StandardCharsets;

/** What the operator orders. Error lines are Redis'. */
final class Orders {

    static final String NO_SUCH_MASTER = "ERR No such master with that name";

    private Orders() {}

    static void monitor(Turn t, Input.Monitor order) {
        if (order.quorum() <= 0) {
            refuse(t, order.ticket(), "ERR Quorum must be 1 or greater.");
            return;
        }
        if (!isName(order.name())) {
            refuse(t, order.ticket(), "ERR Invalid master name");
            return;
        }
        if (t.address(order.host(), 0, false) == null) {
            refuse(t, order.ticket(), "ERR Invalid IP address or hostname specified");
            return;
        }
        Address address = t.address(order.host(), order.port(), true);
        if (address == null) {
            refuse(t, order.ticket(), "ERR Invalid port number.");
            return;
        }
        if (t.master(order.name()) != null) {
            refuse(t, order.ticket(), "ERR Duplicate master name.");
            return;
        }
        int quorum = (int) Math.min(order.quorum(), Integer.MAX_VALUE);
        Reshaping.addMaster(t, order.name(), address, quorum);
        saved(t, order.ticket());
        t.event(Severity.WARNING, "+monitor", Ref.master(order.name()), " quorum " + quorum);
    }

    /** A name is a word of messages and files. */
    static boolean isName(String name) {
        return !name.isEmpty()
                && name.chars()
                        .allMatch(c -> c > ' ' && c != 127 && c != ',' && c != '"' && c != '\'');
    }

    static void remove(Turn t, Input.Remove order) {
        if (t.master(order.name()) == null) {
            refuse(t, order.ticket(), NO_SUCH_MASTER);
            return;
        }
        t.event(Severity.WARNING, "-monitor", Ref.master(order.name()));
        Reshaping.removeMaster(t, order.name());
        saved(t, order.ticket());
    }

    static void reset(Turn t, Input.Reset order) {
        Glob glob = Glob.of(order.pattern().getBytes(StandardCharsets.ISO_8859_1));
        long count = 0;
        for (String name : t.masterNames()) {
            if (glob.matches(name.getBytes(StandardCharsets.ISO_8859_1))) {
                Reshaping.reset(t, name);
                count++;
            }
        }
        t.effect(new Effect.Answer(order.ticket(), new Outcome.Count(count)));
    }

    static void failOver(Turn t, Input.FailOver order) {
        Master master = t.master(order.name());
        if (master == null) {
            refuse(t, order.ticket(), NO_SUCH_MASTER);
        } else if (master.isFailingOver()) {
            refuse(t, order.ticket(), "INPROG Failover already in progress");
        } else if (!master.settings().noLoss()
                && ReplicaChoice.choose(t, master).name().isEmpty()) {
            refuse(t, order.ticket(), "NOGOODSLAVE No suitable replica to promote");
        } else {
            String line = "Executing user requested FAILOVER of '" + order.name() + "'";
            t.note(Severity.NOTICE, line);
            Failovers.beginForced(t, order.name());
            ok(t, order.ticket());
            if (!t.isTilted()) {
                Failovers.advance(t, order.name());
            }
        }
    }

    static void changeGlobal(Turn t, Input.ChangeGlobal order) {
        boolean access =
                !order.settings().sentinelUser().equals(t.global().sentinelUser())
                        || !order.settings().sentinelPass().equals(t.global().sentinelPass());
        t.setGlobal(order.settings());
        saved(t, order.ticket());
        if (access) {
            Connections.dropSentinels(t);
        }
    }

    /** Answers OK; the driver turns that into an error if the state can't be saved. */
    static void saved(Turn t, long ticket) {
        t.persist();
        ok(t, ticket);
    }

    static void ok(Turn t, long ticket) {
        t.effect(new Effect.Answer(ticket, new Outcome.Ok()));
    }

    static void refuse(Turn t, long ticket, String line) {
        t.effect(new Effect.Answer(ticket, new Outcome.Refused(line)));
    }
}
