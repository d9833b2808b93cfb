package io.ferrite.coordination.sentinel;

/**
 * Whom this Sentinel voted for as the leader of a master's failover.
 *
 * @param leader the id voted for; empty if it voted for nobody, or forgot for whom in a restart
 * @param epoch the epoch of the last vote, in which it votes no more
 * @param save the ticket of the {@link Effect.Persist} after which the vote would survive a crash,
 *     0 if it would now; nobody hears of it before
 */
public record Vote(String leader, long epoch, long save) {

    static final Vote NONE = new Vote("", 0, 0);

    public boolean isDurable() {
        return save == 0;
    }

    /** The vote once everything up to a ticket is durable. */
    Vote saved(long ticket) {
        return save != 0 && save <= ticket ? new Vote(leader, epoch, 0) : this;
    }

    /** Whom it was for is forgotten, but never that there was one. */
    Vote forgotten() {
        return new Vote("", epoch, save);
    }
}
