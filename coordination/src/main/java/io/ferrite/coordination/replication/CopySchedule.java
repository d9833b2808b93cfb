package io.ferrite.coordination.replication;

import java.util.ArrayList;
import java.util.List;

/**
 * When the next full copy is begun, and for whom: followers that ask at about the same time share
 * one walk over the data.
 */
public final class CopySchedule {

    private CopySchedule() {}

    /**
     * A follower that waits.
     *
     * @param ticket what the caller knows it by
     */
    public record Candidate<T>(T ticket, LeaderLink.Peer peer, long sinceMs) {}

    /**
     * @param streamed whether copies are sent as they are made (repl-diskless-sync)
     * @param delayMs how long to wait for more followers before a streamed copy
     * @param enough the number of waiting followers that need no more delay, 0 for no such number
     */
    public record Settings(boolean streamed, long delayMs, int enough) {}

    /** One copy to be made now. */
    public record Copy<T>(
            List<T> tickets, boolean streamed, boolean filtered, boolean withFunctions) {}

    /**
     * Decides; null if nothing is to be begun now.
     *
     * <p>A copy serves followers with the same filter. It is streamed if it shall be (or is
     * filtered: a stored copy is a file that must be whole) and all of them know the end mark.
     */
    public static <T> Copy<T> next(List<Candidate<T>> waiting, long nowMs, Settings settings) {
        if (waiting.isEmpty()) {
            return null;
        }
        LeaderLink.Peer first = waiting.getFirst().peer();
        List<T> tickets = new ArrayList<>();
        boolean allKnowMark = true;
        long longest = 0;
        for (Candidate<T> c : waiting) {
            if (c.peer().filtered() == first.filtered()
                    && c.peer().withFunctions() == first.withFunctions()) {
                tickets.add(c.ticket());
                allKnowMark &= c.peer().can(LeaderLink.Capability.EOF);
                longest = Math.max(longest, nowMs - c.sinceMs());
            }
        }
        boolean streamed = (settings.streamed() || first.filtered()) && allKnowMark;
        boolean full = settings.enough() > 0 && tickets.size() >= settings.enough();
        if (streamed && !full && longest < settings.delayMs()) {
            return null;
        }
        return new Copy<>(tickets, streamed, first.filtered(), first.withFunctions());
    }
}
