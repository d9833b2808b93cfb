package io.ferrite.coordination.sentinel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Changes who is watched: instances come and go, the master changes its place. */
final class Reshaping {

    /** More instances of one kind are not taken up for one master: who names so many means harm. */
    static final int INSTANCES_MAX = 1000;

    private Reshaping() {}

    /** Adds a master; the name must be free. */
    static void addMaster(Turn t, String name, Address address, int quorum) {
        Instance self = Instance.create(Kind.MASTER, name, address, t.newLink(), t.nowMs());
        t.put(Master.create(self, MasterSettings.of(quorum, t.timing()), t.nowMs()));
    }

    /** Stops watching a master. */
    static void removeMaster(Turn t, String name) {
        List<Long> links = links(t, t.refs(t.master(name)));
        t.remove(name);
        links.forEach(t::release);
    }

    private static List<Long> links(Turn t, List<Ref> refs) {
        List<Long> links = new ArrayList<>();
        refs.forEach(ref -> links.add(t.instance(ref).link()));
        return links;
    }

    /** Adds a replica; null if there is one of this address or too many. */
    static Ref addReplica(Turn t, String name, Address address) {
        Master master = t.master(name);
        String key = t.text(address);
        if (master.replicas().containsKey(key) || master.replicas().size() >= INSTANCES_MAX) {
            return null;
        }
        Instance self = Instance.create(Kind.REPLICA, key, address, t.newLink(), t.nowMs());
        Report report = Report.none(InfoFacts.Role.REPLICA, t.nowMs());
        t.put(t.master(name).withReplica(new Replica(self, report, Replica.Repoint.NONE, 0)));
        return Ref.replica(name, key);
    }

    /** Adds a Sentinel; null if there is one of this id or too many. Its link may be shared. */
    static Ref addSentinel(Turn t, String name, String id, Address address) {
        Master master = t.master(name);
        if (master.peers().containsKey(id) || master.peers().size() >= INSTANCES_MAX) {
            return null;
        }
        long link = sharedLink(t, name, id);
        Instance self =
                Instance.create(
                                Kind.SENTINEL,
                                id,
                                address,
                                link == 0 ? t.newLink() : link,
                                t.nowMs())
                        .withIdentity(Identity.ofSentinel(id));
        t.put(t.master(name).withPeer(Peer.create(self, t.nowMs())));
        return Ref.sentinel(name, id);
    }

    /** The link to a Sentinel that watches another master too, 0 if it watches none. */
    private static long sharedLink(Turn t, String name, String id) {
        for (Master other : t.masters()) {
            Peer peer = other.peers().get(id);
            if (peer != null && !other.name().equals(name)) {
                return peer.self().link();
            }
        }
        return 0;
    }

    static boolean removeSentinel(Turn t, String name, String id) {
        Master master = t.master(name);
        Peer gone = master.peers().get(id);
        if (gone == null) {
            return false;
        }
        Map<String, Peer> left = new LinkedHashMap<>(master.peers());
        left.remove(id);
        t.put(master.withPeers(left));
        t.release(gone.self().link());
        return true;
    }

    /** A Sentinel has moved: it is looked for at its new place wherever it is known. */
    static void sentinelMoved(Turn t, String name, String id) {
        Address to = t.instance(Ref.sentinel(name, id)).address();
        int others = 0;
        for (Master master : t.masters()) {
            Ref ref = Ref.sentinel(master.name(), id);
            if (t.instance(ref) == null) {
                continue;
            }
            Connections.drop(t, ref);
            if (!master.name().equals(name)) {
                t.change(ref, instance -> instance.withAddress(to));
                others++;
            }
        }
        if (others > 0) {
            String tail = " " + others + " additional matching instances";
            Ref ref = Ref.sentinel(name, id);
            t.event(Severity.NOTICE, "+sentinel-address-update", ref, tail);
        }
    }

    /** Forgets replicas, Sentinels and what goes on; everything is found out anew. */
    static void reset(Turn t, String name) {
        Master master = t.master(name);
        List<Long> links = links(t, t.refs(master));
        t.put(master.begunAnew(master.address(), t.nowMs()).withPeers(Map.of()));
        restartLink(t, name);
        links.forEach(t::release);
        t.event(Severity.WARNING, "+reset-master", Ref.master(name));
    }

    private static void restartLink(Turn t, String name) {
        Connections.drop(t, Ref.master(name));
        Link link = t.link(t.instance(Ref.master(name)));
        t.put(link.begunAnew(t.nowMs()));
    }

    /**
     * Watches the master at another address. The old one stays as a replica, so that it is brought
     * in line when it returns; what was known of each server's identity stays known.
     */
    static void switchTo(Turn t, String name, Address to) {
        Master old = t.master(name);
        Identity identity = Identity.UNKNOWN;
        Map<Address, Identity> others = new LinkedHashMap<>();
        for (Replica replica : old.replicas().values()) {
            if (replica.self().address().isSame(to)) {
                identity = replica.self().identity();
            } else {
                others.put(replica.self().address(), replica.self().identity());
            }
        }
        if (old.address().isSame(to)) {
            identity = old.self().identity();
        } else {
            others.put(old.address(), old.self().identity());
        }
        List<Long> links = links(t, t.refs(old));
        Master next = old.begunAnew(to, t.nowMs());
        t.put(next.withSelf(next.self().withIdentity(identity)));
        restartLink(t, name);
        links.forEach(t::release);
        others.forEach((address, known) -> {
            Ref ref = addReplica(t, name, address);
            if (ref != null) {
                t.change(ref, instance -> instance.withIdentity(known));
                t.event(Severity.NOTICE, "+slave", ref);
            }
        });
        t.persist();
    }

    static void switchEvent(Turn t, Master master, Address from, String host, int port) {
        t.event(
                Severity.WARNING,
                "+switch-master",
                master,
                master.name()
                        + " "
                        + t.announced(from)
                        + " "
                        + from.port()
                        + " "
                        + host
                        + " "
                        + port);
    }

    /** Tells the program that reconfigures clients. */
    static void tellScript(Turn t, Master master, boolean leader, Address from, Address to) {
        String script = master.settings().reconfigScript();
        if (script.isEmpty()) {
            return;
        }
        t.effect(
                new Effect.Reconfigure(
                        script,
                        List.of(
                                master.name(),
                                leader ? "leader" : "observer",
                                "start",
                                t.announced(from),
                                Integer.toString(from.port()),
                                t.announced(to),
                                Integer.toString(to.port()))));
    }
}
