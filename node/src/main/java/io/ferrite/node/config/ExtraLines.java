package io.ferrite.node.config;

import java.util.List;
import java.util.Map;

/** Lines of a configuration file that are no parameters, but are rewritten like them. */
public interface ExtraLines {

    /** None. */
    ExtraLines NONE =
            new ExtraLines() {
                @Override
                public Map<String, List<String>> lines() {
                    return Map.of();
                }

                @Override
                public String keyOf(List<String> words) {
                    return "";
                }

                @Override
                public boolean owns(String key) {
                    return false;
                }

                @Override
                public boolean isForced(String key) {
                    return false;
                }

                @Override
                public boolean replaces(String option) {
                    return false;
                }
            };

    /** The lines to be there, by what they set, in the order in which they are written. */
    Map<String, List<String>> lines();

    /** What a line of a file sets, as a key of {@link #lines}; empty if it is none of these. */
    String keyOf(List<String> words);

    /** Whether old lines of a key that are not written again are taken away. */
    boolean owns(String key);

    /** Whether lines of a key are added where the file has none. */
    boolean isForced(String key);

    /** Whether a parameter means nothing here: its lines are taken away. */
    boolean replaces(String option);
}
