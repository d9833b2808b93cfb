package io.ferrite.scripting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RedisApiTest {

    private final ScriptFixture redis = new ScriptFixture();

    @AfterEach
    void close() {
        redis.close();
    }

    @Test
    void keysAndArgumentsAreTables() {
        assertThat(redis.eval(1, "return {KEYS[1], ARGV[1], ARGV[2], #KEYS, #ARGV}", "k", "a", "b"))
                .isEqualTo("*5,$1,k,$1,a,$1,b,:1,:2");
        assertThat(redis.eval("return #KEYS")).isEqualTo(":0");
    }

    @Test
    void argumentsAreStringsAndNumbers() {
        redis.eval("return redis.call('x', 1, 1.5, -3, 1e20, 2^53, 10/3, '\\0')");
        assertThat(redis.calls)
                .containsExactly(
                        List.of(
                                "x",
                                "1",
                                "1.5",
                                "-3",
                                "1e+20",
                                "9007199254740992",
                                "3.3333333333333335",
                                "\0"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "return redis.call() | -ERR Please specify at least one argument for this redis lib"
                        + " call script: sha, on @user_script:1.",
                "return redis.call({}) | -ERR Lua redis lib command arguments must be strings or"
                        + " integers script: sha, on @user_script:1.",
                "return redis.pcall(nil) | -ERR Lua redis lib command arguments must be strings or"
                        + " integers",
                "return redis.setresp(4) | -ERR RESP version must be 2 or 3. script: sha, on"
                        + " @user_script:1.",
                "redis.set_repl(-1) | -ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA,"
                        + " REPL_ALL or REPL_NONE. script: sha, on @user_script:1.",
                "redis.log(9, 'x') | -ERR Invalid debug level. script: sha, on @user_script:1.",
                "redis.log(1) | -ERR redis.log() requires two arguments or more. script: sha, on"
                        + " @user_script:1.",
                "return redis.acl_check_cmd(nil) | -ERR Lua redis lib command arguments must be"
                        + " strings or integers script: sha, on @user_script:1.",
                "return redis.acl_check_cmd('x') | -ERR Invalid command passed to"
                        + " redis.acl_check_cmd() script: sha, on @user_script:1.",
                "return redis.acl_check_cmd('get') | :1",
                "return redis.acl_check_cmd('set') | $-1",
                "return redis.sha1hex('') | $40,da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "return redis.sha1hex() | -ERR wrong number of arguments script: sha, on"
                        + " @user_script:1.",
                "return redis.error_reply('My Err') | -My Err",
                "return redis.error_reply('-E x') | -E x",
                "return redis.error_reply('WORD') | -ERR WORD",
                "return redis.error_reply(1) | -ERR wrong number or type of arguments",
                "return redis.status_reply('FINE') | +FINE",
                "return redis.replicate_commands() | :1",
                "return redis.breakpoint() | $-1",
                "return redis.REDIS_VERSION | $5,7.2.4",
                "return server.call == redis.call | :1",
                "error('boom') | -ERR user_script:1: boom script: sha, on @user_script:1.",
                "error({err = 'X y'}) | -X y script: sha, on @user_script:1.",
                "return nil + 1 | -ERR user_script:1: attempt to perform arithmetic on a nil value"
                        + " script: sha, on @user_script:1.",
                "return pcall(error, 'x') | $-1",
                "return select(2, pcall(error, {err = 'E m'})) | $3,E m",
                "local x = pcall() | -ERR user_script:1: bad argument #1 to 'pcall' (value"
                        + " expected) script: sha, on @user_script:1.",
                "local s = ('x'):rep(10, 2) return #s | :10",
            })
    void answers(String script, String reply) {
        assertThat(redis.eval(script)).isEqualTo(reply);
    }

    @Test
    void anErrorOfACommandIsRaisedOrReturned() {
        redis.commands = (words, reply) -> reply.error("WRONGTYPE no");
        assertThat(redis.eval("return redis.call('x')"))
                .isEqualTo("-WRONGTYPE no script: sha, on @user_script:1.");
        assertThat(redis.eval("\n\nlocal x = redis.call('x')"))
                .isEqualTo("-WRONGTYPE no script: sha, on @user_script:3.");
        assertThat(redis.eval("local e = redis.pcall('x') return e.err"))
                .isEqualTo("$12,WRONGTYPE no");
        assertThat(redis.eval("return redis.pcall('x')")).isEqualTo("-WRONGTYPE no");
        assertThat(redis.eval("local ok, e = pcall(redis.call, 'x') return {tostring(ok), e}"))
                .isEqualTo("*2,$5,false,$12,WRONGTYPE no");
        assertThat(redis.countedErrors).isEmpty();
    }

    @Test
    void aRefusalIsAnErrorToo() {
        redis.refusal = "-OOM no";
        assertThat(redis.eval("return redis.call('x')"))
                .isEqualTo("-OOM no script: sha, on @user_script:1.");
        redis.refusal = "Unknown Redis command called from script";
        assertThat(redis.eval("return redis.pcall('x')"))
                .isEqualTo("-ERR Unknown Redis command called from script");
        assertThat(redis.countedErrors).isEmpty();
    }

    @Test
    void errorsOfTheScriptItselfAreCounted() {
        redis.eval("return {err = 'MINE x'}");
        redis.eval("error('y')");
        assertThat(redis.countedErrors)
                .containsExactly("MINE x", "ERR user_script:1: y script: sha, on @user_script:1.");
    }

    @Test
    void repliesBecomeValues() {
        redis.commands =
                (words, reply) -> {
                    switch (words.getFirst()) {
                        case "int" -> reply.integer(-42);
                        case "bulk" -> reply.bulk("a\0b");
                        case "nil" -> reply.nil();
                        case "array" -> {
                            reply.array(3);
                            reply.integer(1);
                            reply.nilArray();
                            reply.emptyArray();
                        }
                        case "map" -> {
                            reply.map(1);
                            reply.bulk("k");
                            reply.integer(2);
                        }
                        case "set" -> {
                            reply.set(1);
                            reply.bulk("m");
                        }
                        case "real" -> reply.real(1.5);
                        case "inf" -> reply.real(Double.POSITIVE_INFINITY);
                        case "bool" -> reply.bool(true);
                        case "big" -> reply.bigNumber("123");
                        case "verbatim" -> reply.verbatim("txt", "hi");
                        default -> reply.status("OK");
                    }
                };
        assertThat(redis.eval("return redis.call('int') - 1")).isEqualTo(":-43");
        assertThat(redis.eval("return #redis.call('bulk')")).isEqualTo(":3");
        assertThat(redis.eval("return tostring(redis.call('nil'))")).isEqualTo("$5,false");
        assertThat(redis.eval("redis.setresp(3) return tostring(redis.call('nil'))"))
                .isEqualTo("$3,nil");
        assertThat(redis.eval("return redis.call('ok').ok")).isEqualTo("$2,OK");
        assertThat(redis.eval("local a = redis.call('array') return {a[1], tostring(a[2]), #a[3]}"))
                .isEqualTo("*3,:1,$5,false,:0");
        assertThat(redis.eval("return redis.call('map')")).isEqualTo("*2,$1,k,:2");
        assertThat(redis.eval("redis.setresp(3) return redis.call('map').map.k")).isEqualTo(":2");
        assertThat(redis.eval("redis.setresp(3) return redis.call('map')")).isEqualTo("*2,$1,k,:2");
        assertThat(redis.eval("redis.setresp(3) return redis.call('set').set.m")).isEqualTo(":1");
        assertThat(redis.eval("redis.setresp(3) return redis.call('real')")).isEqualTo("$3,1.5");
        assertThat(redis.eval("redis.setresp(3) return redis.call('inf').double == 1/0"))
                .isEqualTo(":1");
        assertThat(redis.eval("redis.setresp(3) return redis.call('bool')")).isEqualTo(":1");
        assertThat(redis.eval("redis.setresp(3) return redis.call('big')")).isEqualTo("$3,123");
        assertThat(
                        redis.eval(
                                "redis.setresp(3) return"
                                        + " redis.call('verbatim').verbatim_string.format"))
                .isEqualTo("$3,txt");
        redis.protocol = 3;
        assertThat(redis.eval("redis.setresp(3) return {redis.call('map'), redis.call('set')}"))
                .isEqualTo("*2,%1,$1,k,:2,~1,$1,m");
        assertThat(
                        redis.eval(
                                "redis.setresp(3) return {redis.call('real'), redis.call('big'),"
                                        + " redis.call('verbatim'), true, false}"))
                .isEqualTo("*5,,1.5,(123,=6,txt:hi,#t,#f");
        assertThat(redis.eval("return {true, false}")).isEqualTo("*2,:1,_");
    }

    @Test
    void valuesBecomeReplies() {
        assertThat(redis.eval("return {1.9, -1.9, 2^63, 'x', {}, {1, nil, 3}, function() end}"))
                .isEqualTo("*7,:1,:-1,:-9223372036854775808,$1,x,*0,*1,:1,$-1");
        assertThat(redis.eval("return {double = 0.1}")).isEqualTo("$3,0.1");
        assertThat(redis.eval("return {map = {a = {set = {b = true}}}}"))
                .isEqualTo("*2,$1,a,*1,$1,b");
        assertThat(redis.eval("return {err = 'a\\r\\n:1'}")).isEqualTo("-a  :1");
        assertThat(redis.eval("return {ok = 'a\\r\\n:1'}")).isEqualTo("+a  :1");
        assertThat(redis.eval("return redis.error_reply('x\\r\\n+OK\\r\\n$3\\r\\nfoo')"))
                .isEqualTo("-ERR x  +OK  $3  foo");
    }

    @Test
    void aTableThatHoldsItselfEndsInAnError() {
        String reply = redis.eval("local a = {} local b = {a} a[1] = b return a");
        assertThat(reply).startsWith("*1,*1,*1,").endsWith("-ERR reached lua stack limit");
        assertThat(redis.eval("return 1")).isEqualTo(":1");
    }

    @Test
    void linesAreLoggedAboveTheLevel() {
        redis.eval(
                "redis.log(redis.LOG_DEBUG, 'no') redis.log(redis.LOG_WARNING, 'a', 1, {}, 'b')");
        assertThat(redis.log).containsExactly("3 a 1 b");
    }

    @Test
    void aSeedGivesTheNumbersOfRedis() {
        assertThat(
                        redis.eval(
                                "math.randomseed(0) return {math.random(100), math.random(5, 10),"
                                        + " tostring(math.random())}"))
                .isEqualTo(
                        redis.eval(
                                "math.randomseed(0) return {math.random(100), math.random(5, 10),"
                                        + " tostring(math.random())}"));
        assertThat(redis.eval("math.randomseed(0) return tostring(math.random())"))
                .isEqualTo("$16,0.17082803611217");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bit.tohex(65535, -2147483648) | 0000FFFF",
                "bit.tohex(255) | 000000ff",
                "bit.tohex(255, 4) | 00ff",
            })
    void hexadecimalDigits(String expression, String text) {
        String script = "return " + expression;
        assertThat(redis.eval(script)).isEqualTo("$" + text.length() + "," + text);
    }

    @Test
    void bitsAreThirtyTwo() {
        assertThat(
                        redis.eval(
                                "return {bit.band(7, 3, 2), bit.bor(1, 2), bit.bxor(3, 1),"
                                        + " bit.bnot(0), bit.lshift(1, 33), bit.rshift(-1, 28),"
                                        + " bit.arshift(-8, 2), bit.rol(1, 31), bit.ror(1, 1),"
                                        + " bit.bswap(1), bit.tobit(2^32 + 5), bit.tobit('0x10')}"))
                .isEqualTo(
                        "*12,:2,:3,:2,:-1,:2,:15,:-2,:-2147483648,:-2147483648,:16777216,:5,:16");
        assertThat(redis.eval("return bit.band({})"))
                .contains("bad argument #1 to 'band' (number expected, got table)");
    }
}
