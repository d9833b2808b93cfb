package io.ferrite.coordination.sentinel;

/** What an instance is in the view of the Sentinel that watches it. */
public enum Kind {
    MASTER("master"),
    REPLICA("slave"),
    SENTINEL("sentinel");

    private final String label;

    Kind(String label) {
        this.label = label;
    }

    /** The word of events and flags. */
    public String label() {
        return label;
    }
}
