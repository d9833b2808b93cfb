/**
 * Lua 5.1 as it is: its shared library found and loaded, its functions callable, Java functions
 * callable from it. Knows nothing of Redis.
 *
 * <p>Why the real one: scripts rely on what Lua 5.1 does to the last digit of a number. Its library
 * is called through the foreign function interface, so that nothing here has to be compiled for a
 * machine.
 */
package io.ferrite.scripting.lua;
