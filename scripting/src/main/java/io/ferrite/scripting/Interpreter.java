package io.ferrite.scripting;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaFunction;
import io.ferrite.scripting.lua.LuaVm;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A Lua state that runs the scripts of clients, or the functions of libraries. Nothing that a
 * script does to its state is seen by the next one, but for what functions of a library keep in
 * their own variables.
 *
 * <p>For one thread at a time, not bound to it.
 */
public final class Interpreter implements AutoCloseable {

    /** The version whose interface scripts find. */
    static final String VERSION = "7.2.4";

    static final int VERSION_NUMBER = 0x00070204;

    /** Runs between two steps of a collection. */
    private static final int COLLECT_EVERY = 50;

    private static final int COLLECT_STEP = 50;

    /** A run that leaves this much more than it found is followed by a collection. */
    private static final long GARBAGE_BYTES = 32L << 20;

    /** What may be needed to compile a script. */
    private static final long COMPILED_MAX = 1L << 30;

    private static final byte SIGNATURE = 0x1B;

    private final LuaVm vm = new LuaVm();
    private final long state = vm.state();
    private final Sandbox sandbox = new Sandbox(vm);
    private final RedisApi redis = new RedisApi();
    private final ReplyBuilder builder = new ReplyBuilder(line -> host().countError(line));
    private final LuaLibraries libraries;
    private final Registration registration = new Registration();

    /** What prelude.lua made, as references. */
    private int globals;

    private int standIn;
    private int loading;
    private int handler;

    private ScriptHost host;
    private int runs;
    private long settledBytes;

    private Interpreter(boolean forFunctions, long seed, LongSupplier nanos) {
        libraries = new LuaLibraries(vm, sandbox, seed, nanos);
        for (String library : new String[] {"base", "table", "string", "math", "debug"}) {
            vm.open("luaopen_" + library);
        }
        sandbox.guardGlobals();
        libraries.replaceFunctions();
        keepNames();
        prelude(forFunctions);
        vm.onInterrupt(this::interrupted);
        settledBytes = vm.usedBytes();
    }

    /**
     * For EVAL and its kin.
     *
     * @param seed what {@code math.random} begins with
     * @param nanos a clock for {@code os.clock}
     */
    public static Interpreter forScripts(long seed, LongSupplier nanos) {
        return new Interpreter(false, seed, nanos);
    }

    /** For libraries of functions. */
    public static Interpreter forFunctions(long seed, LongSupplier nanos) {
        return new Interpreter(true, seed, nanos);
    }

    /** What a script is known by: forty hexadecimal digits. */
    public static String sha1Hex(byte[] body) {
        return RedisApi.sha1Hex(body);
    }

    /**
     * Lua's parser does not hold on to the name of what it parses, and a collection may free it
     * (CVE-2025-49844): so it is held here. Strings of the same bytes are one.
     */
    private void keepNames() {
        for (ChunkName name : ChunkName.values()) {
            Lua.pushText(state, name.text);
            Lua.ref(state);
        }
    }

    private ScriptHost host() {
        return host;
    }

    private void prelude(boolean forFunctions) {
        byte[] source = read("prelude.lua");
        long copy = SharedSlab.take(source.length, MemoryTag.SCRIPT);
        Memory.copyIn(source, 0, copy, source.length);
        int loaded = Lua.load(state, copy, source.length, ChunkName.PRELUDE.address);
        SharedSlab.give(copy, source.length, MemoryTag.SCRIPT);
        if (loaded == Lua.OK) {
            pushNative(forFunctions);
            vm.seal();
            loaded = vm.run(1, 5, 0, Long.MAX_VALUE);
        }
        if (loaded != Lua.OK) {
            throw new IllegalStateException("prelude.lua: " + Lua.text(state, -1));
        }
        handler = Lua.ref(state);
        loading = Lua.ref(state);
        standIn = Lua.ref(state);
        globals = Lua.ref(state);
        Lua.replace(state, Lua.GLOBALS);
    }

    private static byte[] read(String resource) {
        try (InputStream in = Interpreter.class.getResourceAsStream(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(resource + " cannot be read", e);
        }
    }

    private void pushNative(boolean forFunctions) {
        Lua.pushTable(state, 0, 16);
        Map<String, LuaFunction> functions = new LinkedHashMap<>();
        functions.put("readonly", Sandbox::readonly);
        functions.put("undefined", Sandbox::undefined);
        functions.put("protect", sandbox::protect);
        functions.put("own", sandbox::own);
        functions.put("clock", libraries::clock);
        functions.put("seek", libraries::seek);
        functions.put("lookup", libraries::lookup);
        functions.put("secure", LuaLibraries::secure);
        functions.forEach((name, function) -> {
            vm.push(function);
            Lua.setField(state, -2, name);
        });
        redis.push(vm, !forFunctions);
        Lua.setField(state, -2, "redis");
        if (forFunctions) {
            redis.pushForLoading(vm, registration::register);
            Lua.setField(state, -2, "loading");
        }
        libraries.push();
    }

    // --- scripts --------------------------------------------------------------------------------

    /**
     * Compiles a script.
     *
     * @return what to run it by, until {@link #forget}
     * @throws ScriptFault with Lua's words if it is none
     */
    public int compile(byte[] source, int from, int length) throws ScriptFault {
        int outcome = load(source, from, length, ChunkName.SCRIPT);
        if (outcome != Lua.OK) {
            String message = ReplyBuilder.upToNul(state);
            Lua.pop(state, 1);
            throw new ScriptFault(message);
        }
        return Lua.ref(state);
    }

    /**
     * Compiled code would begin with a certain byte: a space before it makes a syntax error of it.
     */
    private int load(byte[] source, int from, int length, ChunkName name) {
        long copy = SharedSlab.take(length + 1L, MemoryTag.SCRIPT);
        Memory.putByte(copy, ' ');
        Memory.copyIn(source, from, copy + 1, length);
        boolean compiled = length > 0 && source[from] == SIGNATURE;
        int outcome =
                vm.load(
                        compiled ? copy : copy + 1,
                        compiled ? length + 1 : length,
                        name.address,
                        vm.usedBytes() + COMPILED_MAX);
        SharedSlab.give(copy, length + 1L, MemoryTag.SCRIPT);
        return outcome;
    }

    /** A script or function will not be run again. */
    public void forget(int reference) {
        Lua.unref(state, reference);
    }

    /**
     * Runs a script and writes its reply.
     *
     * @param request holds the keys from argument {@code first} on, then the other arguments
     * @param name what errors call the script: its digest
     * @param memory bytes that the script may take
     */
    public void runScript(
            int script,
            Request request,
            int first,
            int keys,
            ScriptHost server,
            ReplyWriter out,
            String name,
            long memory) {
        Lua.rawGet(state, Lua.REGISTRY, handler);
        Lua.rawGet(state, Lua.REGISTRY, globals);
        pushArguments(request, first, first + keys);
        Lua.setField(state, -2, "KEYS");
        pushArguments(request, first + keys, request.count());
        Lua.setField(state, -2, "ARGV");
        Lua.pop(state, 1);
        Lua.rawGet(state, Lua.REGISTRY, script);
        run(0, server, out, name, memory);
    }

    /** As {@link #runScript}, for a function that {@link #loadLibrary} registered. */
    public void runFunction(
            int function,
            Request request,
            int first,
            int keys,
            ScriptHost server,
            ReplyWriter out,
            String name,
            long memory) {
        Lua.rawGet(state, Lua.REGISTRY, handler);
        Lua.rawGet(state, Lua.REGISTRY, function);
        pushArguments(request, first, first + keys);
        pushArguments(request, first + keys, request.count());
        run(2, server, out, name, memory);
    }

    private void pushArguments(Request request, int from, int to) {
        Lua.pushTable(state, to - from, 0);
        for (int i = from; i < to; i++) {
            Lua.pushBytes(state, request.address(i), request.length(i));
            Lua.rawSet(state, -2, i - from + 1);
        }
    }

    /** Calls what lies on the stack: the handler, a function, its arguments. */
    private void run(int arguments, ScriptHost server, ReplyWriter out, String name, long memory) {
        host = server;
        redis.begin(server);
        int handlerIndex = Lua.top(state) - arguments - 1;
        try {
            int outcome = vm.run(arguments, 1, handlerIndex, limit(memory));
            if (outcome == Lua.OK) {
                builder.write(state, out, redis.protocol());
            } else {
                writeError(out, name);
            }
        } finally {
            Lua.setTop(state, 0);
            redis.end();
            host = null;
            libraries.reset();
            tidy();
        }
    }

    private long limit(long memory) {
        long most = vm.usedBytes() + memory;
        return memory <= 0 || most < 0 ? Long.MAX_VALUE : most;
    }

    private void writeError(ReplyWriter out, String name) {
        if (Lua.type(state, -1) != Lua.TABLE) {
            String what =
                    Lua.isString(state, -1) ? ReplyBuilder.upToNul(state) : "execution failure";
            String shown = what.substring(0, Math.min(100, what.length()));
            answer(out, "ERR Error running script " + name + ", " + shown, true);
            return;
        }
        String said = field("err");
        String line = said == null ? "ERR unknown error" : said;
        String source = field("source");
        String number = field("line");
        Lua.pushField(state, -1, "ignore_error_stats_update");
        boolean counted = Lua.type(state, -1) == Lua.BOOLEAN && Lua.toBoolean(state, -1);
        Lua.pop(state, 1);
        String place =
                source == null || number == null
                        ? ""
                        : " script: " + name + ", on " + source + ":" + number + ".";
        answer(out, line + place, !counted);
    }

    private void answer(ReplyWriter out, String line, boolean count) {
        if (count) {
            host.countError(line);
        }
        out.error(line);
    }

    /** A field of the table on top, if it is a string or a number. */
    private String field(String name) {
        Lua.pushField(state, -1, name);
        String text = null;
        if (Lua.isString(state, -1)) {
            Lua.toBytes(state, -1);
            text = ReplyBuilder.upToNul(state);
        }
        Lua.pop(state, 1);
        return text;
    }

    private boolean interrupted(long thread) {
        String error = host == null ? registration.interrupt() : host.interrupt();
        if (error == null) {
            return false;
        }
        ReplyReader.pushError(thread, error, false);
        return true;
    }

    private void tidy() {
        if (vm.usedBytes() - settledBytes > GARBAGE_BYTES) {
            Lua.collect(state);
            settledBytes = vm.usedBytes();
            runs = 0;
        } else if (++runs == COLLECT_EVERY) {
            runs = 0;
            Lua.collectStep(state, COLLECT_STEP);
            settledBytes = Math.min(settledBytes, vm.usedBytes());
        }
    }

    // --- libraries of functions -----------------------------------------------------------------

    /**
     * Runs the code of a library, which registers its functions.
     *
     * @param server logs, and says when it has taken too long
     * @throws ScriptFault with the reply's text; what was registered before has been forgotten
     */
    public void loadLibrary(
            byte[] code, int from, FunctionSink sink, LoadMonitor server, long memory)
            throws ScriptFault {
        setGlobals(loading);
        try {
            if (load(code, from, code.length - from, ChunkName.FUNCTION) != Lua.OK) {
                throw new ScriptFault("Error compiling function: " + ReplyBuilder.upToNul(state));
            }
            registration.begin(sink, server);
            redis.begin(server);
            if (vm.run(0, 0, 0, limit(memory)) != Lua.OK) {
                String error = Lua.type(state, -1) == Lua.TABLE ? field("err") : field();
                throw new ScriptFault("Error registering functions: " + error);
            }
        } finally {
            registration.end();
            redis.end();
            Lua.setTop(state, 0);
            setGlobals(globals);
        }
    }

    /** The error that lies on top, as it is counted among replies. */
    private String field() {
        Lua.toBytes(state, -1);
        return "ERR " + ReplyBuilder.upToNul(state);
    }

    /** Says where names are looked up that a function does not know itself. */
    private void setGlobals(int reference) {
        Lua.rawGet(state, Lua.REGISTRY, standIn);
        Lua.rawGet(state, Lua.REGISTRY, reference);
        Lua.setField(state, -2, "__index");
        Lua.pop(state, 1);
    }

    /** Bytes that Lua holds. */
    public long usedBytes() {
        return vm.usedBytes();
    }

    @Override
    public void close() {
        vm.close();
        redis.close();
    }
}
