/** The libraries that Redis adds to Lua's own: cjson, cmsgpack, struct and bit. */
package io.ferrite.scripting.library;
