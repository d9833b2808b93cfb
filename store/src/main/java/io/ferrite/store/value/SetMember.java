package io.ferrite.store.value;

import io.ferrite.memory.Hash;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.store.index.KeyLayout;

/**
 * The members of a large set: each a block of its own, found by a {@link
 * io.ferrite.store.index.HashIndex}.
 *
 * <pre>
 *   0        1                     1        5
 *   +--------+---- - - ----+       +--------+---- - - ----+
 *   | length | text        |   or  | length | text        |   when the first byte is 255
 *   | u8     |             |  255  | u32    |             |
 *   +--------+---- - - ----+       +--------+---- - - ----+
 * </pre>
 *
 * A member of 10 bytes takes 16, and about 10 in the index.
 */
final class SetMember extends KeyLayout {

    private static final MemoryTag TAG = MemoryTag.SET;

    /** Below {@link #TAG}, which it reads. */
    static final SetMember LAYOUT = new SetMember();

    private static final int LONG = 255;
    private static final int LONG_HEAD = 5;

    private SetMember() {
        super(TAG);
    }

    static long create(Slab slab, long text, int length) {
        long member = slab.take(bytes(length), TAG);
        if (length < LONG) {
            Memory.putByte(member, length);
            Memory.copy(text, member + 1, length);
        } else {
            Memory.putByte(member, LONG);
            Memory.putInt(member + 1, length);
            Memory.copy(text, member + LONG_HEAD, length);
        }
        return member;
    }

    static void free(Slab slab, long member) {
        slab.give(member, bytes(length(member)), TAG);
    }

    private static long bytes(int length) {
        return (length < LONG ? 1L : LONG_HEAD) + length;
    }

    /** What a member's block takes. */
    static long blockBytes(long member) {
        return Slab.roundUp(bytes(length(member)));
    }

    static int length(long member) {
        int length = Memory.getUnsignedByte(member);
        return length < LONG ? length : Memory.getInt(member + 1);
    }

    static long text(long member) {
        return Memory.getUnsignedByte(member) < LONG ? member + 1 : member + LONG_HEAD;
    }

    @Override
    public long hash(long member) {
        return Hash.of(text(member), length(member));
    }

    @Override
    public boolean matches(long member, long key, int length) {
        int own = Memory.getUnsignedByte(member);
        if (own < LONG) {
            return own == length && Memory.equal(member + 1, key, length);
        }
        return Memory.getInt(member + 1) == length && Memory.equal(member + LONG_HEAD, key, length);
    }
}
