package io.ferrite.scripting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SandboxTest {

    private final ScriptFixture redis = new ScriptFixture();

    @AfterEach
    void close() {
        redis.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return {unpack({1, 2, 3}, -2, 2147483647)}",
                "return {unpack({1, 2, 3}, 4294967294, 2147483647)}",
                "return {unpack({}, 1, 0/0)}",
                "return {unpack({}, 0, 8000)}",
            })
    void unpackGivesNoMoreThanTheStackHolds(String script) {
        assertThat(redis.eval(script)).startsWith("-ERR").contains("too many results to unpack");
        assertThat(redis.eval("return {unpack({1, 2, 3}, 2)}")).isEqualTo("*2,:2,:3");
        assertThat(redis.eval("return {unpack({1, 2}, -1, 1)}")).isEqualTo("*0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x = 1",
                "redis = 1",
                "redis.call = print_ or tostring",
                "string.rep = nil",
                "math.pi = 3",
                "cjson_ = 1",
                "bit.band = nil",
                "table.insert = 1",
                "coroutine.create = nil",
                "_G = {}",
                "_G.x = 1",
                "_G.redis = nil",
                "setmetatable(_G, {})",
                "setmetatable(redis, {})",
                "rawset(_G, 'x', 1)",
                "rawset(redis, 'call', 1)",
                "getmetatable(_G).__index = nil",
                "getmetatable(_G).__newindex = nil",
                "getmetatable('').__index = function() return 1 end",
                "getmetatable('').__index.rep = 1",
                "table.insert(redis, 1)",
                "table.insert(redis, 1, 1)",
                "table.remove(_G, 1)",
                "setfenv(0, {})",
                "local _, t = pairs(redis); t.call = nil",
                "local _, t = pairs(_G); t.redis = nil",
                "KEYS = {}",
            })
    void whatScriptsShareCannotBeChanged(String script) {
        String wanted =
                "-ERR user_script:1: Attempt to modify a readonly table script: sha, on"
                        + " @user_script:1.";
        if (script.contains("print_")) {
            script = script.replace("print_ or ", "");
        }
        // Where C code looks there is no place in the script to name.
        assertThat(redis.eval(script)).isIn(wanted, wanted.replace("user_script:1: ", ""));
        assertThat(redis.eval("return {type(redis.call), type(string.rep), #_G, ('x'):rep(2)}"))
                .isEqualTo("*4,$8,function,$8,function,:0,$2,xx");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "print",
                "dofile",
                "loadfile",
                "newproxy",
                "debug",
                "io",
                "package",
                "require",
                "module",
                "luajava",
                "unknown"
            })
    void whatLeadsOutsideIsNotThere(String name) {
        assertThat(redis.eval("return " + name))
                .isEqualTo(
                        "-ERR user_script:1: Script attempted to access nonexistent global variable"
                                + " '"
                                + name
                                + "' script: sha, on @user_script:1.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "return os.execute | $-1",
                "return type(os.clock()) | $6,number",
                "return type(getmetatable(redis)) | $3,nil",
                "return type(getmetatable({})) | $3,nil",
                "return type(getmetatable(_G)) | $5,table",
                "return rawget(redis, 'LOG_NOTICE') | :2",
                "return rawget(_G, 'nothing') | $-1",
                "local n = 0 for k, v in pairs(math) do n = n + 1 end return n > 20 | :1",
                "for k, v in pairs(_G) do if k == 'redis' then return type(v.call) end end |"
                        + " $8,function",
                "return next({}) | $-1",
                "return next({7}) | :1",
                "local t = {} table.insert(t, 'a') table.insert(t, 1, 'b') return t | *2,$1,b,$1,a",
                "return setmetatable({}, {__index = {3}})[1] | :3",
                "return getmetatable(setmetatable({}, {__metatable = 4})) | :4",
                "return loadstring('return 5')() | :5",
                "return load(coroutine.wrap(function() coroutine.yield('return ')"
                        + " coroutine.yield('6') end))() | :6",
                "return type(loadstring('\\27Lua')) | $3,nil",
                "return getfenv(pcall) == _G | :1",
                "return getfenv(1) == _G | :1",
                "return getfenv(redis.call) == _G | :1",
                "local f = setfenv(function() y = 1 return y end, {}) return f() | :1",
                "return type(string.dump(function() end)) | $6,string",
                "return select(2, loadstring('\\27Lua')) | "
                        + "$58,[string \" \\x1bLua\"]:1: unexpected symbol near 'char(27)'",
            })
    void lookingIsFine(String script, String reply) {
        if (reply.startsWith("$58")) {
            assertThat(redis.eval(script)).endsWith("unexpected symbol near 'char(27)'");
        } else {
            assertThat(redis.eval(script)).isEqualTo(reply);
        }
    }

    @Test
    void anEnvironmentOfTheLibraryCannotBeUsedToLeaveSomething() {
        assertThat(redis.eval("return select(2, pcall(setfenv, 2, {left = 1}))"))
                .contains("invalid level");
        assertThat(redis.eval("return select(2, pcall(setfenv, pcall, {left = 1}))"))
                .contains("cannot change environment of given object");
    }

    @Test
    void compiledCodeDoesNotRun() {
        assertThat(redis.eval("\033Lua"))
                .isEqualTo("user_script:1: unexpected symbol near 'char(27)'");
    }

    @Test
    void memoryIsLimited() {
        redis.memory = 8 << 20;
        assertThat(redis.eval("local s = 'x' for i = 1, 40 do s = s .. s end return #s"))
                .contains("not enough memory");
        assertThat(redis.eval("return string.rep('x', 1e10)")).contains("not enough memory");
        assertThat(redis.eval("local t = {} for i = 1, 1e9 do t[i] = i end"))
                .contains("not enough memory");
        assertThat(redis.eval("return pcall(string.rep, 'x', 1e8)")).isEqualTo("$-1");
        assertThat(redis.eval("return #string.rep('x', 1e6)")).isEqualTo(":1000000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while true do end",
                "while true do pcall(function() while true do end end) end",
                "while true do xpcall(function() while true do end end, function() while true do"
                        + " end end) end",
                "local function f() return pcall(f) end while true do pcall(f) end",
                "while true do local co = coroutine.create(function() while true do end end)"
                        + " coroutine.resume(co) end",
                "local co = coroutine.wrap(function() pcall(function() while true do end end) while"
                        + " true do end end) while true do pcall(co) end",
            })
    void anyLoopCanBeEnded(String script) {
        redis.interruption = "Script killed by user with SCRIPT KILL...";
        assertThat(redis.eval(script))
                .startsWith("-ERR Script killed by user with SCRIPT KILL... script: sha, on @user");
        redis.interruption = null;
        assertThat(redis.eval("return 1")).isEqualTo(":1");
    }
}
