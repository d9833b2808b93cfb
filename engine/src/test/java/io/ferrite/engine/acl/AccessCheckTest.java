package io.ferrite.engine.acl;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Slice;
import io.ferrite.resp.Request;
import io.ferrite.spec.CommandCatalog;
import io.ferrite.spec.CommandSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AccessCheckTest {

    private static final CommandCatalog CATALOG = CommandCatalog.load();

    private final AccessCheck check = new AccessCheck();

    private static UserRules rules(String line) {
        UserDraft draft = UserDraft.create(false);
        Rules.join(List.of(line.split(" "))).forEach(draft::apply);
        return draft.finish();
    }

    /** What a command is denied for: {@code NONE}, or the kind and the argument. */
    private String verdict(String rules, String line) {
        String[] words = line.split(" ");
        byte[][] arguments = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            arguments[i] = words[i].getBytes(StandardCharsets.ISO_8859_1);
        }
        try (Request request = Request.of(arguments)) {
            CommandSpec spec = CATALOG.find(words[0]);
            if (spec.isContainer() && words.length > 1) {
                Slice name = request.arg(1);
                spec = spec.subcommand(name);
            }
            Denial denial = check.check(rules(rules), spec, request);
            return denial == Denial.NONE ? "NONE" : denial + " " + words[check.argument()];
        }
    }

    @Test
    void commands_areAllowedOneByOne_byCategory_andBySubcommand() {
        assertThat(verdict("allkeys +get", "GET k")).isEqualTo("NONE");
        assertThat(verdict("allkeys +get", "SET k v")).isEqualTo("COMMAND SET");
        assertThat(verdict("allkeys +@string -set", "SET k v")).isEqualTo("COMMAND SET");
        assertThat(verdict("allkeys -set +@string", "SET k v")).isEqualTo("NONE");
        assertThat(verdict("+config|get", "CONFIG GET x")).isEqualTo("NONE");
        assertThat(verdict("+config|get", "CONFIG SET x y")).isEqualTo("COMMAND CONFIG");
        assertThat(verdict("+config -config|set", "CONFIG SET x y")).isEqualTo("COMMAND CONFIG");
        assertThat(verdict("+select|0 +select|7", "SELECT 7")).isEqualTo("NONE");
        assertThat(verdict("+select|0 +select|7", "SELECT 1")).isEqualTo("COMMAND SELECT");
        assertThat(verdict("+object|freq", "OBJECT ENCODING k")).isEqualTo("COMMAND OBJECT");
    }

    @Test
    void commandsForTheUnauthenticated_areForEverybody() {
        for (String line : List.of("AUTH x", "HELLO 3", "QUIT", "RESET")) {
            assertThat(verdict("-@all", line)).as(line).isEqualTo("NONE");
        }
    }

    @Test
    void keys_mustMatchAPattern_withTheRightToDoWhatIsDone() {
        String rules = "+@all %R~r:* %W~w:* ~rw:*";
        assertThat(verdict(rules, "GET r:1")).isEqualTo("NONE");
        assertThat(verdict(rules, "GET w:1")).isEqualTo("KEY w:1");
        assertThat(verdict(rules, "SET w:1 v")).isEqualTo("NONE");
        assertThat(verdict(rules, "SET w:1 v GET")).isEqualTo("KEY w:1");
        assertThat(verdict(rules, "SET rw:1 v GET")).isEqualTo("NONE");
        assertThat(verdict(rules, "COPY r:1 w:1")).isEqualTo("NONE");
        assertThat(verdict(rules, "COPY w:1 r:1")).isEqualTo("KEY w:1");
        assertThat(verdict(rules, "MGET r:1 rw:1 x")).isEqualTo("KEY x");
        assertThat(verdict(rules, "BITFIELD r:1 GET u4 0")).isEqualTo("NONE");
        assertThat(verdict(rules, "BITFIELD r:1 SET u4 0 1")).isEqualTo("KEY r:1");
        assertThat(verdict(rules, "EXISTS w:1")).isEqualTo("NONE");
        assertThat(verdict(rules, "TYPE x")).isEqualTo("KEY x");
    }

    /** The keys that a command touches are those that are checked, wherever they hide. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SORT_RO secret",
                "SORT ok STORE ok2 STORE secret",
                "SORT ok STORE BY STORE secret",
                "GEORADIUS ok 0 0 1 km STORE ok STOREDIST secret",
                "GEORADIUS ok 0 0 1 km STOREDIST ok STORE secret",
                "XREAD STREAMS ok secret 0 0",
                "XREAD COUNT 1 STREAMS secret 0",
                "XREADGROUP GROUP STREAMS STREAMS STREAMS secret 0",
                "XREADGROUP GROUP g c STREAMS ok secret > >",
                "EVAL script 2 ok secret",
                "EVALSHA_RO sha 1 secret",
                "FCALL f 2 ok secret",
                "COPY secret stolen DB 1",
                "COPY ok secret DB 1 REPLACE",
                "MOVE secret 1",
                "RENAME secret ok",
                "RENAME ok secret",
                "OBJECT ENCODING secret",
                "MEMORY USAGE secret",
                "DUMP secret",
                "RESTORE secret 0 x",
                "WATCH ok secret",
                "PFMERGE secret",
                "PFMERGE ok secret",
                "MIGRATE h 1 secret 0 1",
                "MIGRATE h 1  0 1 KEYS ok secret",
                "ZUNIONSTORE ok 2 ok secret",
                "ZUNIONSTORE secret 1 ok",
                "LMPOP 2 ok secret LEFT",
                "BLMPOP 0 2 ok secret LEFT",
                "BITOP NOT ok secret",
                "SINTERCARD 2 ok secret",
                "LCS ok secret"
            })
    void key_outOfReach_isFound(String line) {
        assertThat(verdict("+@all ~ok* ~BY ~STREAMS", line)).isEqualTo("KEY secret");
    }

    @Test
    void channels_matchPatterns_butPatternsOnlyThemselves() {
        String rules = "+@all &news:* &exact";
        assertThat(verdict(rules, "PUBLISH news:1 x")).isEqualTo("NONE");
        assertThat(verdict(rules, "PUBLISH other x")).isEqualTo("CHANNEL other");
        assertThat(verdict(rules, "SPUBLISH other x")).isEqualTo("CHANNEL other");
        assertThat(verdict(rules, "SUBSCRIBE news:1 exact other")).isEqualTo("CHANNEL other");
        assertThat(verdict(rules, "SSUBSCRIBE news:1")).isEqualTo("NONE");
        assertThat(verdict(rules, "PSUBSCRIBE news:*")).isEqualTo("NONE");
        assertThat(verdict(rules, "PSUBSCRIBE news:1*")).isEqualTo("CHANNEL news:1*");
        assertThat(verdict(rules, "UNSUBSCRIBE other")).isEqualTo("NONE");
    }

    @Test
    void selectors_allowACommandOnlyAsAWhole() {
        String rules = "+get ~a* (+set ~b*) (+get +mget ~c*)";
        assertThat(verdict(rules, "GET a1")).isEqualTo("NONE");
        assertThat(verdict(rules, "SET b1 v")).isEqualTo("NONE");
        assertThat(verdict(rules, "SET a1 v")).isEqualTo("KEY a1");
        assertThat(verdict(rules, "GET b1")).isEqualTo("KEY b1");
        assertThat(verdict(rules, "MGET c1 a1")).isEqualTo("KEY a1");
        assertThat(verdict(rules, "DEL c1")).isEqualTo("COMMAND DEL");
    }

    @Test
    void ofSeveralRefusals_theOneThatCameFurthestIsTold() {
        String rules = "+mget ~a ~b (+mget ~a) (+ping)";
        assertThat(verdict(rules, "MGET a b c")).isEqualTo("KEY c");
    }

    @Test
    void commandOnUnknownKeys_needsOneSelectorForAllOfThem() {
        assertThat(readsAll("+sort ~*")).isTrue();
        assertThat(readsAll("+sort %R~*")).isTrue();
        assertThat(readsAll("+sort ~a*")).isFalse();
        assertThat(readsAll("+sort ~a* (+get ~*)")).isFalse();
        assertThat(readsAll("+get ~* (+sort ~*)")).isTrue();
    }

    private boolean readsAll(String rules) {
        byte[][] words = {"SORT".getBytes(StandardCharsets.US_ASCII), {'a'}};
        try (Request request = Request.of(words)) {
            return check.mayReadAllKeys(rules(rules), CATALOG.find("sort"), request);
        }
    }
}
