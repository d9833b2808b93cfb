package io.ferrite.node.config;

/** A number of bytes as configuration files and some commands write it, such as {@code 64kb}. */
public final class MemorySize {

    private MemorySize() {}

    /** The bytes, or -1 when the word is no such number or too large for one. */
    public static long parse(String word) {
        return Numbers.isMemory(word) ? Math.max(-1, Numbers.parseMemory(word)) : -1;
    }
}
