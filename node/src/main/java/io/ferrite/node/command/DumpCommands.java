package io.ferrite.node.command;

import io.ferrite.durability.rdb.DumpPayload;
import io.ferrite.durability.rdb.Entries;
import io.ferrite.durability.rdb.GrowingSink;
import io.ferrite.durability.rdb.RdbInput;
import io.ferrite.durability.rdb.RdbLimits;
import io.ferrite.durability.rdb.RdbOutput;
import io.ferrite.durability.rdb.RdbValue;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.EncodingLimits;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import io.ferrite.store.AccessClock;
import io.ferrite.store.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** DUMP and RESTORE: single values in the form of the RDB. */
public final class DumpCommands {

    /**
     * Longer strings are dumped as they are: compressing them would hold their stripe for too long.
     */
    private static final int COMPRESS_UP_TO = 1 << 20;

    private static final int UNKNOWN = -1;
    private static final int FREQUENCY_MAX = 255;

    private static final CommandError BUSY =
            CommandError.of("BUSYKEY Target key name already exists.");
    private static final CommandError BAD_TTL =
            CommandError.of("ERR Invalid TTL value, must be >= 0");
    private static final CommandError BAD_IDLE =
            CommandError.of("ERR Invalid IDLETIME value, must be >= 0");
    private static final CommandError BAD_FREQUENCY =
            CommandError.of("ERR Invalid FREQ value, must be >= 0 and <= 255");
    private static final CommandError BAD_FOOTER =
            CommandError.of("ERR DUMP payload version or checksum are wrong");
    private static final CommandError BAD_DATA = CommandError.of("ERR Bad data format");

    private final BooleanSupplier skipsChecksums;
    private final Consumer<IOException> refused;

    private DumpCommands(BooleanSupplier skipsChecksums, Consumer<IOException> refused) {
        this.skipsChecksums = skipsChecksums;
        this.refused = refused;
    }

    /**
     * @param skipsChecksums whether payloads with a wrong checksum are taken
     * @param refused hears what is wrong with a payload whose footer was right
     */
    public static void register(
            CommandTable.Builder table,
            BooleanSupplier skipsChecksums,
            Consumer<IOException> refused) {
        DumpCommands commands = new DumpCommands(skipsChecksums, refused);
        table.bind("DUMP", DumpCommands::dump)
                .bind("RESTORE", commands::restore)
                .bind("RESTORE-ASKING", commands::restore);
    }

    private static void dump(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1));
        if (entry == Database.NONE) {
            unit.reply().nil();
            return;
        }
        try (GrowingSink sink = new GrowingSink();
                RdbOutput out = new RdbOutput(sink, true, COMPRESS_UP_TO)) {
            Entries.dump(out, entry);
            unit.reply().bulk(sink.address(), Math.toIntExact(sink.length()));
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written to", e);
        }
    }

    /** The options of RESTORE. */
    private record Options(boolean replace, boolean absolute, long idleSeconds, int frequency) {

        static Options parse(ExecutionUnit unit) {
            boolean replace = false;
            boolean absolute = false;
            long idle = UNKNOWN;
            int frequency = UNKNOWN;
            for (int i = 4; i < unit.argc(); i++) {
                Slice word = unit.arg(i);
                boolean last = i == unit.argc() - 1;
                if (word.isWord("REPLACE")) {
                    replace = true;
                } else if (word.isWord("ABSTTL")) {
                    absolute = true;
                } else if (word.isWord("IDLETIME") && !last && frequency == UNKNOWN) {
                    idle = Numbers.integer(unit.arg(++i));
                    if (idle < 0) {
                        throw BAD_IDLE;
                    }
                } else if (word.isWord("FREQ") && !last && idle == UNKNOWN) {
                    long wanted = Numbers.integer(unit.arg(++i));
                    if (wanted < 0 || wanted > FREQUENCY_MAX) {
                        throw BAD_FREQUENCY;
                    }
                    frequency = (int) wanted;
                } else {
                    throw CommandError.SYNTAX;
                }
            }
            return new Options(replace, absolute, idle, frequency);
        }
    }

    /** RESTORE key ttl payload [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]. */
    private void restore(ExecutionUnit unit) {
        Options options = Options.parse(unit);
        Slice key = unit.arg(1);
        boolean exists = unit.findWrite(key) != Database.NONE;
        if (exists && !options.replace) {
            throw BUSY;
        }
        long ttl = Numbers.integer(unit.arg(2));
        if (ttl < 0 || !options.absolute && ttl > Long.MAX_VALUE - unit.nowMs()) {
            throw BAD_TTL;
        }
        Slice payload = unit.arg(3);
        if (!DumpPayload.isSound(
                payload.address(), payload.length(), !skipsChecksums.getAsBoolean())) {
            throw BAD_FOOTER;
        }
        long atMs = ttl == 0 || options.absolute ? ttl : ttl + unit.nowMs();
        boolean over =
                ttl != 0
                        && atMs <= unit.nowMs()
                        && !unit.engine().isFollower()
                        && unit.engine().mayExpire();
        RdbValue value = new RdbValue();
        read(unit, key, payload, value);
        try {
            if (!over) {
                store(unit, key, value, atMs, options);
            } else if (exists) {
                unit.delete(key);
                unit.effects().changed(key, Event.DEL);
                String word = unit.engine().lazyServerDelete() ? "UNLINK" : "DEL";
                unit.effects().command(2).word(word).arg(key);
            }
        } finally {
            value.free();
        }
        unit.reply().ok();
    }

    private void read(ExecutionUnit unit, Slice key, Slice payload, RdbValue value) {
        try (RdbInput in = new RdbInput()) {
            DumpPayload.read(
                    in, payload.address(), payload.length(), unit.slab(key), limits(unit), value);
        } catch (IOException damaged) {
            refused.accept(damaged);
            throw BAD_DATA;
        }
    }

    private static RdbLimits limits(ExecutionUnit unit) {
        EncodingLimits limits = unit.engine().limits();
        return new RdbLimits(limits.list(), limits.set(), limits.hash(), limits.zset());
    }

    private static void store(
            ExecutionUnit unit, Slice key, RdbValue value, long atMs, Options options) {
        Database database = unit.database();
        long entry = Entries.store(database, key, value);
        if (atMs != 0) {
            entry = database.setExpire(key, entry, atMs);
        }
        AccessClock clock = unit.keyspace().access();
        if (clock.isLfu() && options.frequency != UNKNOWN) {
            clock.setFrequency(entry, options.frequency);
        } else if (!clock.isLfu() && options.idleSeconds != UNKNOWN) {
            clock.setIdle(entry, options.idleSeconds);
        }
        unit.effects().replaced(unit.databaseIndex(), key);
        unit.effects().changed(key, Event.RESTORE);
        if (atMs != 0 && !options.absolute) {
            passOn(unit, atMs);
        }
    }

    /** The command as it came, but with a moment in place of a time from now. */
    private static void passOn(ExecutionUnit unit, long atMs) {
        unit.effects().command(unit.argc() + 1).word("RESTORE").arg(unit.arg(1)).number(atMs);
        for (int i = 3; i < unit.argc(); i++) {
            unit.effects().arg(unit.arg(i));
        }
        unit.effects().word("ABSTTL");
    }
}
