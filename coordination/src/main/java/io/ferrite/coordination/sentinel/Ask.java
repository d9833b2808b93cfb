package io.ferrite.coordination.sentinel;

/**
 * What a command was sent for; its answer comes back with it.
 *
 * @param about whom the answer concerns; it may be gone by then
 */
public record Ask(Purpose purpose, Ref about) {

    /** Why a command is sent. */
    public enum Purpose {
        PING,
        INFO,
        HELLO,
        /**
         * SUBSCRIBE to the channel of hellos; its answer comes as a message unless it is refused.
         */
        SUBSCRIBE,
        /** SENTINEL IS-MASTER-DOWN-BY-ADDR: an opinion, and perhaps a vote. */
        OPINION,
        /** The end of a change of role: its effect shows in the next INFO, which is asked now. */
        ROLE_CHANGED,
        /** What it did shows elsewhere. */
        NOTHING
    }
}
