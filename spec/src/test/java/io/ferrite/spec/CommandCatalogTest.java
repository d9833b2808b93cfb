package io.ferrite.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.memory.Slice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class CommandCatalogTest {

    private final CommandCatalog catalog = CommandCatalog.load();

    private CommandSpec named(String name) {
        return Objects.requireNonNull(catalog.find(name), name);
    }

    @Test
    void ids_areThePlacesInTheList_andNamesAreUnique() {
        Set<String> names = new HashSet<>();
        int id = 0;
        for (CommandSpec spec : catalog.all()) {
            assertThat(spec.id()).isEqualTo(id++);
            assertThat(catalog.get(spec.id())).isSameAs(spec);
            assertThat(names.add(spec.name())).as(spec.name()).isTrue();
            assertThat(catalog.find(spec.name())).isSameAs(spec);
            assertThat(spec.lastName().length()).isBetween(1, 24);
        }
        assertThat(catalog.count()).isEqualTo(id);
    }

    @Test
    void everyName_isFoundInAnyCase() {
        for (CommandSpec spec : catalog.all()) {
            for (String word : List.of(spec.lastName(), upper(spec.lastName()), mixed(spec))) {
                try (TestArgs args = TestArgs.of(word)) {
                    CommandSpec parent = spec.parent();
                    CommandSpec found =
                            parent == null
                                    ? catalog.find(args.address(0), args.length(0))
                                    : parent.subcommand(new Slice(args.address(0), args.length(0)));
                    assertThat(found).as(word).isSameAs(spec);
                }
            }
            assertThat(catalog.find(upper(spec.name()))).isSameAs(spec);
        }
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT);
    }

    private static String mixed(CommandSpec spec) {
        char[] name = spec.lastName().toCharArray();
        for (int i = 0; i < name.length; i += 2) {
            name[i] = Character.toUpperCase(name[i]);
        }
        return new String(name, 0, name.length);
    }

    @Test
    void namesThatAreNearACommands_areNotFound() {
        for (CommandSpec spec : catalog.commands()) {
            String name = spec.name();
            for (int i = 0; i < name.length(); i++) {
                for (int bit = 0; bit < 8; bit++) {
                    char[] near = name.toCharArray();
                    near[i] ^= (char) (1 << bit);
                    String word = String.valueOf(near);
                    if (catalog.find(word) == null) {
                        assertNotFound(word);
                    }
                }
            }
            assertNotFound(name + "\0");
            assertNotFound("\0" + name);
            assertNotFound(name + " ");
        }
    }

    @Test
    void hostileNames_areNotFound() {
        assertNotFound("");
        for (int length = 1; length < 70; length++) {
            for (char c : new char[] {0, ' ', '?', 'z', 0x7f, 0x80, 0xff, '\r', '|'}) {
                assertNotFound(String.valueOf(c).repeat(length));
            }
        }
        assertNotFound("config|get");
        assertNotFound("restore\rasking");
        assertNotFound("eval\u007fro");
        assertNotFound("x".repeat(1 << 20));
    }

    private void assertNotFound(String word) {
        try (TestArgs args = TestArgs.of(word)) {
            assertThat(catalog.find(args.address(0), args.length(0))).as("'" + word + "'").isNull();
        }
    }

    @Test
    void unknownSubcommand_isNotFound_andPlainCommandsHaveNone() {
        try (TestArgs args = TestArgs.of("getx", "GET")) {
            CommandSpec config = named("config");
            assertThat(config.isContainer()).isTrue();
            assertThat(config.subcommand(args.address(0), args.length(0))).isNull();
            assertThat(config.subcommand(args.address(1), args.length(1)))
                    .isSameAs(named("config|get"));
            assertThat(named("get").subcommand(args.address(1), args.length(1))).isNull();
        }
    }

    @Test
    void containersAndSubcommands_knowEachOther() {
        for (CommandSpec spec : catalog.all()) {
            for (CommandSpec sub : spec.subcommands()) {
                assertThat(sub.parent()).isSameAs(spec);
                assertThat(sub.name()).isEqualTo(spec.name() + "|" + sub.lastName());
                assertThat(sub.subcommands()).isEmpty();
            }
            assertThat(spec.parent() == null).isEqualTo(catalog.commands().contains(spec));
        }
    }

    @Test
    void flagsAndCategories_agree() {
        for (CommandSpec spec : catalog.all()) {
            boolean write = spec.is(CommandFlag.WRITE);
            assertThat(write && spec.is(CommandFlag.READONLY)).as(spec.name()).isFalse();
            assertThat(spec.in(AclCategory.WRITE)).as(spec.name()).isEqualTo(write);
            assertThat(spec.in(AclCategory.FAST)).as(spec.name()).isEqualTo(is(spec, "FAST"));
            assertThat(spec.in(AclCategory.SLOW)).as(spec.name()).isNotEqualTo(is(spec, "FAST"));
            if (spec.is(CommandFlag.ADMIN)) {
                assertThat(spec.in(AclCategory.ADMIN)).as(spec.name()).isTrue();
                assertThat(spec.in(AclCategory.DANGEROUS)).as(spec.name()).isTrue();
            }
            if (spec.is(CommandFlag.BLOCKING)) {
                assertThat(spec.in(AclCategory.BLOCKING)).as(spec.name()).isTrue();
            }
        }
    }

    private static boolean is(CommandSpec spec, String flag) {
        return spec.is(CommandFlag.valueOf(flag));
    }

    @Test
    void keySpecifications_areWellFormed() {
        int needed = KeyFlag.RO.bit() | KeyFlag.RW.bit() | KeyFlag.OW.bit() | KeyFlag.RM.bit();
        for (CommandSpec spec : catalog.all()) {
            int least = Math.abs(spec.arity());
            assertThat(least).as(spec.name()).isPositive();
            for (KeySpec keys : spec.keySpecs()) {
                int kinds = Integer.bitCount(keys.flags() & needed);
                assertThat(kinds).as(spec.name()).isEqualTo(keys.has(KeyFlag.NOT_KEY) ? 0 : 1);
                if (keys.begin() == KeySpec.Begin.INDEX) {
                    assertThat(keys.index()).as(spec.name()).isBetween(1, least);
                    assertThat(keys.find() == KeySpec.Find.RANGE ? keys.b() : keys.c())
                            .isPositive();
                }
                if (keys.begin() == KeySpec.Begin.UNKNOWN) {
                    assertThat(spec.procedure()).as(spec.name()).isNotEqualTo(KeyProcedure.NONE);
                }
            }
        }
    }

    @Test
    void documentation_isThereForEveryCommand() {
        for (CommandSpec spec : catalog.all()) {
            CommandDocs docs = spec.docs();
            assertThat(docs).isSameAs(spec.docs());
            assertThat(docs.summary()).as(spec.name()).isNotEmpty().endsWith(".");
            assertThat(docs.summary().length()).as(spec.name()).isBetween(10, 120);
            assertThat(docs.since()).as(spec.name()).matches("\\d+\\.\\d+\\.\\d+");
            assertThat(docs.docFlags()).isSubsetOf("deprecated", "syscmd");
            assertThat(docs.docFlags().contains("deprecated"))
                    .as(spec.name())
                    .isEqualTo(docs.deprecatedSince() != null);
            checkArguments(spec, docs.arguments());
        }
    }

    private static void checkArguments(CommandSpec spec, List<ArgumentSpec> arguments) {
        for (ArgumentSpec argument : arguments) {
            String where = spec.name() + " " + argument.name();
            assertThat(argument.name()).as(where).isNotEmpty();
            assertThat(argument.keySpec()).as(where).isLessThan(spec.keySpecs().length);
            assertThat(argument.isGroup()).as(where).isEqualTo(!argument.arguments().isEmpty());
            checkArguments(spec, argument.arguments());
        }
    }

    @Test
    void everyFamily_isThere() {
        Set<String> groups = new TreeSet<>();
        for (CommandSpec spec : catalog.all()) {
            groups.add(spec.group());
        }
        assertThat(groups)
                .containsExactly(
                        "array",
                        "bitmap",
                        "cluster",
                        "connection",
                        "generic",
                        "geo",
                        "hash",
                        "hyperloglog",
                        "list",
                        "pubsub",
                        "scripting",
                        "sentinel",
                        "server",
                        "set",
                        "sorted-set",
                        "stream",
                        "string",
                        "transactions");
        List<String> subs = new ArrayList<>();
        named("object").subcommands().forEach(sub -> subs.add(sub.lastName()));
        assertThat(subs).containsExactly("encoding", "freq", "help", "idletime", "refcount");
    }

    @Test
    void categories_areFoundByName() {
        assertThat(AclCategory.named("sortedset")).isSameAs(AclCategory.SORTEDSET);
        assertThat(AclCategory.named("SortedSet")).isSameAs(AclCategory.SORTEDSET);
        assertThat(AclCategory.named("all")).isNull();
        assertThat(AclCategory.named("")).isNull();
    }
}
