package io.ferrite.engine.hash;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.string.Ttl;
import io.ferrite.memory.Slice;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.HashTimes;
import io.ferrite.store.value.HashValue;
import io.ferrite.store.value.PackedLimits;

/**
 * HSETEX key [FNX | FXX] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL] FIELDS count field value
 * [field value ...]: fields with their values and a time, all or none.
 */
final class HsetexCommand {

    private static final CommandError BAD_COUNT = CommandError.of("ERR invalid number of fields");
    private static final CommandError NO_TIME = CommandError.of("ERR missing expire time");
    private static final CommandError TWO_CONDITIONS =
            CommandError.of("ERR Only one of FXX or FNX arguments can be specified");
    private static final CommandError TWO_TIMES =
            CommandError.of(
                    "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified");

    private final ExecutionUnit unit;
    private boolean onlyNew;
    private boolean onlyOld;
    private boolean keepTime;
    private Ttl.Unit how;

    /** The position of the time among the arguments. */
    private int timeAt;

    private long atMs;
    private int first;

    private HsetexCommand(ExecutionUnit unit) {
        this.unit = unit;
    }

    static void hsetex(ExecutionUnit unit) {
        HsetexCommand command = new HsetexCommand(unit);
        command.parse();
        unit.reply().integer(command.run() ? 1 : 0);
    }

    private void parse() {
        int i = 2;
        while (i < unit.argc() && !unit.arg(i).isWord("FIELDS")) {
            Slice word = unit.arg(i);
            Ttl.Unit wanted = Ttl.unit(word);
            if (wanted != null || word.isWord("KEEPTTL")) {
                if (how != null || keepTime) {
                    throw TWO_TIMES;
                }
                i += wanted == null ? keep() : time(i, wanted);
            } else if (word.isWord("FXX") || word.isWord("FNX")) {
                if (onlyNew || onlyOld) {
                    throw TWO_CONDITIONS;
                }
                onlyNew = word.isWord("FNX");
                onlyOld = !onlyNew;
                i++;
            } else {
                throw CommandError.of("ERR unknown argument: " + word);
            }
        }
        if (i >= unit.argc() - 3) {
            throw CommandError.arity("hsetex");
        }
        int count = Numbers.inRange(unit.arg(i + 1), 1, Integer.MAX_VALUE, BAD_COUNT);
        first = i + 2;
        int rest = unit.argc() - first;
        if (rest % 2 != 0 || count != rest / 2) {
            throw CommandError.arity("hsetex");
        }
    }

    private int keep() {
        keepTime = true;
        return 1;
    }

    private int time(int at, Ttl.Unit wanted) {
        if (at == unit.argc() - 1) {
            throw NO_TIME;
        }
        how = wanted;
        timeAt = at + 1;
        boolean relative = how == Ttl.Unit.EX || how == Ttl.Unit.PX;
        boolean seconds = how == Ttl.Unit.EX || how == Ttl.Unit.EXAT;
        atMs = FieldTime.parse(unit, unit.arg(timeAt), relative, seconds);
        return 2;
    }

    private boolean run() {
        Slice key = unit.arg(1);
        LiveHash hash = new LiveHash(unit, key, unit.findWrite(key, Type.HASH));
        boolean allowed = isAllowed(hash);
        hash.finish();
        if (!allowed) {
            return false;
        }
        setAll(key, hash);
        int fields = (unit.argc() - first) / 2;
        boolean over = how != null && FieldTime.isOver(unit, atMs);
        unit.effects().changed(key, Event.HSET);
        unit.effects().count(fields - 1L);
        if (over) {
            unit.effects().instead();
            unit.effects().notify(key, Event.HDEL);
            if (hash.isEmpty()) {
                unit.database().delete(key);
                unit.effects().notify(key, Event.DEL);
            }
        } else if (how != null) {
            unit.effects().notify(key, Event.HEXPIRE);
            if (how != Ttl.Unit.PXAT) {
                passOn();
            }
        } else if (!keepTime || !HashTimes.isReady(hash.root())) {
            passOnPlain();
        }
        return true;
    }

    private boolean isAllowed(LiveHash hash) {
        if (!onlyNew && !onlyOld) {
            return true;
        }
        ListpackItem value = new ListpackItem();
        for (int i = first; i < unit.argc(); i += 2) {
            if (hash.get(unit.arg(i), value) == onlyNew) {
                return false;
            }
        }
        return true;
    }

    private void setAll(Slice key, LiveHash hash) {
        PackedLimits limits = Hashes.limits(unit);
        hash.put(HashCommands.rootFor(unit, key, hash.entry(), first));
        if (how != null) {
            hash.put(HashTimes.prepare(unit.slab(key), hash.root()));
        }
        for (int i = first; i < unit.argc(); i += 2) {
            Slice field = unit.arg(i);
            Slice value = unit.arg(i + 1);
            hash.put(
                    HashValue.set(
                            unit.slab(key),
                            hash.root(),
                            field.address(),
                            field.length(),
                            value.address(),
                            value.length(),
                            how != null || keepTime,
                            limits));
            if (how != null) {
                FieldTimeCommands.setTime(unit, key, hash, field, atMs);
            }
        }
    }

    /** No field expires: followers of version 7 understand as much. */
    private void passOnPlain() {
        unit.effects().command(2 + unit.argc() - first).word("HSET").arg(unit.arg(1));
        for (int i = first; i < unit.argc(); i++) {
            unit.effects().arg(unit.arg(i));
        }
    }

    /** The command as it came, but with a moment in milliseconds. */
    private void passOn() {
        unit.effects().command(unit.argc());
        for (int i = 0; i < unit.argc(); i++) {
            if (i == timeAt - 1) {
                unit.effects().word("PXAT");
            } else if (i == timeAt) {
                unit.effects().number(atMs);
            } else {
                unit.effects().arg(unit.arg(i));
            }
        }
    }
}
