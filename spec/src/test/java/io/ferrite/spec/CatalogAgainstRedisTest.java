package io.ferrite.spec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ferrite.testkit.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a redis-server 7.0 says of its commands, and what the catalog says. The catalog follows
 * later versions; each difference that comes from that is listed.
 */
final class CatalogAgainstRedisTest {

    @TempDir Path directory;

    @Test
    void commandInfo_saysTheSame() throws IOException {
        assumeTrue(RealRedis.isInstalled(), "needs redis-server");
        Set<String> differences = new TreeSet<>();
        try (RealRedis redis = RealRedis.start(directory)) {
            for (Object command : (List<?>) redis.call("COMMAND")) {
                compare((List<?>) command, differences);
            }
        }
        assertThat(differences).containsExactlyElementsOf(new TreeSet<>(LATER_VERSIONS));
    }

    private static final List<String> LATER_VERSIONS =
            List.of(
                    "acl|deluser tips -[] +[request_policy:all_nodes,"
                            + " response_policy:all_succeeded]",
                    "acl|save tips -[] +[request_policy:all_nodes, response_policy:all_succeeded]",
                    "acl|setuser tips -[] +[request_policy:all_nodes,"
                            + " response_policy:all_succeeded]",
                    "blmove flags -[noscript] +[]",
                    "blpop flags -[noscript] +[]",
                    "brpop flags -[noscript] +[]",
                    "brpoplpush flags -[noscript] +[]",
                    "bzpopmax flags -[noscript] +[]",
                    "bzpopmin flags -[noscript] +[]",
                    "client|setname tips -[]"
                            + " +[request_policy:all_nodes, response_policy:all_succeeded]",
                    "cluster|count-failure-reports flags -[] +[loading]",
                    "cluster|info flags -[] +[loading]",
                    "cluster|keyslot flags -[] +[loading]",
                    "cluster|links flags -[] +[loading]",
                    "cluster|myid flags -[] +[loading]",
                    "cluster|nodes flags -[] +[loading]",
                    "cluster|replicas flags -[] +[loading]",
                    "cluster|shards flags -[] +[loading]",
                    "cluster|slaves flags -[] +[loading]",
                    "cluster|slots flags -[] +[loading]",
                    "command|getkeys arity -4 -> -3",
                    "command|getkeysandflags arity -4 -> -3",
                    "config|resetstat tips -[]"
                            + " +[request_policy:all_nodes, response_policy:all_succeeded]",
                    "config|rewrite tips -[]"
                            + " +[request_policy:all_nodes, response_policy:all_succeeded]",
                    "georadius keys 2 +incomplete, 3 +incomplete",
                    "georadiusbymember keys 2 +incomplete, 3 +incomplete",
                    "latency|reset tips -[response_policy:all_succeeded]"
                            + " +[response_policy:agg_sum]",
                    "msetnx tips -[request_policy:multi_shard, response_policy:agg_min] +[]",
                    "psubscribe flags -[] +[denyoom]",
                    "randomkey tips -[] +[response_policy:special]",
                    "scan tips -[] +[response_policy:special]",
                    "sinterstore keys 1 -RW +OW",
                    "ssubscribe flags -[] +[denyoom]",
                    "subscribe flags -[] +[denyoom]",
                    "wait acl -[] +[@blocking]",
                    "wait flags -[noscript] +[blocking]",
                    "xread keys 1 +incomplete",
                    "xreadgroup keys 1 +incomplete",
                    "zrank arity 3 -> -3",
                    "zrevrank arity 3 -> -3");

    private static void compare(List<?> theirs, Set<String> differences) {
        String name = text(theirs.get(0));
        CommandSpec spec = CommandCatalog.load().find(name);
        if (spec == null) {
            differences.add(name + " is missing");
            return;
        }
        differ(name + " arity", theirs.get(1), (long) spec.arity(), differences);
        differ(name + " flags", texts(theirs.get(2)), flags(spec), differences);
        differ(name + " first", theirs.get(3), (long) spec.firstKey(), differences);
        differ(name + " last", theirs.get(4), (long) spec.lastKey(), differences);
        differ(name + " step", theirs.get(5), (long) spec.step(), differences);
        differ(name + " acl", texts(theirs.get(6)), categories(spec), differences);
        differ(name + " tips", texts(theirs.get(7)), Set.copyOf(spec.docs().tips()), differences);
        differ(name, keySpecs((List<?>) theirs.get(8)), keySpecs(spec), differences);
        for (Object sub : (List<?>) theirs.get(9)) {
            compare((List<?>) sub, differences);
        }
    }

    private static void differ(String what, Object theirs, Object ours, Set<String> differences) {
        if (theirs instanceof Set<?> a && ours instanceof Set<?> b) {
            TreeSet<Object> less = new TreeSet<>(a);
            less.removeAll(b);
            TreeSet<Object> more = new TreeSet<>(b);
            more.removeAll(a);
            if (!less.isEmpty() || !more.isEmpty()) {
                differences.add(what + " -" + less + " +" + more);
            }
        } else if (!theirs.equals(ours)) {
            differences.add(what + " " + theirs + " -> " + ours);
        }
    }

    /** Specifications word by word: those that only one side has, by the specification's number. */
    private static void differ(
            String name, List<String> theirs, List<String> ours, Set<String> differences) {
        assertThat(ours).as(name).hasSameSizeAs(theirs);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            List<String> less = new ArrayList<>(List.of(theirs.get(i).split(" ")));
            List<String> more = new ArrayList<>(List.of(ours.get(i).split(" ")));
            for (String word : List.of(theirs.get(i).split(" "))) {
                if (more.remove(word)) {
                    less.remove(word);
                }
            }
            if (!less.isEmpty() || !more.isEmpty()) {
                StringBuilder text = new StringBuilder().append(i + 1);
                less.forEach(word -> text.append(" -").append(word));
                more.forEach(word -> text.append(" +").append(word));
                words.add(text.toString());
            }
        }
        if (!words.isEmpty()) {
            differences.add(name + " keys " + String.join(", ", words));
        }
    }

    private static Set<String> flags(CommandSpec spec) {
        Set<String> flags = new TreeSet<>();
        for (CommandFlag flag : CommandFlag.values()) {
            if (spec.is(flag) && flag.shown() != null) {
                flags.add(flag.shown());
            }
        }
        return flags;
    }

    private static Set<String> categories(CommandSpec spec) {
        Set<String> categories = new TreeSet<>();
        for (AclCategory category : AclCategory.values()) {
            if (spec.in(category)) {
                categories.add("@" + category.label());
            }
        }
        return categories;
    }

    /** Each specification as its words and numbers in a row, without notes. */
    private static List<String> keySpecs(List<?> theirs) {
        List<String> specs = new ArrayList<>();
        for (Object one : theirs) {
            List<?> map = (List<?>) one;
            StringBuilder spec = new StringBuilder();
            for (int i = 0; i < map.size(); i += 2) {
                switch (text(map.get(i))) {
                    case "flags" -> spec.append(String.join(" ", texts(map.get(i + 1))));
                    case "begin_search", "find_keys" -> flatten((List<?>) map.get(i + 1), spec);
                    default -> {}
                }
            }
            specs.add(spec.toString());
        }
        return specs;
    }

    /** [type, t, spec, [name, value, ...]] to {@code " t value value"}. */
    private static void flatten(List<?> map, StringBuilder into) {
        into.append(' ').append(text(map.get(1)));
        List<?> spec = (List<?>) map.get(3);
        for (int i = 1; i < spec.size(); i += 2) {
            into.append(' ').append(text(spec.get(i)));
        }
    }

    private static List<String> keySpecs(CommandSpec spec) {
        List<String> specs = new ArrayList<>();
        for (KeySpec keys : spec.keySpecs()) {
            Set<String> flags = new TreeSet<>();
            for (KeyFlag flag : KeyFlag.values()) {
                if (keys.has(flag)) {
                    flags.add(flag.shown());
                }
            }
            String begin =
                    switch (keys.begin()) {
                        case INDEX -> " index " + keys.index();
                        case KEYWORD -> " keyword " + keys.keyword() + " " + keys.index();
                        case UNKNOWN -> " unknown";
                    };
            String numbers = " " + keys.a() + " " + keys.b() + " " + keys.c();
            String find =
                    switch (keys.find()) {
                        case RANGE -> " range" + numbers;
                        case KEYNUM -> " keynum" + numbers;
                        case UNKNOWN -> " unknown";
                    };
            specs.add(String.join(" ", flags) + begin + find);
        }
        return specs;
    }

    private static String text(Object value) {
        return value instanceof byte[] bytes ? new String(bytes, ISO_8859_1) : value.toString();
    }

    private static Set<String> texts(Object list) {
        Set<String> texts = new TreeSet<>();
        ((List<?>) list).forEach(one -> texts.add(text(one)));
        return texts;
    }
}
