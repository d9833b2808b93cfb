package io.ferrite.engine.acl;

import io.ferrite.engine.Command;
import io.ferrite.engine.Session;
import io.ferrite.resp.Request;

/**
 * Asked before a command runs, on every way by which one can: from a client, from a transaction,
 * from a script, or again after waiting for a key. Any thread, each with a check of its own.
 */
public final class Gatekeeper {

    /** On which way a command came. */
    public enum Context {
        TOPLEVEL("toplevel"),
        MULTI("multi"),
        LUA("lua"),
        MODULE("module");

        private final String label;

        Context(String label) {
            this.label = label;
        }

        /** The word for it in ACL LOG. */
        public String label() {
            return label;
        }
    }

    /** Hears of everything that is refused. */
    @FunctionalInterface
    public interface Listener {
        /**
         * A command was refused.
         *
         * @param argument of the request: the key, channel or command it was refused for
         */
        void denied(
                Session session,
                Command command,
                Request request,
                Denial denial,
                int argument,
                Context context);
    }

    private Listener listener = (session, command, request, denial, argument, context) -> {};

    /** Before any command runs. */
    public void listen(Listener now) {
        listener = now;
    }

    /** What keeps a session's user from running a command, told to the listener. */
    public Denial judge(
            AccessCheck check, Session session, Command command, Request request, Context context) {
        User user = session.user();
        if (!user.isRestricted()) {
            return Denial.NONE;
        }
        Denial denial = check.check(user.rules(), command.spec(), request);
        if (denial != Denial.NONE) {
            listener.denied(session, command, request, denial, check.argument(), context);
        }
        return denial;
    }
}
