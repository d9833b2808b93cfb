package io.ferrite.node.config;

/** Why a server does not start with the configuration it was given. Ends the process: status 1. */
public final class StartError extends Exception {

    private static final long serialVersionUID = 1L;

    private final int line;
    private final String lineText;
    private final boolean logged;

    private StartError(String reason, int line, String lineText, boolean logged) {
        super(reason, null, false, false);
        this.line = line;
        this.lineText = lineText;
        this.logged = logged;
    }

    /** A line is wrong; lines are counted from 1 over file, standard input and options. */
    public static StartError atLine(int line, String lineText, String reason) {
        return new StartError(reason, line, lineText, false);
    }

    /** The configuration as a whole is wrong. */
    public static StartError overall(String reason) {
        return new StartError(reason, 0, "", false);
    }

    /** Something that goes to the log and not to standard error, such as a missing file. */
    public static StartError forTheLog(String reason) {
        return new StartError(reason, 0, "", true);
    }

    /** Whether the reason is a log line; otherwise {@link #block} goes to standard error. */
    public boolean belongsToTheLog() {
        return logged;
    }

    /** As {@link #forTheLog}, found by another part than the one that reads parameters. */
    public static StartError inTheLog(String reason) {
        return forTheLog(reason);
    }

    /**
     * What standard error shows.
     *
     * @param product name and version, such as {@code Ferrite 1.0.0}
     */
    public String block(String product) {
        StringBuilder out = new StringBuilder("\n*** FATAL CONFIG FILE ERROR (");
        out.append(product).append(") ***\n");
        if (line > 0) {
            out.append("Reading the configuration file, at line ").append(line).append('\n');
            out.append(">>> '").append(lineText).append("'\n");
        }
        return out.append(getMessage()).append('\n').toString();
    }
}
