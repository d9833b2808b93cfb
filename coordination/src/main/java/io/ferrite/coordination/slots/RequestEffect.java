package io.ferrite.coordination.slots;

/** What a step of {@link SlotRequest} wants done, in the order of the list. */
public enum RequestEffect {

    /** Ask whoever has the slots to give them; answered by accepted, refused or unreachable. */
    ASK,

    /** Close the connection that asked; nothing more is told of it. */
    HANG_UP,

    /** What has come of the slots is not wanted any more: the import that carries it ends. */
    ABANDON,

    /** It is over: {@link SlotRequest#phase} says how. */
    END
}
