package io.ferrite.node.config;

import java.util.List;

/** The leader that this server follows; {@link #NONE} when it leads itself. */
public record LeaderAddress(String host, int port) {
    public static final LeaderAddress NONE = new LeaderAddress("", 0);

    public boolean isNone() {
        return host.isEmpty();
    }

    /** {@code replicaof HOST PORT}, or {@code no one}. */
    static final class Form implements ListOption.Form<LeaderAddress> {

        @Override
        public LeaderAddress byDefault() {
            return NONE;
        }

        @Override
        public LeaderAddress parse(
                List<String> words, LeaderAddress current, Option.Origin origin) {
            if (words.size() != 2) {
                throw new ConfigRefusal("wrong number of arguments");
            }
            if (Words.equalIgnoringCase(words.get(0), "no")
                    && Words.equalIgnoringCase(words.get(1), "one")) {
                return NONE;
            }
            long port = Numbers.isLoose(words.get(1)) ? Numbers.parseLoose(words.get(1)) : -1;
            if (port < 0 || port > 65535) {
                throw new ConfigRefusal("Invalid master port");
            }
            return new LeaderAddress(words.get(0), (int) port);
        }

        @Override
        public String render(LeaderAddress value) {
            return value.isNone() ? "" : value.host() + " " + value.port();
        }

        @Override
        public List<String> renderForFile(LeaderAddress value) {
            return value.isNone() ? List.of() : List.of(render(value));
        }
    }
}
