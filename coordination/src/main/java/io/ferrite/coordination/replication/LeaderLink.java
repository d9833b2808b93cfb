package io.ferrite.coordination.replication;

import io.ferrite.coordination.log.BacklogWindow;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

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

    private static final long NEWLINE_PERIOD_MS = 1000;
    private static final int ADDRESS_MAX = 1024;

    private LeaderLink() {}

    // --- state -----------------------------------------------------------------------------------

    public sealed interface Phase {}

    /** A client that has not asked for anything yet. */
    public record Visitor() implements Phase {}

    /** Asked for a copy, which has not begun. */
    public record Waiting(long sinceMs, long nextNewlineMs) implements Phase {}

    /** The copy is on its way. */
    public record Copying(long offset, CopyForm form, long nextNewlineMs) implements Phase {}

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
     */
    public record Peer(
            String address,
            int port,
            Set<Capability> capabilities,
            boolean copyOnly,
            boolean filtered,
            boolean withFunctions,
            boolean legacy) {

        static final Peer UNKNOWN = new Peer(null, 0, Set.of(), false, false, false, false);

        public boolean can(Capability capability) {
            return capabilities.contains(capability);
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
     * @param able whether this server can be followed: it leads, or its own leader is connected
     * @param handingOver a FAILOVER is in progress
     */
    public record Context(
            long nowMs,
            History history,
            BacklogWindow window,
            String name,
            long takenMs,
            boolean able,
            boolean handingOver,
            long timeoutMs) {}

    // --- steps -----------------------------------------------------------------------------------

    public static Outcome step(State state, Input input, Context at) {
        Walk walk = new Walk(at);
        State next =
                switch (input) {
                    case Replconf r -> walk.replconf(state, r.arguments());
                    case Psync p -> walk.psync(state, p);
                    case Sync s -> walk.sync(state);
                    case CopyBegins c -> walk.copyBegins(state, c);
                    case CopyStored c -> walk.copyStored(state);
                    case CopySent c -> walk.copySent(state);
                    case CopyFailed f -> walk.copyFailed(state, f.reason());
                    case Newline n -> walk.heard(state);
                    case Tick t -> walk.tick(state);
                };
        return new Outcome(next, List.copyOf(walk.effects));
    }

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

        private State refuse(State state, String error) {
            effects.add(new Reply("-" + error));
            return state;
        }

        // --- REPLCONF

        State replconf(State state, List<String> arguments) {
            if (arguments.size() % 2 != 0) {
                return refuse(state, "ERR syntax error");
            }
            State now = state;
            for (int i = 0; i < arguments.size(); i += 2) {
                String value = arguments.get(i + 1);
                switch (arguments.get(i).toLowerCase(Locale.ROOT)) {
                    case "ack" -> {
                        return acked(now, arguments, i);
                    }
                    case "getack" -> {
                        effects.add(new AckWanted());
                        return now;
                    }
                    case "listening-port" -> {
                        Long port = number(value);
                        if (port == null) {
                            return refuse(now, "ERR value is not an integer or out of range");
                        }
                        now = now.with(withPort(now.peer(), (int) (long) port));
                    }
                    case "ip-address" -> {
                        if (value.length() >= ADDRESS_MAX) {
                            return refuse(
                                    now,
                                    "ERR REPLCONF ip-address provided by replica instance is too"
                                            + " long: "
                                            + value.length()
                                            + " bytes");
                        }
                        now = now.with(withAddress(now.peer(), value.isEmpty() ? null : value));
                    }
                    case "capa" -> now = now.with(withCapability(now.peer(), value));
                    case "version" -> {}
                    case "rdb-only" -> {
                        Long on = number(value);
                        if (on == null || on < 0 || on > 1) {
                            return refuse(
                                    now, "ERR value is out of range, must be between 0 and 1");
                        }
                        now = now.with(withCopyOnly(now.peer(), on == 1));
                    }
                    case "rdb-filter-only" -> {
                        String bad = unknownFilter(value);
                        if (bad != null) {
                            return refuse(now, "ERR Unsupported rdb-filter-only option: " + bad);
                        }
                        now = now.with(withFilter(now.peer(), value));
                    }
                    default -> {
                        return refuse(now, "ERR Unrecognized REPLCONF option: " + arguments.get(i));
                    }
                }
            }
            effects.add(new Reply("+OK"));
            return now;
        }

        private static Long number(String text) {
            try {
                return Long.valueOf(text);
            } catch (NumberFormatException e) {
                return null;
            }
        }

        private static Peer withPort(Peer p, int port) {
            return new Peer(
                    p.address(),
                    port,
                    p.capabilities(),
                    p.copyOnly(),
                    p.filtered(),
                    p.withFunctions(),
                    p.legacy());
        }

        private static Peer withAddress(Peer p, String address) {
            return new Peer(
                    address,
                    p.port(),
                    p.capabilities(),
                    p.copyOnly(),
                    p.filtered(),
                    p.withFunctions(),
                    p.legacy());
        }

        private static Peer withCapability(Peer p, String name) {
            Capability capability =
                    switch (name.toLowerCase(Locale.ROOT)) {
                        case "eof" -> Capability.EOF;
                        case "psync2" -> Capability.PSYNC2;
                        default -> Capability.OTHER;
                    };
            Set<Capability> all = EnumSet.of(capability);
            all.addAll(p.capabilities());
            return new Peer(
                    p.address(),
                    p.port(),
                    Set.copyOf(all),
                    p.copyOnly(),
                    p.filtered(),
                    p.withFunctions(),
                    p.legacy());
        }

        private static Peer withCopyOnly(Peer p, boolean on) {
            return new Peer(
                    p.address(),
                    p.port(),
                    p.capabilities(),
                    on,
                    p.filtered(),
                    p.withFunctions(),
                    p.legacy());
        }

        private static String unknownFilter(String value) {
            for (String part : value.strip().split("\\s+")) {
                if (!part.isEmpty() && !part.equalsIgnoreCase("functions")) {
                    return part;
                }
            }
            return null;
        }

        private static Peer withFilter(Peer p, String value) {
            return new Peer(
                    p.address(),
                    p.port(),
                    p.capabilities(),
                    p.copyOnly(),
                    true,
                    !value.isBlank(),
                    p.legacy());
        }

        private static Peer asLegacy(Peer p) {
            return new Peer(
                    p.address(),
                    p.port(),
                    p.capabilities(),
                    p.copyOnly(),
                    p.filtered(),
                    p.withFunctions(),
                    true);
        }

        // --- acknowledgements

        /** REPLCONF ACK offset [FACK offset]: never answered, whatever is wrong with it. */
        private State acked(State state, List<String> arguments, int i) {
            if (!state.isFollower()) {
                return state;
            }
            Long offset = number(arguments.get(i + 1));
            if (offset == null) {
                return state;
            }
            long fsynced = state.fsynced();
            if (i + 3 < arguments.size() && arguments.get(i + 2).equalsIgnoreCase("fack")) {
                Long durable = number(arguments.get(i + 3));
                if (durable == null) {
                    return state;
                }
                fsynced = Math.max(fsynced, durable);
            }
            effects.add(new Acked());
            State now =
                    new State(
                            state.phase(),
                            state.peer(),
                            Math.max(state.acked(), offset),
                            fsynced,
                            at.nowMs());
            if (state.phase() instanceof Settling) {
                effects.add(new StartStream());
                return now.in(new Online());
            }
            return now;
        }

        State heard(State state) {
            return state.isFollower()
                    ? new State(
                            state.phase(), state.peer(), state.acked(), state.fsynced(), at.nowMs())
                    : state;
        }

        // --- PSYNC

        State psync(State state, Psync p) {
            if (!(state.phase() instanceof Visitor)) {
                return state;
            }
            if (!mayFollow(state)) {
                return state;
            }
            notice("Replica " + at.name() + " asks for synchronization");
            Long offset = number(p.offset());
            if (offset == null) {
                warn("Replica " + at.name() + " asks for synchronization but with a wrong offset");
                return refuse(state, "ERR value is not an integer or out of range");
            }
            return switch (PsyncDecision.of(at.history(), at.window(), p.id(), offset)) {
                case PsyncDecision.Partial partial -> goOn(state, partial.from());
                case PsyncDecision.Full full -> {
                    explain(full.reason(), p.id(), offset);
                    if (full.reason() != PsyncDecision.Reason.ASKED) {
                        effects.add(new Count(Counter.PARTIAL_REFUSED));
                    }
                    yield wantCopy(state);
                }
            };
        }

        private boolean mayFollow(State state) {
            if (at.handingOver()) {
                refuse(state, "NOMASTERLINK Can't SYNC while failing over");
                return false;
            }
            if (!at.able()) {
                refuse(state, "NOMASTERLINK Can't SYNC while not connected with my master");
                return false;
            }
            if (state.peer().filtered() && !state.peer().can(Capability.EOF)) {
                refuse(state, "ERR Filtered replica requires EOF capability");
                return false;
            }
            return true;
        }

        private void explain(PsyncDecision.Reason reason, String id, long offset) {
            switch (reason) {
                case ASKED -> notice("Full resync requested by replica " + at.name());
                case OTHER_HISTORY ->
                        notice(
                                "Partial resynchronization not accepted: Replication ID mismatch"
                                        + " (Replica asked for '"
                                        + id
                                        + "', my replication IDs are '"
                                        + at.history().id()
                                        + "' and '"
                                        + at.history().previousId()
                                        + "')");
                case BEYOND_SWITCH ->
                        notice(
                                "Partial resynchronization not accepted: Requested offset for"
                                        + " second ID was "
                                        + offset
                                        + ", but I can reply up to "
                                        + at.history().previousLimit());
                case NOT_KEPT -> {
                    notice(
                            "Unable to partial resync with replica "
                                    + at.name()
                                    + " for lack of backlog (Replica request was: "
                                    + offset
                                    + ").");
                    if (offset > at.window().end()) {
                        warn(
                                "Warning: replica "
                                        + at.name()
                                        + " tried to PSYNC with an offset that"
                                        + " is greater than the master replication offset.");
                    }
                }
            }
        }

        private State goOn(State state, long from) {
            effects.add(new Count(Counter.PARTIAL_OK));
            // Attached first: what is promised must be held.
            effects.add(new Attach(from));
            effects.add(
                    new Reply(
                            state.peer().can(Capability.PSYNC2)
                                    ? "+CONTINUE " + at.history().id()
                                    : "+CONTINUE"));
            effects.add(new StartStream());
            notice(
                    "Partial resynchronization request from "
                            + at.name()
                            + " accepted. Sending "
                            + (at.window().end() - from)
                            + " bytes of backlog starting from offset "
                            + (from + 1)
                            + ".");
            return new State(
                    new Online(), state.peer(), state.acked(), state.fsynced(), at.nowMs());
        }

        State sync(State state) {
            if (!(state.phase() instanceof Visitor) || !mayFollow(state)) {
                return state;
            }
            notice("Replica " + at.name() + " asks for synchronization");
            return wantCopy(state.with(asLegacy(state.peer())));
        }

        // --- copy

        private State wantCopy(State state) {
            effects.add(new Count(Counter.FULL));
            effects.add(new WantCopy());
            return state.in(new Waiting(at.nowMs(), at.nowMs() + NEWLINE_PERIOD_MS));
        }

        State copyBegins(State state, CopyBegins c) {
            if (!(state.phase() instanceof Waiting)) {
                return state;
            }
            if (!state.peer().legacy()) {
                effects.add(new Reply("+FULLRESYNC " + at.history().id() + " " + c.offset()));
            }
            if (!state.peer().copyOnly()) {
                effects.add(new Attach(c.offset()));
            }
            return state.in(new Copying(c.offset(), c.form(), at.nowMs() + NEWLINE_PERIOD_MS));
        }

        State copyStored(State state) {
            if (!(state.phase() instanceof Copying c)) {
                return state;
            }
            return state.in(new Copying(c.offset(), CopyForm.STORED_SENDING, Long.MAX_VALUE));
        }

        State copySent(State state) {
            if (!(state.phase() instanceof Copying c)) {
                return state;
            }
            if (state.peer().copyOnly()) {
                notice(
                        "RDB transfer completed, rdb only replica ("
                                + at.name()
                                + ") should be disconnected asap");
                effects.add(new Close());
                return state.in(new Transmitted());
            }
            State now =
                    new State(
                            state.phase(),
                            state.peer(),
                            state.acked(),
                            state.fsynced(),
                            at.nowMs());
            if (c.form() == CopyForm.STREAMED) {
                notice(
                        "Streamed RDB transfer with replica "
                                + at.name()
                                + " succeeded (socket)."
                                + " Waiting for REPLCONF ACK from replica to enable streaming");
                return now.in(new Settling());
            }
            notice("Synchronization with replica " + at.name() + " succeeded");
            effects.add(new StartStream());
            return now.in(new Online());
        }

        State copyFailed(State state, String reason) {
            return switch (state.phase()) {
                case Waiting w -> {
                    effects.add(new Reply("-ERR BGSAVE failed, replication can't continue"));
                    warn("SYNC failed for replica " + at.name() + ": " + reason);
                    effects.add(new Close());
                    yield state.in(new Gone());
                }
                case Copying c -> {
                    warn("SYNC failed for replica " + at.name() + ": " + reason);
                    effects.add(new Close());
                    yield state.in(new Gone());
                }
                default -> state;
            };
        }

        // --- time

        State tick(State state) {
            return switch (state.phase()) {
                case Waiting w when at.nowMs() >= w.nextNewlineMs() -> {
                    effects.add(new SendRaw("\n"));
                    yield state.in(new Waiting(w.sinceMs(), at.nowMs() + NEWLINE_PERIOD_MS));
                }
                case Copying c -> copyingTick(state, c);
                case Settling s -> followingTick(state);
                case Online o -> followingTick(state);
                default -> state;
            };
        }

        private State copyingTick(State state, Copying c) {
            if (c.form() == CopyForm.STORED_MAKING) {
                if (at.nowMs() < c.nextNewlineMs()) {
                    return state;
                }
                effects.add(new SendRaw("\n"));
                return state.in(new Copying(c.offset(), c.form(), at.nowMs() + NEWLINE_PERIOD_MS));
            }
            if (at.nowMs() - at.takenMs() > at.timeoutMs()) {
                warn("Disconnecting timedout replica (full sync): " + at.name());
                effects.add(new Close());
                return state.in(new Gone());
            }
            return state;
        }

        private State followingTick(State state) {
            if (!state.peer().legacy() && at.nowMs() - state.ackedMs() > at.timeoutMs()) {
                warn("Disconnecting timedout replica (streaming sync): " + at.name());
                effects.add(new Close());
                return state.in(new Gone());
            }
            return state;
        }
    }
}
