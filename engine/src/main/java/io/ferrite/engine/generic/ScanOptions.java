package io.ferrite.engine.generic;

import io.ferrite.base.Glob;
import io.ferrite.engine.ArgReader;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.store.encoding.ListpackItem;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What SSCAN, HSCAN and ZSCAN are asked for, and what they have found so far: pairs of addresses in
 * the value, which must not change before the reply.
 */
public final class ScanOptions {

    private static final CommandError NOVALUES_OF_HASHES =
            CommandError.of("ERR NOVALUES option can only be used in HSCAN");

    private long count = 10;
    private Glob pattern;
    private boolean values = true;
    private byte[] text = new byte[128];
    private long[] found = new long[16];
    private int size;

    private ScanOptions() {}

    /** {@code [MATCH pattern] [COUNT count] [NOVALUES]}, the last for a hash only. */
    public static ScanOptions parse(ExecutionUnit unit, int from, boolean hash) {
        ScanOptions options = new ScanOptions();
        ArgReader args = new ArgReader(unit, from);
        while (args.hasNext()) {
            if (args.take("COUNT", 1)) {
                options.count = args.nextLong();
                if (options.count < 1) {
                    throw CommandError.SYNTAX;
                }
            } else if (args.take("MATCH", 1)) {
                options.pattern = ScanCommands.pattern(args.next());
            } else if (args.take("NOVALUES")) {
                if (!hash) {
                    throw NOVALUES_OF_HASHES;
                }
                options.values = false;
            } else {
                throw CommandError.SYNTAX;
            }
        }
        return options;
    }

    /** How many elements to look at in one call. */
    public int count() {
        return (int) Math.min(count, ScanCommands.MOST_LOOKED_AT);
    }

    public boolean withValues() {
        return values;
    }

    /** Whether an element's name is one of those asked for. */
    public boolean matches(long address, int length) {
        if (pattern == null) {
            return true;
        }
        if (length > text.length) {
            text = new byte[Math.max(length, 2 * text.length)];
        }
        Memory.copyOut(address, text, 0, length);
        return pattern.matches(text, 0, length);
    }

    public boolean matches(ListpackItem item) {
        if (!item.isInteger()) {
            return matches(item.address(), item.length());
        }
        if (pattern == null) {
            return true;
        }
        byte[] digits = Long.toString(item.integer()).getBytes(StandardCharsets.US_ASCII);
        assert digits.length <= Decimal.MAX_LENGTH;
        return pattern.matches(digits, 0, digits.length);
    }

    /** Remembers a text for the reply. */
    public void keep(long address, int length) {
        if (size + 2 > found.length) {
            found = Arrays.copyOf(found, 2 * found.length);
        }
        found[size++] = address;
        found[size++] = length;
    }

    /** Replies with the cursor to go on with and what was kept. */
    public void reply(ExecutionUnit unit, long cursor) {
        unit.reply().array(2);
        unit.reply().bulk(Long.toUnsignedString(cursor));
        unit.reply().array(size / 2);
        for (int i = 0; i < size; i += 2) {
            unit.reply().bulk(found[i], (int) found[i + 1]);
        }
    }

    /** The reply for a key that is not there, whatever the options. */
    public static void replyNothing(ExecutionUnit unit) {
        unit.reply().array(2);
        unit.reply().bulk("0");
        unit.reply().emptyArray();
    }

    /** The cursor among the arguments. */
    public static long cursor(Slice text) {
        return ScanCommands.cursor(text);
    }
}
