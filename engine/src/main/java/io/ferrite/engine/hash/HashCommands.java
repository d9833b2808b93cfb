package io.ferrite.engine.hash;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.generic.ScanOptions;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.resp.Request;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.HashCursor;
import io.ferrite.store.value.HashTimes;
import io.ferrite.store.value.HashValue;
import io.ferrite.store.value.PackedLimits;

/** Commands on the fields of a hash. */
public final class HashCommands {

    private HashCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("HSET", unit -> unit.reply().integer(set(unit)))
                .bind("HMSET", HashCommands::hmset)
                .bind("HSETNX", HashCommands::hsetnx)
                .bind("HGET", HashCommands::hget)
                .bind("HMGET", HashCommands::hmget)
                .bind("HGETALL", HashCommands::hgetall)
                .bind("HKEYS", unit -> all(unit, true))
                .bind("HVALS", unit -> all(unit, false))
                .bind("HDEL", HashCommands::hdel)
                .bind("HLEN", HashCommands::hlen)
                .bind("HSTRLEN", HashCommands::hstrlen)
                .bind("HEXISTS", HashCommands::hexists)
                .bind("HSCAN", HashCommands::hscan)
                .bind("HINCRBY", HashCounters::hincrby)
                .bind("HINCRBYFLOAT", HashCounters::hincrbyfloat)
                .bind("HRANDFIELD", HrandfieldCommand::hrandfield)
                .bind("HGETEX", HgetexCommand::hgetex)
                .bind("HSETEX", HsetexCommand::hsetex)
                .bind("HGETDEL", HgetdelCommand::hgetdel);
        FieldTimeCommands.register(table);
    }

    static void hmset(ExecutionUnit unit) {
        set(unit);
        unit.reply().ok();
    }

    /** Sets the pairs from argument 2 on; answers how many fields are new. */
    private static long set(ExecutionUnit unit) {
        if (unit.argc() % 2 != 0) {
            throw CommandError.arity(unit.command().name());
        }
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.HASH);
        long before = entry == Database.NONE ? 0 : HashValue.count(Entry.root(entry));
        long root = setPairs(unit, key, entry);
        unit.effects().changed(key, Event.HSET);
        unit.effects().count((unit.argc() - 2) / 2 - 1);
        return HashValue.count(root) - before;
    }

    private static long setPairs(ExecutionUnit unit, Slice key, long entry) {
        Slab slab = unit.slab(key);
        PackedLimits limits = Hashes.limits(unit);
        Request request = unit.request();
        long root = rootFor(unit, key, entry, 2);
        for (int i = 2; i < unit.argc(); i += 2) {
            long value = request.address(i + 1);
            int length = request.length(i + 1);
            root = HashValue.set(slab, root, unit.arg(i), value, length, limits);
        }
        Hashes.put(unit, key, entry, root);
        return root;
    }

    /**
     * The hash of an entry, or a new one, in the form in which it takes the pairs from an argument
     * on.
     */
    static long rootFor(ExecutionUnit unit, Slice key, long entry, int first) {
        Slab slab = unit.slab(key);
        int argc = unit.argc();
        long longest = 0;
        long bytes = 0;
        for (int i = first; i < argc; i++) {
            int length = unit.request().length(i);
            longest = Math.max(longest, length);
            bytes += length;
        }
        long root = Hashes.rootOrNew(slab, entry);
        PackedLimits limits = Hashes.limits(unit);
        return HashValue.beforeAdding(slab, root, (argc - first) / 2, longest, bytes, limits);
    }

    static void hsetnx(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        LiveHash hash = new LiveHash(unit, key, unit.findWrite(key, Type.HASH));
        boolean there = hash.get(unit.arg(2), new ListpackItem());
        hash.finish();
        if (there) {
            unit.reply().integer(0);
            return;
        }
        setPairs(unit, key, hash.entry());
        unit.effects().changed(key, Event.HSET);
        unit.reply().integer(1);
    }

    static void hget(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findRead(key, Type.HASH);
        ListpackItem value = new ListpackItem();
        if (Hashes.get(unit, key, entry, unit.arg(2), value)) {
            Hashes.reply(unit.reply(), value);
        } else {
            unit.reply().nil();
        }
    }

    /** The value of a field, or null when there is no such field or the entry is no hash. */
    public static byte[] field(ExecutionUnit unit, Slice key, long entry, Slice field) {
        ListpackItem value = new ListpackItem();
        return Entry.type(entry) == Type.HASH && Hashes.get(unit, key, entry, field, value)
                ? value.toBytes()
                : null;
    }

    static void hmget(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        LiveHash hash = new LiveHash(unit, key, unit.findRead(key, Type.HASH));
        ListpackItem value = new ListpackItem();
        unit.reply().array(unit.argc() - 2);
        for (int i = 2; i < unit.argc(); i++) {
            if (hash.get(unit.arg(i), value)) {
                Hashes.reply(unit.reply(), value);
            } else {
                unit.reply().nil();
            }
        }
        hash.finish();
    }

    static void hgetall(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1), Type.HASH);
        if (entry == Database.NONE) {
            unit.reply().map(0);
            return;
        }
        long root = Entry.root(entry);
        unit.reply().map(live(unit, root));
        try (HashCursor cursor = new HashCursor(null, root)) {
            while (cursor.nextLive(unit.nowMs())) {
                Hashes.reply(unit.reply(), cursor.field());
                Hashes.reply(unit.reply(), cursor.value());
            }
        }
    }

    /** How many fields there are whose time has not passed. */
    private static long live(ExecutionUnit unit, long root) {
        return HashValue.count(root) - HashTimes.due(root, unit.nowMs());
    }

    private static void all(ExecutionUnit unit, boolean fields) {
        long entry = unit.findRead(unit.arg(1), Type.HASH);
        if (entry == Database.NONE) {
            unit.reply().emptyArray();
            return;
        }
        long root = Entry.root(entry);
        unit.reply().array(live(unit, root));
        try (HashCursor cursor = new HashCursor(null, root)) {
            while (cursor.nextLive(unit.nowMs())) {
                Hashes.reply(unit.reply(), fields ? cursor.field() : cursor.value());
            }
        }
    }

    static void hdel(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.HASH);
        if (entry == Database.NONE) {
            unit.reply().integer(0);
            return;
        }
        Slab slab = unit.slab(key);
        long root = Entry.root(entry);
        long before = HashValue.count(root);
        for (int i = 2; i < unit.argc() && HashValue.count(root) > 0; i++) {
            long field = unit.request().address(i);
            root = HashValue.remove(slab, root, field, unit.request().length(i));
        }
        long left = HashValue.count(root);
        Hashes.put(unit, key, entry, root);
        if (left < before) {
            if (left == 0) {
                unit.database().delete(key);
            }
            unit.effects().changed(key, Event.HDEL);
            unit.effects().count(before - left - 1);
            if (left == 0) {
                unit.effects().notify(key, Event.DEL);
            }
        }
        unit.reply().integer(before - left);
    }

    static void hlen(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1), Type.HASH);
        unit.reply().integer(entry == Database.NONE ? 0 : HashValue.count(Entry.root(entry)));
    }

    static void hstrlen(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findRead(key, Type.HASH);
        ListpackItem value = new ListpackItem();
        boolean there = Hashes.get(unit, key, entry, unit.arg(2), value);
        unit.reply().integer(there ? value.textLength() : 0);
    }

    static void hexists(ExecutionUnit unit) {
        Slice key = unit.arg(1);
        long entry = unit.findRead(key, Type.HASH);
        boolean there = Hashes.get(unit, key, entry, unit.arg(2), new ListpackItem());
        unit.reply().integer(there ? 1 : 0);
    }

    /** HSCAN key cursor [MATCH pattern] [COUNT count] [NOVALUES]. */
    static void hscan(ExecutionUnit unit) {
        long cursor = ScanOptions.cursor(unit.arg(2));
        long entry = unit.findRead(unit.arg(1), Type.HASH);
        if (entry == Database.NONE) {
            ScanOptions.replyNothing(unit);
            return;
        }
        ScanOptions options = ScanOptions.parse(unit, 3, true);
        long root = Entry.root(entry);
        if (!HashValue.isTable(root)) {
            scanSmall(unit, root, options);
            return;
        }
        long nowMs = unit.nowMs();
        int most = options.count();
        long[] seen = new long[1];
        long next = cursor;
        do {
            next =
                    HashValue.scan(
                            root,
                            next,
                            (text, length, value, valueLength, at) -> {
                                seen[0]++;
                                if (at >= nowMs && options.matches(text, length)) {
                                    options.keep(text, length);
                                    if (options.withValues()) {
                                        options.keep(value, valueLength);
                                    }
                                }
                            });
        } while (next != 0 && seen[0] < most);
        options.reply(unit, next);
    }

    /** A small hash is told of at once. */
    private static void scanSmall(ExecutionUnit unit, long root, ScanOptions options) {
        unit.reply().array(2);
        unit.reply().bulk("0");
        long token = unit.reply().deferredArray();
        long count = 0;
        try (HashCursor cursor = new HashCursor(null, root)) {
            while (cursor.nextLive(unit.nowMs())) {
                if (options.matches(cursor.field())) {
                    Hashes.reply(unit.reply(), cursor.field());
                    count++;
                    if (options.withValues()) {
                        Hashes.reply(unit.reply(), cursor.value());
                        count++;
                    }
                }
            }
        }
        unit.reply().finishArray(token, count);
    }
}
