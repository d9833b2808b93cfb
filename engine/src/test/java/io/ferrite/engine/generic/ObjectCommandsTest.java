package io.ferrite.engine.generic;

import io.ferrite.engine.CommandFixture;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ObjectCommandsTest {

    private final CommandFixture redis = CommandFixture.create();

    @Test
    void encoding_tellsHowAStringIsKept() {
        redis.run("SET k 12345");
        redis.run("OBJECT ENCODING k").repliesBulk("int");
        redis.run("APPEND k 6");
        redis.run("OBJECT ENCODING k").repliesBulk("raw");
        redis.run("SET k " + "x".repeat(44));
        redis.run("OBJECT ENCODING k").repliesBulk("embstr");
        redis.run("SET k " + "x".repeat(45));
        redis.run("OBJECT ENCODING k").repliesBulk("raw");
        redis.run("INCRBYFLOAT f 3");
        redis.run("OBJECT ENCODING f").repliesBulk("embstr");
        redis.run("SETRANGE r 0 a");
        redis.run("OBJECT ENCODING r").repliesBulk("raw");
        redis.run("OBJECT ENCODING nokey").repliesNil();
    }

    @Test
    void idleTime_isNotEndedByAsking() {
        redis.run("SET k v");
        redis.advance(Duration.ofSeconds(7));
        redis.run("OBJECT IDLETIME k").repliesInteger(7);
        redis.run("TYPE k");
        redis.run("TTL k");
        redis.run("EXISTS k");
        redis.run("OBJECT IDLETIME k").repliesInteger(7);
        redis.run("TOUCH k").repliesInteger(1);
        redis.run("OBJECT IDLETIME k").repliesInteger(0);
    }

    @Test
    void frequency_needsAnLfuPolicy() {
        redis.run("SET k v");
        redis.run("OBJECT FREQ nokey").repliesNil();
        redis.run("OBJECT FREQ k")
                .refuses(
                        "ERR An LFU maxmemory policy is not selected, access frequency not"
                                + " tracked. Please note that when switching between policies at"
                                + " runtime LRU and LFU data will take some time to adjust.");
        redis.engine().keyspace().access().configure(true, 10, 1);
        redis.run("SET n v");
        redis.run("OBJECT FREQ n").repliesInteger(5);
        redis.run("OBJECT IDLETIME n")
                .refuses(
                        "ERR An LFU maxmemory policy is selected, idle time not tracked. Please"
                                + " note that when switching between policies at runtime LRU and"
                                + " LFU data will take some time to adjust.");
    }

    @Test
    void references_areSharedForSmallIntegers() {
        redis.run("SET k 9999");
        redis.run("OBJECT REFCOUNT k").repliesInteger(Integer.MAX_VALUE);
        redis.run("SET k 10000");
        redis.run("OBJECT REFCOUNT k").repliesInteger(1);
    }
}
