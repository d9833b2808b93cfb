package io.ferrite.durability.rdb;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of an RDB as they are taken under a lock, at the speed of a copy: strings that are to be
 * compressed lie here as they are, without their lengths, and nothing is checksummed. Both are made
 * up for by {@link Piece#writeTo}, which needs no lock.
 *
 * <pre>
 *   piece    | 00 03 k e y | the string's bytes | 00 03 ...        strings: (5, its length), ...
 *              written as it is   written as a string
 * </pre>
 *
 * <p>One caller at a time; a piece that was {@link #poll}ed belongs to who polled it.
 */
public final class Capture implements AutoCloseable {

    private static final MemoryTag TAG = MemoryTag.OTHER;

    /** What a piece holds, unless something longer comes at once. */
    private static final int PIECE_BYTES = 1 << 18;

    private static final int FIRST_STRINGS = 256;

    private final ArrayDeque<Piece> full = new ArrayDeque<>();
    private @Nullable Piece current;
    private @Nullable Piece spare;

    /** Takes a copy of bytes that are to be written as they are. */
    void bytes(long address, int length) {
        room(length).add(address, length);
    }

    /** Takes a copy of a string that is to be compressed, and said the length of. */
    void string(long address, int length) {
        Piece piece = room(length);
        piece.note(length);
        piece.add(address, length);
    }

    private Piece room(int bytes) {
        if (current != null && current.capacity - current.used < bytes) {
            full.add(current);
            current = null;
        }
        if (current == null) {
            if (spare != null && spare.capacity >= bytes) {
                current = spare;
                spare = null;
            } else {
                current = new Piece(Math.max(PIECE_BYTES, bytes));
            }
        }
        return current;
    }

    public boolean isEmpty() {
        return current == null && full.isEmpty();
    }

    /** The bytes that came first, or null if there are none left. */
    public @Nullable Piece poll() {
        if (!full.isEmpty()) {
            return full.poll();
        }
        Piece last = current;
        current = null;
        return last;
    }

    /** Takes a piece back that was used up. */
    public void recycle(Piece piece) {
        if (spare != null || piece.capacity > PIECE_BYTES) {
            piece.give();
            return;
        }
        piece.used = 0;
        piece.strings = 0;
        spare = piece;
    }

    @Override
    public void close() {
        for (Piece piece = poll(); piece != null; piece = poll()) {
            piece.give();
        }
        if (spare != null) {
            spare.give();
            spare = null;
        }
    }

    /** Some of the bytes, with whole strings. */
    public static final class Piece {

        private final long address;
        private final int capacity;
        private int used;

        /** Where a string begins, and its length, in turn. */
        private int[] places = new int[FIRST_STRINGS];

        private int strings;

        private Piece(int capacity) {
            this.capacity = capacity;
            this.address = SharedSlab.take(capacity, TAG);
        }

        private void add(long from, int length) {
            Memory.copy(from, address + used, length);
            used += length;
        }

        private void note(int length) {
            if (strings == places.length) {
                places = Arrays.copyOf(places, 2 * strings);
            }
            places[strings++] = used;
            places[strings++] = length;
        }

        /** Writes it all, the strings as the output's form wants them. */
        public void writeTo(RdbOutput out) throws IOException {
            int at = 0;
            for (int i = 0; i < strings; i += 2) {
                int begin = places[i];
                out.putBytes(address + at, begin - at);
                out.putString(address + begin, places[i + 1]);
                at = begin + places[i + 1];
            }
            out.putBytes(address + at, used - at);
        }

        /** Gives its memory back. */
        public void give() {
            SharedSlab.give(address, capacity, TAG);
        }
    }
}
