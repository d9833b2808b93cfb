package io.ferrite.module;

/** The classes of events on keys, as {@code notify-keyspace-events} has them. */
public enum EventKind {
    GENERIC,
    STRING,
    LIST,
    SET,
    HASH,
    ZSET,
    STREAM,
    EXPIRED,
    EVICTED,
    MODULE,
    NEW
}
