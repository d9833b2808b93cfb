package io.ferrite.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The filters of CLIENT LIST and CLIENT KILL. */
final class ClientFilterTest {

    private static LiveServer server;
    private static TestClient one;
    private static TestClient two;
    private static TestClient asks;

    @BeforeAll
    static void start() throws IOException {
        server = new LiveServer();
        one = new TestClient(server.port());
        two = new TestClient(server.port());
        asks = new TestClient(server.port());
        one.run("CLIENT SETNAME one");
        one.run("CLIENT SETINFO LIB-NAME lib1");
        one.run("SELECT 3");
        asks.run("ACL SETUSER other on nopass +@all ~* &*");
        two.run("CLIENT SETNAME two");
        two.run("CLIENT SETINFO LIB-VER 2.0");
        two.run("AUTH other x");
        two.run("SUBSCRIBE c");
        asks.run("CLIENT SETNAME asks");
    }

    @AfterAll
    static void end() throws IOException {
        one.close();
        two.close();
        asks.close();
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "NAME one,one",
        "NOT-NAME one,two asks",
        "LIB-NAME lib1,one",
        "NOT-LIB-NAME lib1,two asks",
        "LIB-VER 2.0,two",
        "NOT-LIB-VER 2.0,one asks",
        "DB 3,one",
        "NOT-DB 3,two asks",
        "USER other,two",
        "NOT-USER other,one asks",
        "TYPE pubsub,two",
        "NOT-TYPE pubsub,one asks",
        "FLAGS P,two",
        "NOT-FLAGS P,one asks",
        "FLAGS N,one asks",
        "IP 127.0.0.1,one two asks",
        "NOT-IP 127.0.0.1,''",
        "CAPA r,''",
        "NOT-CAPA r,one two asks",
        "SKIPME yes,one two",
        "SKIPME no,one two asks",
        "MAXAGE 100000,''",
        "IDLE 100000,''",
        "NAME one NOT-DB 3,''",
        "NAME one NAME two,two",
        "TYPE normal SKIPME yes,one"
    })
    void clientsThatFit_areListed(String filter, String names) {
        String list = asks.text("CLIENT LIST " + filter);
        for (String name : new String[] {"one", "two", "asks"}) {
            assertThat(list.contains(" name=" + name + " "))
                    .as(name)
                    .isEqualTo(names.contains(name));
        }
    }

    @Test
    void clientsByNumber_areListed() {
        Object id = one.run("CLIENT ID");
        Object mine = asks.run("CLIENT ID");
        assertThat(asks.text("CLIENT LIST ID " + id + " " + mine).lines()).hasSize(2);
        assertThat(asks.text("CLIENT LIST ID " + id + " " + mine + " NAME one").lines()).hasSize(1);
        assertThat(asks.text("CLIENT LIST NOT-ID " + id + " " + mine)).contains(" name=two ");
        assertThat(asks.text("CLIENT LIST NOT-ID " + id).lines()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "ID x,Invalid client ID",
        "ID,syntax error",
        "TYPE bad,Unknown client type 'bad'",
        "USER nobody,No such user 'nobody'",
        "DB 16,DB number should be between 0 and 15",
        "FLAGS ?,Unknown flags found in the provided filter: ?",
        "NOT-FLAGS ?,Unknown flags found in the NOT-FLAGS filter: ?",
        "CAPA z,Unknown capa found in the provided filter: z",
        "MAXAGE 0,maxage should be greater than 0",
        "IDLE x,idle is not an integer or out of range",
        "SKIPME maybe,syntax error",
        "NOT-SKIPME yes,syntax error",
        "BAD x,syntax error"
    })
    void wrongFilters_areRefused(String filter, String error) {
        assertThat(asks.text("CLIENT LIST " + filter)).isEqualTo("-ERR " + error);
        String same =
                error.equals("Invalid client ID") ? "client-id should be greater than 0" : error;
        if (!filter.equals("ID")) {
            assertThat(asks.text("CLIENT KILL " + filter)).isEqualTo("-ERR " + same);
        }
    }

    @Test
    void clientsThatFit_areClosed() {
        try (TestClient victim = new TestClient(server.port());
                TestClient spared = new TestClient(server.port())) {
            victim.run("CLIENT SETNAME victim");
            spared.run("CLIENT SETNAME spared");
            assertThat(asks.run("CLIENT KILL NAME victim NOT-USER other")).isEqualTo(1L);
            assertThat(asks.run("CLIENT KILL NAME asks")).isEqualTo(0L);
            assertThat(spared.text("PING")).isEqualTo("PONG");
        }
    }
}
