package io.ferrite.coordination.replication;

import io.ferrite.coordination.replication.FollowerLink.AbandonPayload;
import io.ferrite.coordination.replication.FollowerLink.Ack;
import io.ferrite.coordination.replication.FollowerLink.Adopt;
import io.ferrite.coordination.replication.FollowerLink.Asking;
import io.ferrite.coordination.replication.FollowerLink.CloseChannel;
import io.ferrite.coordination.replication.FollowerLink.Connect;
import io.ferrite.coordination.replication.FollowerLink.Connecting;
import io.ferrite.coordination.replication.FollowerLink.Context;
import io.ferrite.coordination.replication.FollowerLink.Continue;
import io.ferrite.coordination.replication.FollowerLink.Disconnect;
import io.ferrite.coordination.replication.FollowerLink.Effect;
import io.ferrite.coordination.replication.FollowerLink.ExpectPayload;
import io.ferrite.coordination.replication.FollowerLink.Follow;
import io.ferrite.coordination.replication.FollowerLink.Following;
import io.ferrite.coordination.replication.FollowerLink.Greeting;
import io.ferrite.coordination.replication.FollowerLink.Inspecting;
import io.ferrite.coordination.replication.FollowerLink.Introducing;
import io.ferrite.coordination.replication.FollowerLink.Load;
import io.ferrite.coordination.replication.FollowerLink.Loading;
import io.ferrite.coordination.replication.FollowerLink.Note;
import io.ferrite.coordination.replication.FollowerLink.Off;
import io.ferrite.coordination.replication.FollowerLink.Pairing;
import io.ferrite.coordination.replication.FollowerLink.Receiving;
import io.ferrite.coordination.replication.FollowerLink.Refused;
import io.ferrite.coordination.replication.FollowerLink.Resting;
import io.ferrite.coordination.replication.FollowerLink.Resume;
import io.ferrite.coordination.replication.FollowerLink.SaveDivergence;
import io.ferrite.coordination.replication.FollowerLink.Send;
import io.ferrite.coordination.replication.FollowerLink.SendRaw;
import io.ferrite.coordination.replication.FollowerLink.State;
import io.ferrite.coordination.replication.FollowerLink.Step;
import io.ferrite.coordination.replication.FollowerLink.Streaming;
import io.ferrite.coordination.replication.FollowerLink.TakeoverAnswered;
import io.ferrite.coordination.replication.FollowerLink.Target;
import java.util.ArrayList;
import java.util.List;

/** One step of a {@link FollowerLink} being taken: collects the effects. */
final class FollowerSteps {

    private static final long RETRY_MS = 1000;
    static final long ACK_PERIOD_MS = 1000;

    /** A leader that was refused is asked again, but not so often that the log fills. */
    private static final long REFUSED_RETRY_MS = 5000;

    final Context at;
    private final List<Effect> effects = new ArrayList<>(4);

    FollowerSteps(Context at) {
        this.at = at;
    }

    List<Effect> effects() {
        return List.copyOf(effects);
    }

    void effect(Effect effect) {
        effects.add(effect);
    }

    void notice(String text) {
        effects.add(new Note(Level.NOTICE, text));
    }

    void warn(String text) {
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
            case Pairing p -> {
                ChannelSteps.hangUp(this);
                effects.add(new Disconnect());
            }
            case Receiving r -> {
                effects.add(new AbandonPayload());
                if (r.channel()) {
                    ChannelSteps.hangUp(this);
                }
                effects.add(new Disconnect());
            }
            case Loading l -> {
                effects.add(new AbandonPayload());
                if (l.channel()) {
                    ChannelSteps.hangUp(this);
                }
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

    State reconnect(Following f, Resume resume) {
        hangUp(f);
        Target target = f.target();
        notice("Reconnecting to MASTER " + target.host() + ":" + target.port());
        effects.add(new Connect(target.host(), target.port()));
        return new Connecting(target, resume, at.nowMs());
    }

    State rest(Following f) {
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
            case Loading l -> {
                if (l.channel()) {
                    ChannelSteps.hangUp(this); // what was held comes again
                }
                yield new Loading(
                        l.target(),
                        l.id(),
                        l.offset(),
                        l.marked(),
                        false,
                        l.channel(),
                        Long.MAX_VALUE);
            }
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
            case Inspecting i -> inspected(i, text);
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
        return new Introducing(g.target(), g.resume(), Introduction.begin(this), at.nowMs());
    }

    /** The leader lives and wants to know who we are. */
    private static boolean isQuestionWho(String text) {
        return text.startsWith("-NOAUTH")
                || text.startsWith("-NOPERM")
                || text.startsWith("-ERR operation not permitted");
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
                            + Introduction.name(step)
                            + ": "
                            + text);
        }
        List<Step> rest = i.pending().subList(1, i.pending().size());
        if (!rest.isEmpty()) {
            return new Introducing(i.target(), i.resume(), List.copyOf(rest), at.nowMs());
        }
        return ask(i);
    }

    /** Asks for the stream; before, if it matters, for the leader's history. */
    private State ask(Introducing i) {
        boolean careful = at.settings().refuseRewound() || at.settings().saveDivergence();
        // Who it heard last is not asked each time: its users may not be allowed INFO.
        boolean mayBeAhead = i.resume().elsewhere() && at.applied() > 0;
        boolean matters = careful && at.hasData() || mayBeAhead;
        if (matters && i.resume().isPossible() && !i.target().takeover()) {
            effects.add(new Send(List.of("INFO", "replication")));
            return new Inspecting(i.target(), i.resume(), LeaderFacts.NONE, -1, at.nowMs());
        }
        if (at.settings().refuseRewound() && at.hasData() && !i.resume().isPossible()) {
            return refuse(i, "this server's data is part of no known history");
        }
        return ask(i, null);
    }

    private State inspected(Inspecting i, String text) {
        if (i.left() < 0) {
            return text.startsWith("$") ? inspecting(i, i.facts(), length(text)) : known(i, null);
        }
        if (i.left() > 0) {
            int left = Math.max(0, i.left() - text.length() - 2);
            return inspecting(i, i.facts().with(text), left);
        }
        return known(i, i.facts()); // the end of the line that the answer is
    }

    private State inspecting(Inspecting i, LeaderFacts facts, int left) {
        return new Inspecting(i.target(), i.resume(), facts, left, at.nowMs());
    }

    private static int length(String text) {
        try {
            return Math.max(0, Integer.parseInt(text.substring(1)));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private State known(Inspecting i, LeaderFacts facts) {
        if (facts == null) {
            return ask(i, null);
        }
        if (facts.willCatchUp(i.resume().id(), at.applied())) {
            notice("Master has less of the stream than this replica, and is being fed: waiting.");
            return rest(i);
        }
        String reason = facts.lacks(i.resume().id(), at.dataEnd());
        boolean refused = at.settings().refuseRewound() && at.hasData() && reason != null;
        return refused ? refuse(i, reason) : ask(i, facts);
    }

    /** Keeps the data, and asks again later. */
    private State refuse(Following f, String reason) {
        warn(
                "Refusing to follow "
                        + f.target().host()
                        + ":"
                        + f.target().port()
                        + ": "
                        + reason
                        + " (replica-refuse-rewound is on)");
        effects.add(new Refused(reason));
        hangUp(f);
        return new Resting(f.target(), f.resume(), at.nowMs() + REFUSED_RETRY_MS);
    }

    private State ask(Following i, LeaderFacts facts) {
        List<String> words = new ArrayList<>();
        words.add("PSYNC");
        long from = at.applied();
        if (i.resume().isPossible()) {
            if (facts != null) {
                from = facts.startFor(i.resume().id(), at.dataEnd(), from);
            }
            long next = from + 1;
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
        return new Asking(i.target(), i.resume(), facts, from, at.nowMs());
    }

    private State answered(Asking a, String text) {
        if (text.isEmpty()) {
            return new Asking(a.target(), a.resume(), a.facts(), a.from(), at.nowMs());
        }
        if (text.startsWith("+FULLRESYNC")) {
            return full(a, a.facts(), text, false);
        }
        if (text.startsWith("+RDBCHANNELSYNC") && at.settings().channel()) {
            return new ChannelSteps(this).begin(a, text);
        }
        if (text.startsWith("+CONTINUE")) {
            return continued(a, text);
        }
        if (text.startsWith("-NOMASTERLINK") || text.startsWith("-LOADING")) {
            notice("Master is currently unable to PSYNC but should be in the future: " + text);
            return takeoverFailed(a, rest(a));
        }
        if (a.target().takeover()) {
            warn("Unexpected reply to PSYNC from master: " + text);
            return takeoverFailed(a, rest(a));
        }
        if (text.startsWith("-ERR")) {
            notice("Master does not support PSYNC or is in error state (reply: " + text + ")");
        } else {
            warn("Unexpected reply to PSYNC from master: " + text);
        }
        String unsure = lost(a, a.facts(), null, -1);
        if (unsure != null) {
            return refuse(a, unsure);
        }
        notice("Retrying with SYNC...");
        effects.add(new SendRaw("SYNC\r\n"));
        effects.add(new ExpectPayload(null, -1));
        return new Receiving(a.target(), a.resume(), null, -1);
    }

    State full(Following a, LeaderFacts facts, String text, boolean channel) {
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
        String unsure = lost(a, facts, id, offset);
        if (unsure != null) {
            return refuse(a, unsure);
        }
        if (facts == null && id != null && a.resume().knows(id) && offset < at.applied()) {
            notice("Master has less of the same stream: asking what it has before its data.");
            hangUp(a);
            return new Resting(a.target(), a.resume().moved(), at.nowMs() + RETRY_MS);
        }
        takeoverAccepted(a);
        giveUp(a, facts);
        effects.add(new ExpectPayload(id, offset));
        return channel
                ? new Receiving(a.target(), a.resume(), id, offset, true, at.nowMs())
                : new Receiving(a.target(), a.resume(), id, offset);
    }

    /**
     * Why a full copy must not take the place of the data, or null. A leader that said what it has
     * was judged by that before.
     */
    private String lost(Following a, LeaderFacts facts, String id, long offset) {
        boolean careful = at.settings().refuseRewound() && at.hasData() && a.resume().isPossible();
        if (!careful || facts != null || a.target().takeover()) {
            return null;
        }
        if (id == null || !id.equalsIgnoreCase(a.resume().id())) {
            return "it does not say whether its history contains this server's";
        }
        return offset < at.dataEnd() ? "it has less of the history than this server" : null;
    }

    /** The data goes: what nobody else may have is saved. */
    private void giveUp(Following a, LeaderFacts facts) {
        if (at.settings().saveDivergence() && facts != null && a.resume().isPossible()) {
            long from = facts.commonEnd(a.resume().id());
            if (from >= 0 && from < at.dataEnd()) {
                effects.add(new SaveDivergence(a.resume().id(), from));
            }
        }
        refusedNoMore();
    }

    private void refusedNoMore() {
        if (at.settings().refuseRewound()) {
            effects.add(new Refused(null));
        }
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
        refusedNoMore();
        effects.add(new Continue(id, a.from()));
        notice("MASTER <-> REPLICA sync: Master accepted a Partial Resynchronization.");
        return new Streaming(plain(a.target()), id, at.nowMs());
    }

    void takeoverAccepted(Following a) {
        if (a.target().takeover()) {
            effects.add(new TakeoverAnswered(true));
        }
    }

    /** The leader needs to be asked to take over only once. */
    static Target plain(Target target) {
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
        if (r.channel()) {
            effects.add(new CloseChannel());
        }
        effects.add(new Load());
        return new Loading(
                plain(r.target()), r.id(), r.offset(), marked, true, r.channel(), at.nowMs());
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
            case Inspecting i -> handshakeTick(i, i.heardMs());
            case Asking a -> handshakeTick(a, a.heardMs());
            case Pairing p -> handshakeTick(p, p.heardMs());
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
            return ChannelSteps.alive(this, r);
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
                l.target(),
                l.id(),
                l.offset(),
                l.marked(),
                true,
                l.channel(),
                at.nowMs() + ACK_PERIOD_MS);
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
