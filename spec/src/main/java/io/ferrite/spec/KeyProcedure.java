package io.ferrite.spec;

/**
 * What finds a command's keys where its key specifications can't: their places depend on other
 * arguments in a way of their own, or what happens to them does.
 */
enum KeyProcedure {
    NONE,
    /** A number of keys, then the keys: asked when the number is not well formed. */
    NUMKEYS,
    SORT,
    SORT_RO,
    MIGRATE,
    SET,
    BITFIELD,
    DELEX,
    XREAD,
    GEORADIUS
}
