package io.ferrite.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Keys of commands that a redis-server 7.0 does not have, or finds in another way. */
final class KeyFinderTest {

    private final KeyFinder finder = new KeyFinder();
    private final KeyRefs refs = new KeyRefs();

    /** Each key as {@code name:FLAG+FLAG}; "invalid" if the arguments make no sense. */
    private List<String> keys(String call) {
        List<String> words = Arrays.asList(call.split(" ", -1));
        String name = words.getFirst();
        CommandSpec spec = Objects.requireNonNull(CommandCatalog.load().find(name), name);
        try (TestArgs args = TestArgs.of(words)) {
            if (finder.find(spec, args, refs) < 0) {
                return List.of("invalid");
            }
        }
        List<String> found = new ArrayList<>();
        for (int i = 0; i < refs.count(); i++) {
            List<String> flags = new ArrayList<>();
            for (KeyFlag flag : KeyFlag.values()) {
                if ((refs.flags(i) & flag.bit()) != 0) {
                    flags.add(flag.name());
                }
            }
            found.add(words.get(refs.position(i)) + ":" + String.join("+", flags));
        }
        return found;
    }

    @Test
    void set_readsTheOldValueToReturnOrCompareIt() {
        assertThat(keys("SET k v NX EX 10")).containsExactly("k:OW+UPDATE");
        for (String option : List.of("GET", "get", "IFEQ x", "IFNE x", "ifdeq x", "IFDNE x")) {
            assertThat(keys("SET k v " + option)).containsExactly("k:RW+ACCESS+UPDATE");
        }
        assertThat(keys("SET k GET")).containsExactly("k:OW+UPDATE");
    }

    @Test
    void delex_readsTheValueOnlyToCompareIt() {
        assertThat(keys("DELEX k")).containsExactly("k:RM+DELETE");
        assertThat(keys("DELEX k IFEQ v")).containsExactly("k:RW+ACCESS+DELETE");
    }

    @Test
    void msetex_takesEverySecondOfTheCountedArguments() {
        assertThat(keys("MSETEX 2 a 1 b 2 NX EX 10")).containsExactly("a:OW+UPDATE", "b:OW+UPDATE");
        assertThat(keys("MSETEX 3 a 1 b 2")).containsExactly("invalid");
        assertThat(keys("MSETEX 0 a 1 b 2")).containsExactly("invalid");
        assertThat(keys("MSETEX x a 1 b 2")).containsExactly("invalid");
        assertThat(keys("MSETEX 99999999999999999999 a 1")).containsExactly("invalid");
    }

    @Test
    void xread_findsStreamsBehindItsOptionsOnly() {
        assertThat(keys("XREAD COUNT 1 MAXSIZE 5 STREAMS a b 0 0"))
                .containsExactly("a:RO+ACCESS", "b:RO+ACCESS");
        assertThat(keys("XREADGROUP GROUP streams streams CLAIM 5 NOACK STREAMS a >"))
                .containsExactly("a:RO+ACCESS");
        assertThat(keys("XREAD STREAMS a b 0")).containsExactly("invalid");
        assertThat(keys("XREAD COUNT STREAMS a 0")).containsExactly("invalid");
        assertThat(keys("XREAD other STREAMS a 0")).containsExactly("invalid");
        assertThat(keys("XREAD BLOCK 0 STREAMS")).containsExactly("invalid");
    }

    @Test
    void georadius_storesInTheLastDestinationOnly() {
        assertThat(keys("GEORADIUS k 1 2 3 m STORE d STOREDIST e"))
                .containsExactly("k:RO+ACCESS", "e:OW+UPDATE");
        assertThat(keys("GEORADIUSBYMEMBER k m 3 m STORE")).containsExactly("k:RO+ACCESS");
        assertThat(keys("GEORADIUS_RO k 1 2 3 m")).containsExactly("k:RO+ACCESS");
    }

    @Test
    void commandsWithoutKeys_haveNone() {
        assertThat(keys("PING x")).isEmpty();
        assertThat(keys("PUBLISH c m")).isEmpty();
        assertThat(keys("SSUBSCRIBE c")).isEmpty();
        assertThat(keys("EVAL script 0 a")).isEmpty();
    }

    @Test
    void keysThatShouldBeThereAndAreNot_areInvalid() {
        assertThat(keys("PFMERGE d")).containsExactly("invalid");
        assertThat(keys("ZUNION 3 a b")).containsExactly("invalid");
    }

    @Test
    void manyKeys_areAllFound_andSmallRequestsAfterThemToo() {
        StringBuilder call = new StringBuilder("DEL");
        for (int i = 0; i < 5000; i++) {
            call.append(" k").append(i);
        }
        assertThat(keys(call.toString())).hasSize(5000).contains("k0:RM+DELETE", "k4999:RM+DELETE");
        assertThat(keys("MSET a 1 b 2")).containsExactly("a:OW+UPDATE", "b:OW+UPDATE");
    }
}
