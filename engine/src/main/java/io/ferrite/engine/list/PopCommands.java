package io.ferrite.engine.list;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.ListValue;

/** Pops from the first of several lists that has elements, waiting for one if asked to. */
final class PopCommands {

    private static final CommandError NO_KEYS =
            CommandError.of("ERR numkeys should be greater than 0");
    private static final CommandError NO_COUNT =
            CommandError.of("ERR count should be greater than 0");

    /** Instead of a count: one element by itself, as BLPOP and BRPOP reply it. */
    private static final long SINGLE = -1;

    /** Instead of a timeout: do not wait. */
    private static final long NO_WAIT = -1;

    private PopCommands() {}

    static void register(CommandTable.Builder table) {
        table.bind("LMPOP", unit -> popMany(unit, 1, NO_WAIT))
                .bind("BLMPOP", unit -> popMany(unit, 2, 1))
                .bind("BLPOP", unit -> popOne(unit, true))
                .bind("BRPOP", unit -> popOne(unit, false));
    }

    private static void popOne(ExecutionUnit unit, boolean head) {
        int last = unit.argc() - 1;
        long timeoutMs = Numbers.timeoutMs(unit.arg(last), unit.nowMs());
        popFirst(unit, 1, last - 1, head, SINGLE, timeoutMs);
    }

    /** {@code numkeys key [key ...] LEFT|RIGHT [COUNT count]} from an argument on. */
    private static void popMany(ExecutionUnit unit, int at, long timeoutAt) {
        long keys = Numbers.integer(unit.arg(at), NO_KEYS);
        if (keys < 1) {
            throw NO_KEYS;
        }
        if (keys >= unit.argc() - at - 1) {
            throw CommandError.SYNTAX;
        }
        int end = at + 1 + (int) keys;
        boolean head = Lists.isHead(unit.arg(end));
        long count = 0;
        for (int i = end + 1; i < unit.argc(); i++) {
            if (count != 0 || !unit.arg(i).isWord("COUNT") || i + 1 == unit.argc()) {
                throw CommandError.SYNTAX;
            }
            count = Numbers.integer(unit.arg(++i), NO_COUNT);
            if (count < 1) {
                throw NO_COUNT;
            }
        }
        long timeoutMs =
                timeoutAt == NO_WAIT
                        ? NO_WAIT
                        : Numbers.timeoutMs(unit.arg((int) timeoutAt), unit.nowMs());
        popFirst(unit, at + 1, (int) keys, head, Math.max(1, count), timeoutMs);
    }

    private static void popFirst(
            ExecutionUnit unit, int firstKey, int keys, boolean head, long count, long timeoutMs) {
        for (int i = firstKey; i < firstKey + keys; i++) {
            Slice key = unit.arg(i);
            long entry = unit.findWrite(key, Type.LIST);
            if (entry != Database.NONE) {
                pop(unit, key, entry, head, count);
                return;
            }
        }
        if (timeoutMs == NO_WAIT || !unit.mayBlock()) {
            unit.reply().nilArray();
            return;
        }
        int[] positions = new int[keys];
        for (int i = 0; i < keys; i++) {
            positions[i] = firstKey + i;
        }
        unit.blockOnKeys(positions, Type.LIST, timeoutMs);
    }

    /** Pops and replies with the key as well; followers see an ordinary pop. */
    private static void pop(ExecutionUnit unit, Slice key, long entry, boolean head, long count) {
        Slab slab = unit.slab(key);
        long root = Entry.root(entry);
        String name = head ? "LPOP" : "RPOP";
        unit.reply().array(2);
        unit.reply().bulk(key);
        long taken = 1;
        if (count == SINGLE) {
            ListpackItem item = new ListpackItem();
            ListValue.peek(root, head, item);
            Lists.reply(unit.reply(), item);
            unit.effects().command(2).word(name).arg(key);
        } else {
            taken = Math.min(count, ListValue.length(root));
            Lists.replyEnd(unit, slab, root, head, taken);
            unit.effects().command(3).word(name).arg(key).number(taken);
        }
        root = Lists.take(slab, root, head, taken);
        Lists.taken(unit, slab, key, entry, root, Lists.popped(head), taken);
    }
}
