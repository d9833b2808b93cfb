package io.ferrite.node;

/**
 * How the turns of one event loop went, for INFO's eventloop_ fields: a turn is one read of a
 * client's requests, or one tenth of a second of the cron. One writer, the loop; readers may see a
 * value that is a moment old.
 *
 * <p>A read's time is taken up to the end of its last command, from clock readings that the
 * commands need anyway.
 */
public final class TurnStats {

    public long turns;
    public long nanos;
    public long commandNanos;
    public long cronNanos;
    public long longestNanos;
    public long mostCommands;

    private long commandsBefore;

    /** The cron's time since its last turn was counted. */
    private long cronBegun;

    /** A read begins. */
    void begin(long commands) {
        commandsBefore = commands;
    }

    /** The read is over, all its commands took {@code took}. */
    void end(long commands, long took) {
        mostCommands = Math.max(mostCommands, commands - commandsBefore);
        turn(took);
    }

    /** A round of the cron is over; {@code counts} when it stands for those before it. */
    void cron(long took, boolean counts) {
        cronNanos += took;
        cronBegun += took;
        if (counts) {
            turn(cronBegun);
            cronBegun = 0;
        }
    }

    private void turn(long took) {
        turns++;
        nanos += took;
        longestNanos = Math.max(longestNanos, took);
    }

    /** Adds another loop's. */
    void add(TurnStats other) {
        turns += other.turns;
        nanos += other.nanos;
        commandNanos += other.commandNanos;
        cronNanos += other.cronNanos;
        longestNanos = Math.max(longestNanos, other.longestNanos);
        mostCommands = Math.max(mostCommands, other.mostCommands);
    }

    void reset() {
        turns = 0;
        nanos = 0;
        commandNanos = 0;
        cronNanos = 0;
        longestNanos = 0;
        mostCommands = 0;
    }
}
