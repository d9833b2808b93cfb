package io.ferrite.scripting.lua;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * One Lua state with its memory account, its Java functions and its interruptions.
 *
 * <p>Memory: the state's allocator keeps an account off-heap, and refuses to grow beyond a limit,
 * which Lua raises as {@code not enough memory}. The limit holds while Lua code runs and is lifted
 * while Java runs, because an allocation that failed there would jump over Java's frames.
 *
 * <pre>
 *   account:   0              8              16
 *              +--------------+--------------+
 *              | bytes held   | most allowed |
 *              +--------------+--------------+
 * </pre>
 *
 * <p>Interruption: after every {@value #HOOK_EVERY} instructions Lua asks {@link #onInterrupt}.
 * Once it is told to stop, it is asked after every instruction, so that no {@code pcall} goes on.
 *
 * <p>For one thread at a time, not bound to it.
 */
public final class LuaVm implements AutoCloseable {

    /** As Redis does: a fraction of a millisecond. */
    public static final int HOOK_EVERY = 100_000;

    private static final int HOOK = 0;
    private static final long UNLIMITED = Long.MAX_VALUE;
    private static final int ACCOUNT_BYTES = 16;
    private static final int LIMIT = 8;

    private final Arena arena = Arena.ofShared();
    private final List<LuaFunction> named = new ArrayList<>();
    private final NativeCode code;
    private final long account;
    private final long hook;
    private final long state;

    /** The same as {@link #named}, for the way of every call. */
    private LuaFunction[] functions = {};

    private LongPredicate interrupt = unused -> false;
    private long limit = UNLIMITED;
    private boolean stopping;
    private Throwable fault;

    public LuaVm() {
        code = new NativeCode(Lua.LIBRARY, dispatcher());
        account = SharedSlab.take(ACCOUNT_BYTES, MemoryTag.SCRIPT);
        Memory.putLong(account, 0);
        Memory.putLong(account + LIMIT, UNLIMITED);
        hook = newFunction(this::interrupted);
        state = Lua.newState(code.allocator(), account);
        verifyLayout();
    }

    private long dispatcher() {
        try {
            MethodHandle handle =
                    MethodHandles.lookup()
                            .bind(
                                    this,
                                    "dispatch",
                                    MethodType.methodType(int.class, long.class, long.class));
            MemorySegment stub =
                    Linker.nativeLinker()
                            .upcallStub(
                                    handle,
                                    FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG),
                                    arena);
            return stub.address();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** The main thread's state. */
    public long state() {
        return state;
    }

    // --- before it is sealed ------------------------------------------------------------------

    /** Runs one of Lua's own {@code luaopen_} functions. */
    public void open(String function) {
        Lua.pushFunction(state, Lua.LIBRARY.findOrThrow(function).address(), 0);
        Lua.pushText(state, function.substring("luaopen_".length()));
        if (Lua.pcall(state, 1, 0, 0) != Lua.OK) {
            throw new IllegalStateException(function + ": " + Lua.text(state, -1));
        }
    }

    /** Pushes a new function. */
    public void push(LuaFunction function) {
        Lua.pushFunction(state, newFunction(function), 0);
    }

    /** Replaces the C function on top by one that asks Java first. */
    public void putBefore(LuaFunction function) {
        long original = Lua.toFunction(state, -1);
        Lua.pop(state, 1);
        named.add(function);
        Lua.pushFunction(state, code.before(named.size() - 1, original), 0);
    }

    /**
     * Replaces the C function on top by one that asks Java first if argument 1 has a metatable.
     *
     * @param upvalues so many values below the function become its upvalues
     */
    public void guard(LuaFunction function, int upvalues) {
        long original = Lua.toFunction(state, -1);
        Lua.pop(state, 1);
        named.add(function);
        Lua.pushFunction(state, code.guard(named.size() - 1, original), upvalues);
    }

    private long newFunction(LuaFunction function) {
        named.add(function);
        return code.function(named.size() - 1);
    }

    /** There are no more functions to come: Lua code can run. */
    public void seal() {
        functions = named.toArray(LuaFunction[]::new);
        code.seal();
        Lua.setHook(state, hook, HOOK_EVERY);
    }

    // --- running --------------------------------------------------------------------------------

    /**
     * Sets what is asked while Lua code runs; it is handed the state, and true stops the code with
     * the value that it left on top as the error.
     */
    public void onInterrupt(LongPredicate question) {
        interrupt = question;
    }

    /**
     * Calls the function on the stack, with its arguments above it, under a memory limit.
     *
     * @param most bytes that the state may hold meanwhile
     * @return as {@link Lua#pcall}
     */
    public int run(int arguments, int results, int handler, long most) {
        limit = most;
        Memory.putLong(account + LIMIT, most);
        int outcome = Lua.pcall(state, arguments, results, handler);
        limit = UNLIMITED;
        Memory.putLong(account + LIMIT, UNLIMITED);
        if (stopping) {
            stopping = false;
            Lua.setHook(state, hook, HOOK_EVERY);
        }
        if (fault != null) {
            Throwable thrown = fault;
            fault = null;
            throw new IllegalStateException("a function of a script's library failed", thrown);
        }
        return outcome;
    }

    /** Calls a Lua function from a Java function; an error stays on the stack. */
    public int callFromJava(long thread, int arguments, int results) {
        Memory.putLong(account + LIMIT, limit);
        int outcome = Lua.pcall(thread, arguments, results, 0);
        Memory.putLong(account + LIMIT, UNLIMITED);
        return outcome;
    }

    /** Whether so much more memory is within the limit of what runs now. */
    public boolean allows(long bytes) {
        return bytes <= limit - usedBytes();
    }

    /** Called by Lua through {@link NativeCode}; nothing that is thrown may get out. */
    private int dispatch(long thread, long number) {
        Memory.putLong(account + LIMIT, UNLIMITED);
        int result;
        try {
            result = functions[(int) number].call(thread);
        } catch (LuaError e) {
            result = raise(thread, e);
        } catch (Throwable e) {
            fault = e;
            stop(thread);
            Lua.pushText(thread, "internal error");
            result = NativeCode.RAISE;
        }
        Memory.putLong(account + LIMIT, limit);
        return result;
    }

    private static int raise(long thread, LuaError error) {
        if (!error.isOnTop()) {
            if (error.isPlaced()) {
                Lua.pushWhere(thread, error.level());
                Lua.pushText(thread, error.getMessage());
                Lua.concat(thread, 2);
            } else {
                Lua.pushText(thread, error.getMessage());
            }
        }
        return NativeCode.RAISE;
    }

    private int interrupted(long thread) {
        if (fault != null) {
            Lua.pushText(thread, "internal error");
            return NativeCode.RAISE;
        }
        if (!interrupt.test(thread)) {
            return 0;
        }
        stop(thread);
        return NativeCode.RAISE;
    }

    /** From now on there is an interruption at every instruction. */
    private void stop(long thread) {
        stopping = true;
        Lua.setHook(thread, hook, 1);
        if (thread != state) {
            Lua.setHook(state, hook, 1);
        }
    }

    /**
     * To be called now and then by a Java function that takes long.
     *
     * @throws LuaError if the script has to end
     */
    public void checkInterrupt(long thread) {
        if (interrupt.test(thread)) {
            stop(thread);
            throw LuaError.onTop();
        }
    }

    /** As {@link Lua#load}, under a memory limit; what was compiled is safe to run. */
    public int load(long source, long length, long name, long most) {
        limit = most;
        Memory.putLong(account + LIMIT, most);
        int outcome = Lua.load(state, source, length, name);
        limit = UNLIMITED;
        Memory.putLong(account + LIMIT, UNLIMITED);
        if (outcome == Lua.OK && !secure(state, -1)) {
            Lua.pop(state, 1);
            Lua.pushText(state, "function with too many parameters");
            return Lua.ERROR_SYNTAX;
        }
        return outcome;
    }

    /** Makes sure that a function that was compiled is safe to run; false if it is not. */
    public static boolean secure(long thread, int index) {
        return Prototypes.secure(Lua.toPointer(thread, index));
    }

    /** Throws if the library is not laid out as {@link Prototypes} believes. */
    private void verifyLayout() {
        byte[] source =
                "return function(a, b, c, ...) return function(d) end end".getBytes(US_ASCII);
        long copy = SharedSlab.take(source.length + 1L, MemoryTag.SCRIPT);
        Memory.copyIn(source, 0, copy, source.length);
        Memory.putByte(copy + source.length, 0);
        Lua.load(state, copy, source.length, copy + source.length);
        SharedSlab.give(copy, source.length + 1L, MemoryTag.SCRIPT);
        if (Lua.pcall(state, 0, 1, 0) != Lua.OK || !Prototypes.verify(Lua.toPointer(state, -1))) {
            throw new IllegalStateException("the library of Lua is not laid out as Lua 5.1 is");
        }
        Lua.pop(state, 1);
    }

    /** Bytes that the state holds. */
    public long usedBytes() {
        return Memory.getLong(account);
    }

    /** Ends the state; nothing of it may be used any more. */
    @Override
    public void close() {
        Lua.close(state);
        SharedSlab.give(account, ACCOUNT_BYTES, MemoryTag.SCRIPT);
        code.free();
        arena.close();
    }
}
