package io.ferrite.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Something that Java files must not hold, and what to do instead. */
record Rule(String name, String remedy, Predicate<SourceFile> where, Pattern forbidden) {

    /** Modules that hold no product code: they measure and test it. */
    static final Set<String> ABOUT_OTHERS =
            Set.of("tidy", "testkit", "simulation", "conformance", "benchmarks");

    static Rule of(String name, String remedy, Predicate<SourceFile> where, String... forbidden) {
        return new Rule(name, remedy, where, Pattern.compile(String.join("|", forbidden)));
    }

    /** The product's own sources, without those of the modules named. */
    static Predicate<SourceFile> productOutside(String... modules) {
        return file ->
                file.isProduct()
                        && !ABOUT_OTHERS.contains(file.module())
                        && !Set.of(modules).contains(file.module());
    }

    static Predicate<SourceFile> productOf(String... modules) {
        return file -> file.isProduct() && Set.of(modules).contains(file.module());
    }

    /** Fails with each place that breaks the rule and isn't a listed exception. */
    void check(Exceptions exceptions) {
        var counts = new TreeMap<String, Integer>();
        var lines = new TreeMap<String, List<String>>();
        for (SourceFile file : Project.java()) {
            if (!where.test(file)) {
                continue;
            }
            var matcher = forbidden.matcher(file.code());
            while (matcher.find()) {
                counts.merge(file.path(), 1, Integer::sum);
                lines.computeIfAbsent(file.path(), _ -> new ArrayList<>())
                        .add(
                                file.path()
                                        + ":"
                                        + file.lineAt(matcher.start())
                                        + " "
                                        + matcher.group());
            }
        }
        var faults = new ArrayList<String>();
        for (String fault : exceptions.judge(name, counts)) {
            faults.add(fault);
            faults.addAll(lines.getOrDefault(fault.substring(0, fault.indexOf(':')), List.of()));
        }
        report(name, remedy, faults);
    }

    static void check(
            String name, String remedy, Exceptions exceptions, Map<String, Integer> found) {
        report(name, remedy, exceptions.judge(name, found));
    }

    private static void report(String name, String remedy, List<String> faults) {
        assertThat(faults)
                .withFailMessage(() -> name + ": " + remedy + "\n  " + String.join("\n  ", faults))
                .isEmpty();
    }
}
