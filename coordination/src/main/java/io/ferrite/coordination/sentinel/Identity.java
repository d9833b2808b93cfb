package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.InfoFacts.Role;

/**
 * What is known of the server behind an address, so that another one that takes the address over is
 * told apart: its run, the history of its data, and how much data it has.
 *
 * <p>A server that was started anew has another run id, and often another history too: one that
 * keeps its data in an append-only file forgets the history's name. So a new run is taken for the
 * same server unless something speaks against it that can't be otherwise: it ran already when the
 * old one still answered, it follows somebody else who is there, it is known from another place, it
 * leads others where a replica was, or it has more data than it can have been given. Who is in
 * doubt is taken for the one that was there: a master that is wrongly left alone is worse than what
 * Redis does.
 *
 * @param runId empty while not known
 * @param historyId the replication history of its data, empty while not known
 * @param formerHistoryId the history that one goes on from
 * @param keys how many keys it has, -1 while not known
 * @param led whether it was a master
 * @param seenMs a time at which it ran: when the last INFO that it answered was asked for
 * @param foreign why the server that answers now is taken for another one, empty if it is not
 */
public record Identity(
        String runId,
        String historyId,
        String formerHistoryId,
        long keys,
        boolean led,
        long seenMs,
        String foreign) {

    static final Identity UNKNOWN = new Identity("", "", "", -1, false, 0, "");

    private static final long CLOCKS_DIFFER_MS = 3000;

    /** Who started so soon after the last answer was hardly started twice. */
    private static final long SOON_MS = 10_000;

    /** More than any server takes in. */
    private static final long KEYS_PER_MS = 1000;

    private static final String NO_HISTORY = "0".repeat(40);

    static Identity ofSentinel(String id) {
        return new Identity(id, "", "", -1, false, 0, "");
    }

    public boolean isForeign() {
        return !foreign.isEmpty();
    }

    boolean isKnown() {
        return !runId.isEmpty();
    }

    /** The server answers and is who it was, or is taken for it. */
    Identity seen(InfoFacts now, long askedMs) {
        return new Identity(
                now.runId().isEmpty() ? runId : now.runId(),
                now.historyId().isEmpty() ? historyId : now.historyId(),
                now.historyId().isEmpty() ? formerHistoryId : now.formerHistoryId(),
                now.keys() < 0 ? keys : now.keys(),
                now.role() == Role.MASTER,
                askedMs == 0 ? seenMs : askedMs,
                "");
    }

    Identity refused(String why) {
        return new Identity(runId, historyId, formerHistoryId, keys, led, seenMs, why);
    }

    /** Whether data with this history can be data that this server had. */
    boolean isRelated(InfoFacts now) {
        return isSame(historyId, now.historyId())
                || isSame(historyId, now.formerHistoryId())
                || isSame(formerHistoryId, now.historyId())
                || isSame(formerHistoryId, now.formerHistoryId());
    }

    private static boolean isSame(String a, String b) {
        return !a.isEmpty() && !a.equals(NO_HISTORY) && a.equals(b);
    }

    /** What is wrong with the amount of data, empty if it can be. */
    private String amount(Master master, InfoFacts now, long nowMs) {
        if (keys < 0 || now.keys() < 0) {
            return "";
        }
        long most = Math.max(keys, master.self().identity().keys);
        for (Replica replica : master.replicas().values()) {
            most = Math.max(most, replica.self().identity().keys);
        }
        long usual = most + most / 2;
        long grown = KEYS_PER_MS * Math.max(0, nowMs - seenMs);
        // Data that a snapshot brought back would have brought their history's name, but for those
        // of a master that was started anew twice.
        boolean once = now.uptimeMs() > nowMs - seenMs - SOON_MS;
        boolean more = now.keys() > usual && (once || !led);
        boolean odd = !now.keepsLog() && (more || !led && now.keys() < keys / 2);
        return odd || now.keys() > usual + grown
                ? "it has " + now.keys() + " keys, not about " + most
                : "";
    }

    /**
     * Whether a process that has run for so long cannot be the one that followed on the old one.
     */
    private boolean ranBeside(InfoFacts now, long nowMs) {
        return now.uptimeMs() > nowMs - seenMs + CLOCKS_DIFFER_MS;
    }

    /**
     * Why the server that answers at an instance's address is another one; empty if it is taken for
     * the one that was there.
     */
    static String judge(Turn t, Ref ref, InfoFacts now) {
        Master master = t.master(ref.master());
        Instance instance = t.instance(ref);
        Identity known = instance.identity();
        if (now.keys() == 0) {
            return cameBackEmpty(master, ref, now) ? "it came back empty" : "";
        }
        if (!master.settings().checkIdentity()
                || !known.isKnown()
                || now.runId().isEmpty()
                || now.runId().equals(known.runId)) {
            return "";
        }
        if (known.isRelated(now) || belongs(master, now)) {
            return "";
        }
        if (known.ranBeside(now, t.nowMs())) {
            return "it ran already when the one that was here did";
        }
        String elsewhere = knownElsewhere(t, master, instance, now.runId());
        if (!elsewhere.isEmpty()) {
            return "it is " + elsewhere;
        }
        if (now.role() == Role.REPLICA) {
            // Where nobody is, a file of long ago may have sent it.
            return now.masterLinkUp() && !followsOurs(t, master, now)
                    ? "it follows " + now.masterHost() + ":" + now.masterPort()
                    : "";
        }
        if (ref.kind() == Kind.REPLICA && !now.replicas().isEmpty() && !leadsOurs(t, master, now)) {
            return "it leads other servers";
        }
        return known.amount(master, now, t.nowMs());
    }

    private static boolean followsOurs(Turn t, Master master, InfoFacts now) {
        for (Ref ref : t.refs(master)) {
            Instance instance = t.instance(ref);
            if (instance.isServer()
                    && instance.address().port() == now.masterPort()
                    && t.isHostOf(instance.address(), now.masterHost())) {
                return true;
            }
        }
        return false;
    }

    /** With protect-dataset: a master that lost everything while its replicas have it. */
    private static boolean cameBackEmpty(Master master, Ref ref, InfoFacts now) {
        Identity known = master.self().identity();
        return ref.kind() == Kind.MASTER
                && master.settings().protectDataset()
                && known.keys > 0
                && !now.runId().equals(known.runId)
                && !known.isRelated(now)
                && !master.replicas().isEmpty();
    }

    private static boolean belongs(Master master, InfoFacts now) {
        if (master.self().identity().isRelated(now)) {
            return true;
        }
        for (Replica replica : master.replicas().values()) {
            if (replica.self().identity().isRelated(now)) {
                return true;
            }
        }
        return false;
    }

    private static boolean leadsOurs(Turn t, Master master, InfoFacts now) {
        for (InfoFacts.Named named : now.replicas()) {
            Address address = t.address(named.host(), named.port(), false);
            for (Replica replica : master.replicas().values()) {
                if (address != null && replica.self().address().isSame(address)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The same run at another address, under another master. */
    private static String knownElsewhere(Turn t, Master mine, Instance here, String run) {
        for (Master master : t.masters()) {
            if (master.name().equals(mine.name())) {
                continue;
            }
            for (Ref ref : t.refs(master)) {
                Instance other = t.instance(ref);
                if (other.isServer()
                        && other.identity().runId().equals(run)
                        && !other.address().isSame(here.address())) {
                    return "a server of " + master.name();
                }
            }
        }
        return "";
    }
}
