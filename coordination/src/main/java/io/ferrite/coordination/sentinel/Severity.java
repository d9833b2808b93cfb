package io.ferrite.coordination.sentinel;

/** How much an event or a line of the log matters; scripts hear of warnings alone. */
public enum Severity {
    DEBUG,
    VERBOSE,
    NOTICE,
    WARNING
}
