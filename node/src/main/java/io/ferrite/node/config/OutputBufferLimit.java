package io.ferrite.node.config;

import java.util.ArrayList;
import java.util.List;

/**
 * How much unsent output a class of clients may have: never more than the hard limit, and not more
 * than the soft limit for longer than some seconds. 0 bytes means no limit.
 */
public record OutputBufferLimit(long hardBytes, long softBytes, long softSeconds) {

    /** The classes of clients that have limits of their own. */
    public enum ClientClass {
        NORMAL("normal", "normal"),
        REPLICA("slave", "replica"),
        PUBSUB("pubsub", "pubsub");

        private final String shown;
        private final String written;

        ClientClass(String shown, String written) {
            this.shown = shown;
            this.written = written;
        }
    }

    private static final long MB = 1L << 20;
    private static final List<OutputBufferLimit> DEFAULTS =
            List.of(
                    new OutputBufferLimit(0, 0, 0),
                    new OutputBufferLimit(256 * MB, 64 * MB, 60),
                    new OutputBufferLimit(32 * MB, 8 * MB, 60));

    /** The limits of all classes, in the order of {@link ClientClass}. */
    public record All(List<OutputBufferLimit> limits) {
        public OutputBufferLimit of(ClientClass of) {
            return limits.get(of.ordinal());
        }
    }

    /** {@code client-output-buffer-limit CLASS HARD SOFT SECONDS ...}; unnamed classes stay. */
    static final class Form implements ListOption.Form<All> {

        @Override
        public All byDefault() {
            return new All(DEFAULTS);
        }

        @Override
        public All parse(List<String> words, All current, Option.Origin origin) {
            if (words.size() % 4 != 0) {
                throw new ConfigRefusal("Wrong number of arguments in buffer limit configuration.");
            }
            List<OutputBufferLimit> limits = new ArrayList<>(current.limits());
            for (int i = 0; i < words.size(); i += 4) {
                limits.set(
                        classOf(words.get(i)).ordinal(),
                        read(words.get(i + 1), words.get(i + 2), words.get(i + 3)));
            }
            return new All(List.copyOf(limits));
        }

        private static ClientClass classOf(String word) {
            return switch (Words.lowerCase(word)) {
                case "normal" -> ClientClass.NORMAL;
                case "slave", "replica" -> ClientClass.REPLICA;
                case "pubsub" -> ClientClass.PUBSUB;
                default ->
                        throw new ConfigRefusal(
                                "Invalid client class specified in buffer limit configuration.");
            };
        }

        private static OutputBufferLimit read(String hard, String soft, String seconds) {
            if (!Numbers.isMemory(hard)
                    || !Numbers.isMemory(soft)
                    || !Numbers.isLoose(seconds)
                    || Numbers.parseLoose(seconds) < 0) {
                throw new ConfigRefusal(
                        "Error in hard, soft or soft_seconds setting in buffer limit"
                                + " configuration.");
            }
            return new OutputBufferLimit(
                    Numbers.parseMemory(hard),
                    Numbers.parseMemory(soft),
                    Numbers.parseLoose(seconds));
        }

        @Override
        public String render(All value) {
            StringBuilder out = new StringBuilder();
            for (ClientClass clients : ClientClass.values()) {
                OutputBufferLimit limit = value.of(clients);
                out.append(out.isEmpty() ? "" : " ")
                        .append(clients.shown)
                        .append(' ')
                        .append(Long.toUnsignedString(limit.hardBytes()))
                        .append(' ')
                        .append(Long.toUnsignedString(limit.softBytes()))
                        .append(' ')
                        .append(limit.softSeconds());
            }
            return out.toString();
        }

        @Override
        public List<String> renderForFile(All value) {
            List<String> lines = new ArrayList<>();
            for (ClientClass clients : ClientClass.values()) {
                OutputBufferLimit limit = value.of(clients);
                lines.add(
                        clients.written
                                + " "
                                + Numbers.renderMemory(limit.hardBytes())
                                + " "
                                + Numbers.renderMemory(limit.softBytes())
                                + " "
                                + limit.softSeconds());
            }
            return lines;
        }

        @Override
        public boolean mustBeWritten(All value, int line) {
            return !value.limits().get(line).equals(DEFAULTS.get(line));
        }
    }
}
