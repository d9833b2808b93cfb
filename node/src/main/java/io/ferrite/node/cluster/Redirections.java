package io.ferrite.node.cluster;

import io.ferrite.coordination.cluster.ClusterNode;
import io.ferrite.coordination.cluster.ClusterView;
import io.ferrite.coordination.cluster.NodeFlags;
import io.ferrite.engine.Blocking;
import io.ferrite.engine.Command;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;
import io.ferrite.node.Node;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandFlag;
import io.ferrite.spec.KeyFinder;
import io.ferrite.spec.KeyRefs;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Keyspace;
import java.util.List;

/**
 * Judges whether a command's keys are served here, and if not says where. One for each event loop.
 *
 * <p>A command is judged twice: before it takes its stripes, where the refusal has its place among
 * the others, and, only when the routing has changed since or keys of its slot are on their way,
 * once more with the stripes held, when nothing can change any more.
 */
public final class Redirections {

    private static final String CROSS_SLOT =
            "CROSSSLOT Keys in request don't hash to the same slot";
    private static final String UNSTABLE =
            "TRYAGAIN Multiple keys request during rehashing of slot";
    private static final String DOWN = "CLUSTERDOWN The cluster is down";
    private static final String DOWN_READS =
            "CLUSTERDOWN The cluster is down and only accepts read commands";
    private static final String UNBOUND = "CLUSTERDOWN Hash slot not served";

    /** No refusal: the command is to be presented again when the slot has changed hands. */
    public static final String HELD = "held";

    private static final int NO_SLOT = -1;

    private final Node node;
    private final ClusterService service;
    private final Keyspace keyspace;
    private final Endpoints endpoints;
    private final KeyFinder finder = new KeyFinder();
    private final KeyRefs keys = new KeyRefs();
    private final Slice slice = new Slice();
    private final Slice first = new Slice();

    /** What the command that was judged last was judged by; null where it names no keys. */
    private Routing judgedBy;

    /** Whether {@link #judgedBy} alone lets it pass: it need not be looked at again. */
    private boolean settled;

    // What the keys of one command, or of a transaction, come to.
    private Routing routing;
    private int slot;
    private int present;
    private int missing;
    private boolean several;
    private boolean channels;

    public Redirections(Node node, ClusterService service) {
        this.node = node;
        this.service = service;
        this.keyspace = node.engine().keyspace();
        this.endpoints = new Endpoints(node);
    }

    /** Whether a refusal is one of those made here: they stand for themselves, also of EXEC. */
    public static boolean isOne(String refusal) {
        return refusal.startsWith("MOVED ")
                || refusal.startsWith("ASK ")
                || refusal.startsWith("CROSSSLOT ")
                || refusal.startsWith("TRYAGAIN ")
                || refusal.startsWith("CLUSTERDOWN ");
    }

    /** The refusal of a command, or null; its stripes are not held. */
    public String judge(int loop, Session session, Command command, Request request) {
        judgedBy = null;
        if (session.has(Session.LEADER | Session.IMPORT)) {
            return null;
        }
        Routing now = service.routing();
        if (command.hasSingleKey() && now.isSettled(request.arg(1).slot())) {
            judgedBy = now;
            settled = true;
            return null;
        }
        return judgeAll(now, loop, session, command, request, false);
    }

    /** The refusal of a command that {@link #judge} let pass, now that its stripes are held. */
    public String confirm(int loop, Session session, Command command, Request request) {
        Routing before = judgedBy;
        if (before == null) {
            return null;
        }
        Routing now = service.routing();
        if (now == before && settled) {
            return null;
        }
        return judgeAll(now, loop, session, command, request, true);
    }

    private String judgeAll(
            Routing now,
            int loop,
            Session session,
            Command command,
            Request request,
            boolean held) {
        begin(now);
        boolean exec = command.name().equals("exec");
        boolean same = true;
        if (exec) {
            List<Command> queued = session.queuedCommands();
            for (int i = 0; same && i < queued.size(); i++) {
                same = look(session, queued.get(i), session.queued().get(i), held);
            }
        } else {
            same = look(session, command, request, held);
        }
        if (slot == NO_SLOT) {
            return null;
        }
        ClusterNode owner = routing.view().owner(slot);
        if (owner == null) {
            return UNBOUND;
        }
        if (!same) {
            return CROSS_SLOT;
        }
        judgedBy = now;
        settled = !now.isOpen(slot) && !now.frozen().contains(slot);
        return verdict(owner, loop, session, command, request);
    }

    private void begin(Routing now) {
        routing = now;
        slot = NO_SLOT;
        present = 0;
        missing = 0;
        several = false;
        channels = false;
    }

    /** Looks at the keys of one command; false when they are of several slots. */
    private boolean look(Session session, Command command, Request request, boolean held) {
        if (isShardPubSub(command)) {
            channels = true;
            int last = command.name().equals("spublish") ? 1 : request.count() - 1;
            for (int i = 1; i <= last; i++) {
                if (!lookAt(session, request, i, held)) {
                    return false;
                }
            }
            return true;
        }
        if (!command.spec().mayHaveKeys()) {
            return true;
        }
        int found = finder.find(command.spec(), request, keys);
        for (int i = 0; i < found; i++) {
            if (!lookAt(session, request, keys.position(i), held)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isShardPubSub(Command command) {
        return switch (command.name()) {
            case "ssubscribe", "sunsubscribe", "spublish" -> true;
            default -> false;
        };
    }

    private boolean lookAt(Session session, Request request, int position, boolean held) {
        slice.set(request.address(position), request.length(position));
        int of = slice.slot();
        if (slot == NO_SLOT) {
            slot = of;
            first.set(slice.address(), slice.length());
        } else if (slot != of) {
            return false;
        } else if (!several) {
            several = !first.equalTo(slice);
        }
        if (routing.isOpen(slot) && !channels) {
            boolean there = isThere(session, held);
            present += there ? 1 : 0;
            missing += there ? 0 : 1;
        }
        return true;
    }

    private boolean isThere(Session session, boolean held) {
        int stripe = keyspace.stripeOf(slice);
        if (!held) {
            node.gate().enterOne(stripe);
        }
        try {
            long entry = keyspace.database(session.database()).find(slice);
            return entry != Database.NONE && !Entry.isExpired(entry, node.environment().nowMs());
        } finally {
            if (!held) {
                node.gate().leaveOne(stripe);
            }
        }
    }

    private String verdict(
            ClusterNode owner, int loop, Session session, Command command, Request request) {
        ClusterView view = routing.view();
        boolean mine = owner.id().equals(view.selfId());
        long flags = node.scripting().flagsOf(loop, command, request);
        boolean writes = (flags & CommandFlag.WRITE.bit()) != 0;
        if (!routing.isOk()) {
            String down = whileDown(writes);
            if (down != null) {
                return down;
            }
        }
        if (mine && routing.frozen().contains(slot)) {
            return HELD;
        }
        boolean migrating = mine && view.migrating().containsKey(slot);
        boolean importing = !migrating && view.importing().containsKey(slot);
        if ((migrating || importing) && command.name().equals("migrate")) {
            return null;
        }
        if (migrating && missing > 0) {
            return present > 0
                    ? UNSTABLE
                    : there("ASK", view.node(view.migrating().get(slot)), session);
        }
        if (importing && (session.has(Session.ASKING) || command.is(CommandFlag.ASKING))) {
            return several && missing > 0 ? UNSTABLE : null;
        }
        ClusterNode self = view.self();
        if ((session.has(Session.READ_ONLY) || channels)
                && !writes
                && !(command.name().equals("exec") && queuedWrites(session))
                && self.has(NodeFlags.REPLICA)
                && owner.id().equals(self.masterId())) {
            return null;
        }
        return mine ? null : there("MOVED", owner, session);
    }

    private String whileDown(boolean writes) {
        if (channels) {
            return node.settings().get(ClusterOptions.CLUSTER_ALLOW_PUBSUBSHARD_WHEN_DOWN)
                    ? null
                    : DOWN;
        }
        if (!node.settings().get(ClusterOptions.CLUSTER_ALLOW_READS_WHEN_DOWN)) {
            return DOWN;
        }
        return writes ? DOWN_READS : null;
    }

    private static boolean queuedWrites(Session session) {
        for (Command command : session.queuedCommands()) {
            if (command.isWrite()) {
                return true;
            }
        }
        return false;
    }

    private String there(String word, ClusterNode to, Session session) {
        if (to == null) {
            return UNBOUND; // forgotten while keys were on their way to it
        }
        // The routing stays the same while a node only moves to another address.
        ClusterNode now = service.view().node(to.id());
        ClusterNode at = now == null ? to : now;
        return word
                + " "
                + slot
                + " "
                + endpoints.preferred(at)
                + ":"
                + endpoints.port(at, session);
    }

    /** What a script is told that wants to run this command, or null if it may. */
    public String judgeScript(int loop, Session session, Command command, Request request) {
        Routing before = judgedBy;
        boolean wasSettled = settled;
        String refusal = judgeAll(service.routing(), loop, session, command, request, true);
        judgedBy = before;
        settled = wasSettled;
        if (refusal == null) {
            return null;
        }
        return switch (refusal) {
            case DOWN_READS ->
                    "Script attempted to execute a write command while the cluster is down and"
                            + " readonly";
            case DOWN -> "Script attempted to execute a command while the cluster is down";
            case CROSS_SLOT -> "Script attempted to access keys that do not hash to the same slot";
            default -> "Script attempted to access a non local key in a cluster node";
        };
    }

    /**
     * The slot of the command that {@link #judge} let pass last, if it has several keys or none
     * that are fixed; -1 where it names none, or was not judged.
     */
    public int slotOfJudged() {
        return judgedBy == null ? NO_SLOT : slot;
    }

    /** The slot of the keys judged last, or -1 where there were none. */
    public int slot() {
        return slot;
    }

    /** What a client is told that waits for keys which are served elsewhere now, or null. */
    String judgeWaiter(Session session, Blocking.Waiter waiter) {
        long mask = Blocking.stripeMask(waiter);
        node.gate().enter(mask);
        try {
            return waiter.isDone() ? null : judgeWaiting(session, waiter);
        } finally {
            node.gate().leave(mask);
        }
    }

    private String judgeWaiting(Session session, Blocking.Waiter waiter) {
        begin(service.routing());
        if (!routing.isOk()) {
            return DOWN;
        }
        look(session, waiter.command(), waiter.request(), true);
        if (slot == NO_SLOT) {
            return null;
        }
        ClusterView view = routing.view();
        ClusterNode owner = view.owner(slot);
        if (view.importing().containsKey(slot)) {
            return null;
        }
        if (owner == null) {
            return UNBOUND;
        }
        boolean reads =
                session.has(Session.READ_ONLY)
                        && !waiter.command().isWrite()
                        && owner.id().equals(view.self().masterId());
        return reads || owner.id().equals(view.selfId()) ? null : there("MOVED", owner, session);
    }
}
