package io.ferrite.node;

import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;
import io.ferrite.resp.Request;

/**
 * Guards against browsers that are made to talk to this server: the first lines of a web request
 * would be errors, and its body could be commands. Thread-safe.
 */
final class WebRequest {

    private static final long SILENCE_MS = 60_000;

    private final Node node;
    private long lastLoggedMs = Long.MIN_VALUE / 2;

    WebRequest(Node node) {
        this.node = node;
    }

    /** Whether a request is the first line, or the first header, of a web request. */
    static boolean begins(Request request) {
        Slice name = request.arg(0);
        return name.isWord("POST") || name.isWord("HOST:");
    }

    /** Ends the connection without an answer; the log says so once a minute. */
    void cutOff(Session session) {
        session.set(Session.CLOSING);
        if (mayLog(node.environment().nowMs())) {
            node.log()
                    .warning(
                            "Possible SECURITY ATTACK detected. It looks like somebody is sending"
                                    + " POST or Host: commands to Redis. This is likely due to an"
                                    + " attacker attempting to use Cross Protocol Scripting to"
                                    + " compromise your Redis instance. Connection from "
                                    + session.address()
                                    + " aborted.");
        }
    }

    private synchronized boolean mayLog(long nowMs) {
        if (nowMs - lastLoggedMs <= SILENCE_MS) {
            return false;
        }
        lastLoggedMs = nowMs;
        return true;
    }
}
