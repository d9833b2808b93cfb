package io.ferrite.node.config;

import io.ferrite.engine.acl.RuleError;
import io.ferrite.engine.acl.Rules;
import io.ferrite.engine.acl.UserDraft;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The {@code user} lines of a configuration: rules by name, in the order of the lines. */
public final class UserLines {

    private final Map<String, List<String>> rules = new LinkedHashMap<>();

    /**
     * Takes the words after {@code user}. Commands that do not exist are let pass here, to be told
     * with all others when the rules are put in force.
     *
     * @throws ConfigRefusal if the rules are wrong otherwise, or the user was defined before
     */
    void add(List<String> words) {
        String name = words.getFirst();
        List<String> rest = words.subList(1, words.size());
        if (rules.containsKey(name)) {
            throw refusal(name, RuleError.Kind.DUPLICATE_USER.text());
        }
        String unclosed = Rules.unclosed(rest);
        if (unclosed != null) {
            throw refusal(unclosed, RuleError.Kind.SYNTAX.text());
        }
        List<String> joined = new ArrayList<>(Rules.join(rest));
        UserDraft draft = UserDraft.create(false);
        for (String rule : joined) {
            try {
                draft.apply(rule);
            } catch (RuleError e) {
                if (e.kind() != RuleError.Kind.UNKNOWN) {
                    throw refusal(rule, e.getMessage());
                }
            }
        }
        rules.put(name, joined);
    }

    private static ConfigRefusal refusal(String word, String reason) {
        return new ConfigRefusal("Error in user declaration '" + word + "': " + reason);
    }

    /** The rules of each user, one word each, selectors in parentheses as one word. */
    public Map<String, List<String>> rules() {
        return rules;
    }
}
