package io.ferrite.engine.set;

import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.generic.ScanOptions;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.SetCursor;
import io.ferrite.store.value.SetLimits;
import io.ferrite.store.value.SetValue;

/** Commands on the members of a set. */
public final class SetCommands {

    private SetCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("SADD", SetCommands::sadd)
                .bind("SREM", SetCommands::srem)
                .bind("SISMEMBER", SetCommands::sismember)
                .bind("SMISMEMBER", SetCommands::smismember)
                .bind("SCARD", SetCommands::scard)
                .bind("SMEMBERS", SetCommands::smembers)
                .bind("SMOVE", SetCommands::smove)
                .bind("SSCAN", SetCommands::sscan)
                .bind("SPOP", RandomCommands::spop)
                .bind("SRANDMEMBER", RandomCommands::srandmember);
        AlgebraCommands.register(table);
    }

    static void sadd(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.SET);
        Slab slab = unit.slab(key);
        SetLimits limits = Sets.limits(unit);
        int argc = unit.argc();
        long root;
        if (entry == Database.NONE) {
            Slice first = unit.arg(2);
            root = SetValue.create(slab, first.address(), first.length(), argc - 2, limits);
        } else {
            root = SetValue.beforeAdding(slab, Entry.root(entry), argc - 2, limits);
        }
        long before = SetValue.count(root);
        for (int i = 2; i < argc; i++) {
            root = SetValue.add(slab, root, unit.arg(i), limits);
        }
        Sets.put(unit, key, entry, root);
        long added = SetValue.count(root) - before;
        if (added > 0) {
            unit.effects().changed(key, Event.SADD);
            unit.effects().count(added - 1);
        }
        unit.reply().integer(added);
    }

    static void srem(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.SET);
        if (entry == Database.NONE) {
            unit.reply().integer(0);
            return;
        }
        Slab slab = unit.slab(key);
        long root = Entry.root(entry);
        long before = SetValue.count(root);
        for (int i = 2; i < unit.argc() && SetValue.count(root) > 0; i++) {
            long text = unit.request().address(i);
            root = SetValue.remove(slab, root, text, unit.request().length(i));
        }
        long removed = before - SetValue.count(root);
        if (removed > 0) {
            boolean gone = Sets.storeOrDelete(unit, key, entry, root);
            unit.effects().changed(key, Event.SREM);
            unit.effects().count(removed - 1);
            if (gone) {
                unit.effects().notify(key, Event.DEL);
            }
        }
        unit.reply().integer(removed);
    }

    static void sismember(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1), Type.SET);
        boolean there = entry != Database.NONE && Sets.contains(entry, unit.arg(2));
        unit.reply().integer(there ? 1 : 0);
    }

    static void smismember(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1), Type.SET);
        unit.reply().array(unit.argc() - 2);
        for (int i = 2; i < unit.argc(); i++) {
            boolean there = entry != Database.NONE && Sets.contains(entry, unit.arg(i));
            unit.reply().integer(there ? 1 : 0);
        }
    }

    static void scard(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1), Type.SET);
        unit.reply().integer(entry == Database.NONE ? 0 : SetValue.count(Entry.root(entry)));
    }

    static void smembers(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findRead(key, Type.SET);
        if (entry == Database.NONE) {
            unit.reply().set(0);
            return;
        }
        long root = Entry.root(entry);
        unit.reply().set(SetValue.count(root));
        Sets.replyMembers(unit, unit.slab(key), root);
    }

    static void smove(ExecutionUnit unit) {
        Slice from = unit.arg(1);
        Slice to = unit.arg(2);
        Slice member = unit.arg(3);
        long source = unit.findWrite(from, Type.SET);
        if (source == Database.NONE) {
            unit.reply().integer(0);
            return;
        }
        long target = unit.findWrite(to, Type.SET);
        if (source == target || !Sets.contains(source, member)) {
            unit.reply().integer(source == target && Sets.contains(source, member) ? 1 : 0);
            return;
        }
        long left =
                SetValue.remove(
                        unit.slab(from), Entry.root(source), member.address(), member.length());
        boolean gone = Sets.storeOrDelete(unit, from, source, left);
        unit.effects().changed(from, Event.SREM);
        if (gone) {
            unit.effects().notify(from, Event.DEL);
        }
        Slab slab = unit.slab(to);
        SetLimits limits = Sets.limits(unit);
        long root =
                target == Database.NONE
                        ? SetValue.create(slab, member.address(), member.length(), 1, limits)
                        : Entry.root(target);
        long before = SetValue.count(root);
        root = SetValue.add(slab, root, member, limits);
        Sets.put(unit, to, target, root);
        if (SetValue.count(root) > before) {
            unit.effects().changed(to, Event.SADD);
        }
        unit.reply().integer(1);
    }

    /** SSCAN key cursor [MATCH pattern] [COUNT count]. */
    static void sscan(ExecutionUnit unit) {
        long cursor = ScanOptions.cursor(unit.arg(2));
        Slice key = unit.arg(1);
        long entry = unit.findRead(key, Type.SET);
        if (entry == Database.NONE) {
            ScanOptions.replyNothing(unit);
            return;
        }
        ScanOptions options = ScanOptions.parse(unit, 3, false);
        long root = Entry.root(entry);
        if (!SetValue.isTable(root)) {
            scanSmall(unit, unit.slab(key), root, options);
            return;
        }
        int most = options.count();
        long[] seen = new long[1];
        long next = cursor;
        do {
            next =
                    SetValue.scan(
                            root,
                            next,
                            (text, length) -> {
                                seen[0]++;
                                if (options.matches(text, length)) {
                                    options.keep(text, length);
                                }
                            });
        } while (next != 0 && seen[0] < most);
        options.reply(unit, next);
    }

    /** A small set is told of at once. */
    private static void scanSmall(ExecutionUnit unit, Slab slab, long root, ScanOptions options) {
        unit.reply().array(2);
        unit.reply().bulk("0");
        long token = unit.reply().deferredArray();
        long count = 0;
        try (SetCursor members = new SetCursor(slab, root)) {
            while (members.next()) {
                if (options.matches(members.item())) {
                    Sets.reply(unit.reply(), members.item());
                    count++;
                }
            }
        }
        unit.reply().finishArray(token, count);
    }
}
