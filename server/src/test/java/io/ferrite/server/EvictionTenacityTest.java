package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** maxmemory-eviction-tenacity: how much one command evicts before it runs. */
final class EvictionTenacityTest {

    @Test
    void withoutBound_theNextCommandFindsTheMemoryBelowItsLimit() throws IOException {
        try (LiveServer server = new LiveServer("--io-threads", "2")) {
            Wire me = server.connect();
            StringBuilder fill = new StringBuilder("MSET");
            for (int i = 0; i < 50_000; i++) {
                fill.append(" key:").append(i).append(" value");
            }
            me.run(fill.toString());
            me.run("CONFIG SET maxmemory-policy allkeys-random maxmemory-eviction-tenacity 100");
            me.run("CONFIG SET maxmemory 1");
            assertThat(me.run("PING")).startsWith("+PONG");
            assertThat(me.run("DBSIZE")).isEqualTo(":0|");
            assertThat(me.run("SET k v")).startsWith("-OOM");
        }
    }
}
