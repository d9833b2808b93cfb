package io.ferrite.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ratchet: what breaks a rule and is let be, with a number that may shrink but never grow.
 *
 * <p>A line of {@code exceptions.txt} is {@code rule place number}, and says why in the comment
 * above. For a rule that counts, the number is how often; for a rule about size, it is the size. A
 * place that keeps the rule by now must leave the list, so that it can't break it again; {@code
 * ./ferrite-dev tidy --tighten} does that, and lowers the other numbers.
 */
final class Exceptions {

    private static final String FILE = "tidy/src/test/resources/exceptions.txt";

    private final boolean tighten = Boolean.getBoolean("tidy.tighten");
    private final Map<String, Integer> allowed = new TreeMap<>();

    Exceptions() {
        for (String line : Project.read(FILE).lines().toList()) {
            if (isEntry(line)) {
                int end = line.lastIndexOf(' ');
                allowed.put(line.substring(0, end), Integer.valueOf(line.substring(end + 1)));
            }
        }
    }

    /**
     * What is wrong with a rule's findings, as lines for the reader; empty if they are all listed.
     *
     * @param found the places that break the rule, with their numbers
     */
    List<String> judge(String rule, Map<String, Integer> found) {
        var faults = new ArrayList<String>();
        found.forEach((place, number) -> {
            int limit = allowed.getOrDefault(rule + " " + place, 0);
            if (number > limit) {
                faults.add(place + ": " + number + (limit == 0 ? "" : ", listed " + limit));
            }
        });
        if (tighten) {
            rewrite(rule, found);
            return faults;
        }
        for (String entry : allowed.keySet()) {
            if (entry.startsWith(rule + " ")
                    && !found.containsKey(entry.substring(rule.length() + 1))) {
                faults.add(
                        entry
                                + ": keeps the rule; ./ferrite-dev tidy --tighten takes it off the"
                                + " list");
            }
        }
        return faults;
    }

    private static void rewrite(String rule, Map<String, Integer> found) {
        var lines = new ArrayList<String>();
        for (String line : Project.read(FILE).lines().toList()) {
            if (!isEntry(line) || !line.startsWith(rule + " ")) {
                lines.add(line);
                continue;
            }
            int end = line.lastIndexOf(' ');
            Integer number = found.get(line.substring(rule.length() + 1, end));
            if (number != null) {
                int listed = Integer.parseInt(line.substring(end + 1));
                lines.add(line.substring(0, end + 1) + Math.min(number, listed));
            }
        }
        try {
            Files.write(Project.ROOT.resolve(FILE), withoutEmptyParagraphs(lines));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Drops the paragraphs, but for the first, that are reasons without an entry left. */
    private static List<String> withoutEmptyParagraphs(List<String> lines) {
        String[] paragraphs = String.join("\n", lines).split("\n\n+");
        var kept = new ArrayList<String>();
        for (int i = 0; i < paragraphs.length; i++) {
            if (i == 0 || paragraphs[i].lines().anyMatch(Exceptions::isEntry)) {
                if (i > 0) {
                    kept.add("");
                }
                kept.addAll(paragraphs[i].lines().toList());
            }
        }
        return kept;
    }

    private static boolean isEntry(String line) {
        return !line.isBlank() && !line.startsWith("#");
    }
}
