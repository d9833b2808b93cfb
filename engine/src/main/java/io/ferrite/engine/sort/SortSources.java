package io.ferrite.engine.sort;

import io.ferrite.engine.CommandError;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.ListCursor;
import io.ferrite.store.value.ListValue;
import java.util.function.Consumer;

/** The types that SORT knows: the one list of them. A new type is entered here. */
final class SortSources {

    private static final SortSource LIST = new ListSource();

    private SortSources() {}

    /** The source for an entry; refuses a type without elements. */
    static SortSource of(long entry) {
        return switch (Entry.type(entry)) {
            case Type.LIST -> LIST;
            default -> throw CommandError.WRONG_TYPE;
        };
    }

    /** The value of a hash's field, or null when there is no such field or the entry is no hash. */
    static byte[] field(long entry, Slice field) {
        return null;
    }

    private static final class ListSource implements SortSource {
        @Override
        public long size(long entry) {
            return ListValue.length(Entry.root(entry));
        }

        @Override
        public boolean isOrdered() {
            return true;
        }

        @Override
        public void elements(
                Slab slab, long entry, long from, long count, boolean forward, Consumer<byte[]> sink) {
            try (ListCursor cursor = new ListCursor()) {
                cursor.open(slab, Entry.root(entry), from, forward);
                for (long i = 0; i < count && cursor.next(); i++) {
                    sink.accept(cursor.item().toBytes());
                }
            }
        }
    }
}
