package io.ferrite.engine.bitmap;

import io.ferrite.engine.ArgReader;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.Effects;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;

/**
 * BITOP: a new string from several, bit by bit; shorter ones are followed by zeros.
 *
 * <p>The result is built chunk by chunk, all sources for one chunk, so that it stays in the nearest
 * cache while the sources stream by.
 */
final class BitopCommand {

    private static final int CHUNK = 1 << 14;

    private static final CommandError ONE_SOURCE =
            CommandError.of("ERR BITOP NOT must be called with a single source key.");

    private BitopCommand() {}

    /** How sources are combined. */
    private enum Operation {
        AND,
        OR,
        XOR,
        NOT,
        /** Bits of the first that are in none of the others. */
        DIFF,
        /** Bits that are in any of the others but not in the first. */
        DIFF1,
        /** Bits of the first that are in any of the others. */
        ANDOR,
        /** Bits that are in exactly one. */
        ONE;

        /** Whether the first source has a part of its own. */
        boolean leads() {
            return this == DIFF || this == DIFF1 || this == ANDOR;
        }

        /** Followers of version 7 don't know it: they are told the outcome. */
        boolean isNewer() {
            return leads() || this == ONE;
        }
    }

    /**
     * Where the sources are, by address and length. Numbers have no bytes of their own: they are
     * spelt out into a block that goes with {@link #close}.
     */
    private static final class Sources implements AutoCloseable {
        private final Slab slab;
        private final long[] addresses;
        private final int[] lengths;
        private long numbers;
        private int longest;

        Sources(Slab slab, int count) {
            this.slab = slab;
            addresses = new long[count];
            lengths = new int[count];
        }

        int count() {
            return addresses.length;
        }

        void put(int i, long entry) {
            if (entry == Database.NONE) {
                return;
            }
            if (Entry.isInteger(entry)) {
                if (numbers == 0) {
                    numbers = slab.take(numbersBytes(), MemoryTag.CLIENT);
                }
                addresses[i] = numbers + (long) i * Decimal.MAX_LENGTH;
                lengths[i] = Decimal.write(Entry.integer(entry), addresses[i]);
            } else {
                addresses[i] = Entry.valueAddress(entry);
                lengths[i] = Entry.valueLength(entry);
            }
            longest = Math.max(longest, lengths[i]);
        }

        private long numbersBytes() {
            return (long) addresses.length * Decimal.MAX_LENGTH;
        }

        @Override
        public void close() {
            if (numbers != 0) {
                slab.give(numbers, numbersBytes(), MemoryTag.CLIENT);
            }
        }
    }

    /** BITOP operation destination source…; replies the length of the result. */
    static void bitop(ExecutionUnit unit) {
        Operation operation = operation(unit);
        Slice target = unit.arg(2);
        try (Sources sources = new Sources(unit.clientSlab(), unit.argc() - 3)) {
            for (int i = 0; i < sources.count(); i++) {
                sources.put(i, unit.findRead(unit.arg(3 + i), Type.STRING));
            }
            store(unit, target, operation, sources);
            unit.reply().integer(sources.longest);
        }
    }

    private static Operation operation(ExecutionUnit unit) {
        ArgReader args = new ArgReader(unit, 1);
        for (Operation operation : Operation.values()) {
            if (!args.take(operation.name())) {
                continue;
            }
            if (operation == Operation.NOT && unit.argc() != 4) {
                throw ONE_SOURCE;
            }
            if (operation.leads() && unit.argc() < 5) {
                String name = operation.name();
                throw CommandError.of(
                        "ERR BITOP " + name + " must be called with at least two source keys.");
            }
            return operation;
        }
        throw CommandError.SYNTAX;
    }

    private static void store(
            ExecutionUnit unit, Slice target, Operation operation, Sources sources) {
        if (sources.longest == 0) {
            if (unit.findWrite(target) != Database.NONE) {
                unit.database().delete(target);
                unit.effects().changed(target, Event.DEL);
                if (operation.isNewer()) {
                    unit.effects().command(2).word("DEL").arg(target);
                }
            }
            return;
        }
        // A block of its own even where it is copied afterwards: the target may be a source.
        Slab slab = unit.slab(target);
        long result = slab.take(sources.longest, MemoryTag.STRING);
        for (int from = 0; from < sources.longest; from += CHUNK) {
            int bytes = Math.min(CHUNK, sources.longest - from);
            combine(unit, operation, sources, result + from, from, bytes);
        }
        long found = unit.findWrite(target);
        long entry = unit.database().putText(target, found, result, sources.longest, false);
        unit.database().stretch(target, entry, sources.longest); // to be raw, however short
        unit.effects().changed(target, Event.SET);
        if (operation.isNewer()) {
            Effects effects = unit.effects().command(3).word("SET").arg(target);
            effects.arg(result, sources.longest);
        }
        slab.give(result, sources.longest, MemoryTag.STRING);
    }

    /** One chunk of the result: {@code bytes} at {@code out}, which lie at {@code from} in all. */
    private static void combine(
            ExecutionUnit unit,
            Operation operation,
            Sources sources,
            long out,
            int from,
            int bytes) {
        int first = operation.leads() ? 1 : 0;
        long twice = 0;
        if (operation == Operation.ONE) {
            twice = unit.scratch(CHUNK);
            Memory.fill(twice, bytes, (byte) 0);
        }
        for (int i = first; i < sources.count(); i++) {
            int there = Math.clamp(sources.lengths[i] - (long) from, 0, bytes);
            long in = sources.addresses[i] + from;
            if (i == first) {
                Memory.copy(in, out, there);
                Memory.fill(out + there, bytes - there, (byte) 0);
            } else if (operation == Operation.AND) {
                and(in, out, there);
                Memory.fill(out + there, bytes - there, (byte) 0);
            } else if (operation == Operation.XOR) {
                xor(in, out, there);
            } else {
                if (operation == Operation.ONE) {
                    orCommon(in, out, twice, there);
                }
                or(in, out, there);
            }
        }
        finish(operation, sources, twice, out, from, bytes);
    }

    private static void finish(
            Operation operation, Sources sources, long twice, long out, int from, int bytes) {
        int there = Math.clamp(sources.lengths[0] - (long) from, 0, bytes);
        long lead = sources.addresses[0] + from;
        switch (operation) {
            case NOT -> not(out, bytes);
            case ONE -> andNot(twice, out, bytes);
            case DIFF1 -> andNot(lead, out, there);
            case DIFF, ANDOR -> {
                if (operation == Operation.DIFF) {
                    not(out, bytes);
                }
                and(lead, out, there);
                Memory.fill(out + there, bytes - there, (byte) 0);
            }
            case AND, OR, XOR -> {}
        }
    }

    private static void and(long in, long out, int bytes) {
        int i = 0;
        for (; i + 8 <= bytes; i += 8) {
            Memory.putLong(out + i, Memory.getLong(out + i) & Memory.getLong(in + i));
        }
        for (; i < bytes; i++) {
            Memory.putByte(out + i, Memory.getByte(out + i) & Memory.getByte(in + i));
        }
    }

    private static void andNot(long in, long out, int bytes) {
        int i = 0;
        for (; i + 8 <= bytes; i += 8) {
            Memory.putLong(out + i, Memory.getLong(out + i) & ~Memory.getLong(in + i));
        }
        for (; i < bytes; i++) {
            Memory.putByte(out + i, Memory.getByte(out + i) & ~Memory.getByte(in + i));
        }
    }

    private static void or(long in, long out, int bytes) {
        int i = 0;
        for (; i + 8 <= bytes; i += 8) {
            Memory.putLong(out + i, Memory.getLong(out + i) | Memory.getLong(in + i));
        }
        for (; i < bytes; i++) {
            Memory.putByte(out + i, Memory.getByte(out + i) | Memory.getByte(in + i));
        }
    }

    private static void xor(long in, long out, int bytes) {
        int i = 0;
        for (; i + 8 <= bytes; i += 8) {
            Memory.putLong(out + i, Memory.getLong(out + i) ^ Memory.getLong(in + i));
        }
        for (; i < bytes; i++) {
            Memory.putByte(out + i, Memory.getByte(out + i) ^ Memory.getByte(in + i));
        }
    }

    private static void not(long out, int bytes) {
        int i = 0;
        for (; i + 8 <= bytes; i += 8) {
            Memory.putLong(out + i, ~Memory.getLong(out + i));
        }
        for (; i < bytes; i++) {
            Memory.putByte(out + i, ~Memory.getByte(out + i));
        }
    }

    /** Marks in {@code twice} what both have. */
    private static void orCommon(long in, long out, long twice, int bytes) {
        int i = 0;
        for (; i + 8 <= bytes; i += 8) {
            long common = Memory.getLong(out + i) & Memory.getLong(in + i);
            Memory.putLong(twice + i, Memory.getLong(twice + i) | common);
        }
        for (; i < bytes; i++) {
            int common = Memory.getByte(out + i) & Memory.getByte(in + i);
            Memory.putByte(twice + i, Memory.getByte(twice + i) | common);
        }
    }
}
