package io.ferrite.engine.list;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.ListCursor;
import io.ferrite.store.value.ListSettings;
import io.ferrite.store.value.ListValue;

/**
 * LMOVEM and BLMOVEM source destination LEFT|RIGHT LEFT|RIGHT [timeout] [COUNT n | EXACTLY n OBO |
 * BULK].
 *
 * <p>Followers see a pop and a push, so that those which don't know these commands can follow.
 */
final class MoveManyCommand {

    private static final int[] SOURCE = {1};
    private static final CommandError COUNT = CommandError.of("ERR count should be greater than 0");

    private MoveManyCommand() {}

    /**
     * What the arguments ask for.
     *
     * @param exactly that many or none at all
     * @param block elements keep their order; else each is moved after the other
     */
    private record Options(boolean from, boolean to, long count, boolean exactly, boolean block) {

        static Options parse(ExecutionUnit unit, int next) {
            boolean from = Lists.isHead(unit.arg(3));
            boolean to = Lists.isHead(unit.arg(4));
            if (unit.argc() == next) {
                return new Options(from, to, 1, false, false);
            }
            if (unit.argc() != next + 3) {
                throw CommandError.SYNTAX;
            }
            boolean exactly = unit.arg(next).isWord("EXACTLY");
            boolean block = unit.arg(next + 2).isWord("BULK");
            if (!exactly && !unit.arg(next).isWord("COUNT")
                    || !block && !unit.arg(next + 2).isWord("OBO")) {
                throw CommandError.SYNTAX;
            }
            long count = Numbers.integer(unit.arg(next + 1), COUNT);
            if (count < 1) {
                throw COUNT;
            }
            return new Options(from, to, count, exactly, block);
        }

        /** Whether the elements come to lie in the order in which they are taken. */
        boolean keepsTakenOrder() {
            // One after the other at the head turns them round; so does a block taken from the
            // tail.
            return block ? from : !to;
        }
    }

    static void lmovem(ExecutionUnit unit) {
        Options options = Options.parse(unit, 5);
        if (!move(unit, options)) {
            unit.reply().nilArray();
        }
    }

    static void blmovem(ExecutionUnit unit) {
        Options options = Options.parse(unit, 6);
        long timeoutMs = Numbers.timeoutMs(unit.arg(5), unit.nowMs());
        if (move(unit, options)) {
            return;
        }
        if (unit.mayBlock()) {
            unit.blockOnKeys(SOURCE, Type.LIST, timeoutMs);
        } else {
            unit.reply().nilArray();
        }
    }

    /** Moves and replies, or does neither. */
    private static boolean move(ExecutionUnit unit, Options options) {
        Slice from = unit.arg(1);
        Slice to = unit.arg(2);
        long source = unit.findWrite(from, Type.LIST);
        if (source == Database.NONE) {
            return false;
        }
        long length = ListValue.length(Entry.root(source));
        if (options.exactly && length < options.count) {
            return false;
        }
        long target = unit.findWrite(to, Type.LIST);
        int count = (int) Math.min(options.count, Math.min(length, Integer.MAX_VALUE));
        Elements elements = new Elements(unit, source, options, count);

        Slab slab = unit.slab(from);
        Lists.store(unit, source, Lists.take(slab, Entry.root(source), options.from, count));
        push(unit, to, target, options.to, elements);
        unit.effects().count(-1);
        reply(unit, elements);
        unit.effects().command(3).word(options.from ? "LPOP" : "RPOP").arg(from).number(count);
        unit.effects().command(2 + count).word(options.to ? "LPUSH" : "RPUSH").arg(to);
        for (int i = 0; i < count; i++) {
            int at = options.to ? count - 1 - i : i;
            unit.effects().arg(elements.address(at), elements.lengths[at]);
        }
        elements.close();
        Lists.taken(
                unit, slab, from, source, Entry.root(source), Lists.popped(options.from), count);
        return true;
    }

    private static void push(
            ExecutionUnit unit, Slice to, long target, boolean head, Elements elements) {
        Slab slab = unit.slab(to);
        ListSettings settings = Lists.settings(unit);
        long root = Lists.rootOrNew(slab, target);
        root = ListValue.beforeAdding(slab, root, elements.bytes, elements.count(), settings);
        for (int i = 0; i < elements.count(); i++) {
            int at = head ? elements.count() - 1 - i : i;
            root =
                    ListValue.push(
                            slab, root, head, elements.address(at), elements.lengths[at], settings);
        }
        Lists.put(unit, to, target, root);
        unit.effects().changed(to, Lists.pushed(head));
    }

    private static void reply(ExecutionUnit unit, Elements elements) {
        unit.reply().array(elements.count());
        for (int i = 0; i < elements.count(); i++) {
            unit.reply().bulk(elements.address(i), elements.lengths[i]);
        }
    }

    /** Copies of the elements to be moved, in the order in which they will lie. */
    private static final class Elements {
        private final Slab slab;
        private final int[] lengths;
        private final long[] offsets;
        private final long bytes;
        private final long block;

        Elements(ExecutionUnit unit, long entry, Options options, int count) {
            this.slab = unit.clientSlab();
            this.lengths = new int[count];
            this.offsets = new long[count];
            long root = Entry.root(entry);
            long first = options.from ? 0 : ListValue.length(root) - 1;
            Slab values = unit.slab(unit.arg(1));
            long sum = 0;
            try (ListCursor cursor = new ListCursor()) {
                cursor.open(values, root, first, options.from);
                for (int i = 0; i < count && cursor.next(); i++) {
                    sum += cursor.item().textLength();
                }
                bytes = sum;
                block = slab.take(Math.max(1, sum), MemoryTag.CLIENT);
                cursor.open(values, root, first, options.from);
                long offset = 0;
                for (int i = 0; i < count && cursor.next(); i++) {
                    int at = options.keepsTakenOrder() ? i : count - 1 - i;
                    lengths[at] = cursor.item().copyText(block + offset);
                    offsets[at] = offset;
                    offset += lengths[at];
                }
            }
        }

        int count() {
            return lengths.length;
        }

        long address(int i) {
            return block + offsets[i];
        }

        void close() {
            slab.give(block, Math.max(1, bytes), MemoryTag.CLIENT);
        }
    }
}
