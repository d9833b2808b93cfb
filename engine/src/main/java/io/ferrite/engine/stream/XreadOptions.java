package io.ferrite.engine.stream;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.Session;
import io.ferrite.memory.Slice;

/** What stands before the streams of XREAD and XREADGROUP, in any order. */
final class XreadOptions {

    /** Instead of a time to wait: do not. */
    static final long NO_WAIT = -1;

    private static final CommandError NO_TIMEOUT =
            CommandError.of("ERR timeout is not an integer or out of range");
    private static final CommandError LARGE_TIMEOUT =
            CommandError.of("ERR timeout is out of range");
    private static final CommandError NEGATIVE_TIMEOUT = CommandError.of("ERR timeout is negative");
    private static final CommandError NO_IDLE_TIME =
            CommandError.of("ERR min-idle-time is not an integer or out of range");
    private static final CommandError NEGATIVE_IDLE_TIME =
            CommandError.of("ERR min-idle-time must be a positive integer");

    private static final CommandError NO_LIMITS =
            CommandError.of(
                    "ERR MAXCOUNT and MAXSIZE are not available in this version of Ferrite");

    /** Instead of a time for which entries must be idle: none is claimed. */
    static final long NO_CLAIM = -1;

    private static final CommandError NO_GROUP =
            CommandError.of("ERR Missing GROUP option for XREADGROUP");

    /** Whether it is XREADGROUP. */
    final boolean grouped;

    long timeoutMs = NO_WAIT;

    /** How many entries of each stream; 0 for all. */
    long count;

    boolean noAck;

    /** Entries that are pending for so long, for anybody, are given to the consumer first. */
    long claimMs = NO_CLAIM;

    /** Which argument is the group's name; the consumer's follows it. 0 without a group. */
    int groupAt;

    /** Which argument is the first key, and how many there are; as many ids follow them. */
    int keysAt;

    int keys;

    XreadOptions(ExecutionUnit unit, boolean grouped) {
        this.grouped = grouped;
        read(unit);
        if (keysAt == 0) {
            throw CommandError.SYNTAX;
        }
        if (grouped && groupAt == 0) {
            throw NO_GROUP;
        }
    }

    private void read(ExecutionUnit unit) {
        for (int i = 1; i < unit.argc(); i++) {
            Slice option = unit.arg(i);
            int more = unit.argc() - i - 1;
            if (more > 0 && option.isWord("BLOCK")) {
                i++;
                readTimeout(unit, unit.arg(i));
            } else if (more > 0 && option.isWord("COUNT")) {
                i++;
                count = Math.max(0, Numbers.integer(unit.arg(i)));
            } else if (more > 0 && option.isWord("STREAMS")) {
                keysAt = i + 1;
                keys = more / 2;
                if (more % 2 != 0) {
                    throw unbalanced(unit);
                }
                return;
            } else if (more > 1 && option.isWord("GROUP")) {
                requireGrouped("GROUP");
                groupAt = i + 1;
                i += 2;
            } else if (more > 0 && option.isWord("CLAIM")) {
                requireGrouped("CLAIM");
                i++;
                claimMs = Numbers.integer(unit.arg(i), NO_IDLE_TIME);
                if (claimMs < 0) {
                    throw NEGATIVE_IDLE_TIME;
                }
            } else if (more > 0 && (option.isWord("MAXCOUNT") || option.isWord("MAXSIZE"))) {
                throw NO_LIMITS;
            } else if (option.isWord("NOACK")) {
                requireGrouped("NOACK");
                noAck = true;
            } else {
                throw CommandError.SYNTAX;
            }
        }
    }

    private void requireGrouped(String option) {
        if (!grouped) {
            throw CommandError.of(
                    "ERR The "
                            + option
                            + " option is only supported by XREADGROUP. You called XREAD instead.");
        }
    }

    private void readTimeout(ExecutionUnit unit, Slice text) {
        if (unit.session().has(Session.SCRIPT)) {
            throw CommandError.of(
                    "ERR "
                            + Streams.text(unit.arg(0))
                            + " command is not allowed with BLOCK option from scripts");
        }
        timeoutMs = Numbers.integer(text, NO_TIMEOUT);
        if (timeoutMs < 0) {
            throw NEGATIVE_TIMEOUT;
        }
        if (timeoutMs > Long.MAX_VALUE - unit.nowMs()) {
            throw LARGE_TIMEOUT;
        }
    }

    private static CommandError unbalanced(ExecutionUnit unit) {
        String name = unit.command().name();
        return CommandError.of(
                "ERR Unbalanced '"
                        + name
                        + "' list of streams: for each stream key an ID or '"
                        + (name.equals("xread") ? '$' : '>')
                        + "' must be specified.");
    }
}
