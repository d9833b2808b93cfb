package io.ferrite.tidy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Ferrite's code must not say, by module. The compiler and the module list check the rest. */
final class CodeRulesTest {

    private final Exceptions exceptions = new Exceptions();

    static Stream<Rule> rules() {
        return Stream.of(purity(), bytes(), tests()).flatMap(List::stream);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void theRuleHolds(Rule rule) {
        rule.check(exceptions);
    }

    /** What keeps the core a function of its inputs, so that a simulation can run it. */
    private static List<Rule> purity() {
        return List.of(
                Rule.of(
                        "clock-and-chance",
                        "take it from Environment, or have it handed in",
                        Rule.productOutside("server", "cli", "console"),
                        "System\\s*\\.\\s*(currentTimeMillis|nanoTime)\\b",
                        "\\bInstant\\s*\\.\\s*now\\b",
                        "\\bClock\\s*\\.\\s*system\\w*",
                        "\\bnew\\s+Random\\s*\\(\\s*\\)",
                        "\\bThreadLocalRandom\\b",
                        "\\bUUID\\s*\\.\\s*randomUUID\\b",
                        "\\bMath\\s*\\.\\s*random\\b"),
                Rule.of(
                        "sans-io",
                        "this module is sans-io: bytes come and go through Environment",
                        Rule.productOutside("net", "server", "cli", "console"),
                        "\\bjava\\.net\\.\\w+",
                        "\\bjava\\.nio\\.channels\\b",
                        "\\bjava\\.nio\\.file\\b",
                        "\\bjava\\.io\\.(File|RandomAccessFile)\\w*"),
                Rule.of(
                        "foreign-memory",
                        "take it from Slab, reach it through Memory",
                        file ->
                                Rule.productOutside("memory").test(file)
                                        && !file.path().contains("/scripting/lua/"),
                        "\\bjava\\.lang\\.foreign\\b",
                        "\\bsun\\.misc\\.Unsafe\\b"),
                Rule.of(
                        "netty",
                        "Netty is net's; hand its buffers on as addresses",
                        Rule.productOutside("net"),
                        "\\bio\\.netty\\b"),
                Rule.of(
                        "single-writer",
                        "single-writer: the gate serialises",
                        Rule.productOf("store", "engine", "coordination"),
                        "\\bThread\\b",
                        "\\bExecutor\\w*",
                        "\\bsynchronized\\b",
                        "\\bjava\\.util\\.concurrent\\.locks\\b",
                        "\\bparallelStream\\b"),
                Rule.of(
                        "machines-apart",
                        "replication, cluster and Sentinel don't see each other",
                        file -> file.path().contains("/coordination/replication/"),
                        "\\bio\\.ferrite\\.coordination\\.(cluster|sentinel)\\b"),
                Rule.of(
                        "broad-catch",
                        "catch what you expect: our own faults must stop the process, not become a"
                                + " reply",
                        file -> !file.isTest() && !Rule.ABOUT_OTHERS.contains(file.module()),
                        "\\bcatch\\s*\\(\\s*(final\\s+)?(Exception|RuntimeException|Throwable|Error)\\b"));
    }

    private static List<Rule> bytes() {
        return List.of(
                Rule.of(
                        "bytes-are-bytes",
                        "bytes are bytes: name the charset or the locale, or fold ASCII",
                        _ -> true,
                        "\\.\\s*to(Lower|Upper)Case\\s*\\(\\s*\\)",
                        "\\.\\s*getBytes\\s*\\(\\s*\\)",
                        "\\bnew\\s+String\\s*\\(\\s*\\w+\\s*\\)",
                        "\\bString\\s*\\.\\s*format\\s*\\(\\s*\""),
                Rule.of(
                        "no-printing",
                        "reply, log, or return it: stdout is the server's log",
                        file -> !Rule.ABOUT_OTHERS.contains(file.module()),
                        "\\bSystem\\s*\\.\\s*(out|err)\\b",
                        "\\bprintStackTrace\\s*\\(\\s*\\)"));
    }

    private static List<Rule> tests() {
        return List.of(
                Rule.of(
                        "no-waiting",
                        "advance the clock, or wait for the thing itself",
                        SourceFile::isTest,
                        "\\bThread\\s*\\.\\s*sleep\\b",
                        "\\bTimeUnit\\s*\\.\\s*\\w+\\s*\\.\\s*sleep\\b"),
                Rule.of(
                        "no-skipping",
                        "a test that doesn't run is no test: mend it or remove it",
                        SourceFile::isTest,
                        "@Disabled\\b"),
                Rule.of(
                        "no-mocks",
                        "write a fake",
                        SourceFile::isTest,
                        "\\borg\\.(mockito|easymock|jmock)\\b"),
                Rule.of(
                        "seeded-tests",
                        "draw from a seed that the failure prints",
                        SourceFile::isTest,
                        "\\bnew\\s+Random\\s*\\(\\s*\\)",
                        "\\bThreadLocalRandom\\b",
                        "\\bMath\\s*\\.\\s*random\\b"));
    }
}
