package io.ferrite.coordination.slots;

/** What a step of {@link SlotExport} wants done, in the order of the list. */
public enum ExportEffect {

    /** Connect to the target; answered by opened or lost. */
    CONNECT,

    /** Tell the target what is coming; answered by established or refused. */
    ESTABLISH,

    /**
     * Send the slots as they are at one instant, and after them what is written; answered by
     * copied.
     */
    COPY,

    /**
     * Let nobody touch the slots from now on. Answered by drained, once all that was written before
     * has been confirmed by the target.
     */
    FREEZE,

    /** Whoever was kept from the slots is judged again. */
    THAW,

    /** Tell the target to take the slots; answered by taken or refused. */
    TAKE,

    /**
     * Ask the target whether it took them; if it did not, it never will. Answered by taken or
     * notTaken.
     */
    ASK,

    /** Close the connection; nothing more is told of it. */
    CLOSE,

    /** It is over: {@link SlotExport#phase} says how. */
    END
}
