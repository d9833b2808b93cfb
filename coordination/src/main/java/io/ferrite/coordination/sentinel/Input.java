package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.Link.Channel;
import java.util.List;

/** What a Sentinel learns. */
public sealed interface Input {

    /** Time passes: ten to twenty times a second, in uneven steps. */
    record Tick() implements Input {}

    /** The Sentinel begins to serve; its masters were read from its file. */
    record Started() implements Input {}

    /** A connection stands. */
    record Opened(long link, Channel channel, long connection, String localIp) implements Input {}

    /** There is no connection, or none any more; nothing sent on it will be answered. */
    record Closed(long link, Channel channel, long connection, String reason) implements Input {}

    /** An answer to what was sent on a connection. */
    record Replied(long link, Channel channel, long connection, Ask ask, Reply reply)
            implements Input {}

    /** Something came in on the hello channel of a server. */
    record Heard(long link, long connection, String message) implements Input {}

    /** A hello that another Sentinel sent straight here, by PUBLISH. */
    record Greeted(String message) implements Input {}

    /**
     * Another Sentinel asks whether a master is down, and perhaps for a vote.
     *
     * @param candidate who wants the vote, {@code *} for nobody
     */
    record OpinionAsked(long ticket, String ip, long port, long epoch, String candidate)
            implements Input {}

    /** The state of the {@link Effect.Persist} of this ticket is durable, or could not be saved. */
    record Persisted(long ticket, boolean done) implements Input {}

    // --- orders of the operator; each is answered with an Effect.Answer
    // ---------------------------

    record Monitor(long ticket, String name, String host, long port, long quorum)
            implements Input {}

    record Remove(long ticket, String name) implements Input {}

    record Reset(long ticket, String pattern) implements Input {}

    record FailOver(long ticket, String name) implements Input {}

    /**
     * SENTINEL SET: the words after the master's name.
     *
     * @param unusable those among them that are no path of a program
     */
    record Change(long ticket, String name, List<String> words, List<String> unusable)
            implements Input {}

    /** SENTINEL CONFIG SET, judged already. */
    record ChangeGlobal(long ticket, GlobalSettings settings) implements Input {}

    record ChangeTiming(long ticket, Timing timing) implements Input {}

    record SimulateFailures(long ticket, SentinelState.SimulatedFailures failures)
            implements Input {}

    /** SENTINEL FLUSHCONFIG. */
    record Flush(long ticket) implements Input {}
}
