package io.ferrite.node.acl;

import io.ferrite.engine.acl.RuleError;
import io.ferrite.engine.acl.Rules;
import io.ferrite.engine.acl.User;
import io.ferrite.engine.acl.UserDraft;
import io.ferrite.engine.acl.UserRules;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The text of a file of users: a line {@code user NAME RULE...} for each, words separated by single
 * blanks, no quotes, no comments. A pure function of the text.
 */
final class UserFile {

    private final String name;
    private final boolean channelsByDefault;
    private final Map<String, UserRules> users = new TreeMap<>();
    private final StringBuilder errors = new StringBuilder();

    private UserFile(String name, boolean channelsByDefault) {
        this.name = name;
        this.channelsByDefault = channelsByDefault;
    }

    /**
     * Reads a whole file.
     *
     * @param name what errors call the file
     */
    static UserFile read(String name, String text, boolean channelsByDefault) {
        UserFile file = new UserFile(name, channelsByDefault);
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = trim(lines[i], " \t\r\n");
            if (!line.isEmpty()) {
                file.line(line, i + 1);
            }
        }
        return file;
    }

    /** The text that gives these users back. */
    static String write(Collection<User> users) {
        StringBuilder text = new StringBuilder();
        for (User user : users) {
            text.append("user ").append(user.name()).append(' ');
            text.append(user.rules().describe()).append('\n');
        }
        return text.toString();
    }

    /** Everything that is wrong, in one line; empty if nothing is. */
    String errors() {
        return errors.toString();
    }

    Map<String, UserRules> users() {
        return users;
    }

    private void line(String line, int number) {
        List<String> words = List.of(line.split(" ", -1));
        String place = name + ":" + number;
        if (!words.getFirst().equals("user") || words.size() < 2) {
            complain(place + " should start with user keyword followed by the username. ");
            return;
        }
        String user = words.get(1);
        if (Rules.hasSpaces(user)) {
            complain("'" + place + ": username '" + user + "' contains invalid characters. ");
            return;
        }
        if (users.containsKey(user)) {
            complain("WARNING: Duplicate user '" + user + "' found on line " + number + ". ");
            return;
        }
        List<String> rules = new ArrayList<>();
        for (String word : words.subList(2, words.size())) {
            rules.add(trim(word, "\t\r\n"));
        }
        UserDraft draft = UserDraft.ofFile(channelsByDefault);
        if (Rules.unclosed(rules) != null) {
            complain(place + ": Unmatched parenthesis in selector definition. ");
        } else {
            apply(draft, Rules.join(rules), place);
        }
        users.put(user, draft.finish());
    }

    /** Of unknown commands each is told, of other mistakes the first: it may lead to others. */
    private void apply(UserDraft draft, List<String> rules, String place) {
        boolean told = false;
        for (String rule : rules) {
            try {
                draft.apply(rule);
            } catch (RuleError e) {
                if (e.kind() == RuleError.Kind.UNKNOWN) {
                    complain(
                            place
                                    + ": Error in applying operation '"
                                    + rule
                                    + "': "
                                    + e.getMessage()
                                    + ". ");
                } else if (!told) {
                    complain(place + ": " + e.getMessage() + ". ");
                    told = true;
                }
            }
        }
    }

    private void complain(String text) {
        errors.append(text);
    }

    private static String trim(String word, String what) {
        int start = 0;
        int end = word.length();
        while (start < end && what.indexOf(word.charAt(start)) >= 0) {
            start++;
        }
        while (end > start && what.indexOf(word.charAt(end - 1)) >= 0) {
            end--;
        }
        return word.substring(start, end);
    }
}
