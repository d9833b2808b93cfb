package io.ferrite.engine.sort;

import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.hash.HashCommands;
import io.ferrite.engine.string.StringValues;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import java.util.Arrays;

/**
 * A pattern of BY or GET: the name of a key with a star where the element goes, and the field of a
 * hash behind an arrow if there is one. A lone {@code #} stands for the element itself.
 */
final class SortPattern {

    private static final byte[] ITSELF = {'#'};

    private final byte[] before;
    private final byte[] after;

    /** Null for a string's value. */
    private final byte[] field;

    private final boolean itself;
    private final boolean star;
    private final Slice key = new Slice();

    SortPattern(Slice text) {
        byte[] bytes = text.toBytes();
        itself = Arrays.equals(bytes, ITSELF);
        int at = indexOf(bytes, 0, '*');
        star = at >= 0;
        int arrow = star ? arrow(bytes, at + 1) : -1;
        int end = arrow < 0 ? bytes.length : arrow;
        before = star ? slice(bytes, 0, at) : new byte[0];
        after = star ? slice(bytes, at + 1, end) : new byte[0];
        field = arrow < 0 ? null : slice(bytes, arrow + 2, bytes.length);
    }

    /** Whether the pattern stands for the element itself. */
    boolean isElement() {
        return itself;
    }

    /** Whether the pattern names another key for each element. */
    boolean hasStar() {
        return star;
    }

    private static int indexOf(byte[] bytes, int from, char what) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == what) {
                return i;
            }
        }
        return -1;
    }

    /** Where an arrow begins that has something behind it, or -1. */
    private static int arrow(byte[] bytes, int from) {
        for (int i = from; i + 1 < bytes.length; i++) {
            if (bytes[i] == '-' && bytes[i + 1] == '>') {
                return i + 2 < bytes.length ? i : -1;
            }
        }
        return -1;
    }

    private static byte[] slice(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    /** What the pattern stands for with this element, or null. Under every stripe. */
    byte[] value(ExecutionUnit unit, byte[] element) {
        if (itself) {
            return element;
        }
        if (!star) {
            return null;
        }
        int length = before.length + element.length + after.length;
        int fieldLength = field == null ? 0 : field.length;
        long room = unit.clientSlab().take(length + fieldLength + 1L, MemoryTag.CLIENT);
        Memory.copyIn(before, 0, room, before.length);
        Memory.copyIn(element, 0, room + before.length, element.length);
        Memory.copyIn(after, 0, room + before.length + element.length, after.length);
        key.set(room, length);
        byte[] value = null;
        long entry = unit.findRead(key);
        if (entry != Database.NONE && field != null) {
            Memory.copyIn(field, 0, room + length, fieldLength);
            value = HashCommands.field(unit, key, entry, new Slice(room + length, fieldLength));
        } else if (entry != Database.NONE && Entry.type(entry) == Type.STRING) {
            value = StringValues.bytes(unit, entry, unit.slice()).toBytes();
        }
        unit.clientSlab().give(room, length + fieldLength + 1L, MemoryTag.CLIENT);
        return value;
    }
}
