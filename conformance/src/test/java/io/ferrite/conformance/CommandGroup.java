package io.ferrite.conformance;

import java.util.List;

/**
 * Commands that are tried against both servers. A group draws one command at a time over {@link
 * Draw#key()}, so that groups meet on the same keys; it is entered in {@link Groups}.
 */
interface CommandGroup {

    /** The next command, its name in upper case. */
    List<String> next(Draw draw);

    /**
     * The part of a reply that both servers must agree on: replies without an order are sorted
     * here, and what depends on chance or time is made equal. Asked of both servers' replies.
     */
    default Reply comparable(List<String> command, Reply reply) {
        return reply;
    }
}
