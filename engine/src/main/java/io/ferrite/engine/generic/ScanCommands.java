package io.ferrite.engine.generic;

import io.ferrite.base.Glob;
import io.ferrite.engine.ArgReader;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.ModuleValue;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Which keys there are: KEYS, SCAN and RANDOMKEY. They run under every stripe. */
public final class ScanCommands {

    /**
     * The most keys that one SCAN looks at, whatever its COUNT: the stripes are held meanwhile. The
     * cursor goes on from there.
     */
    public static final int MOST_LOOKED_AT = 100_000;

    /** Draws of RANDOMKEY among keys that have expired but may not be removed. */
    private static final int MOST_DRAWS = 100;

    private static final CommandError INVALID_CURSOR = CommandError.of("ERR invalid cursor");

    private ScanCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("KEYS", LockPlan.ALL, ScanCommands::keys)
                .bind("SCAN", LockPlan.ALL, ScanCommands::scan)
                .bind("RANDOMKEY", LockPlan.ALL, ScanCommands::randomkey);
    }

    /** Entries that a walk met and that were asked for; they must not change before the reply. */
    private static final class Found {

        private final ExecutionUnit unit;
        private final Glob pattern;
        private final int type;

        /** The name of a type that modules may have; null where the type is none of those. */
        private String moduleType;

        private byte[] text = new byte[128];
        private long[] entries = new long[16];
        private int count;
        private long[] expired = new long[16];
        private int expiredCount;

        /**
         * @param pattern null for every key
         * @param type a {@link io.ferrite.store.Type}, or -1 for all
         */
        Found(ExecutionUnit unit, Glob pattern, int type) {
            this.unit = unit;
            this.pattern = pattern;
            this.type = type;
        }

        void look(long entry) {
            if (!fits(entry)) {
                return;
            }
            if (Entry.isExpired(entry, unit.nowMs())) {
                if (expiredCount == expired.length) {
                    expired = Arrays.copyOf(expired, 2 * expiredCount);
                }
                expired[expiredCount++] = entry;
            } else if (type < 0 || Entry.type(entry) == type || isOfModule(entry)) {
                if (count == entries.length) {
                    entries = Arrays.copyOf(entries, 2 * count);
                }
                entries[count++] = entry;
            }
        }

        private boolean isOfModule(long entry) {
            return moduleType != null
                    && Entry.type(entry) == Type.MODULE
                    && moduleType.equalsIgnoreCase(
                            ModuleValue.name(ModuleValue.type(Entry.root(entry))));
        }

        private boolean fits(long entry) {
            if (pattern == null) {
                return true;
            }
            int length = Entry.keyLength(entry);
            if (length > text.length) {
                text = new byte[Math.max(length, 2 * text.length)];
            }
            Memory.copyOut(Entry.keyAddress(entry), text, 0, length);
            return pattern.matches(text, 0, length);
        }

        void reply() {
            unit.reply().array(count);
            for (int i = 0; i < count; i++) {
                unit.reply().bulk(Entry.keyAddress(entries[i]), Entry.keyLength(entries[i]));
            }
        }

        /**
         * Removes the expired keys that were met, where that may be done. Comes after the reply.
         */
        void removeExpired() {
            unit.effects().apart();
            for (int i = 0; i < expiredCount; i++) {
                unit.peek(keyOf(unit, expired[i]));
            }
        }
    }

    private static Slice keyOf(ExecutionUnit unit, long entry) {
        return unit.slice().set(Entry.keyAddress(entry), Entry.keyLength(entry));
    }

    /** What names are compared with; null for one star alone, which an empty name fits as well. */
    public static @Nullable Glob pattern(Slice text) {
        Glob pattern = Glob.of(text.toBytes());
        return pattern.isOneStar() ? null : pattern;
    }

    static void keys(ExecutionUnit unit) {
        Found found = new Found(unit, pattern(unit.arg(1)), -1);
        for (int table = 0; table < unit.keyspace().tables(); table++) {
            long cursor = 0;
            do {
                cursor = unit.database().scanTable(table, cursor, Integer.MAX_VALUE, found::look);
            } while (cursor != 0);
        }
        found.reply();
    }

    /** SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]. */
    static void scan(ExecutionUnit unit) {
        long cursor = cursor(unit.arg(1));
        Glob pattern = null;
        int type = -1;
        String moduleType = null;
        long count = 10;
        ArgReader args = new ArgReader(unit, 2);
        while (args.hasNext()) {
            if (args.take("COUNT", 1)) {
                count = args.nextLong();
                if (count < 1) {
                    throw CommandError.SYNTAX;
                }
            } else if (args.take("MATCH", 1)) {
                pattern = pattern(args.next());
            } else if (args.take("TYPE", 1)) {
                Slice name = args.next();
                type = KeyCommands.type(name);
                moduleType = name.toString();
            } else {
                throw CommandError.SYNTAX;
            }
        }
        Found found = new Found(unit, pattern, type);
        found.moduleType = moduleType;
        int most = (int) Math.min(count, MOST_LOOKED_AT);
        long next = unit.database().scan(cursor, most, found::look);
        unit.reply().array(2);
        unit.reply().bulk(Long.toUnsignedString(next));
        found.reply();
        found.removeExpired();
    }

    /** A cursor of SCAN and its kin: an unsigned 64-bit number. */
    public static long cursor(Slice text) {
        int length = text.length();
        if (length == 0 || length > 20) {
            throw INVALID_CURSOR;
        }
        long value = 0;
        for (int i = 0; i < length; i++) {
            int digit = text.byteAt(i) - '0';
            if (digit < 0
                    || digit > 9
                    || Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, 10)) > 0) {
                throw INVALID_CURSOR;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    static void randomkey(ExecutionUnit unit) {
        unit.effects().apart(); // expired keys that are drawn go on the way
        int draws = 0;
        while (true) {
            long entry = draw(unit);
            if (entry == Database.NONE) {
                unit.reply().nil();
                return;
            }
            draws++;
            if (!Entry.isExpired(entry, unit.nowMs())
                    || draws >= MOST_DRAWS && !mayRemove(unit) && allVolatile(unit)) {
                unit.reply().bulk(Entry.keyAddress(entry), Entry.keyLength(entry));
                return;
            }
            unit.peek(keyOf(unit, entry));
        }
    }

    private static boolean mayRemove(ExecutionUnit unit) {
        return !unit.engine().isFollower() && unit.engine().mayExpire();
    }

    private static boolean allVolatile(ExecutionUnit unit) {
        return unit.database().volatileCount() == unit.database().size();
    }

    /** Any key of the database, each as likely as the other. */
    private static long draw(ExecutionUnit unit) {
        Database database = unit.database();
        long size = database.size();
        if (size == 0) {
            return Database.NONE;
        }
        RandomGenerator random = unit.random();
        long place = random.nextLong(size);
        int stripe = 0;
        while (place >= database.sizeOfStripe(stripe)) {
            place -= database.sizeOfStripe(stripe++);
        }
        return database.randomOfStripe(stripe, place, false, random);
    }
}
