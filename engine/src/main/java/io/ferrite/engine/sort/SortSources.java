package io.ferrite.engine.sort;

import io.ferrite.engine.CommandError;
import io.ferrite.memory.Slab;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.ListCursor;
import io.ferrite.store.value.ListValue;
import io.ferrite.store.value.SetCursor;
import io.ferrite.store.value.SetValue;
import io.ferrite.store.value.ZsetCursor;
import io.ferrite.store.value.ZsetValue;
import java.util.function.Consumer;

/** The types that SORT knows: the one list of them. A new type is entered here. */
final class SortSources {

    private static final SortSource LIST = new ListSource();
    private static final SortSource SET = new SetSource();
    private static final SortSource ZSET = new ZsetSource();

    private SortSources() {}

    /** The source for an entry; refuses a type without elements. */
    static SortSource of(long entry) {
        return switch (Entry.type(entry)) {
            case Type.LIST -> LIST;
            case Type.SET -> SET;
            case Type.ZSET -> ZSET;
            default -> throw CommandError.WRONG_TYPE;
        };
    }

    private static final class SetSource implements SortSource {
        @Override
        public long size(long entry) {
            return SetValue.count(Entry.root(entry));
        }

        @Override
        public boolean isOrdered() {
            return false;
        }

        @Override
        public void elements(
                Slab slab,
                long entry,
                long from,
                long count,
                boolean forward,
                Consumer<byte[]> sink) {
            try (SetCursor cursor = new SetCursor(slab, Entry.root(entry))) {
                for (long i = 0; i < from + count && cursor.next(); i++) {
                    if (i >= from) {
                        sink.accept(cursor.item().toBytes());
                    }
                }
            }
        }
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
                Slab slab,
                long entry,
                long from,
                long count,
                boolean forward,
                Consumer<byte[]> sink) {
            try (ListCursor cursor = new ListCursor()) {
                cursor.open(slab, Entry.root(entry), from, forward);
                for (long i = 0; i < count && cursor.next(); i++) {
                    sink.accept(cursor.item().toBytes());
                }
            }
        }
    }

    private static final class ZsetSource implements SortSource {
        @Override
        public long size(long entry) {
            return ZsetValue.count(Entry.root(entry));
        }

        @Override
        public boolean isOrdered() {
            return true;
        }

        @Override
        public void elements(
                Slab slab,
                long entry,
                long from,
                long count,
                boolean forward,
                Consumer<byte[]> sink) {
            ZsetCursor cursor = new ZsetCursor().open(Entry.root(entry), from, forward);
            for (long i = 0; i < count && cursor.next(); i++) {
                sink.accept(cursor.member().toBytes());
            }
        }
    }
}
