package io.ferrite.node.log;

/**
 * The log of one server: {@code pid:role dd Mon yyyy HH:MM:SS.mmm mark text}.
 *
 * <p>Any thread may log. A line is formatted by the caller and handed to the {@link LogSink}; one
 * that is not important enough costs a field read. Level and role may change at any time.
 *
 * <p>Text may hold bytes that a client sent: control characters are shown as {@code \xHH} so that
 * nobody forges a line, and what exceeds {@link #MAX_MESSAGE} characters is cut off.
 */
public final class Log {
    /** The longest message; the rest is dropped. */
    public static final int MAX_MESSAGE = 1024;

    private final LogSink sink;
    private final LogClock clock;
    private final long pid;
    private volatile LogLevel level;
    private volatile char role;

    /**
     * A log.
     *
     * @param role M for a leader, S for a follower, C for a helper process, X for a Sentinel
     */
    public Log(LogSink sink, LogClock clock, long pid, LogLevel level, char role) {
        this.sink = sink;
        this.clock = clock;
        this.pid = pid;
        this.level = level;
        this.role = role;
    }

    /** A log that keeps nothing. */
    public static Log silent() {
        return new Log((level, text, message) -> {}, () -> 0, 0, LogLevel.NOTHING, 'M');
    }

    public void level(LogLevel least) {
        level = least;
    }

    public LogLevel level() {
        return level;
    }

    public void role(char letter) {
        role = letter;
    }

    /** Whether a line of this level would be kept: ask before building a costly one. */
    public boolean isOn(LogLevel of) {
        return of.compareTo(level) >= 0;
    }

    public void debug(String message) {
        line(LogLevel.DEBUG, message);
    }

    public void verbose(String message) {
        line(LogLevel.VERBOSE, message);
    }

    public void notice(String message) {
        line(LogLevel.NOTICE, message);
    }

    public void warning(String message) {
        line(LogLevel.WARNING, message);
    }

    public void line(LogLevel of, String message) {
        if (!isOn(of)) {
            return;
        }
        String clean = clean(message);
        StringBuilder out = new StringBuilder(48 + clean.length());
        out.append(pid).append(':').append(role).append(' ');
        LogTime.append(out, clock.localMs());
        out.append(' ').append(of.mark()).append(' ').append(clean).append('\n');
        sink.append(of, out.toString(), clean);
    }

    /** Appends text as it is, such as the banner or a stack trace. */
    public void raw(LogLevel of, String text) {
        if (isOn(of)) {
            sink.append(of, text, "");
        }
    }

    private static String clean(String message) {
        int length = Math.min(message.length(), MAX_MESSAGE);
        for (int i = 0; i < length; i++) {
            if (isControl(message.charAt(i))) {
                return escape(message, length);
            }
        }
        return length == message.length() ? message : message.substring(0, length);
    }

    private static String escape(String message, int length) {
        StringBuilder out = new StringBuilder(length + 16);
        for (int i = 0; i < length; i++) {
            char c = message.charAt(i);
            if (isControl(c)) {
                out.append("\\x")
                        .append(Character.forDigit(c >> 4, 16))
                        .append(Character.forDigit(c & 15, 16));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean isControl(char c) {
        return c < ' ' && c != '\t' || c == 127;
    }
}
