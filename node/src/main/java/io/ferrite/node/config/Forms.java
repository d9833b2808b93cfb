package io.ferrite.node.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The grammars of small list parameters. */
final class Forms {

    private static final int MAX_BIND_ADDRESSES = 16;

    private Forms() {}

    /** {@code bind ADDRESS...}; one empty word means no address at all. */
    static final class Bind implements ListOption.Form<List<String>> {

        @Override
        public List<String> byDefault() {
            return List.of("*", "-::*");
        }

        @Override
        public List<String> parse(List<String> words, List<String> current, Option.Origin origin) {
            if (words.size() > MAX_BIND_ADDRESSES) {
                throw new ConfigRefusal("Too many bind addresses specified.");
            }
            return words.size() == 1 && words.getFirst().isEmpty() ? List.of() : List.copyOf(words);
        }

        @Override
        public String render(List<String> value) {
            return String.join(" ", value);
        }

        @Override
        public List<String> renderForFile(List<String> value) {
            if (value.equals(byDefault())) {
                return List.of();
            }
            return value.isEmpty() ? List.of("\"\"") : List.of(render(value));
        }
    }

    /** {@code oom-score-adj-values LEADER FOLLOWER CHILD}. */
    static final class OomScoreAdjValues implements ListOption.Form<List<Integer>> {

        @Override
        public List<Integer> byDefault() {
            return List.of(0, 200, 800);
        }

        @Override
        public List<Integer> parse(
                List<String> words, List<Integer> current, Option.Origin origin) {
            if (words.size() != 3) {
                throw new ConfigRefusal("wrong number of arguments");
            }
            List<Integer> values = new ArrayList<>();
            for (String word : words) {
                long value = Numbers.isLoose(word) ? Numbers.parseLoose(word) : Long.MAX_VALUE;
                if (value < -2000 || value > 2000) {
                    throw new ConfigRefusal(
                            "Invalid oom-score-adj-values, elements must be between -2000 and"
                                    + " 2000.");
                }
                values.add((int) value);
            }
            return List.copyOf(values);
        }

        @Override
        public String render(List<Integer> value) {
            return value.stream().map(String::valueOf).collect(Collectors.joining(" "));
        }
    }

    /** {@code latency-tracking-info-percentiles P...}; one empty word means none. */
    static final class Percentiles implements ListOption.Form<List<Double>> {

        @Override
        public List<Double> byDefault() {
            return List.of(50.0, 99.0, 99.9);
        }

        @Override
        public List<Double> parse(List<String> words, List<Double> current, Option.Origin origin) {
            if (words.size() == 1 && words.getFirst().isEmpty()) {
                return List.of();
            }
            List<Double> values = new ArrayList<>();
            for (String word : words) {
                double value = Numbers.parseDouble(word);
                if (Double.isNaN(value)) {
                    throw new ConfigRefusal("Invalid latency-tracking-info-percentiles parameters");
                }
                if (value > 100 || value < 0) {
                    throw new ConfigRefusal(
                            "latency-tracking-info-percentiles parameters should sit between"
                                    + " [0.0,100.0]");
                }
                values.add(value);
            }
            return List.copyOf(values);
        }

        @Override
        public String render(List<Double> value) {
            return value.stream().map(Percentiles::show).collect(Collectors.joining(" "));
        }

        /** Six decimals without the zeros at the end. */
        private static String show(double value) {
            String text = String.format(Locale.ROOT, "%f", value);
            int end = text.length();
            while (text.charAt(end - 1) == '0') {
                end--;
            }
            return text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
        }

        @Override
        public List<String> renderForFile(List<Double> value) {
            return List.of(value.isEmpty() ? "\"\"" : render(value));
        }

        @Override
        public boolean mustBeWritten(List<Double> value, int line) {
            return true;
        }
    }

    /** {@code dir PATH}: absolute once the server has started, and always written. */
    static final class Directory implements ListOption.Form<String> {

        @Override
        public String byDefault() {
            return "";
        }

        @Override
        public String parse(List<String> words, String current, Option.Origin origin) {
            return words.getFirst();
        }

        @Override
        public String render(String value) {
            return value;
        }

        @Override
        public List<String> renderForFile(String value) {
            return value.isEmpty() ? List.of() : List.of(Words.quote(value));
        }

        @Override
        public boolean mustBeWritten(String value, int line) {
            return true;
        }
    }
}
