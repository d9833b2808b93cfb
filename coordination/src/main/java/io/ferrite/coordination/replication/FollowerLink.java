package io.ferrite.coordination.replication;

import java.util.ArrayList;
import java.util.List;

/**
 * The follower's end of the link to its leader.
 *
 * <p>Pure: no clock, no chance, no I/O, no threads, no log. Same state, input and context, same
 * step.
 *
 * <pre>
 *   Off          --Follow--------------------->  Connecting    connect
 *   any          --Unfollow------------------->  Off           disconnect
 *   any          --Follow--------------------->  Connecting    disconnect, connect to the new leader
 *   Resting      --Tick, pause over----------->  Connecting    connect
 *   Connecting   --Opened--------------------->  Greeting      PING
 *   Greeting     --PONG or "who are you?"----->  Introducing   AUTH, REPLCONF listening-port, ip-address, capa
 *   Introducing  --last answer---------------->  Asking        PSYNC
 *   Asking       --FULLRESYNC----------------->  Receiving
 *   Asking       --CONTINUE------------------->  Streaming     resume at the offset asked for
 *   Asking       --other error---------------->  Receiving     SYNC: a leader older than PSYNC
 *   Receiving    --payload complete----------->  Loading       load
 *   Loading      --loaded--------------------->  Streaming     adopt the leader's history; ACK
 *   Loading      --Broken--------------------->  Loading       the copy is complete, so it is used
 *   Loading      --loaded, link broken-------->  Connecting    adopt the leader's history
 *   Streaming    --Broken, or silence--------->  Connecting    at once: the leader's backlog is running
 *   Receiving    --Broken, failure, silence--->  Connecting    at once
 *   Loading      --failure-------------------->  Connecting    at once
 *   Asking       --NOMASTERLINK, LOADING------>  Resting       a second
 *   others       --Broken, refusal------------>  Resting       a second
 *   others       --silence-------------------->  Connecting    at once
 * </pre>
 *
 * An input that does not fit the state is late news of a link that is gone, and changes nothing.
 *
 * <p>{@link Resume} is what the follower can go on with: the name of its stream; its offset is the
 * context's. It survives every failure up to {@link Loading}, when the old data is given up.
 */
public final class FollowerLink {

    private static final long RETRY_MS = 1000;
    private static final long ACK_PERIOD_MS = 1000;

    private FollowerLink() {}

    // --- state -----------------------------------------------------------------------------------

    /**
     * Whom to follow.
     *
     * @param takeover whether the leader-to-be is asked to become one (FAILOVER)
     */
    public record Target(String host, int port, boolean takeover) {
        public Target(String host, int port) {
            this(host, port, false);
        }
    }

    /** The stream that this server's data belongs to; {@code id} is null if it has none. */
    public record Resume(String id) {
        public static final Resume NOTHING = new Resume(null);

        boolean isPossible() {
            return id != null;
        }
    }

    public sealed interface State {
        /** What ROLE calls it. */
        String roleName();
    }

    /** A state with somebody to follow. */
    public sealed interface Following extends State {
        Target target();

        Resume resume();
    }

    public record Off() implements State {
        @Override
        public String roleName() {
            return "none";
        }
    }

    public record Resting(Target target, Resume resume, long untilMs) implements Following {
        @Override
        public String roleName() {
            return "connect";
        }
    }

    public record Connecting(Target target, Resume resume, long sinceMs) implements Following {
        @Override
        public String roleName() {
            return "connecting";
        }
    }

    public record Greeting(Target target, Resume resume, long heardMs) implements Following {
        @Override
        public String roleName() {
            return "handshake";
        }
    }

    /**
     * @param pending answers to come, in order
     */
    public record Introducing(Target target, Resume resume, List<Step> pending, long heardMs)
            implements Following {
        @Override
        public String roleName() {
            return "handshake";
        }
    }

    public record Asking(Target target, Resume resume, long heardMs) implements Following {
        @Override
        public String roleName() {
            return "handshake";
        }
    }

    /**
     * @param offset the offset that the copy stands for, -1 from a leader that has no offsets
     */
    public record Receiving(Target target, Resume resume, String id, long offset)
            implements Following {
        @Override
        public String roleName() {
            return "sync";
        }
    }

    /**
     * @param marked whether the leader waits for an ACK before it sends the stream
     * @param linked whether the connection still stands; the copy is complete in any case
     */
    public record Loading(
            Target target,
            String id,
            long offset,
            boolean marked,
            boolean linked,
            long nextNewlineMs)
            implements Following {
        @Override
        public Resume resume() {
            return Resume.NOTHING;
        }

        @Override
        public String roleName() {
            return "sync";
        }
    }

    /**
     * @param id the leader's stream; null from a leader that has no offsets
     */
    public record Streaming(Target target, String id, long nextAckMs) implements Following {
        @Override
        public Resume resume() {
            return new Resume(id);
        }

        @Override
        public String roleName() {
            return "connected";
        }
    }

    /** The commands by which a follower introduces itself. */
    public enum Step {
        AUTH,
        PORT,
        ADDRESS,
        CAPABILITIES
    }

    // --- inputs ----------------------------------------------------------------------------------

    public sealed interface Input {}

    /** Follow this leader from now on, with this data to go on from. */
    public record Follow(Target target, Resume resume) implements Input {}

    /** Follow nobody. */
    public record Unfollow() implements Input {}

    /** The connection stands. */
    public record Opened() implements Input {}

    /** There is no connection, or none any more. */
    public record Broken(String reason) implements Input {}

    /** A line of the leader's answers, without its end; an empty one only shows that it lives. */
    public record Line(String text) implements Input {}

    /** The copy cannot be received: the leader said so, or what it sent makes no sense. */
    public record PayloadRefused(String reason) implements Input {}

    /** The whole copy is here. */
    public record PayloadComplete(boolean marked) implements Input {}

    /** The copy is this server's data now. */
    public record Loaded() implements Input {}

    public record LoadFailed(String reason) implements Input {}

    /** The leader asks how far we are. */
    public record AckRequested() implements Input {}

    /** Time passes; at least once a second. */
    public record Tick() implements Input {}

    // --- effects ---------------------------------------------------------------------------------

    public sealed interface Effect {}

    public record Connect(String host, int port) implements Effect {}

    public record Disconnect() implements Effect {}

    /** A command in the usual form. */
    public record Send(List<String> words) implements Effect {}

    /** Bytes as they are. */
    public record SendRaw(String text) implements Effect {}

    /** A copy is coming. */
    public record ExpectPayload(String id, long offset) implements Effect {}

    /** What was received of a copy is of no use. */
    public record AbandonPayload() implements Effect {}

    /** Give up the old data, cut off own followers, load the copy. */
    public record Load() implements Effect {}

    /** The data is the leader's at this offset: the own history is the leader's from here. */
    public record Adopt(String id, long offset) implements Effect {}

    /** The stream goes on where it was, perhaps under a new name. */
    public record Continue(String id) implements Effect {}

    /** Tell the leader how far we are. */
    public record Ack(long offset, long fsynced) implements Effect {}

    /** Whether the asked server took over. */
    public record TakeoverAnswered(boolean accepted) implements Effect {}

    public record Note(Level level, String text) implements Effect {}

    public record Outcome(State next, List<Effect> effects) {}

    // --- context ---------------------------------------------------------------------------------

    /**
     * @param listeningPort the port that the leader shall show for this server
     * @param announcedAddress the address that it shall show, null for the connection's
     * @param user for AUTH, null for the default user
     * @param password for AUTH, null for no AUTH
     */
    public record Settings(
            long timeoutMs,
            int listeningPort,
            String announcedAddress,
            String user,
            String password) {}

    /**
     * All that a decision may depend on besides state and input.
     *
     * @param heardMs when the leader was last heard while a copy or the stream comes in
     * @param applied how many bytes of the stream this server has applied
     * @param fsynced how many of them its files hold durably, -1 without such files
     */
    public record Context(
            long nowMs, long heardMs, long applied, long fsynced, Settings settings) {}

    // --- steps -----------------------------------------------------------------------------------

    public static Outcome step(State state, Input input, Context at) {
        Walk walk = new Walk(at);
        State next =
                switch (input) {
                    case Follow f -> walk.follow(state, f);
                    case Unfollow u -> walk.unfollow(state);
                    case Opened o -> walk.opened(state);
                    case Broken b -> walk.broken(state, b.reason());
                    case Line l -> walk.line(state, l.text());
                    case PayloadRefused r -> walk.payloadRefused(state, r.reason());
                    case PayloadComplete c -> walk.payloadComplete(state, c.marked());
                    case Loaded l -> walk.loaded(state);
                    case LoadFailed f -> walk.loadFailed(state, f.reason());
                    case AckRequested a -> walk.ackRequested(state);
                    case Tick t -> walk.tick(state);
                };
        return new Outcome(next, List.copyOf(walk.effects));
    }

    /** One step being taken: collects the effects. */
    private static final class Walk {
        private final Context at;
        private final List<Effect> effects = new ArrayList<>(4);

        Walk(Context at) {
            this.at = at;
        }

        private void notice(String text) {
            effects.add(new Note(Level.NOTICE, text));
        }

        private void warn(String text) {
            effects.add(new Note(Level.WARNING, text));
        }

        // --- beginning and end

        State follow(State state, Follow f) {
            hangUp(state);
            return connect(f.target(), f.resume());
        }

        State unfollow(State state) {
            hangUp(state);
            return new Off();
        }

        private void hangUp(State state) {
            switch (state) {
                case Off o -> {}
                case Resting r -> {}
                case Receiving r -> {
                    effects.add(new AbandonPayload());
                    effects.add(new Disconnect());
                }
                case Loading l -> {
                    effects.add(new AbandonPayload());
                    if (l.linked()) {
                        effects.add(new Disconnect());
                    }
                }
                default -> effects.add(new Disconnect());
            }
        }

        private State connect(Target target, Resume resume) {
            notice("Connecting to MASTER " + target.host() + ":" + target.port());
            notice("MASTER <-> REPLICA sync started");
            effects.add(new Connect(target.host(), target.port()));
            return new Connecting(target, resume, at.nowMs());
        }

        private State reconnect(Following f, Resume resume) {
            hangUp(f);
            Target target = f.target();
            notice("Reconnecting to MASTER " + target.host() + ":" + target.port());
            effects.add(new Connect(target.host(), target.port()));
            return new Connecting(target, resume, at.nowMs());
        }

        private State rest(Following f) {
            hangUp(f);
            return new Resting(f.target(), f.resume(), at.nowMs() + RETRY_MS);
        }

        State broken(State state, String reason) {
            return switch (state) {
                case Off o -> o;
                case Resting r -> r;
                case Connecting c -> {
                    warn("Error condition on socket for SYNC: " + reason);
                    yield takeoverFailed(c, rest(c));
                }
                case Receiving r -> {
                    warn("I/O error trying to sync with MASTER: " + reason);
                    yield reconnect(r, r.resume());
                }
                // The copy is complete: what it lacks is only a link to go on with.
                case Loading l ->
                        new Loading(
                                l.target(), l.id(), l.offset(), l.marked(), false, Long.MAX_VALUE);
                case Streaming s -> {
                    warn("Connection with master lost.");
                    yield lost(s);
                }
                case Following f -> {
                    warn("Master did not respond to command during SYNC handshake");
                    yield takeoverFailed(f, rest(f));
                }
            };
        }

        private State lost(Streaming s) {
            if (s.id() != null) {
                notice("Caching the disconnected master state.");
            }
            return reconnect(s, s.resume());
        }

        private State takeoverFailed(Following f, State next) {
            if (f.target().takeover()) {
                effects.add(new TakeoverAnswered(false));
            }
            return next;
        }

        // --- handshake

        State opened(State state) {
            if (!(state instanceof Connecting c)) {
                return state;
            }
            notice("Non blocking connect for SYNC fired the event.");
            effects.add(new Send(List.of("PING")));
            return new Greeting(c.target(), c.resume(), at.nowMs());
        }

        State line(State state, String text) {
            return switch (state) {
                case Greeting g -> greeted(g, text);
                case Introducing i -> introduced(i, text);
                case Asking a -> answered(a, text);
                default -> state;
            };
        }

        private State greeted(Greeting g, String text) {
            if (!text.startsWith("+") && !isQuestionWho(text)) {
                warn("Error reply to PING from master: '" + text + "'");
                return takeoverFailed(g, rest(g));
            }
            notice("Master replied to PING, replication can continue...");
            return new Introducing(g.target(), g.resume(), introduce(), at.nowMs());
        }

        /** The leader lives and wants to know who we are. */
        private static boolean isQuestionWho(String text) {
            return text.startsWith("-NOAUTH")
                    || text.startsWith("-NOPERM")
                    || text.startsWith("-ERR operation not permitted");
        }

        private List<Step> introduce() {
            Settings s = at.settings();
            List<Step> pending = new ArrayList<>();
            if (s.password() != null) {
                effects.add(
                        new Send(
                                s.user() == null
                                        ? List.of("AUTH", s.password())
                                        : List.of("AUTH", s.user(), s.password())));
                pending.add(Step.AUTH);
            }
            String port = Integer.toString(s.listeningPort());
            effects.add(new Send(List.of("REPLCONF", "listening-port", port)));
            pending.add(Step.PORT);
            if (s.announcedAddress() != null) {
                effects.add(new Send(List.of("REPLCONF", "ip-address", s.announcedAddress())));
                pending.add(Step.ADDRESS);
            }
            effects.add(new Send(List.of("REPLCONF", "capa", "eof", "capa", "psync2")));
            pending.add(Step.CAPABILITIES);
            return List.copyOf(pending);
        }

        private State introduced(Introducing i, String text) {
            Step step = i.pending().getFirst();
            if (text.startsWith("-")) {
                if (step == Step.AUTH) {
                    warn("Unable to AUTH to MASTER: " + text);
                    return takeoverFailed(i, rest(i));
                }
                // Old leaders know fewer of these; they work without.
                notice(
                        "(Non critical) Master does not understand REPLCONF "
                                + name(step)
                                + ": "
                                + text);
            }
            List<Step> rest = i.pending().subList(1, i.pending().size());
            if (!rest.isEmpty()) {
                return new Introducing(i.target(), i.resume(), List.copyOf(rest), at.nowMs());
            }
            return ask(i);
        }

        private static String name(Step step) {
            return switch (step) {
                case AUTH -> "auth";
                case PORT -> "listening-port";
                case ADDRESS -> "ip-address";
                case CAPABILITIES -> "capa";
            };
        }

        private State ask(Introducing i) {
            List<String> words = new ArrayList<>();
            words.add("PSYNC");
            if (i.resume().isPossible()) {
                long next = at.applied() + 1;
                notice(
                        "Trying a partial resynchronization (request "
                                + i.resume().id()
                                + ":"
                                + next
                                + ").");
                words.add(i.resume().id());
                words.add(Long.toString(next));
            } else {
                notice("Partial resynchronization not possible (no cached master)");
                words.add("?");
                words.add("-1");
            }
            if (i.target().takeover()) {
                words.add("FAILOVER");
            }
            effects.add(new Send(List.copyOf(words)));
            return new Asking(i.target(), i.resume(), at.nowMs());
        }

        private State answered(Asking a, String text) {
            if (text.isEmpty()) {
                return new Asking(a.target(), a.resume(), at.nowMs());
            }
            if (text.startsWith("+FULLRESYNC")) {
                return full(a, text);
            }
            if (text.startsWith("+CONTINUE")) {
                return continued(a, text);
            }
            if (text.startsWith("-NOMASTERLINK") || text.startsWith("-LOADING")) {
                notice("Master is currently unable to PSYNC but should be in the future: " + text);
                return takeoverFailed(a, rest(a));
            }
            if (a.target().takeover()) {
                warn("Failover target rejected psync request: " + text);
                return takeoverFailed(a, rest(a));
            }
            if (text.startsWith("-ERR")) {
                notice("Master does not support PSYNC or is in error state (reply: " + text + ")");
            } else {
                warn("Unexpected reply to PSYNC from master: " + text);
            }
            notice("Retrying with SYNC...");
            effects.add(new SendRaw("SYNC\r\n"));
            effects.add(new ExpectPayload(null, -1));
            return new Receiving(a.target(), a.resume(), null, -1);
        }

        private State full(Asking a, String text) {
            takeoverAccepted(a);
            String[] words = text.split(" ");
            String id = null;
            long offset = -1;
            if (words.length >= 3 && words[1].length() == History.ID_LENGTH) {
                try {
                    offset = Long.parseLong(words[2]);
                    id = words[1];
                } catch (NumberFormatException e) {
                    offset = -1;
                }
            }
            if (id == null || offset < 0) {
                warn("Master replied with wrong +FULLRESYNC syntax.");
                id = null;
                offset = -1;
            } else {
                notice("Full resync from master: " + id + ":" + offset);
            }
            effects.add(new ExpectPayload(id, offset));
            return new Receiving(a.target(), a.resume(), id, offset);
        }

        private State continued(Asking a, String text) {
            if (!a.resume().isPossible()) {
                warn("Master wants to continue a history that this server does not have: " + text);
                return takeoverFailed(a, rest(a));
            }
            takeoverAccepted(a);
            notice("Successful partial resynchronization with master.");
            String id = a.resume().id();
            String offered = text.substring("+CONTINUE".length()).strip();
            if (offered.length() == History.ID_LENGTH && !offered.equals(id)) {
                notice("Master replication ID changed to " + offered);
                id = offered;
            }
            effects.add(new Continue(id));
            notice("MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization.");
            return new Streaming(plain(a.target()), id, at.nowMs());
        }

        private void takeoverAccepted(Asking a) {
            if (a.target().takeover()) {
                effects.add(new TakeoverAnswered(true));
            }
        }

        /** The leader needs to be asked to take over only once. */
        private static Target plain(Target target) {
            return new Target(target.host(), target.port());
        }

        // --- full copy

        State payloadRefused(State state, String reason) {
            if (!(state instanceof Receiving r)) {
                return state;
            }
            warn(reason);
            return reconnect(r, r.resume());
        }

        State payloadComplete(State state, boolean marked) {
            if (!(state instanceof Receiving r)) {
                return state;
            }
            effects.add(new Load());
            return new Loading(plain(r.target()), r.id(), r.offset(), marked, true, at.nowMs());
        }

        State loaded(State state) {
            if (!(state instanceof Loading l)) {
                return state;
            }
            effects.add(new Adopt(l.id(), l.offset()));
            notice("MASTER <-> REPLICA sync: Finished with success");
            if (!l.linked()) {
                Target target = l.target();
                notice("Reconnecting to MASTER " + target.host() + ":" + target.port());
                effects.add(new Connect(target.host(), target.port()));
                return new Connecting(target, new Resume(l.id()), at.nowMs());
            }
            if (l.marked() && l.id() != null) {
                // A leader that sent an end mark holds the stream back until it hears from us.
                effects.add(new Ack(l.offset(), at.fsynced()));
            }
            return new Streaming(l.target(), l.id(), at.nowMs() + ACK_PERIOD_MS);
        }

        State loadFailed(State state, String reason) {
            if (!(state instanceof Loading l)) {
                return state;
            }
            warn("Failed trying to load the MASTER synchronization DB: " + reason);
            return reconnect(l, l.resume());
        }

        // --- stream and time

        State ackRequested(State state) {
            if (state instanceof Streaming s && s.id() != null) {
                effects.add(new Ack(at.applied(), at.fsynced()));
            }
            return state;
        }

        State tick(State state) {
            return switch (state) {
                case Off o -> o;
                case Resting r -> at.nowMs() < r.untilMs() ? r : connect(r.target(), r.resume());
                case Connecting c -> handshakeTick(c, c.sinceMs());
                case Greeting g -> handshakeTick(g, g.heardMs());
                case Introducing i -> handshakeTick(i, i.heardMs());
                case Asking a -> handshakeTick(a, a.heardMs());
                case Receiving r -> receivingTick(r);
                case Loading l -> loadingTick(l);
                case Streaming s -> streamingTick(s);
            };
        }

        private boolean silentSince(long heardMs) {
            return at.nowMs() - heardMs > at.settings().timeoutMs();
        }

        private State handshakeTick(Following f, long heardMs) {
            if (!silentSince(heardMs)) {
                return f;
            }
            warn("Timeout connecting to the MASTER...");
            return reconnect(f, f.resume());
        }

        private State receivingTick(Receiving r) {
            if (!silentSince(at.heardMs())) {
                return r;
            }
            warn(
                    "Timeout receiving bulk data from MASTER... If the problem persists try to set"
                            + " the 'repl-timeout' parameter in redis.conf to a larger value.");
            return reconnect(r, r.resume());
        }

        /** The leader hears a newline a second, so that it does not take a long load for death. */
        private State loadingTick(Loading l) {
            if (at.nowMs() < l.nextNewlineMs()) {
                return l;
            }
            effects.add(new SendRaw("\n"));
            return new Loading(
                    l.target(), l.id(), l.offset(), l.marked(), true, at.nowMs() + ACK_PERIOD_MS);
        }

        private State streamingTick(Streaming s) {
            if (silentSince(at.heardMs())) {
                warn("MASTER timeout: no data nor PING received...");
                return lost(s);
            }
            if (s.id() == null || at.nowMs() < s.nextAckMs()) {
                return s;
            }
            effects.add(new Ack(at.applied(), at.fsynced()));
            return new Streaming(s.target(), s.id(), at.nowMs() + ACK_PERIOD_MS);
        }
    }
}
