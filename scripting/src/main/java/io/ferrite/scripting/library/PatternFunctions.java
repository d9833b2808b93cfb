package io.ferrite.scripting.library;

import io.ferrite.memory.Memory;
import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import io.ferrite.scripting.lua.LuaFunction;
import io.ferrite.scripting.lua.LuaVm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code string.find}, {@code match} and {@code gsub} in place of Lua's own, and what {@code
 * gmatch} is made of: with bounds, see {@link PatternMatcher}. For one Lua state.
 */
public final class PatternFunctions {

    /** {@code gsub} in the function that {@code gsub} calls, and so on. */
    private static final int NESTING_MAX = 50;

    private static final String SPECIALS = "^$*+?.([%-";

    private final LuaVm vm;
    private final List<PatternMatcher> matchers = new ArrayList<>();
    private final List<NativeBytes> buffers = new ArrayList<>();
    private int nesting;

    /** A function that looks a key up in a table with its metamethods; a reference. */
    private int lookup;

    public PatternFunctions(LuaVm vm) {
        this.vm = vm;
    }

    /** What replaces Lua's own. */
    public Map<String, LuaFunction> functions() {
        Map<String, LuaFunction> functions = new LinkedHashMap<>();
        functions.put("find", state -> search(state, "find", true));
        functions.put("match", state -> search(state, "match", false));
        functions.put("gsub", this::substitute);
        return functions;
    }

    /** {@code lookup(function)}: says how a table's key is looked up. */
    public int setLookup(long state) {
        lookup = Lua.ref(state);
        return 0;
    }

    /** A script is over. */
    public void reset() {
        nesting = 0;
    }

    private PatternMatcher matcher() {
        if (nesting == NESTING_MAX) {
            throw LuaError.of("C stack overflow");
        }
        if (nesting == matchers.size()) {
            matchers.add(new PatternMatcher(vm::checkInterrupt));
            buffers.add(new NativeBytes(vm::allows));
        }
        return matchers.get(nesting);
    }

    // --- searching ------------------------------------------------------------------------------

    private int search(long state, String function, boolean find) {
        long subject = Arguments.string(state, 1, function);
        long pattern = Arguments.string(state, 2, function);
        long length = Lua.lengthOf(subject);
        long patternLength = Lua.lengthOf(pattern);
        long start = Arguments.integer(state, 3, function, 1);
        start = start < 0 ? Math.max(0, start + length) : Math.max(0, start - 1);
        start = Math.min(start, length);
        if (find && (Lua.toBoolean(state, 4) || isPlain(pattern, patternLength))) {
            long at = indexOf(state, subject, length, start, pattern, patternLength);
            if (at < 0) {
                Lua.pushNil(state);
                return 1;
            }
            Lua.pushNumber(state, at + 1);
            Lua.pushNumber(state, at + patternLength);
            return 2;
        }
        PatternMatcher matcher = matcher();
        matcher.on(state, subject, length, pattern, patternLength);
        boolean anchored = patternLength > 0 && Memory.getByte(pattern) == '^';
        long p = anchored ? pattern + 1 : pattern;
        for (long s = subject + start; s <= subject + length; s++) {
            long e = matcher.matchAt(s, p);
            if (e != PatternMatcher.NONE) {
                if (!find) {
                    return matcher.pushAll(s, e, true);
                }
                Lua.pushNumber(state, s - subject + 1);
                Lua.pushNumber(state, e - subject);
                return 2 + matcher.pushAll(s, e, false);
            }
            if (anchored) {
                break;
            }
        }
        Lua.pushNil(state);
        return 1;
    }

    private static boolean isPlain(long pattern, long length) {
        for (long i = 0; i < length; i++) {
            int c = Memory.getUnsignedByte(pattern + i);
            if (c == 0) {
                return true;
            }
            if (SPECIALS.indexOf(c) >= 0) {
                return false;
            }
        }
        return true;
    }

    private long indexOf(
            long state, long subject, long length, long start, long wanted, long wantedLength) {
        if (wantedLength == 0) {
            return start;
        }
        byte first = Memory.getByte(wanted);
        long work = 0;
        for (long i = start; i <= length - wantedLength; i++) {
            if (Memory.getByte(subject + i) == first) {
                work += wantedLength;
                if (Memory.equal(subject + i, wanted, (int) wantedLength)) {
                    return i;
                }
            }
            if (++work > 1_000_000) {
                work = 0;
                vm.checkInterrupt(state);
            }
        }
        return -1;
    }

    /**
     * {@code seek(subject, pattern, at)}: where to go on after the next match from {@code at} on,
     * and its captures; nothing if there is none. What {@code gmatch} calls.
     */
    public int seek(long state) {
        long subject = Lua.toBytes(state, 1);
        long pattern = Lua.toBytes(state, 2);
        long length = Lua.lengthOf(subject);
        PatternMatcher matcher = matcher();
        matcher.on(state, subject, length, pattern, Lua.lengthOf(pattern));
        long s = subject + (long) Lua.toNumber(state, 3) - 1;
        try {
            for (; s <= subject + length; s++) {
                long e = matcher.matchAt(s, pattern);
                if (e != PatternMatcher.NONE) {
                    Lua.pushNumber(state, e - subject + (e == s ? 2 : 1));
                    return 1 + matcher.pushAll(s, e, true);
                }
            }
        } catch (LuaError error) {
            throw error.above();
        }
        return 0;
    }

    // --- replacing ------------------------------------------------------------------------------

    private int substitute(long state) {
        long subject = Arguments.string(state, 1, "gsub");
        long pattern = Arguments.string(state, 2, "gsub");
        long length = Lua.lengthOf(subject);
        int type = Lua.type(state, 3);
        long most = Arguments.integer(state, 4, "gsub", (int) Math.min(length + 1, 0x7FFFFFFF));
        if (type != Lua.NUMBER && type != Lua.STRING && type != Lua.TABLE && type != Lua.FUNCTION) {
            throw LuaError.argument(3, "gsub", "string/function/table expected");
        }
        if (type == Lua.NUMBER) {
            Lua.toBytes(state, 3); // becomes a string
        }
        Lua.setTop(state, 4);
        PatternMatcher matcher = matcher();
        NativeBytes out = buffers.get(nesting);
        out.clear();
        nesting++;
        try {
            matcher.on(state, subject, length, pattern, Lua.lengthOf(pattern));
            boolean anchored = Lua.lengthOf(pattern) > 0 && Memory.getByte(pattern) == '^';
            long p = anchored ? pattern + 1 : pattern;
            long s = subject;
            long end = subject + length;
            long done = s;
            long count = 0;
            while (count < most) {
                long e = matcher.matchAt(s, p);
                if (e != PatternMatcher.NONE) {
                    count++;
                    out.put(done, s - done);
                    replace(state, matcher, out, type, s, e);
                    done = e;
                }
                if (e != PatternMatcher.NONE && e > s) {
                    s = e;
                } else if (s < end) {
                    s++;
                } else {
                    break;
                }
                if (anchored) {
                    break;
                }
            }
            out.put(done, end - done);
            out.push(state);
            Lua.pushNumber(state, count);
            return 2;
        } finally {
            nesting--;
            out.reset();
        }
    }

    private void replace(
            long state, PatternMatcher matcher, NativeBytes out, int type, long s, long e) {
        if (type == Lua.STRING || type == Lua.NUMBER) {
            expand(state, matcher, out, s, e);
            return;
        }
        if (type == Lua.FUNCTION) {
            Lua.pushValue(state, 3);
            call(state, matcher.pushAll(s, e, true));
        } else {
            if (lookup != 0 && Lua.pushMetatable(state, 3)) {
                Lua.pop(state, 1);
                Lua.rawGet(state, Lua.REGISTRY, lookup);
                Lua.pushValue(state, 3);
                matcher.push(0, s, e);
                call(state, 2);
            } else {
                matcher.push(0, s, e);
                Lua.rawGet(state, 3);
            }
        }
        switch (Lua.type(state, -1)) {
            case Lua.STRING, Lua.NUMBER -> put(state, out);
            case Lua.NIL -> out.put(s, e - s);
            default -> {
                if (Lua.type(state, -1) != Lua.BOOLEAN || Lua.toBoolean(state, -1)) {
                    String found = Lua.typeName(Lua.type(state, -1));
                    throw LuaError.of("invalid replacement value (a " + found + ")");
                }
                out.put(s, e - s);
            }
        }
        Lua.pop(state, 1);
    }

    private static void put(long state, NativeBytes out) {
        long bytes = Lua.toBytes(state, -1);
        out.put(bytes, Lua.lengthOf(bytes));
    }

    private void call(long state, int arguments) {
        if (vm.callFromJava(state, arguments, 1) != Lua.OK) {
            throw LuaError.onTop();
        }
    }

    /** Adds the replacement text with its captures filled in. */
    private void expand(long state, PatternMatcher matcher, NativeBytes out, long s, long e) {
        long text = Lua.toBytes(state, 3);
        long length = Lua.lengthOf(text);
        long done = 0;
        for (long i = 0; i < length; i++) {
            if (Memory.getByte(text + i) != '%') {
                continue;
            }
            out.put(text + done, i - done);
            i++;
            int c = Memory.getUnsignedByte(text + i); // a zero behind the end
            if (c < '0' || c > '9') {
                out.put(c);
            } else if (c == '0') {
                out.put(s, e - s);
            } else {
                matcher.push(c - '1', s, e);
                put(state, out);
                Lua.pop(state, 1);
            }
            done = i + 1;
        }
        if (done < length) {
            out.put(text + done, length - done);
        }
    }
}
