package io.ferrite.engine.list;

import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.ListValue;

/** Moves one element from an end of a list to an end of another, waiting for one if asked to. */
final class MoveCommands {

    private static final int[] SOURCE = {1};

    private MoveCommands() {}

    static void register(CommandTable.Builder table) {
        table.bind("LMOVE", MoveCommands::lmove)
                .bind("BLMOVE", MoveCommands::blmove)
                .bind("RPOPLPUSH", unit -> move(unit, false, true))
                .bind("BRPOPLPUSH", MoveCommands::brpoplpush)
                .bind("LMOVEM", MoveManyCommand::lmovem)
                .bind("BLMOVEM", MoveManyCommand::blmovem);
    }

    static void lmove(ExecutionUnit unit) {
        boolean from = Lists.isHead(unit.arg(3));
        boolean to = Lists.isHead(unit.arg(4));
        move(unit, from, to);
    }

    static void blmove(ExecutionUnit unit) {
        boolean from = Lists.isHead(unit.arg(3));
        boolean to = Lists.isHead(unit.arg(4));
        long timeoutMs = Numbers.timeoutMs(unit.arg(5), unit.nowMs());
        if (moveOrWait(unit, from, to, timeoutMs)) {
            unit.effects().command(5).word("LMOVE");
            for (int i = 1; i <= 4; i++) {
                unit.effects().arg(unit.arg(i));
            }
        }
    }

    static void brpoplpush(ExecutionUnit unit) {
        long timeoutMs = Numbers.timeoutMs(unit.arg(3), unit.nowMs());
        if (moveOrWait(unit, false, true, timeoutMs)) {
            unit.effects().command(3).word("RPOPLPUSH").arg(unit.arg(1)).arg(unit.arg(2));
        }
    }

    private static boolean moveOrWait(
            ExecutionUnit unit, boolean from, boolean to, long timeoutMs) {
        if (unit.findWrite(unit.arg(1), Type.LIST) == Database.NONE && unit.mayBlock()) {
            unit.blockOnKeys(SOURCE, Type.LIST, timeoutMs);
            return false;
        }
        return move(unit, from, to);
    }

    /** Moves from key 1 to key 2 and replies with the element; false when there is none. */
    private static boolean move(ExecutionUnit unit, boolean fromHead, boolean toHead) {
        Slice from = unit.arg(1);
        Slice to = unit.arg(2);
        long source = unit.findWrite(from, Type.LIST);
        if (source == Database.NONE) {
            unit.reply().nil();
            return false;
        }
        long target = unit.findWrite(to, Type.LIST);
        ListpackItem item = new ListpackItem();
        ListValue.peek(Entry.root(source), fromHead, item);
        boolean integer = item.isInteger();
        int length = item.textLength();
        // A copy: the element goes away before it is put elsewhere, and elsewhere may be the same
        // list.
        long text = unit.clientSlab().take(Math.max(1, length), MemoryTag.CLIENT);
        item.copyText(text);
        unit.reply().bulk(text, length);

        Slab fromSlab = unit.slab(from);
        Slab toSlab = unit.slab(to);
        Lists.store(unit, source, ListValue.pop(fromSlab, Entry.root(source), fromHead));
        ListSettings settings = Lists.settings(unit);
        long root = Lists.rootOrNew(toSlab, target);
        // What was an integer does not count when the form is chosen: as in Redis, where it has no
        // text.
        root = ListValue.beforeAdding(toSlab, root, integer ? 0 : length, 1, settings);
        root = ListValue.push(toSlab, root, toHead, text, length, settings);
        Lists.put(unit, to, target, root);
        unit.clientSlab().give(text, Math.max(1, length), MemoryTag.CLIENT);
        unit.effects().changed(to, Lists.pushed(toHead));
        unit.effects().count(-1);
        Lists.taken(unit, fromSlab, from, source, Entry.root(source), Lists.popped(fromHead), 1);
        return true;
    }
}
