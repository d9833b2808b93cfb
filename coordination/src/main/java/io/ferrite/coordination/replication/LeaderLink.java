package io.ferrite.coordination.replication;

import io.ferrite.coordination.log.BacklogWindow;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * The leader's end of the link to one follower.
 *
 * <p>Pure: no clock, no chance, no I/O, no threads, no log. Same state, input and context, same
 * step.
 *
 * <pre>
 *   Visitor     --REPLCONF------------------->  Visitor       +OK
 *   Visitor     --PSYNC, partial------------->  Online        +CONTINUE, attach, stream
 *   Visitor     --PSYNC full, SYNC----------->  Waiting       a copy is wanted
 *   Visitor     --PSYNC full, two ways------->  AwaitingChannel  +RDBCHANNELSYNC
 *   AwaitingCh. --StreamFrom----------------->  Flanked       attach at the copy's offset, stream
 *   Flanked     --ACK------------------------>  Online        the copy is loaded
 *   AwaitingCh.,
 *   Flanked     --OtherLost, silence--------->  Gone          close
 *   Visitor     --PSYNC while not able------->  Visitor       -NOMASTERLINK
 *   Waiting     --CopyBegins----------------->  Copying       +FULLRESYNC, attach at the copy's offset
 *   Waiting     --CopyFailed----------------->  Gone          error, close
 *   Copying     --CopySent, end mark--------->  Settling      the stream waits for the first ACK
 *   Copying     --CopySent, known length----->  Online        stream
 *   Copying     --CopySent, copy only-------->  Transmitted   the follower closes
 *   Settling    --ACK------------------------>  Online        stream
 *   Copying     --no byte taken in time------>  Gone          close
 *   Settling,
 *   Online      --no ACK in time------------->  Gone          close
 * </pre>
 *
 * <p>A newline goes out every second while the follower waits for a copy to begin.
 */
public final class LeaderLink {

    private LeaderLink() {}

    // --- state -----------------------------------------------------------------------------------

    public sealed interface Phase {}

    /** A client that has not asked for anything yet. */
    public record Visitor() implements Phase {}

    /** Asked for a copy, which has not begun. */
    public record Waiting(long sinceMs, long nextNewlineMs) implements Phase {}

    /** The copy is on its way. */
    public record Copying(long offset, CopyForm form, long nextNewlineMs) implements Phase {}

    /** The follower shall ask for the copy by another connection. */
    public record AwaitingChannel(long sinceMs) implements Phase {}

    /** The stream flows, and the copy by the follower's other connection. */
    public record Flanked() implements Phase {}

    /** The copy has been sent with an end mark; the stream waits until the follower speaks. */
    public record Settling() implements Phase {}

    /** The stream flows. */
    public record Online() implements Phase {}

    /** Wanted a copy and nothing else, and has it. */
    public record Transmitted() implements Phase {}

    public record Gone() implements Phase {}

    /** How a copy is sent. */
    public enum CopyForm {
        /** As it is made, with an end mark. */
        STREAMED,
        /** Made first, then sent with its length. */
        STORED_MAKING,
        STORED_SENDING
    }

    public enum Capability {
        EOF,
        PSYNC2,
        /** Can take the copy by a connection of its own. */
        CHANNEL,
        OTHER
    }

    /**
     * What the follower said about itself.
     *
     * @param address announced address, null if the connection's is right
     * @param port listening port, 0 if it did not say
     * @param copyOnly wants a copy without the stream
     * @param filtered wants only parts of a copy
     * @param withFunctions the functions are among those parts
     * @param legacy came with SYNC: knows no offsets and never acknowledges
     * @param channel this is a follower's second connection, for the copy alone
     * @param mainId and its first one is this client; 0 if it did not say
     */
    public record Peer(
            String address,
            int port,
            Set<Capability> capabilities,
            boolean copyOnly,
            boolean filtered,
            boolean withFunctions,
            boolean legacy,
            boolean channel,
            long mainId) {

        static final Peer UNKNOWN =
                new Peer(null, 0, Set.of(), false, false, false, false, false, 0);

        public boolean can(Capability capability) {
            return capabilities.contains(capability);
        }

        /** Whether this connection carries a copy and nothing else. */
        public boolean isWithoutStream() {
            return copyOnly || channel;
        }

        Peer withPort(int next) {
            return copy(address, next, capabilities, copyOnly, legacy, channel, mainId);
        }

        Peer withAddress(String next) {
            return copy(next, port, capabilities, copyOnly, legacy, channel, mainId);
        }

        Peer withCapability(Capability added) {
            Set<Capability> all = EnumSet.of(added);
            all.addAll(capabilities);
            return copy(address, port, Set.copyOf(all), copyOnly, legacy, channel, mainId);
        }

        Peer withCopyOnly(boolean on) {
            return copy(address, port, capabilities, on, legacy, channel, mainId);
        }

        Peer withFilter(boolean functions) {
            return new Peer(
                    address,
                    port,
                    capabilities,
                    copyOnly,
                    true,
                    functions,
                    legacy,
                    channel,
                    mainId);
        }

        Peer asLegacy() {
            return copy(address, port, capabilities, copyOnly, true, channel, mainId);
        }

        Peer withChannel(boolean on) {
            return copy(address, port, capabilities, copyOnly, legacy, on, mainId);
        }

        Peer withMain(long id) {
            return copy(address, port, capabilities, copyOnly, legacy, channel, id);
        }

        private Peer copy(
                String address,
                int port,
                Set<Capability> capabilities,
                boolean copyOnly,
                boolean legacy,
                boolean channel,
                long mainId) {
            return new Peer(
                    address,
                    port,
                    capabilities,
                    copyOnly,
                    filtered,
                    withFunctions,
                    legacy,
                    channel,
                    mainId);
        }
    }

    /**
     * @param acked the follower has applied the stream up to here
     * @param fsynced and its files hold it up to here, -1 if it does not say
     * @param ackedMs when it was last heard
     */
    public record State(Phase phase, Peer peer, long acked, long fsynced, long ackedMs) {

        public static final State NEW = new State(new Visitor(), Peer.UNKNOWN, 0, -1, 0);

        State in(Phase next) {
            return new State(next, peer, acked, fsynced, ackedMs);
        }

        State with(Peer next) {
            return new State(phase, next, acked, fsynced, ackedMs);
        }

        /** Whether it counts as a follower. */
        public boolean isFollower() {
            return !(phase instanceof Visitor || phase instanceof Gone);
        }

        /** Whether it has all the data and follows the stream. */
        public boolean isOnline() {
            return phase instanceof Online || phase instanceof Settling;
        }

        /** What INFO calls the phase; empty if it does not show it. */
        public String infoName() {
            return switch (phase) {
                case Visitor v -> "";
                case Gone g -> "";
                case Waiting w -> "wait_bgsave";
                case Copying c -> c.form() == CopyForm.STORED_SENDING ? "send_bulk" : "wait_bgsave";
                case AwaitingChannel a -> "wait_bgsave";
                case Flanked f -> "send_bulk_and_stream";
                case Settling s -> "online";
                case Online o -> "online";
                case Transmitted t -> "rdb_transmitted";
            };
        }
    }

    // --- inputs ----------------------------------------------------------------------------------

    public sealed interface Input {}

    /** REPLCONF with these arguments. */
    public record Replconf(List<String> arguments) implements Input {}

    /** PSYNC; the offset as it was sent. */
    public record Psync(String id, String offset) implements Input {}

    /** The request of followers older than PSYNC. */
    public record Sync() implements Input {}

    /**
     * The copy that this follower takes part in stands for the data at {@code offset}. Whoever
     * fixed that offset keeps the log from there and made it name its database there.
     */
    public record CopyBegins(long offset, CopyForm form) implements Input {}

    /** The copy begins, of the data at {@code offset}, on this follower's other connection. */
    public record StreamFrom(long offset) implements Input {}

    /** The follower's other connection is gone before it was done. */
    public record OtherLost() implements Input {}

    /** A stored copy is complete and goes out now. */
    public record CopyStored() implements Input {}

    /** The last byte of the copy has been given to the connection. */
    public record CopySent() implements Input {}

    public record CopyFailed(String reason) implements Input {}

    /** The follower sent an empty line: it lives. */
    public record Newline() implements Input {}

    /** Time passes; at least once a second. */
    public record Tick() implements Input {}

    // --- effects ---------------------------------------------------------------------------------

    public sealed interface Effect {}

    /** A reply line, without its end. */
    public record Reply(String text) implements Effect {}

    /** Bytes outside of any reply. */
    public record SendRaw(String text) implements Effect {}

    /** Keep the stream for this follower from this position on. */
    public record Attach(long offset) implements Effect {}

    /** Begin to send what has been kept. */
    public record StartStream() implements Effect {}

    /** A copy is wanted. */
    public record WantCopy() implements Effect {}

    public record Close() implements Effect {}

    /** Something for INFO to count. */
    public record Count(Counter counter) implements Effect {}

    public enum Counter {
        FULL,
        PARTIAL_OK,
        PARTIAL_REFUSED
    }

    /** The follower's acknowledged offset moved. */
    public record Acked() implements Effect {}

    /** The leader of this server asks how far it is: answered by the other link. */
    public record AckWanted() implements Effect {}

    public record Note(Level level, String text) implements Effect {}

    public record Outcome(State next, List<Effect> effects) {}

    // --- context ---------------------------------------------------------------------------------

    /**
     * All that a decision may depend on besides state and input.
     *
     * @param name how log lines call the follower: address and port
     * @param takenMs when its connection last took bytes of the copy
     * @param id what the follower is told to name this connection by on another one
     * @param offersChannel whether copies may come by a connection of their own
     * @param awaitsChannel whether the client of that id is told to ask for a copy by another
     *     connection
     * @param able whether this server can be followed: it leads, or its own leader is connected
     * @param handingOver a FAILOVER is in progress
     */
    public record Context(
            long nowMs,
            History history,
            BacklogWindow window,
            String name,
            long takenMs,
            long id,
            boolean offersChannel,
            LongPredicate awaitsChannel,
            boolean able,
            boolean handingOver,
            long timeoutMs) {}

    // --- steps -----------------------------------------------------------------------------------

    public static Outcome step(State state, Input input, Context at) {
        LeaderSteps walk = new LeaderSteps(at);
        State next =
                switch (input) {
                    case Replconf r -> walk.replconf(state, r.arguments());
                    case Psync p -> walk.psync(state, p);
                    case Sync s -> walk.sync(state);
                    case CopyBegins c -> walk.copyBegins(state, c);
                    case StreamFrom f -> walk.streamFrom(state, f.offset());
                    case OtherLost o -> walk.otherLost(state);
                    case CopyStored c -> walk.copyStored(state);
                    case CopySent c -> walk.copySent(state);
                    case CopyFailed f -> walk.copyFailed(state, f.reason());
                    case Newline n -> walk.heard(state);
                    case Tick t -> walk.tick(state);
                };
        return new Outcome(next, walk.effects());
    }
}
