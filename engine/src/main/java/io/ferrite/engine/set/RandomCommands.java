package io.ferrite.engine.set;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.Effects;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.RandomCount;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.SetCursor;
import io.ferrite.store.value.SetValue;
import java.util.random.RandomGenerator;

/** SPOP and SRANDMEMBER: members drawn so that each is as likely as the other. */
final class RandomCommands {

    /** Members in one SREM of what SPOP is passed on as. */
    private static final int BATCH = 1024;

    /** So much more must be left than is taken, or else it is cheaper to draw what is left. */
    private static final int KEEP_FACTOR = 5;

    private RandomCommands() {}

    // -------------------------------------------------------------------------------------------
    // SPOP

    /** SPOP key [count]. Passed on as what was removed. */
    static void spop(ExecutionUnit unit) {
        if (unit.argc() > 3) {
            throw CommandError.SYNTAX;
        }
        if (unit.argc() == 3) {
            spopMany(unit);
            return;
        }
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.SET);
        if (entry == Database.NONE) {
            unit.reply().nil();
            return;
        }
        ListpackItem item = new ListpackItem();
        long root = Entry.root(entry);
        SetValue.random(root, unit.random(), item);
        Sets.reply(unit.reply(), item);
        Effects effects = unit.effects();
        passOn(effects.command(3).word("SREM").arg(key), item);
        root = removeItem(unit, unit.slab(key), root, item);
        boolean gone = Sets.storeOrDelete(unit, key, entry, root);
        effects.changed(key, Event.SPOP);
        if (gone) {
            effects.notify(key, Event.DEL);
        }
    }

    private static void passOn(Effects effects, ListpackItem item) {
        if (item.isInteger()) {
            effects.number(item.integer());
        } else {
            effects.arg(item.address(), item.length());
        }
    }

    private static long removeItem(ExecutionUnit unit, Slab slab, long root, ListpackItem item) {
        long text = item.isInteger() ? unit.scratch(Decimal.MAX_LENGTH) : item.address();
        if (item.isInteger()) {
            item.copyText(text);
        }
        return SetValue.remove(slab, root, text, item.textLength());
    }

    private static void spopMany(ExecutionUnit unit) {
        long count = Numbers.integer(unit.arg(2), CommandError.OUT_OF_RANGE);
        if (count < 0) {
            throw CommandError.OUT_OF_RANGE;
        }
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.SET);
        if (entry == Database.NONE || count == 0) {
            unit.reply().set(0);
            return;
        }
        long root = Entry.root(entry);
        long size = SetValue.count(root);
        Effects effects = unit.effects();
        Slab slab = unit.slab(key);
        if (count >= size) {
            unit.reply().set(size);
            Sets.replyMembers(unit, slab, root);
            unit.database().delete(key);
            effects.command(2).word(unit.engine().lazyServerDelete() ? "UNLINK" : "DEL").arg(key);
            effects.changed(key, Event.SPOP);
            effects.notify(key, Event.DEL);
            effects.count(size - 1);
            return;
        }
        unit.reply().set(count);
        effects.instead();
        long left = size - count;
        if (SetValue.isTable(root) && left * KEEP_FACTOR <= count) {
            root = keepSome(unit, slab, key, root, left);
        } else {
            root = takeSome(unit, slab, key, root, count);
        }
        Sets.store(unit, entry, root);
        effects.changed(key, Event.SPOP);
        effects.count(count - 1);
    }

    private static long takeSome(ExecutionUnit unit, Slab slab, Slice key, long from, long count) {
        ListpackItem item = new ListpackItem();
        long root = from;
        for (long i = 0; i < count; i++) {
            beginBatch(unit, key, i, count);
            SetValue.random(root, unit.random(), item);
            Sets.reply(unit.reply(), item);
            passOn(unit.effects(), item);
            root = removeItem(unit, slab, root, item);
        }
        return root;
    }

    /** Draws what stays and moves it to a new set; the old one is what was popped. */
    private static long keepSome(ExecutionUnit unit, Slab slab, Slice key, long from, long left) {
        ListpackItem item = new ListpackItem();
        long kept = SetValue.createListpack(slab);
        long root = from;
        for (long i = 0; i < left; i++) {
            SetValue.random(root, unit.random(), item);
            kept = SetValue.add(slab, kept, item.address(), item.length(), Sets.limits(unit));
            root = SetValue.remove(slab, root, item.address(), item.length());
        }
        long count = SetValue.count(root);
        try (SetCursor cursor = new SetCursor(slab, root)) {
            for (long i = 0; cursor.next(); i++) {
                beginBatch(unit, key, i, count);
                Sets.reply(unit.reply(), cursor.item());
                passOn(unit.effects(), cursor.item());
            }
        }
        SetValue.free(slab, root);
        return kept;
    }

    private static void beginBatch(ExecutionUnit unit, Slice key, long done, long count) {
        if (done % BATCH == 0) {
            int words = 2 + (int) Math.min(BATCH, count - done);
            unit.effects().command(words).word("SREM").arg(key);
        }
    }

    // -------------------------------------------------------------------------------------
    // SRANDMEMBER

    /** SRANDMEMBER key [count]. */
    static void srandmember(ExecutionUnit unit) {
        if (unit.argc() > 3) {
            throw CommandError.SYNTAX;
        }
        if (unit.argc() == 3) {
            srandmemberMany(unit);
            return;
        }
        long entry = unit.findRead(unit.arg(1), Type.SET);
        if (entry == Database.NONE) {
            unit.reply().nil();
            return;
        }
        ListpackItem item = new ListpackItem();
        SetValue.random(Entry.root(entry), unit.random(), item);
        Sets.reply(unit.reply(), item);
    }

    private static void srandmemberMany(ExecutionUnit unit) {
        long count = RandomCount.parse(unit.arg(2));
        Slice key = unit.arg(1);
        long entry = unit.findRead(key, Type.SET);
        if (entry == Database.NONE || count == 0) {
            unit.reply().emptyArray();
            return;
        }
        long root = Entry.root(entry);
        long size = SetValue.count(root);
        RandomGenerator random = unit.random();
        if (count < 0) {
            repeated(unit, root, RandomCount.repeated(count), random);
        } else if (count >= size) {
            unit.reply().array(size);
            Sets.replyMembers(unit, unit.slab(key), root);
        } else {
            different(unit, unit.slab(key), root, size, count, random);
        }
    }

    private static void repeated(
            ExecutionUnit unit, long root, long count, RandomGenerator random) {
        ListpackItem item = new ListpackItem();
        long mark = unit.reply().mark();
        unit.reply().array(count);
        for (long i = 0; i < count; i++) {
            SetValue.random(root, random, item);
            Sets.reply(unit.reply(), item);
            RandomCount.checkReply(unit.reply(), mark);
        }
    }

    /** Fewer members than there are, each selection as likely as the other. */
    private static void different(
            ExecutionUnit unit,
            Slab slab,
            long root,
            long size,
            long count,
            RandomGenerator random) {
        unit.reply().array(count);
        if (SetValue.isTable(root) && count < size / RandomCount.DRAWN_FACTOR) {
            // Few of many: drawn one by one, those that came already are drawn again.
            ListpackItem item = new ListpackItem();
            RandomCount.Drawn drawn = new RandomCount.Drawn((int) count);
            while (drawn.size() < count) {
                SetValue.random(root, random, item);
                if (drawn.add(item.address())) {
                    Sets.reply(unit.reply(), item);
                }
            }
            return;
        }
        long open = count;
        long left = size;
        try (SetCursor cursor = new SetCursor(slab, root)) {
            while (open > 0 && cursor.next()) {
                if (random.nextLong(left) < open) {
                    Sets.reply(unit.reply(), cursor.item());
                    open--;
                }
                left--;
            }
        }
    }
}
