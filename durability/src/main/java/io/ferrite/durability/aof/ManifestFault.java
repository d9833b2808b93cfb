package io.ferrite.durability.aof;

/** A manifest is damaged: nothing can be loaded, as nobody knows what is missing. */
public final class ManifestFault extends Exception {
    private static final long serialVersionUID = 1;

    private final int number;
    private final String line;

    /**
     * @param line the line as it stands in the file, null if the fault is not that of a line
     */
    ManifestFault(String reason, int number, String line) {
        super(reason);
        this.number = number;
        this.line = line;
    }

    /** What a log says about it, in Redis' words. */
    public String text() {
        String where =
                line == null
                        ? ""
                        : "Reading the manifest file, at line "
                                + number
                                + "\n\n>>> '"
                                + line
                                + "'\n\n";
        return "\n*** FATAL AOF MANIFEST FILE ERROR ***\n\n" + where + getMessage() + "\n";
    }
}
