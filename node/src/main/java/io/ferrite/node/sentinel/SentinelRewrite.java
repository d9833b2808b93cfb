package io.ferrite.node.sentinel;

import io.ferrite.coordination.sentinel.SentinelLines;
import io.ferrite.node.config.ExtraLines;
import java.util.List;
import java.util.Map;

/** A Sentinel's own lines among those of a configuration file. */
record SentinelRewrite(Map<String, List<String>> lines, Map<String, Boolean> forced)
        implements ExtraLines {

    private static final String PREFIX = "sentinel ";

    @Override
    public String keyOf(List<String> words) {
        if (!words.getFirst().equalsIgnoreCase("sentinel") || words.size() < 2) {
            return "";
        }
        String name = words.get(1).toLowerCase(java.util.Locale.ROOT);
        return PREFIX + (name.equals("known-slave") ? "known-replica" : name);
    }

    @Override
    public boolean owns(String key) {
        return key.startsWith(PREFIX)
                && SentinelLines.KEYS.contains(key.substring(PREFIX.length()));
    }

    @Override
    public boolean isForced(String key) {
        return forced.getOrDefault(key, false);
    }

    /** A Sentinel saves no data. */
    @Override
    public boolean replaces(String option) {
        return option.equals("save");
    }
}
