package io.ferrite.node.log;

/** How important a log line is, from the least to the most. */
public enum LogLevel {
    DEBUG('.', 7),
    VERBOSE('-', 6),
    NOTICE('*', 5),
    WARNING('#', 4),
    /** Only a threshold: more important than any line. */
    NOTHING(' ', 4);

    private final char mark;
    private final int syslogSeverity;

    LogLevel(char mark, int syslogSeverity) {
        this.mark = mark;
        this.syslogSeverity = syslogSeverity;
    }

    /** The character that stands for the level in a line. */
    public char mark() {
        return mark;
    }

    /** The severity of RFC 5424. */
    public int syslogSeverity() {
        return syslogSeverity;
    }
}
