package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.Link.Channel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** One step in the making: the state so far, and the effects. Lives as long as the step. */
final class Turn {

    private final Context at;
    private final Rules rules;
    private final String myId;
    private long epoch;
    private GlobalSettings global;
    private Timing timing;
    private boolean tilt;
    private long tiltSinceMs;
    private long tilts;
    private long lastTickMs;
    private final Map<String, Master> masters;
    private final Map<Long, Link> links;
    private long nextNumber;
    private SentinelState.SimulatedFailures failures;
    private final List<SentinelState.Unsaved> unsaved;
    private final Map<String, List<Story>> stories;
    private final List<Effect> effects = new ArrayList<>();

    Turn(SentinelState from, Context at, Rules rules) {
        this.at = at;
        this.rules = rules;
        myId = from.myId();
        epoch = from.epoch();
        global = from.global();
        timing = from.timing();
        tilt = from.tilt();
        tiltSinceMs = from.tiltSinceMs();
        tilts = from.tilts();
        lastTickMs = from.lastTickMs();
        masters = new LinkedHashMap<>(from.masters());
        links = new LinkedHashMap<>(from.links());
        nextNumber = from.nextNumber();
        failures = from.failures();
        unsaved = new ArrayList<>(from.unsaved());
        stories = new LinkedHashMap<>(from.stories());
    }

    SentinelState state() {
        return new SentinelState(
                myId,
                epoch,
                global,
                timing,
                tilt,
                tiltSinceMs,
                tilts,
                lastTickMs,
                masters,
                links,
                nextNumber,
                failures,
                unsaved,
                stories);
    }

    List<Effect> effects() {
        return effects;
    }

    // --- what it depends on ----------------------------------------------------------------------

    long nowMs() {
        return at.nowMs();
    }

    /** A number below {@code bound}, by chance. */
    long chance(long bound) {
        return at.random().nextLong(bound);
    }

    Rules rules() {
        return rules;
    }

    String myId() {
        return myId;
    }

    long epoch() {
        return epoch;
    }

    void setEpoch(long next) {
        if (next < epoch) {
            throw new IllegalStateException("an epoch never goes back: " + epoch + " to " + next);
        }
        epoch = next;
    }

    GlobalSettings global() {
        return global;
    }

    void setGlobal(GlobalSettings next) {
        global = next;
    }

    Timing timing() {
        return timing;
    }

    void setTiming(Timing next) {
        timing = next;
    }

    SentinelState.SimulatedFailures failures() {
        return failures;
    }

    void setFailures(SentinelState.SimulatedFailures next) {
        failures = next;
    }

    // --- time ------------------------------------------------------------------------------------

    /** Whether time went oddly: noticed by a look around, or none came for too long. */
    boolean isTilted() {
        return tilt || nowMs() - lastTickMs > timing.get(Timing.Name.TILT_TRIGGER);
    }

    long tiltSinceMs() {
        return tiltSinceMs;
    }

    void tilt() {
        tilts += tilt ? 0 : 1;
        tilt = true;
        tiltSinceMs = nowMs();
    }

    /** Before the first TILT, its time says when the watch began. */
    void beginWatch() {
        tiltSinceMs = nowMs();
    }

    boolean isWarmingUp(long ms) {
        return !tilt && tilts == 0 && nowMs() - tiltSinceMs < ms;
    }

    void untilt() {
        tilt = false;
    }

    /** Notes that this is a look around; how long ago the last one was. */
    long ticked() {
        long passed = nowMs() - lastTickMs;
        lastTickMs = nowMs();
        return passed;
    }

    // --- who is watched --------------------------------------------------------------------------

    List<String> masterNames() {
        return List.copyOf(masters.keySet());
    }

    Iterable<Master> masters() {
        return List.copyOf(masters.values());
    }

    /** The master of a name, or null. */
    Master master(String name) {
        return masters.get(name);
    }

    void put(Master master) {
        masters.put(master.name(), master);
    }

    void remove(String name) {
        masters.remove(name);
        stories.remove(name);
    }

    Instance instance(Ref ref) {
        Master master = masters.get(ref.master());
        if (master == null) {
            return null;
        }
        return switch (ref.kind()) {
            case MASTER -> master.self();
            case REPLICA -> {
                Replica replica = master.replicas().get(ref.key());
                yield replica == null ? null : replica.self();
            }
            case SENTINEL -> {
                Peer peer = master.peers().get(ref.key());
                yield peer == null ? null : peer.self();
            }
        };
    }

    /** Changes an instance that exists. */
    void change(Ref ref, UnaryOperator<Instance> how) {
        Master master = masters.get(ref.master());
        switch (ref.kind()) {
            case MASTER -> put(master.withSelf(how.apply(master.self())));
            case REPLICA -> {
                Replica replica = master.replicas().get(ref.key());
                put(master.withReplica(replica.withSelf(how.apply(replica.self()))));
            }
            case SENTINEL -> {
                Peer peer = master.peers().get(ref.key());
                put(master.withPeer(peer.withSelf(how.apply(peer.self()))));
            }
        }
    }

    Replica replica(Ref ref) {
        Master master = masters.get(ref.master());
        return master == null ? null : master.replicas().get(ref.key());
    }

    void changeReplica(Ref ref, UnaryOperator<Replica> how) {
        Master master = masters.get(ref.master());
        put(master.withReplica(how.apply(master.replicas().get(ref.key()))));
    }

    void changePeer(Ref ref, UnaryOperator<Peer> how) {
        Master master = masters.get(ref.master());
        put(master.withPeer(how.apply(master.peers().get(ref.key()))));
    }

    /** All instances of a master: itself, its replicas, the Sentinels. */
    List<Ref> refs(Master master) {
        List<Ref> refs = new ArrayList<>();
        refs.add(Ref.master(master.name()));
        master.replicas().keySet().forEach(key -> refs.add(Ref.replica(master.name(), key)));
        master.peers().keySet().forEach(key -> refs.add(Ref.sentinel(master.name(), key)));
        return refs;
    }

    // --- links -----------------------------------------------------------------------------------

    Link link(long id) {
        return links.get(id);
    }

    Link link(Instance instance) {
        return links.get(instance.link());
    }

    boolean isDisconnected(Instance instance) {
        return link(instance).isDisconnected(instance.isServer());
    }

    long newLink() {
        long id = nextNumber++;
        links.put(id, Link.create(id, nowMs()));
        return id;
    }

    void put(Link link) {
        links.put(link.id(), link);
    }

    /** Every link as if its watch began now. */
    void restartLinks() {
        links.replaceAll((id, link) -> link.begunAnew(nowMs()));
    }

    /** Ends the link of an instance that is gone, unless another one uses it. */
    void release(long id) {
        if (sharers(id) == 0) {
            disconnect(id, Channel.COMMAND);
            disconnect(id, Channel.PUBSUB);
            links.remove(id);
        }
    }

    int sharers(long id) {
        int count = 0;
        for (Master master : masters.values()) {
            for (Ref ref : refs(master)) {
                count += instance(ref).link() == id ? 1 : 0;
            }
        }
        return count;
    }

    long connect(long id, Channel channel, Address to) {
        long number = nextNumber++;
        Link link = links.get(id);
        put(link.withConnection(channel, new Link.Connection(number, nowMs(), false)));
        effects.add(new Effect.Connect(id, channel, number, to));
        return number;
    }

    void disconnect(long id, Channel channel) {
        Link link = links.get(id);
        Link.Connection connection = link.connection(channel);
        if (connection != null) {
            effects.add(new Effect.Disconnect(id, channel, connection.number()));
            put(link.withConnection(channel, null));
        }
    }

    /** Sends a command on a connection that exists. */
    void send(long id, Channel channel, Ask ask, List<String> words) {
        Link link = links.get(id);
        put(link.withPending(1));
        effects.add(new Effect.Send(id, channel, link.connection(channel).number(), words, ask));
    }

    // --- addresses -------------------------------------------------------------------------------

    /**
     * The address that a host and a port make.
     *
     * @param unresolved whether a name may stand that resolves to nothing yet
     * @return null if there is none
     */
    Address address(String host, long port, boolean unresolved) {
        if (!Address.isPort(port) || !Address.isHost(host)) {
            return null;
        }
        if (Address.isIp(host)) {
            return new Address(host, host, (int) port);
        }
        if (!global.resolveHostnames()) {
            return null;
        }
        String ip = at.names().ip(host);
        if (ip == null) {
            return unresolved ? new Address(host, "", (int) port) : null;
        }
        return new Address(host, ip, (int) port);
    }

    /** Whether a host that somebody named is that of an address. */
    boolean isHostOf(Address address, String host) {
        String ip =
                Address.isIp(host) ? host : global.resolveHostnames() ? at.names().ip(host) : null;
        if (ip == null) {
            return (global.resolveHostnames() ? address.host() : address.ip())
                    .equalsIgnoreCase(host);
        }
        return address.ip().equalsIgnoreCase(ip);
    }

    String announced(Address address) {
        return address.announced(global.announceHostnames());
    }

    String text(Address address) {
        return address.text(global.announceHostnames());
    }

    // --- what is told ----------------------------------------------------------------------------

    /** An event about an instance: {@code master NAME IP PORT}, others with their master. */
    void event(Severity severity, String type, Ref about, String tail) {
        Master master = masters.get(about.master());
        event(severity, type, master, describe(about) + tail);
    }

    void event(Severity severity, String type, Ref about) {
        event(severity, type, about, "");
    }

    /** A warning that concerns no master. */
    void event(String type, String text) {
        event(Severity.WARNING, type, (Master) null, text);
    }

    /** An event with a text of its own, that concerns a master or, if that is null, none. */
    void event(Severity severity, String type, Master master, String text) {
        boolean loud = severity == Severity.WARNING && master != null;
        effects.add(
                new Effect.Event(
                        severity,
                        type,
                        text,
                        master == null ? "" : master.name(),
                        loud ? master.settings().notificationScript() : "",
                        severity != Severity.DEBUG && master != null
                                ? master.settings().webhook()
                                : ""));
    }

    private String describe(Ref about) {
        Master master = masters.get(about.master());
        Instance instance = instance(about);
        String text = describe(instance);
        return instance.kind() == Kind.MASTER
                ? text
                : text
                        + " @ "
                        + master.name()
                        + " "
                        + announced(master.address())
                        + " "
                        + master.address().port();
    }

    private String describe(Instance instance) {
        return instance.kind().label()
                + " "
                + instance.name()
                + " "
                + announced(instance.address())
                + " "
                + instance.address().port();
    }

    void note(Severity severity, String text) {
        effects.add(new Effect.Note(severity, text));
    }

    void effect(Effect effect) {
        effects.add(effect);
    }

    // --- durability ------------------------------------------------------------------------------

    /** Asks for the state to be saved. */
    long persist() {
        long ticket = nextNumber++;
        effects.add(new Effect.Persist(ticket));
        return ticket;
    }

    List<SentinelState.Unsaved> unsaved() {
        return unsaved;
    }

    // --- stories ---------------------------------------------------------------------------------

    /** Adds to the open story of a master, or begins one. */
    void tell(String master, String what, String... details) {
        Story.Entry entry = Story.Entry.of(nowMs(), what, details);
        List<Story> all = new ArrayList<>(stories.getOrDefault(master, List.of()));
        if (all.isEmpty() || all.getLast().closed()) {
            if (all.size() == Story.STORIES_MAX) {
                all.removeFirst();
            }
            all.add(Story.begin());
        }
        all.set(all.size() - 1, all.getLast().with(entry));
        stories.put(master, all);
        effects.add(new Effect.Tell(master, entry));
    }

    /** The open story is about this epoch. */
    void tellEpoch(String master, long number) {
        changeStory(master, story -> story.in(number));
    }

    void tellEnd(String master) {
        changeStory(master, Story::end);
    }

    private void changeStory(String master, UnaryOperator<Story> how) {
        List<Story> all = new ArrayList<>(stories.getOrDefault(master, List.of()));
        if (!all.isEmpty() && !all.getLast().closed()) {
            all.set(all.size() - 1, how.apply(all.getLast()));
            stories.put(master, all);
        }
    }

    /** Whether a story of this master is being told. */
    boolean isTelling(String master) {
        List<Story> all = stories.get(master);
        return all != null && !all.getLast().closed();
    }
}
