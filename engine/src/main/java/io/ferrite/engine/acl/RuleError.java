package io.ferrite.engine.acl;

/** Why a rule is refused. Expected, so without a stack trace. */
public final class RuleError extends RuntimeException {

    /** What is wrong with a rule. */
    public enum Kind {
        SYNTAX("Syntax error"),
        UNKNOWN("Unknown command or category name in ACL"),
        PATTERN_AFTER_ALL(
                "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does"
                        + " not have any effect. Try 'resetkeys' to start with an empty list of"
                        + " patterns"),
        CHANNEL_AFTER_ALL(
                "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and"
                        + " does not have any effect. Try 'resetchannels' to start with an empty"
                        + " list of channels"),
        NO_SUCH_PASSWORD("The password you are trying to remove from the user does not exist"),
        BAD_HASH(
                "The password hash must be exactly 64 characters and contain only lowercase"
                        + " hexadecimal characters"),
        FIRST_ARGUMENT_OF_SUBCOMMAND("Allowing first-arg of a subcommand is not supported"),
        DUPLICATE_USER("Duplicate user found. A user can only be defined once in config files");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    RuleError(Kind kind) {
        super(kind.text, null, false, false);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
