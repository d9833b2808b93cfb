package io.ferrite.engine.acl;

import io.ferrite.spec.CommandSpec;

/**
 * What a user lacks. Of several selectors that refuse, each for its own reason, the last one in
 * this order is told.
 */
public enum Denial {
    /** Nothing: the user may. */
    NONE("", ""),
    COMMAND("command", "no permission to execute the command or subcommand"),
    KEY("key", "no permission to touch the specified keys"),
    CHANNEL("channel", "no permission to access one of the channels used as arguments"),
    /** The right to be that user at all. */
    AUTH("auth", "no permission");

    private final String label;
    private final String execReason;

    Denial(String label, String execReason) {
        this.label = label;
        this.execReason = execReason;
    }

    /** The word for it in ACL LOG. */
    public String label() {
        return label;
    }

    /** What a client is told, without an error code and without what it named. */
    public String text(User user, CommandSpec command) {
        return switch (this) {
            case COMMAND ->
                    "User "
                            + user.name()
                            + " has no permissions to run the '"
                            + command.name()
                            + "' command";
            case KEY -> "No permissions to access a key";
            case CHANNEL -> "No permissions to access a channel";
            case NONE, AUTH -> throw new IllegalStateException("no text for " + this);
        };
    }

    /** What an operator is told who asks about somebody else. */
    public String text(User user, CommandSpec command, String object) {
        if (this == COMMAND) {
            return text(user, command);
        }
        return "User "
                + user.name()
                + " has no permissions to access the '"
                + object
                + "' "
                + label;
    }

    /** The error line in place of a queued command that may not run any more. */
    public String execText() {
        return "NOPERM ACLs rules changed between the moment the transaction was accumulated and"
                + " the EXEC call. This command is no longer allowed for the following reason: "
                + execReason;
    }
}
