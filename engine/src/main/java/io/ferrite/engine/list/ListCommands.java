package io.ferrite.engine.list;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.ListCursor;
import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.ListValue;

/** Commands on one list: its ends, its elements by position and by value. */
public final class ListCommands {

    private ListCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("LPUSH", unit -> push(unit, true, false))
                .bind("RPUSH", unit -> push(unit, false, false))
                .bind("LPUSHX", unit -> push(unit, true, true))
                .bind("RPUSHX", unit -> push(unit, false, true))
                .bind("LPOP", unit -> pop(unit, true))
                .bind("RPOP", unit -> pop(unit, false))
                .bind("LLEN", ListCommands::llen)
                .bind("LRANGE", ListCommands::lrange)
                .bind("LINDEX", ListCommands::lindex)
                .bind("LSET", ListCommands::lset)
                .bind("LINSERT", ListCommands::linsert)
                .bind("LREM", ListCommands::lrem)
                .bind("LTRIM", ListCommands::ltrim)
                .bind("LPOS", LposCommand::lpos);
        MoveCommands.register(table);
        PopCommands.register(table);
    }

    private static void push(ExecutionUnit unit, boolean head, boolean onlyExisting) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.LIST);
        if (entry == Database.NONE && onlyExisting) {
            unit.reply().integer(0);
            return;
        }
        Slab slab = unit.slab(key);
        ListSettings settings = Lists.settings(unit);
        int argc = unit.argc();
        long bytes = 0;
        for (int i = 2; i < argc; i++) {
            bytes += unit.request().length(i);
        }
        long root = Lists.rootOrNew(slab, entry);
        root = ListValue.beforeAdding(slab, root, bytes, argc - 2, settings);
        for (int i = 2; i < argc; i++) {
            long text = unit.request().address(i);
            root = ListValue.push(slab, root, head, text, unit.request().length(i), settings);
        }
        Lists.put(unit, key, entry, root);
        unit.effects().changed(key, Lists.pushed(head));
        unit.effects().count(argc - 3);
        unit.reply().integer(ListValue.length(root));
    }

    private static void pop(ExecutionUnit unit, boolean head) {
        boolean counted = unit.argc() == 3;
        if (unit.argc() > 3) {
            throw CommandError.arity(unit.command().name());
        }
        long count = 1;
        if (counted) {
            count = Numbers.integer(unit.arg(2), CommandError.OUT_OF_RANGE);
            if (count < 0) {
                throw CommandError.OUT_OF_RANGE;
            }
        }
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.LIST);
        if (entry == Database.NONE) {
            if (counted) {
                unit.reply().nilArray();
            } else {
                unit.reply().nil();
            }
            return;
        }
        if (count == 0) {
            unit.reply().emptyArray();
            return;
        }
        Slab slab = unit.slab(key);
        long root = Entry.root(entry);
        count = Math.min(count, ListValue.length(root));
        if (counted) {
            Lists.replyEnd(unit, slab, root, head, count);
        } else {
            ListpackItem item = new ListpackItem();
            ListValue.peek(root, head, item);
            Lists.reply(unit.reply(), item);
        }
        root = Lists.take(slab, root, head, count);
        Lists.taken(unit, slab, key, entry, root, Lists.popped(head), count);
    }

    static void llen(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1), Type.LIST);
        unit.reply().integer(entry == Database.NONE ? 0 : ListValue.length(Entry.root(entry)));
    }

    static void lrange(ExecutionUnit unit) {
        long start = Numbers.integer(unit.arg(2));
        long stop = Numbers.integer(unit.arg(3));
        Slice key = unit.arg(1);
        long entry = unit.findRead(key, Type.LIST);
        if (entry == Database.NONE) {
            unit.reply().emptyArray();
            return;
        }
        long root = Entry.root(entry);
        long length = ListValue.length(root);
        long first = Math.max(0, start < 0 ? length + start : start);
        long last = Math.min(length - 1, stop < 0 ? length + stop : stop);
        if (first > last) {
            unit.reply().emptyArray();
        } else {
            Lists.replyRange(unit, unit.slab(key), root, first, last - first + 1, true);
        }
    }

    static void lindex(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findRead(key, Type.LIST);
        if (entry == Database.NONE) {
            unit.reply().nil();
            return;
        }
        long root = Entry.root(entry);
        long index = position(Numbers.integer(unit.arg(2)), root);
        try (ListCursor cursor = new ListCursor()) {
            cursor.open(unit.slab(key), root, index, true);
            if (cursor.next()) {
                Lists.reply(unit.reply(), cursor.item());
            } else {
                unit.reply().nil();
            }
        }
    }

    /** A position from the head, for one that counts from the tail if negative; may lie outside. */
    private static long position(long index, long root) {
        return index < 0 ? ListValue.length(root) + index : index;
    }

    static void lset(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.LIST);
        if (entry == Database.NONE) {
            throw CommandError.NO_SUCH_KEY;
        }
        long index = position(Numbers.integer(unit.arg(2)), Entry.root(entry));
        Slab slab = unit.slab(key);
        Slice text = unit.arg(3);
        long root = prepare(unit, slab, entry, text.length());
        if (index < 0 || index >= ListValue.length(root)) {
            throw CommandError.INDEX_OUT_OF_RANGE;
        }
        ListSettings settings = Lists.settings(unit);
        root = ListValue.set(slab, root, index, text.address(), text.length(), settings);
        // The element may have become smaller.
        Lists.store(unit, entry, ListValue.afterRemoving(slab, root, settings));
        unit.effects().changed(key, Event.LSET);
        unit.reply().ok();
    }

    /** Chooses the form for one more element, as Redis does even if none is added in the end. */
    private static long prepare(ExecutionUnit unit, Slab slab, long entry, int bytes) {
        long root = Entry.root(entry);
        root = ListValue.beforeAdding(slab, root, bytes, 1, Lists.settings(unit));
        Lists.store(unit, entry, root);
        return root;
    }

    static void linsert(ExecutionUnit unit) {
        boolean after = unit.arg(2).isWord("AFTER");
        if (!after && !unit.arg(2).isWord("BEFORE")) {
            throw CommandError.SYNTAX;
        }
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.LIST);
        if (entry == Database.NONE) {
            unit.reply().integer(0);
            return;
        }
        Slab slab = unit.slab(key);
        Slice pivot = unit.arg(3);
        Slice text = unit.arg(4);
        long root = prepare(unit, slab, entry, text.length());
        long index = ListValue.indexOf(slab, root, pivot.address(), pivot.length());
        if (index < 0) {
            unit.reply().integer(-1);
            return;
        }
        ListSettings settings = Lists.settings(unit);
        root = ListValue.insert(slab, root, index, after, text.address(), text.length(), settings);
        Lists.store(unit, entry, root);
        unit.effects().changed(key, Event.LINSERT);
        unit.reply().integer(ListValue.length(root));
    }

    static void lrem(ExecutionUnit unit) {
        long count = LposCommand.notLowest(Numbers.integer(unit.arg(2)));
        Slice key = unit.arg(1);
        Slice text = unit.arg(3);
        long entry = unit.findWrite(key, Type.LIST);
        if (entry == Database.NONE) {
            unit.reply().integer(0);
            return;
        }
        Slab slab = unit.slab(key);
        long before = ListValue.length(Entry.root(entry));
        long root = ListValue.remove(slab, Entry.root(entry), count, text.address(), text.length());
        long removed = before - ListValue.length(root);
        if (removed == 0) {
            Lists.store(unit, entry, root);
        } else {
            Lists.taken(unit, slab, key, entry, root, Event.LREM, removed);
        }
        unit.reply().integer(removed);
    }

    static void ltrim(ExecutionUnit unit) {
        long start = Numbers.integer(unit.arg(2));
        long stop = Numbers.integer(unit.arg(3));
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.LIST);
        if (entry == Database.NONE) {
            unit.reply().ok();
            return;
        }
        long root = Entry.root(entry);
        long length = ListValue.length(root);
        long first = Math.max(0, start < 0 ? length + start : start);
        long last = Math.min(length - 1, stop < 0 ? length + stop : stop);
        long ahead = first > last ? length : first;
        long behind = first > last ? 0 : length - 1 - last;
        Slab slab = unit.slab(key);
        root = ListValue.deleteRange(slab, root, 0, ahead);
        root = ListValue.deleteRange(slab, root, length - ahead - behind, behind);
        // A list that stays as it is is announced all the same, but not passed on: that counts as
        // none.
        Lists.taken(unit, slab, key, entry, root, Event.LTRIM, ahead + behind);
        unit.reply().ok();
    }
}
