package io.ferrite.coordination.replication;

import io.ferrite.coordination.replication.LeaderLink.AckWanted;
import io.ferrite.coordination.replication.LeaderLink.Acked;
import io.ferrite.coordination.replication.LeaderLink.Attach;
import io.ferrite.coordination.replication.LeaderLink.AwaitingChannel;
import io.ferrite.coordination.replication.LeaderLink.Capability;
import io.ferrite.coordination.replication.LeaderLink.Close;
import io.ferrite.coordination.replication.LeaderLink.Context;
import io.ferrite.coordination.replication.LeaderLink.CopyBegins;
import io.ferrite.coordination.replication.LeaderLink.CopyForm;
import io.ferrite.coordination.replication.LeaderLink.Copying;
import io.ferrite.coordination.replication.LeaderLink.Count;
import io.ferrite.coordination.replication.LeaderLink.Counter;
import io.ferrite.coordination.replication.LeaderLink.Effect;
import io.ferrite.coordination.replication.LeaderLink.Flanked;
import io.ferrite.coordination.replication.LeaderLink.Gone;
import io.ferrite.coordination.replication.LeaderLink.Note;
import io.ferrite.coordination.replication.LeaderLink.Online;
import io.ferrite.coordination.replication.LeaderLink.Peer;
import io.ferrite.coordination.replication.LeaderLink.Psync;
import io.ferrite.coordination.replication.LeaderLink.Reply;
import io.ferrite.coordination.replication.LeaderLink.SendRaw;
import io.ferrite.coordination.replication.LeaderLink.Settling;
import io.ferrite.coordination.replication.LeaderLink.StartStream;
import io.ferrite.coordination.replication.LeaderLink.State;
import io.ferrite.coordination.replication.LeaderLink.Transmitted;
import io.ferrite.coordination.replication.LeaderLink.Visitor;
import io.ferrite.coordination.replication.LeaderLink.Waiting;
import io.ferrite.coordination.replication.LeaderLink.WantCopy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One step of a {@link LeaderLink} being taken: collects the effects. */
final class LeaderSteps {

    private static final long NEWLINE_PERIOD_MS = 1000;
    private static final int ADDRESS_MAX = 1024;
    private static final String NOT_A_NUMBER = "ERR value is not an integer or out of range";
    private static final String NOT_A_FLAG =
            "ERR value is out of range, value must between 0 and 1";

    private final Context at;
    private final List<Effect> effects = new ArrayList<>(4);

    LeaderSteps(Context at) {
        this.at = at;
    }

    List<Effect> effects() {
        return List.copyOf(effects);
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
            String option = arguments.get(i).toLowerCase(Locale.ROOT);
            if (option.equals("ack")) {
                return acked(now, arguments, i);
            }
            if (option.equals("getack")) {
                effects.add(new AckWanted());
                return now;
            }
            Peer peer = described(now.peer(), option, arguments.get(i), arguments.get(i + 1));
            if (peer == null) {
                return now; // refused, with what it said before
            }
            now = now.with(peer);
        }
        effects.add(new Reply("+OK"));
        return now;
    }

    /** What the follower says about itself; null if it was refused. */
    private Peer described(Peer peer, String option, String asSent, String value) {
        return switch (option) {
            case "listening-port" -> {
                Long port = number(value);
                yield port == null ? refused(NOT_A_NUMBER) : peer.withPort((int) (long) port);
            }
            case "ip-address" ->
                    value.length() >= ADDRESS_MAX
                            ? refused(
                                    "ERR REPLCONF ip-address provided by replica instance is too"
                                            + " long: "
                                            + value.length()
                                            + " bytes")
                            : peer.withAddress(value.isEmpty() ? null : value);
            case "capa" -> peer.withCapability(capability(value));
            case "version" -> peer;
            case "rdb-only" -> {
                Long on = flag(value);
                yield on == null ? refused(NOT_A_FLAG) : peer.withCopyOnly(on == 1);
            }
            case "rdb-channel" -> {
                Long on = flag(value);
                yield on == null ? refused(NOT_A_FLAG) : peer.withChannel(on == 1);
            }
            case "main-ch-client-id" -> withMain(peer, value);
            case "rdb-filter-only" -> {
                String bad = unknownFilter(value);
                yield bad == null
                        ? peer.withFilter(!value.isBlank())
                        : refused("ERR Unsupported rdb-filter-only option: " + bad);
            }
            default -> refused("ERR Unrecognized REPLCONF option: " + asSent);
        };
    }

    private Peer withMain(Peer peer, String value) {
        Long id = number(value);
        if (id == null) {
            return refused(NOT_A_NUMBER);
        }
        return at.awaitsChannel().test(id)
                ? peer.withMain(id)
                : refused("ERR Unrecognized RDB client id: " + id);
    }

    private Peer refused(String error) {
        effects.add(new Reply("-" + error));
        return null;
    }

    private static Long flag(String text) {
        Long value = number(text);
        return value == null || value < 0 || value > 1 ? null : value;
    }

    private static Long number(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static Capability capability(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "eof" -> Capability.EOF;
            case "psync2" -> Capability.PSYNC2;
            case "rdb-channel-repl" -> Capability.CHANNEL;
            default -> Capability.OTHER;
        };
    }

    private static String unknownFilter(String value) {
        for (String part : value.strip().split("\\s+")) {
            if (!part.isEmpty() && !part.equalsIgnoreCase("functions")) {
                return part;
            }
        }
        return null;
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
        if (state.phase() instanceof Flanked) {
            notice("Synchronization with replica " + at.name() + " succeeded");
            return now.in(new Online());
        }
        return now;
    }

    State heard(State state) {
        return state.isFollower()
                ? new State(state.phase(), state.peer(), state.acked(), state.fsynced(), at.nowMs())
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
                yield mayTakeTwoWays(state.peer()) ? awaitChannel(state) : wantCopy(state);
            }
        };
    }

    private boolean mayTakeTwoWays(Peer peer) {
        boolean plain = !peer.isWithoutStream() && !peer.filtered();
        return at.offersChannel() && plain && peer.can(Capability.CHANNEL);
    }

    private State awaitChannel(State state) {
        notice("Replica " + at.name() + " shall take the copy by another connection");
        effects.add(new Reply("+RDBCHANNELSYNC " + at.id()));
        return state.in(new AwaitingChannel(at.nowMs()));
    }

    State streamFrom(State state, long offset) {
        if (!(state.phase() instanceof AwaitingChannel)) {
            return state;
        }
        effects.add(new Attach(offset));
        effects.add(new StartStream());
        return new State(new Flanked(), state.peer(), state.acked(), state.fsynced(), at.nowMs());
    }

    State otherLost(State state) {
        if (!(state.phase() instanceof AwaitingChannel || state.phase() instanceof Flanked)) {
            return state;
        }
        warn("Replica " + at.name() + " lost the connection that its copy came by");
        effects.add(new Close());
        return state.in(new Gone());
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
        if (state.peer().channel() && !at.awaitsChannel().test(state.peer().mainId())) {
            refuse(state, "ERR Unrecognized RDB client id: " + state.peer().mainId());
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
        return new State(new Online(), state.peer(), state.acked(), state.fsynced(), at.nowMs());
    }

    State sync(State state) {
        if (!(state.phase() instanceof Visitor) || !mayFollow(state)) {
            return state;
        }
        notice("Replica " + at.name() + " asks for synchronization");
        return wantCopy(state.with(state.peer().asLegacy()));
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
        if (!state.peer().isWithoutStream()) {
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
        if (state.peer().isWithoutStream()) {
            notice("RDB transfer completed, replica " + at.name() + " wants nothing else here");
            if (!state.peer().channel()) {
                effects.add(new Close()); // the other kind closes when it has taken all
            }
            return new State(
                    new Transmitted(), state.peer(), state.acked(), state.fsynced(), at.nowMs());
        }
        State now =
                new State(state.phase(), state.peer(), state.acked(), state.fsynced(), at.nowMs());
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
            case AwaitingChannel a when at.nowMs() - a.sinceMs() > at.timeoutMs() ->
                    otherLost(state);
            case Transmitted t when at.nowMs() - state.ackedMs() > at.timeoutMs() -> {
                effects.add(new Close());
                yield state;
            }
            case Flanked f -> followingTick(state);
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
