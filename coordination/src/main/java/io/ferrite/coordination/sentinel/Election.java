package io.ferrite.coordination.sentinel;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Votes. Each Sentinel votes once in an epoch, for the first who asks, and remembers it over a
 * crash; who has the votes of most Sentinels, and of a quorum at least, leads in that epoch.
 */
final class Election {

    private static final int DESYNC_MS = 1000;

    private Election() {}

    /** A higher epoch than any so far. */
    static void heardOf(Turn t, String name, long epoch) {
        if (epoch > t.epoch()) {
            t.setEpoch(epoch);
            long save = t.persist();
            for (Master master : t.masters()) {
                t.put(master.withConfig(master.configEpoch(), save));
            }
            t.event(Severity.WARNING, "+new-epoch", t.master(name), Long.toString(epoch));
        }
    }

    /** Votes if this Sentinel has not voted in the epoch yet. */
    static void vote(Turn t, String name, long epoch, String candidate) {
        heardOf(t, name, epoch);
        Master master = t.master(name);
        if (!t.rules().mayVote(master.vote(), t.epoch(), epoch)) {
            return;
        }
        long save = t.persist();
        Vote vote = new Vote(candidate, t.epoch(), t.rules().savesVotes() ? save : 0);
        t.put(master.withVote(vote).withConfig(master.configEpoch(), save));
        String text = candidate + " " + t.epoch();
        t.event(Severity.WARNING, "+vote-for-leader", t.master(name), text);
        t.tell(name, "voted", "for", candidate, "epoch", Long.toString(t.epoch()));
        if (!candidate.equalsIgnoreCase(t.myId())) {
            // Somebody else tries: wait before trying too.
            t.put(t.master(name).attempted(t.nowMs() + t.chance(DESYNC_MS)));
        }
    }

    /** Takes an attempt's time from chance, so that Sentinels don't try in step for ever. */
    static long attemptMs(Turn t) {
        return t.nowMs() + t.chance(DESYNC_MS);
    }

    /** How an election stands. */
    enum Standing {
        OPEN,
        WON,
        LOST,
        /** Whoever has not voted yet can't make anybody leader: a new epoch is needed. */
        SPLIT
    }

    /**
     * Counts the votes of an epoch; if this Sentinel has not voted, it votes with most of the
     * others, or for itself.
     */
    static Standing count(Turn t, String name, long epoch) {
        Map<String, Integer> votes = new LinkedHashMap<>();
        int cast = 0;
        // Votes of other epochs, also of later ones, say nothing about this one.
        for (Peer peer : t.master(name).peers().values()) {
            if (!peer.leader().isEmpty() && peer.leaderEpoch() == epoch) {
                votes.merge(peer.leader(), 1, Integer::sum);
                cast++;
            }
        }
        String favourite = best(votes);
        vote(t, name, epoch, favourite.isEmpty() ? t.myId() : favourite);
        Master master = t.master(name);
        Vote mine = master.vote();
        if (!mine.leader().isEmpty() && mine.epoch() == epoch && mine.isDurable()) {
            votes.merge(mine.leader(), 1, Integer::sum);
            cast++;
        }
        String winner = best(votes);
        int most = votes.getOrDefault(winner, 0);
        int voters = master.voters();
        int quorum = master.settings().quorum();
        if (t.rules().isElected(most, voters, quorum)) {
            return winner.equalsIgnoreCase(t.myId()) ? Standing.WON : Standing.LOST;
        }
        boolean canStillBe = t.rules().isElected(most + voters - cast, voters, quorum);
        return canStillBe ? Standing.OPEN : Standing.SPLIT;
    }

    private static String best(Map<String, Integer> votes) {
        String best = "";
        int most = 0;
        for (Map.Entry<String, Integer> entry : votes.entrySet()) {
            if (entry.getValue() > most) {
                best = entry.getKey();
                most = entry.getValue();
            }
        }
        return best;
    }
}
