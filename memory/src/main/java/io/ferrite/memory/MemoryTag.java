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
    OTHER;

    /** Whether it is for the data that clients have stored, and nothing else. */
    public boolean isData() {
        return switch (this) {
            case ENTRY, STRING, LIST, SET, HASH, ZSET, STREAM, MODULE -> true;
            case KEYSPACE_INDEX, EXPIRY, LOG, CLIENT, SCRIPT, TRACKING, OTHER -> false;
        };
    }
}
