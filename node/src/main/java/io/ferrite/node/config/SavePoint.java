package io.ferrite.node.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Save when at least {@code changes} writes happened and {@code seconds} have passed. */
public record SavePoint(long seconds, long changes) {

    @Override
    public String toString() {
        return seconds + " " + changes;
    }

    /** {@code save S C [S C ...]}; lines of a file add up, the first one drops the defaults. */
    static final class Form implements ListOption.Form<List<SavePoint>> {

        @Override
        public List<SavePoint> byDefault() {
            return List.of(
                    new SavePoint(3600, 1), new SavePoint(300, 100), new SavePoint(60, 10000));
        }

        @Override
        public List<SavePoint> parse(
                List<String> words, List<SavePoint> current, Option.Origin origin) {
            boolean none = words.size() == 1 && words.getFirst().isEmpty();
            List<SavePoint> points = new ArrayList<>();
            if (origin == Option.Origin.LATER_LINE && !none) {
                points.addAll(current);
            }
            if (none) {
                return List.of();
            }
            if (words.size() % 2 != 0) {
                throw new ConfigRefusal("Invalid save parameters");
            }
            for (int i = 0; i < words.size(); i += 2) {
                points.add(new SavePoint(read(words.get(i), 1), read(words.get(i + 1), 0)));
            }
            return List.copyOf(points);
        }

        private static long read(String word, long min) {
            if (!Numbers.isLoose(word) || Numbers.parseLoose(word) < min) {
                throw new ConfigRefusal("Invalid save parameters");
            }
            return Numbers.parseLoose(word);
        }

        @Override
        public String render(List<SavePoint> value) {
            return value.stream().map(SavePoint::toString).collect(Collectors.joining(" "));
        }

        @Override
        public List<String> renderForFile(List<SavePoint> value) {
            return value.isEmpty()
                    ? List.of("\"\"")
                    : value.stream().map(SavePoint::toString).toList();
        }

        @Override
        public boolean mustBeWritten(List<SavePoint> value, int line) {
            return true; // so that a change of the defaults does not change this server
        }
    }
}
