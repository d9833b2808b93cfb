package io.ferrite.memory;

/** What a block of off-heap memory is for; every byte in use is counted under exactly one tag. */
public enum MemoryTag {
    KEYSPACE_INDEX,
    ENTRY,
    STRING,
    LIST,
    SET,
    HASH,
    ZSET,
    STREAM,
    MODULE,
    EXPIRY,
    LOG,
    CLIENT,
    SCRIPT,
    TRACKING,
    OTHER
}
