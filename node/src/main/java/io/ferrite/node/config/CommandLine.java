package io.ferrite.node.config;

import java.util.List;

/**
 * What the words after the program's name ask for.
 *
 * <pre>
 *   [FILE] [-] [--name value...]... [-]
 * </pre>
 *
 * Options become lines of a configuration that is read after the file and standard input. Further
 * words without dashes belong to the option before them. A word may hold name and value at once
 * ({@code "--port 6380"}); after a name without value, a word with dashes is its value.
 *
 * @param action what to do
 * @param configFile path as given, empty if none
 * @param standardInput whether configuration is read from standard input too
 * @param options the options as lines of configuration
 * @param sentinel whether {@code --sentinel} was given
 * @param bare whether there was no word at all
 */
public record CommandLine(
        Action action,
        String configFile,
        boolean standardInput,
        String options,
        boolean sentinel,
        boolean bare) {

    /** The things a server program can be asked for. */
    public enum Action {
        RUN,
        VERSION,
        HELP,
        TEST_MEMORY,
        CHECK_SYSTEM
    }

    public static CommandLine parse(List<String> words) {
        boolean sentinel = words.contains("--sentinel");
        if (words.isEmpty()) {
            return new CommandLine(Action.RUN, "", false, "", sentinel, true);
        }
        Action action =
                switch (words.getFirst()) {
                    case "-v", "--version" -> Action.VERSION;
                    case "-h", "--help" -> Action.HELP;
                    case "--test-memory" -> Action.TEST_MEMORY;
                    case "--check-system" -> Action.CHECK_SYSTEM;
                    default -> Action.RUN;
                };
        if (action != Action.RUN) {
            return new CommandLine(action, "", false, "", sentinel, false);
        }
        String file = words.getFirst().startsWith("-") ? "" : words.getFirst();
        // An empty first word is no file either, yet it is not an option: it takes that place.
        int first = words.getFirst().startsWith("-") ? 0 : 1;
        return new Parser(words, first).parse(file, sentinel);
    }

    /** Turns the words into lines. */
    private static final class Parser {
        private final List<String> words;
        private final StringBuilder lines = new StringBuilder();
        private final int first;
        private boolean standardInput;
        private boolean nameHasValue = true;

        Parser(List<String> words, int first) {
            this.words = words;
            this.first = first;
        }

        CommandLine parse(String file, boolean sentinel) {
            for (int i = first; i < words.size(); i++) {
                String word = words.get(i);
                boolean atAnEnd = i == 0 || i == words.size() - 1;
                if (word.equals("-") && atAnEnd) {
                    standardInput = true;
                } else if (nameHasValue && word.startsWith("--")) {
                    addName(i);
                } else {
                    lines.append(Words.quote(word)).append(' ');
                    nameHasValue = true;
                }
            }
            return new CommandLine(
                    Action.RUN, file, standardInput, lines.toString(), sentinel, false);
        }

        private void addName(int i) {
            String word = words.get(i);
            if (!lines.isEmpty()) {
                lines.append('\n');
            }
            lines.append(word, 2, word.length()).append(' ');
            List<String> parts = Words.split(word);
            nameHasValue = parts == null || parts.size() != 1;
            if (nameHasValue) {
                return;
            }
            boolean last = i == words.size() - 1;
            boolean nameFollows = !last && words.get(i + 1).startsWith("--");
            // "--save" without a value means none; "--sentinel" never has one.
            if (Words.equalIgnoringCase(word, "--save") && (last || nameFollows)) {
                lines.append("\"\"");
                nameHasValue = nameFollows;
            } else if (Words.equalIgnoringCase(word, "--sentinel") && nameFollows) {
                nameHasValue = true;
            }
        }
    }
}
