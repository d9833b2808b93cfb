package io.ferrite.node.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.engine.CommandTable;
import io.ferrite.node.SimulatedNode;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which scripts are known to stay with their keys. */
final class KeyedScriptTest {

    private static SimulatedNode server;
    private static CommandTable commands;

    @BeforeAll
    static void start() {
        server = new SimulatedNode(new SimulatedDisk(SimulatedNode.DIRECTORY));
        commands = server.node().engine().commands();
    }

    @AfterAll
    static void end() {
        server.close();
    }

    private static boolean stays(String script) {
        return KeyedScript.staysWithItsKeys(
                script.getBytes(StandardCharsets.ISO_8859_1), 0, commands);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return redis.call('get', KEYS[1])",
                "return redis.call(\"SET\", KEYS[1], ARGV[1], 'px', ARGV[2])",
                "local n = redis.pcall('incr', KEYS[1]) if n == 1 then"
                        + " redis.call('expire', KEYS[1], ARGV[1]) end return n",
                "local k = KEYS[1] redis.call('hset', k, 'a', #KEYS) return redis.call('hget', k,"
                        + " 'a')",
                "local k = KEYS[1]; local l = KEYS[2]; redis.call('lpush', k, 1) return"
                        + " redis.call('lrange', l, 0, -1)",
                "return redis.call('mget', KEYS[1], KEYS[2])",
                "for i = 1, #KEYS do redis.call('del', KEYS[i]) end",
                "return redis.call('incrby', KEYS[1 + #ARGV - #ARGV], redis.call('get', KEYS[2]))",
                "-- redis.call('get', 'x')\nreturn redis.call('get', KEYS[1]) --[[ _G ]]",
                "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1])"
                        + " else return 0 end",
                "redis.log(redis.LOG_NOTICE, 'x') return {redis.call('time'),"
                        + " redis.call('get', KEYS[1])}",
            })
    void scriptThatNamesItsKeys_isKnown(String script) {
        assertThat(stays(script)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return redis.call('get', 'k')",
                "return redis.call('get', KEYS[1] .. 'x')",
                "return redis.call('get', (KEYS[1]))",
                "return redis.call('get', ARGV[1])",
                "return redis.call(ARGV[1], KEYS[1])",
                "return redis.call('g' .. 'et', KEYS[1])",
                "return redis.call('\\103et', KEYS[1])",
                "return redis.call('mget', KEYS[1], 'x')",
                "return redis.call('mset', KEYS[1], 'x')",
                "return redis.call('copy', KEYS[1], KEYS[2])",
                "return redis.call('keys', '*')",
                "return redis.call('dbsize')",
                "return redis.call('flushall')",
                "return redis.call('sort', KEYS[1], 'by', 'w_*')",
                "return redis.call('object', 'encoding', KEYS[1])",
                "return redis.call('eval', 'x', 0)",
                "local c = redis.call return c('get', 'k')",
                "return redis['call']('get', 'k')",
                "local r = redis return r.call('get', 'k')",
                "return pcall(redis.call, 'get', 'k')",
                "return redis.call('get', KEYS[1]), server.call('get', 'x')",
                "return _G.redis.call('get', 'k')",
                "return getfenv(1)",
                "return loadstring('x')",
                "KEYS[1] = 'x' return redis.call('get', KEYS[1])",
                "local t = KEYS t[1] = 'x' return redis.call('get', KEYS[1])",
                "table.insert(KEYS, 1, 'x') return redis.call('get', KEYS[1])",
                "local k = KEYS[1] k = 'x' return redis.call('get', k)",
                "local k = KEYS[1] local a, k = 1, 'x' return redis.call('get', k)",
                "local k = KEYS[1] do local k = 'x' redis.call('get', k) end",
                "local k = KEYS[1] local function f(k) return redis.call('get', k) end return"
                        + " f('x')",
                "local k = KEYS[1] local f = function(a, k) return redis.call('get', k) end",
                "local k = KEYS[1] for k in pairs({x = 1}) do redis.call('get', k) end",
                "local k = KEYS[1] for _, k in pairs({'x'}) do redis.call('get', k) end",
                "local k = KEYS[1] for k = 1, 2 do redis.call('get', k) end",
                "local k = KEYS[1] or 'x' return redis.call('get', k)",
                "local k = KEYS[1] .. 'x' return redis.call('get', k)",
                "local k = KEYS[1] a, k = 1, 'x' return redis.call('get', k)",
                "redis.call('get', k) local k = KEYS[1]",
                "redis.call = nil",
                "return redis.call('get', KEYS[1]",
                "return 'unfinished",
                "return redis.call('blpop', KEYS[1], 0)",
                "return redis.call('nosuch', KEYS[1])",
            })
    void scriptThatMightLeaveThem_isNot(String script) {
        assertThat(stays(script)).isFalse();
    }

    private static boolean functionsStay(String library) {
        return KeyedScript.functionsStayWithTheirKeys(
                library.getBytes(StandardCharsets.ISO_8859_1), 0, commands);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis.register_function('f', function(keys, args)"
                        + " return redis.call('get', keys[1]) end)",
                "redis.register_function{function_name = 'f', flags = {'no-writes'},"
                        + " callback = function(keys) return redis.call('get', keys[1]) end}",
                "redis.register_function({callback = function(keys, args) local k = keys[1]"
                        + " return redis.call('set', k, args[1]) end, function_name = 'f'})",
                "local function add(keys, args) return redis.call('incrby', keys[1], #keys) end"
                        + " redis.register_function('f', add) redis.register_function('g', add)",
                "local function twice(n) return 2 * n end"
                        + " redis.register_function('f', function(keys, args)"
                        + " return redis.call('incrby', keys[1], twice(args[1])) end)",
            })
    void functionsThatNameTheirKeys_areKnown(String library) {
        assertThat(functionsStay(library)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis.register_function('f', function(keys) return redis.call('get', 'k') end)",
                "redis.register_function('f', function(k) return redis.call('get', k[1]) end)",
                "redis.register_function('f', function(keys) keys = {'k'}"
                        + " return redis.call('get', keys[1]) end)",
                "redis.register_function('f', function(keys) keys[1] = 'k'"
                        + " return redis.call('get', keys[1]) end)",
                "redis.register_function('f', function(keys) local keys = {'k'}"
                        + " return redis.call('get', keys[1]) end)",
                "local function get(keys) return redis.call('get', keys[1]) end"
                        + " redis.register_function('f', function(k) return get({'k'}) end)",
                "local function get(keys) return redis.call('get', keys[1]) end"
                        + " redis.register_function('f', get)"
                        + " redis.register_function('g', function(k) return get({'k'}) end)",
                "local t = {callback = function(keys) return redis.call('get', keys[1]) end}"
                        + " redis.register_function('f', function(k) return t.callback({'k'}) end)",
                "local keys = {'k'} redis.register_function('f', function(a)"
                        + " return redis.call('get', keys[1]) end)",
                "local r = redis redis.register_function('f', function(keys) return 1 end)",
                "redis.register_function('f', function(keys) return redis.call('keys', '*') end)",
            })
    void functionsThatMayGoElsewhere_areNotKnown(String library) {
        assertThat(functionsStay(library)).isFalse();
    }
}
