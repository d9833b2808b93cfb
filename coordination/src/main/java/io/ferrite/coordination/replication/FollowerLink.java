package io.ferrite.coordination.replication;

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
 *   Introducing  --last answer, in doubt------>  Inspecting    INFO replication
 *   Inspecting   --answer--------------------->  Asking        PSYNC
 *   Inspecting   --the leader is behind------->  Resting       it is fed the same stream
 *   Inspecting   --the own data is not its---->  Resting       if rewound leaders are refused
 *   Asking       --FULLRESYNC----------------->  Receiving
 *   Asking       --FULLRESYNC, of less-------->  Resting       and asks the leader before, next time
 *   Asking       --RDBCHANNELSYNC------------->  Pairing       connect again, hold the stream
 *   Pairing      --FULLRESYNC, other one------>  Receiving     by the other one
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

    /**
     * The stream that this server's data belongs to; {@code id} is null if it has none.
     *
     * @param elsewhere whether it was not had from the leader that is asked now, which may have
     *     less of it
     */
    public record Resume(String id, boolean elsewhere) {
        public static final Resume NOTHING = new Resume(null);

        public Resume(String id) {
            this(id, false);
        }

        /** The same, to be gone on with under another leader. */
        public Resume moved() {
            return new Resume(id, true);
        }

        boolean knows(String stream) {
            return stream.equalsIgnoreCase(id);
        }

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

    /**
     * The leader is asked which history it has: this server has data to lose, or may be ahead.
     *
     * @param left bytes of the answer to come, -1 before it begins
     */
    public record Inspecting(
            Target target, Resume resume, LeaderFacts facts, int left, long heardMs)
            implements Following {
        @Override
        public String roleName() {
            return "handshake";
        }
    }

    /**
     * @param facts what the leader said about its history; null if it was not asked or did not
     *     answer
     * @param from how many bytes of the stream are gone on from
     */
    public record Asking(Target target, Resume resume, LeaderFacts facts, long from, long heardMs)
            implements Following {
        @Override
        public String roleName() {
            return "handshake";
        }
    }

    /**
     * The copy shall come by another connection, which is being made; by this one comes the stream,
     * and is held.
     *
     * @param mainId what the leader calls this connection
     * @param pending answers to come on the other one before it is asked for the copy
     * @param asked whether it was
     */
    public record Pairing(
            Target target,
            Resume resume,
            LeaderFacts facts,
            long mainId,
            List<Step> pending,
            boolean asked,
            long heardMs)
            implements Following {
        @Override
        public String roleName() {
            return "sync";
        }
    }

    /**
     * @param offset the offset that the copy stands for, -1 from a leader that has no offsets
     * @param channel whether it comes by a connection of its own
     * @param nextNewlineMs when the leader is told next that this server lives, if so
     */
    public record Receiving(
            Target target,
            Resume resume,
            String id,
            long offset,
            boolean channel,
            long nextNewlineMs)
            implements Following {
        public Receiving(Target target, Resume resume, String id, long offset) {
            this(target, resume, id, offset, false, Long.MAX_VALUE);
        }

        @Override
        public String roleName() {
            return "sync";
        }
    }

    /**
     * @param marked whether the leader waits for an ACK before it sends the stream
     * @param linked whether the connection still stands; the copy is complete in any case
     * @param channel whether the copy came by another one, and the stream is held
     */
    public record Loading(
            Target target,
            String id,
            long offset,
            boolean marked,
            boolean linked,
            boolean channel,
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

    /** The connection for the copy stands. */
    public record ChannelOpened() implements Input {}

    /** There is none, or none any more. */
    public record ChannelBroken(String reason) implements Input {}

    /** As {@link Line}, by the connection for the copy. */
    public record ChannelLine(String text) implements Input {}

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

    /** Make another connection for the copy, and hold what comes by the first one. */
    public record OpenChannel(String host, int port) implements Effect {}

    public record SendByChannel(List<String> words) implements Effect {}

    public record CloseChannel() implements Effect {}

    /** What was held of the stream is of no use. */
    public record DropHeld() implements Effect {}

    /** A copy is coming. */
    public record ExpectPayload(String id, long offset) implements Effect {}

    /** What was received of a copy is of no use. */
    public record AbandonPayload() implements Effect {}

    /** Give up the old data, cut off own followers, load the copy. */
    public record Load() implements Effect {}

    /** The data is the leader's at this offset: the own history is the leader's from here. */
    public record Adopt(String id, long offset) implements Effect {}

    /**
     * The stream goes on where it was, perhaps under a new name; or before that, at {@code from},
     * if no data lies between.
     */
    public record Continue(String id, long from) implements Effect {}

    /**
     * The data is about to be given up, and the leader's history lacks what is behind {@code from}:
     * keep that part of the log somewhere.
     */
    public record SaveDivergence(String id, long from) implements Effect {}

    /** The leader is not followed, lest the data be lost; null when that is over. */
    public record Refused(String reason) implements Effect {}

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
     * @param channel whether copies may come by a connection of their own
     * @param refuseRewound whether the data is kept rather than exchanged for that of a leader
     *     which lacks a part of it
     * @param saveDivergence whether such a part is saved before
     */
    public record Settings(
            long timeoutMs,
            int listeningPort,
            String announcedAddress,
            String user,
            String password,
            boolean channel,
            boolean refuseRewound,
            boolean saveDivergence) {}

    /**
     * All that a decision may depend on besides state and input.
     *
     * @param heardMs when the leader was last heard while a copy or the stream comes in
     * @param applied how many bytes of the stream this server has applied
     * @param dataEnd behind the last of them that carries data: the data stands for every offset
     *     from there on
     * @param fsynced how many of them its files hold durably, -1 without such files
     * @param hasData whether there is a key
     */
    public record Context(
            long nowMs,
            long heardMs,
            long applied,
            long dataEnd,
            long fsynced,
            boolean hasData,
            Settings settings) {}

    // --- steps -----------------------------------------------------------------------------------

    public static Outcome step(State state, Input input, Context at) {
        FollowerSteps walk = new FollowerSteps(at);
        State next =
                switch (input) {
                    case Follow f -> walk.follow(state, f);
                    case Unfollow u -> walk.unfollow(state);
                    case Opened o -> walk.opened(state);
                    case Broken b -> walk.broken(state, b.reason());
                    case Line l -> walk.line(state, l.text());
                    case ChannelOpened o -> new ChannelSteps(walk).opened(state);
                    case ChannelBroken b -> new ChannelSteps(walk).broken(state, b.reason());
                    case ChannelLine l -> new ChannelSteps(walk).line(state, l.text());
                    case PayloadRefused r -> walk.payloadRefused(state, r.reason());
                    case PayloadComplete c -> walk.payloadComplete(state, c.marked());
                    case Loaded l -> walk.loaded(state);
                    case LoadFailed f -> walk.loadFailed(state, f.reason());
                    case AckRequested a -> walk.ackRequested(state);
                    case Tick t -> walk.tick(state);
                };
        return new Outcome(next, walk.effects());
    }
}
