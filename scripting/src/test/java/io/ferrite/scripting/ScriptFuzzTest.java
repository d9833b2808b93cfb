package io.ferrite.scripting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Scripts drawn by chance, that call every function with every kind of argument, nest, recurse and
 * take memory: whatever they do, they end, the process stays, and the next script finds the state
 * as it was. What went wrong once is among the fragments.
 */
final class ScriptFuzzTest {

    private static final int SCRIPTS = Integer.getInteger("ferrite.fuzz.scripts", 200);
    private static final long MEMORY = 16L << 20;

    private static final List<String> FUNCTIONS =
            List.of(
                    "string.find",
                    "string.match",
                    "string.gsub",
                    "string.gmatch",
                    "string.rep",
                    "string.format",
                    "string.byte",
                    "string.char",
                    "string.sub",
                    "string.upper",
                    "string.reverse",
                    "string.len",
                    "string.dump",
                    "table.concat",
                    "table.insert",
                    "table.remove",
                    "table.sort",
                    "table.getn",
                    "table.maxn",
                    "table.foreach",
                    "table.foreachi",
                    "table.setn",
                    "unpack",
                    "select",
                    "next",
                    "pairs",
                    "ipairs",
                    "rawget",
                    "rawset",
                    "rawequal",
                    "setmetatable",
                    "getmetatable",
                    "tostring",
                    "tonumber",
                    "type",
                    "pcall",
                    "xpcall",
                    "error",
                    "assert",
                    "load",
                    "loadstring",
                    "setfenv",
                    "getfenv",
                    "collectgarbage",
                    "gcinfo",
                    "coroutine.create",
                    "coroutine.resume",
                    "coroutine.wrap",
                    "coroutine.yield",
                    "coroutine.status",
                    "coroutine.running",
                    "math.floor",
                    "math.random",
                    "math.randomseed",
                    "math.fmod",
                    "math.max",
                    "cjson.encode",
                    "cjson.decode",
                    "cjson.encode_max_depth",
                    "cjson.decode_max_depth",
                    "cjson.encode_sparse_array",
                    "cjson.encode_number_precision",
                    "cjson.encode_invalid_numbers",
                    "cmsgpack.pack",
                    "cmsgpack.unpack",
                    "cmsgpack.unpack_one",
                    "cmsgpack.unpack_limit",
                    "struct.pack",
                    "struct.unpack",
                    "struct.size",
                    "bit.band",
                    "bit.tohex",
                    "bit.lshift",
                    "redis.call",
                    "redis.pcall",
                    "redis.error_reply",
                    "redis.status_reply",
                    "redis.sha1hex",
                    "redis.log",
                    "redis.setresp",
                    "redis.set_repl",
                    "redis.acl_check_cmd",
                    "os.clock");

    private static final List<String> VALUES =
            List.of(
                    "nil",
                    "true",
                    "false",
                    "0",
                    "1",
                    "-1",
                    "2^31",
                    "-2^31",
                    "2^53",
                    "2^63",
                    "1/0",
                    "-1/0",
                    "0/0",
                    "0.5",
                    "''",
                    "'a'",
                    "'%'",
                    "'['",
                    "'%b()'",
                    "'%f[%w]'",
                    "'(a*)'",
                    "'.-.-.-x'",
                    "string.rep('a?', 300)",
                    "string.rep('(', 40)",
                    "string.rep('a', 5000)",
                    "'\\0\\1\\255'",
                    "'{\"a\":[1,{}]}'",
                    "string.rep('[', 1500)",
                    "'\\221\\255\\255\\255\\255'",
                    "'>i16!8c0s'",
                    "'i33'",
                    "'Bc0'",
                    "'return 1'",
                    "'\\27Lua'",
                    "string.rep('{', 300)",
                    "{}",
                    "{1, 2, 3}",
                    "{a = 1, [2] = 'x'}",
                    "{{{{}}}}",
                    "t",
                    "g",
                    "f",
                    "_G",
                    "string",
                    "redis",
                    "getmetatable('')",
                    "{err = 'x'}",
                    "{ok = 1}",
                    "{map = {a = {}}}",
                    "{double = 1/0}",
                    "cjson.null",
                    "KEYS",
                    "ARGV",
                    "function(...) return ... end",
                    "function() error({}) end",
                    "function(a) return f(a) end",
                    "coroutine.create(function() f() end)",
                    "setmetatable({}, {__index = f, __newindex = f, __call = f, __tostring = f,"
                            + " __lt = f, __eq = f, __concat = f, __len = f, __metatable = 1})");

    private final long seed = Long.getLong("ferrite.fuzz.seed", System.nanoTime());
    private final SplittableRandom random;
    private final StringBuilder out = new StringBuilder();
    private int left;

    ScriptFuzzTest() {
        random = new SplittableRandom(seed);
    }

    private String any(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private String expression(int depth) {
        if (depth == 0 || random.nextInt(3) == 0) {
            return any(VALUES);
        }
        return switch (random.nextInt(6)) {
            case 0 -> "(" + expression(depth - 1) + " .. " + expression(depth - 1) + ")";
            case 1 -> "(" + expression(depth - 1) + " == " + expression(depth - 1) + ")";
            case 2 -> "select(2, pcall(" + any(FUNCTIONS) + arguments(depth - 1, true) + "))";
            case 3 -> "{" + expression(depth - 1) + ", " + expression(depth - 1) + "}";
            default -> any(FUNCTIONS) + "(" + arguments(depth - 1, false) + ")";
        };
    }

    private String arguments(int depth, boolean more) {
        StringBuilder list = new StringBuilder();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            list.append(more || i > 0 ? ", " : "").append(expression(depth));
        }
        return list.toString();
    }

    private void statement(int depth) {
        if (left-- <= 0) {
            return;
        }
        switch (random.nextInt(9)) {
            case 0 -> out.append("t = ").append(expression(3)).append(' ');
            case 1 ->
                    block("for i = 1, " + (random.nextBoolean() ? 20 : 1_000_000) + " do ", depth);
            case 2 -> block("pcall(function() ", depth);
            case 3 -> block("coroutine.wrap(function() ", depth);
            case 4 -> block("while true do ", depth);
            case 5 ->
                    out.append("pcall(function() g[")
                            .append(expression(2))
                            .append("] = ")
                            .append(expression(2))
                            .append(" end) ");
            default ->
                    out.append("pcall(")
                            .append(any(FUNCTIONS))
                            .append(arguments(3, true))
                            .append(") ");
        }
    }

    private void block(String begin, int depth) {
        out.append(begin);
        int count = depth == 0 ? 1 : 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            if (depth > 0) {
                statement(depth - 1);
            }
        }
        out.append(begin.startsWith("pcall") ? "end) " : "end ");
        if (begin.startsWith("coroutine")) {
            out.insert(out.length() - 1, ")()");
        }
    }

    private String script() {
        out.setLength(0);
        out.append("local t, g = {}, {} local f f = function(...) g.n = (g.n or 0) + 1 ");
        left = 12;
        statement(2);
        out.append("return ... end ");
        for (int i = 0; i < 4; i++) {
            statement(3);
        }
        out.append("return ").append(expression(3));
        return out.toString();
    }

    @Test
    void whateverScriptsDo_theyEnd_andNothingIsLeft() {
        try (ScriptFixture fixture = new ScriptFixture()) {
            fixture.memory = MEMORY;
            String globals = names(fixture);
            for (int i = 0; i < SCRIPTS; i++) {
                String script = script();
                int[] hooks = {0};
                fixture.interrupting = () -> hooks[0]++ > 2 ? "Script killed" : null;
                String answer = fixture.eval(script);
                fixture.interrupting = null;
                assertThat(answer).as("seed %d: %s", seed, script).isNotNull();
                if (i % 20 == 0) {
                    assertThat(names(fixture)).as("seed %d: %s", seed, script).isEqualTo(globals);
                    assertThat(fixture.eval("return string.rep('ab', 3)")).isEqualTo("$6,ababab");
                    assertThat(fixture.eval("return ('x'):upper() .. cjson.encode({1})"))
                            .as("seed %d: %s", seed, script)
                            .isEqualTo("$4,X[1]");
                }
            }
        }
    }

    private static String names(ScriptFixture fixture) {
        return fixture.eval(
                "local r = {} for k, v in pairs(_G) do r[#r + 1] = k .. type(v) if type(v) =="
                        + " 'table' and k ~= '_G' and k ~= 'KEYS' and k ~= 'ARGV' then for n, w in"
                        + " pairs(v) do r[#r + 1] = k .. n .. type(w) end end end table.sort(r)"
                        + " return table.concat(r, ' ')");
    }
}
