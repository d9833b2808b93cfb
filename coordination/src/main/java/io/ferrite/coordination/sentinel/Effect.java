package io.ferrite.coordination.sentinel;

import io.ferrite.coordination.sentinel.Link.Channel;
import java.util.List;

/** What is to be done, strictly in this order. */
public sealed interface Effect {

    /**
     * Begin to connect; {@link Input.Opened} or {@link Input.Closed} reports later. What is sent
     * before it stands waits.
     */
    record Connect(long link, Channel channel, long connection, Address to) implements Effect {}

    /** End a connection, standing or not, without a report. */
    record Disconnect(long link, Channel channel, long connection) implements Effect {}

    /** Send a command. */
    record Send(long link, Channel channel, long connection, List<String> words, Ask ask)
            implements Effect {}

    /**
     * Something happened: a line of the log and, but for {@link Severity#DEBUG}, a message to those
     * who subscribed.
     *
     * @param type also the name of the channel
     * @param master whom it concerns, empty for none
     * @param script the program to tell, empty for none
     * @param webhook the address to tell, empty for none
     */
    record Event(
            Severity severity,
            String type,
            String text,
            String master,
            String script,
            String webhook)
            implements Effect {}

    /** A line of the log alone. */
    record Note(Severity severity, String text) implements Effect {}

    /** The log says until when no failover is begun. */
    record NoteDelay(long untilMs) implements Effect {}

    /** Tell a program that clients are to use another master. */
    record Reconfigure(String script, List<String> arguments) implements Effect {}

    /** Make the state durable, then report {@link Input.Persisted}; the latest state will do. */
    record Persist(long ticket) implements Effect {}

    /** The answer to an order or a question. */
    record Answer(long ticket, Outcome outcome) implements Effect {}

    /** One step of a failover, as JSON in the log. */
    record Tell(String master, Story.Entry entry) implements Effect {}

    /** End the process at once, with status 99: a failure that was asked for. */
    record Crash() implements Effect {}

    /** What an order or a question led to. */
    sealed interface Outcome {

        record Ok() implements Outcome {}

        /** An error line. */
        record Refused(String line) implements Outcome {}

        record Count(long number) implements Outcome {}

        /**
         * What this Sentinel thinks of a master.
         *
         * @param leader whom it votes for, {@code *} for nobody
         */
        record Opinion(boolean down, String leader, long epoch) implements Outcome {}
    }
}
