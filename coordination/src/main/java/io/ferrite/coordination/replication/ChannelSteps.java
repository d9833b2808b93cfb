package io.ferrite.coordination.replication;

import io.ferrite.coordination.replication.FollowerLink.Asking;
import io.ferrite.coordination.replication.FollowerLink.CloseChannel;
import io.ferrite.coordination.replication.FollowerLink.DropHeld;
import io.ferrite.coordination.replication.FollowerLink.OpenChannel;
import io.ferrite.coordination.replication.FollowerLink.Pairing;
import io.ferrite.coordination.replication.FollowerLink.Receiving;
import io.ferrite.coordination.replication.FollowerLink.SendByChannel;
import io.ferrite.coordination.replication.FollowerLink.SendRaw;
import io.ferrite.coordination.replication.FollowerLink.Settings;
import io.ferrite.coordination.replication.FollowerLink.State;
import io.ferrite.coordination.replication.FollowerLink.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps of a {@link FollowerLink} whose copy comes by a connection of its own, while the stream
 * flows by the first one:
 *
 * <pre>
 *   first   PSYNC ...                       ◀  +RDBCHANNELSYNC 17      the stream, from 5001 on
 *   second  REPLCONF main-ch-client-id 17   ◀  +OK
 *           PSYNC ? -1                      ◀  +FULLRESYNC id 5000, the copy
 * </pre>
 */
final class ChannelSteps {

    private final FollowerSteps walk;

    ChannelSteps(FollowerSteps walk) {
        this.walk = walk;
    }

    static void hangUp(FollowerSteps walk) {
        walk.effect(new CloseChannel());
        walk.effect(new DropHeld());
    }

    /** The leader hears a newline a second by the first connection, which we have nothing for. */
    static State alive(FollowerSteps walk, Receiving r) {
        if (!r.channel() || walk.at.nowMs() < r.nextNewlineMs()) {
            return r;
        }
        walk.effect(new SendRaw("\n"));
        return new Receiving(
                r.target(),
                r.resume(),
                r.id(),
                r.offset(),
                true,
                walk.at.nowMs() + FollowerSteps.ACK_PERIOD_MS);
    }

    /** The leader wants the copy to be asked for by another connection. */
    State begin(Asking a, String text) {
        long mainId;
        try {
            mainId = Long.parseLong(text.substring("+RDBCHANNELSYNC".length()).strip());
        } catch (NumberFormatException e) {
            walk.warn("Master replied with wrong +RDBCHANNELSYNC syntax: " + text);
            return walk.rest(a);
        }
        walk.takeoverAccepted(a);
        walk.notice("MASTER <-> REPLICA sync: the copy comes by a connection of its own");
        walk.effect(new OpenChannel(a.target().host(), a.target().port()));
        return new Pairing(
                FollowerSteps.plain(a.target()),
                a.resume(),
                a.facts(),
                mainId,
                List.of(),
                false,
                walk.at.nowMs());
    }

    State opened(State state) {
        if (!(state instanceof Pairing p)) {
            return state;
        }
        Settings s = walk.at.settings();
        List<Step> pending = new ArrayList<>();
        if (s.password() != null) {
            walk.effect(new SendByChannel(Introduction.auth(s)));
            pending.add(Step.AUTH);
        }
        walk.effect(
                new SendByChannel(
                        List.of(
                                "REPLCONF",
                                "capa",
                                "eof",
                                "rdb-channel",
                                "1",
                                "listening-port",
                                Integer.toString(s.listeningPort()),
                                "main-ch-client-id",
                                Long.toString(p.mainId()))));
        pending.add(Step.CAPABILITIES);
        return at(p, List.copyOf(pending), false);
    }

    private Pairing at(Pairing p, List<Step> pending, boolean asked) {
        return new Pairing(
                p.target(), p.resume(), p.facts(), p.mainId(), pending, asked, walk.at.nowMs());
    }

    State line(State state, String text) {
        if (!(state instanceof Pairing p)) {
            return state;
        }
        if (text.startsWith("+FULLRESYNC") && p.asked()) {
            return walk.full(p, p.facts(), text, true);
        }
        if (text.isEmpty()) {
            return at(p, p.pending(), p.asked()); // busy, but alive
        }
        if (text.startsWith("-") || p.asked() || p.pending().isEmpty()) {
            walk.warn("Master refused the connection for the copy: " + text);
            return walk.rest(p);
        }
        List<Step> left = p.pending().subList(1, p.pending().size());
        if (left.isEmpty()) {
            walk.effect(new SendByChannel(List.of("PSYNC", "?", "-1")));
        }
        return at(p, List.copyOf(left), left.isEmpty());
    }

    State broken(State state, String reason) {
        return switch (state) {
            case Pairing p -> {
                walk.warn("No connection for the copy: " + reason);
                yield walk.rest(p);
            }
            case Receiving r when r.channel() -> {
                walk.warn("I/O error trying to sync with MASTER: " + reason);
                yield walk.reconnect(r, r.resume());
            }
            default -> state;
        };
    }
}
