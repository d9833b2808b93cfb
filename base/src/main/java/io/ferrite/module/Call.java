package io.ferrite.module;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * A command while it runs: its arguments, its reply, the data it may touch. Good until the command
 * returns, on its thread only.
 *
 * <p>What is changed is passed on to followers and files: what {@link #call} changes as those
 * commands, what is changed in values of one's own as the command itself, as it was received. A
 * command that does both, or whose outcome is drawn by chance or by time, says by {@link
 * #replicate} what is passed on for its own part, before the first change that it stands for.
 */
public interface Call extends Data {

    /** How many arguments there are, the command's name among them. */
    int count();

    /** An argument; 0 is the command's name. */
    byte[] bytes(int i);

    /** An argument as text, read as UTF-8. */
    String text(int i);

    /**
     * An argument as a number.
     *
     * @throws Refusal if it is none
     */
    long number(int i);

    Reply reply();

    /** The client's name among users. */
    String user();

    /** A number that no other client of this server has had. */
    long client();

    /**
     * Leaves the client waiting; nothing may have been replied. Not in a transaction or a script
     * ({@link #mayBlock}).
     *
     * @param longest until {@code late} is its reply, if nobody has answered before; zero for ever
     */
    BlockedClient block(Duration longest, Consumer<Reply> late);

    /** Whether the client can wait: not in a transaction, in a script or on a follower's link. */
    boolean mayBlock();
}
