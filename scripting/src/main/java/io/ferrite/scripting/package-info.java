/**
 * What a script of Redis sees: a Lua 5.1 without the world outside, with {@code redis.call} and the
 * libraries that Redis adds, and its values turned into replies and back.
 *
 * <pre>
 *   Interpreter        one sandbox, made from prelude.lua; runs scripts, loads function libraries
 *     Sandbox          tables that cannot be changed, functions that are safe to hand out
 *     RedisApi         redis.call and its neighbours, over a {@link io.ferrite.scripting.ScriptHost}
 *     ReplyReader      a reply of a command as a Lua value
 *     ReplyBuilder     a Lua value as a reply to the client
 *   library            cjson, cmsgpack, struct, bit
 *   lua                Lua itself
 * </pre>
 */
package io.ferrite.scripting;
