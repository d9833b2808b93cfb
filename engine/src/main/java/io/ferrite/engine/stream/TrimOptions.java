package io.ferrite.engine.stream;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.store.stream.StreamId;
import io.ferrite.store.stream.StreamTrim;

/**
 * The options of XADD and XTRIM: {@code [NOMKSTREAM] [KEEPREF|DELREF|ACKED] [MAXLEN|MINID [=|~]
 * threshold [LIMIT count]]}, in any order, and for XADD the id behind them.
 */
final class TrimOptions {

    private static final CommandError TWO_STRATEGIES =
            CommandError.of(
                    "ERR syntax error, MAXLEN and MINID options at the same time are not"
                            + " compatible");
    private static final CommandError NEGATIVE_LENGTH =
            CommandError.of("ERR The MAXLEN argument must be >= 0.");
    private static final CommandError NEGATIVE_LIMIT =
            CommandError.of("ERR The LIMIT argument must be >= 0.");
    private static final CommandError LIMIT_OF_NOTHING =
            CommandError.of(
                    "ERR syntax error, LIMIT cannot be used without specifying a trimming"
                            + " strategy");
    private static final CommandError NO_STRATEGY =
            CommandError.of("ERR syntax error, XTRIM must be called with a trimming strategy");
    private static final CommandError LIMIT_OF_EXACT =
            CommandError.of("ERR syntax error, LIMIT cannot be used without the special ~ option");

    private static final CommandError NO_PRODUCERS =
            CommandError.of("ERR IDMP and IDMPAUTO are not available in this version of Ferrite");

    private static final int BLOCKS_AT_ONCE = 100;
    private static final long USUAL_LIMIT = 10_000;
    private static final long HIGHEST_LIMIT = 1_000_000;

    /** Those of {@code XADD key * ...}, the usual ones: shared, as nobody changes them. */
    private static final TrimOptions USUAL = new TrimOptions(null, true);

    static {
        USUAL.end = 2;
    }

    private final ExecutionUnit unit;

    /** Whether they are XADD's. */
    final boolean adds;

    private boolean byLength;
    private boolean byId;
    private boolean approximate;
    private boolean limited;
    private long maxLength;
    private long limit;

    /** Null unless it is given. */
    private StreamId minId;

    /** XADD: not to make a stream. */
    boolean noStream;

    /** XADD: whether the id is given, at least its time. */
    boolean idGiven;

    /** XADD: whether the number within the time is given as well. */
    boolean sequenceGiven;

    /** XADD: the id as far as it is given; else not to be looked at. */
    final StreamId id = new StreamId();

    /** What becomes of references to entries that are trimmed. */
    References.Policy policy = References.Policy.KEEPREF;

    /** Which argument says so; 0 if none does. */
    int policyAt;

    /** Which argument is the threshold. */
    int thresholdAt;

    /** XADD: which argument is the id; XTRIM: the number of arguments. */
    int end;

    private TrimOptions(ExecutionUnit unit, boolean adds) {
        this.unit = unit;
        this.adds = adds;
    }

    static TrimOptions ofAdd(ExecutionUnit unit) {
        return isAnyId(unit.arg(2)) ? USUAL : new TrimOptions(unit, true).read();
    }

    private static boolean isAnyId(Slice word) {
        return word.length() == 1 && word.byteAt(0) == '*';
    }

    static TrimOptions ofTrim(ExecutionUnit unit) {
        return new TrimOptions(unit, false).read();
    }

    private TrimOptions read() {
        int i = 2;
        for (; i < unit.argc(); i++) {
            Slice option = unit.arg(i);
            boolean more = i + 1 < unit.argc();
            if (adds && isAnyId(option)) {
                break;
            }
            if (more && option.isWord("MAXLEN")) {
                i = readThreshold(i, true);
            } else if (more && option.isWord("MINID")) {
                i = readThreshold(i, false);
            } else if (more && option.isWord("LIMIT")) {
                limit = Numbers.integer(unit.arg(++i));
                if (limit < 0) {
                    throw NEGATIVE_LIMIT;
                }
                limited = true;
            } else if (adds && option.isWord("NOMKSTREAM")) {
                noStream = true;
            } else if (References.policy(option) != null) {
                readPolicy(i, References.policy(option));
            } else if (more && adds && (option.isWord("IDMP") || option.isWord("IDMPAUTO"))) {
                throw NO_PRODUCERS;
            } else if (adds) {
                StreamIds ids = new StreamIds();
                ids.readOrAnySequence(option, id);
                idGiven = true;
                sequenceGiven = !ids.isAnySequence();
                break;
            } else {
                throw CommandError.SYNTAX;
            }
        }
        end = i;
        judge();
        return this;
    }

    private void readPolicy(int at, References.Policy named) {
        if (policyAt != 0) {
            throw CommandError.SYNTAX;
        }
        policyAt = at;
        policy = named;
    }

    /** Whether each entry has to be looked at by itself before it is trimmed. */
    boolean looksAtGroups() {
        return trims() && policy != References.Policy.KEEPREF;
    }

    /** Reads what follows MAXLEN or MINID; answers the position of the threshold. */
    private int readThreshold(int option, boolean length) {
        if (byLength || byId) {
            throw TWO_STRATEGIES;
        }
        int at = option + 1;
        approximate = false;
        Slice next = unit.arg(at);
        if (at + 1 < unit.argc() && next.length() == 1) {
            approximate = next.byteAt(0) == '~';
            if (approximate || next.byteAt(0) == '=') {
                at++;
            }
        }
        if (length) {
            maxLength = Numbers.integer(unit.arg(at));
            if (maxLength < 0) {
                throw NEGATIVE_LENGTH;
            }
            byLength = true;
        } else {
            minId = new StreamId();
            new StreamIds().readStrict(unit.arg(at), minId);
            byId = true;
        }
        thresholdAt = at;
        return at;
    }

    private void judge() {
        if (limit != 0 && !trims()) {
            throw LIMIT_OF_NOTHING;
        }
        if (!adds && !trims()) {
            throw NO_STRATEGY;
        }
        if (!unit.mayRefuseLength()) {
            limit = 0; // the leader says how much is to go
        } else if (limited) {
            if (!approximate) {
                throw LIMIT_OF_EXACT;
            }
        } else if (approximate) {
            long entries = unit.engine().limits().stream().entries();
            limit = entries > HIGHEST_LIMIT ? HIGHEST_LIMIT : BLOCKS_AT_ONCE * entries;
            limit = limit <= 0 ? USUAL_LIMIT : Math.min(limit, HIGHEST_LIMIT);
        }
    }

    /** Whether there is something to trim. */
    boolean trims() {
        return byLength || byId;
    }

    boolean isByLength() {
        return byLength;
    }

    /** Whether what is left is not what is asked for, so that followers must be told exactly. */
    boolean isApproximate() {
        return approximate;
    }

    StreamTrim trim() {
        return byLength
                ? StreamTrim.toLength(maxLength, approximate, limit)
                : StreamTrim.toId(minId.ms(), minId.seq(), approximate, limit);
    }
}
