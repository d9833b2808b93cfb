package io.ferrite.engine;

import java.nio.charset.StandardCharsets;

/** Keyspace events by Redis' names, each with the class that selects it. */
public enum Event {
    // generic
    DEL("del", EventClass.GENERIC),
    EXPIRE("expire", EventClass.GENERIC),
    PERSIST("persist", EventClass.GENERIC),
    RENAME_FROM("rename_from", EventClass.GENERIC),
    RENAME_TO("rename_to", EventClass.GENERIC),
    COPY_TO("copy_to", EventClass.GENERIC),
    MOVE_FROM("move_from", EventClass.GENERIC),
    MOVE_TO("move_to", EventClass.GENERIC),
    RESTORE("restore", EventClass.GENERIC),
    EXPIRED("expired", EventClass.EXPIRED),
    EVICTED("evicted", EventClass.EVICTED),
    KEY_MISS("keymiss", EventClass.KEY_MISS),
    NEW("new", EventClass.NEW),
    // string
    SET("set", EventClass.STRING),
    SETRANGE("setrange", EventClass.STRING),
    INCRBY("incrby", EventClass.STRING),
    INCRBYFLOAT("incrbyfloat", EventClass.STRING),
    APPEND("append", EventClass.STRING),
    SETBIT("setbit", EventClass.STRING),
    PFADD("pfadd", EventClass.STRING),
    // list
    LPUSH("lpush", EventClass.LIST),
    RPUSH("rpush", EventClass.LIST),
    LPOP("lpop", EventClass.LIST),
    RPOP("rpop", EventClass.LIST),
    LINSERT("linsert", EventClass.LIST),
    LSET("lset", EventClass.LIST),
    LREM("lrem", EventClass.LIST),
    LTRIM("ltrim", EventClass.LIST),
    SORTSTORE("sortstore", EventClass.LIST),
    // set
    SADD("sadd", EventClass.SET),
    SREM("srem", EventClass.SET),
    SPOP("spop", EventClass.SET),
    SINTERSTORE("sinterstore", EventClass.SET),
    SUNIONSTORE("sunionstore", EventClass.SET),
    SDIFFSTORE("sdiffstore", EventClass.SET),
    // hash
    HSET("hset", EventClass.HASH),
    HDEL("hdel", EventClass.HASH),
    HINCRBY("hincrby", EventClass.HASH),
    HINCRBYFLOAT("hincrbyfloat", EventClass.HASH),
    HEXPIRE("hexpire", EventClass.HASH),
    HEXPIRED("hexpired", EventClass.HASH),
    HPERSIST("hpersist", EventClass.HASH),
    // sorted set
    ZADD("zadd", EventClass.ZSET),
    ZINCR("zincr", EventClass.ZSET),
    ZREM("zrem", EventClass.ZSET),
    ZREMRANGEBYRANK("zremrangebyrank", EventClass.ZSET),
    ZREMRANGEBYSCORE("zremrangebyscore", EventClass.ZSET),
    ZREMRANGEBYLEX("zremrangebylex", EventClass.ZSET),
    ZPOPMIN("zpopmin", EventClass.ZSET),
    ZPOPMAX("zpopmax", EventClass.ZSET),
    ZUNIONSTORE("zunionstore", EventClass.ZSET),
    ZINTERSTORE("zinterstore", EventClass.ZSET),
    ZDIFFSTORE("zdiffstore", EventClass.ZSET),
    ZRANGESTORE("zrangestore", EventClass.ZSET),
    GEOSEARCHSTORE("geosearchstore", EventClass.ZSET),
    GEORADIUSSTORE("georadiusstore", EventClass.ZSET),
    // stream
    XADD("xadd", EventClass.STREAM),
    XDEL("xdel", EventClass.STREAM),
    XTRIM("xtrim", EventClass.STREAM),
    XSETID("xsetid", EventClass.STREAM),
    XGROUP_CREATE("xgroup-create", EventClass.STREAM),
    XGROUP_CREATECONSUMER("xgroup-createconsumer", EventClass.STREAM),
    XGROUP_DELCONSUMER("xgroup-delconsumer", EventClass.STREAM),
    XGROUP_DESTROY("xgroup-destroy", EventClass.STREAM),
    XGROUP_SETID("xgroup-setid", EventClass.STREAM);

    private final String text;
    private final byte[] bytes;
    private final int eventClass;

    Event(String text, int eventClass) {
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.US_ASCII);
        this.eventClass = eventClass;
    }

    public String text() {
        return text;
    }

    byte[] bytes() {
        return bytes;
    }

    /** One of {@link EventClass}. */
    public int eventClass() {
        return eventClass;
    }
}
