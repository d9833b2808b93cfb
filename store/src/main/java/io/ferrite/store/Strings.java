package io.ferrite.store;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Decimal;

/**
 * The three forms of a string: a number in the entry, bytes in the entry ({@link
 * Entry#MAX_EMBEDDED} at most), bytes in a block of their own with room to grow. What the methods
 * promise is said in {@link Database}.
 */
final class Strings {

    /** Strings from this length grow in smaller steps, which the allocator takes without a copy. */
    private static final int LARGE = 1 << 20;

    private final Keyspace keyspace;
    private final Database database;
    private final Tables tables;

    Strings(Keyspace keyspace, Database database, Tables tables) {
        this.keyspace = keyspace;
        this.database = database;
        this.tables = tables;
    }

    long put(Slice key, long found, long address, int length, boolean keepTtl) {
        if (length <= Decimal.MAX_LENGTH) {
            long number = Decimal.parse(address, length);
            if (Decimal.isNumber(address, length, number)) {
                return putInteger(key, found, number, keepTtl);
            }
        }
        return putText(key, found, address, length, keepTtl);
    }

    long putText(Slice key, long found, long address, int length, boolean keepTtl) {
        if (length <= Entry.MAX_EMBEDDED) {
            int encoding = length <= Entry.MAX_EMBSTR ? Encoding.EMBSTR : Encoding.RAW;
            long entry = database.prepare(key, found, Type.STRING, encoding, 0, length, keepTtl);
            Memory.copy(address, Entry.valueAddress(entry), length);
            return entry;
        }
        long outside = slab(key).take(length, MemoryTag.STRING);
        Memory.copy(address, outside, length);
        long entry =
                database.prepare(key, found, Type.STRING, Encoding.RAW, Entry.VALUE_16, 0, keepTtl);
        Entry.setOutside(entry, outside, length, length);
        return entry;
    }

    long putInteger(Slice key, long found, long value, boolean keepTtl) {
        long entry =
                database.prepare(key, found, Type.STRING, Encoding.INT, Entry.VALUE_8, 0, keepTtl);
        Entry.setWord(entry, value);
        return entry;
    }

    /** A copy of another entry's string, under a key that has {@code found}. */
    long copy(Slice key, long found, long from) {
        if (Entry.isOutside(from)) {
            return putText(key, found, Entry.valueAddress(from), Entry.valueLength(from), false);
        }
        int part = Entry.flags(from) & Entry.VALUE_PART;
        int length = Entry.embeddedLength(from);
        int encoding = Entry.encoding(from);
        long entry = database.prepare(key, found, Type.STRING, encoding, part, length, false);
        Entry.copyValuePart(from, entry);
        return entry;
    }

    long append(Slice key, long entry, long address, int length) {
        int before = lengthOf(entry);
        long longer = stretch(key, entry, Math.addExact(before, length));
        Memory.copy(address, Entry.valueAddress(longer) + before, length);
        return longer;
    }

    long setRange(Slice key, long entry, int offset, long address, int length) {
        int end = Math.addExact(offset, length);
        long longer = stretch(key, entry, Math.max(end, lengthOf(entry)));
        Memory.copy(address, Entry.valueAddress(longer) + offset, length);
        return longer;
    }

    long stretch(Slice key, long entry, int length) {
        if (entry == Database.NONE) {
            entry = database.prepare(key, entry, Type.STRING, Encoding.RAW, 0, 0, false);
        } else {
            database.aboutToChange(entry);
            if (Entry.isInteger(entry)) {
                entry = spellOut(key, entry);
            }
        }
        Entry.setEncoding(entry, Encoding.RAW);
        int before = Entry.valueLength(entry);
        if (length <= before) {
            return entry;
        }
        entry = makeRoom(key, entry, before, length);
        Memory.fill(Entry.valueAddress(entry) + before, length - before, (byte) 0);
        return entry;
    }

    long resize(Slice key, long entry, int length) {
        long sized = stretch(key, entry, length);
        if (length == Entry.valueLength(sized)) {
            return sized;
        }
        if (Entry.isOutside(sized)) {
            Entry.setOutside(sized, Entry.valueAddress(sized), length, Entry.capacity(sized));
            return sized;
        }
        return tables.reshape(key, sized, Entry.flags(sized), length);
    }

    private static int lengthOf(long entry) {
        if (entry == Database.NONE) {
            return 0;
        }
        return Entry.isInteger(entry)
                ? Decimal.length(Entry.integer(entry))
                : Entry.valueLength(entry);
    }

    /** A number as text, in an entry that has room for the text instead of it. */
    private long spellOut(Slice key, long entry) {
        long number = Entry.integer(entry);
        int flags = Entry.flags(entry) & ~Entry.VALUE_PART;
        long spelt = tables.reshape(key, entry, flags, Decimal.length(number));
        Decimal.write(number, Entry.valueAddress(spelt));
        return spelt;
    }

    private long makeRoom(Slice key, long entry, int before, int length) {
        if (Entry.isOutside(entry)) {
            int capacity = Entry.capacity(entry);
            long at = Entry.valueAddress(entry);
            if (length > capacity) {
                int grown = grown(length);
                at = slab(key).resize(at, capacity, grown, MemoryTag.STRING);
                capacity = grown;
            }
            Entry.setOutside(entry, at, length, capacity);
            return entry;
        }
        if (length <= Entry.MAX_EMBEDDED) {
            return tables.reshape(key, entry, Entry.flags(entry), length);
        }
        // What was not there before may stay as it is: the next change would show that it grows.
        int capacity = before == 0 ? (int) Slab.roundUp(length) : grown(length);
        long outside = slab(key).take(capacity, MemoryTag.STRING);
        Memory.copy(Entry.valueAddress(entry), outside, before);
        long moved = tables.reshape(key, entry, Entry.flags(entry) | Entry.VALUE_16, 0);
        Entry.setOutside(moved, outside, length, capacity);
        return moved;
    }

    /** Half as much again, of a large string an eighth, and what the size class has beyond that. */
    private static int grown(int length) {
        long spare = length < LARGE ? length >> 1 : length >> 3;
        return (int) Math.max(length, Math.min(Slab.roundUp(length + spare), Integer.MAX_VALUE));
    }

    private Slab slab(Slice key) {
        return keyspace.slab(keyspace.stripeOf(key));
    }
}
