package io.ferrite.scripting;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.resp.ArgumentBuffer;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.scripting.lua.Lua;
import io.ferrite.scripting.lua.LuaError;
import io.ferrite.scripting.lua.LuaFunction;
import io.ferrite.scripting.lua.LuaVm;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** The table {@code redis}: commands, and what scripts ask of the server besides. */
final class RedisApi {

    private static final int LOG_WARNING = 3;
    private static final int REPLICATE_FILES = 1;
    private static final int REPLICATE_FOLLOWERS = 2;

    /** A reply larger than this does not keep its memory for the next one. */
    private static final int KEPT_REPLY_BYTES = 1 << 20;

    /** A double beyond this is not taken for a whole number, as in Redis. */
    private static final double WHOLE_MAX = 0x1p62;

    private final ArgumentBuffer arguments = new ArgumentBuffer(MemoryTag.SCRIPT);
    private final NativeReplyWriter reply = new NativeReplyWriter(0, MemoryTag.SCRIPT);
    private final ReplyReader reader = new ReplyReader();
    private ScriptHost host;
    private ScriptLog log;
    private int protocol = 2;

    /** A script begins, in a server. */
    void begin(ScriptHost host) {
        this.host = host;
        log = host;
        protocol = 2;
    }

    /** The code of a library begins. */
    void begin(ScriptLog log) {
        this.log = log;
    }

    void end() {
        host = null;
        log = null;
    }

    /** What {@code redis.setresp} said last, or 2. */
    int protocol() {
        return protocol;
    }

    /** Pushes the table. */
    void push(LuaVm vm, boolean forScripts) {
        Map<String, LuaFunction> functions = new LinkedHashMap<>();
        functions.put("call", state -> call(state, true));
        functions.put("pcall", state -> call(state, false));
        functions.put("setresp", this::setProtocol);
        functions.put("sha1hex", RedisApi::sha1);
        functions.put("error_reply", RedisApi::errorReply);
        functions.put("status_reply", RedisApi::statusReply);
        functions.put("set_repl", this::setReplicated);
        functions.put("acl_check_cmd", this::mayCall);
        if (forScripts) {
            functions.put("breakpoint", RedisApi::breakpoint);
            functions.put("debug", unused -> 0);
            functions.put("replicate_commands", RedisApi::replicateCommands);
        }
        pushCommon(vm);
        functions.forEach((name, function) -> put(vm, name, function));
        put(vm, "REPL_NONE", 0);
        put(vm, "REPL_AOF", REPLICATE_FILES);
        put(vm, "REPL_SLAVE", REPLICATE_FOLLOWERS);
        put(vm, "REPL_REPLICA", REPLICATE_FOLLOWERS);
        put(vm, "REPL_ALL", REPLICATE_FILES | REPLICATE_FOLLOWERS);
    }

    /** Pushes the table as it is while a library of functions is loaded. */
    void pushForLoading(LuaVm vm, LuaFunction register) {
        pushCommon(vm);
        put(vm, "register_function", register);
    }

    private void pushCommon(LuaVm vm) {
        Lua.pushTable(vm.state(), 0, 24);
        put(vm, "log", this::log);
        put(vm, "LOG_DEBUG", 0);
        put(vm, "LOG_VERBOSE", 1);
        put(vm, "LOG_NOTICE", 2);
        put(vm, "LOG_WARNING", LOG_WARNING);
        put(vm, "REDIS_VERSION_NUM", Interpreter.VERSION_NUMBER);
        Lua.pushText(vm.state(), Interpreter.VERSION);
        Lua.setField(vm.state(), -2, "REDIS_VERSION");
    }

    private static void put(LuaVm vm, String name, LuaFunction function) {
        vm.push(function);
        Lua.setField(vm.state(), -2, name);
    }

    private static void put(LuaVm vm, String name, double value) {
        Lua.pushNumber(vm.state(), value);
        Lua.setField(vm.state(), -2, name);
    }

    /** Raises an error that is a table, as errors of commands are. */
    private static LuaError error(long state, String text) {
        ReplyReader.pushError(state, text, false);
        return LuaError.onTop();
    }

    // --- commands -------------------------------------------------------------------------------

    private int call(long state, boolean raise) {
        Request request = request(state);
        if (request == null) {
            if (raise) {
                throw LuaError.onTop();
            }
            return 1;
        }
        reply.reset();
        reply.setProtocol(protocol);
        String refusal = host.call(request, reply);
        boolean failed = refusal != null;
        if (failed) {
            ReplyReader.pushError(state, refusal, true);
        } else {
            reader.read(state, reply.address());
            failed = Memory.getByte(reply.address()) == '-';
            if (reply.heldBytes() > KEPT_REPLY_BYTES) {
                reply.close();
            }
        }
        if (failed && raise) {
            throw LuaError.onTop();
        }
        return 1;
    }

    /** The arguments as a request, or null with the error on top of the stack. */
    private Request request(long state) {
        int count = Lua.top(state);
        if (count == 0) {
            ReplyReader.pushError(
                    state, "Please specify at least one argument for this redis lib call", false);
            return null;
        }
        arguments.begin();
        for (int i = 1; i <= count; i++) {
            boolean added =
                    switch (Lua.type(state, i)) {
                        case Lua.STRING -> {
                            long bytes = Lua.toBytes(state, i);
                            yield arguments.add(bytes, Lua.lengthOf(bytes));
                        }
                        case Lua.NUMBER -> {
                            add(Lua.toNumber(state, i));
                            yield true;
                        }
                        default -> false;
                    };
            if (!added) {
                ReplyReader.pushError(
                        state,
                        "Lua redis lib command arguments must be strings or integers",
                        false);
                return null;
            }
        }
        Lua.setTop(state, 0);
        return arguments.request();
    }

    private void add(double number) {
        long whole = (long) number;
        if (whole == number && Math.abs(number) <= WHOLE_MAX) {
            arguments.add(whole);
        } else {
            arguments.add(number);
        }
    }

    private int mayCall(long state) {
        Request request = request(state);
        if (request == null) {
            throw LuaError.onTop();
        }
        switch (host.mayCall(request)) {
            case NO_SUCH_COMMAND ->
                    throw error(state, "Invalid command passed to redis.acl_check_cmd()");
            case GRANTED -> Lua.pushBoolean(state, true);
            case DENIED -> Lua.pushBoolean(state, false);
        }
        return 1;
    }

    private int setProtocol(long state) {
        if (Lua.top(state) != 1) {
            throw error(state, "redis.setresp() requires one argument.");
        }
        int wanted = (int) Lua.toNumber(state, 1);
        if (wanted != 2 && wanted != 3) {
            throw error(state, "RESP version must be 2 or 3.");
        }
        protocol = wanted;
        return 0;
    }

    private int setReplicated(long state) {
        if (Lua.top(state) != 1) {
            throw error(state, "redis.set_repl() requires one argument.");
        }
        int to = (int) Lua.toNumber(state, 1);
        if ((to & ~(REPLICATE_FILES | REPLICATE_FOLLOWERS)) != 0) {
            throw error(
                    state,
                    "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or"
                            + " REPL_NONE.");
        }
        host.setReplicated((to & REPLICATE_FILES) != 0, (to & REPLICATE_FOLLOWERS) != 0);
        return 0;
    }

    private static int replicateCommands(long state) {
        Lua.pushBoolean(state, true);
        return 1;
    }

    /** There is no debugger to stop for. */
    private static int breakpoint(long state) {
        Lua.pushBoolean(state, false);
        return 1;
    }

    // --- the rest -------------------------------------------------------------------------------

    private int log(long state) {
        int count = Lua.top(state);
        if (count < 2) {
            throw error(state, "redis.log() requires two arguments or more.");
        }
        if (!Lua.isNumber(state, 1)) {
            throw error(state, "First argument must be a number (log level).");
        }
        int level = (int) Lua.toNumber(state, 1);
        if (level < 0 || level > LOG_WARNING) {
            throw error(state, "Invalid debug level.");
        }
        if (!log.logs(level)) {
            return 0;
        }
        StringBuilder line = new StringBuilder();
        for (int i = 2; i <= count; i++) {
            String word = Lua.text(state, i);
            if (word != null) {
                line.append(i > 2 ? " " : "").append(word);
            }
        }
        log.log(level, line.toString());
        return 0;
    }

    private static int sha1(long state) {
        if (Lua.top(state) != 1) {
            throw error(state, "wrong number of arguments");
        }
        byte[] bytes = Lua.bytes(state, 1);
        Lua.pushText(state, sha1Hex(bytes == null ? new byte[0] : bytes));
        return 1;
    }

    static String sha1Hex(byte[] bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            return HexFormat.of().formatHex(digest.digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every platform has SHA-1", e);
        }
    }

    private static int errorReply(long state) {
        if (Lua.top(state) != 1 || Lua.type(state, 1) != Lua.STRING) {
            ReplyReader.pushError(state, "wrong number or type of arguments", false);
            return 1;
        }
        String text = ReplyBuilder.upToNul(state);
        ReplyReader.pushError(state, text.startsWith("-") ? text : "-" + text, false);
        return 1;
    }

    private static int statusReply(long state) {
        if (Lua.top(state) != 1 || Lua.type(state, 1) != Lua.STRING) {
            ReplyReader.pushError(state, "wrong number or type of arguments", false);
            return 1;
        }
        Lua.pushTable(state, 0, 1);
        Lua.pushValue(state, 1);
        Lua.setField(state, -2, "ok");
        return 1;
    }

    void close() {
        arguments.close();
        reply.close();
    }
}
