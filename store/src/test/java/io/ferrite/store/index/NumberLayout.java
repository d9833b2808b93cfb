package io.ferrite.store.index;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;

/** Elements of eight bytes that are their own key; with a hash that can be made bad on purpose. */
final class NumberLayout extends KeyLayout {

    private final long kept;

    /**
     * @param kept bits of the hash that differ at all
     */
    NumberLayout(long kept) {
        super(MemoryTag.OTHER);
        this.kept = kept;
    }

    long hashOf(long key) {
        long mixed = (key + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 29) * 0x94D049BB133111EBL;
        return (mixed ^ mixed >>> 32) & kept;
    }

    @Override
    public long hash(long element) {
        return hashOf(Memory.getLong(element));
    }

    @Override
    public boolean matches(long element, long key, int length) {
        return Memory.getLong(element) == Memory.getLong(key);
    }
}
