package io.ferrite.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people want to know of a command: the content of COMMAND DOCS. Made when first asked for.
 *
 * @param group the family, as Redis names it: {@code sorted-set}
 * @param docFlags {@code deprecated}, {@code syscmd}
 */
public record CommandDocs(
        String group,
        String since,
        String summary,
        @Nullable String complexity,
        List<String> docFlags,
        @Nullable String deprecatedSince,
        @Nullable String replacedBy,
        List<Change> history,
        List<String> tips,
        List<ArgumentSpec> arguments) {

    /** What a later version changed. */
    public record Change(String since, String what) {}
}
