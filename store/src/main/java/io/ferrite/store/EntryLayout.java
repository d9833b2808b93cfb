package io.ferrite.store;

import io.ferrite.memory.Hash;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.store.index.KeyLayout;

/** How a table's index reads the key of an {@link Entry}. */
final class EntryLayout extends KeyLayout {

    static final EntryLayout INSTANCE = new EntryLayout();

    private EntryLayout() {
        super(MemoryTag.KEYSPACE_INDEX);
    }

    @Override
    public long hash(long entry) {
        int head = Memory.getInt(entry);
        int length = head >>> 16 & 0xFF;
        long key = entry + Entry.keyOffset(head >>> 8 & 0xFF);
        return Hash.of(key, length < 255 ? length : Entry.longKeyLength(entry));
    }

    @Override
    public boolean matches(long entry, long key, int length) {
        // One load for the flags and the length of a short key.
        int head = Memory.getInt(entry);
        int known = head >>> 16 & 0xFF;
        if (known != length) {
            return length >= 255
                    && known == 255
                    && Entry.longKeyLength(entry) == length
                    && Memory.equal(Entry.keyAddress(entry), key, length);
        }
        if (length == 255 && Entry.longKeyLength(entry) != length) {
            return false;
        }
        return Memory.equal(entry + Entry.keyOffset(head >>> 8 & 0xFF), key, length);
    }
}
