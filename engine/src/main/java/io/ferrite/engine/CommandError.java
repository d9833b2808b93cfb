package io.ferrite.engine;

/**
 * A refusal that the client must read. Expected and frequent, so it carries no stack trace; the
 * message is the protocol's error line without the leading dash.
 *
 * <p>A handler throws it before its first write or not at all.
 */
public final class CommandError extends RuntimeException {

    public static final CommandError SYNTAX = new CommandError("ERR syntax error");
    public static final CommandError WRONG_TYPE =
            new CommandError("WRONGTYPE Operation against a key holding the wrong kind of value");
    public static final CommandError NOT_INTEGER =
            new CommandError("ERR value is not an integer or out of range");
    public static final CommandError NOT_FLOAT = new CommandError("ERR value is not a valid float");
    public static final CommandError OUT_OF_RANGE =
            new CommandError("ERR value is out of range, must be positive");
    public static final CommandError INDEX_OUT_OF_RANGE =
            new CommandError("ERR index out of range");
    public static final CommandError NO_SUCH_KEY = new CommandError("ERR no such key");
    public static final CommandError OVERFLOW =
            new CommandError("ERR increment or decrement would overflow");
    public static final CommandError NOT_A_NUMBER =
            new CommandError("ERR increment would produce NaN or Infinity");
    public static final CommandError TOO_LONG =
            new CommandError("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
    public static final CommandError OFFSET_OUT_OF_RANGE =
            new CommandError("ERR offset is out of range");
    public static final CommandError SAME_OBJECT =
            new CommandError("ERR source and destination objects are the same");
    public static final CommandError DB_INDEX = new CommandError("ERR DB index is out of range");

    private static final long serialVersionUID = 1L;

    private CommandError(String line) {
        super(line, null, false, false);
    }

    /** A refusal with a text of its own; {@code line} begins with the error code. */
    public static CommandError of(String line) {
        return new CommandError(line);
    }

    /**
     * The refusal of an expiry that is not positive or overflows, for {@code command} in lower
     * case.
     */
    public static CommandError invalidExpire(String command) {
        return new CommandError("ERR invalid expire time in '" + command + "' command");
    }

    /** The refusal of a wrong number of arguments, for the full lower-case command name. */
    public static CommandError arity(String command) {
        return new CommandError("ERR wrong number of arguments for '" + command + "' command");
    }
}
